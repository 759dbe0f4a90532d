//! Contractors: whom they send, where and when they work, the papers that let them, and who can be sent to an order.
//!
//! Staff: [`invite`], [`candidates`], and for any contractor [`operatives`], [`add_operative`], [`change_operative`], [`remove_operative`],
//! [`absences`], [`add_absence`], [`remove_absence`], [`accreditations`], [`add_accreditation`], [`remove_accreditation`], [`set_capacity`], and
//! the calendar link. A contractor with a log-in does the same for their own firm in [`own`]. Tables: `operatives`, `absences`, `accreditations`,
//! and `contractor_profiles` (whose facts are the room `people`'s) for what may be taken at a time.
//!
//! Promises: nobody is filtered away in silence: every contractor is answered with the reasons that speak against them; a paper that has ended
//! counts as ended on the day the work is wanted; a calendar's address opens times and places, no names and no telephone numbers, and ends when it
//! is revoked.

mod calendar;
pub mod own;
mod sql;

use domain::events::Event;
use domain::policy::Act;
use domain::time::london;
use domain::work_orders::{
    Absence, AbsenceForm, Accreditation, AccreditationForm, Candidate, Candidates, Operative, OperativeForm, Wanted, Weight, reasons,
};
use domain::{AbsenceId, AccreditationId, AttachmentId, ContactId, MembershipId, OperativeId, WorkOrderId};
use serde_json::json;

use crate::people::read_phone;
use crate::{Cx, Error, Result, Staff};

pub use calendar::{feed, has_calendar, new_calendar, revoke_calendar};
pub(crate) use sql::{area, firm, operatives as operatives_in, postcode};

/// Invites a contractor to their portal; for one who has not answered, sends the mail again.
///
/// # Errors
/// `NotFound`; `Conflict` when they have no e-mail or have a log-in already.
pub async fn invite(cx: &Cx<Staff>, contractor: ContactId) -> Result<MembershipId> {
    exists(cx, contractor).await?;
    crate::auth::invites::contact(cx, contractor).await
}

async fn exists(cx: &Cx<Staff>, contractor: ContactId) -> Result<()> {
    let mut tx = cx.begin(Act::ReadPeople).await?;
    let found = sql::is_contractor(&mut tx, contractor).await?;
    tx.done().await?;
    if found { Ok(()) } else { Err(Error::NotFound) }
}

/// Every contractor with what speaks for and against sending them to this order, best first.
///
/// # Errors
/// `NotFound` for an order that is not there.
pub async fn candidates(cx: &Cx<Staff>, order: WorkOrderId) -> Result<Candidates> {
    let mut tx = cx.begin(Act::ReadWork).await?;
    let (wanted, asked) = sql::wanted(&mut tx, order).await?.ok_or(Error::NotFound)?;
    let firms = sql::firms(&mut tx, None, wanted.on).await?;
    tx.done().await?;
    let mut all: Vec<Candidate> = firms.iter().map(|f| Candidate::of(f, &wanted, asked.contains(&f.id))).collect();
    all.sort_by_key(Candidate::rank);
    Ok(Candidates { all })
}

/// Who is next for an emergency that nobody acknowledges: works out of hours, nothing bars them, not asked yet, reachable.
pub(crate) async fn out_of_hours(tx: &mut db::OrgTx, order: WorkOrderId, wanted: &Wanted) -> Result<Option<ContactId>> {
    let Some((_, asked)) = sql::wanted(tx, order).await? else { return Ok(None) };
    let firms = sql::firms(tx, None, wanted.on).await?;
    let mut can: Vec<Candidate> = firms
        .iter()
        .filter(|f| f.out_of_hours && !f.in_house && f.has_email && !asked.contains(&f.id))
        .filter(|f| reasons(f, wanted).iter().all(|r| r.weight() == Weight::Note))
        .map(|f| Candidate::of(f, wanted, false))
        .collect();
    can.sort_by_key(Candidate::rank);
    Ok(can.first().map(|c| c.id))
}

macro_rules! for_staff {
    ($($(#[$doc:meta])* $name:ident($act:ident $(, $arg:ident: $ty:ty)*) -> $out:ty;)+) => {$(
        $(#[$doc])*
        pub async fn $name(cx: &Cx<Staff>, contractor: ContactId $(, $arg: $ty)*) -> Result<$out> {
            let mut tx = cx.begin(Act::$act).await?;
            if !sql::is_contractor(&mut tx, contractor).await? {
                return Err(Error::NotFound);
            }
            let done = change::$name(&mut tx, cx.house(), contractor $(, $arg)*).await?;
            tx.commit().await?;
            Ok(done)
        }
    )+};
}

for_staff! {
    /// Whom they send, by name.
    ///
    /// # Errors
    /// `NotFound` for a contact that is no contractor.
    operatives(ReadPeople) -> Vec<Operative>;
    /// Adds somebody whom they send.
    ///
    /// # Errors
    /// `Invalid` by field; `NotFound`.
    add_operative(ChangePeople, form: &OperativeForm) -> OperativeId;
    /// Changes somebody whom they send.
    ///
    /// # Errors
    /// `Invalid` by field; `Conflict` when somebody changed them since `version`; `NotFound`.
    change_operative(ChangePeople, id: OperativeId, version: i32, form: &OperativeForm) -> ();
    /// Takes somebody off the list; what they did stays on record.
    ///
    /// # Errors
    /// `Conflict` while a visit of theirs is to come; `NotFound`.
    remove_operative(ChangePeople, id: OperativeId) -> ();
    /// Days away that are not over.
    ///
    /// # Errors
    /// `NotFound`.
    absences(ReadPeople) -> Vec<Absence>;
    /// Notes days away: of the firm, or of one person.
    ///
    /// # Errors
    /// `Invalid` by field; `NotFound`.
    add_absence(ChangePeople, form: &AbsenceForm) -> AbsenceId;
    /// # Errors
    /// `NotFound`.
    remove_absence(ChangePeople, id: AbsenceId) -> ();
    /// Their papers, what has ended first.
    ///
    /// # Errors
    /// `NotFound`.
    accreditations(ReadPeople) -> Vec<Accreditation>;
    /// Notes a paper, with the picture that proves it where there is one.
    ///
    /// # Errors
    /// `Invalid` by field; `NotFound`.
    add_accreditation(ChangePeople, form: &AccreditationForm, file: Option<(String, bytes::Bytes)>) -> AccreditationId;
    /// # Errors
    /// `NotFound`.
    remove_accreditation(ChangePeople, id: AccreditationId) -> ();
    /// How many visits of one window they take at a time, 1 to 200.
    ///
    /// # Errors
    /// `Invalid`; `Conflict` for a contractor without a profile; `NotFound`.
    set_capacity(ChangePeople, visits_a_window: &str) -> ();
}

/// Suspends a contractor: no new work until they are reinstated. What they have stays theirs.
///
/// # Errors
/// `Invalid` without a reason; `Conflict` for a contractor without a profile; `NotFound`.
pub async fn suspend(cx: &Cx<Staff>, contractor: ContactId, reason: &str) -> Result<()> {
    let reason = domain::values::required(reason, "why they are suspended", 500).map_err(|e| Error::invalid("reason", e.to_string()))?;
    set_status(cx, contractor, "suspended", "contractor:suspended", Some(&reason)).await
}

/// Lets a suspended contractor work again.
///
/// # Errors
/// `Conflict` for a contractor without a profile; `NotFound`.
pub async fn reinstate(cx: &Cx<Staff>, contractor: ContactId) -> Result<()> {
    set_status(cx, contractor, "active", "contractor:reinstated", None).await
}

async fn set_status(cx: &Cx<Staff>, contractor: ContactId, status: &str, kind: &'static str, reason: Option<&str>) -> Result<()> {
    let mut tx = cx.begin(Act::ChangePeople).await?;
    if !sql::is_contractor(&mut tx, contractor).await? {
        return Err(Error::NotFound);
    }
    if !sql::set_status(&mut tx, contractor, status).await? {
        return Err(no_profile());
    }
    tx.record(Event::new(kind, "contact", contractor).created(json!({ "status": status, "reason": reason })));
    Ok(tx.commit().await?)
}

fn no_profile() -> Error {
    Error::conflict("Their trades are not on record yet. Fill in their profile first.")
}

/// What staff and the contractor alike may do, in a transaction that says whose firm it is.
mod change {
    use super::{
        Absence, AbsenceForm, AbsenceId, Accreditation, AccreditationForm, AccreditationId, AttachmentId, ContactId, Error, Event,
        Operative, OperativeForm, OperativeId, Result, json, london, no_profile, read_phone, sql,
    };
    use crate::House;
    use crate::estate::record::value;
    use crate::files::{self, FileKey};
    use crate::report::photos::shown_name;
    use db::OrgTx;

    pub(super) async fn operatives(tx: &mut OrgTx, _: &House, contractor: ContactId) -> Result<Vec<Operative>> {
        sql::operatives(tx, contractor).await
    }

    pub(super) async fn add_operative(tx: &mut OrgTx, house: &House, contractor: ContactId, form: &OperativeForm) -> Result<OperativeId> {
        let new = form.parse(read_phone)?;
        let id = house.new_id();
        sql::insert_operative(tx, id, contractor, &new).await?;
        tx.record(Event::new("operative:added", "operative", id).audit_only().created(value(&new)?));
        Ok(id)
    }

    pub(super) async fn change_operative(
        tx: &mut OrgTx,
        _: &House,
        contractor: ContactId,
        id: OperativeId,
        version: i32,
        form: &OperativeForm,
    ) -> Result<()> {
        let new = form.parse(read_phone)?;
        let old = sql::operatives(tx, contractor).await?.into_iter().find(|o| o.id == id).ok_or(Error::NotFound)?;
        if !sql::update_operative(tx, id, version, &new).await? {
            return Err(Error::changed_meanwhile());
        }
        tx.record(Event::new("operative:changed", "operative", id).audit_only().change(value(&old)?, value(&new)?));
        Ok(())
    }

    pub(super) async fn remove_operative(tx: &mut OrgTx, _: &House, contractor: ContactId, id: OperativeId) -> Result<()> {
        if sql::visits_to_come(tx, id).await? {
            return Err(Error::conflict("They have visits to come. Give those to somebody else first."));
        }
        if !sql::remove_operative(tx, contractor, id).await? {
            return Err(Error::NotFound);
        }
        tx.record(Event::new("operative:removed", "operative", id).audit_only());
        Ok(())
    }

    pub(super) async fn absences(tx: &mut OrgTx, _: &House, contractor: ContactId) -> Result<Vec<Absence>> {
        let today = london(tx.now()).date();
        sql::absences(tx, contractor, today).await
    }

    pub(super) async fn add_absence(tx: &mut OrgTx, house: &House, contractor: ContactId, form: &AbsenceForm) -> Result<AbsenceId> {
        let new = form.parse()?;
        if let Some(person) = new.operative
            && !sql::operatives(tx, contractor).await?.iter().any(|o| o.id == person)
        {
            return Err(Error::invalid("operative", "Choose one of their people, or the whole firm"));
        }
        let id = house.new_id();
        sql::insert_absence(tx, id, contractor, &new).await?;
        tx.record(Event::new("absence:added", "absence", id).audit_only().created(value(&new)?));
        Ok(id)
    }

    pub(super) async fn remove_absence(tx: &mut OrgTx, _: &House, contractor: ContactId, id: AbsenceId) -> Result<()> {
        if !sql::remove_absence(tx, contractor, id).await? {
            return Err(Error::NotFound);
        }
        tx.record(Event::new("absence:removed", "absence", id).audit_only());
        Ok(())
    }

    pub(super) async fn accreditations(tx: &mut OrgTx, _: &House, contractor: ContactId) -> Result<Vec<Accreditation>> {
        let today = london(tx.now()).date();
        sql::accreditations(tx, contractor, today).await
    }

    pub(super) async fn add_accreditation(
        tx: &mut OrgTx,
        house: &House,
        contractor: ContactId,
        form: &AccreditationForm,
        file: Option<(String, bytes::Bytes)>,
    ) -> Result<AccreditationId> {
        let new = form.parse()?;
        let attachment = match file {
            Some((name, bytes)) => Some(keep(tx, house, &name, bytes).await?),
            None => None,
        };
        let id = house.new_id();
        sql::insert_accreditation(tx, id, contractor, &new, attachment).await?;
        tx.record(Event::new("accreditation:added", "accreditation", id).audit_only().created(value(&new)?));
        Ok(id)
    }

    async fn keep(tx: &mut OrgTx, house: &House, name: &str, bytes: bytes::Bytes) -> Result<AttachmentId> {
        let name = shown_name(name);
        let received = tokio::task::spawn_blocking(move || files::receive(&bytes))
            .await
            .map_err(Error::internal)?
            .map_err(|problem| Error::invalid("file", format!("{name}: {problem}")))?;
        let id: AttachmentId = house.new_id();
        let key = FileKey::original(tx.org(), id);
        house.files().put(&key, received.bytes.clone(), received.kind.content_type()).await.map_err(Error::internal)?;
        sql::insert_file(tx, id, &name, &key, &received).await?;
        files::thumbnails_later(tx, id).await?;
        Ok(id)
    }

    pub(super) async fn remove_accreditation(tx: &mut OrgTx, _: &House, contractor: ContactId, id: AccreditationId) -> Result<()> {
        if !sql::remove_accreditation(tx, contractor, id).await? {
            return Err(Error::NotFound);
        }
        tx.record(Event::new("accreditation:removed", "accreditation", id).audit_only());
        Ok(())
    }

    pub(super) async fn set_capacity(tx: &mut OrgTx, _: &House, contractor: ContactId, visits_a_window: &str) -> Result<()> {
        let most = visits_a_window.trim().parse::<i16>().ok().filter(|n| (1..=200).contains(n));
        let most = most.ok_or_else(|| Error::invalid("visits_a_window", "Enter a whole number from 1 to 200"))?;
        if !sql::set_capacity(tx, contractor, most).await? {
            return Err(no_profile());
        }
        tx.record(Event::new("contractor:capacity", "contact", contractor).audit_only().data(json!({ "visitsAWindow": most })));
        Ok(())
    }
}
