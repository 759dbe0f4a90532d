//! Repairs: tickets as the tenants of their home see them.
//!
//! Verbs: [`list`], [`one`], [`add_note`], [`add_photo`], [`photo`], [`say_fixed`], [`cancel`], [`preferences`], [`set_preferences`]. Tables:
//! `tickets`, `timeline_events`, `attachments`, `contacts`, each through the tenant's own eyes: row-level security shows the repairs of their
//! tenancy's dates, public events and public files, and no other contact.
//!
//! Promises: originals of photos are never handed out, only the copies made of them; "closed" and "fixed" are two facts, and the second is the
//! tenant's: finished work is asked about, twice reminded of, and closed after ten days of silence, unless a hazard is on record; not fixed within 28 days opens the same repair again, later a linked one; whoever moves a repair finds it as they last saw it
//! or is told what happened meanwhile.
//! Does not: report a new problem (room `report`), or let a tenant change what staff decided.

mod answer;
mod ask;
mod look;
mod preferences;
mod sql;
mod words;

pub use answer::{Answered, cancel, say_fixed};
pub(crate) use ask::ask_later;
pub use ask::{AskTenant, register};
pub use look::{Copy, RepairList, landlord, list, one, photo};
pub use preferences::{preferences, set_preferences};
pub use words::{add_note, add_photo};
