//! The session cookie. `__Host-` and Secure whenever the browser will keep such a cookie: over https, and on localhost, which browsers
//! hold for secure. HttpOnly, SameSite=Lax.

use http::{HeaderMap, HeaderValue, header};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use services::House;
use services::auth::sessions::{IDLE, SessionToken};

const SECURE: &str = "__Host-fettle";
/// Over plain http on a host that is not localhost: development on a local network. `server` says so at start.
const PLAIN: &str = "fettle";

/// Whether browsers keep a Secure cookie for this address.
pub fn is_secure(base_url: &str) -> bool {
    base_url.starts_with("https://")
        || base_url.starts_with("http://localhost")
        || base_url.starts_with("http://127.0.0.1")
        || base_url.starts_with("http://[::1]")
}

/// The value of a cookie by name.
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(n, _)| *n == name)
        .map(|(_, value)| value.to_owned())
}

pub fn read(headers: &HeaderMap) -> Option<String> {
    cookie(headers, SECURE).or_else(|| cookie(headers, PLAIN)).filter(|v| !v.is_empty() && v.len() <= 200)
}

const LINK: &str = "fettle-link";

/// The link a browser opened by its button.
pub fn read_link(headers: &HeaderMap) -> Option<String> {
    cookie(headers, &format!("__Host-{LINK}")).or_else(|| cookie(headers, LINK)).filter(|v| !v.is_empty() && v.len() <= 200)
}

/// The cookie that keeps a link's secret; it lasts as long as an order's link may.
pub fn link(house: &House, secret: &str) -> String {
    set(house, LINK, secret, services::auth::links::ORDER_LASTS.as_secs())
}

/// A `Set-Cookie` of this site's making: HttpOnly, Lax, whole site.
pub fn set(house: &House, name: &str, value: &str, max_age_s: i64) -> String {
    let secure = is_secure(&house.place().base_url);
    let prefix = if secure && !name.starts_with("__Host-") { "__Host-" } else { "" };
    format!("{prefix}{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age_s}{}", if secure { "; Secure" } else { "" })
}

/// Appends a cookie to the response of the server function that runs.
pub fn append(cookie: &str) {
    if let (Some(options), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(cookie)) {
        options.append_header(header::SET_COOKIE, value);
    }
}

/// Gives the browser its session.
pub fn start_session(house: &House, token: &SessionToken) {
    append(&set(house, PLAIN, token.secret(), IDLE.as_secs()));
}

/// Takes the cookie away; ending the session itself is `sessions::end`.
pub fn end_session(house: &House) {
    append(&set(house, PLAIN, "", 0));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_its_own_cookie_among_others() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static("theme=dark; __Host-fettle=abc; x=y"));
        assert_eq!(read(&headers), Some("abc".into()));
        assert_eq!(cookie(&headers, "theme"), Some("dark".into()));
        headers.insert(header::COOKIE, HeaderValue::from_static("fettle="));
        assert_eq!(read(&headers), None);
    }
}
