//! The morning's figures.

use std::collections::BTreeMap;

use domain::policy::Act;
use domain::tickets::{Dashboard, Filter, Priority, Sort, Status, StatusFilter};
use domain::time::{end_of_day, from_london, london};
use jiff::ToSpan as _;
use jiff::civil::Date;

use super::{board, sql};
use crate::{Cx, Error, Result, Staff};

const LISTED: u32 = 6;
const DAYS: i64 = 14;

/// Figures and the tickets to look at first. "Today" is London's.
pub async fn dashboard(cx: &Cx<Staff>) -> Result<Dashboard> {
    let mut tx = cx.begin(Act::ReadTickets).await?;
    let today = london(tx.now()).date();
    let starts = |day: Date| from_london(day.at(0, 0, 0, 0));
    let first = today.checked_sub((DAYS - 1).days()).map_err(Error::internal)?;
    let (Some(midnight), Some(fortnight), Some(tomorrow_ends)) = (starts(today), starts(first), today.tomorrow().ok().and_then(end_of_day))
    else {
        return Err(Error::internal(anyhow::anyhow!("{today} has no midnight")));
    };
    let figures = sql::figures(&mut tx, cx.membership(), midnight, tomorrow_ends, fortnight).await?;
    let by = |figures: serde_json::Value| serde_json::from_value::<BTreeMap<String, i64>>(figures).map_err(Error::internal);
    let (by_priority, by_status, by_day) = (by(figures.by_priority)?, by(figures.by_status)?, by(figures.by_day)?);
    let of = |map: &BTreeMap<String, i64>, key: &str| map.get(key).copied().unwrap_or(0);
    let mut listed = Vec::new();
    for filter in [
        Filter { status: StatusFilter::Is(Status::New), sort: Sort::Priority, ..Filter::default() },
        Filter { sort: Sort::Oldest, ..Filter::open() },
        Filter { sort: Sort::Target, ..Filter::open() },
    ] {
        // By target, more: those that are done are passed over below.
        let limit = if filter.sort == Sort::Target { 10 * LISTED } else { LISTED };
        listed.push(board::page_in(&mut tx, &filter, None, limit).await?.items);
    }
    let now = tx.now();
    tx.done().await?;
    let mut listed = listed.into_iter();
    let (to_triage, oldest, overdue_first) =
        (listed.next().unwrap_or_default(), listed.next().unwrap_or_default(), listed.next().unwrap_or_default());
    Ok(Dashboard {
        open_by_priority: Priority::ALL.iter().rev().map(|p| (*p, of(&by_priority, p.as_str()))).collect(),
        open_by_status: Status::OPEN.into_iter().map(|s| (s, of(&by_status, s.as_str()))).collect(),
        awaiting_triage: of(&by_status, Status::New.as_str()),
        oldest_awaiting: figures.oldest_awaiting.map(jiff_sqlx::Timestamp::to_jiff),
        opened_today: figures.opened_today,
        closed_today: figures.closed_today,
        overdue: figures.overdue,
        due_soon: figures.due_soon,
        mine: figures.mine,
        by_day: (0..DAYS).filter_map(|n| first.checked_add(n.days()).ok()).map(|day| (day, of(&by_day, &day.to_string()))).collect(),
        to_triage,
        oldest,
        overdue_first: overdue_first
            .into_iter()
            .filter(|c| c.status != Status::Completed && c.target_at.is_some_and(|t| t < now))
            .take(LISTED as usize)
            .collect(),
    })
}
