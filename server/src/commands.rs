//! The subcommands.

use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use anyhow::{Context as _, Result};
use db::embedded::{Embedded, Options};
use services::House;
use sqlx::postgres::PgConnectOptions;
use tokio::sync::watch;

use crate::config::{Config, Demo};
use crate::{installation, migrate as migrations, web};

/// Rings when the process is asked to end (Ctrl-C, SIGTERM).
fn stop_bell() -> Result<watch::Receiver<bool>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (ring, bell) = watch::channel(false);
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    #[expect(clippy::disallowed_methods, reason = "waits for a signal as long as the process lives")]
    tokio::spawn(async move {
        tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
        let _ = ring.send(true);
        // Keep the sender: a dropped bell would look like a ring that never came.
        std::future::pending::<()>().await;
    });
    Ok(bell)
}

pub async fn serve(config: &Config, with_worker: bool) -> Result<()> {
    if let Some(owner) = &config.owner_database_url {
        migrations::up(&PgConnectOptions::from_str(owner).context("FETTLE_OWNER_DATABASE_URL is not a Postgres address")?).await?;
    }
    let house = installation::house(config, installation::database(config)?, installation::keys(config)?, &config.files_dir, config.dev)?;
    if !gate::session_cookie::is_secure(&config.base_url) {
        tracing::warn!("{} is neither https nor localhost: session cookies travel unprotected", config.base_url);
    }
    run(config, &house, with_worker, stop_bell()?).await
}

pub async fn worker(config: &Config) -> Result<()> {
    let house = installation::house(config, installation::database(config)?, installation::keys(config)?, &config.files_dir, config.dev)?;
    let mut stop = stop_bell()?;
    let runner = start_worker(&house).await?;
    let _ = stop.wait_for(|s| *s).await;
    runner.stop().await.context("The worker did not stop cleanly")
}

async fn start_worker(house: &House) -> Result<jobs::Runner> {
    let registry = services::background::registry(house).context("The job registry is wrong")?;
    jobs::Runner::start(house.db(), &registry, jobs::RunnerOptions::default()).await.context("The worker could not start")
}

async fn run(config: &Config, house: &House, with_worker: bool, stop: watch::Receiver<bool>) -> Result<()> {
    let runner = if with_worker { Some(start_worker(house).await?) } else { None };
    let served = web::serve(config, house, stop).await;
    if let Some(runner) = runner {
        runner.stop().await.context("The worker did not stop cleanly")?;
    }
    served
}

fn house(config: &Config) -> Result<House> {
    installation::house(config, installation::database(config)?, installation::keys(config)?, &config.files_dir, config.dev)
}

pub async fn seed(config: &Config, demo: bool, scale: Option<u32>, org: Option<String>) -> Result<()> {
    let house = house(config)?;
    if demo {
        println!("{}", services::seed::demo(&house).await?);
    }
    if let Some(count) = scale {
        let slug = match org {
            Some(slug) => slug,
            None => services::seed::first_slug()?,
        };
        let org = services::seed::organisation(&house, &slug)
            .await?
            .with_context(|| format!("There is no organisation {slug}: run `fettle seed --demo` first, or give --org"))?;
        println!("{}", services::seed::scale(&house, org, count).await?);
    }
    if !demo && scale.is_none() {
        anyhow::bail!("Say what to seed: --demo, --scale N, or both.");
    }
    Ok(())
}

pub async fn doctor(config: &Config, audit: bool) -> Result<()> {
    let house = house(config)?;
    let mut is_well = true;
    if audit {
        for report in services::doctor::audit(&house).await? {
            is_well &= report.broken.is_none();
            println!("{report}");
        }
    } else {
        for finding in services::doctor::examine(&house).await? {
            is_well &= finding.is_fine;
            println!("{finding}");
        }
    }
    anyhow::ensure!(is_well, "Something is wrong: see above.");
    Ok(())
}

pub async fn super_admin(config: &Config, email: &str) -> Result<()> {
    services::auth::support::make_super_admin(&house(config)?, email).await?;
    println!("{email} may now enter organisations, each time with a reason that is audited.");
    Ok(())
}

fn owner_url(config: &Config) -> Result<&str> {
    config.owner_database_url.as_deref().context("FETTLE_OWNER_DATABASE_URL is not set: this runs as the owner of the database")
}

pub async fn backup(config: &Config, file: &Path) -> Result<()> {
    crate::backup::backup(owner_url(config)?, file).await
}

pub async fn restore(config: &Config, file: &Path) -> Result<()> {
    crate::backup::restore(owner_url(config)?, file).await
}

pub async fn migrate(config: &Config) -> Result<()> {
    let url = owner_url(config)?;
    migrations::up(&PgConnectOptions::from_str(url).context("FETTLE_OWNER_DATABASE_URL is not a Postgres address")?).await
}

pub async fn postgres(data: PathBuf, throwaway: bool) -> Result<()> {
    let mut stop = stop_bell()?;
    let options = if throwaway { Options::throwaway(data) } else { Options::new(data) };
    let postgres = tokio::task::spawn_blocking(move || Embedded::start(options)).await??;
    println!("{}", postgres.url("postgres"));
    let _ = stop.wait_for(|s| *s).await;
    tokio::task::spawn_blocking(move || postgres.stop()).await??;
    Ok(())
}

pub async fn demo(config: &Config, demo: Demo) -> Result<()> {
    let stop = stop_bell()?;
    let options = match demo.data_dir {
        Some(dir) => Options::new(dir),
        None => Options::standard()?,
    };
    let data_dir = options.data_dir.clone();
    let postgres = tokio::task::spawn_blocking(move || Embedded::start(options)).await??;
    let owner = PgConnectOptions::from_str(&postgres.url("fettle"))?;
    migrations::ensure_database(&owner, "fettle", demo.fresh).await?;
    migrations::up(&owner).await?;
    let house = installation::house(
        config,
        PgConnectOptions::from_str(&postgres.url_as("fettle_app", "fettle"))?,
        installation::demo_keys(&data_dir)?,
        &data_dir.join("files"),
        true,
    )?;
    services::seed::demo(&house).await.context("The demo data could not be made")?;
    greet(config)?;
    let served = run(config, &house, true, stop).await;
    tokio::task::spawn_blocking(move || postgres.stop()).await??;
    served
}

/// Where it runs, and one login per role.
fn greet(config: &Config) -> Result<()> {
    println!("\n  Fettle is running at {}\n", config.base_url);
    for login in services::seed::logins()? {
        println!("  {:<14} {:<42} {}", login.role.label(), login.email, login.organisation);
    }
    println!(
        "\n  Password for all: {}    Mail that would be sent: {}/dev/mail    Ctrl-C stops it.\n",
        services::seed::PASSWORD,
        config.base_url
    );
    Ok(())
}

/// Prints the API's description.
pub fn openapi() -> Result<()> {
    println!("{}", serde_json::to_string_pretty(&api::openapi())?);
    Ok(())
}
