//! The plain forms of tenants and contractors: a browser without JavaScript posts them, a verb takes them, and a 303 shows what came of it.
//!
//! They are ordinary routes and not server functions because a form sends what a person ticked and typed, in any number: boxes of one name,
//! photos, whatever was refused and must be shown again. Each answers with a redirect; what was refused stands in the draft, or is kept for
//! ten minutes under an id in the address. Whoever is signed out meanwhile logs in and finds what they typed.

mod calendar;
mod repairs;
mod report;
mod uploads;
mod work;

use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use domain::DraftId;
use domain::tickets::RawAnswers;
use http::request::Parts;
use leptos::prelude::use_context;
use services::report::{Reporting, guest};
use services::{Cx, Error, House, Result, Tenant};
use uuid::Uuid;
use wire::AppError;

use crate::context::{Inbound, percent, visitor};
use crate::{answer, log_error, session_cookie};

/// The cookie that holds a guest's secret.
const GUEST: &str = "report";

/// Every form of the tenant's pages, and the contractors' calendars.
pub fn routes(house: &House) -> Router {
    Router::new().merge(calendar::routes()).merge(report::routes()).merge(repairs::routes()).merge(work::routes()).with_state(house.clone())
}

/// Whoever may work on this draft: the guest whose cookie names it, else the tenant who is signed in (whose own drafts alone will be found).
///
/// # Errors
/// `SignedOut`; a page that is being rendered is sent to `/login?next=…` besides.
pub async fn reporting(draft: DraftId) -> Result<Reporting, AppError> {
    let house = crate::house()?;
    if let Some(parts) = use_context::<Parts>()
        && let Some(guest) = answer(guest_of(&house, &parts, Some(draft)).await)?
    {
        return Ok(guest.into());
    }
    answer(visitor().await?.tenant()).map(Into::into)
}

/// The draft of the guest whose browser this is, for the public page's "go on with your report".
pub async fn guest_draft() -> Result<Option<DraftId>, AppError> {
    let house = crate::house()?;
    let Some(parts) = use_context::<Parts>() else { return Ok(None) };
    Ok(answer(guest_of(&house, &parts, None).await)?.map(|cx| cx.draft()))
}

/// What was typed into a form that was refused or met a closed door, from the id in the address.
pub async fn kept(id: &str) -> Result<Option<Kept>, AppError> {
    let Ok(id) = id.parse::<Uuid>() else { return Ok(None) };
    answer(services::auth::flashes::read(&crate::house()?, id).await)
}

/// A refused form.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Kept {
    pub raw: RawAnswers,
    pub errors: domain::values::FieldErrors,
}

async fn guest_of(house: &House, parts: &Parts, draft: Option<DraftId>) -> Result<Option<Cx<services::Reporter>>> {
    let host = format!("__Host-{GUEST}");
    let Some(secret) = session_cookie::cookie(&parts.headers, &host).or_else(|| session_cookie::cookie(&parts.headers, GUEST)) else {
        return Ok(None);
    };
    match guest::resolve(house, &secret, Inbound::of_parts(parts).request).await {
        Ok(cx) if draft.is_none_or(|id| id == cx.draft()) => Ok(Some(cx)),
        Ok(_) | Err(Error::SignedOut) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn who(house: &House, parts: &Parts, draft: DraftId) -> Result<Reporting> {
    match guest_of(house, parts, Some(draft)).await? {
        Some(guest) => Ok(guest.into()),
        None => Ok(tenant(house, parts).await?.into()),
    }
}

async fn visitor_of(house: &House, parts: &Parts) -> Result<services::auth::Visitor> {
    let inbound = Inbound::of_parts(parts);
    let token = inbound.session_token.ok_or(Error::SignedOut)?;
    Ok(services::auth::sessions::resolve(house, &token, inbound.request).await?.visitor)
}

async fn tenant(house: &House, parts: &Parts) -> Result<Cx<Tenant>> {
    visitor_of(house, parts).await?.tenant()
}

fn see(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// Back to the page, which shows what was typed again with the sentences beside it.
async fn show_again(house: &House, page: &str, raw: RawAnswers, errors: domain::values::FieldErrors) -> Response {
    match services::auth::flashes::keep(house, &Kept { raw: raw.storable(), errors }).await {
        Ok(id) => see(&format!("{page}{}kept={id}", if page.contains('?') { '&' } else { '?' })),
        Err(error) => refused(house, error, page, RawAnswers::default()).await,
    }
}

/// What a form is told when its verb refused: to log in and come back with what was typed, or what happened.
async fn refused(house: &House, error: Error, page: &str, raw: RawAnswers) -> Response {
    match error {
        Error::Invalid(errors) => Box::pin(show_again(house, page, raw, errors)).await,
        Error::Conflict(sentence) => Box::pin(show_again(house, page, raw, domain::values::FieldErrors::one("", sentence))).await,
        Error::SignedOut => {
            let back =
                match services::auth::flashes::keep(house, &Kept { raw: raw.storable(), errors: domain::values::FieldErrors::default() })
                    .await
                {
                    Ok(id) => format!("{page}?kept={id}"),
                    Err(_) => page.to_owned(),
                };
            see(&format!("/login?next={}", percent(&back)))
        }
        error => {
            let said = log_error(&error, "");
            let reference = match &said {
                AppError::Internal(r) | AppError::Unavailable(r) => format!("&ref={r}"),
                _ => String::new(),
            };
            see(&format!("/problem?kind={}{reference}", said.status()))
        }
    }
}

/// A form's fields as they were sent.
fn fields(body: &[u8]) -> RawAnswers {
    let mut raw = RawAnswers::default();
    for pair in body.split(|b| *b == b'&').filter(|pair| !pair.is_empty()).take(200) {
        let mut halves = pair.splitn(2, |b| *b == b'=');
        let name = unescape(halves.next().unwrap_or_default());
        raw.add(name, unescape(halves.next().unwrap_or_default()));
    }
    raw
}

/// `application/x-www-form-urlencoded`; bytes that are no UTF-8 become the replacement character.
fn unescape(text: &[u8]) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.iter();
    while let Some(&byte) = rest.next() {
        let escaped = match (byte, rest.as_slice()) {
            (b'%', [high, low, ..]) => char::from(*high).to_digit(16).zip(char::from(*low).to_digit(16)),
            _ => None,
        };
        match (byte, escaped) {
            (_, Some((high, low))) => {
                out.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
                rest.nth(1);
            }
            (b'+', _) => out.push(b' '),
            _ => out.push(byte),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_read_as_browsers_write_them() {
        let raw = fields("needs=older&needs=breathing&details=It+drips%0D%0A%F0%9F%91%8B+100%25&empty=&%&bad=%zz%F".as_bytes());
        assert_eq!(raw.all("needs"), ["older", "breathing"]);
        assert_eq!(raw.one("details"), "It drips\r\n👋 100%");
        assert_eq!(raw.one("empty"), "");
        assert_eq!(raw.one("bad"), "%zz%F");
        assert_eq!(fields(b"a=%FF").one("a"), "\u{FFFD}");
    }
}
