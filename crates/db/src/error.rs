use thiserror::Error;

/// What can go wrong at the database, apart from "no such row", which is an `Option`.
#[derive(Debug, Error)]
pub enum DbError {
    #[error(transparent)]
    Driver(#[from] sqlx::Error),
    #[error(transparent)]
    Migration(#[from] sqlx::migrate::MigrateError),
    #[error("{table} {row}: {what}")]
    Inconsistent { table: &'static str, row: String, what: String },
    #[error("the task that began a transaction did not finish")]
    Begin,
}

impl DbError {
    /// The violated constraint's name, for turning it into a field's sentence.
    pub fn constraint(&self) -> Option<&str> {
        match self {
            Self::Driver(error) => constraint_of(error),
            _ => None,
        }
    }
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Self::Driver(error) if is_unavailable(error)) || matches!(self, Self::Begin)
    }
}

pub fn constraint_of(error: &sqlx::Error) -> Option<&str> {
    error.as_database_error().and_then(|e| e.constraint())
}

/// Postgres is away, restarting or full: answer 503 and try again later; nothing is wrong with the request.
pub fn is_unavailable(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::BeginFailed => true,
        // 57P01 admin shutdown, 57P02 crash shutdown, 57P03 cannot connect now, 53300 too many connections, class 08 connection.
        sqlx::Error::Database(e) => {
            e.code().is_some_and(|c| matches!(c.as_ref(), "57P01" | "57P02" | "57P03" | "53300") || c.starts_with("08"))
        }
        _ => false,
    }
}
