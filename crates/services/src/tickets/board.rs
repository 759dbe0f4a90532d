//! Lists: the queue, the board, and how many stand where.
//!
//! The list's SQL is built from its filter, because a plan is only good when Postgres sees which filter is there: `($1 is null or …)` would
//! give one plan for all. Words that come from people are bound; what is written into the text are codes of our own enums.
//!
//! Pages are keyset pages: a cursor holds the sort key of a row, so page 1,000 costs what page 1 costs, and a ticket that arrives meanwhile
//! shifts nothing.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use db::OrgTx;
use domain::policy::Act;
use domain::tickets::{AssigneeFilter, Card, Category, Column, Filter, OpenCounts, Priority, Queue, Search, Sort, Status, StatusFilter};
use domain::time::{end_of_day, from_london};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::{FromRow, Postgres, QueryBuilder};
use uuid::Uuid;
use wire::{Cursor, Page};

use super::sql;
use crate::{Cx, Error, Result, Staff};

/// Cards of one page at most.
pub const MOST: u32 = 200;
/// A search looks at the newest of what it finds, so many: whoever finds more adds a word.
pub const MOST_FOUND: i32 = 1_000;
const OPEN: &str = " and t.status not in ('CLOSED', 'CANCELLED')";

/// One page of the queue. `limit` is kept between 1 and [`MOST`].
///
/// # Errors
/// `Invalid` for a cursor of another list.
pub async fn list(cx: &Cx<Staff>, filter: &Filter, cursor: Option<&Cursor>, limit: u32) -> Result<Page<Card>> {
    let mut tx = cx.begin(Act::ReadTickets).await?;
    let page = page_in(&mut tx, filter, cursor, limit).await?;
    tx.done().await?;
    Ok(page)
}

/// How many open tickets the filter leaves in each status, its own status aside.
pub async fn counts(cx: &Cx<Staff>, filter: &Filter) -> Result<OpenCounts> {
    let mut tx = cx.begin(Act::ReadTickets).await?;
    let counts = counts_in(&mut tx, filter).await?;
    tx.done().await?;
    Ok(counts)
}

/// The queue's page, as a list or as a board, in one transaction.
pub async fn queue(cx: &Cx<Staff>, filter: &Filter, cursor: Option<&Cursor>, as_board: bool, limit: u32) -> Result<Queue> {
    let mut tx = cx.begin(Act::ReadTickets).await?;
    let counts = counts_in(&mut tx, filter).await?;
    let page =
        if as_board { Page { items: Vec::new(), next: None, previous: None } } else { page_in(&mut tx, filter, cursor, limit).await? };
    let columns = if as_board { columns_in(&mut tx, filter, &counts, limit).await? } else { Vec::new() };
    let views = sql::views(&mut tx, cx.membership()).await?;
    let members = sql::assignable(&mut tx).await?;
    tx.done().await?;
    let word = |cursor: Option<Cursor>| cursor.map_or_else(String::new, |c| c.0);
    Ok(Queue { cards: page.items, next: word(page.next), previous: word(page.previous), columns, counts, views, members, now: cx.now() })
}

/// The board: a column for each open status, and one for what was closed lately; `limit` cards in each.
async fn columns_in(tx: &mut OrgTx, filter: &Filter, counts: &OpenCounts, limit: u32) -> Result<Vec<Column>> {
    let shown: Vec<Status> = match filter.status {
        StatusFilter::Is(status) => vec![status],
        StatusFilter::Open => Status::OPEN.to_vec(),
        StatusFilter::All => Status::OPEN.into_iter().chain([Status::Closed]).collect(),
    };
    let mut columns = Vec::new();
    for status in shown {
        let of_status = Filter { status: StatusFilter::Is(status), ..filter.clone() };
        let page = page_in(tx, &of_status, None, limit).await?;
        let shown = i64::try_from(page.items.len()).unwrap_or(i64::MAX);
        columns.push(Column { status, count: counts.of(status).max(shown), cards: page.items });
    }
    Ok(columns)
}

/// The plan of a page's query as this actor would run it: for the test that no list reads the whole table, and for measuring.
#[doc(hidden)]
pub async fn plan(cx: &Cx<Staff>, filter: &Filter, cursor: Option<&Cursor>, limit: u32) -> Result<Vec<String>> {
    let mut tx = cx.begin(Act::ReadTickets).await?;
    let mut query = QueryBuilder::<Postgres>::new("explain (costs off) ");
    build(&mut query, &tx, filter, At::read(cursor, filter.sort)?.as_ref(), limit);
    let lines = query.build_query_scalar::<String>().fetch_all(tx.conn()).await?;
    tx.done().await?;
    Ok(lines)
}

pub(super) async fn page_in(tx: &mut OrgTx, filter: &Filter, cursor: Option<&Cursor>, limit: u32) -> Result<Page<Card>> {
    let at = At::read(cursor, filter.sort)?;
    let limit = limit.clamp(1, MOST);
    let mut query = QueryBuilder::<Postgres>::new("");
    build(&mut query, tx, filter, at.as_ref(), limit);
    let mut rows: Vec<Row> = query.build_query_as().fetch_all(tx.conn()).await?;
    let backwards = at.as_ref().is_some_and(|a| a.backwards);
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > wanted;
    rows.truncate(wanted);
    if backwards {
        rows.reverse();
    }
    let edge = |row: Option<&Row>, backwards: bool| row.map(|r| At::of(r, filter.sort, backwards).write(filter.sort));
    let next = if backwards || more { edge(rows.last(), false) } else { None };
    let previous = if (backwards && more) || (!backwards && at.is_some()) { edge(rows.first(), true) } else { None };
    Ok(Page { items: rows.into_iter().map(Card::try_from).collect::<Result<_>>()?, next, previous })
}

async fn counts_in(tx: &mut OrgTx, filter: &Filter) -> Result<OpenCounts> {
    let mut query = QueryBuilder::<Postgres>::new("select t.status, count(*) from tickets t where t.deleted_at is null and t.org_id = ");
    query.push_bind(tx.org().uuid());
    narrow(&mut query, tx, &Filter { status: StatusFilter::Open, ..filter.clone() });
    query.push(" group by t.status");
    let rows: Vec<(String, i64)> = query.build_query_as().fetch_all(tx.conn()).await?;
    let counts = rows
        .into_iter()
        .map(|(status, n)| Ok((Status::parse(&status).ok_or_else(|| unknown("status", &status))?, n)))
        .collect::<Result<_>>()?;
    Ok(OpenCounts(counts))
}

/// The page's rows are chosen first and only they are joined with the rest.
fn build(query: &mut QueryBuilder<Postgres>, tx: &OrgTx, filter: &Filter, at: Option<&At>, limit: u32) {
    let order = Order::of(filter.sort);
    let descending = order.descending != at.is_some_and(|a| a.backwards);
    let direction = if descending { "desc" } else { "asc" };
    let order_by = |alias: &str| order.columns.iter().map(|c| format!("{alias}.{c} {direction}")).collect::<Vec<_>>().join(", ");
    query.push(
        "select t.id,
                t.reference,
                t.title,
                t.status,
                t.priority,
                t.category,
                concat_ws(', ', u.label, p.line1, p.city) as place,
                p.postcode,
                coalesce(c.name, t.reporter_name) as reported_by,
                m.name as assignee,
                t.created_at,
                t.updated_at,
                t.target_at,
                (r.read_at is null or r.read_at < t.updated_at) as unread,
                cardinality(t.hazards) > 0 as hazard,
                t.priority_rank
         from (
           select t.org_id, t.id, t.reference, t.title, t.status, t.priority, t.category, t.property_id, t.unit_id, t.reported_by_contact_id,
                  t.reporter_name, t.assignee_id, t.created_at, t.updated_at, t.target_at, t.hazards, t.priority_rank
           from tickets t where t.deleted_at is null and t.org_id = ",
    );
    query.push_bind(tx.org().uuid());
    narrow(query, tx, filter);
    if let Some(at) = at {
        query.push(format!(" and ({}) {} (", order.columns.map_t(), if descending { "<" } else { ">" }));
        if order.columns.contains(&"priority_rank") {
            query.push(at.rank);
            query.push(", ");
        }
        query.push_bind(at.moment.to_sqlx());
        query.push(", ");
        query.push_bind(at.id);
        query.push(")");
    }
    // One more than is shown says whether there is a next page.
    query.push(format!(" order by {} limit {}) t", order_by("t"), limit.clamp(1, MOST) + 1));
    query.push(
        " join properties p on p.org_id = t.org_id and p.id = t.property_id
          left join units u on u.org_id = t.org_id and u.id = t.unit_id
          left join contacts c on c.org_id = t.org_id and c.id = t.reported_by_contact_id
          left join memberships m on m.org_id = t.org_id and m.id = t.assignee_id
          left join ticket_reads r on r.org_id = t.org_id and r.ticket_id = t.id and r.membership_id = ",
    );
    query.push_bind(me(tx));
    query.push(format!(" order by {}", order_by("t")));
}

fn me(tx: &OrgTx) -> Uuid {
    tx.scope().membership.map_or(Uuid::nil(), Uuid::from)
}

/// Everything of the filter but its order.
fn narrow(query: &mut QueryBuilder<Postgres>, tx: &OrgTx, filter: &Filter) {
    match filter.status {
        // A target is met or missed by then; see Sort::Target.
        StatusFilter::All if filter.sort == Sort::Target => query.push(OPEN),
        StatusFilter::All => query,
        StatusFilter::Open => query.push(OPEN),
        StatusFilter::Is(status) => query.push(format!(" and t.status = '{}'", status.as_str())),
    };
    if filter.sort == Sort::Target {
        query.push(" and t.target_at is not null");
    }
    if let Some(priority) = filter.priority {
        query.push(format!(" and t.priority = '{}'", priority.as_str()));
    }
    if let Some(category) = filter.category {
        query.push(format!(" and t.category = '{}'", category.as_str()));
    }
    match filter.assignee {
        Some(AssigneeFilter::Me) => {
            query.push(" and t.assignee_id = ").push_bind(me(tx));
        }
        Some(AssigneeFilter::Is(id)) => {
            query.push(" and t.assignee_id = ").push_bind(id.uuid());
        }
        Some(AssigneeFilter::Nobody) => {
            query.push(" and t.assignee_id is null");
        }
        None => {}
    }
    if let Some(property) = filter.property {
        query.push(" and t.property_id = ").push_bind(property.uuid());
    }
    if filter.hazard {
        query.push(" and t.hazards <> '{}'");
    }
    if filter.unread {
        query.push(
            " and not exists (select from ticket_reads r
                where r.org_id = t.org_id and r.ticket_id = t.id and r.read_at >= t.updated_at and r.membership_id = ",
        );
        query.push_bind(me(tx)).push(")");
    }
    if let Some(start) = filter.from.and_then(|d| from_london(d.at(0, 0, 0, 0))) {
        query.push(" and t.created_at >= ").push_bind(start.to_sqlx());
    }
    if let Some(end) = filter.to.and_then(end_of_day) {
        query.push(" and t.created_at < ").push_bind(end.to_sqlx());
    }
    let search = Search::read(&filter.search);
    if !search.is_empty() {
        // As an array the ids are looked up by key; as a join they could tempt the planner into reading the table.
        query.push(" and t.id = any (array(select app.search_tickets(");
        query.push_bind(search.references).push(", ").push_bind(search.terms).push(format!(", {MOST_FOUND})))"));
    } else if !filter.search.is_empty() {
        // Signs alone find nothing, rather than everything.
        query.push(" and false");
    }
}

struct Order {
    columns: Columns,
    descending: bool,
}

/// The sort key's columns, the id last.
#[derive(Clone, Copy)]
struct Columns(&'static [&'static str]);

impl Columns {
    fn iter(self) -> impl Iterator<Item = &'static str> {
        self.0.iter().copied()
    }
    fn contains(self, column: &&str) -> bool {
        self.0.contains(column)
    }
    fn map_t(self) -> String {
        self.iter().map(|c| format!("t.{c}")).collect::<Vec<_>>().join(", ")
    }
}

impl Order {
    const fn of(sort: Sort) -> Self {
        match sort {
            Sort::Newest => Self { columns: Columns(&["created_at", "id"]), descending: true },
            Sort::Oldest => Self { columns: Columns(&["created_at", "id"]), descending: false },
            Sort::Updated => Self { columns: Columns(&["updated_at", "id"]), descending: true },
            Sort::Target => Self { columns: Columns(&["target_at", "id"]), descending: false },
            Sort::Priority => Self { columns: Columns(&["priority_rank", "created_at", "id"]), descending: false },
        }
    }
}

/// A place in a list: the sort key of the row at its edge, and which way to go from there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct At {
    backwards: bool,
    rank: i16,
    moment: Timestamp,
    id: Uuid,
}

impl At {
    fn of(row: &Row, sort: Sort, backwards: bool) -> Self {
        let moment = match sort {
            Sort::Updated => row.updated_at,
            Sort::Target => row.target_at.unwrap_or(row.created_at),
            Sort::Newest | Sort::Oldest | Sort::Priority => row.created_at,
        };
        Self { backwards, rank: row.priority_rank, moment: moment.to_jiff(), id: row.id }
    }
    fn write(self, sort: Sort) -> Cursor {
        let way = if self.backwards { 'b' } else { 'f' };
        Cursor(URL_SAFE_NO_PAD.encode(format!(
            "{}{way}.{}.{}.{}",
            sort.as_str(),
            self.rank,
            self.moment.as_microsecond(),
            self.id.simple()
        )))
    }
    fn read(cursor: Option<&Cursor>, sort: Sort) -> Result<Option<Self>> {
        let Some(cursor) = cursor else { return Ok(None) };
        let parsed = || {
            let text = String::from_utf8(URL_SAFE_NO_PAD.decode(&cursor.0).ok()?).ok()?;
            let mut parts = text.split('.');
            let (head, rank, micros, id) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
            let way = head.strip_prefix(sort.as_str())?;
            Some(Self {
                backwards: match way {
                    "b" => true,
                    "f" => false,
                    _ => return None,
                },
                rank: rank.parse().ok()?,
                moment: Timestamp::from_microsecond(micros.parse().ok()?).ok()?,
                id: Uuid::parse_str(id).ok()?,
            })
        };
        parsed()
            .map(Some)
            .ok_or_else(|| Error::invalid("cursor", "This link to a page of the list is out of date. Start again from the first page"))
    }
}

#[derive(FromRow)]
pub(super) struct Row {
    id: Uuid,
    reference: String,
    title: String,
    status: String,
    priority: String,
    category: String,
    place: String,
    postcode: String,
    reported_by: Option<String>,
    assignee: Option<String>,
    created_at: jiff_sqlx::Timestamp,
    updated_at: jiff_sqlx::Timestamp,
    target_at: Option<jiff_sqlx::Timestamp>,
    unread: bool,
    hazard: bool,
    priority_rank: i16,
}

impl TryFrom<Row> for Card {
    type Error = Error;
    fn try_from(r: Row) -> Result<Self> {
        Ok(Self {
            id: r.id.into(),
            status: Status::parse(&r.status).ok_or_else(|| unknown("status", &r.status))?,
            priority: Priority::parse(&r.priority).ok_or_else(|| unknown("priority", &r.priority))?,
            category: Category::parse(&r.category).ok_or_else(|| unknown("category", &r.category))?,
            reference: r.reference,
            title: r.title,
            place: r.place,
            postcode: r.postcode,
            reported_by: r.reported_by,
            assignee: r.assignee,
            created_at: r.created_at.to_jiff(),
            updated_at: r.updated_at.to_jiff(),
            target_at: r.target_at.map(jiff_sqlx::Timestamp::to_jiff),
            unread: r.unread,
            hazard: r.hazard,
        })
    }
}

/// A stored code that none of our lists knows: loud, because a check constraint forbids it.
pub(super) fn unknown(what: &'static str, code: &str) -> Error {
    Error::internal(db::DbError::Inconsistent { table: "tickets", row: code.to_owned(), what: format!("unknown {what}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_belongs_to_its_list() {
        let at = At { backwards: true, rank: 2, moment: "2026-11-20T10:00:00.000001Z".parse().expect("a moment"), id: Uuid::from_u128(7) };
        let cursor = at.write(Sort::Target);
        assert_eq!(At::read(Some(&cursor), Sort::Target).expect("reads"), Some(at));
        assert!(matches!(At::read(Some(&cursor), Sort::Newest), Err(Error::Invalid(_))));
        assert!(matches!(At::read(Some(&Cursor("'; drop table".into())), Sort::Newest), Err(Error::Invalid(_))));
    }
}
