use std::future::Future;

use axum::extract::FromRequestParts;
use http::{StatusCode, request::Parts};
use serde::Serialize;
use serde_json::json;
use services::idempotency::{self, Recalled};
use services::{Actor, Cx};
use sha2::{Digest as _, Sha256};

use crate::answer::{Answer, Code, Done, Refused};

/// The caller's `Idempotency-Key`, if they sent one: a request that is sent again with it is carried out once.
#[derive(Clone, Debug)]
pub struct Once(Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for Once {
    type Rejection = Refused;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        let Some(value) = parts.headers.get("idempotency-key") else { return Ok(Self(None)) };
        let key = value.to_str().ok().map(str::trim).filter(|k| (1..=255).contains(&k.len()));
        match key {
            Some(key) => Ok(Self(Some(key.to_owned()))),
            None => Err(Refused::new(Code::Malformed, "Idempotency-Key must be 1 to 255 visible ASCII characters")),
        }
    }
}

impl Once {
    /// Does `work`, unless it was done before: then the same answer is given again. The key is claimed in the transaction of the effect, so
    /// whatever happens between, there is one effect at most. A refused request leaves no trace and may be sent again.
    ///
    /// # Errors
    /// `idempotency_key_reused` when the key came with another request; `conflict` while the first is still under way.
    pub async fn once<A, T, F>(
        self,
        me: Cx<A>,
        operation: &'static str,
        input: &(impl Serialize + Sync),
        work: impl FnOnce(Cx<A>) -> F + Send,
    ) -> Answer<T>
    where
        A: Actor,
        T: Serialize,
        F: Future<Output = Answer<T>> + Send,
    {
        let Some(key) = self.0 else { return work(me).await };
        let request = serde_json::to_vec(&json!([operation, input])).map_err(services::Error::internal)?;
        let claim = match idempotency::recall(&me, &key, operation, &Sha256::digest(&request)).await? {
            Recalled::New(claim) => claim,
            Recalled::Answered { status, body } => {
                let status = u16::try_from(status).ok().and_then(|s| StatusCode::from_u16(s).ok()).unwrap_or(StatusCode::OK);
                let version = body.get("version").and_then(serde_json::Value::as_i64).and_then(|v| i32::try_from(v).ok());
                let location = body.get("location").and_then(serde_json::Value::as_str).map(ToOwned::to_owned);
                return Ok(Done::replayed(status, body.get("data").cloned().unwrap_or_default(), version, location));
            }
            Recalled::OtherRequest => {
                return Err(Refused::new(
                    Code::KeyReused,
                    "This Idempotency-Key was used with another request. Use a new key for a new request",
                ));
            }
        };
        let done = work(me.clone().claiming(claim.clone())).await?;
        let body = json!({ "data": done.data, "version": done.version, "location": done.location });
        idempotency::keep(&me, &claim, i32::from(done.status.as_u16()), &body).await?;
        Ok(done)
    }
}
