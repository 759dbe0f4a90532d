//! Tenancies: who lets what, from when to when.

use domain::TenancyId;
use domain::estate::{TenancyCard, TenancyDetail, TenancyFilter, TenancyForm};
use domain::policy::Act;
use serde::{Deserialize, Serialize};
use services::estate::{Slice, tenancies};
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
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(show, change, remove))
}

pub(crate) const REFUSALS: &[Row] = &[
    Row::to("GET", "/api/v1/tenancies", STAFF),
    Row::to("POST", "/api/v1/tenancies", COORDINATORS),
    Row::to("GET", "/api/v1/tenancies/{id}", STAFF),
    Row::to("PATCH", "/api/v1/tenancies/{id}", COORDINATORS),
    Row::to("DELETE", "/api/v1/tenancies/{id}", COORDINATORS),
];

/// A tenancy's facts. `POST` needs unitId, startOn and tenantContactIds; `PATCH` changes what is sent, and null empties it. To end a
/// tenancy, send endOn.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct TenancyIn {
    #[serde(deserialize_with = "sent")]
    unit_id: Sent<String>,
    #[serde(deserialize_with = "sent")]
    reference: Sent<String>,
    /// The first day, `2026-04-01`.
    #[serde(deserialize_with = "sent")]
    start_on: Sent<String>,
    /// The last day.
    #[serde(deserialize_with = "sent")]
    end_on: Sent<String>,
    #[serde(deserialize_with = "sent")]
    rent_pence: Sent<i64>,
    #[serde(deserialize_with = "sent")]
    deposit_pence: Sent<i64>,
    /// The first leads.
    #[serde(deserialize_with = "sent")]
    tenant_contact_ids: Sent<Vec<Uuid>>,
    /// The version the change is based on; `If-Match` says the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<i32>,
}

impl TenancyIn {
    fn over(&self, mut form: TenancyForm) -> TenancyForm {
        put(&mut form.unit_id, &self.unit_id);
        put(&mut form.reference, &self.reference);
        put(&mut form.start_on, &self.start_on);
        put(&mut form.end_on, &self.end_on);
        put_pence(&mut form.rent, self.rent_pence);
        put_pence(&mut form.deposit, self.deposit_pence);
        put(&mut form.tenants, &self.tenant_contact_ids);
        form
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TenancyCardOut {
    id: Uuid,
    reference: Option<String>,
    unit_id: Uuid,
    property_id: Uuid,
    /// One line, for people.
    place: String,
    #[schema(format = Date)]
    start_on: String,
    #[schema(format = Date)]
    end_on: Option<String>,
    /// `upcoming`, `active` or `ended`, as of today.
    status: &'static str,
    tenants: Vec<TenantOut>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TenantOut {
    contact_id: Uuid,
    name: String,
    is_lead: bool,
}

impl From<TenancyCard> for TenancyCardOut {
    fn from(t: TenancyCard) -> Self {
        Self {
            id: t.id.uuid(),
            reference: t.reference,
            unit_id: t.unit_id.uuid(),
            property_id: t.property_id.uuid(),
            place: t.place,
            start_on: t.start_on.to_string(),
            end_on: t.end_on.map(|d| d.to_string()),
            status: t.status.as_str(),
            tenants: t
                .tenants
                .into_iter()
                .map(|p| TenantOut { contact_id: p.contact_id.uuid(), name: p.name, is_lead: p.is_lead })
                .collect(),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TenancyOut {
    #[serde(flatten)]
    card: TenancyCardOut,
    version: i32,
    rent_pence: Option<i64>,
    deposit_pence: Option<i64>,
}

impl From<TenancyDetail> for TenancyOut {
    fn from(d: TenancyDetail) -> Self {
        Self {
            card: d.card.into(),
            version: d.version,
            rent_pence: d.tenancy.rent.map(|p| p.0),
            deposit_pence: d.tenancy.deposit.map(|p| p.0),
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(default, rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct TenanciesQuery {
    /// Words of address, postcode, reference or a tenant's name.
    search: String,
    /// `upcoming`, `active` or `ended`.
    status: String,
    property_id: String,
    unit_id: String,
    contact_id: String,
    cursor: String,
    /// 1 to 200.
    limit: u16,
}
impl Default for TenanciesQuery {
    fn default() -> Self {
        Self {
            search: String::new(),
            status: String::new(),
            property_id: String::new(),
            unit_id: String::new(),
            contact_id: String::new(),
            cursor: String::new(),
            limit: 50,
        }
    }
}

/// Tenancies, newest start first.
#[utoipa::path(
    get, path = "/tenancies", tag = "tenancies", security(("bearer" = [])), params(TenanciesQuery),
    responses((status = 200, body = Envelope<List<TenancyCardOut>>)),
)]
async fn list(Bearer(me): Bearer<Cx<Staff>>, Query(q): Query<TenanciesQuery>) -> Answer<List<TenancyCardOut>> {
    let filter =
        TenancyFilter { search: q.search, status: q.status, property_id: q.property_id, unit_id: q.unit_id, contact_id: q.contact_id };
    let page = tenancies::list(&me, &filter, &Slice { size: q.limit, ..Slice::after(&q.cursor) }).await?;
    Ok(Done::ok(List::of(page, TenancyCardOut::from)))
}

/// The form's `tenants` is the API's `tenantContactIds`, and its sums are in pence here.
fn renamed(error: services::Error) -> Refused {
    let mut refused = Refused::from(error);
    if let Some(fields) = &mut refused.problem.fields {
        for (ours, theirs) in [("tenants", "tenantContactIds"), ("rent", "rentPence"), ("deposit", "depositPence")] {
            if let Some(sentence) = fields.remove(ours) {
                fields.insert(theirs.to_owned(), sentence);
            }
        }
    }
    refused
}

/// Lets a unit. Dates that overlap another tenancy of it are refused.
#[utoipa::path(
    post, path = "/tenancies", tag = "tenancies", security(("bearer" = [])), request_body = TenancyIn,
    responses((status = 201, body = Envelope<TenancyOut>)),
)]
async fn create(Bearer(me): Bearer<Cx<Staff>>, key: Once, Body(new): Body<TenancyIn>) -> Answer<TenancyOut> {
    key.once(me, "createTenancy", &new, |me| async {
        let me = me;
        let id = tenancies::create(&me, &new.over(TenancyForm::default())).await.map_err(renamed)?;
        let made = out(&me, id).await?;
        Ok(made.as_created().at(format!("/api/v1/tenancies/{id}")))
    })
    .await
}

async fn out(me: &Cx<Staff>, id: TenancyId) -> Answer<TenancyOut> {
    let detail = tenancies::detail(me, id).await?;
    let version = detail.version;
    Ok(Done::ok(TenancyOut::from(detail)).version(version))
}

/// One tenancy.
#[utoipa::path(
    get, path = "/tenancies/{id}", tag = "tenancies", security(("bearer" = [])), params(("id" = Uuid, Path,)),
    responses((status = 200, body = Envelope<TenancyOut>)),
)]
async fn show(Bearer(me): Bearer<Cx<Staff>>, Id(id): Id<TenancyId>) -> Answer<TenancyOut> {
    out(&me, id).await
}

/// Changes what is sent and nothing else.
#[utoipa::path(
    patch, path = "/tenancies/{id}", tag = "tenancies", security(("bearer" = [])), params(("id" = Uuid, Path,)), request_body = TenancyIn,
    responses((status = 200, body = Envelope<TenancyOut>)),
)]
async fn change(Bearer(me): Bearer<Cx<Staff>>, Id(id): Id<TenancyId>, seen: IfMatch, Body(patch): Body<TenancyIn>) -> Answer<TenancyOut> {
    allowed(&me, Act::ChangeEstate)?;
    let stored = tenancies::detail(&me, id).await?;
    let form = patch.over(TenancyForm::from(&stored.tenancy));
    let changed = tenancies::edit(&me, id, seen.or(patch.version, stored.version), &form).await;
    changed.map_err(|e| if e.is_changed_meanwhile() { seen.explain(e) } else { renamed(e) })?;
    out(&me, id).await
}

/// Takes away a tenancy entered by mistake: 409 when a repair was reported under it.
#[utoipa::path(
    delete, path = "/tenancies/{id}", tag = "tenancies", security(("bearer" = [])), params(("id" = Uuid, Path,)),
    responses((status = 200, body = Envelope<NothingOut>)),
)]
async fn remove(Bearer(me): Bearer<Cx<Staff>>, Id(id): Id<TenancyId>, seen: IfMatch) -> Answer<NothingOut> {
    allowed(&me, Act::ChangeEstate)?;
    let stored = tenancies::detail(&me, id).await?;
    tenancies::remove(&me, id, seen.or(None, stored.version)).await.map_err(|e| seen.explain(e))?;
    Ok(Done::ok(NothingOut {}))
}
