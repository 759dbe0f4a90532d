//! HTTP to actor. The only reader of credentials: cookies and bearer tokens come in here, a `Cx` of `services` goes out.
//!
//! * Server functions call [`staff`], [`tenant`] or [`visitor`] first, and wrap a verb's result in [`answer`], which logs what is internal
//!   under a reference and lets only the reference out.
//! * [`redirect`] sends a plain form on (303) and a hydrated one too.
//! * [`back`] returns a refused plain form to its page with what was typed ([`typed`]); [`enter`] takes a browser in after a log-in.
//! * [`layers`] puts on what every response needs: request id, same-origin guard, security headers, body limit, a caught panic.
//! * [`posts`] takes the tenant's plain forms and photos; a page of the wizard asks [`reporting`] who is reporting.
//! * [`events`] is the live stream; [`session_cookie`] the one cookie that proves who you are.
//!
//! Leptos's server half is re-exported through this crate alone: a native build has `gate` in its graph and so has `ssr`; the browser build
//! has neither (docs/adr/0001).

mod answer;
pub mod bearer;
mod context;
mod enter;
pub mod events;
mod forms;
pub mod layers;
pub mod posts;
pub mod session_cookie;

pub use answer::{answer, error_ref, log_error, page_error, redirect};
pub use context::{
    Asker, Inbound, RequestId, contractor, cookie, house, inbound, optional_visitor, order_link, owner, staff, tenant, visitor,
};
pub use enter::{enter, request, session, switch, ticket};
pub use forms::{back, live, typed};
pub use posts::{Kept, guest_draft, kept, reporting};
pub use session_cookie::{end_session, link as link_cookie, start_session};
