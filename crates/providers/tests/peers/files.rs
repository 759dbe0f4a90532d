use std::time::{Duration, Instant};

use bytes::Bytes;
use domain::{AttachmentId, OrgId};
use providers::{DiskStore, S3Settings, S3Store};
use services::files::{FileKey, FileStore, MAX_BYTES, StoreError};
use uuid::Uuid;

use crate::peer::Peer;

fn key(n: u128) -> FileKey {
    FileKey::original(OrgId(Uuid::from_u128(7)), AttachmentId(Uuid::from_u128(n)))
}

fn s3(port: u16) -> S3Store {
    S3Store::new(S3Settings {
        bucket: "photos".into(),
        region: "eu-west-2".into(),
        endpoint: Some(format!("http://127.0.0.1:{port}")),
        access_key: "key".into(),
        secret_key: "secret".into(),
    })
}

async fn read(store: &dyn FileStore, key: &FileKey) -> Bytes {
    let opened = store.get(key).await.expect("is there");
    let length = opened.length;
    let content = opened.read().await.expect("reads");
    assert_eq!(length, content.len() as u64);
    content
}

/// What every store promises.
async fn keeps_its_word(store: &dyn FileStore) {
    assert!(!store.exists(&key(1)).await.expect("answers"));
    assert!(matches!(store.get(&key(1)).await, Err(StoreError::Missing)));
    store.delete(&key(1)).await.expect("what is not there is deleted already");

    let large: Bytes = (0..MAX_BYTES).map(|n| u8::try_from(n % 251).unwrap_or(0)).collect::<Vec<_>>().into();
    for content in [Bytes::from_static(b"first"), Bytes::from_static(b"a second version"), Bytes::new(), large] {
        store.put(&key(1), content.clone(), "image/jpeg").await.expect("is stored");
        assert!(store.exists(&key(1)).await.expect("answers"));
        assert_eq!(read(store, &key(1)).await, content);
    }
    store.put(&key(2), Bytes::from_static(b"another"), "image/png").await.expect("is stored");
    store.delete(&key(1)).await.expect("is deleted");
    assert!(!store.exists(&key(1)).await.expect("answers"));
    assert_eq!(read(store, &key(2)).await, "another");
}

#[tokio::test]
async fn a_folder_keeps_its_word() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = DiskStore::new(folder.path().join("files")).expect("is made");
    keeps_its_word(&store).await;
    let beside = folder.path().read_dir().expect("reads").count();
    assert_eq!(beside, 1, "nothing lies outside the store's folder");
}

#[tokio::test]
async fn a_reader_sees_the_old_file_or_the_new_one_and_never_half() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = DiskStore::new(folder.path()).expect("is made");
    let version = |n: u8| Bytes::from(vec![n; 300_000]);
    store.put(&key(1), version(0), "image/jpeg").await.expect("is stored");
    let writer = async {
        for n in 1..40 {
            store.put(&key(1), version(n), "image/jpeg").await.expect("is stored");
        }
    };
    let reader = async {
        for _ in 0..200 {
            let content = read(&store, &key(1)).await;
            assert_eq!(content.len(), 300_000);
            assert!(content.iter().all(|byte| Some(byte) == content.first()), "two versions in one file");
        }
    };
    tokio::join!(writer, reader);
}

#[tokio::test]
async fn a_file_that_cannot_be_written_leaves_nothing_behind() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = DiskStore::new(folder.path()).expect("is made");
    // Something else lies where the file should go.
    let taken = folder.path().join(key(1).as_str());
    std::fs::create_dir_all(taken.join("in the way")).expect("is made");
    assert!(matches!(store.put(&key(1), Bytes::from_static(b"x"), "image/jpeg").await, Err(StoreError::Unavailable(_))));
    assert_eq!(folder.path().join("unfinished").read_dir().expect("reads").count(), 0);
}

#[tokio::test]
async fn a_bucket_keeps_its_word() {
    let peer = Peer::s3();
    let store = s3(peer.port);
    keeps_its_word(&store).await;
    let seen = peer.http("HEAD", &format!("/photos/{}", key(2)));
    assert!(seen.to_lowercase().contains("content-type: image/png"), "the store itself knows what it holds: {seen}");
}

#[tokio::test]
async fn a_store_that_is_away_says_so_soon() {
    let peer = Peer::s3();
    let port = peer.port;
    drop(peer);
    let begun = Instant::now();
    for answer in [s3(port).get(&key(1)).await.err(), s3(port).put(&key(1), Bytes::from_static(b"x"), "image/jpeg").await.err()] {
        assert!(matches!(answer, Some(StoreError::Unavailable(_))), "{answer:?}");
    }
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_bucket_that_is_not_there_is_a_fault_and_not_a_missing_file() {
    let peer = Peer::s3();
    let store = S3Store::new(S3Settings {
        bucket: "elsewhere".into(),
        region: "eu-west-2".into(),
        endpoint: Some(format!("http://127.0.0.1:{}", peer.port)),
        access_key: "key".into(),
        secret_key: "secret".into(),
    });
    let error = store.get(&key(1)).await.err().expect("refused");
    assert!(matches!(&error, StoreError::Unavailable(cause) if cause.to_string().contains("NoSuchBucket")), "{error:?}");
}
