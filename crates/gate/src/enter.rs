//! Taking a browser in: from a log-in's outcome to its cookie and its next page.

use services::auth::sessions::{self, Session, SessionToken};
use services::auth::{LogIn, Ticket};
use services::{House, Request};
use wire::AppError;

use crate::answer::{answer, redirect};
use crate::context::{cookie, house, inbound, visitor};
use crate::session_cookie::{self, append, start_session};

/// Carries a log-in from one step to the next; the ticket in it lasts ten minutes.
const STEP: &str = "fettle-step";
const STEP_S: i64 = 600;

/// Where the request that runs came from.
pub fn request() -> Request {
    inbound().map(|i| i.request).unwrap_or_default()
}

/// Goes on with a log-in that was not refused: the session's cookie and the way home, or the next question. `next` is where the person was
/// going.
///
/// # Errors
/// `Unavailable` when Postgres is away.
pub async fn enter(how_far: LogIn<SessionToken>, next: &str) -> Result<(), AppError> {
    let house = house()?;
    match how_far {
        LogIn::In(token) => {
            let session = answer(sessions::resolve(&house, token.secret(), request()).await)?;
            start_session(&house, &token);
            append(&session_cookie::set(&house, STEP, "", 0));
            redirect(if is_local(next) { next } else { session.visitor.home() });
        }
        LogIn::NeedsSecondFactor(ticket) => step(&house, &ticket, "/login/code", next),
        LogIn::Choose { ticket, .. } => step(&house, &ticket, "/login/choose", next),
        LogIn::Refused => redirect("/login"),
    }
    Ok(())
}

fn step(house: &House, ticket: &Ticket, page: &str, next: &str) {
    append(&session_cookie::set(house, STEP, &ticket.0, STEP_S));
    redirect(&if is_local(next) { format!("{page}?next={}", crate::context::percent(next)) } else { page.to_owned() });
}

fn is_local(path: &str) -> bool {
    path.len() > 1 && path.starts_with('/') && !path.starts_with("//") && !path.starts_with("/\\")
}

/// The ticket of the step a log-in stands at.
pub fn ticket() -> Option<String> {
    cookie(STEP).or_else(|| cookie(&format!("__Host-{STEP}"))).filter(|t| !t.is_empty())
}

/// The session behind this request, for pages that tell it from others.
///
/// # Errors
/// As [`visitor`].
pub async fn session() -> Result<Session, AppError> {
    // Sends whoever is signed out to log in.
    visitor().await?;
    let token = session_token().ok_or(AppError::SignedOut)?;
    answer(sessions::resolve(&house()?, &token, request()).await)
}

/// Goes on as another membership of the same login.
///
/// # Errors
/// `NotFound` when it is not this login's.
pub async fn switch(to: domain::MembershipId) -> Result<(), AppError> {
    visitor().await?;
    let token = session_token().ok_or(AppError::SignedOut)?;
    let house = house()?;
    let fresh = answer(sessions::switch(&house, &token, to, &request()).await)?;
    enter(LogIn::In(fresh), "").await
}

fn session_token() -> Option<String> {
    inbound().and_then(|i| i.session_token)
}
