//! The outside world behind the traits that `services` declares.
//!
//! * Mail ([`services::mail::Postman`]): [`SmtpPostman`] hands it to a mail server; [`KeptInbox`] lets nothing leave.
//! * Files ([`services::files::FileStore`]): [`DiskStore`] keeps them in a folder; [`S3Store`] in any S3-compatible store.
//!
//! Each transport is tested against a server that is not ours (tests/). TLS is rustls with ring, nothing else.

mod disk;
mod kept;
mod s3;
mod smtp;

pub use disk::DiskStore;
pub use kept::KeptInbox;
pub use s3::{S3Settings, S3Store};
pub use smtp::{SmtpPostman, SmtpUrlError};
