//! Backup and restore with Postgres's own tools, as the owner: row-level security would hide rows from anybody else.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use tokio::process::Command;

/// Where Debian and Red Hat keep the tools when they are not on PATH.
fn tool(name: &str) -> PathBuf {
    #[expect(clippy::disallowed_methods, reason = "where programs are is the environment's to say")]
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).map(|d| d.join(name)).find(|p| p.is_file());
    let installed = || {
        let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
            .into_iter()
            .flatten()
            .flatten()
            .map(|d| d.path().join("bin").join(name))
            .filter(|p| p.is_file())
            .collect();
        found.sort();
        found.pop()
    };
    on_path.or_else(installed).unwrap_or_else(|| PathBuf::from(name))
}

async fn run(name: &'static str, args: &[&str]) -> Result<()> {
    let done = Command::new(tool(name)).args(args).stdin(std::process::Stdio::null()).output().await;
    let done = done.with_context(|| format!("{name} was not found: install the PostgreSQL client programs"))?;
    if !done.status.success() {
        bail!("{name} failed: {}", String::from_utf8_lossy(&done.stderr).trim());
    }
    Ok(())
}

/// Writes everything in the database into one file; refuses to overwrite one.
pub async fn backup(owner_url: &str, file: &Path) -> Result<()> {
    if file.exists() {
        bail!("{} is already there: give another name", file.display());
    }
    let file = file.to_str().context("the file's name is not text")?;
    run("pg_dump", &["--format=custom", "--no-password", "--file", file, "--dbname", owner_url]).await
}

/// Puts a backup into an empty database. The roles must be there (`fettle migrate` on any database of the server makes them).
pub async fn restore(owner_url: &str, file: &Path) -> Result<()> {
    if !file.is_file() {
        bail!("{} is not there", file.display());
    }
    let file = file.to_str().context("the file's name is not text")?;
    run("pg_restore", &["--exit-on-error", "--single-transaction", "--no-password", "--dbname", owner_url, file]).await
}
