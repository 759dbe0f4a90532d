//! A contractor's visits as an iCalendar feed (RFC 5545), by an address that is a secret.
//!
//! The feed says where and when and by which reference; it holds no tenant's name or number, because it lies on somebody else's calendar server.

use domain::ContactId;
use domain::events::Event;
use domain::policy::Act;
use domain::time::london;
use domain::work_orders::Named;
use jiff::{SignedDuration, Timestamp};

use super::sql;
use crate::auth::links;
use crate::{Contractor, Cx, Error, House, Request, Result, Staff};

/// What has been and what is to come, in the feed.
const BACK: SignedDuration = SignedDuration::from_hours(24 * 31);
const AHEAD: SignedDuration = SignedDuration::from_hours(24 * 366);

/// Makes a contractor's calendar address, in place of an older one. The answer is the only time it is shown.
///
/// # Errors
/// `NotFound` for a contact that is no contractor.
pub async fn new_calendar(cx: &Cx<Staff>, contractor: ContactId) -> Result<String> {
    let mut tx = cx.begin(Act::ManageWork).await?;
    if !sql::is_contractor(&mut tx, contractor).await? {
        return Err(Error::NotFound);
    }
    sql::revoke_calendar(&mut tx, contractor).await?;
    let secret = links::make(&mut tx, contractor, links::Opens::Calendar).await?;
    tx.record(Event::new("calendar:made", "contact", contractor).audit_only());
    tx.commit().await?;
    Ok(cx.house().url(&format!("/calendar/{secret}.ics")))
}

/// Ends it: the address answers nothing from now on.
///
/// # Errors
/// `NotFound` where there is none.
pub async fn revoke_calendar(cx: &Cx<Staff>, contractor: ContactId) -> Result<()> {
    let mut tx = cx.begin(Act::ManageWork).await?;
    if !sql::revoke_calendar(&mut tx, contractor).await? {
        return Err(Error::NotFound);
    }
    tx.record(Event::new("calendar:revoked", "contact", contractor).audit_only());
    Ok(tx.commit().await?)
}

/// Whether there is one.
///
/// # Errors
/// None but an unreachable database.
pub async fn has_calendar(cx: &Cx<Staff>, contractor: ContactId) -> Result<bool> {
    let mut tx = cx.begin(Act::ReadWork).await?;
    let there = sql::has_calendar(&mut tx, contractor).await?;
    tx.done().await?;
    Ok(there)
}

/// The feed behind a calendar's secret.
///
/// # Errors
/// `NotFound` when it is unknown or revoked: which of them is nobody's business.
pub async fn feed(house: &House, secret: &str, request: Request) -> Result<String> {
    let cx: Cx<Contractor> = links::calendar(house, secret, request).await?;
    let mut tx = cx.begin(Act::DoWork).await?;
    let now = tx.now();
    let rows = sql::feed(&mut tx, now - BACK, now + AHEAD).await?;
    let (organisation, _) = crate::work_orders::organisation(&mut tx).await?;
    tx.done().await?;
    Ok(written(&organisation, now, &rows))
}

/// A visit in the feed.
pub(super) struct Entry {
    pub(super) visit: uuid::Uuid,
    pub(super) version: i32,
    pub(super) starts_at: Timestamp,
    pub(super) ends_at: Timestamp,
    pub(super) updated_at: Timestamp,
    pub(super) order: Named<domain::WorkOrderId>,
    pub(super) title: String,
    pub(super) place: String,
    pub(super) operative: Option<String>,
    pub(super) tentative: bool,
}

fn written(organisation: &str, now: Timestamp, entries: &[Entry]) -> String {
    let mut out = String::new();
    let mut line = |text: &str| {
        // RFC 5545, 3.1: lines of at most 75 octets, folded by a line break and a space, never inside a character.
        let mut width = 0;
        for c in text.chars() {
            if width + c.len_utf8() > 74 {
                out.push_str("\r\n ");
                width = 1;
            }
            out.push(c);
            width += c.len_utf8();
        }
        out.push_str("\r\n");
    };
    line("BEGIN:VCALENDAR");
    line("VERSION:2.0");
    line("PRODID:-//Fettle//Work orders//EN");
    line(&format!("X-WR-CALNAME:{}", text(&format!("{organisation}: visits"))));
    line("REFRESH-INTERVAL;VALUE=DURATION:PT30M");
    for e in entries {
        line("BEGIN:VEVENT");
        line(&format!("UID:{}@fettle", e.visit));
        line(&format!("SEQUENCE:{}", e.version));
        line(&format!("DTSTAMP:{}", utc(now)));
        line(&format!("LAST-MODIFIED:{}", utc(e.updated_at)));
        line(&format!("DTSTART:{}", utc(e.starts_at)));
        line(&format!("DTEND:{}", utc(e.ends_at)));
        let who = e.operative.as_ref().map_or_else(String::new, |name| format!(" ({name})"));
        line(&format!("SUMMARY:{}", text(&format!("{}: {}{who}", e.order.name, e.title))));
        line(&format!("LOCATION:{}", text(&e.place)));
        let (from, to) = (london(e.starts_at), london(e.ends_at));
        line(&format!(
            "DESCRIPTION:{}",
            text(&format!("{:02}:{:02} to {:02}:{:02}, London time", from.hour(), from.minute(), to.hour(), to.minute()))
        ));
        line(if e.tentative { "STATUS:TENTATIVE" } else { "STATUS:CONFIRMED" });
        line("END:VEVENT");
    }
    line("END:VCALENDAR");
    out
}

fn utc(at: Timestamp) -> String {
    let t = jiff::tz::Offset::UTC.to_datetime(at);
    format!("{:04}{:02}{:02}T{:02}{:02}{:02}Z", t.year(), t.month(), t.day(), t.hour(), t.minute(), t.second())
}

/// RFC 5545, 3.3.11: what has a meaning of its own is escaped.
fn text(said: &str) -> String {
    said.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace(['\r', '\n'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_is_folded_and_escaped_and_names_nobody() {
        let at = |t: &str| t.parse::<Timestamp>().expect("a moment");
        let entry = Entry {
            visit: uuid::Uuid::nil(),
            version: 3,
            starts_at: at("2026-07-01T07:00:00Z"),
            ends_at: at("2026-07-01T11:00:00Z"),
            updated_at: at("2026-06-30T07:00:00Z"),
            order: Named { id: domain::WorkOrderId(uuid::Uuid::nil()), name: "WO-1001".into() },
            title: "Leak; kitchen, “under the sink” and a very long title that does not fit on one line of seventy-five".into(),
            place: "Flat 3, 14 Beech Grove, LS11 6AB".into(),
            operative: None,
            tentative: false,
        };
        let feed = written("Oak Homes", at("2026-06-30T10:00:00Z"), &[entry]);
        assert!(feed.split("\r\n").all(|l| l.len() <= 75), "{feed}");
        let unfolded = feed.replace("\r\n ", "");
        assert!(unfolded.contains("DTSTART:20260701T070000Z\r\n"));
        assert!(unfolded.contains("SUMMARY:WO-1001: Leak\\; kitchen\\, “under the sink”"));
        assert!(unfolded.contains("DESCRIPTION:08:00 to 12:00\\, London time"));
        assert!(feed.starts_with("BEGIN:VCALENDAR\r\n") && feed.ends_with("END:VCALENDAR\r\n"));
    }
}
