//! Files on their way in and out.

use axum::body::Body;
use axum::extract::Multipart;
use axum::response::{IntoResponse, Response};
use bytes::{Bytes, BytesMut};
use futures::TryStreamExt as _;
use http::{StatusCode, header};
use services::files::{FileKey, MAX_BYTES};
use services::{Error, House, Result};

/// One part of a multipart form.
pub(super) enum Part {
    File { name: String, bytes: Bytes },
    Field { name: String, value: String },
    CutOff,
}

/// The next part; files that were not chosen are passed over. A file is read one byte past what we take and no further, so that it is
/// refused for its size without being held whole.
pub(super) async fn next(form: &mut Multipart) -> Option<Part> {
    loop {
        let mut field = match form.next_field().await {
            Ok(Some(field)) => field,
            Ok(None) => return None,
            Err(_) => return Some(Part::CutOff),
        };
        let (name, file_name) = (field.name().unwrap_or_default().to_owned(), field.file_name().map(ToOwned::to_owned));
        let limit = if file_name.is_some() { MAX_BYTES + 1 } else { 4_096 };
        let mut bytes = BytesMut::new();
        loop {
            match field.chunk().await {
                Ok(Some(chunk)) => {
                    let room = limit.saturating_sub(bytes.len());
                    bytes.extend_from_slice(chunk.get(..chunk.len().min(room)).unwrap_or_default());
                }
                Ok(None) => break,
                Err(_) => return Some(Part::CutOff),
            }
        }
        match file_name {
            // An empty file field sends a nameless, empty file.
            Some(file) if file.is_empty() && bytes.is_empty() => {}
            Some(file) => return Some(Part::File { name: file, bytes: bytes.freeze() }),
            None => return Some(Part::Field { name, value: String::from_utf8_lossy(&bytes).into_owned() }),
        }
    }
}

/// A copy of a photo, streamed; 404 without a word for anything that is not the asker's.
pub(super) async fn picture(house: &House, key: Result<FileKey>) -> Response {
    let opened = match key {
        Ok(key) => house.files().get(&key).await.map_err(Error::internal),
        Err(error) => Err(error),
    };
    match opened {
        Ok(opened) => {
            let headers = [
                (header::CONTENT_TYPE, "image/jpeg".to_owned()),
                (header::CONTENT_LENGTH, opened.length.to_string()),
                (header::CACHE_CONTROL, "private, max-age=86400".to_owned()),
                (header::CONTENT_DISPOSITION, "inline".to_owned()),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
            ];
            (headers, Body::from_stream(opened.stream.into_stream())).into_response()
        }
        Err(Error::NotFound | Error::Forbidden | Error::SignedOut) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            let said = crate::log_error(&error, "");
            StatusCode::from_u16(said.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR).into_response()
        }
    }
}
