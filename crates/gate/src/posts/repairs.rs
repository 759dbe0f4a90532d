use axum::Router;
use axum::body::to_bytes;
use axum::extract::{DefaultBodyLimit, FromRequest as _, Multipart, Path, Request, State};
use axum::response::Response;
use axum::routing::{get, post};
use domain::TicketId;
use domain::tickets::{Fixed, Preferences, RawAnswers};
use http::request::Parts;
use services::auth::Visitor;
use services::repairs::{self, Answered, Copy};
use services::{Cx, Error, House, Result, Tenant};

use super::uploads::{self, Part};
use super::{fields, refused, see, tenant, visitor_of};

const FORM_LIMIT: usize = 256 * 1024;
/// Five photos at once on a repair.
const PHOTOS_LIMIT: usize = 52 * 1024 * 1024;

pub(super) fn routes() -> Router<House> {
    Router::new()
        .route("/repairs/{id}/note", post(note))
        .route("/repairs/{id}/fixed", post(fixed))
        .route("/repairs/{id}/cancel", post(cancel))
        .route("/repairs/{id}/photo", post(photo))
        .route("/preferences", post(preferences))
        .route("/photos/{id}/{copy}", get(picture))
        .layer(DefaultBodyLimit::max(PHOTOS_LIMIT))
}

/// Reads a form for a repair, lets `verb` take it, and answers where to go.
async fn with_form<F>(house: House, id: String, request: Request, anchor: &str, verb: F) -> Response
where
    F: AsyncFnOnce(&Cx<Tenant>, TicketId, &RawAnswers) -> Result<String>,
{
    let page = format!("/repairs/{id}");
    let (parts, body) = request.into_parts();
    let raw = fields(&to_bytes(body, FORM_LIMIT).await.unwrap_or_default());
    let taken = async {
        let id = id.parse().map_err(|_| Error::NotFound)?;
        verb(&tenant(&house, &parts).await?, id, &raw).await
    };
    match taken.await {
        Ok(next) => see(&format!("{next}{anchor}")),
        Err(error) => refused(&house, error, &page, raw.clone()).await,
    }
}

async fn note(State(house): State<House>, Path(id): Path<String>, request: Request) -> Response {
    let page = format!("/repairs/{id}?done=note");
    with_form(house, id, request, "#story", async |cx, id, raw| repairs::add_note(cx, id, raw.one("note")).await.map(|()| page)).await
}

async fn fixed(State(house): State<House>, Path(id): Path<String>, request: Request) -> Response {
    let page = format!("/repairs/{id}");
    with_form(house, id, request, "", async |cx, id, raw| {
        let fixed = Fixed::parse(raw.one("fixed")).ok_or_else(|| Error::invalid("fixed", "Select whether it is fixed"))?;
        Ok(match repairs::say_fixed(cx, id, fixed, raw.one("words")).await? {
            Answered::Closed => format!("{page}?done=closed"),
            Answered::Reopened => format!("{page}?done=reopened"),
            Answered::Linked(ticket) => format!("/repairs/{}?done=linked", ticket.id),
        })
    })
    .await
}

async fn cancel(State(house): State<House>, Path(id): Path<String>, request: Request) -> Response {
    let page = format!("/repairs/{id}?done=cancelled");
    with_form(house, id, request, "", async |cx, id, raw| repairs::cancel(cx, id, raw.one("reason")).await.map(|()| page)).await
}

async fn photo(State(house): State<House>, Path(id): Path<String>, request: Request) -> Response {
    let page = format!("/repairs/{id}");
    let (parts, body) = request.into_parts();
    let taken = async {
        let id: TicketId = id.parse().map_err(|_| Error::NotFound)?;
        let cx = tenant(&house, &parts).await?;
        let mut form = Multipart::from_request(Request::from_parts(parts, body), &())
            .await
            .map_err(|_| Error::invalid("photos", "Choose a photo first"))?;
        let mut added = 0;
        while let Some(part) = uploads::next(&mut form).await {
            match part {
                Part::File { name, bytes } => {
                    repairs::add_photo(&cx, id, &name, bytes).await?;
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
    match taken.await {
        Ok(()) => see(&format!("{page}?done=photo#gallery")),
        Err(error) => refused(&house, error, &page, RawAnswers::default()).await,
    }
}

async fn preferences(State(house): State<House>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let raw = fields(&to_bytes(body, FORM_LIMIT).await.unwrap_or_default());
    let wanted = Preferences {
        channel: raw.one("channel").to_owned(),
        language: raw.one("language").to_owned(),
        large_print: !raw.one("large_print").is_empty(),
        version: raw.one("version").parse().unwrap_or(0),
    };
    match save(&house, &parts, wanted).await {
        Ok(()) => see("/preferences?done=1"),
        Err(error) => refused(&house, error, "/preferences", raw).await,
    }
}

async fn save(house: &House, parts: &Parts, wanted: Preferences) -> Result<()> {
    repairs::set_preferences(&tenant(house, parts).await?, wanted).await
}

/// The originals stay where they are: pages show copies.
async fn picture(State(house): State<House>, Path((id, copy)): Path<(String, String)>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let found = async {
        let copy = match copy.as_str() {
            "small" => Copy::Thumbnail,
            "large" => Copy::Display,
            _ => return Err(Error::NotFound),
        };
        let id = id.parse().map_err(|_| Error::NotFound)?;
        match visitor_of(&house, &parts).await {
            Ok(Visitor::Tenant(cx)) => repairs::photo(&cx, id, copy).await,
            Ok(Visitor::Staff(cx)) => services::tickets::detail::photo(&cx, id, copy).await,
            Ok(Visitor::Contractor(..)) | Err(Error::SignedOut) => {
                services::work_orders::portal::photo(&super::work::contractor(&house, &parts).await?, id, copy).await
            }
            Err(error) => Err(error),
        }
    };
    uploads::picture(&house, found.await).await
}
