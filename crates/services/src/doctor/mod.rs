//! Is the house in order?
//!
//! Verbs: [`audit`] walks every organisation's audit chain and names its first broken link; [`examine`] looks at what can go wrong with an
//! installation: migrations behind, a table without its wall, a photo without its file, a clock that is off. Used by `fettle doctor`.
//!
//! Promises: reads only, as the app's own login, each organisation as background work of its own. Does not repair anything.

mod sql;

use domain::OrgId;
use domain::policy::Act;
use jiff::SignedDuration;

use crate::files::FileKey;
use crate::{Cx, House, Result, System};

/// Clocks of this machine and of Postgres further apart than this make targets and tokens wrong in ways that are hard to see.
const SKEW: SignedDuration = SignedDuration::from_secs(5);
/// A photo of a draft that came to nothing is swept after the draft's thirty days; what is older belongs to nobody.
const ORPHAN_AFTER: SignedDuration = SignedDuration::from_hours(24 * 31);

/// One organisation's audit chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrgReport {
    pub org: OrgId,
    pub name: String,
    /// Links in the chain.
    pub checked: i64,
    /// The first link that does not hold, and what is wrong with it.
    pub broken: Option<(i64, String)>,
}

impl std::fmt::Display for OrgReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.broken {
            None => write!(f, "{}: the audit chain is whole ({} links).", self.name, self.checked),
            Some((seq, reason)) => write!(f, "{}: the audit chain is broken at link {seq} of {}: {reason}.", self.name, self.checked),
        }
    }
}

/// What one examination found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub check: &'static str,
    pub is_fine: bool,
    /// A sentence; what to do, where something is wrong.
    pub says: String,
}

impl Finding {
    fn fine(check: &'static str, says: impl Into<String>) -> Self {
        Self { check, is_fine: true, says: says.into() }
    }
    fn wrong(check: &'static str, says: impl Into<String>) -> Self {
        Self { check, is_fine: false, says: says.into() }
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}: {}", if self.is_fine { "✔" } else { "✘" }, self.check, self.says)
    }
}

/// Every organisation's chain, in the order of their names.
///
/// # Errors
/// `Unavailable` when Postgres is away.
pub async fn audit(house: &House) -> Result<Vec<OrgReport>> {
    let mut reports = Vec::new();
    for (org, name) in sql::organisations(house).await? {
        let mut tx = Cx::<System>::system(house, org, "audit check").begin(Act::DoBackgroundWork).await?;
        let checked = sql::links(&mut tx).await?;
        let broken = sql::first_broken(&mut tx).await?;
        tx.done().await?;
        reports.push(OrgReport { org, name, checked, broken });
    }
    Ok(reports)
}

/// Everything but the audit chains.
///
/// # Errors
/// `Unavailable` when Postgres is away.
pub async fn examine(house: &House) -> Result<Vec<Finding>> {
    Ok(vec![migrations(house).await?, walls(house).await?, clocks(house).await?, files(house).await?])
}

async fn migrations(house: &House) -> Result<Finding> {
    const CHECK: &str = "Migrations";
    let wanted: Vec<i64> = db::MIGRATIONS.iter().filter(|m| !m.migration_type.is_down_migration()).map(|m| m.version).collect();
    let applied = sql::applied_migrations(house).await?;
    let missing: Vec<String> = wanted.iter().filter(|v| !applied.contains(v)).map(ToString::to_string).collect();
    let newer = applied.iter().filter(|v| !wanted.contains(v)).count();
    Ok(match (missing.as_slice(), newer) {
        ([], 0) => Finding::fine(CHECK, format!("all {} are applied.", wanted.len())),
        ([], n) => Finding::wrong(
            CHECK,
            format!("the database has {n} that this program does not know: it was migrated by a newer Fettle. Run that one."),
        ),
        (missing, _) => Finding::wrong(CHECK, format!("{} not applied. Run `fettle migrate`.", missing.join(", "))),
    })
}

async fn walls(house: &House) -> Result<Finding> {
    const CHECK: &str = "Row-level security";
    let (tables, open) = sql::tables_and_open_ones(house).await?;
    Ok(if open.is_empty() {
        Finding::fine(CHECK, format!("forced on all {tables} tables."))
    } else {
        Finding::wrong(
            CHECK,
            format!("not forced on {}. One organisation may read another's rows: restore the table from `migrations`.", open.join(", ")),
        )
    })
}

async fn clocks(house: &House) -> Result<Finding> {
    const CHECK: &str = "Clock";
    let before = house.now();
    let postgres = sql::clock(house).await?;
    let skew = postgres.duration_since(before).abs();
    Ok(if skew <= SKEW {
        Finding::fine(CHECK, "this machine and Postgres agree.")
    } else {
        Finding::wrong(CHECK, format!("this machine and Postgres are {} s apart. Set both by NTP.", skew.as_secs()))
    })
}

/// Rows without their file, and rows that belong to nothing.
async fn files(house: &House) -> Result<Finding> {
    const CHECK: &str = "Files";
    let (mut seen, mut lost, mut orphans) = (0_usize, Vec::new(), 0);
    for (org, _) in sql::organisations(house).await? {
        let mut tx = Cx::<System>::system(house, org, "file check").begin(Act::DoBackgroundWork).await?;
        orphans += sql::orphans(&mut tx, house.now() - ORPHAN_AFTER).await?;
        let keys = sql::file_keys(&mut tx).await?;
        tx.done().await?;
        for key in keys {
            seen += 1;
            let there = match FileKey::parse(&key) {
                Some(parsed) => house.files().exists(&parsed).await.map_err(crate::Error::internal)?,
                None => false,
            };
            if !there {
                lost.push(key);
            }
        }
    }
    Ok(match (lost.as_slice(), orphans) {
        ([], 0) => Finding::fine(CHECK, format!("{seen} stored, each where its row says.")),
        ([], n) => {
            Finding::wrong(CHECK, format!("{n} belong to no report or ticket any more and should have been swept. Is the worker running?"))
        }
        ([first, ..], _) => Finding::wrong(
            CHECK,
            format!("{} of {seen} are missing from the store, first {first}. Restore them from the backup.", lost.len()),
        ),
    })
}
