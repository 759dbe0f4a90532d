//! Contacts: tenants, owners and contractors.

use domain::ContactId;
use domain::people::{BankForm, ConsentForm, ContactCard, ContactDetail, ContactFilter, ContactForm, ErasureForm, ProfileForm};
use domain::policy::{Act, Role};
use serde::{Deserialize, Serialize};
use services::estate::Slice;
use services::people::{contacts, contractors};
use services::{Cx, House, Staff};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::auth::NothingOut;
use super::fields::{Sent, allowed, put, sent};
use super::tenancies::TenancyCardOut;
use crate::answer::{Answer, Done, Envelope, List};
use crate::extract::{Bearer, Body, Id, IfMatch, Query};
use crate::once::Once;
use crate::refusals::{COORDINATORS, Row, STAFF};

pub(crate) fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, change, archive))
        .routes(routes!(record_consent))
        .routes(routes!(set_profile))
        .routes(routes!(set_bank_details))
        .routes(routes!(reveal_bank_details))
        .routes(routes!(export_data))
        .routes(routes!(erase_data))
}

pub(crate) const REFUSALS: &[Row] = &[
    Row::to("GET", "/api/v1/contacts", STAFF),
    Row::to("POST", "/api/v1/contacts", COORDINATORS),
    Row::to("GET", "/api/v1/contacts/{id}", STAFF),
    Row::to("PATCH", "/api/v1/contacts/{id}", COORDINATORS),
    Row::to("DELETE", "/api/v1/contacts/{id}", COORDINATORS),
    Row::to("POST", "/api/v1/contacts/{id}/consents", COORDINATORS),
    Row::to("PUT", "/api/v1/contacts/{id}/contractor-profile", COORDINATORS),
    Row::to("PUT", "/api/v1/contacts/{id}/bank-details", COORDINATORS),
    Row::to("POST", "/api/v1/contacts/{id}/bank-details/reveal", COORDINATORS),
    Row::to("GET", "/api/v1/contacts/{id}/data", &[Role::OrgAdmin]),
    Row::to("POST", "/api/v1/contacts/{id}/erase", &[Role::OrgAdmin]),
];

/// A contact's facts. `POST` needs kind and name; `PATCH` changes what is sent, and null empties it.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct ContactIn {
    /// `tenant`, `owner` or `contractor`; does not change.
    #[serde(deserialize_with = "sent")]
    kind: Sent<String>,
    #[serde(deserialize_with = "sent")]
    reference: Sent<String>,
    #[serde(deserialize_with = "sent")]
    name: Sent<String>,
    #[serde(deserialize_with = "sent")]
    company: Sent<String>,
    #[serde(deserialize_with = "sent")]
    email: Sent<String>,
    /// As typed in the UK, or E.164.
    #[serde(deserialize_with = "sent")]
    phone: Sent<String>,
    /// `email`, `sms`, `phone`, `whatsapp` or `letter`.
    #[serde(deserialize_with = "sent")]
    preferred_channel: Sent<String>,
    /// `en`, `cy`, `pl` …
    #[serde(deserialize_with = "sent")]
    preferred_language: Sent<String>,
    #[serde(deserialize_with = "sent")]
    large_print: Sent<bool>,
    /// What to know before a visit.
    #[serde(deserialize_with = "sent")]
    needs: Sent<String>,
    #[serde(deserialize_with = "sent")]
    notes: Sent<String>,
    /// The version the change is based on; `If-Match` says the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<i32>,
}

impl ContactIn {
    fn over(&self, mut form: ContactForm) -> ContactForm {
        put(&mut form.kind, &self.kind);
        put(&mut form.reference, &self.reference);
        put(&mut form.name, &self.name);
        put(&mut form.company, &self.company);
        put(&mut form.email, &self.email);
        put(&mut form.phone, &self.phone);
        put(&mut form.preferred_channel, &self.preferred_channel);
        put(&mut form.preferred_language, &self.preferred_language);
        put(&mut form.large_print, &self.large_print);
        put(&mut form.needs, &self.needs);
        put(&mut form.notes, &self.notes);
        form
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ContactOut {
    id: Uuid,
    version: i32,
    kind: &'static str,
    reference: Option<String>,
    name: String,
    company: Option<String>,
    email: Option<String>,
    #[serde(rename = "phoneE164")]
    phone_e164: Option<String>,
    preferred_channel: &'static str,
    preferred_language: String,
    large_print: bool,
    needs: Option<String>,
    notes: Option<String>,
    /// There are bank details; they are sealed and are not given out here.
    has_bank_details: bool,
    #[schema(format = DateTime)]
    erased_at: Option<String>,
    tenancies: Vec<TenancyCardOut>,
    /// Newest first.
    consents: Vec<ConsentOut>,
    #[schema(format = DateTime)]
    updated_at: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConsentOut {
    channel: &'static str,
    opted_in: bool,
    source: String,
    #[schema(format = DateTime)]
    at: String,
}

impl From<ContactDetail> for ContactOut {
    fn from(d: ContactDetail) -> Self {
        let c = d.contact;
        Self {
            id: d.id.uuid(),
            version: d.version,
            kind: c.kind.as_str(),
            reference: c.reference,
            name: c.name,
            company: c.company,
            email: c.email.map(String::from),
            phone_e164: c.phone.map(String::from),
            preferred_channel: c.preferred_channel.as_str(),
            preferred_language: c.preferred_language,
            large_print: c.large_print,
            needs: c.needs,
            notes: c.notes,
            has_bank_details: d.has_bank_details,
            erased_at: d.erased_at.map(|at| at.to_string()),
            tenancies: d.tenancies.into_iter().map(TenancyCardOut::from).collect(),
            consents: d
                .consents
                .into_iter()
                .map(|c| ConsentOut { channel: c.channel.as_str(), opted_in: c.opts_in, source: c.source, at: c.at.to_string() })
                .collect(),
            updated_at: d.updated_at.to_string(),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ContactCardOut {
    id: Uuid,
    kind: &'static str,
    reference: Option<String>,
    name: String,
    company: Option<String>,
    email: Option<String>,
    /// As read aloud in the UK.
    phone: Option<String>,
    /// Where a tenant lives today.
    home: Option<String>,
}

impl From<ContactCard> for ContactCardOut {
    fn from(c: ContactCard) -> Self {
        Self {
            id: c.id.uuid(),
            kind: c.kind.as_str(),
            reference: c.reference,
            name: c.name,
            company: c.company,
            email: c.email,
            phone: c.phone,
            home: c.home,
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(default, rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct ContactsQuery {
    /// Words of name, company, e-mail, telephone number or reference.
    search: String,
    kind: String,
    /// A trade's code, for contractors.
    trade: String,
    cursor: String,
    /// 1 to 200.
    limit: u16,
}
impl Default for ContactsQuery {
    fn default() -> Self {
        Self { search: String::new(), kind: String::new(), trade: String::new(), cursor: String::new(), limit: 50 }
    }
}

/// Contacts in order of name.
#[utoipa::path(
    get, path = "/contacts", tag = "contacts", security(("bearer" = [])), params(ContactsQuery),
    responses((status = 200, body = Envelope<List<ContactCardOut>>)),
)]
async fn list(Bearer(me): Bearer<Cx<Staff>>, Query(q): Query<ContactsQuery>) -> Answer<List<ContactCardOut>> {
    let filter = ContactFilter { search: q.search, kind: q.kind, trade: q.trade };
    let page = contacts::list(&me, &filter, &Slice { size: q.limit, ..Slice::after(&q.cursor) }).await?;
    Ok(Done::ok(List::of(page, ContactCardOut::from)))
}

/// Makes a contact.
#[utoipa::path(
    post, path = "/contacts", tag = "contacts", security(("bearer" = [])), request_body = ContactIn,
    responses((status = 201, body = Envelope<ContactOut>)),
)]
async fn create(Bearer(me): Bearer<Cx<Staff>>, key: Once, Body(new): Body<ContactIn>) -> Answer<ContactOut> {
    key.once(me, "createContact", &new, |me| async {
        let me = me;
        let id = contacts::create(&me, &new.over(ContactForm::default())).await?;
        let made = out(&me, id).await?;
        Ok(made.as_created().at(format!("/api/v1/contacts/{id}")))
    })
    .await
}

async fn out(me: &Cx<Staff>, id: ContactId) -> Answer<ContactOut> {
    let detail = contacts::detail(me, id).await?;
    let version = detail.version;
    Ok(Done::ok(ContactOut::from(detail)).version(version))
}

/// One contact with tenancies and consents.
#[utoipa::path(
    get, path = "/contacts/{id}", tag = "contacts", security(("bearer" = [])), params(("id" = Uuid, Path,)),
    responses((status = 200, body = Envelope<ContactOut>)),
)]
async fn show(Bearer(me): Bearer<Cx<Staff>>, Id(id): Id<ContactId>) -> Answer<ContactOut> {
    out(&me, id).await
}

/// Changes what is sent and nothing else.
#[utoipa::path(
    patch, path = "/contacts/{id}", tag = "contacts", security(("bearer" = [])), params(("id" = Uuid, Path,)), request_body = ContactIn,
    responses((status = 200, body = Envelope<ContactOut>)),
)]
async fn change(Bearer(me): Bearer<Cx<Staff>>, Id(id): Id<ContactId>, seen: IfMatch, Body(patch): Body<ContactIn>) -> Answer<ContactOut> {
    allowed(&me, Act::ChangePeople)?;
    let stored = contacts::detail(&me, id).await?;
    let form = patch.over(ContactForm::from(&stored.contact));
    contacts::edit(&me, id, seen.or(patch.version, stored.version), &form).await.map_err(|e| seen.explain(e))?;
    out(&me, id).await
}

/// Archives a contact: 409 while they live somewhere, own something or wait for a repair.
#[utoipa::path(
    delete, path = "/contacts/{id}", tag = "contacts", security(("bearer" = [])), params(("id" = Uuid, Path,)),
    responses((status = 200, body = Envelope<NothingOut>)),
)]
async fn archive(Bearer(me): Bearer<Cx<Staff>>, Id(id): Id<ContactId>, seen: IfMatch) -> Answer<NothingOut> {
    allowed(&me, Act::ChangePeople)?;
    let stored = contacts::detail(&me, id).await?;
    contacts::archive(&me, id, seen.or(None, stored.version)).await.map_err(|e| seen.explain(e))?;
    Ok(Done::ok(NothingOut {}))
}

#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct ConsentIn {
    /// `email`, `sms`, `phone`, `whatsapp` or `letter`.
    channel: String,
    /// `opt_in` or `opt_out`.
    decision: String,
    /// How you know.
    source: String,
}

/// Adds a decision about a way of contact to the history.
#[utoipa::path(
    post, path = "/contacts/{id}/consents", tag = "contacts", security(("bearer" = [])), params(("id" = Uuid, Path,)), request_body = ConsentIn,
    responses((status = 201, body = Envelope<ContactOut>)),
)]
async fn record_consent(Bearer(me): Bearer<Cx<Staff>>, Id(id): Id<ContactId>, key: Once, Body(new): Body<ConsentIn>) -> Answer<ContactOut> {
    key.once(me, "recordConsent", &(id, &new), |me| async {
        let me = me;
        let form = ConsentForm { channel: new.channel.clone(), decision: new.decision.clone(), source: new.source.clone() };
        contacts::record_consent(&me, id, &form).await?;
        let made = out(&me, id).await?;
        Ok(made.as_created())
    })
    .await
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct ProfileIn {
    /// Codes: `PLUMBER`, `GAS_ENGINEER` …
    trades: Vec<String>,
    /// First parts of postcodes; none means anywhere.
    postcode_areas: Vec<String>,
    licences: Vec<LicenceIn>,
    out_of_hours: bool,
    in_house: bool,
    vat_registered: bool,
    /// The profile's version the change is based on; 0 when there was none.
    version: Option<i32>,
}

#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct LicenceIn {
    scheme: String,
    number: String,
    #[schema(format = Date)]
    expires_on: Option<String>,
}

/// Sets what a contractor does, where, and on what authority.
#[utoipa::path(
    put, path = "/contacts/{id}/contractor-profile", tag = "contacts", security(("bearer" = [])), params(("id" = Uuid, Path,)), request_body = ProfileIn,
    responses((status = 200, body = Envelope<ContactOut>)),
)]
async fn set_profile(Bearer(me): Bearer<Cx<Staff>>, Id(id): Id<ContactId>, Body(given): Body<ProfileIn>) -> Answer<ContactOut> {
    allowed(&me, Act::ChangePeople)?;
    let stored = contacts::detail(&me, id).await?.profile.map_or(0, |p| p.version);
    let said = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
    let licence = |l: &LicenceIn| {
        [Some(l.scheme.as_str()), Some(l.number.as_str()), l.expires_on.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(", ")
    };
    let form = ProfileForm {
        trades: given.trades.join(","),
        postcode_areas: given.postcode_areas.join(","),
        licences: given.licences.iter().map(licence).collect::<Vec<_>>().join("\n"),
        out_of_hours: said(given.out_of_hours),
        in_house: said(given.in_house),
        vat_registered: said(given.vat_registered),
    };
    contractors::set_profile(&me, id, given.version.unwrap_or(stored), &form).await?;
    out(&me, id).await
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct BankDetailsIn {
    account_name: String,
    sort_code: String,
    account_number: String,
}

/// Seals where to pay somebody; all three empty forgets it.
#[utoipa::path(
    put, path = "/contacts/{id}/bank-details", tag = "contacts", security(("bearer" = [])), params(("id" = Uuid, Path,)), request_body = BankDetailsIn,
    responses((status = 200, body = Envelope<ContactOut>)),
)]
async fn set_bank_details(
    Bearer(me): Bearer<Cx<Staff>>,
    Id(id): Id<ContactId>,
    seen: IfMatch,
    Body(given): Body<BankDetailsIn>,
) -> Answer<ContactOut> {
    allowed(&me, Act::ChangePeople)?;
    let stored = contacts::detail(&me, id).await?;
    let form = BankForm { account_name: given.account_name, sort_code: given.sort_code, account_number: given.account_number };
    contacts::set_bank_details(&me, id, seen.or(None, stored.version), &form).await.map_err(|e| seen.explain(e))?;
    out(&me, id).await
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct WhyIn {
    /// Why: it is kept with who asked and when.
    reason: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BankDetailsOut {
    account_name: String,
    sort_code: String,
    account_number: String,
}

/// The bank details. The look is on record before they are given out.
#[utoipa::path(
    post, path = "/contacts/{id}/bank-details/reveal", tag = "contacts", security(("bearer" = [])), params(("id" = Uuid, Path,)), request_body = WhyIn,
    responses((status = 200, body = Envelope<BankDetailsOut>)),
)]
async fn reveal_bank_details(Bearer(me): Bearer<Cx<Staff>>, Id(id): Id<ContactId>, Body(given): Body<WhyIn>) -> Answer<BankDetailsOut> {
    let d = contacts::reveal_bank_details(&me, id, &given.reason).await?;
    Ok(Done::ok(BankDetailsOut { account_name: d.account_name, sort_code: d.sort_code, account_number: d.account_number }))
}

/// Everything held about one person, section by section (UK GDPR articles 15 and 20).
#[utoipa::path(
    get, path = "/contacts/{id}/data", tag = "contacts", security(("bearer" = [])), params(("id" = Uuid, Path,)),
    responses((status = 200, body = Envelope<serde_json::Value>)),
)]
async fn export_data(Bearer(me): Bearer<Cx<Staff>>, Id(id): Id<ContactId>) -> Answer<services::privacy::Export> {
    Ok(Done::ok(services::privacy::export(&me, id).await?))
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct EraseIn {
    reason: String,
    /// Before the retention period is over, because no legal claim needs the data.
    before_retention_ends: bool,
}

/// Forgets a person (UK GDPR article 17). What was wrong with the home stays on record. 409 while something live binds them.
#[utoipa::path(
    post, path = "/contacts/{id}/erase", tag = "contacts", security(("bearer" = [])), params(("id" = Uuid, Path,)), request_body = EraseIn,
    responses((status = 200, body = Envelope<NothingOut>)),
)]
async fn erase_data(Bearer(me): Bearer<Cx<Staff>>, Id(id): Id<ContactId>, Body(given): Body<EraseIn>) -> Answer<NothingOut> {
    let early = if given.before_retention_ends { "yes" } else { "no" }.to_owned();
    services::privacy::erase(&me, id, &ErasureForm { reason: given.reason, before_retention_ends: early }).await?;
    Ok(Done::ok(NothingOut {}))
}
