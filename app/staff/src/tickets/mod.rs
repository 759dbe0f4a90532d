//! Tickets: the queue as list and board ([`queue`]), one ticket ([`case`]), taking one down for a caller ([`new`]).
//!
//! What is asked for stands in the URL, in the words of `domain::tickets::Filter`, so that every view can be linked, saved and gone back to.
//! Pages follow the live stream and fetch again under the person's own eyes; nothing that is being typed is ever replaced by news.

mod case;
mod forms;
mod new;
mod panel;
mod parts;
mod queue;

pub use case::CasePage;
pub use new::NewPage;
pub(crate) use parts::{PRIORITY_TONES, ago_note, priority_badge, status_badge, target_view};
pub use queue::QueuePage;
