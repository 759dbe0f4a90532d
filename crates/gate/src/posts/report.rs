use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{DefaultBodyLimit, FromRequest as _, Multipart, Path, Request, State};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::tickets::{RawAnswers, Step};
use domain::{AttachmentId, DraftId, TicketId};
use http::header;
use http::request::Parts;
use services::report::{self, DRAFT_KEPT, Reporting, Saved, Submitted, guest, photos};
use services::{Error, House, Result};

use super::uploads::{self, Part};
use super::{GUEST, fields, refused, see, tenant, who};
use crate::session_cookie;

/// A page's answers, and no more.
const FORM_LIMIT: usize = 256 * 1024;
/// Eight photos of ten megabytes, and the form around them; each photo is looked at by itself as it arrives.
const PHOTOS_LIMIT: usize = 84 * 1024 * 1024;

pub(super) fn routes() -> Router<House> {
    Router::new()
        .route("/report", post(start))
        .route("/report/resume", post(resume))
        .route("/report/{draft}/{step}", post(answer_step))
        .route("/report/{draft}/photo/{photo}", get(thumbnail))
        .route("/r/{slug}", post(open))
        .layer(DefaultBodyLimit::max(PHOTOS_LIMIT))
}

async fn start(State(house): State<House>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let begun = async { report::start(&tenant(&house, &parts).await?).await };
    match begun.await {
        Ok(draft) => see(&format!("/report/{draft}/emergency")),
        Err(error) => refused(&house, error, "/report", RawAnswers::default()).await,
    }
}

async fn open(State(house): State<House>, Path(slug): Path<String>) -> Response {
    match guest::open(&house, &slug).await {
        Ok(secret) => let_in(&house, &secret.secret(), &format!("/report/{}/emergency", secret.draft())),
        Err(error) => refused(&house, error, "/", RawAnswers::default()).await,
    }
}

/// The link from the e-mail, pressed by a person: mail scanners follow links and press no buttons.
async fn resume(State(house): State<House>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let secret = read(body).await.one("token").to_owned();
    match guest::resolve(&house, &secret, crate::Inbound::of_parts(&parts).request).await {
        Ok(cx) => let_in(&house, &secret, &format!("/report/{}", cx.draft())),
        Err(Error::SignedOut) => see("/report/resume?gone=1"),
        Err(error) => refused(&house, error, "/report/resume", RawAnswers::default()).await,
    }
}

fn let_in(house: &House, secret: &str, path: &str) -> Response {
    let cookie = session_cookie::set(house, GUEST, secret, DRAFT_KEPT.as_secs());
    (AppendHeaders([(header::SET_COOKIE, cookie)]), Redirect::to(path)).into_response()
}

async fn read(body: Body) -> RawAnswers {
    fields(&to_bytes(body, FORM_LIMIT).await.unwrap_or_default())
}

/// One page's answer; the pages `check`, `code`, `confirm` and `link` send, prove and keep.
async fn answer_step(State(house): State<House>, Path((draft, step)): Path<(String, String)>, request: Request) -> Response {
    let page = format!("/report/{draft}/{step}");
    let Ok(id) = draft.parse::<DraftId>() else { return refused(&house, Error::NotFound, "/", RawAnswers::default()).await };
    let is_multipart = request.headers().get(header::CONTENT_TYPE).is_some_and(|t| t.as_bytes().starts_with(b"multipart/form-data"));
    if step == Step::Photos.as_str() && is_multipart {
        return add_photos(&house, id, request).await;
    }
    let (parts, body) = request.into_parts();
    let raw = read(body).await;
    match take(&house, &parts, id, &step, raw.clone()).await {
        Ok(next) => see(&next),
        Err(error) => refused(&house, error, &back_page(&page), raw).await,
    }
}

/// Forms without a page of their own return to the page they stand on.
fn back_page(page: &str) -> String {
    page.strip_suffix("/confirm").or_else(|| page.strip_suffix("/code")).map_or_else(|| page.to_owned(), |draft| format!("{draft}/done"))
}

/// Takes what was sent; answers where to go.
async fn take(house: &House, parts: &Parts, id: DraftId, step: &str, raw: RawAnswers) -> Result<String> {
    let who = who(house, parts, id).await?;
    let done = format!("/report/{id}/done");
    match (step, &who) {
        ("link", who) => {
            report::send_resume_link(who, id).await?;
            Ok(format!("/report/{id}/saved"))
        }
        ("confirm", Reporting::Guest(cx)) => guest::confirm(cx, raw.one("code")).await.map(|_| done),
        ("code", Reporting::Guest(cx)) => guest::send_code(cx).await.map(|()| format!("{done}?sent=1")),
        ("duplicates", Reporting::Tenant(cx)) if let Ok(ticket) = raw.one("same").parse::<TicketId>() => {
            report::follow(cx, id, ticket).await?;
            Ok("/repairs?followed=1".to_owned())
        }
        ("check", who) => Ok(match report::submit(who, id).await? {
            Submitted::As(_) => done,
            Submitted::Missing(step) => format!("/report/{id}/{}", step.as_str()),
            Submitted::Limited => format!("/report/{id}/check"),
        }),
        (step, who) => {
            let step = Step::parse(step).ok_or(Error::NotFound)?;
            Ok(match report::save_step(who, id, step, raw.clone()).await? {
                // An emergency's advice comes before the next question.
                Saved::Next(_) if step == Step::Emergency && raw.one("emergency") != domain::tickets::NONE => format!("/report/{id}/now"),
                Saved::Next(next) => format!("/report/{id}/{}", next.as_str()),
                Saved::Refused(step) if step == Step::Questions => {
                    format!("/report/{id}/{}?ask={}", step.as_str(), crate::context::percent(raw.one("question")))
                }
                Saved::Refused(step) => format!("/report/{id}/{}", step.as_str()),
                Saved::Submitted(_) => done,
            })
        }
    }
}

/// The photos page: files, a button that removes one, and Continue.
async fn add_photos(house: &House, id: DraftId, request: Request) -> Response {
    let page = format!("/report/{id}/photos");
    let (parts, body) = request.into_parts();
    let who = match who(house, &parts, id).await {
        Ok(who) => who,
        Err(error) => return refused(house, error, &page, RawAnswers::default()).await,
    };
    let Ok(form) = Multipart::from_request(Request::from_parts(parts, body), &()).await else { return see(&page) };
    match photos_of(&who, id, form).await {
        Ok(next) => see(&next),
        Err(error) => refused(house, error, &page, RawAnswers::default()).await,
    }
}

async fn photos_of(who: &Reporting, id: DraftId, mut form: Multipart) -> Result<String> {
    let page = format!("/report/{id}/photos");
    let (mut refusals, mut goes_on) = (Vec::new(), false);
    while let Some(part) = uploads::next(&mut form).await {
        match part {
            // The others are taken all the same: one wrong file must not cost seven good ones their way over a bad line.
            Part::File { name, bytes } => {
                if let photos::Added::Refused(sentence) = photos::add(who, id, &name, bytes).await? {
                    refusals.push(sentence);
                }
            }
            Part::Field { name, value } if name == "remove" => {
                if let Ok(photo) = value.parse::<AttachmentId>() {
                    photos::remove(who, id, photo).await?;
                }
                return Ok(page);
            }
            Part::Field { name, value } => goes_on |= name == "then" && value == "continue",
            // The connection went: what had arrived whole is kept, and the rest leaves nothing behind.
            Part::CutOff => {
                refusals.push("A photo did not arrive whole. Check your signal and send it again".to_owned());
                break;
            }
        }
    }
    if !refusals.is_empty() {
        photos::note_refusals(who, id, &refusals).await?;
        return Ok(page);
    }
    if !goes_on {
        return Ok(page);
    }
    Ok(match report::save_step(who, id, Step::Photos, RawAnswers::default()).await? {
        Saved::Next(next) => format!("/report/{id}/{}", next.as_str()),
        Saved::Refused(_) => page,
        Saved::Submitted(_) => format!("/report/{id}/done"),
    })
}

async fn thumbnail(State(house): State<House>, Path((draft, photo)): Path<(String, String)>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let found = async {
        let (draft, photo) = (draft.parse().map_err(|_| Error::NotFound)?, photo.parse().map_err(|_| Error::NotFound)?);
        photos::thumbnail(&who(&house, &parts, draft).await?, draft, photo).await
    };
    uploads::picture(&house, found.await).await
}
