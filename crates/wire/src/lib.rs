//! What else crosses the wire: errors, field errors, pages and cursors.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use server_fn::codec::JsonEncoding;
use server_fn::error::{FromServerFnError, ServerFnErrorErr};
use thiserror::Error;

pub use domain::values::FieldErrors;

/// The reference a person can quote and the log explains: short, unambiguous, random.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ErrorRef(pub String);

impl std::fmt::Display for ErrorRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a page is told when a verb refuses. `Internal` holds a reference and no text: internal words never leave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Error)]
pub enum AppError {
    #[error("We could not find that")]
    NotFound,
    #[error("Your account may not do that")]
    Forbidden,
    #[error("Sign in to continue")]
    SignedOut,
    /// A sentence that says what happened and what to do next.
    #[error("{0}")]
    Conflict(String),
    #[error("There is a problem with what was entered")]
    Invalid(FieldErrors),
    #[error("Too many attempts. Try again in {retry_after_s} seconds")]
    TooMany { retry_after_s: u32 },
    #[error("The service is not available just now. Nothing was lost. Try again in a minute. Reference {0}")]
    Unavailable(ErrorRef),
    #[error("Something went wrong on our side. Nothing was changed. Reference {0}")]
    Internal(ErrorRef),
    /// The browser could not reach us.
    #[error("No connection. Check your signal and try again")]
    Offline,
}

impl AppError {
    pub const fn status(&self) -> u16 {
        match self {
            Self::NotFound => 404,
            Self::Forbidden => 403,
            Self::SignedOut => 401,
            Self::Conflict(_) => 409,
            Self::Invalid(_) => 422,
            Self::TooMany { .. } => 429,
            Self::Unavailable(_) | Self::Offline => 503,
            Self::Internal(_) => 500,
        }
    }
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    /// The transport's own failures: a lost connection in the browser, a body that does not decode on the server.
    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Response(_) => Self::Offline,
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) => {
                Self::Invalid(FieldErrors::one("", "The form was not complete. Reload the page and try again"))
            }
            _ => Self::Internal(ErrorRef("transport".to_owned())),
        }
    }
}

/// What was typed into a plain form that was refused, and why; passwords excepted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typed {
    pub values: BTreeMap<String, String>,
    pub errors: FieldErrors,
    /// The refusal was for haste.
    pub retry_after_s: Option<u32>,
}

impl Typed {
    pub fn value(&self, name: &str) -> String {
        self.values.get(name).cloned().unwrap_or_default()
    }
    pub fn error(&self, name: &str) -> String {
        self.errors.get(name).unwrap_or_default().to_owned()
    }
    /// For an error summary: field and sentence.
    pub fn errors(&self) -> Vec<(String, String)> {
        self.errors.iter().map(|(field, sentence)| (field.to_owned(), sentence.to_owned())).collect()
    }
}

/// One keyset page: `next` is an opaque cursor, absent on the last page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next: Option<Cursor>,
    pub previous: Option<Cursor>,
}

impl<T> Page<T> {
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(change).collect(), next: self.next, previous: self.previous }
    }
}

/// An opaque position in a list, safe in a URL. What it holds is its list's own business.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(pub String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_survives_the_wire() {
        for error in [
            AppError::NotFound,
            AppError::Invalid(FieldErrors::one("title", "Enter a title")),
            AppError::TooMany { retry_after_s: 30 },
            AppError::Internal(ErrorRef("7KQ2-M9XD".into())),
        ] {
            let json = serde_json::to_string(&error).expect("serialises");
            assert_eq!(serde_json::from_str::<AppError>(&json).expect("reads back"), error);
        }
    }
}
