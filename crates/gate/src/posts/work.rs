//! A contractor's forms: the link in an email, what is done to an order, photos of the work.
//!
//! The same address takes a form from a page and a call from a telephone's queue. The queue asks for JSON and sends an `Idempotency-Key`, so
//! that what was sent before the signal went is carried out once; what happened meanwhile comes back as a conflict with a sentence (409), and
//! nothing is resolved in silence.

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{DefaultBodyLimit, FromRequest as _, Multipart, Path, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use domain::WorkOrderId;
use domain::tickets::RawAnswers;
use domain::values::FieldErrors;
use domain::work_orders::{CompletionForm, SlotForm};
use http::request::Parts;
use http::{HeaderName, HeaderValue, StatusCode, header};
use services::auth::{Visitor, links};
use services::work_orders::Proposal;
use services::work_orders::portal::{self, Action, Outcome, Seen};
use services::{Contractor, Cx, Error, House, Result};
use uuid::Uuid;

use super::uploads::{self, Part};
use super::{fields, refused, see, visitor_of};
use crate::context::Inbound;
use crate::session_cookie;

/// A signature's strokes and a long description of work.
const FORM_LIMIT: usize = 512 * 1024;
const PHOTOS_LIMIT: usize = 52 * 1024 * 1024;
const KEY: HeaderName = HeaderName::from_static("idempotency-key");

pub(super) fn routes() -> Router<House> {
    Router::new()
        .route("/w/{secret}", post(open))
        .route("/work/{id}/act", post(act))
        .route("/work/{id}/photos", post(photos))
        .layer(DefaultBodyLimit::max(PHOTOS_LIMIT))
}

/// A contractor: with a log-in, else by the link their browser opened.
pub(super) async fn contractor(house: &House, parts: &Parts) -> Result<Cx<Contractor>> {
    match visitor_of(house, parts).await {
        Ok(Visitor::Contractor(cx, _)) => return Ok(cx),
        Ok(_) | Err(Error::SignedOut) => {}
        Err(error) => return Err(error),
    }
    let inbound = Inbound::of_parts(parts);
    let secret = inbound.link.ok_or(Error::SignedOut)?;
    match links::resolve(house, &secret, inbound.request).await {
        Ok(links::Linked::Order(cx, _)) => Ok(cx),
        Ok(links::Linked::Approval(..)) | Err(Error::NotFound) => Err(Error::SignedOut),
        Err(error) => Err(error),
    }
}

/// The button of an order's link: from here on this browser holds the link.
async fn open(State(house): State<House>, Path(secret): Path<String>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    match links::resolve(&house, &secret, Inbound::of_parts(&parts).request).await {
        Ok(links::Linked::Order(_, order)) => {
            let mut response = see(&format!("/work/{order}"));
            if let Ok(cookie) = HeaderValue::from_str(&session_cookie::link(&house, &secret)) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            response
        }
        // The page says that the link has ended.
        Ok(links::Linked::Approval(..)) | Err(Error::NotFound) => see("/w/ended"),
        Err(error) => refused(&house, error, "/work", RawAnswers::default()).await,
    }
}

fn wants_json(parts: &Parts) -> bool {
    parts.headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).is_some_and(|accept| accept.contains("application/json"))
}

fn key(parts: &Parts) -> Option<Uuid> {
    parts.headers.get(KEY)?.to_str().ok()?.parse().ok()
}

async fn act(State(house): State<House>, Path(id): Path<String>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let raw = fields(&to_bytes(body, FORM_LIMIT).await.unwrap_or_default());
    let taken = async {
        let id: WorkOrderId = id.parse().map_err(|_| Error::NotFound)?;
        let action = read(&raw)?;
        let cx = contractor(&house, &parts).await?;
        portal::act(&cx, id, &action, key(&parts)).await
    };
    let page = format!("/work/{id}");
    let done = raw.one("do").to_owned();
    let acted = taken.await;
    if wants_json(&parts) {
        return told(acted.map(|a| match a.outcome {
            Outcome::Overtaken(sentence) => Err(sentence),
            Outcome::Done | Outcome::Replayed => Ok(()),
        }));
    }
    match acted {
        Ok(acted) => match acted.outcome {
            Outcome::Done => see(&format!("{page}?done={done}")),
            Outcome::Replayed => see(&format!("{page}?done=replayed")),
            Outcome::Overtaken(_) if matches!(acted.now, Seen::Gone(_)) => see(&page),
            Outcome::Overtaken(sentence) => refused(&house, Error::conflict(sentence), &page, raw).await,
        },
        Err(error) => refused(&house, error, &page, raw).await,
    }
}

/// The queue's answer: 200, 409 with a sentence where it was overtaken, 422 by field, or what the error is.
fn told(acted: Result<std::result::Result<(), String>>) -> Response {
    let (status, body) = match acted {
        Ok(Ok(())) => (StatusCode::OK, serde_json::json!({ "done": true })),
        Ok(Err(sentence)) | Err(Error::Conflict(sentence)) => (StatusCode::CONFLICT, serde_json::json!({ "sentence": sentence })),
        Err(Error::Invalid(errors)) => {
            let sentence = errors.iter().map(|(_, s)| s.to_owned()).collect::<Vec<_>>().join(". ");
            (StatusCode::UNPROCESSABLE_ENTITY, serde_json::json!({ "sentence": sentence }))
        }
        Err(error) => {
            let said = crate::log_error(&error, "");
            let status = StatusCode::from_u16(said.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, serde_json::json!({ "sentence": said.to_string() }))
        }
    };
    (status, axum::Json(body)).into_response()
}

async fn photos(State(house): State<House>, Path(id): Path<String>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let (json, key) = (wants_json(&parts), key(&parts));
    let taken = async {
        let id: WorkOrderId = id.parse().map_err(|_| Error::NotFound)?;
        let cx = contractor(&house, &parts).await?;
        let mut form = Multipart::from_request(Request::from_parts(parts, body), &())
            .await
            .map_err(|_| Error::invalid("photos", "Choose a photo first"))?;
        let mut added = 0;
        while let Some(part) = uploads::next(&mut form).await {
            match part {
                Part::File { name, bytes } => {
                    // A key is for one photo: the queue sends each by itself.
                    portal::add_photo(&cx, id, &name, bytes, key.filter(|_| added == 0)).await?;
                    added += 1;
                }
                Part::Field { .. } => {}
                Part::CutOff => {
                    return Err(Error::invalid("photos", "The photo did not arrive whole. Check your signal and send it again"));
                }
            }
        }
        if added == 0 { Err(Error::invalid("photos", "Choose a photo first")) } else { Ok(()) }
    };
    let taken = taken.await;
    if json {
        return told(taken.map(Ok));
    }
    let page = format!("/work/{id}");
    match taken {
        Ok(()) => see(&format!("{page}?done=photo")),
        Err(error) => refused(&house, error, &page, RawAnswers::default()).await,
    }
}

/// A form's fields as the action they name.
///
/// # Errors
/// `Invalid` by field for what is not an id where one is wanted; what people type is read by the verb.
fn read(raw: &RawAnswers) -> Result<Action> {
    let text = |name: &str| raw.one(name).to_owned();
    let time = |suffix: &str| SlotForm {
        window: text(&format!("window{suffix}")),
        date: text(&format!("date{suffix}")),
        from: text(&format!("from{suffix}")),
        to: text(&format!("to{suffix}")),
    };
    let optional = |name: &str| match raw.one(name).trim() {
        "" => Ok(None),
        typed => typed.parse::<Uuid>().map(Some).map_err(|_| Error::NotFound),
    };
    let needed = |name: &str| optional(name)?.ok_or(Error::NotFound);
    Ok(match raw.one("do") {
        "accept" => Action::Accept,
        "decline" => Action::Decline { reason: text("reason") },
        "propose" => Action::Propose(Proposal {
            times: ["1", "2", "3"].into_iter().filter(|n| *n == "1" || !raw.one(&format!("date{n}")).trim().is_empty()).map(time).collect(),
            auto_confirm: !raw.one("auto_confirm").is_empty(),
            operative: optional("operative")?.map(Into::into),
            note: text("note"),
        }),
        "book" => Action::Book { time: time(""), operative: optional("operative")?.map(Into::into) },
        "confirm" => Action::Confirm { visit: needed("visit")?.into() },
        "move_visit" => {
            Action::MoveVisit { visit: needed("visit")?.into(), time: time(""), operative: optional("operative")?.map(Into::into) }
        }
        "cancel_visit" => Action::CancelVisit { visit: needed("visit")?.into(), reason: text("reason") },
        "send" => Action::Send { operative: optional("operative")?.map(Into::into) },
        "set_off" => Action::SetOff { visit: needed("visit")?.into() },
        "arrive" => Action::Arrive { visit: optional("visit")?.map(Into::into) },
        "leave" => Action::Leave { visit: needed("visit")?.into() },
        "no_access" => Action::NoAccess { visit: needed("visit")?.into(), note: text("note"), photo: optional("photo")?.map(Into::into) },
        "tick" => Action::Tick {
            checklist: needed("checklist")?.into(),
            item: raw.one("item").parse().map_err(|_| Error::NotFound)?,
            value: text("value"),
        },
        "note" => Action::Note { body: text("body") },
        "complete" => Action::Complete(CompletionForm {
            notes: text("notes"),
            minutes: text("minutes"),
            materials: text("materials"),
            fixed: text("fixed"),
            follow_on: text("follow_on"),
            follow_on_trade: text("follow_on_trade"),
            follow_on_what: text("follow_on_what"),
            follow_on_urgent: text("follow_on_urgent"),
            signed_by: text("signed_by"),
            strokes: text("strokes"),
        }),
        _ => return Err(Error::Invalid(FieldErrors::one("do", "Choose what to do"))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggestions_left_empty_are_not_sent() {
        let raw = RawAnswers::of(&[
            ("do", "propose"),
            ("date1", "24/11/2026"),
            ("window1", "am"),
            ("date2", " "),
            ("window2", "pm"),
            ("date3", "25/11/2026"),
            ("window3", "pm"),
        ]);
        let Ok(Action::Propose(proposal)) = read(&raw) else { panic!("a proposal") };
        assert_eq!(proposal.times.iter().map(|t| t.date.as_str()).collect::<Vec<_>>(), ["24/11/2026", "25/11/2026"]);
    }

    #[test]
    fn a_visit_that_is_no_id_is_not_found() {
        assert!(matches!(read(&RawAnswers::of(&[("do", "set_off"), ("visit", "1")])), Err(Error::NotFound)));
        assert!(matches!(read(&RawAnswers::of(&[("do", "nonsense")])), Err(Error::Invalid(_))));
    }
}
