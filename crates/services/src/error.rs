use db::DbError;
use thiserror::Error;
use wire::FieldErrors;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// How every such sentence ends, whoever it was and whatever they did.
const CHANGED_MEANWHILE: &str = "Your change was not saved. Look at theirs, then try again.";

/// Why a verb refused. `gate` and `api` turn it into their own words; `Internal` and `Unavailable` are logged there, once, with a reference.
#[derive(Debug, Error)]
pub enum Error {
    /// It does not exist, or this actor may not know that it does.
    #[error("not found")]
    NotFound,
    /// The actor may know of it but not do this.
    #[error("forbidden")]
    Forbidden,
    #[error("signed out")]
    SignedOut,
    /// A sentence for people: what happened meanwhile, and what to do.
    #[error("{0}")]
    Conflict(String),
    #[error("invalid input")]
    Invalid(FieldErrors),
    #[error("too many attempts")]
    TooMany { retry_after_s: u32 },
    #[error("unavailable: {0}")]
    Unavailable(#[source] anyhow::Error),
    #[error("internal: {0}")]
    Internal(#[source] anyhow::Error),
}

impl Error {
    pub fn invalid(field: &str, sentence: impl Into<String>) -> Self {
        Self::Invalid(FieldErrors::one(field, sentence))
    }
    pub fn conflict(sentence: impl Into<String>) -> Self {
        Self::Conflict(sentence.into())
    }
    pub fn internal(error: impl Into<anyhow::Error>) -> Self {
        Self::Internal(error.into())
    }
    /// Somebody else changed the thing since it was read (version check): nothing was overwritten.
    pub fn changed_meanwhile() -> Self {
        Self::changed_meanwhile_by("Somebody else changed this while you were working")
    }
    /// The same where it is known who did what: `Olive set the priority to Urgent 2 min ago`.
    pub fn changed_meanwhile_by(story: impl std::fmt::Display) -> Self {
        Self::Conflict(format!("{story}. {CHANGED_MEANWHILE}"))
    }
    /// Whether this is [`Error::changed_meanwhile`]: the API has a status of its own for it.
    pub fn is_changed_meanwhile(&self) -> bool {
        matches!(self, Self::Conflict(sentence) if sentence.ends_with(CHANGED_MEANWHILE))
    }
}

impl From<DbError> for Error {
    fn from(error: DbError) -> Self {
        if error.is_unavailable() { Self::Unavailable(error.into()) } else { Self::Internal(error.into()) }
    }
}
impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        DbError::Driver(error).into()
    }
}
impl From<FieldErrors> for Error {
    fn from(errors: FieldErrors) -> Self {
        Self::Invalid(errors)
    }
}
impl From<anyhow::Error> for Error {
    fn from(error: anyhow::Error) -> Self {
        Self::Internal(error)
    }
}
impl From<domain::tickets::WrongStatus> for Error {
    fn from(error: domain::tickets::WrongStatus) -> Self {
        Self::Conflict(error.to_string())
    }
}

impl From<domain::work_orders::WrongStep> for Error {
    fn from(error: domain::work_orders::WrongStep) -> Self {
        Self::Conflict(error.to_string())
    }
}

/// Turns a violated constraint into the refusal it means: `.on_constraint("memberships_org_id_login_id_role_key", || Error::invalid(…))`.
pub trait OnConstraint<T> {
    fn on_constraint(self, name: &str, refusal: impl FnOnce() -> Error) -> Result<T>;
}
impl<T> OnConstraint<T> for std::result::Result<T, sqlx::Error> {
    fn on_constraint(self, name: &str, refusal: impl FnOnce() -> Error) -> Result<T> {
        self.map_err(|error| if db::constraint_of(&error) == Some(name) { refusal() } else { error.into() })
    }
}
impl<T> OnConstraint<T> for Result<T> {
    fn on_constraint(self, name: &str, refusal: impl FnOnce() -> Error) -> Result<T> {
        self.map_err(|error| match &error {
            Error::Internal(source) if source.downcast_ref::<DbError>().and_then(DbError::constraint) == Some(name) => refusal(),
            _ => error,
        })
    }
}
