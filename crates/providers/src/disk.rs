use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt as _;
use services::files::{FileKey, FileStore, Opened, StoreError};
use tokio_util::io::ReaderStream;

/// Keeps files in a folder of this machine.
///
/// A key consists of ids ([`FileKey`]), so no path can lead out of the folder. A file appears under its name whole or not at all: it is
/// written beside, synced, and renamed.
#[derive(Clone, Debug)]
pub struct DiskStore {
    root: Arc<Path>,
    unfinished: Arc<AtomicU64>,
}

impl DiskStore {
    /// # Errors
    /// When the folder is not there and cannot be made.
    pub fn new(root: impl Into<PathBuf>) -> io::Result<Self> {
        let root = root.into();
        fs::create_dir_all(root.join(UNFINISHED))?;
        Ok(Self { root: root.into(), unfinished: Arc::default() })
    }

    fn path(&self, key: &FileKey) -> PathBuf {
        self.root.join(key.as_str())
    }

    fn write(&self, key: &FileKey, content: &[u8]) -> io::Result<()> {
        let path = self.path(key);
        let folder = path.parent().unwrap_or(&self.root);
        fs::create_dir_all(folder)?;
        // On the same file system, so that the rename is one step. The name is this process's own.
        let number = self.unfinished.fetch_add(1, Ordering::Relaxed);
        let beside = self.root.join(UNFINISHED).join(format!("{}-{number}", std::process::id()));
        let written = (|| {
            let mut file = File::create(&beside)?;
            file.write_all(content)?;
            file.sync_all()?;
            fs::rename(&beside, &path)?;
            // The rename itself must outlast a power cut, too.
            File::open(folder)?.sync_all()
        })();
        if written.is_err() {
            let _ = fs::remove_file(&beside);
        }
        written
    }
}

/// Where files lie that are not finished. What a crash leaves here is nobody's.
const UNFINISHED: &str = "unfinished";

#[async_trait]
impl FileStore for DiskStore {
    async fn put(&self, key: &FileKey, content: Bytes, _: &str) -> Result<(), StoreError> {
        let (store, key) = (self.clone(), key.clone());
        Ok(tokio::task::spawn_blocking(move || store.write(&key, &content)).await.map_err(StoreError::unavailable)??)
    }

    async fn get(&self, key: &FileKey) -> Result<Opened, StoreError> {
        let file = tokio::fs::File::open(self.path(key)).await?;
        let length = file.metadata().await?.len();
        Ok(Opened { length, stream: ReaderStream::with_capacity(file, 64 * 1024).boxed() })
    }

    async fn delete(&self, key: &FileKey) -> Result<(), StoreError> {
        match tokio::fs::remove_file(self.path(key)).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    async fn exists(&self, key: &FileKey) -> Result<bool, StoreError> {
        Ok(tokio::fs::try_exists(self.path(key)).await?)
    }
}
