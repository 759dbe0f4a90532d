use std::time::Duration;

use anyhow::anyhow;
use async_trait::async_trait;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{BehaviorVersion, Config, Credentials, Region, RequestChecksumCalculation, ResponseChecksumValidation};
use aws_sdk_s3::error::{DisplayErrorContext, SdkError};
use aws_sdk_s3::operation::head_object::HeadObjectError;
use aws_sdk_s3::primitives::ByteStream;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use bytes::Bytes;
use futures::StreamExt as _;
use services::files::{FileKey, FileStore, Opened, StoreError};
use tokio_util::io::ReaderStream;

/// Where the bucket is and who we are to it.
#[derive(Clone)]
pub struct S3Settings {
    pub bucket: String,
    pub region: String,
    /// Of a store that is not Amazon's; its buckets are then named in the path (`https://store/bucket/key`), as most of them want it.
    pub endpoint: Option<String>,
    pub access_key: String,
    pub secret_key: String,
}

/// Keeps files in a bucket of an S3-compatible store.
#[derive(Clone, Debug)]
pub struct S3Store {
    client: Client,
    bucket: String,
}

impl S3Store {
    pub fn new(settings: S3Settings) -> Self {
        let S3Settings { bucket, region, endpoint, access_key, secret_key } = settings;
        let https = aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
        let mut config = Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .http_client(https)
            .region(Region::new(region))
            .credentials_provider(Credentials::new(access_key, secret_key, None, None, "configuration"))
            .force_path_style(endpoint.is_some())
            // The newer checksums are Amazon's own; other stores refuse requests that carry them.
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            .retry_config(RetryConfig::standard().with_max_attempts(3))
            .timeout_config(
                TimeoutConfig::builder()
                    .connect_timeout(Duration::from_secs(3))
                    .read_timeout(Duration::from_secs(10))
                    .operation_timeout(Duration::from_secs(30))
                    .build(),
            );
        config.set_endpoint_url(endpoint);
        Self { client: Client::from_conf(config.build()), bucket }
    }
}

#[async_trait]
impl FileStore for S3Store {
    async fn put(&self, key: &FileKey, content: Bytes, content_type: &str) -> Result<(), StoreError> {
        self.client
            .put_object()
            .bucket(&self.bucket)
            .key(key.as_str())
            .content_type(content_type)
            .body(ByteStream::from(content))
            .send()
            .await
            .map_err(|error| unavailable(&error))?;
        Ok(())
    }

    async fn get(&self, key: &FileKey) -> Result<Opened, StoreError> {
        let object = self.client.get_object().bucket(&self.bucket).key(key.as_str()).send().await.map_err(|error| {
            match error.as_service_error() {
                Some(service) if service.is_no_such_key() => StoreError::Missing,
                _ => unavailable(&error),
            }
        })?;
        let length = object.content_length().and_then(|length| u64::try_from(length).ok()).unwrap_or(0);
        Ok(Opened { length, stream: ReaderStream::with_capacity(object.body.into_async_read(), 64 * 1024).boxed() })
    }

    async fn delete(&self, key: &FileKey) -> Result<(), StoreError> {
        self.client.delete_object().bucket(&self.bucket).key(key.as_str()).send().await.map_err(|error| unavailable(&error))?;
        Ok(())
    }

    async fn exists(&self, key: &FileKey) -> Result<bool, StoreError> {
        match self.client.head_object().bucket(&self.bucket).key(key.as_str()).send().await {
            Ok(_) => Ok(true),
            Err(error) if error.as_service_error().is_some_and(HeadObjectError::is_not_found) => Ok(false),
            Err(error) => Err(unavailable(&error)),
        }
    }
}

fn unavailable<E>(error: &SdkError<E>) -> StoreError
where
    SdkError<E>: std::error::Error,
{
    StoreError::Unavailable(anyhow!("{}", DisplayErrorContext(error)))
}
