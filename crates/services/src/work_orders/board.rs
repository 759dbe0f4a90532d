//! The list of work orders.

use db::OrgTx;
use domain::faults::{Category, Priority};
use domain::policy::Act;
use domain::tickets::TicketRef;
use domain::values::Pence;
use domain::work_orders::{Card, Filter, Named, Slot, Status, StatusFilter, Time};
use sqlx::{FromRow, Postgres, QueryBuilder};
use uuid::Uuid;
use wire::Page;

use crate::estate::record::known;
use crate::estate::{Position, Slice, like_patterns, page};
use crate::{Cx, Error, Result, Staff};

#[derive(FromRow)]
struct Row {
    id: Uuid,
    reference: String,
    title: String,
    status: String,
    priority: String,
    category: String,
    ticket_id: Option<Uuid>,
    ticket_reference: Option<String>,
    place: String,
    postcode: String,
    contractor_id: Option<Uuid>,
    contractor: Option<String>,
    slot: Option<String>,
    starts_at: Option<jiff_sqlx::Timestamp>,
    ends_at: Option<jiff_sqlx::Timestamp>,
    offers_waiting: i64,
    due_at: Option<jiff_sqlx::Timestamp>,
    value_pence: Option<i64>,
    created_at: jiff_sqlx::Timestamp,
    updated_at: jiff_sqlx::Timestamp,
}

/// Newest first, a page at a time.
///
/// # Errors
/// `Invalid` for a cursor that is none.
pub async fn list(cx: &Cx<Staff>, filter: &Filter, slice: &Slice) -> Result<Page<Card>> {
    let position = Position::of(slice)?;
    let mut tx = cx.begin(Act::ReadWork).await?;
    let now = tx.now();
    let mut query = QueryBuilder::<Postgres>::new("");
    build(&mut query, &tx, cx, filter, &position, slice.limit() + 1)?;
    let rows: Vec<Row> = query.build_query_as().fetch_all(tx.conn()).await?;
    tx.done().await?;
    let page = page(rows, slice, |r| (r.id, vec![r.created_at.to_jiff().to_string()]));
    let cards = page.items.into_iter().map(|r| card(r, now)).collect::<Result<_>>()?;
    Ok(Page { items: cards, next: page.next, previous: page.previous })
}

fn card(r: Row, now: jiff::Timestamp) -> Result<Card> {
    let status = known(&r.status, Status::parse)?;
    let due_at = r.due_at.map(jiff_sqlx::Timestamp::to_jiff);
    let visit = match (r.slot, r.starts_at, r.ends_at) {
        (Some(slot), Some(from), Some(to)) => {
            Some(Time { slot: known(&slot, Slot::parse)?, starts_at: from.to_jiff(), ends_at: to.to_jiff() })
        }
        _ => None,
    };
    Ok(Card {
        id: r.id.into(),
        reference: r.reference,
        title: r.title,
        status,
        priority: known(&r.priority, Priority::parse)?,
        category: known(&r.category, Category::parse)?,
        ticket: r.ticket_id.zip(r.ticket_reference).map(|(id, reference)| TicketRef { id: id.into(), reference }),
        place: r.place,
        postcode: r.postcode,
        contractor: r.contractor_id.zip(r.contractor).map(|(id, name)| Named { id: id.into(), name }),
        visit,
        offers_waiting: r.offers_waiting,
        overdue: status.is_live() && due_at.is_some_and(|due| due < now),
        due_at,
        value: r.value_pence.map(Pence),
        created_at: r.created_at.to_jiff(),
        updated_at: r.updated_at.to_jiff(),
    })
}

/// The page's rows are chosen first and only they are joined with the rest.
fn build(query: &mut QueryBuilder<Postgres>, tx: &OrgTx, cx: &Cx<Staff>, filter: &Filter, at: &Position, limit: i64) -> Result<()> {
    query.push(
        "select w.id, w.reference, w.title, w.status, w.priority, w.category, w.ticket_id, t.reference as ticket_reference,
                concat_ws(', ', u.label, p.line1, p.city) as place, p.postcode, w.contractor_id, coalesce(c.company, c.name) as contractor,
                v.slot, v.starts_at, v.ends_at, o.waiting as offers_waiting, w.due_at, w.value_pence, w.created_at, w.updated_at
         from (select w.* from work_orders w",
    );
    let patterns = like_patterns(&filter.search);
    if patterns.is_some() {
        query.push(
            " join properties p on p.org_id = w.org_id and p.id = w.property_id
              left join units u on u.org_id = w.org_id and u.id = w.unit_id
              left join contacts c on c.org_id = w.org_id and c.id = w.contractor_id
              left join tickets t on t.org_id = w.org_id and t.id = w.ticket_id",
        );
    }
    query.push(" where w.org_id = ").push_bind(tx.org().uuid());
    match filter.status {
        StatusFilter::All => {}
        StatusFilter::Open => {
            query.push(" and w.status not in ('VERIFIED', 'CANCELLED')");
        }
        StatusFilter::Is(status) => {
            query.push(" and w.status = ").push_bind(status.as_str());
        }
    }
    if let Some(contractor) = filter.contractor {
        query.push(" and (w.contractor_id = ").push_bind(contractor.uuid());
        query.push(" or exists (select from offers o where o.org_id = w.org_id and o.work_order_id = w.id and o.status = 'SENT' and o.contractor_id = ");
        query.push_bind(contractor.uuid()).push("))");
    }
    if let Some(ticket) = filter.ticket {
        query.push(" and w.ticket_id = ").push_bind(ticket.uuid());
    }
    if let Some(property) = filter.property {
        query.push(" and w.property_id = ").push_bind(property.uuid());
    }
    if filter.overdue {
        query.push(" and w.status not in ('DONE', 'VERIFIED', 'CANCELLED') and w.due_at < app.now()");
    }
    if filter.unscheduled {
        query.push(" and w.status = 'ACCEPTED'");
    }
    if filter.mine {
        query.push(" and (w.created_by = ").push_bind(cx.membership().uuid());
        query.push(" or exists (select from tickets k where k.org_id = w.org_id and k.id = w.ticket_id and k.assignee_id = ");
        query.push_bind(cx.membership().uuid()).push("))");
    }
    if let Some(patterns) = patterns {
        query.push(
            " and lower(concat_ws(' ', w.reference, w.title, u.label, p.name, p.line1, p.city, p.postcode, replace(p.postcode, ' ', ''), c.name, c.company, t.reference)) like all (",
        );
        query.push_bind(patterns).push(")");
    }
    if let Some((key, id)) = at.key(0).zip(at.id) {
        let key: jiff::Timestamp =
            key.parse().map_err(|_| Error::invalid("cursor", "That page of the list does not exist. Start again from the first page"))?;
        query.push(" and (w.created_at, w.id) < (").push_bind(jiff_sqlx::ToSqlx::to_sqlx(key)).push(", ").push_bind(id).push(")");
    }
    query.push(" order by w.created_at desc, w.id desc limit ").push_bind(limit);
    query.push(
        ") w
         join properties p on p.org_id = w.org_id and p.id = w.property_id
         left join units u on u.org_id = w.org_id and u.id = w.unit_id
         left join tickets t on t.org_id = w.org_id and t.id = w.ticket_id
         left join contacts c on c.org_id = w.org_id and c.id = w.contractor_id
         left join lateral (
           select v.slot, v.starts_at, v.ends_at
           from visits v
           where v.org_id = w.org_id and v.work_order_id = w.id and v.status in ('CONFIRMED', 'ON_SITE')
           order by v.starts_at
           limit 1) v on true
         cross join lateral (
           select count(*) as waiting from offers o where o.org_id = w.org_id and o.work_order_id = w.id and o.status = 'SENT') o
         order by w.created_at desc, w.id desc",
    );
    Ok(())
}
