//! The measuring half of `make bench`: an example of `server`, so that it asks the very crates that run. Figures go to standard output as
//! rows of a Markdown table.

mod load;
mod page;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use clap::{Parser, Subcommand};
use db::Scope;
use domain::policy::{Act, Audience};
use domain::tickets::{Filter, percent};
use domain::{LoginId, MembershipId, OrgId};
use load::{Asker as _, Browser, Effort, Figures, Query, measure};
use server::config::Config;
use server::installation;
use services::auth::sessions;
use services::tickets::board;
use services::{Cx, House, Staff, seed};
use sqlx::Connection as _;
use tokio::net::TcpListener;
use uuid::Uuid;
use wire::Cursor;

const ORGANISATION: &str = "aireborough-homes";
/// Rows of a page of the console's list.
const PAGE: u32 = 50;

#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    config: Config,
    /// Seconds each figure is measured for.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Askers at once.
    #[arg(long, default_value_t = 8)]
    askers: usize,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make the demo and fill its first organisation up to so many tickets.
    Prepare { tickets: u32 },
    /// The list, its first page and a far one, asked of the pool and of a server at `--url`.
    List {
        #[arg(long)]
        url: String,
        /// What the rows are called.
        #[arg(long)]
        label: String,
        #[arg(long, default_value_t = 1000)]
        page: u32,
    },
    /// Serve the page that the peers are compared with.
    Page { listen: SocketAddr },
    /// Ask one address that shows a table.
    Load {
        url: String,
        #[arg(long)]
        label: String,
        /// Rows that the page must have, so that nobody is quick by leaving some out.
        #[arg(long, default_value_t = 1000)]
        rows: usize,
    },
    /// Print the organisation's id, for the peers.
    Organisation,
}

#[tokio::main]
async fn main() -> Result<()> {
    let cli = Cli::parse();
    let effort = Effort { askers: cli.askers, time: Duration::from_secs(cli.seconds) };
    if let Command::Load { url, label, rows } = &cli.command {
        return load(url, label, *rows, effort).await;
    }
    let config = &cli.config;
    let house = installation::house(config, installation::database(config)?, installation::keys(config)?, &config.files_dir, true)?;
    match cli.command {
        Command::Prepare { tickets } => prepare(config, &house, tickets).await,
        Command::List { url, label, page } => list(&house, &url, &label, page, effort).await,
        Command::Page { listen } => {
            let who = Who::find(&house).await?;
            let eyes = page::Eyes { scope: who.scope(), house };
            // No routes to list; asking for them is how the library's executor is started.
            let _ = leptos_axum::generate_route_list(|| ());
            let listener = TcpListener::bind(listen).await?;
            Ok(axum::serve(listener, page::router(eyes)).await?)
        }
        Command::Organisation => {
            println!("{}", Who::find(&house).await?.org);
            Ok(())
        }
        Command::Load { .. } => Ok(()),
    }
}

async fn prepare(config: &Config, house: &House, tickets: u32) -> Result<()> {
    eprintln!("{}", seed::demo(house).await?);
    let org = seed::organisation(house, ORGANISATION).await?.context("the demo was just made")?;
    let mut tx = Cx::system(house, org, "bench").begin(Act::DoBackgroundWork).await?;
    let there: i64 = sqlx::query_scalar("select count(*) from tickets").fetch_one(tx.conn()).await?;
    tx.done().await?;
    let missing = tickets.saturating_sub(u32::try_from(there)?);
    if missing == 0 {
        return Ok(());
    }
    let begun = Instant::now();
    let scaled = seed::scale(house, org, missing).await?;
    let rate = f64::from(missing) / begun.elapsed().as_secs_f64();
    // As autovacuum would have done by itself some minutes later.
    let owner =
        config.owner_database_url.as_deref().context("FETTLE_OWNER_DATABASE_URL is not set: the tables are analysed by their owner")?;
    let mut owner = sqlx::PgConnection::connect(owner).await?;
    sqlx::raw_sql("vacuum analyze").execute(&mut owner).await?;
    let version: String = sqlx::query_scalar("show server_version").fetch_one(&mut owner).await?;
    eprintln!("{scaled}");
    println!("Made by `seed::scale` at {rate:.0} tickets a second on Postgres {version}.\n");
    Ok(())
}

/// A coordinator of the organisation.
struct Who {
    org: OrgId,
    login: LoginId,
    membership: MembershipId,
}

impl Who {
    async fn find(house: &House) -> Result<Self> {
        let org = seed::organisation(house, ORGANISATION).await?.context("there is no demo data: run `bench prepare` first")?;
        let mut tx = Cx::system(house, org, "bench").begin(Act::DoBackgroundWork).await?;
        let (login, membership): (Uuid, Uuid) =
            sqlx::query_as("select login_id, id from memberships where role = 'Coordinator' order by id limit 1")
                .fetch_one(tx.conn())
                .await?;
        tx.done().await?;
        Ok(Self { org, login: login.into(), membership: membership.into() })
    }
    fn scope(&self) -> Scope {
        Scope { membership: Some(self.membership), ..Scope::of(self.org, Audience::Staff) }
    }
    /// Signed in: the actor, and the cookie a browser would send.
    async fn sign_in(&self, house: &House) -> Result<(Cx<Staff>, String)> {
        let token = sessions::open_for_tests(house, self.login, self.org, self.membership).await?;
        let cx = sessions::resolve(house, token.secret(), services::Request::default()).await?.visitor.staff()?;
        Ok((cx, format!("__Host-fettle={}", token.secret())))
    }
}

async fn list(house: &House, url: &str, label: &str, page: u32, effort: Effort) -> Result<()> {
    let (cx, cookie) = Who::find(house).await?.sign_in(house).await?;
    let (cursor, reached) = cursor_of(&cx, page).await?;
    println!("\n**{label}**\n\n| | p50 | p99 | a second |\n|---|---|---|---|");
    let mut figures: Vec<Figures> = Vec::new();
    for (name, cursor) in [("page 1".to_owned(), None), (format!("page {reached}"), Some(cursor))] {
        let (cx_of_list, at) = (cx.clone(), cursor.clone());
        let one = measure(effort, || {
            let (cx, at) = (cx_of_list.clone(), at.clone());
            async move {
                Ok(Query(move || {
                    let (cx, at) = (cx.clone(), at.clone());
                    async move {
                        board::list(&cx, &Filter::default(), at.as_ref(), PAGE).await?;
                        Ok(())
                    }
                }))
            }
        })
        .await?;
        println!("{}", one.row(&format!("{name}: the list's query in its transaction")));
        let (cx_of_queue, at) = (cx.clone(), cursor.clone());
        let all = measure(effort, || {
            let (cx, at) = (cx_of_queue.clone(), at.clone());
            async move {
                Ok(Query(move || {
                    let (cx, at) = (cx.clone(), at.clone());
                    async move {
                        board::queue(&cx, &Filter::default(), at.as_ref(), false, PAGE).await?;
                        Ok(())
                    }
                }))
            }
        })
        .await?;
        println!("{}", all.row(&format!("{name}: all queries of the page in one transaction")));
        let at = cursor.map(|c| format!("&cursor={}", percent(&c.0))).unwrap_or_default();
        let address = format!("{url}/staff/tickets?status=ALL{at}");
        let served = measure(effort, || Browser::open(address.clone(), Some(cookie.clone()))).await?;
        println!("{}", served.row(&format!("{name}: served as HTML")));
        figures.extend([one, all, served]);
    }
    if let [first, first_all, first_served, far, far_all, far_served] = figures.as_slice() {
        let ratio = |a: &Figures, b: &Figures| a.quantile(0.5) / b.quantile(0.5);
        println!(
            "\nFar page against page 1 (target 1.2): query {:.2}, served {:.2}. Served against its queries (target 2): {:.2}, far page {:.2}.",
            ratio(far, first),
            ratio(far_served, first_served),
            ratio(first_served, first_all),
            ratio(far_served, far_all),
        );
    }
    Ok(())
}

/// The cursor of a page, walked to as a person would; of the last one where there are fewer.
async fn cursor_of(cx: &Cx<Staff>, page: u32) -> Result<(Cursor, u32)> {
    let mut cursor: Option<Cursor> = None;
    let mut reached = 1;
    while reached < page {
        match board::list(cx, &Filter::default(), cursor.as_ref(), board::MOST.min(PAGE)).await?.next {
            Some(next) => cursor = Some(next),
            None => break,
        }
        reached += 1;
    }
    Ok((cursor.context("the list has one page only: there is nothing to compare")?, reached))
}

async fn load(url: &str, label: &str, rows: usize, effort: Effort) -> Result<()> {
    let mut first = Browser::open(url.to_owned(), None).await?;
    first.ask().await?;
    let page = String::from_utf8_lossy(first.body()).into_owned();
    let shown = page.matches("<tr").count();
    ensure!(shown > rows, "{url} shows {shown} rows, not {rows} and a head");
    let figures = measure(effort, || Browser::open(url.to_owned(), None)).await?;
    println!("{} {:.0} kB |", figures.row(label), f64::from(u32::try_from(page.len())?) / 1e3);
    Ok(())
}
