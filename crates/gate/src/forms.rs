//! Plain forms that were refused: what was typed goes back to its page, with the sentences, by way of a row that is soon gone.

use services::Error;
use services::auth::flashes;
use wire::{AppError, FieldErrors, Typed};

use crate::answer::{answer, page_error, redirect};
use crate::context::house;

/// Sends a form back to its page (303) with what was typed. Never give it a password. What the person cannot mend (the database is away)
/// goes to the problem page instead.
///
/// # Errors
/// Only those that are ours.
pub async fn back(page: &str, typed: &[(&str, &str)], refusal: Error) -> Result<(), AppError> {
    let (errors, retry_after_s) = match refusal {
        Error::Invalid(errors) => (errors, None),
        Error::Conflict(sentence) => (FieldErrors::one("", sentence), None),
        Error::TooMany { retry_after_s } => {
            (FieldErrors::one("", format!("There were too many attempts. Try again in {retry_after_s} seconds")), Some(retry_after_s))
        }
        other => return answer(Err(other)),
    };
    let values = typed.iter().map(|(name, value)| ((*name).to_owned(), value.chars().take(2_000).collect())).collect();
    let id = answer(flashes::keep(&house()?, &Typed { values, errors, retry_after_s }).await)?;
    let joint = if page.contains('?') { '&' } else { '?' };
    redirect(&format!("{page}{joint}again={id}"));
    Ok(())
}

/// What was typed before, for the page a form came back to; empty on a first visit. Too many attempts give the page its 429.
///
/// # Errors
/// `Unavailable` when Postgres is away.
pub async fn typed(again: &str) -> Result<Typed, AppError> {
    let Ok(id) = again.parse::<uuid::Uuid>() else { return Ok(Typed::default()) };
    let typed: Typed = answer(flashes::read(&house()?, id).await)?.unwrap_or_default();
    if let Some(retry_after_s) = typed.retry_after_s {
        page_error(&AppError::TooMany { retry_after_s });
    }
    Ok(typed)
}

/// What a link is about; nothing when it does not work any more, and the page then says so with a 404.
///
/// # Errors
/// Only those that are ours.
pub fn live<T>(looked: services::Result<T>) -> Result<Option<T>, AppError> {
    match looked {
        Ok(about) => Ok(Some(about)),
        Err(Error::NotFound) => {
            page_error(&AppError::NotFound);
            Ok(None)
        }
        Err(error) => answer(Err(error)),
    }
}
