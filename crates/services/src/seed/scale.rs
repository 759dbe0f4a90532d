//! Tickets by the hundred thousand, to measure with. COPY is refused to roles under row-level security (Postgres), so they come from
//! INSERT … SELECT over the demo's stories and the organisation's own homes, a batch a transaction.

use domain::events::Event;
use domain::faults::Catalogue;
use domain::policy::Act;
use domain::{OrgId, tickets};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::SignedDuration;
use serde_json::json;

use super::{source, sql};
use crate::{Cx, Error, House, Result, System};

/// Rows a transaction: large enough that its cost vanishes, small enough that a stopped run loses little.
const BATCH: i64 = 10_000;
/// Batches at once.
const AT_ONCE: usize = 2;
/// The tickets are spread over these years, the newest last.
const YEARS: i64 = 5;

/// What a run of [`scale`] made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scaled {
    pub tickets: i64,
    pub first: String,
    pub last: String,
}

impl std::fmt::Display for Scaled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} tickets, {} to {}.", self.tickets, self.first, self.last)
    }
}

/// The faults by turns: titles, words, and how they were assessed, column by column as Postgres unnests them.
#[derive(Default)]
pub(super) struct Turns {
    pub(super) titles: Vec<String>,
    pub(super) words: Vec<String>,
    pub(super) paths: Vec<String>,
    pub(super) categories: Vec<String>,
    pub(super) priorities: Vec<String>,
    pub(super) trades: Vec<String>,
}

/// Makes `count` tickets in an organisation that has homes, and one audited event that says so: they have no timeline of their own.
///
/// # Errors
/// `Conflict` when the organisation has no home to put them in; `Unavailable` when Postgres is away.
pub async fn scale(house: &House, org: OrgId, count: u32) -> Result<Scaled> {
    let turns = turns()?;
    let count = i64::from(count);
    let cx = Cx::<System>::system(house, org, "seed at scale");
    let mut tx = cx.begin(Act::DoBackgroundWork).await?;
    if !sql::has_homes(&mut tx).await? {
        return Err(Error::conflict("This organisation has no homes yet: make the demo first, or import properties."));
    }
    let first = sql::take_numbers(&mut tx, "ticket", count).await?;
    tx.commit().await?;

    let step = SignedDuration::from_hours(24 * 365 * YEARS).as_secs_f64() * 1e6 / f64::from(u32::try_from(count).unwrap_or(1).max(1));
    let spread = sql::Spread { first, count, step };
    let batches = stream::iter((0..count).step_by(usize::try_from(BATCH).unwrap_or(usize::MAX)));
    batches.map(|from| batch(&cx, &turns, spread, from)).buffer_unordered(AT_ONCE).try_for_each(|()| async { Ok(()) }).await?;

    let done = Scaled { tickets: count, first: tickets::reference(first), last: tickets::reference(first + count - 1) };
    let mut tx = cx.begin(Act::DoBackgroundWork).await?;
    tx.record(Event::new("seed:scaled", "organisation", org).data(json!({ "tickets": count, "first": done.first, "last": done.last })));
    tx.commit().await?;
    Ok(done)
}

async fn batch(cx: &Cx<System>, turns: &Turns, spread: sql::Spread, from: i64) -> Result<()> {
    let mut tx = cx.begin(Act::DoBackgroundWork).await?;
    sql::insert_batch(&mut tx, turns, spread, from, (from + BATCH).min(spread.count)).await?;
    tx.commit().await?;
    tracing::info!(from, "a batch of tickets is written");
    Ok(())
}

fn turns() -> Result<Turns> {
    let mut turns = Turns::default();
    for story in source::stories()?.iter().filter(|s| s.path.room != "communal") {
        let Some(fault) = Catalogue::default_uk().find(&story.path) else { continue };
        turns.titles.push(fault.problem.name.clone());
        turns.words.push(story.words.clone());
        turns.paths.push(story.path.to_string());
        turns.categories.push(fault.problem.category.as_str().to_owned());
        turns.priorities.push(fault.problem.default_priority.as_str().to_owned());
        turns.trades.push(fault.problem.trade.as_str().to_owned());
    }
    Ok(turns)
}
