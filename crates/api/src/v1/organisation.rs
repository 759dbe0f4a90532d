//! The organisation's own settings and faults, and files in and out.

use domain::estate::{ImportKind, ImportReport};
use domain::faults::Catalogue;
use domain::settings::SettingsForm;
use serde::{Deserialize, Serialize};
use services::{Cx, House, Staff, imports, settings};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::fields::{Sent, put, put_pence, sent};
use crate::answer::{Answer, Done, Envelope, Refused};
use crate::extract::{Bearer, Body, IfMatch, Query};
use crate::refusals::{ADMINS, COORDINATORS, Row, STAFF};

pub(crate) fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new()
        .routes(routes!(show, change))
        .routes(routes!(first_steps))
        .routes(routes!(faults, change_faults))
        .routes(routes!(import_file))
        .routes(routes!(export_file))
}

pub(crate) const REFUSALS: &[Row] = &[
    Row::to("GET", "/api/v1/organisation", STAFF),
    Row::to("PATCH", "/api/v1/organisation", ADMINS),
    Row::to("GET", "/api/v1/organisation/first-steps", STAFF),
    Row::to("GET", "/api/v1/organisation/faults", STAFF),
    Row::to("PUT", "/api/v1/organisation/faults", ADMINS),
    Row::to("POST", "/api/v1/imports", COORDINATORS),
    Row::to("GET", "/api/v1/exports", STAFF),
];

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrganisationOut {
    name: String,
    /// The public reports at `/r/{slug}`.
    slug: String,
    version: i32,
    brand_colour: Option<String>,
    emergency_phone: Option<String>,
    office_phone: Option<String>,
    office_email: Option<String>,
    office_hours: String,
    emergency_hours: u16,
    urgent_working_days: u16,
    routine_working_days: u16,
    owner_limit_pence: i64,
    reports_a_day: u16,
    retention_months: u16,
}

async fn out(me: &Cx<Staff>) -> Answer<OrganisationOut> {
    let org = settings::read(me).await?;
    let s = org.settings;
    let out = OrganisationOut {
        name: org.name,
        slug: org.slug,
        version: org.version,
        brand_colour: s.brand_colour,
        emergency_phone: s.emergency_phone,
        office_phone: s.office_phone,
        office_email: s.office_email,
        office_hours: s.office_hours,
        emergency_hours: s.targets.emergency_hours,
        urgent_working_days: s.targets.urgent_working_days,
        routine_working_days: s.targets.routine_working_days,
        owner_limit_pence: s.owner_limit.0,
        reports_a_day: s.reports_a_day,
        retention_months: s.retention_months,
    };
    Ok(Done::ok(out).version(org.version))
}

/// The organisation and its settings.
#[utoipa::path(get, path = "/organisation", tag = "organisation", security(("bearer" = [])), responses((status = 200, body = Envelope<OrganisationOut>)))]
async fn show(Bearer(me): Bearer<Cx<Staff>>) -> Answer<OrganisationOut> {
    out(&me).await
}

/// `PATCH` changes what is sent, and null empties it.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct OrganisationPatch {
    #[serde(deserialize_with = "sent")]
    name: Sent<String>,
    /// `#rrggbb`.
    #[serde(deserialize_with = "sent")]
    brand_colour: Sent<String>,
    #[serde(deserialize_with = "sent")]
    emergency_phone: Sent<String>,
    #[serde(deserialize_with = "sent")]
    office_phone: Sent<String>,
    #[serde(deserialize_with = "sent")]
    office_email: Sent<String>,
    #[serde(deserialize_with = "sent")]
    office_hours: Sent<String>,
    #[serde(deserialize_with = "sent")]
    emergency_hours: Sent<i32>,
    #[serde(deserialize_with = "sent")]
    urgent_working_days: Sent<i32>,
    #[serde(deserialize_with = "sent")]
    routine_working_days: Sent<i32>,
    #[serde(deserialize_with = "sent")]
    owner_limit_pence: Sent<i64>,
    #[serde(deserialize_with = "sent")]
    reports_a_day: Sent<i32>,
    #[serde(deserialize_with = "sent")]
    retention_months: Sent<i32>,
    /// The version the change is based on; `If-Match` says the same.
    version: Option<i32>,
}

/// Changes settings: what is sent and nothing else.
#[utoipa::path(
    patch, path = "/organisation", tag = "organisation", security(("bearer" = [])), request_body = OrganisationPatch,
    responses((status = 200, body = Envelope<OrganisationOut>)),
)]
async fn change(Bearer(me): Bearer<Cx<Staff>>, seen: IfMatch, Body(patch): Body<OrganisationPatch>) -> Answer<OrganisationOut> {
    let stored = settings::read(&me).await?;
    let mut form = SettingsForm::of(&stored.name, &stored.settings);
    put(&mut form.name, &patch.name);
    put(&mut form.brand_colour, &patch.brand_colour);
    put(&mut form.emergency_phone, &patch.emergency_phone);
    put(&mut form.office_phone, &patch.office_phone);
    put(&mut form.office_email, &patch.office_email);
    put(&mut form.office_hours, &patch.office_hours);
    put(&mut form.emergency_hours, &patch.emergency_hours);
    put(&mut form.urgent_working_days, &patch.urgent_working_days);
    put(&mut form.routine_working_days, &patch.routine_working_days);
    put_pence(&mut form.owner_limit, patch.owner_limit_pence);
    put(&mut form.reports_a_day, &patch.reports_a_day);
    put(&mut form.retention_months, &patch.retention_months);
    settings::change(&me, seen.or(patch.version, stored.version), &form).await.map_err(|e| seen.explain(e))?;
    out(&me).await
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FirstStepsOut {
    settings: bool,
    property: bool,
    tenant: bool,
    team_mate: bool,
}

/// What a new organisation has done of what it needs before its first report.
#[utoipa::path(
    get, path = "/organisation/first-steps", tag = "organisation", security(("bearer" = [])), responses((status = 200, body = Envelope<FirstStepsOut>)),
)]
async fn first_steps(Bearer(me): Bearer<Cx<Staff>>) -> Answer<FirstStepsOut> {
    let steps = settings::first_steps(&me).await?;
    Ok(Done::ok(FirstStepsOut { settings: steps.settings, property: steps.property, tenant: steps.tenant, team_mate: steps.team_mate }))
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FaultsOut {
    /// 0 while they are the default.
    edition: i32,
    /// Rooms, items, problems and the emergencies asked first.
    #[schema(value_type = Object)]
    catalogue: Catalogue,
}

async fn faults_out(me: &Cx<Staff>) -> Answer<FaultsOut> {
    let (catalogue, edition) = settings::faults(me).await?;
    Ok(Done::ok(FaultsOut { edition, catalogue }).version(edition))
}

/// The faults the organisation asks about.
#[utoipa::path(
    get, path = "/organisation/faults", tag = "organisation", security(("bearer" = [])), responses((status = 200, body = Envelope<FaultsOut>)),
)]
async fn faults(Bearer(me): Bearer<Cx<Staff>>) -> Answer<FaultsOut> {
    faults_out(&me).await
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct FaultsIn {
    /// A whole catalogue, as it was read and edited.
    #[schema(value_type = Object)]
    catalogue: serde_json::Value,
    /// The edition the change is based on; `If-Match` says the same.
    #[serde(default)]
    edition: Option<i32>,
}

/// Replaces the faults the organisation asks about. A catalogue that breaks a rule is refused with every rule it breaks.
#[utoipa::path(
    put, path = "/organisation/faults", tag = "organisation", security(("bearer" = [])), request_body = FaultsIn,
    responses((status = 200, body = Envelope<FaultsOut>)),
)]
async fn change_faults(Bearer(me): Bearer<Cx<Staff>>, seen: IfMatch, Body(given): Body<FaultsIn>) -> Answer<FaultsOut> {
    let (_, current) = settings::faults(&me).await?;
    settings::change_faults(&me, seen.or(given.edition, current), &given.catalogue.to_string()).await.map_err(|e| seen.explain(e))?;
    faults_out(&me).await
}

fn kind_of(typed: &str) -> Result<ImportKind, Refused> {
    ImportKind::parse(typed).ok_or_else(|| Refused::field("kind", "Send properties, contacts or tenancies"))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ImportIn {
    /// `properties`, `contacts` or `tenancies`.
    kind: String,
    /// The CSV file's text.
    csv: String,
    /// Say what it would do and write nothing.
    #[serde(default)]
    dry_run: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ImportOut {
    /// False for a dry run, and when there are errors: then nothing was written.
    done: bool,
    rows: u32,
    new: u32,
    changed: u32,
    unchanged: u32,
    ignored_columns: Vec<String>,
    errors: Vec<RowErrorOut>,
    /// How many errors there are beyond those listed.
    more_errors: u32,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RowErrorOut {
    /// The spreadsheet's own number; 1 is the header.
    row: u32,
    column: String,
    message: String,
}

impl From<ImportReport> for ImportOut {
    fn from(r: ImportReport) -> Self {
        Self {
            done: r.done,
            rows: r.rows,
            new: r.new,
            changed: r.changed,
            unchanged: r.unchanged,
            ignored_columns: r.ignored_columns,
            errors: r.errors.into_iter().map(|e| RowErrorOut { row: e.row, column: e.column, message: e.sentence }).collect(),
            more_errors: r.more_errors,
        }
    }
}

/// Imports a file: all or nothing. What is known by its reference is updated, so it may be sent again.
#[utoipa::path(
    post, path = "/imports", tag = "organisation", security(("bearer" = [])), request_body = ImportIn,
    responses((status = 200, body = Envelope<ImportOut>)),
)]
async fn import_file(Bearer(me): Bearer<Cx<Staff>>, Body(given): Body<ImportIn>) -> Answer<ImportOut> {
    let kind = kind_of(&given.kind)?;
    let file = given.csv.as_bytes();
    let report = if given.dry_run { imports::check(&me, kind, file).await? } else { imports::run(&me, kind, file).await? };
    Ok(Done::ok(report.into()))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExportQuery {
    /// `properties`, `contacts` or `tenancies`.
    kind: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExportOut {
    /// The CSV file's text, in the columns an import reads.
    csv: String,
}

/// Everything of a kind, as an import reads it.
#[utoipa::path(
    get, path = "/exports", tag = "organisation", security(("bearer" = [])), params(ExportQuery), responses((status = 200, body = Envelope<ExportOut>)),
)]
async fn export_file(Bearer(me): Bearer<Cx<Staff>>, Query(q): Query<ExportQuery>) -> Answer<ExportOut> {
    Ok(Done::ok(ExportOut { csv: imports::export(&me, kind_of(&q.kind)?).await? }))
}
