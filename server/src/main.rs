//! `fettle`: one binary for everything that runs. `demo` needs nothing; `serve` and `worker` are for a real installation.

use clap::Parser;

use server::commands;
use server::config::{Cli, Command};

fn main() -> std::process::ExitCode {
    let cli = Cli::parse();
    logging(&cli);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return say(&anyhow::Error::new(error).context("The asynchronous runtime could not start")),
    };
    let done = runtime.block_on(async {
        match cli.command.clone() {
            Command::Demo(demo) => commands::demo(&cli.config, demo).await,
            Command::Serve { with_worker } => commands::serve(&cli.config, with_worker).await,
            Command::Worker => commands::worker(&cli.config).await,
            Command::Migrate => commands::migrate(&cli.config).await,
            Command::Postgres { data, throwaway } => commands::postgres(data, throwaway).await,
            Command::Seed { demo, scale, org } => commands::seed(&cli.config, demo, scale, org).await,
            Command::Doctor { audit } => commands::doctor(&cli.config, audit).await,
            Command::SuperAdmin { email } => commands::super_admin(&cli.config, &email).await,
            Command::Backup { file } => commands::backup(&cli.config, &file).await,
            Command::Restore { file } => commands::restore(&cli.config, &file).await,
            Command::Openapi => commands::openapi(),
        }
    });
    runtime.shutdown_timeout(std::time::Duration::from_secs(5));
    match done {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => say(&error),
    }
}

/// One sentence, not a backtrace.
fn say(error: &anyhow::Error) -> std::process::ExitCode {
    eprintln!("fettle: {error:#}");
    std::process::ExitCode::FAILURE
}

fn logging(cli: &Cli) {
    use tracing_subscriber::EnvFilter;
    let default = if matches!(cli.command, Command::Demo(_)) { "warn,server=info" } else { "info,sqlx=warn" };
    let filter = EnvFilter::try_new(cli.config.log.as_deref().unwrap_or(default)).unwrap_or_else(|_| EnvFilter::new(default));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if cli.config.log_json { lines.json().init() } else { lines.compact().init() }
}
