//! What runs in the background: the list of every room's jobs, for the worker and for tests.

use jobs::{JobError, Registry, RegistryError};

use crate::{Error, House, auth, files, mail, repairs, report, tickets, work_orders};

pub use jobs::traced;

/// Every kind of job there is. A room with jobs stands here or they never run.
pub fn registry(house: &House) -> Result<Registry, RegistryError> {
    let mut registry = Registry::new();
    auth::register_jobs(&mut registry, house)?;
    files::register(&mut registry, house)?;
    mail::register(&mut registry, house)?;
    repairs::register(&mut registry, house)?;
    report::register(&mut registry, house)?;
    tickets::words::register(&mut registry, house)?;
    work_orders::register(&mut registry, house)?;
    Ok(registry)
}

/// A verb's refusal, as its job sees it: what may be otherwise later is tried again, what is refused by rule is not.
impl From<Error> for JobError {
    fn from(error: Error) -> Self {
        match error {
            Error::Unavailable(_) | Error::Internal(_) | Error::Conflict(_) | Error::TooMany { .. } => {
                Self::retry(format_args!("{error:#}"))
            }
            Error::NotFound | Error::Forbidden | Error::SignedOut | Error::Invalid(_) => Self::fail(error),
        }
    }
}
