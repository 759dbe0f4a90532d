//! The live stream, `/events`: server-sent events that say *something of yours moved, up to this position*. No content travels here; the page
//! asks again under its own scope. A browser that reconnects sends Last-Event-ID and misses nothing, because positions have no holes.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::{Stream, StreamExt as _};
use http::{HeaderMap, StatusCode};
use services::auth::{Visitor, sessions};
use services::{House, live};
use tokio::sync::{broadcast, watch};

use crate::context::Inbound;

/// What the stream needs: the house, the process's ear, and the bell that rings at shutdown.
#[derive(Clone)]
pub struct Ear {
    pub house: House,
    pub moved: broadcast::Sender<db_events::Moved>,
    pub closing: watch::Receiver<bool>,
}

pub use services::live::events as db_events;

pub async fn stream(State(ear): State<Ear>, headers: HeaderMap, uri: http::Uri) -> Response {
    let inbound = Inbound::of(&headers, &uri, None, String::new());
    let Some(token) = inbound.session_token else { return StatusCode::UNAUTHORIZED.into_response() };
    let Ok(session) = sessions::resolve(&ear.house, &token, inbound.request).await else { return StatusCode::UNAUTHORIZED.into_response() };
    let said = headers.get("last-event-id").and_then(|v| v.to_str().ok()).or_else(|| uri.query().and_then(|q| q.strip_prefix("from=")));
    let from = said.and_then(|v| v.parse::<i64>().ok());
    // Subscribe before looking, so that nothing falls between.
    let moved = ear.moved.subscribe();
    let Ok(start) = live::position(&session.visitor).await else { return StatusCode::SERVICE_UNAVAILABLE.into_response() };
    Sse::new(follow(session.visitor, from.unwrap_or(start), moved, ear.closing))
        .keep_alive(KeepAlive::new().interval(Duration::from_secs(20)))
        .into_response()
}

fn follow(
    visitor: Visitor,
    from: i64,
    moved: broadcast::Receiver<db_events::Moved>,
    closing: watch::Receiver<bool>,
) -> impl Stream<Item = Result<Event, Infallible>> {
    struct Following {
        visitor: Visitor,
        at: i64,
        moved: broadcast::Receiver<db_events::Moved>,
        closing: watch::Receiver<bool>,
        greeted: bool,
    }
    let state = Following { visitor, at: from, moved, closing, greeted: false };
    futures::stream::unfold(state, |mut s| async move {
        if !s.greeted {
            s.greeted = true;
            // Browsers drop an event whose data is empty.
            return Some((vec![Ok(Event::default().event("ready").id(s.at.to_string()).retry(Duration::from_secs(2)).data("{}"))], s));
        }
        loop {
            // Whatever woke us, ask what is ours since our position; a lagged ear loses nothing.
            match live::since(&s.visitor, s.at, 100).await {
                Ok(seen) => {
                    s.at = seen.up_to.max(s.at);
                    if !seen.events.is_empty() {
                        let out = seen
                            .events
                            .into_iter()
                            .map(|e| {
                                let data = e.ticket.map_or_else(String::new, |t| t.to_string());
                                Ok(Event::default()
                                    .event("moved")
                                    .id(e.position.to_string())
                                    .data(format!("{{\"kind\":\"{}\",\"ticket\":\"{data}\"}}", e.kind)))
                            })
                            .collect();
                        return Some((out, s));
                    }
                }
                // Postgres is away: end the stream; the browser comes back by itself with its position.
                Err(_) => return None,
            }
            let org = s.visitor.org();
            loop {
                tokio::select! {
                    changed = s.closing.changed() => if changed.is_err() || *s.closing.borrow() { return None },
                    news = s.moved.recv() => match news {
                        Ok(m) if m.org != org => {}
                        Err(broadcast::error::RecvError::Closed) => return None,
                        Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => break,
                    },
                }
            }
        }
    })
    .flat_map(futures::stream::iter)
}
