use std::io;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures::{StreamExt as _, stream::BoxStream};

use super::FileKey;

/// Where bytes are kept: this machine's disk, or an S3-compatible store.
#[async_trait]
pub trait FileStore: Send + Sync + 'static {
    /// Writes the file whole or not at all; an existing one of the same key is replaced.
    async fn put(&self, key: &FileKey, content: Bytes, content_type: &str) -> Result<(), StoreError>;
    async fn get(&self, key: &FileKey) -> Result<Opened, StoreError>;
    /// Deleting what is not there succeeds.
    async fn delete(&self, key: &FileKey) -> Result<(), StoreError>;
    async fn exists(&self, key: &FileKey) -> Result<bool, StoreError>;
}

/// A stored file, ready to be streamed.
pub struct Opened {
    pub length: u64,
    pub stream: BoxStream<'static, io::Result<Bytes>>,
}

impl Opened {
    /// The whole file. Only for what [`super::receive`] let in: its size is limited there.
    pub async fn read(mut self) -> io::Result<Bytes> {
        let mut content = BytesMut::with_capacity(usize::try_from(self.length).unwrap_or(0).min(super::MAX_BYTES));
        while let Some(part) = self.stream.next().await {
            content.extend_from_slice(&part?);
        }
        Ok(content.freeze())
    }
}

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("there is no such file in the store")]
    Missing,
    #[error("the file store does not answer: {0:#}")]
    Unavailable(#[source] anyhow::Error),
}

impl StoreError {
    pub fn unavailable(error: impl Into<anyhow::Error>) -> Self {
        Self::Unavailable(error.into())
    }
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::NotFound { Self::Missing } else { Self::Unavailable(error.into()) }
    }
}
