//! The operations, one file a room.

pub(crate) mod auth;
pub(crate) mod board;
pub(crate) mod contacts;
mod fields;
pub(crate) mod me;
pub(crate) mod organisation;
pub(crate) mod properties;
pub(crate) mod repairs;
pub(crate) mod team;
pub(crate) mod tenancies;
pub(crate) mod tickets;
pub(crate) mod units;
pub(crate) mod work_orders;

use services::House;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new()
        .merge(auth::routes())
        .merge(board::routes())
        .merge(contacts::routes())
        .merge(me::routes())
        .merge(organisation::routes())
        .merge(properties::routes())
        .merge(repairs::routes())
        .merge(team::routes())
        .merge(tenancies::routes())
        .merge(tickets::routes())
        .merge(units::routes())
        .merge(work_orders::routes())
}
