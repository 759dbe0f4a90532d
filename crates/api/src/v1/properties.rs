//! Properties.

use domain::estate::{NewProperty, OwnerForm, PropertyCard, PropertyDetail, PropertyFilter, PropertyForm};
use domain::policy::Act;
use domain::{OwnerLinkId, PropertyId};
use serde::{Deserialize, Serialize};
use services::estate::{Slice, owners, properties};
use services::{Cx, House, Staff};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::auth::NothingOut;
use super::fields::{Sent, allowed, put, put_pence, sent};
use crate::answer::{Answer, Done, Envelope, List, Refused};
use crate::extract::{Bearer, Body, Id, IfMatch, Query};
use crate::once::Once;
use crate::refusals::{COORDINATORS, Row, STAFF};

pub(crate) fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, change, archive))
        .routes(routes!(link_owner))
        .routes(routes!(change_owner, unlink_owner))
        .routes(routes!(set_access_codes))
        .routes(routes!(reveal_access_codes))
}

pub(crate) const REFUSALS: &[Row] = &[
    Row::to("GET", "/api/v1/properties", STAFF),
    Row::to("POST", "/api/v1/properties", COORDINATORS),
    Row::to("GET", "/api/v1/properties/{id}", STAFF),
    Row::to("PATCH", "/api/v1/properties/{id}", COORDINATORS),
    Row::to("DELETE", "/api/v1/properties/{id}", COORDINATORS),
    Row::to("POST", "/api/v1/properties/{id}/owners", COORDINATORS),
    Row::to("PATCH", "/api/v1/owner-links/{id}", COORDINATORS),
    Row::to("DELETE", "/api/v1/owner-links/{id}", COORDINATORS),
    Row::to("PUT", "/api/v1/properties/{id}/access-codes", COORDINATORS),
    Row::to("POST", "/api/v1/properties/{id}/access-codes/reveal", COORDINATORS),
];

/// A property's facts. `POST` needs kind, line1, city, postcode, country, tenure and landlordKind; `PATCH` changes what is sent, and null
/// empties it.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct PropertyIn {
    #[serde(deserialize_with = "sent")]
    reference: Sent<String>,
    /// `house`, `bungalow`, `flat`, `block`, `hmo` or `other`.
    #[serde(deserialize_with = "sent")]
    kind: Sent<String>,
    /// `active` or `void`.
    #[serde(deserialize_with = "sent")]
    status: Sent<String>,
    #[serde(deserialize_with = "sent")]
    name: Sent<String>,
    #[serde(deserialize_with = "sent")]
    line1: Sent<String>,
    #[serde(deserialize_with = "sent")]
    line2: Sent<String>,
    #[serde(deserialize_with = "sent")]
    city: Sent<String>,
    #[serde(deserialize_with = "sent")]
    postcode: Sent<String>,
    /// `england`, `wales`, `scotland` or `northern_ireland`.
    #[serde(deserialize_with = "sent")]
    country: Sent<String>,
    /// At most 12 digits, as text.
    #[serde(deserialize_with = "sent")]
    uprn: Sent<String>,
    /// `social_rent`, `affordable_rent`, `private_rent`, `shared_ownership`, `leasehold` or `supported`.
    #[serde(deserialize_with = "sent")]
    tenure: Sent<String>,
    /// `housing_association`, `council`, `private` or `agent`.
    #[serde(deserialize_with = "sent")]
    landlord_kind: Sent<String>,
    #[serde(deserialize_with = "sent")]
    storeys: Sent<i32>,
    #[serde(deserialize_with = "sent")]
    built_year: Sent<i32>,
    #[serde(deserialize_with = "sent")]
    has_gas: Sent<bool>,
    #[serde(deserialize_with = "sent")]
    smoke_alarms: Sent<i32>,
    #[serde(deserialize_with = "sent")]
    co_alarms: Sent<i32>,
    #[serde(deserialize_with = "sent")]
    warnings: Sent<String>,
    #[serde(deserialize_with = "sent")]
    access_notes: Sent<String>,
    /// The version the change is based on; `If-Match` says the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<i32>,
}

impl PropertyIn {
    fn over(&self, mut form: PropertyForm) -> PropertyForm {
        put(&mut form.reference, &self.reference);
        put(&mut form.kind, &self.kind);
        put(&mut form.status, &self.status);
        put(&mut form.name, &self.name);
        put(&mut form.line1, &self.line1);
        put(&mut form.line2, &self.line2);
        put(&mut form.city, &self.city);
        put(&mut form.postcode, &self.postcode);
        put(&mut form.country, &self.country);
        put(&mut form.uprn, &self.uprn);
        put(&mut form.tenure, &self.tenure);
        put(&mut form.landlord_kind, &self.landlord_kind);
        put(&mut form.storeys, &self.storeys);
        put(&mut form.built_year, &self.built_year);
        put(&mut form.has_gas, &self.has_gas);
        put(&mut form.smoke_alarms, &self.smoke_alarms);
        put(&mut form.co_alarms, &self.co_alarms);
        put(&mut form.warnings, &self.warnings);
        put(&mut form.access_notes, &self.access_notes);
        form
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PropertyOut {
    id: Uuid,
    version: i32,
    reference: Option<String>,
    kind: &'static str,
    status: &'static str,
    name: Option<String>,
    line1: String,
    line2: Option<String>,
    city: String,
    postcode: String,
    country: &'static str,
    uprn: Option<String>,
    tenure: &'static str,
    landlord_kind: &'static str,
    storeys: Option<i32>,
    built_year: Option<i32>,
    has_gas: Option<bool>,
    smoke_alarms: Option<i32>,
    co_alarms: Option<i32>,
    warnings: Option<String>,
    access_notes: Option<String>,
    /// There are codes; they are sealed and are not given out here.
    has_access_codes: bool,
    units: Vec<UnitOfPropertyOut>,
    owners: Vec<OwnerOut>,
    open_tickets: i64,
    #[schema(format = DateTime)]
    updated_at: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UnitOfPropertyOut {
    id: Uuid,
    label: String,
    status: &'static str,
    tenancy_id: Option<Uuid>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OwnerOut {
    id: Uuid,
    contact_id: Uuid,
    name: String,
    /// Per cent, exact, as text.
    ownership_percentage: Option<String>,
}

impl From<PropertyDetail> for PropertyOut {
    fn from(d: PropertyDetail) -> Self {
        let NewProperty {
            reference,
            kind,
            status,
            name,
            line1,
            line2,
            city,
            postcode,
            country,
            uprn,
            tenure,
            landlord_kind,
            storeys,
            built_year,
            has_gas,
            smoke_alarms,
            co_alarms,
            warnings,
            access_notes,
        } = d.property;
        Self {
            id: d.id.uuid(),
            version: d.version,
            reference,
            kind: kind.as_str(),
            status: status.as_str(),
            name,
            line1,
            line2,
            city,
            postcode: postcode.into(),
            country: country.as_str(),
            uprn: uprn.map(|u| u.0.to_string()),
            tenure: tenure.as_str(),
            landlord_kind: landlord_kind.as_str(),
            storeys,
            built_year,
            has_gas,
            smoke_alarms,
            co_alarms,
            warnings,
            access_notes,
            has_access_codes: d.has_access_codes,
            units: d
                .units
                .into_iter()
                .map(|u| UnitOfPropertyOut {
                    id: u.id.uuid(),
                    status: u.unit.status.as_str(),
                    label: u.unit.label,
                    tenancy_id: u.tenancy.map(|t| t.id.uuid()),
                })
                .collect(),
            owners: d
                .owners
                .into_iter()
                .map(|o| OwnerOut {
                    id: o.id.uuid(),
                    contact_id: o.contact_id.uuid(),
                    name: o.name,
                    ownership_percentage: o.percentage.map(|p| p.to_string()),
                })
                .collect(),
            open_tickets: d.open_tickets,
            updated_at: d.updated_at.to_string(),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PropertyCardOut {
    id: Uuid,
    reference: Option<String>,
    kind: &'static str,
    status: &'static str,
    name: Option<String>,
    line1: String,
    city: String,
    postcode: String,
    units: i64,
    let_units: i64,
    open_tickets: i64,
}

impl From<PropertyCard> for PropertyCardOut {
    fn from(p: PropertyCard) -> Self {
        Self {
            id: p.id.uuid(),
            reference: p.reference,
            kind: p.kind.as_str(),
            status: p.status.as_str(),
            name: p.name,
            line1: p.line1,
            city: p.city,
            postcode: p.postcode,
            units: p.units,
            let_units: p.let_units,
            open_tickets: p.open_tickets,
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(default, rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct PropertiesQuery {
    /// Words of address, postcode, reference, UPRN or name.
    search: String,
    kind: String,
    /// `active`, `void` or `archived`; without it, all but archived.
    status: String,
    tenure: String,
    cursor: String,
    /// 1 to 200.
    limit: u16,
}
impl Default for PropertiesQuery {
    fn default() -> Self {
        Self { search: String::new(), kind: String::new(), status: String::new(), tenure: String::new(), cursor: String::new(), limit: 50 }
    }
}

/// Properties in order of postcode and street.
#[utoipa::path(
    get, path = "/properties", tag = "properties", security(("bearer" = [])), params(PropertiesQuery),
    responses((status = 200, body = Envelope<List<PropertyCardOut>>)),
)]
async fn list(Bearer(me): Bearer<Cx<Staff>>, Query(q): Query<PropertiesQuery>) -> Answer<List<PropertyCardOut>> {
    let filter = PropertyFilter { search: q.search, kind: q.kind, status: q.status, tenure: q.tenure };
    let page = properties::list(&me, &filter, &Slice { size: q.limit, ..Slice::after(&q.cursor) }).await?;
    Ok(Done::ok(List::of(page, PropertyCardOut::from)))
}

/// Makes a property. One that is let as a whole gets its unit at once.
#[utoipa::path(
    post, path = "/properties", tag = "properties", security(("bearer" = [])), request_body = PropertyIn,
    responses((status = 201, body = Envelope<PropertyOut>)),
)]
async fn create(Bearer(me): Bearer<Cx<Staff>>, key: Once, Body(new): Body<PropertyIn>) -> Answer<PropertyOut> {
    key.once(me, "createProperty", &new, |me| async {
        let me = me;
        let id = properties::create(&me, &new.over(PropertyForm::default())).await?;
        let made = out(&me, id).await?;
        Ok(made.as_created().at(format!("/api/v1/properties/{id}")))
    })
    .await
}

async fn out(me: &Cx<Staff>, id: PropertyId) -> Answer<PropertyOut> {
    let detail = properties::detail(me, id).await?;
    let version = detail.version;
    Ok(Done::ok(PropertyOut::from(detail)).version(version))
}

/// One property with its units and owners.
#[utoipa::path(
    get, path = "/properties/{id}", tag = "properties", security(("bearer" = [])), params(("id" = Uuid, Path,)),
    responses((status = 200, body = Envelope<PropertyOut>)),
)]
async fn show(Bearer(me): Bearer<Cx<Staff>>, Id(id): Id<PropertyId>) -> Answer<PropertyOut> {
    out(&me, id).await
}

/// Changes what is sent and nothing else.
#[utoipa::path(
    patch, path = "/properties/{id}", tag = "properties", security(("bearer" = [])), params(("id" = Uuid, Path,)), request_body = PropertyIn,
    responses((status = 200, body = Envelope<PropertyOut>)),
)]
async fn change(
    Bearer(me): Bearer<Cx<Staff>>,
    Id(id): Id<PropertyId>,
    seen: IfMatch,
    Body(patch): Body<PropertyIn>,
) -> Answer<PropertyOut> {
    allowed(&me, Act::ChangeEstate)?;
    let stored = properties::detail(&me, id).await?;
    let form = patch.over(PropertyForm::from(&stored.property));
    properties::edit(&me, id, seen.or(patch.version, stored.version), &form).await.map_err(|e| seen.explain(e))?;
    out(&me, id).await
}

/// Archives a property and its units: 409 while somebody lives there or a repair is open.
#[utoipa::path(
    delete, path = "/properties/{id}", tag = "properties", security(("bearer" = [])), params(("id" = Uuid, Path,)),
    responses((status = 200, body = Envelope<NothingOut>)),
)]
async fn archive(Bearer(me): Bearer<Cx<Staff>>, Id(id): Id<PropertyId>, seen: IfMatch) -> Answer<NothingOut> {
    allowed(&me, Act::ChangeEstate)?;
    let stored = properties::detail(&me, id).await?;
    properties::archive(&me, id, seen.or(None, stored.version)).await.map_err(|e| seen.explain(e))?;
    Ok(Done::ok(NothingOut {}))
}

/// An owner's share and what may be spent; the organisation's own limit where none is sent.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct OwnerIn {
    /// An owner contact. Not for `PATCH`: the owner stays the same person.
    contact_id: String,
    /// Per cent, exact, as text: `33.33`.
    ownership_percentage: String,
    spend_limit_pence: Option<i64>,
    ask_before_spending: bool,
}

impl OwnerIn {
    fn form(&self) -> OwnerForm {
        let mut form =
            OwnerForm { contact_id: self.contact_id.clone(), percentage: self.ownership_percentage.clone(), ..OwnerForm::default() };
        put_pence(&mut form.spend_limit, self.spend_limit_pence.map(Some));
        put(&mut form.ask_before_spending, &Some(Some(self.ask_before_spending)));
        form
    }
}

/// The form's names as the API's.
fn renamed(error: services::Error) -> Refused {
    let mut refused = Refused::from(error);
    if let Some(fields) = &mut refused.problem.fields {
        for (ours, theirs) in [("percentage", "ownershipPercentage"), ("spendLimit", "spendLimitPence"), ("codes", "accessCodes")] {
            if let Some(sentence) = fields.remove(ours) {
                fields.insert(theirs.to_owned(), sentence);
            }
        }
    }
    refused
}

/// Links an owner. The shares of a property's owners cannot pass 100 per cent.
#[utoipa::path(
    post, path = "/properties/{id}/owners", tag = "properties", security(("bearer" = [])), params(("id" = Uuid, Path,)), request_body = OwnerIn,
    responses((status = 201, body = Envelope<PropertyOut>)),
)]
async fn link_owner(Bearer(me): Bearer<Cx<Staff>>, Id(id): Id<PropertyId>, key: Once, Body(new): Body<OwnerIn>) -> Answer<PropertyOut> {
    key.once(me, "linkOwner", &(id, &new), |me| async {
        let me = me;
        owners::link(&me, id, &new.form()).await.map_err(renamed)?;
        Ok(out(&me, id).await?.as_created())
    })
    .await
}

/// Changes an owner's share and limit.
#[utoipa::path(
    patch, path = "/owner-links/{id}", tag = "properties", security(("bearer" = [])), params(("id" = Uuid, Path,)), request_body = OwnerIn,
    responses((status = 200, body = Envelope<NothingOut>)),
)]
async fn change_owner(Bearer(me): Bearer<Cx<Staff>>, Id(id): Id<OwnerLinkId>, Body(new): Body<OwnerIn>) -> Answer<NothingOut> {
    owners::change(&me, id, &new.form()).await.map_err(renamed)?;
    Ok(Done::ok(NothingOut {}))
}

/// The property is theirs no more.
#[utoipa::path(
    delete, path = "/owner-links/{id}", tag = "properties", security(("bearer" = [])), params(("id" = Uuid, Path,)),
    responses((status = 200, body = Envelope<NothingOut>)),
)]
async fn unlink_owner(Bearer(me): Bearer<Cx<Staff>>, Id(id): Id<OwnerLinkId>) -> Answer<NothingOut> {
    owners::unlink(&me, id).await?;
    Ok(Done::ok(NothingOut {}))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccessCodesIn {
    /// Replaces what is there; empty forgets it.
    access_codes: String,
}

/// Seals what opens the door.
#[utoipa::path(
    put, path = "/properties/{id}/access-codes", tag = "properties", security(("bearer" = [])), params(("id" = Uuid, Path,)),
    request_body = AccessCodesIn, responses((status = 200, body = Envelope<PropertyOut>)),
)]
async fn set_access_codes(
    Bearer(me): Bearer<Cx<Staff>>,
    Id(id): Id<PropertyId>,
    seen: IfMatch,
    Body(given): Body<AccessCodesIn>,
) -> Answer<PropertyOut> {
    allowed(&me, Act::ChangeEstate)?;
    let stored = properties::detail(&me, id).await?;
    let set = properties::set_access_codes(&me, id, seen.or(None, stored.version), &given.access_codes).await;
    set.map_err(|e| if e.is_changed_meanwhile() { seen.explain(e) } else { renamed(e) })?;
    out(&me, id).await
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ReasonIn {
    /// Why: it is kept with who asked and when.
    reason: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccessCodesOut {
    access_codes: String,
}

/// The access codes. The look is on record before they are given out.
#[utoipa::path(
    post, path = "/properties/{id}/access-codes/reveal", tag = "properties", security(("bearer" = [])), params(("id" = Uuid, Path,)),
    request_body = ReasonIn, responses((status = 200, body = Envelope<AccessCodesOut>)),
)]
async fn reveal_access_codes(Bearer(me): Bearer<Cx<Staff>>, Id(id): Id<PropertyId>, Body(given): Body<ReasonIn>) -> Answer<AccessCodesOut> {
    Ok(Done::ok(AccessCodesOut { access_codes: properties::reveal_access_codes(&me, id, &given.reason).await? }))
}
