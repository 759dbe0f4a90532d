use std::collections::HashMap;

use domain::PropertyId;
use domain::estate::{ImportKind, NewUnit, PropertyForm, UnitForm};
use domain::people::ContactForm;
use domain::policy::Act;
use domain::values::Pence;

use super::sql;
use crate::estate::sql as estate;
use crate::people::sql as people;
use crate::{Cx, Error, Result, Staff};

const PART: i64 = 1_000;

/// A file with the columns of its kind and one row to follow.
///
/// # Errors
/// Never in practice: it is written to memory.
pub fn template(kind: ImportKind) -> Result<String> {
    let mut out = Sheet::new(kind)?;
    out.row(kind.columns().iter().map(|c| c.example.to_owned()))?;
    out.done()
}

/// Everything of a kind, in the columns an import reads.
///
/// # Errors
/// `Forbidden` for who may not read it.
pub async fn export(me: &Cx<Staff>, kind: ImportKind) -> Result<String> {
    let act = if kind == ImportKind::Contacts { Act::ReadPeople } else { Act::ReadEstate };
    let mut tx = me.begin(act).await?;
    let mut out = Sheet::new(kind)?;
    match kind {
        ImportKind::Properties => properties(&mut tx, &mut out).await?,
        ImportKind::Contacts => contacts(&mut tx, &mut out).await?,
        ImportKind::Tenancies => tenancies(&mut tx, &mut out).await?,
    }
    tx.done().await?;
    out.done()
}

async fn properties(tx: &mut db::OrgTx, out: &mut Sheet) -> Result<()> {
    let mut after: Option<PropertyId> = None;
    loop {
        let part = estate::properties::all_after(tx, after, PART).await?;
        let ids: Vec<_> = part.iter().map(|s| s.id.uuid()).collect();
        let mut units: HashMap<PropertyId, Vec<NewUnit>> = HashMap::new();
        for (property, _, unit) in estate::units::of_properties(tx, &ids).await? {
            units.entry(property).or_default().push(unit);
        }
        for stored in &part {
            let p = PropertyForm::from(&stored.property);
            let units: Vec<UnitForm> = units.get(&stored.id).into_iter().flatten().map(UnitForm::from).collect();
            let units = if units.is_empty() { vec![UnitForm::default()] } else { units };
            for u in units {
                let p = p.clone();
                out.row([
                    p.reference,
                    p.kind,
                    p.status,
                    p.name,
                    p.line1,
                    p.line2,
                    p.city,
                    p.postcode,
                    p.country,
                    p.uprn,
                    p.tenure,
                    p.landlord_kind,
                    p.storeys,
                    p.built_year,
                    p.has_gas,
                    p.smoke_alarms,
                    p.co_alarms,
                    p.warnings,
                    p.access_notes,
                    u.label,
                    u.floor,
                    u.bedrooms,
                    u.uprn,
                    u.status,
                ])?;
            }
        }
        after = part.last().map(|s| s.id);
        if after.is_none() {
            return Ok(());
        }
    }
}

async fn contacts(tx: &mut db::OrgTx, out: &mut Sheet) -> Result<()> {
    let mut after = None;
    loop {
        let part = people::all_after(tx, after, PART).await?;
        for stored in &part {
            let c = ContactForm::from(&stored.contact);
            out.row([
                c.reference,
                c.kind,
                c.name,
                c.company,
                c.email,
                c.phone,
                c.preferred_channel,
                c.preferred_language,
                c.large_print,
                c.needs,
                c.notes,
            ])?;
        }
        after = part.last().map(|s| s.id);
        if after.is_none() {
            return Ok(());
        }
    }
}

async fn tenancies(tx: &mut db::OrgTx, out: &mut Sheet) -> Result<()> {
    let pounds = |p: Option<Pence>| p.map(|p| format!("{}.{:02}", p.0 / 100, p.0 % 100)).unwrap_or_default();
    let mut after = None;
    loop {
        let part = sql::tenancies_after(tx, after, PART).await?;
        for t in &part {
            out.row([
                t.reference.clone().unwrap_or_default(),
                t.property_reference.clone().unwrap_or_default(),
                t.unit.clone(),
                t.tenants.clone(),
                t.start_on.to_string(),
                t.end_on.map(|d| d.to_string()).unwrap_or_default(),
                pounds(t.rent),
                pounds(t.deposit),
            ])?;
        }
        after = part.last().map(|t| t.id);
        if after.is_none() {
            return Ok(());
        }
    }
}

/// Rows on their way into a file. Begins with a byte order mark: without it Excel reads UTF-8 as something else.
struct Sheet(csv::Writer<Vec<u8>>);

impl Sheet {
    fn new(kind: ImportKind) -> Result<Self> {
        let mut sheet = Self(csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(b"\xEF\xBB\xBF".to_vec()));
        sheet.row(kind.columns().iter().map(|c| c.name.to_owned()))?;
        Ok(sheet)
    }
    fn row(&mut self, cells: impl IntoIterator<Item = String>) -> Result<()> {
        self.0.write_record(cells.into_iter().map(guarded)).map_err(Error::internal)
    }
    fn done(self) -> Result<String> {
        let bytes = self.0.into_inner().map_err(|e| Error::internal(anyhow::anyhow!("{e}")))?;
        String::from_utf8(bytes).map_err(Error::internal)
    }
}

/// A cell that a spreadsheet would run as a formula begins with a quote and is text (OWASP, CSV injection).
fn guarded(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_a_formula() {
        for evil in ["=cmd|' /C calc'!A0", "+44", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert!(guarded(evil.to_owned()).starts_with('\''), "{evil:?}");
        }
        assert_eq!(guarded("14 Beech Grove".to_owned()), "14 Beech Grove");
    }

    #[test]
    fn a_template_names_every_column_and_gives_an_example() {
        for kind in ImportKind::ALL {
            let text = template(*kind).expect("a template");
            assert!(text.starts_with('\u{FEFF}'));
            assert_eq!(text.lines().count(), 2);
            assert_eq!(text.lines().next().map(|l| l.split(',').count()), Some(kind.columns().len()));
        }
    }
}
