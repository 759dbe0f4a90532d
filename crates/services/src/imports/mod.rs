//! Spreadsheets in and out: properties with their units, contacts, tenancies.
//!
//! Verbs: [`check`] says what a file would change, or everything that is wrong with it by row and column; [`run`] writes it, all or nothing, in
//! one transaction; [`template`] is an empty file with an example row; [`export`] gives what is there in the same columns. Who may import is a
//! coordinator or administrator. Tables: those of `estate` and `people`.
//!
//! Promises: the row's reference decides whether it is new or an update, so a file imported twice changes nothing the second time; a column
//! that is not in the file leaves its values alone, an empty cell empties; every change is in the audit as if typed. An exported cell that a
//! spreadsheet would run as a formula is kept as text.
//!
//! Not here: access codes and bank details, which are sealed and never travel in a file.

mod contacts;
mod export;
mod properties;
mod sql;
mod table;
mod tenancies;

use db::OrgTx;
use domain::estate::{ImportKind, ImportReport, RowError};
use domain::events::Event;
use domain::policy::Act;
use domain::values::FieldErrors;
use serde::Serialize;
use serde_json::json;

pub use export::{export, template};

use crate::estate::record::{changed, value};
use crate::{Cx, Result, Staff};
use table::Table;

/// More errors than this help nobody.
const LISTED_ERRORS: usize = 200;

/// What the file would do; nothing is written.
///
/// # Errors
/// `Forbidden`; what is wrong with the file is in the report.
pub async fn check(me: &Cx<Staff>, kind: ImportKind, file: &[u8]) -> Result<ImportReport> {
    import(me, kind, file, false).await
}

/// Writes the file, if nothing at all is wrong with it.
///
/// # Errors
/// `Forbidden`; what is wrong with the file is in the report, and then nothing is written.
pub async fn run(me: &Cx<Staff>, kind: ImportKind, file: &[u8]) -> Result<ImportReport> {
    import(me, kind, file, true).await
}

async fn import(me: &Cx<Staff>, kind: ImportKind, file: &[u8], write: bool) -> Result<ImportReport> {
    let mut tx = me.begin(Act::ImportData).await?;
    let mut work = Work::default();
    let table = match Table::read(kind, file) {
        Ok(table) => table,
        Err(errors) => return Ok(work.report(kind, &Table::default(), errors)),
    };
    // One import at a time in an organisation: what one has planned, another must not change.
    sql::alone(&mut tx).await?;
    match kind {
        ImportKind::Properties => properties::plan(me, &mut tx, &table, &mut work).await?,
        ImportKind::Contacts => contacts::plan(me, &mut tx, &table, &mut work).await?,
        ImportKind::Tenancies => tenancies::plan(me, &mut tx, &table, &mut work).await?,
    }
    let errors = std::mem::take(&mut work.errors);
    let mut report = work.report(kind, &table, errors);
    if !write || !report.errors.is_empty() {
        return Ok(report);
    }
    let (new, changed, rows) = (report.new, report.changed, report.rows);
    for step in std::mem::take(&mut work.steps) {
        step.take(&mut tx).await?;
    }
    for event in work.events {
        tx.record(event);
    }
    tx.record(
        Event::new("import:finished", "organisation", me.org()).data(json!({ "kind": kind, "rows": rows, "new": new, "changed": changed })),
    );
    tx.commit().await?;
    report.done = true;
    Ok(report)
}

/// What is to be done, gathered before anything is.
#[derive(Default)]
struct Work {
    steps: Vec<Step>,
    events: Vec<Event>,
    errors: Vec<RowError>,
    new: u32,
    changed: u32,
    unchanged: u32,
}

enum Step {
    NewProperty(domain::PropertyId, Box<domain::estate::NewProperty>),
    /// As it was, and as it is to be; a contact likewise.
    Property(domain::PropertyId, Box<(domain::estate::NewProperty, domain::estate::NewProperty)>),
    NewUnit(domain::UnitId, domain::PropertyId, domain::estate::NewUnit),
    /// Known by its label, which therefore stays.
    Unit(domain::UnitId, domain::estate::NewUnit),
    NewContact(domain::ContactId, Box<domain::people::NewContact>),
    Contact(domain::ContactId, Box<(domain::people::NewContact, domain::people::NewContact)>),
    NewTenancy(domain::TenancyId, domain::estate::NewTenancy),
    Tenancy(domain::TenancyId, domain::estate::NewTenancy),
}

impl Step {
    async fn take(self, tx: &mut OrgTx) -> Result<()> {
        use crate::estate::{properties, sql as estate};
        use crate::people::{contacts, sql as people};
        match self {
            Self::NewProperty(id, p) => estate::properties::insert(tx, id, &p).await,
            Self::Property(id, p) => properties::save(tx, id, &p.0, &p.1).await,
            Self::NewUnit(id, property, u) => estate::units::insert(tx, id, property, &u).await,
            Self::Unit(id, u) => estate::units::update(tx, id, &u).await,
            Self::NewContact(id, c) => people::insert(tx, id, &c).await,
            Self::Contact(id, c) => contacts::save(tx, id, &c.0, &c.1).await,
            Self::NewTenancy(id, t) => estate::tenancies::insert(tx, id, &t).await,
            Self::Tenancy(id, t) => estate::tenancies::update(tx, id, &t).await,
        }
    }
}

impl Work {
    fn error(&mut self, row: u32, column: &str, sentence: impl Into<String>) {
        self.errors.push(RowError { row, column: column.to_owned(), sentence: sentence.into() });
    }
    /// A form's errors, each at the column of its field.
    fn refuse(&mut self, row: u32, errors: &FieldErrors, column_of: impl Fn(&str) -> String) {
        for (field, sentence) in errors.iter() {
            self.error(row, &column_of(field), sentence);
        }
    }
    fn create<T: Serialize>(&mut self, event: Event, new: &T, step: Step) -> Result<()> {
        self.new += 1;
        self.events.push(event.audit_only().created(value(new)?));
        self.steps.push(step);
        Ok(())
    }
    fn update<T: Serialize>(&mut self, event: Event, old: &T, new: &T, step: Step) -> Result<()> {
        match changed(event.audit_only(), old, new)? {
            Some(event) => {
                self.changed += 1;
                self.events.push(event);
                self.steps.push(step);
            }
            None => self.unchanged += 1,
        }
        Ok(())
    }
    fn report(&self, kind: ImportKind, table: &Table, mut errors: Vec<RowError>) -> ImportReport {
        errors.sort();
        errors.dedup();
        let more = errors.len().saturating_sub(LISTED_ERRORS);
        errors.truncate(LISTED_ERRORS);
        ImportReport {
            kind,
            rows: u32::try_from(table.rows.len()).unwrap_or(u32::MAX),
            new: self.new,
            changed: self.changed,
            unchanged: self.unchanged,
            ignored_columns: table.ignored.clone(),
            errors,
            more_errors: u32::try_from(more).unwrap_or(u32::MAX),
            done: false,
        }
    }
}
