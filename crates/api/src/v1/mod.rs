//! The operations, one file a room.

pub(crate) mod auth;
pub(crate) mod me;

use services::House;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new().merge(auth::routes()).merge(me::routes())
}
