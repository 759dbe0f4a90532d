//! E-mail: written down with its cause, sent by the worker, at least once.
//!
//! Verbs: [`send_later`] in any organisation's transaction; [`send_secret_later`] and [`send_link_later`] for mails that carry a way in (links to log in, resets,
//! invitations, codes); [`inbox`] for the development page. Jobs: `send-email`, `send-secret-email`. Tables: `outbound_mails`,
//! `auth.mails`. Templates are folders `emails/<name>/{subject.txt, body.txt, body.mjml}` inside the room that sends them, named
//! with [`email!`].
//!
//! Promises: a mail is rendered in the transaction that causes it, so it says what was true then, and it exists if and only if that
//! committed. It has one Message-ID for all attempts. 4xx answers are retried, 5xx answers are recorded as a bounce. Every send is in
//! the audit (`email:sent`). A secret's words are encrypted while they wait and wiped when they have left.
//! Does not: read mail, track who opened what, decide who wants which mail.

mod inbox;
mod later;
mod now;
mod postman;
mod sql;
mod template;

pub use crate::email;
pub use inbox::{KeptMail, inbox};
pub use later::{Mail, SecretMail, send_later, send_link_later, send_secret_later};
pub use now::{SendMail, SendSecretMail, register, send_now, send_secret_now};
pub use postman::{Accepted, Outgoing, Postman, SendError, Sender};
pub use template::{Rendered, Template};
