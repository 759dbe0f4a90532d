//! Guests: the public page of an organisation, one draft, and an e-mailed code that proves the address.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::events::Event;
use domain::policy::Act;
use domain::settings::OrgSettings;
use domain::tickets::{Draft, RawAnswers, Step};
use domain::values::FieldErrors;
use domain::{DraftId, OrgId};
use jiff::SignedDuration;
use jobs::Enqueue as _;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use super::drafts::{Problems, State};
use super::later::ExpireDraft;
use super::{DRAFT_KEPT, Reporting, sql};
use crate::house::random;
use crate::mail::{self, SecretMail, Template};
use crate::{Cx, Error, House, Reporter, Request, Result};

pub(super) const RESUME: Template = crate::email!("report_resume");
const CODE: Template = crate::email!("report_code");

/// A six-digit code is guessed by chance in one of 100,000 tries of ten.
const MAX_ATTEMPTS: i32 = 10;
const CODE_LIVES: SignedDuration = SignedDuration::from_hours(24);
/// A new code at most this often.
const CODE_PAUSE: SignedDuration = SignedDuration::from_mins(1);

/// What a guest's browser keeps: which organisation and draft, and 32 random bytes of which only the hash is stored.
#[derive(Clone)]
pub struct Secret {
    org: OrgId,
    draft: DraftId,
    key: [u8; 32],
}

impl Secret {
    pub(super) fn fresh(org: OrgId, draft: DraftId) -> Self {
        Self { org, draft, key: random() }
    }
    pub fn draft(&self) -> DraftId {
        self.draft
    }
    /// For the cookie or the link, and nowhere else.
    pub fn secret(&self) -> String {
        URL_SAFE_NO_PAD.encode([self.org.uuid().as_bytes().as_slice(), self.draft.uuid().as_bytes(), &self.key].concat())
    }
    pub(super) fn hash(&self) -> Vec<u8> {
        Sha256::digest(self.key).to_vec()
    }
    fn read(text: &str) -> Option<Self> {
        let bytes: [u8; 64] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        let (org, rest) = bytes.split_first_chunk::<16>()?;
        let (draft, key) = rest.split_first_chunk::<16>()?;
        Some(Self { org: Uuid::from_bytes(*org).into(), draft: Uuid::from_bytes(*draft).into(), key: key.try_into().ok()? })
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Secret").field("draft", &self.draft).finish_non_exhaustive()
    }
}

/// An organisation's face to the public.
#[derive(Clone, Debug)]
pub struct PublicPage {
    pub org: OrgId,
    pub name: String,
    pub settings: OrgSettings,
}

/// # Errors
/// `NotFound` for an unknown or closed organisation.
pub async fn public_page(house: &House, slug: &str) -> Result<PublicPage> {
    let mut tx = db::SystemTx::because(house.db(), "the public report page", house.now()).await?;
    sql::by_slug(&mut tx, slug).await?.ok_or(Error::NotFound)
}

/// Opens a guest's draft on an organisation's public page.
///
/// # Errors
/// As [`public_page`].
pub async fn open(house: &House, slug: &str) -> Result<Secret> {
    let page = public_page(house, slug).await?;
    let cx = Cx::system(house, page.org, "a guest opens a report");
    let mut tx = cx.begin(Act::DoBackgroundWork).await?;
    let secret = Secret::fresh(page.org, house.new_id());
    sql::insert_draft(&mut tx, secret.draft, &Draft::of_guest(), None, Some(&secret.hash()), DRAFT_KEPT).await?;
    tx.enqueue_at(&ExpireDraft { draft_id: secret.draft }, tx.now() + DRAFT_KEPT).await?;
    tx.commit().await?;
    Ok(secret)
}

/// The guest a secret belongs to: from the cookie, or from the link they were e-mailed. The organisation and draft inside it are claims until
/// the hash fits.
///
/// # Errors
/// `SignedOut` when it fits no live draft.
pub async fn resolve(house: &House, secret: &str, request: Request) -> Result<Cx<Reporter>> {
    let secret = Secret::read(secret).ok_or(Error::SignedOut)?;
    let cx = Cx::new(house, secret.org, Reporter { draft: secret.draft }, request);
    let mut tx = cx.begin(Act::ReportProblem).await?;
    let known = sql::guest_hashes(&mut tx, secret.draft).await?;
    tx.done().await?;
    let fits = known.iter().any(|hash| bool::from(hash.as_slice().ct_eq(&secret.hash())));
    if fits { Ok(cx) } else { Err(Error::SignedOut) }
}

/// A telephone number as people in the UK type it, in E.164; left as typed when it is none, for the parser to refuse. Checked by length, not
/// by whether the number is in use: Ofcom's own examples (07700 900 982) are not.
fn read_phone_number(typed: &str) -> Option<String> {
    let number = phonenumber::parse(Some(phonenumber::country::Id::GB), typed).ok()?;
    let digits = number.national().value().to_string().len();
    let is_long_enough = if number.code().value() == 44 { (9..=10).contains(&digits) } else { digits >= 6 };
    is_long_enough.then(|| number.format().mode(phonenumber::Mode::E164).to_string())
}

pub(super) fn read_phone(raw: &mut RawAnswers) {
    if let Some(number) = read_phone_number(raw.one("phone")) {
        raw.set("phone", number);
    }
}

/// Keyed with the installation's secret: six digits are soon guessed from a bare hash.
fn code_hash(house: &House, draft: DraftId, code: &str) -> Vec<u8> {
    let key = house.keys().for_purpose("report-code");
    Sha256::digest([key.as_slice(), draft.uuid().as_bytes(), code.as_bytes()].concat()).to_vec()
}

/// E-mails the code again, or for the first time.
///
/// # Errors
/// `Conflict` when there is no address, the report is confirmed already, or a code left less than a minute ago.
pub async fn send_code(cx: &Cx<Reporter>) -> Result<()> {
    let (house, id) = (cx.house(), cx.draft());
    let mut tx = cx.begin(Act::ReportProblem).await?;
    let row = sql::lock_draft(&mut tx, id).await?.ok_or(Error::NotFound)?;
    if row.confirmed_at.is_some() {
        return Err(Error::conflict("Your email address is confirmed already."));
    }
    let to = row.draft.email.ok_or_else(|| Error::conflict("You gave no email address, so there is nothing to confirm."))?;
    if row.code_sent_at.is_some_and(|sent| tx.now().duration_since(sent) < CODE_PAUSE) {
        return Err(Error::conflict("We have just sent a code. Wait a minute before you ask for another."));
    }
    let State::Submitted(ticket) = row.state else { return Err(Error::NotFound) };
    let reference = sql::reference(&mut tx, ticket).await?.ok_or(Error::NotFound)?;
    let digits = u32::from_be_bytes(random()) % 1_000_000;
    let code = format!("{digits:06}");
    sql::set_code(&mut tx, id, &code_hash(house, id, &code)).await?;
    tx.commit().await?;
    let mut tx = db::AuthTx::begin(house.db(), db::ActorRecord::default(), house.now()).await?;
    tx.enter(cx.org()).await?;
    let context = json!({ "code": code, "reference": reference, "link": house.url(&format!("/report/{id}/done")) });
    mail::send_secret_later(house, &mut tx, SecretMail { template: &CODE, to: &to, lang: "en-GB", org: Some(cx.org()), context }).await?;
    Ok(tx.commit().await?)
}

/// Whether a code was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmed {
    Yes,
    /// The sentence stands in the draft.
    Refused,
}

/// Proves the guest's e-mail. Ten attempts a code; each counts before it is compared.
pub async fn confirm(cx: &Cx<Reporter>, typed: &str) -> Result<Confirmed> {
    let id = cx.draft();
    let mut tx = cx.begin(Act::ReportProblem).await?;
    let row = sql::lock_draft(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let State::Submitted(ticket) = row.state else { return Err(Error::NotFound) };
    if row.confirmed_at.is_some() {
        tx.done().await?;
        return Ok(Confirmed::Yes);
    }
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    let is_live = row.code_sent_at.is_some_and(|sent| tx.now().duration_since(sent) < CODE_LIVES);
    let refusal = if digits.len() != 6 {
        Some("Enter the 6 digits from the email we sent you")
    } else if !is_live || row.code_hash.is_none() {
        Some("This code is no longer valid. Ask for a new one")
    } else if row.code_attempts >= MAX_ATTEMPTS {
        Some("This code was tried too often. Ask for a new one")
    } else {
        let expected = row.code_hash.unwrap_or_default();
        let fits = bool::from(expected.as_slice().ct_eq(&code_hash(cx.house(), id, &digits)));
        sql::count_code_attempt(&mut tx, id).await?;
        if fits { None } else { Some("That is not the code we sent you. Check the email and try again") }
    };
    if let Some(sentence) = refusal {
        let raw = RawAnswers::of(&[("code", &clean_code(typed))]);
        sql::set_problems(&mut tx, id, &Problems { step: Step::Check, raw, errors: FieldErrors::one("code", sentence) }).await?;
        tx.commit().await?;
        return Ok(Confirmed::Refused);
    }
    sql::set_confirmed(&mut tx, id, ticket).await?;
    tx.record(Event::of_ticket("ticket:confirmed", ticket).public());
    tx.commit().await?;
    Ok(Confirmed::Yes)
}

fn clean_code(typed: &str) -> String {
    domain::values::clean(typed).chars().take(20).collect()
}

/// The public name of the organisation a guest reports to.
pub async fn organisation(cx: &Cx<Reporter>) -> Result<(String, OrgSettings)> {
    let mut tx = Reporting::from(cx.clone()).begin().await?;
    let found = sql::organisation(&mut tx).await?;
    tx.done().await?;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_type_them() {
        for (typed, read) in [
            ("07700 900982", Some("+447700900982")),
            ("+44 (0)113 496 0000", Some("+441134960000")),
            ("0033 1 23 45 67 89", Some("+33123456789")),
            ("0113 496", None),
            ("call me", None),
            ("", None),
        ] {
            assert_eq!(read_phone_number(typed).as_deref(), read, "{typed}");
        }
    }

    #[test]
    fn a_secret_reads_back_and_does_not_print_itself() {
        let secret = Secret::fresh(OrgId(Uuid::from_u128(1)), DraftId(Uuid::from_u128(2)));
        let read = Secret::read(&secret.secret()).expect("reads");
        assert_eq!((read.org, read.draft, read.hash()), (secret.org, secret.draft, secret.hash()));
        assert!(!format!("{secret:?}").contains("key"));
    }
}
