//! Tickets, as staff work with them.
//!
//! [`open`] makes one.
//!
//! Tables: `tickets`, `ticket_reads`, `saved_views`; reads `timeline_events` and `attachments`. Every verb that changes something records an
//! event with old and new values: that is the timeline, the audit and the live stream at once. What a tenant may see and do of a repair is the
//! room `repairs`; the wizard that reports one is `report`.

pub mod open;

mod sql;
