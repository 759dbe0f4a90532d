//! Stand-ins until `providers` is mounted: mail is kept in the inbox page, files in memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use services::files::{FileKey, FileStore, Opened, StoreError};
use services::house::Outside;
use services::mail::{Accepted, Outgoing, Postman, SendError};

pub fn outside() -> Outside {
    Outside { postman: Arc::new(Kept), files: Arc::new(Memory::default()) }
}

struct Kept;

#[async_trait::async_trait]
impl Postman for Kept {
    async fn send(&self, _mail: &Outgoing) -> Result<Accepted, SendError> {
        Ok(Accepted("kept".to_owned()))
    }
    fn keeps(&self) -> bool {
        true
    }
}

#[derive(Default)]
struct Memory(Mutex<HashMap<String, bytes::Bytes>>);

#[async_trait::async_trait]
impl FileStore for Memory {
    async fn put(&self, key: &FileKey, content: bytes::Bytes, _content_type: &str) -> Result<(), StoreError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key.to_string(), content);
        Ok(())
    }
    async fn get(&self, key: &FileKey) -> Result<Opened, StoreError> {
        let content = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key.to_string()).cloned().ok_or(StoreError::Missing)?;
        let length = u64::try_from(content.len()).unwrap_or(u64::MAX);
        Ok(Opened { length, stream: Box::pin(futures::stream::once(async move { Ok(content) })) })
    }
    async fn delete(&self, key: &FileKey) -> Result<(), StoreError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&key.to_string());
        Ok(())
    }
    async fn exists(&self, key: &FileKey) -> Result<bool, StoreError> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&key.to_string()))
    }
}
