//! What an installation is told, by environment or flag. `.env.example` lists the same names; a test keeps the two equal.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

#[derive(Clone, Debug, Parser)]
#[command(name = "fettle", version, about = "Property maintenance: reports, repairs, and the proof of them")]
pub struct Cli {
    #[command(flatten)]
    pub config: Config,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Everything at once on an embedded Postgres with demo data: nothing needs to be set up.
    Demo(Demo),
    /// Serve pages and API.
    Serve {
        /// Work background jobs in the same process (small installations).
        #[arg(long)]
        with_worker: bool,
    },
    /// Work background jobs.
    Worker,
    /// Make roles and tables, or bring them up to date.
    Migrate,
    /// Run the embedded Postgres alone until interrupted, printing its address.
    Postgres {
        /// Its folder.
        #[arg(long)]
        data: PathBuf,
        /// For tests: fast, and not durable.
        #[arg(long)]
        throwaway: bool,
    },
    /// Fill the database: `--demo` for two organisations that look real, `--scale N` for N tickets in one of them.
    Seed {
        #[arg(long)]
        demo: bool,
        #[arg(long, value_name = "TICKETS")]
        scale: Option<u32>,
        /// The organisation to scale, by its slug; the first of the demo when not given.
        #[arg(long)]
        org: Option<String>,
    },
    /// Examine the installation; `--audit` verifies every organisation's audit chain and names the first broken link.
    Doctor {
        #[arg(long)]
        audit: bool,
    },
    /// Make a person with a verified log-in one of Fettle's own support people.
    SuperAdmin { email: String },
    /// Write the whole database into one file, as its owner.
    Backup { file: PathBuf },
    /// Put a backup into an empty database, as its owner.
    Restore { file: PathBuf },
    /// Print the API's OpenAPI document.
    Openapi,
}

#[derive(Clone, Debug, Args)]
pub struct Demo {
    /// Begin again: drop the demo's database first.
    #[arg(long)]
    pub fresh: bool,
    /// Where the demo keeps its Postgres, key and files.
    #[arg(long, env = "FETTLE_DATA_DIR")]
    pub data_dir: Option<PathBuf>,
}

#[derive(Clone, Args)]
pub struct Config {
    /// Where people reach this installation, without a trailing slash.
    #[arg(long, env = "FETTLE_BASE_URL", default_value = "http://localhost:3000")]
    pub base_url: String,
    /// The address to listen on.
    #[arg(long, env = "FETTLE_LISTEN", default_value = "127.0.0.1:3000")]
    pub listen: SocketAddr,
    /// Postgres, as the login `fettle_app`, which owns nothing.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// Postgres, as the owner: used by `migrate` (and by `serve` on start when given).
    #[arg(long, env = "FETTLE_OWNER_DATABASE_URL", hide_env_values = true)]
    pub owner_database_url: Option<String>,
    /// Connections this process may hold.
    #[arg(long, env = "FETTLE_DB_CONNECTIONS", default_value_t = 16)]
    pub db_connections: u32,
    /// The installation's key: 64 hexadecimal digits. Encrypts access codes and bank details, signs tokens. Keep it, and keep it secret.
    #[arg(long, env = "FETTLE_KEY", hide_env_values = true)]
    pub key: Option<String>,
    /// The folder for uploaded files, when no S3 is configured.
    #[arg(long, env = "FETTLE_FILES_DIR", default_value = "var/files")]
    pub files_dir: PathBuf,
    /// Uploaded files go to this S3 bucket.
    #[arg(long, env = "FETTLE_S3_BUCKET")]
    pub s3_bucket: Option<String>,
    /// The S3 endpoint, when it is not AWS's.
    #[arg(long, env = "FETTLE_S3_ENDPOINT")]
    pub s3_endpoint: Option<String>,
    #[arg(long, env = "FETTLE_S3_REGION", default_value = "eu-west-2")]
    pub s3_region: String,
    #[arg(long, env = "FETTLE_S3_ACCESS_KEY", hide_env_values = true)]
    pub s3_access_key: Option<String>,
    #[arg(long, env = "FETTLE_S3_SECRET_KEY", hide_env_values = true)]
    pub s3_secret_key: Option<String>,
    /// `smtp://user:password@host:587` or `smtps://…`; without it mail is kept in the development inbox.
    #[arg(long, env = "FETTLE_SMTP_URL", hide_env_values = true)]
    pub smtp_url: Option<String>,
    /// The sender of mails.
    #[arg(long, env = "FETTLE_MAIL_FROM", default_value = "Fettle <no-reply@localhost.localdomain>")]
    pub mail_from: String,
    /// A proxy stands before this process and sets X-Forwarded-For.
    #[arg(long, env = "FETTLE_TRUST_PROXY")]
    pub trust_proxy: bool,
    /// Origins that browsers may call the API from, separated by commas; none by default.
    #[arg(long, env = "FETTLE_CORS_ORIGINS", value_delimiter = ',')]
    pub cors_origins: Vec<String>,
    /// Development: the inbox page is on.
    #[arg(long, env = "FETTLE_DEV")]
    pub dev: bool,
    /// The built site: styles, scripts, pictures.
    #[arg(long, env = "FETTLE_SITE_ROOT", default_value = "target/site")]
    pub site_root: PathBuf,
    /// What to log, in tracing's filter language: `info,sqlx=warn`.
    #[arg(long, env = "FETTLE_LOG")]
    pub log: Option<String>,
    /// Log lines as JSON.
    #[arg(long, env = "FETTLE_LOG_JSON")]
    pub log_json: bool,
}

// Secrets are in here: nothing of it is printed but where to find it.
impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Config").field("base_url", &self.base_url).field("listen", &self.listen).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn env_example_lists_every_setting_and_no_other() {
        let listed: std::collections::BTreeSet<String> = include_str!("../../.env.example")
            .lines()
            .filter_map(|l| l.trim_start_matches("# ").split_once('='))
            .map(|(name, _)| name.to_owned())
            .filter(|name| name.chars().all(|c| c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit()))
            .collect();
        let cli = super::Cli::command();
        let known: std::collections::BTreeSet<String> = std::iter::once(&cli)
            .chain(cli.get_subcommands())
            .flat_map(clap::Command::get_arguments)
            .filter_map(|a| a.get_env())
            .map(|e| e.to_string_lossy().into_owned())
            .collect();
        assert_eq!(listed, known);
    }
}
