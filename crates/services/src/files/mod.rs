//! Files people send us, and where they are kept.
//!
//! Verbs: [`receive`] looks at the bytes of a photo before anything is stored and refuses in a sentence; [`thumbnails_later`] asks the
//! worker for the copies that pages show. Where bytes are kept stands behind [`FileStore`].
//! Table: `attachments`. Who may see a file is decided where its ticket is; this room knows no audience but the system.
//!
//! Promises: a file is what its bytes say, never what its name says; the place where a photo was taken is never stored, in no copy;
//! the hash of the bytes as received is kept, so that evidence can be matched with the sender's own file.
//! Does not: decide who may attach or open (the ticket's and the draft's rooms do), take HEIC, keep anything but pictures.

mod key;
mod receive;
mod scrub;
mod sql;
mod store;
mod thumbnails;

pub use key::FileKey;
pub use receive::{FileProblem, Kind, MAX_BYTES, MAX_PIXELS, Received, receive};
pub use store::{FileStore, Opened, StoreError};
pub use thumbnails::{Copies, MakeThumbnails, copies, register, thumbnails_later, thumbnails_now};
