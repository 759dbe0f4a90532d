//! The house from its configuration.

use std::path::Path;
use std::str::FromStr as _;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use services::House;
use services::house::{Keys, Place, SystemClock};
use sqlx::postgres::PgConnectOptions;

use crate::config::Config;
use crate::outside::outside;

/// Builds the house on a database that is there. Files lie in `files_dir` unless a bucket is configured.
pub fn house(config: &Config, database: PgConnectOptions, keys: Keys, files_dir: &Path, is_dev: bool) -> Result<House> {
    let db = db::Db::connect(database, config.db_connections);
    let place = Place { base_url: config.base_url.trim_end_matches('/').to_owned(), is_dev, mail_from: config.mail_from.clone() };
    Ok(House::new(db, Arc::new(SystemClock), keys, place, outside(config, files_dir)?))
}

pub fn database(config: &Config) -> Result<PgConnectOptions> {
    let Some(url) = &config.database_url else {
        bail!("DATABASE_URL is not set: give the address of a Postgres (as the login fettle_app), or run `fettle demo`, which needs none.")
    };
    PgConnectOptions::from_str(url).context("DATABASE_URL is not a Postgres address")
}

pub fn keys(config: &Config) -> Result<Keys> {
    let Some(hex) = &config.key else { bail!("FETTLE_KEY is not set: make one with `openssl rand -hex 32`, and keep it safe.") };
    parse_key(hex)
}

fn parse_key(text: &str) -> Result<Keys> {
    let bytes: Vec<u8> = (0..text.len())
        .step_by(2)
        .map(|i| text.get(i..i + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()))
        .collect::<Option<_>>()
        .context("FETTLE_KEY must be 64 hexadecimal digits")?;
    Ok(Keys::new(bytes.try_into().map_err(|_| anyhow::anyhow!("FETTLE_KEY must be 64 hexadecimal digits"))?))
}

/// The demo's key: made once, kept beside its data for its owner's eyes.
pub fn demo_keys(dir: &Path) -> Result<Keys> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let file = dir.join("key");
    if let Ok(text) = std::fs::read_to_string(&file) {
        return parse_key(text.trim());
    }
    let bytes: [u8; 32] = services::house::random();
    let text: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
    let mut out = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&file)
        .with_context(|| format!("{} cannot be written", file.display()))?;
    out.write_all(text.as_bytes())?;
    parse_key(&text)
}
