//! What a server function may know of its request. Everything comes from the request's own parts, which exist in both ways a server
//! function runs: called by a page while it renders, and called over the wire.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::ConnectInfo;
use http::{HeaderMap, header, request::Parts};
use leptos::prelude::use_context;
use services::auth::{Visitor, links, sessions};
use services::{Contractor, Cx, Error, House, Owner, Request, Staff, Tenant};
use tokio::sync::OnceCell;
use wire::AppError;

use crate::answer::{answer, redirect};
use crate::session_cookie;

/// The id a request is logged under, and what the API calls `traceId`.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// The installation, as `server` put it into the context of every render and call.
pub fn house() -> Result<House, AppError> {
    use_context::<House>()
        .ok_or_else(|| answer::<()>(Err(Error::internal(anyhow_like("no house in context")))).err().unwrap_or(AppError::NotFound))
}

fn anyhow_like(message: &'static str) -> std::io::Error {
    std::io::Error::other(message)
}

/// The parts of a request that people's requests are judged by.
#[derive(Clone, Debug)]
pub struct Inbound {
    pub path: String,
    pub query: Option<String>,
    pub wants_html: bool,
    pub is_rpc: bool,
    pub referer_path: Option<String>,
    pub request: Request,
    pub session_token: Option<String>,
    /// The secret of a link to one order or one decision, after its button was pressed.
    pub link: Option<String>,
}

impl Inbound {
    pub fn of(headers: &HeaderMap, uri: &http::Uri, peer: Option<IpAddr>, trace: String) -> Self {
        let text = |name: header::HeaderName| headers.get(name).and_then(|v| v.to_str().ok());
        Self {
            path: uri.path().to_owned(),
            query: uri.query().map(ToOwned::to_owned),
            wants_html: text(header::ACCEPT).is_some_and(|accept| accept.contains("text/html")),
            is_rpc: uri.path().starts_with("/rpc/"),
            referer_path: text(header::REFERER)
                .and_then(|r| r.parse::<http::Uri>().ok())
                .map(|u| u.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string)),
            request: Request { ip: peer, user_agent: text(header::USER_AGENT).map(|a| a.chars().take(300).collect()), trace },
            session_token: session_cookie::read(headers),
            link: session_cookie::read_link(headers),
        }
    }

    pub fn of_parts(parts: &Parts) -> Self {
        let trace = parts.extensions.get::<RequestId>().map_or_else(String::new, |id| id.0.clone());
        Self::of(&parts.headers, &parts.uri, peer(parts), trace)
    }
}

/// The address a request came from. Behind a proxy the installation is told so (`layers::TrustedProxy` puts the forwarded one in).
fn peer(parts: &Parts) -> Option<IpAddr> {
    parts
        .extensions
        .get::<crate::layers::ClientAddress>()
        .map(|a| a.0)
        .or_else(|| parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|c| c.0.ip()))
}

/// A cookie that is nobody's secret, such as the theme.
pub fn cookie(name: &str) -> Option<String> {
    use_context::<Parts>().and_then(|parts| session_cookie::cookie(&parts.headers, name))
}

pub fn inbound() -> Option<Inbound> {
    use_context::<Parts>().map(|parts| Inbound::of_parts(&parts))
}

/// Who asked, once it is known: the parts of one page ask one after the other, and the answer cannot change between them. Put into the context
/// of each render and call by `server`, and gone with it.
#[derive(Clone, Debug, Default)]
pub struct Asker(Arc<OnceCell<Option<Visitor>>>);

/// Whoever is signed in, or nobody. Errors of the database are errors; a stale cookie is nobody.
pub async fn optional_visitor() -> Result<Option<Visitor>, AppError> {
    let (house, inbound) = (house()?, inbound());
    let Some((token, request)) = inbound.and_then(|i| i.session_token.map(|t| (t, i.request))) else {
        return Ok(None);
    };
    let asker = use_context::<Asker>().unwrap_or_default();
    let found = asker.0.get_or_try_init(|| async {
        match sessions::resolve(&house, &token, request).await {
            Ok(session) => Ok(Some(session.visitor)),
            Err(Error::SignedOut) => Ok(None),
            Err(error) => Err(error),
        }
    });
    match found.await {
        Ok(visitor) => Ok(visitor.clone()),
        Err(error) => answer(Err(error)),
    }
}

/// Whoever is signed in.
///
/// # Errors
/// `SignedOut`; a page that is being rendered, or a plain form, is sent to `/login?next=…` besides.
pub async fn visitor() -> Result<Visitor, AppError> {
    if let Some(visitor) = optional_visitor().await? {
        return Ok(visitor);
    }
    if let Some(i) = inbound() {
        let here = i.query.map_or(i.path.clone(), |q| format!("{}?{q}", i.path));
        let back = percent(&if i.is_rpc { i.referer_path.unwrap_or_else(|| "/".to_owned()) } else { here });
        if i.wants_html || !i.is_rpc {
            redirect(&format!("/login?next={back}"));
        } else {
            crate::answer::set_status(401);
        }
    }
    Err(AppError::SignedOut)
}

pub(crate) fn percent(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut out, b| {
        if b.is_ascii_alphanumeric() || b"-._~/".contains(&b) {
            out.push(char::from(b));
        } else {
            let _ = write!(out, "%{b:02X}");
        }
        out
    })
}

/// A member of staff.
///
/// # Errors
/// `SignedOut` (see [`visitor`]), or `Forbidden` for another audience.
pub async fn staff() -> Result<Cx<Staff>, AppError> {
    let visitor = visitor().await?;
    answer(visitor.staff())
}

/// A renter.
///
/// # Errors
/// As [`staff`].
pub async fn tenant() -> Result<Cx<Tenant>, AppError> {
    let visitor = visitor().await?;
    answer(visitor.tenant())
}

/// A contractor: with a log-in, or by the link to one order.
///
/// # Errors
/// As [`staff`].
pub async fn contractor() -> Result<Cx<Contractor>, AppError> {
    if let Some(Visitor::Contractor(cx, _)) = optional_visitor().await? {
        return Ok(cx);
    }
    if let Some(links::Linked::Order(cx, _)) = linked().await? {
        return Ok(cx);
    }
    let visitor = visitor().await?;
    answer(visitor.contractor())
}

/// A property's owner, by the link to one decision.
///
/// # Errors
/// `SignedOut` when there is no such link any more; owners have no log-in to be sent to.
pub async fn owner() -> Result<Cx<Owner>, AppError> {
    match linked().await? {
        Some(links::Linked::Approval(cx, _)) => Ok(cx),
        _ => answer(Err(Error::SignedOut)),
    }
}

/// Who came by a link, whose secret is in the cookie. One that ended is nobody's.
async fn linked() -> Result<Option<links::Linked>, AppError> {
    let (house, inbound) = (house()?, inbound());
    let Some((secret, request)) = inbound.and_then(|i| i.link.map(|l| (l, i.request))) else { return Ok(None) };
    match links::resolve(&house, &secret, request).await {
        Ok(linked) => Ok(Some(linked)),
        Err(Error::NotFound) => Ok(None),
        Err(error) => answer(Err(error)),
    }
}

/// What an order's link leads to, for the page behind it: changes nothing.
///
/// # Errors
/// Only those that are ours; a link that ended is `NotFound` inside, for [`crate::live`].
pub async fn order_link(secret: &str) -> Result<services::Result<(Cx<Contractor>, domain::WorkOrderId)>, AppError> {
    let request = inbound().map(|i| i.request).unwrap_or_default();
    Ok(match links::resolve(&house()?, secret, request).await {
        Ok(links::Linked::Order(cx, order)) => Ok((cx, order)),
        Ok(links::Linked::Approval(..)) => Err(Error::NotFound),
        Err(error) => Err(error),
    })
}
