//! The list as CSV, page by page: a million rows never stand in memory.

use bytes::Bytes;
use domain::policy::Act;
use domain::tickets::{Card, Filter};
use domain::time::london;
use futures::Stream;
use futures::stream::try_unfold;
use jiff::Timestamp;
use wire::Cursor;

use super::board;
use crate::{Cx, Error, Result, Staff};

const HEADER: [&str; 14] = [
    "Reference",
    "Title",
    "Status",
    "Priority",
    "Category",
    "Place",
    "Postcode",
    "Reported by",
    "Owner",
    "Hazard",
    "Reported at",
    "Last changed at",
    "Our target",
    "Id",
];

/// Everything the filter leaves, in its order, as CSV with a heading. Times are London's.
///
/// # Errors
/// `Forbidden` for those who may not read; a page that fails ends the stream with its error.
pub fn csv(cx: Cx<Staff>, filter: Filter) -> Result<impl Stream<Item = Result<Bytes>> + Send> {
    if !cx.may(Act::ReadTickets) {
        return Err(Error::Forbidden);
    }
    Ok(try_unfold(Some((cx, filter, None::<Cursor>, true)), |state| async move {
        let Some((cx, filter, cursor, first)) = state else { return Ok(None) };
        let page = board::list(&cx, &filter, cursor.as_ref(), board::MOST).await?;
        let mut writer = csv::Writer::from_writer(Vec::new());
        if first {
            writer.write_record(HEADER).map_err(Error::internal)?;
        }
        for card in &page.items {
            writer.write_record(record(card)).map_err(Error::internal)?;
        }
        let bytes = writer.into_inner().map_err(|e| Error::internal(e.into_error()))?;
        let next = page.next.map(|cursor| (cx, filter, Some(cursor), false));
        Ok(Some((Bytes::from(bytes), next)))
    }))
}

fn record(card: &Card) -> [String; 14] {
    [
        card.reference.clone(),
        guarded(&card.title),
        card.status.label().to_owned(),
        card.priority.label().to_owned(),
        card.category.label().to_owned(),
        guarded(&card.place),
        card.postcode.clone(),
        guarded(card.reported_by.as_deref().unwrap_or_default()),
        guarded(card.assignee.as_deref().unwrap_or_default()),
        if card.hazard { "Yes" } else { "No" }.to_owned(),
        when(card.created_at),
        when(card.updated_at),
        card.target_at.map(when).unwrap_or_default(),
        card.id.to_string(),
    ]
}

/// `2026-11-20 14:05`, which spreadsheets read as a date.
fn when(at: Timestamp) -> String {
    let wall = london(at);
    format!("{} {:02}:{:02}", wall.date(), wall.hour(), wall.minute())
}

/// A spreadsheet runs a cell that begins with one of these as a formula (OWASP, CSV injection): an apostrophe makes it text.
fn guarded(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_a_formula() {
        for bad in ["=HYPERLINK(\"http://x\")", "+1", "-1", "@sum", "\tx", "\rx"] {
            assert_eq!(guarded(bad), format!("'{bad}"));
        }
        assert_eq!(guarded("Tap = drips"), "Tap = drips");
    }
}
