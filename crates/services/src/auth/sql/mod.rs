//! Every query of this room, by table.

pub(super) mod attempts;
pub(super) mod flashes;
pub(super) mod links;
pub(super) mod logins;
pub(super) mod memberships;
pub(super) mod refresh;
pub(super) mod sessions;
pub(super) mod tokens;
