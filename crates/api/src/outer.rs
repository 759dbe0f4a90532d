//! Around every operation: a trace id, and the envelope for what goes wrong before or outside a handler.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use gate::RequestId;
use http::{StatusCode, header};
use tower_http::catch_panic::CatchPanicLayer;

use crate::answer::{Code, Refused};

/// The largest JSON body. Operations that take files set their own.
const BODY_LIMIT: usize = 1024 * 1024;

tokio::task_local! {
    static TRACE: String;
}

/// The trace id of the request being answered.
pub(crate) fn trace() -> String {
    TRACE.try_with(Clone::clone).unwrap_or_default()
}

pub(crate) fn wrap(v1: Router) -> Router {
    let inner = v1.fallback(no_such_path).method_not_allowed_fallback(no_such_method).layer(DefaultBodyLimit::max(BODY_LIMIT));
    Router::new().nest("/api", inner).layer(CatchPanicLayer::custom(on_panic)).layer(from_fn(enveloped)).layer(from_fn(traced))
}

async fn traced(mut request: Request, next: Next) -> Response {
    let id = match request.extensions().get::<RequestId>() {
        Some(id) => id.0.clone(),
        // Without the server's layers, as in tests.
        None => {
            let id = gate::error_ref().0;
            request.extensions_mut().insert(RequestId(id.clone()));
            id
        }
    };
    TRACE.scope(id, next.run(request)).await
}

async fn no_such_path() -> Refused {
    Refused::new(Code::NotFound, "There is no such address in this API")
}

async fn no_such_method() -> Refused {
    Refused::new(Code::MethodNotAllowed, "This address does not answer this method")
}

fn on_panic(panic: Box<dyn std::any::Any + Send + 'static>) -> Response {
    let story = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without words");
    let error = services::Error::internal(std::io::Error::other(format!("panic: {story}")));
    Refused::from(error).into_response()
}

/// Whatever a layer or the framework refused in words of its own is said in ours.
async fn enveloped(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let is_json = response.headers().get(header::CONTENT_TYPE).is_some_and(|t| t.as_bytes().starts_with(b"application/json"));
    if is_json || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let refused = match status {
        StatusCode::UNAUTHORIZED => Refused::new(Code::Unauthenticated, "Log in, or refresh your token"),
        StatusCode::FORBIDDEN => Refused::new(Code::Forbidden, "Your account may not do this"),
        StatusCode::NOT_FOUND => Refused::new(Code::NotFound, "There is no such thing, or not for you"),
        StatusCode::METHOD_NOT_ALLOWED => Refused::new(Code::MethodNotAllowed, "This address does not answer this method"),
        StatusCode::PAYLOAD_TOO_LARGE => Refused::new(Code::PayloadTooLarge, "The request is too large"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Refused::new(Code::UnsupportedMediaType, "Send application/json"),
        StatusCode::REQUEST_TIMEOUT | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
            Refused::new(Code::Unavailable, "The service is not available just now. Try again in a minute")
        }
        status if status.is_server_error() => Refused::new(Code::Internal, "Something went wrong on our side"),
        _ => Refused::new(Code::Malformed, "The request cannot be read"),
    };
    refused.into_response()
}
