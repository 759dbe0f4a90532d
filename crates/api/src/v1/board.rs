//! What staff begin the day with: figures, and filters they keep; and what happened since, for programs that follow.

use domain::SavedViewId;
use domain::tickets::{Card, Filter};
use serde::{Deserialize, Serialize};
use services::auth::Visitor;
use services::tickets::{dashboard, views};
use services::{Cx, House, Staff, live};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::auth::NothingOut;
use super::tickets::TicketListed;
use crate::answer::{Answer, Done, Envelope};
use crate::extract::{Bearer, Body, Id, Query};
use crate::once::Once;
use crate::refusals::{ANY, Row, STAFF};

pub(crate) fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new()
        .routes(routes!(figures))
        .routes(routes!(list_views, save_view))
        .routes(routes!(remove_view))
        .routes(routes!(events))
}

pub(crate) const REFUSALS: &[Row] = &[
    Row::to("GET", "/api/v1/dashboard", STAFF),
    Row::to("GET", "/api/v1/views", STAFF),
    Row::to("POST", "/api/v1/views", STAFF),
    Row::to("DELETE", "/api/v1/views/{id}", STAFF),
    Row::to("GET", "/api/v1/events", ANY),
];

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CountOut {
    /// A priority or a status.
    name: &'static str,
    count: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DayOut {
    /// In London, like 2026-11-24.
    day: String,
    count: i64,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DashboardOut {
    open_by_priority: Vec<CountOut>,
    open_by_status: Vec<CountOut>,
    awaiting_triage: i64,
    #[schema(format = DateTime)]
    oldest_awaiting_at: Option<String>,
    opened_today: i64,
    closed_today: i64,
    /// Open, and past the organisation's own target.
    overdue: i64,
    /// Open, and due by the end of tomorrow.
    due_soon: i64,
    mine: i64,
    /// Reports a day for the last fourteen days.
    reported: Vec<DayOut>,
    to_triage: Vec<TicketListed>,
    oldest: Vec<TicketListed>,
    overdue_first: Vec<TicketListed>,
}

/// The morning's figures.
#[utoipa::path(get, path = "/dashboard", tag = "tickets", security(("bearer" = [])), responses((status = 200, body = Envelope<DashboardOut>)))]
async fn figures(Bearer(me): Bearer<Cx<Staff>>) -> Answer<DashboardOut> {
    let d = dashboard::dashboard(&me).await?;
    let listed = |cards: Vec<Card>| cards.into_iter().map(TicketListed::from).collect();
    Ok(Done::ok(DashboardOut {
        open_by_priority: d.open_by_priority.into_iter().map(|(p, count)| CountOut { name: p.as_str(), count }).collect(),
        open_by_status: d.open_by_status.into_iter().map(|(s, count)| CountOut { name: s.as_str(), count }).collect(),
        awaiting_triage: d.awaiting_triage,
        oldest_awaiting_at: d.oldest_awaiting.map(|at| at.to_string()),
        opened_today: d.opened_today,
        closed_today: d.closed_today,
        overdue: d.overdue,
        due_soon: d.due_soon,
        mine: d.mine,
        reported: d.by_day.into_iter().map(|(day, count)| DayOut { day: day.to_string(), count }).collect(),
        to_triage: listed(d.to_triage),
        oldest: listed(d.oldest),
        overdue_first: listed(d.overdue_first),
    }))
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ViewOut {
    id: Uuid,
    name: String,
    /// As the list of tickets takes it: `status=OPEN&priority=URGENT`.
    query: String,
}

/// The filters the caller keeps; each person has their own.
#[utoipa::path(get, path = "/views", tag = "tickets", security(("bearer" = [])), responses((status = 200, body = Envelope<Vec<ViewOut>>)))]
async fn list_views(Bearer(me): Bearer<Cx<Staff>>) -> Answer<Vec<ViewOut>> {
    let kept = views::list(&me).await?;
    Ok(Done::ok(kept.into_iter().map(|v| ViewOut { id: v.id.uuid(), name: v.name, query: v.query }).collect()))
}

#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct ViewIn {
    name: String,
    /// As in the address of the console's list.
    query: String,
}

/// The words of a query string; what is none has none.
fn pairs(query: &str) -> Vec<(String, String)> {
    let uri = http::Uri::builder().path_and_query(format!("/?{}", query.trim_start_matches('?'))).build();
    uri.ok().and_then(|uri| axum::extract::Query::try_from_uri(&uri).ok()).map_or_else(Vec::new, |axum::extract::Query(pairs)| pairs)
}

/// Keeps a filter under a name; a view of that name is replaced.
#[utoipa::path(post, path = "/views", tag = "tickets", security(("bearer" = [])), request_body = ViewIn, responses((status = 201, body = Envelope<ViewOut>)))]
async fn save_view(Bearer(me): Bearer<Cx<Staff>>, key: Once, Body(new): Body<ViewIn>) -> Answer<ViewOut> {
    let pairs = pairs(&new.query);
    let (filter, errors) = Filter::read(Filter::open(), |name| pairs.iter().find(|(said, _)| said == name).map(|(_, value)| value.clone()));
    errors.check().map_err(services::Error::from)?;
    let name = new.name.clone();
    key.once(me, "save view", &new, |me| async move {
        let id = views::save(&me, &name, &filter).await?;
        let kept = views::list(&me).await?.into_iter().find(|v| v.id == id).ok_or(services::Error::NotFound)?;
        Ok(Done::created(ViewOut { id: kept.id.uuid(), name: kept.name, query: kept.query }))
    })
    .await
}

/// Forgets a filter.
#[utoipa::path(delete, path = "/views/{id}", tag = "tickets", security(("bearer" = [])), params(("id" = Uuid, Path,)), responses((status = 200, body = Envelope<NothingOut>)))]
async fn remove_view(Bearer(me): Bearer<Cx<Staff>>, Id(id): Id<SavedViewId>) -> Answer<NothingOut> {
    views::remove(&me, id).await?;
    Ok(Done::ok(NothingOut {}))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct EventsQuery {
    /// A position; only what came later is told. Without it, nothing but where the stream ends now.
    after: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MovedOut {
    position: i64,
    kind: String,
    ticket_id: Option<Uuid>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EventsOut {
    events: Vec<MovedOut>,
    /// Ask for what comes after this next time.
    position: i64,
}

/// What moved of the caller's since a position: at most 100, in order and without holes. What it is now, ask for by its id.
#[utoipa::path(get, path = "/events", tag = "tickets", security(("bearer" = [])), params(EventsQuery), responses((status = 200, body = Envelope<EventsOut>)))]
async fn events(Bearer(me): Bearer<Visitor>, Query(asked): Query<EventsQuery>) -> Answer<EventsOut> {
    let Some(after) = asked.after else {
        return Ok(Done::ok(EventsOut { events: Vec::new(), position: live::position(&me).await? }));
    };
    let since = live::since(&me, after, 100).await?;
    let events = since.events.into_iter().map(|e| MovedOut { position: e.position, kind: e.kind, ticket_id: e.ticket.map(|t| t.uuid()) });
    Ok(Done::ok(EventsOut { events: events.collect(), position: since.up_to }))
}
