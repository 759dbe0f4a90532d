//! Units: what is let.

use std::str::FromStr as _;

use domain::estate::{UnitCard, UnitDetail, UnitFilter, UnitForm};
use domain::policy::Act;
use domain::{PropertyId, UnitId};
use serde::{Deserialize, Serialize};
use services::estate::{Slice, units};
use services::{Cx, House, Staff};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::auth::NothingOut;
use super::fields::{Sent, allowed, put, sent};
use super::tenancies::TenancyCardOut;
use crate::answer::{Answer, Done, Envelope, List, Refused};
use crate::extract::{Bearer, Body, Id, IfMatch, Query};
use crate::once::Once;
use crate::refusals::{COORDINATORS, Row, STAFF};

pub(crate) fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(show, change, archive))
}

pub(crate) const REFUSALS: &[Row] = &[
    Row::to("GET", "/api/v1/units", STAFF),
    Row::to("POST", "/api/v1/units", COORDINATORS),
    Row::to("GET", "/api/v1/units/{id}", STAFF),
    Row::to("PATCH", "/api/v1/units/{id}", COORDINATORS),
    Row::to("DELETE", "/api/v1/units/{id}", COORDINATORS),
];

/// A unit's facts. `POST` needs propertyId and label; `PATCH` changes what is sent, and null empties it.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct UnitIn {
    /// For `POST` only: a unit stays with its property.
    #[serde(skip_serializing_if = "Option::is_none")]
    property_id: Option<String>,
    /// `Flat 3`.
    #[serde(deserialize_with = "sent")]
    label: Sent<String>,
    /// 0 is the ground floor.
    #[serde(deserialize_with = "sent")]
    floor: Sent<i32>,
    #[serde(deserialize_with = "sent")]
    bedrooms: Sent<i32>,
    #[serde(deserialize_with = "sent")]
    uprn: Sent<String>,
    /// `let` or `void`.
    #[serde(deserialize_with = "sent")]
    status: Sent<String>,
    /// The version the change is based on; `If-Match` says the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<i32>,
}

impl UnitIn {
    fn over(&self, mut form: UnitForm) -> UnitForm {
        put(&mut form.label, &self.label);
        put(&mut form.floor, &self.floor);
        put(&mut form.bedrooms, &self.bedrooms);
        put(&mut form.uprn, &self.uprn);
        put(&mut form.status, &self.status);
        form
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UnitOut {
    id: Uuid,
    version: i32,
    property_id: Uuid,
    /// One line, for people.
    place: String,
    label: String,
    floor: Option<i32>,
    bedrooms: Option<i32>,
    uprn: Option<String>,
    status: &'static str,
    /// Newest first; in lists left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    tenancies: Option<Vec<TenancyCardOut>>,
}

impl From<UnitDetail> for UnitOut {
    fn from(d: UnitDetail) -> Self {
        let tenancies = d.tenancies.into_iter().map(TenancyCardOut::from).collect();
        let card = UnitCard { id: d.id, version: d.version, property_id: d.property_id, place: d.place, unit: d.unit, is_let: false };
        Self { tenancies: Some(tenancies), ..card.into() }
    }
}
impl From<UnitCard> for UnitOut {
    fn from(u: UnitCard) -> Self {
        Self {
            id: u.id.uuid(),
            version: u.version,
            property_id: u.property_id.uuid(),
            place: u.place,
            label: u.unit.label,
            floor: u.unit.floor,
            bedrooms: u.unit.bedrooms,
            uprn: u.unit.uprn.map(|n| n.0.to_string()),
            status: u.unit.status.as_str(),
            tenancies: None,
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(default, rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct UnitsQuery {
    /// Words of label, address, postcode or reference.
    search: String,
    property_id: String,
    /// `let` or `void`.
    status: String,
    cursor: String,
    /// 1 to 200.
    limit: u16,
}
impl Default for UnitsQuery {
    fn default() -> Self {
        Self { search: String::new(), property_id: String::new(), status: String::new(), cursor: String::new(), limit: 50 }
    }
}

/// Units in order of postcode, street and label.
#[utoipa::path(
    get, path = "/units", tag = "units", security(("bearer" = [])), params(UnitsQuery), responses((status = 200, body = Envelope<List<UnitOut>>)),
)]
async fn list(Bearer(me): Bearer<Cx<Staff>>, Query(q): Query<UnitsQuery>) -> Answer<List<UnitOut>> {
    let filter = UnitFilter { search: q.search, property_id: q.property_id, status: q.status };
    let page = units::list(&me, &filter, &Slice { size: q.limit, ..Slice::after(&q.cursor) }).await?;
    Ok(Done::ok(List::of(page, UnitOut::from)))
}

/// Adds a unit to a property.
#[utoipa::path(
    post, path = "/units", tag = "units", security(("bearer" = [])), request_body = UnitIn, responses((status = 201, body = Envelope<UnitOut>)),
)]
async fn create(Bearer(me): Bearer<Cx<Staff>>, key: Once, Body(new): Body<UnitIn>) -> Answer<UnitOut> {
    key.once(me, "createUnit", &new, |me| async {
        let me = me;
        let property = new.property_id.as_deref().unwrap_or_default();
        let property = PropertyId::from_str(property).map_err(|_| Refused::field("propertyId", "Send the id of the property"))?;
        let id = units::create(&me, property, &new.over(UnitForm::default())).await?;
        let made = out(&me, id).await?;
        Ok(made.as_created().at(format!("/api/v1/units/{id}")))
    })
    .await
}

async fn out(me: &Cx<Staff>, id: UnitId) -> Answer<UnitOut> {
    let detail = units::detail(me, id).await?;
    let version = detail.version;
    Ok(Done::ok(UnitOut::from(detail)).version(version))
}

/// One unit with its tenancies.
#[utoipa::path(
    get, path = "/units/{id}", tag = "units", security(("bearer" = [])), params(("id" = Uuid, Path,)),
    responses((status = 200, body = Envelope<UnitOut>)),
)]
async fn show(Bearer(me): Bearer<Cx<Staff>>, Id(id): Id<UnitId>) -> Answer<UnitOut> {
    out(&me, id).await
}

/// Changes what is sent and nothing else.
#[utoipa::path(
    patch, path = "/units/{id}", tag = "units", security(("bearer" = [])), params(("id" = Uuid, Path,)), request_body = UnitIn,
    responses((status = 200, body = Envelope<UnitOut>)),
)]
async fn change(Bearer(me): Bearer<Cx<Staff>>, Id(id): Id<UnitId>, seen: IfMatch, Body(patch): Body<UnitIn>) -> Answer<UnitOut> {
    allowed(&me, Act::ChangeEstate)?;
    let stored = units::detail(&me, id).await?;
    if patch.property_id.as_deref().is_some_and(|p| p != stored.property_id.to_string()) {
        return Err(Refused::field("propertyId", "A unit stays with its property"));
    }
    let form = patch.over(UnitForm::from(&stored.unit));
    units::edit(&me, id, seen.or(patch.version, stored.version), &form).await.map_err(|e| seen.explain(e))?;
    out(&me, id).await
}

/// Archives a unit: 409 while somebody lives there or a repair is open.
#[utoipa::path(
    delete, path = "/units/{id}", tag = "units", security(("bearer" = [])), params(("id" = Uuid, Path,)),
    responses((status = 200, body = Envelope<NothingOut>)),
)]
async fn archive(Bearer(me): Bearer<Cx<Staff>>, Id(id): Id<UnitId>, seen: IfMatch) -> Answer<NothingOut> {
    allowed(&me, Act::ChangeEstate)?;
    let stored = units::detail(&me, id).await?;
    units::archive(&me, id, seen.or(None, stored.version)).await.map_err(|e| seen.explain(e))?;
    Ok(Done::ok(NothingOut {}))
}
