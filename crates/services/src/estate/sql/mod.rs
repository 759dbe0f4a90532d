//! Every query of this room, by table.

pub(crate) mod owners;
pub(crate) mod properties;
pub(crate) mod tenancies;
pub(crate) mod units;
