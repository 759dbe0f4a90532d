use std::fmt::Write as _;

use serde_json::Value;

use super::Export;
use crate::estate::record::value;
use crate::{Error, Result};

pub(super) fn page(export: &Export) -> Result<String> {
    let Value::Object(sections) = value(export)? else { return Err(Error::internal(anyhow::anyhow!("an export is a record"))) };
    let organisation = escape(&export.organisation);
    let mut out = format!(
        "<!doctype html><html lang=\"en-GB\"><head><meta charset=\"utf-8\"><title>Your data at {organisation}</title></head><body>\
         <h1>Your data at {organisation}</h1><p>Everything {organisation} held about you on {}.</p>",
        domain::time::long_date(export.made_on)
    );
    for (name, content) in sections.iter().filter(|(name, _)| !matches!(name.as_str(), "organisation" | "made_on")) {
        let _ = write!(out, "<h2>{}</h2>", words(name));
        content_of(&mut out, content);
    }
    out.push_str("</body></html>");
    Ok(out)
}

fn content_of(out: &mut String, content: &Value) {
    match content {
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                content_of(out, item);
                out.push_str("<hr>");
            }
        }
        Value::Object(fields) => {
            out.push_str("<dl>");
            for (name, content) in fields.iter().filter(|(_, v)| !v.is_null()) {
                let _ = write!(out, "<dt>{}</dt><dd>", words(name));
                content_of(out, content);
                out.push_str("</dd>");
            }
            out.push_str("</dl>");
        }
        Value::Null | Value::Array(_) => out.push_str("<p>Nothing</p>"),
        Value::Bool(yes) => out.push_str(if *yes { "Yes" } else { "No" }),
        Value::String(text) => out.push_str(&escape(text)),
        Value::Number(number) => out.push_str(&number.to_string()),
    }
}

/// `preferred_channel` → `Preferred channel`.
fn words(name: &str) -> String {
    let mut words = name.replace(['_', '-'], " ");
    if let Some(first) = words.get_mut(0..1) {
        first.make_ascii_uppercase();
    }
    escape(&words)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
