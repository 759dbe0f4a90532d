//! The calendar: every visit between two days with what it clashes with, and what a move would clash with before it is saved.

use domain::faults::Priority;
use domain::policy::Act;
use domain::time::from_london;
use domain::work_orders::{
    Absence, Away, Calendar, CalendarVisit, Clash, Entry, Named, OrderRef, Slot, SlotForm, Time, Tried, VisitStatus, clashes,
};
use domain::{ContactId, OperativeId, VisitId};
use jiff::civil::Date;
use jiff_sqlx::ToSqlx as _;
use std::collections::HashMap;
use uuid::Uuid;

use super::{sql, visits};
use crate::estate::record::known;
use crate::{Cx, Error, Result, Staff};

/// Which part of the calendar is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// London days, both included; at most 62.
    pub from: Date,
    pub to: Date,
    pub contractor: Option<ContactId>,
    pub operative: Option<OperativeId>,
}

const MOST_DAYS: i64 = 62;
/// A month of a large organisation is some 2,000.
const MOST_VISITS: i64 = 10_000;

/// The visits between two days, in order of time, and who is away.
///
/// # Errors
/// `Invalid` on `to` for a span that ends before it begins or is too long.
pub async fn calendar(cx: &Cx<Staff>, span: &Span) -> Result<Calendar> {
    let days = (span.to - span.from).get_days();
    if span.to < span.from || i64::from(days) > MOST_DAYS {
        return Err(Error::invalid("to", format!("Choose at most {MOST_DAYS} days, the last not before the first")));
    }
    let midnight = |day: Date| from_london(day.at(0, 0, 0, 0));
    let after = span.to.tomorrow().ok().and_then(midnight);
    let (Some(from), Some(to)) = (midnight(span.from), after) else { return Err(Error::invalid("from", "Choose another day")) };
    let mut tx = cx.begin(Act::ReadWork).await?;
    let rows = sqlx::query!(
        r#"select v.id, v.version, v.work_order_id, w.reference, w.title, w.priority, v.contractor_id, coalesce(c.company, c.name) as "contractor!",
                  v.operative_id, o.name as "operative?", v.slot, v.starts_at, v.ends_at, v.status,
                  concat_ws(', ', u.label, p.line1, p.postcode) as "place!", coalesce(f.visits_a_window, 3::smallint) as "capacity!"
           from visits v
           join work_orders w on w.org_id = v.org_id and w.id = v.work_order_id
           join contacts c on c.org_id = v.org_id and c.id = v.contractor_id
           join properties p on p.org_id = w.org_id and p.id = w.property_id
           left join units u on u.org_id = w.org_id and u.id = w.unit_id
           left join operatives o on o.org_id = v.org_id and o.id = v.operative_id
           left join contractor_profiles f on f.org_id = v.org_id and f.contact_id = v.contractor_id
           where v.org_id = app.org_id()
             and v.status not in ('PROPOSED', 'CANCELLED')
             and v.starts_at < $2
             and v.starts_at >= $1::timestamptz - interval '7 days'
             and v.ends_at > $1
             and ($3::uuid is null or v.contractor_id = $3)
             and ($4::uuid is null or v.operative_id = $4)
           order by v.starts_at, v.id
           limit $5"#,
        from.to_sqlx() as _,
        to.to_sqlx() as _,
        span.contractor.map(Uuid::from),
        span.operative.map(Uuid::from),
        MOST_VISITS,
    )
    .fetch_all(tx.conn())
    .await?;
    let absences = away(&mut tx, span).await?;
    tx.done().await?;
    let mut capacity: HashMap<ContactId, i64> = HashMap::new();
    let mut found = Vec::with_capacity(rows.len());
    for r in rows {
        let contractor: ContactId = r.contractor_id.into();
        capacity.insert(contractor, i64::from(r.capacity));
        found.push(CalendarVisit {
            id: r.id.into(),
            version: r.version,
            order: OrderRef { id: r.work_order_id.into(), reference: r.reference },
            title: r.title,
            priority: known(&r.priority, Priority::parse)?,
            contractor: Named { id: contractor, name: r.contractor },
            operative: r.operative_id.zip(r.operative).map(|(id, name)| Named { id: id.into(), name }),
            time: Time { slot: known(&r.slot, Slot::parse)?, starts_at: r.starts_at.to_jiff(), ends_at: r.ends_at.to_jiff() },
            status: known(&r.status, VisitStatus::parse)?,
            place: r.place,
            clashes: Vec::new(),
        });
    }
    let entries: Vec<Entry> = found
        .iter()
        .map(|v| Entry {
            id: v.id,
            contractor: v.contractor.id,
            operative: v.operative.as_ref().map(|o| o.id),
            time: v.time,
            status: v.status,
        })
        .collect();
    let days: Vec<Away> = absences.iter().map(|(firm, a)| (firm.id, a.operative, a.from_on, a.to_on)).collect();
    let mut by_visit: HashMap<VisitId, Vec<Clash>> = HashMap::new();
    for (id, clash) in clashes(&entries, |c| capacity.get(&c).copied().unwrap_or(3), &days) {
        by_visit.entry(id).or_default().push(clash);
    }
    for visit in &mut found {
        visit.clashes = by_visit.remove(&visit.id).unwrap_or_default();
    }
    Ok(Calendar { visits: found, absences })
}

async fn away(tx: &mut db::OrgTx, span: &Span) -> Result<Vec<(Named<ContactId>, Absence)>> {
    let rows = sqlx::query!(
        r#"select a.id, a.contractor_id, coalesce(c.company, c.name) as "contractor!", a.operative_id, o.name as "who?",
                  a.from_on as "from_on: jiff_sqlx::Date", a.to_on as "to_on: jiff_sqlx::Date", a.reason
           from absences a
           join contacts c on c.org_id = a.org_id and c.id = a.contractor_id
           left join operatives o on o.org_id = a.org_id and o.id = a.operative_id
           where a.org_id = app.org_id()
             and a.deleted_at is null
             and a.from_on <= $2
             and a.to_on >= $1
             and ($3::uuid is null or a.contractor_id = $3)
           order by a.from_on, a.id
           limit 2000"#,
        span.from.to_sqlx() as _,
        span.to.to_sqlx() as _,
        span.contractor.map(Uuid::from),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| {
            (
                Named { id: r.contractor_id.into(), name: r.contractor },
                Absence {
                    id: r.id.into(),
                    operative: r.operative_id.map(Into::into),
                    who: r.who,
                    from_on: r.from_on.to_jiff(),
                    to_on: r.to_on.to_jiff(),
                    reason: r.reason,
                },
            )
        })
        .collect())
}

/// What moving a visit there would clash with. Saves nothing; the move itself asks again.
///
/// # Errors
/// `NotFound`; `Invalid` by field of the time.
pub async fn try_visit(cx: &Cx<Staff>, id: VisitId, form: &SlotForm, operative: Option<OperativeId>) -> Result<Tried> {
    let mut tx = cx.begin(Act::ManageWork).await?;
    let time = form.parse(tx.now())?;
    let (_, visit) = visits::both(&mut tx, id, None).await?;
    let operative = operative.or(visit.operative);
    let capacity = sql::hold_timetable(&mut tx, visit.contractor).await?;
    let booked = sql::booked_between(&mut tx, visit.contractor, operative, &time, Some(id)).await?;
    let day = time.day();
    let span = Span { from: day, to: day, contractor: Some(visit.contractor), operative: None };
    let absences = away(&mut tx, &span).await?;
    // What was let go of on the way stays so for whoever books; this only looked.
    tx.done().await?;
    let fixed = time.slot == Slot::Fixed && operative.is_some();
    let is_away = absences.iter().any(|(_, a)| a.operative.is_none() || a.operative == operative);
    let found = [
        (fixed && booked.person_busy).then_some(Clash::PersonBusy),
        (!fixed && booked.counted >= capacity).then_some(Clash::OverCapacity),
        is_away.then_some(Clash::Away),
    ];
    Ok(Tried { clashes: found.into_iter().flatten().collect() })
}
