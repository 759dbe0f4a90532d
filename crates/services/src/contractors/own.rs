//! The same for a contractor's own firm. A link to one order opens that order and not the firm: these need a log-in.

use domain::policy::Act;
use domain::settings::OrgSettings;
use domain::work_orders::{Absence, AbsenceForm, Accreditation, AccreditationForm, Operative, OperativeForm};
use domain::{AbsenceId, AccreditationId, OperativeId};

use super::change;
use crate::{Contractor, Cx, Error, Result};

macro_rules! for_contractor {
    ($($(#[$doc:meta])* $name:ident($($arg:ident: $ty:ty),*) -> $out:ty;)+) => {$(
        $(#[$doc])*
        pub async fn $name(cx: &Cx<Contractor> $(, $arg: $ty)*) -> Result<$out> {
            if !cx.has_login() {
                return Err(Error::Forbidden);
            }
            let mut tx = cx.begin(Act::DoWork).await?;
            let done = change::$name(&mut tx, cx.house(), cx.contact() $(, $arg)*).await?;
            tx.commit().await?;
            Ok(done)
        }
    )+};
}

for_contractor! {
    /// # Errors
    /// `Forbidden` by a link.
    operatives() -> Vec<Operative>;
    /// # Errors
    /// `Invalid` by field; `Forbidden` by a link.
    add_operative(form: &OperativeForm) -> OperativeId;
    /// # Errors
    /// `Invalid` by field; `Conflict` when changed since `version`; `NotFound`; `Forbidden` by a link.
    change_operative(id: OperativeId, version: i32, form: &OperativeForm) -> ();
    /// # Errors
    /// `Conflict` while a visit of theirs is to come; `NotFound`; `Forbidden` by a link.
    remove_operative(id: OperativeId) -> ();
    /// # Errors
    /// `Forbidden` by a link.
    absences() -> Vec<Absence>;
    /// # Errors
    /// `Invalid` by field; `Forbidden` by a link.
    add_absence(form: &AbsenceForm) -> AbsenceId;
    /// # Errors
    /// `NotFound`; `Forbidden` by a link.
    remove_absence(id: AbsenceId) -> ();
    /// # Errors
    /// `Forbidden` by a link.
    accreditations() -> Vec<Accreditation>;
    /// Their own word until staff have seen the paper; it is on the audit who noted it.
    ///
    /// # Errors
    /// `Invalid` by field; `Forbidden` by a link.
    add_accreditation(form: &AccreditationForm, file: Option<(String, bytes::Bytes)>) -> AccreditationId;
}

/// Whose work it is: the organisation's name and how to reach it.
///
/// # Errors
/// None but an unreachable database.
pub async fn organisation(cx: &Cx<Contractor>) -> Result<(String, OrgSettings)> {
    let mut tx = cx.begin(Act::DoWork).await?;
    let found = crate::work_orders::organisation(&mut tx).await?;
    tx.done().await?;
    Ok(found)
}
