//! The last step of an error on its way out: logged once, with a reference, and turned into what may be said.

use http::{HeaderName, HeaderValue, StatusCode, header};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use rand::Rng as _;
use services::Error;
use wire::{AppError, ErrorRef};

use crate::context::inbound;

/// A reference people can read out: eight characters without those that are mistaken for others.
pub fn error_ref() -> ErrorRef {
    const ALPHABET: &[u8] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";
    #[expect(clippy::disallowed_methods, reason = "the edge: a reference is nobody's secret and no test's business")]
    let mut rng = rand::rng();
    let mut text: String = (0..8).filter_map(|_| ALPHABET.get(rng.random_range(0..ALPHABET.len()))).map(|b| char::from(*b)).collect();
    text.insert(4, '-');
    ErrorRef(text)
}

/// Writes the whole story of an error into the log, under the reference that goes out.
pub fn log_error(error: &Error, trace: &str) -> AppError {
    match error {
        Error::NotFound => AppError::NotFound,
        Error::Forbidden => AppError::Forbidden,
        Error::SignedOut => AppError::SignedOut,
        Error::Conflict(sentence) => AppError::Conflict(sentence.clone()),
        Error::Invalid(fields) => AppError::Invalid(fields.clone()),
        Error::TooMany { retry_after_s } => AppError::TooMany { retry_after_s: *retry_after_s },
        Error::Unavailable(source) => {
            let reference = error_ref();
            tracing::error!(error.reference = %reference, error.story = format!("{source:#}"), trace, "unavailable");
            AppError::Unavailable(reference)
        }
        Error::Internal(source) => {
            let reference = error_ref();
            tracing::error!(error.reference = %reference, error.story = format!("{source:#}"), trace, "internal error");
            AppError::Internal(reference)
        }
    }
}

/// A verb's result on its way to a page or over the wire. On an error the response gets its status; a plain form (no JavaScript) is
/// sent to a page that says what happened, since its own page is gone.
///
/// # Errors
/// The verb's, in words that may leave.
pub fn answer<T>(result: services::Result<T>) -> Result<T, AppError> {
    result.map_err(|error| {
        let inbound = inbound();
        let said = log_error(&error, inbound.as_ref().map_or("", |i| i.request.trace.as_str()));
        page_error(&said);
        said
    })
}

/// Gives the response the status an error stands for.
pub fn page_error(error: &AppError) {
    let Some(i) = inbound() else { return };
    if let AppError::TooMany { retry_after_s } = error {
        set_header(header::RETRY_AFTER, &retry_after_s.to_string());
    }
    if i.is_rpc && i.wants_html {
        let reference = match error {
            AppError::Internal(r) | AppError::Unavailable(r) => format!("&ref={r}"),
            _ => String::new(),
        };
        redirect(&format!("/problem?kind={}{reference}", error.status()));
    } else {
        set_status(error.status());
    }
}

pub(crate) fn set_status(status: u16) {
    if let (Some(options), Ok(status)) = (use_context::<ResponseOptions>(), StatusCode::from_u16(status)) {
        options.set_status(status);
    }
}

pub(crate) fn set_header(name: HeaderName, value: &str) {
    if let (Some(options), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(value)) {
        options.insert_header(name, value);
    }
}

/// Sends the browser on: 303 for a page or a plain form, the client-side header for a hydrated call. Paths of this site only.
pub fn redirect(path: &str) {
    let path = if path.starts_with('/') && !path.starts_with("//") && !path.starts_with("/\\") { path } else { "/" };
    let Some(i) = inbound() else { return };
    set_header(header::LOCATION, path);
    if i.wants_html || !i.is_rpc {
        set_status(303);
    } else {
        set_header(HeaderName::from_static("serverfnredirect"), "");
    }
}
