//! The mail server and the file store, or what stands in for them where none is configured.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use providers::{DiskStore, KeptInbox, S3Settings, S3Store, SmtpPostman};
use services::files::FileStore;
use services::house::Outside;
use services::mail::Postman;

use crate::config::Config;

pub fn outside(config: &Config, files_dir: &Path) -> Result<Outside> {
    let postman: Arc<dyn Postman> = match &config.smtp_url {
        Some(url) => Arc::new(SmtpPostman::new(url).context("FETTLE_SMTP_URL")?),
        None => Arc::new(KeptInbox),
    };
    let files: Arc<dyn FileStore> = match &config.s3_bucket {
        Some(bucket) => {
            let (Some(access_key), Some(secret_key)) = (config.s3_access_key.clone(), config.s3_secret_key.clone()) else {
                bail!("FETTLE_S3_BUCKET is set: set FETTLE_S3_ACCESS_KEY and FETTLE_S3_SECRET_KEY too.")
            };
            let settings = S3Settings {
                bucket: bucket.clone(),
                region: config.s3_region.clone(),
                endpoint: config.s3_endpoint.clone(),
                access_key,
                secret_key,
            };
            Arc::new(S3Store::new(settings))
        }
        None => {
            Arc::new(DiskStore::new(files_dir).with_context(|| format!("The folder for files, {}, cannot be made", files_dir.display()))?)
        }
    };
    Ok(Outside { postman, files })
}
