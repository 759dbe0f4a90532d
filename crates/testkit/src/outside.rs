use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt as _;
use services::files::{FileKey, FileStore, Opened, StoreError};
use services::mail::{Accepted, Outgoing, Postman, SendError};

/// Takes every mail and keeps it, unless a test tells it to answer otherwise.
#[derive(Debug, Default)]
pub struct TestPostman {
    sent: Mutex<Vec<Outgoing>>,
    answers: Mutex<VecDeque<SendError>>,
    keeps: AtomicBool,
}

impl TestPostman {
    /// Every mail taken so far, oldest first.
    pub fn sent(&self) -> Vec<Outgoing> {
        self.sent.lock().expect("unpoisoned").clone()
    }
    /// The next mail is refused in this way; said twice, the one after it too.
    pub fn refuse_next(&self, error: SendError) {
        self.answers.lock().expect("unpoisoned").push_back(error);
    }
    /// From now on nothing leaves the house, as on a development machine without a mail server.
    pub fn keep_everything(&self) {
        self.keeps.store(true, Ordering::SeqCst);
    }
}

#[async_trait]
impl Postman for TestPostman {
    async fn send(&self, mail: &Outgoing) -> Result<Accepted, SendError> {
        if let Some(refusal) = self.answers.lock().expect("unpoisoned").pop_front() {
            return Err(refusal);
        }
        self.sent.lock().expect("unpoisoned").push(mail.clone());
        Ok(Accepted("250 ok".to_owned()))
    }
    fn keeps(&self) -> bool {
        self.keeps.load(Ordering::SeqCst)
    }
}

/// A file store that forgets everything with its test.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<BTreeMap<String, (Bytes, String)>>);

impl MemoryStore {
    /// The keys of everything stored, in order.
    pub fn keys(&self) -> Vec<String> {
        self.0.lock().expect("unpoisoned").keys().cloned().collect()
    }
}

#[async_trait]
impl FileStore for MemoryStore {
    async fn put(&self, key: &FileKey, content: Bytes, content_type: &str) -> Result<(), StoreError> {
        self.0.lock().expect("unpoisoned").insert(key.to_string(), (content, content_type.to_owned()));
        Ok(())
    }
    async fn get(&self, key: &FileKey) -> Result<Opened, StoreError> {
        let (content, _) = self.0.lock().expect("unpoisoned").get(key.as_str()).cloned().ok_or(StoreError::Missing)?;
        Ok(Opened { length: content.len() as u64, stream: futures::stream::iter([Ok(content)]).boxed() })
    }
    async fn delete(&self, key: &FileKey) -> Result<(), StoreError> {
        self.0.lock().expect("unpoisoned").remove(key.as_str());
        Ok(())
    }
    async fn exists(&self, key: &FileKey) -> Result<bool, StoreError> {
        Ok(self.0.lock().expect("unpoisoned").contains_key(key.as_str()))
    }
}
