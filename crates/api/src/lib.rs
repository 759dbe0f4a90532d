//! REST under `/api/v1`: a promise to programs that are not ours.
//!
//! Every answer, refusals and panics included, is `{ "data": …, "error": …, "traceId": "…" }`, with camelCase names; one of `data` and `error` is
//! null. What an error may be is the catalogue [`Code`]. In, Out and Patch structs belong to their operation and are never a view struct: pages
//! may change, the API may not. Credentials are bearer tokens, never cookies.
//!
//! # Adding an operation
//! 1. In `v1/<room>.rs`, write `XIn` and `XOut` (`Deserialize` or `Serialize`, `ToSchema`, `rename_all = "camelCase"`) and a handler with
//!    `#[utoipa::path(…)]`. Its arguments are the extractors below; it calls one verb and answers [`Answer<XOut>`](Answer):
//!    ```ignore
//!    async fn create(Bearer(me): Bearer<Cx<Staff>>, key: Once, Body(new): Body<TicketIn>) -> Answer<TicketOut> {
//!        key.once(me, "createTicket", &new, |me| async move { Ok(Done::created(tickets::report(&me, …).await?.into())) }).await
//!    }
//!    ```
//! 2. Add it to the room's `routes()`; a new room is merged in [`v1`].
//! 3. Add its row to the room's `REFUSALS` (new room: to [`refusals::TABLE`]): who is let in. A test calls it as everybody else.
//! 4. Write the scenario in `tests/rest/<room>.rs` (`client.rs` has the calls); renew the OpenAPI snapshot with
//!    `INSTA_UPDATE=always cargo nextest run -p api` and read its diff: nothing that was promised may go.
//!
//! Extractors: [`Bearer`] (`Visitor`, `Cx<Staff>`, `Cx<Tenant>`, `Cx<Contractor>`), [`Client`] (address and agent), [`Body`], [`Query`], [`Id`],
//! [`Once`] (`Idempotency-Key`), [`IfMatch`]. Lists answer [`List`]. Versions travel as `ETag`: [`Done::version`].

mod answer;
mod docs;
mod extract;
mod once;
mod outer;
pub mod refusals;
mod v1;

pub use answer::{Answer, Code, Done, Envelope, List, Problem, Refused};
pub use docs::openapi;
pub use extract::{Bearer, Body, Client, Id, IfMatch, Query};
pub use once::Once;

use services::House;

/// The API, to be merged into the server's routes: everything under `/api` but what the server itself puts there.
pub fn router(house: House) -> axum::Router {
    let (routes, _) = v1::routes().split_for_parts();
    outer::wrap(axum::Router::new().nest("/v1", routes.with_state(house)))
}
