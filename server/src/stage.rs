//! Where pages are rendered: a few threads, each with a runtime of its own, so that all the tasks of one page run on one thread.
//!
//! On a runtime of several threads two tasks of the same page may each hold a lock of Leptos' reactive graph and wait for the other's, for
//! ever: an effect that lets go of its sources, and a resource that has just loaded (leptos#4673, reactive_graph 0.2). Such a page takes
//! two worker threads with it, and after a few of them nothing answers any more. Tasks that share a thread cannot meet in the middle.
//! Queries stay concurrent: a page that waits for Postgres lends its thread to the others.

use std::sync::OnceLock;
use std::thread::available_parallelism;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use gate::RequestId;
use http::StatusCode;
use services::background::traced;
use tokio_util::task::LocalPoolHandle;

/// For the life of the process, because connections that a page opened belong to its thread.
static STAGE: OnceLock<LocalPoolHandle> = OnceLock::new();

/// Renders a page to its last byte. A page that panics does so here, for the layer that catches it.
pub async fn render<P>(page: P, request: Request) -> Response
where
    P: AsyncFnOnce(Request) -> Response + Send + 'static,
{
    let stage = STAGE.get_or_init(|| LocalPoolHandle::new(available_parallelism().map_or(2, usize::from)));
    let trace = request.extensions().get::<RequestId>().map_or_else(String::new, |id| id.0.clone());
    let rendered = stage.spawn_pinned(move || traced(trace, whole(page, request))).await;
    match rendered {
        Ok(response) => response,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // Only a process that is ending cancels a page.
            Err(_) => status(StatusCode::SERVICE_UNAVAILABLE),
        },
    }
}

/// The body too is made here: what is left of a page after its head must not be finished on another thread.
async fn whole<P: AsyncFnOnce(Request) -> Response>(page: P, request: Request) -> Response {
    let (parts, body) = page(request).await.into_parts();
    match to_bytes(body, usize::MAX).await {
        Ok(bytes) => Response::from_parts(parts, Body::from(bytes)),
        Err(error) => {
            tracing::error!(error.story = %error, "a page broke off");
            status(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

fn status(status: StatusCode) -> Response {
    let mut response = Response::default();
    *response.status_mut() = status;
    response
}
