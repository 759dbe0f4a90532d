//! Small answers that every component needs about attributes.

use leptos::prelude::*;

/// An attribute that is left out when there is nothing to say.
pub(crate) fn given(text: impl Into<String>) -> Option<String> {
    Some(text.into()).filter(|text| !text.is_empty())
}

/// The first of two that says something.
pub(crate) fn either(first: String, second: &str) -> String {
    if first.is_empty() { second.to_owned() } else { first }
}

/// A block's class with the modifiers that apply: `["button", "button--primary"]` joined.
pub(crate) fn classes<const N: usize>(parts: [&str; N]) -> String {
    let mut class = String::new();
    for part in parts.into_iter().filter(|part| !part.is_empty()) {
        if !class.is_empty() {
            class.push(' ');
        }
        class.push_str(part);
    }
    class
}

/// `aria-describedby` of a control: its hint, then its error while there is one, then what else explains it.
pub(crate) fn describedby(
    id: &str,
    has_hint: bool,
    error: TextProp,
    more: &str,
) -> impl Fn() -> Option<String> + Clone + Send + Sync + use<> {
    let (hint, failed, more) = (format!("{id}-hint"), format!("{id}-error"), more.to_owned());
    move || {
        let mut ids = Vec::new();
        if has_hint {
            ids.push(hint.as_str());
        }
        if !error.get().is_empty() {
            ids.push(failed.as_str());
        }
        if !more.is_empty() {
            ids.push(more.as_str());
        }
        given(ids.join(" "))
    }
}

/// `aria-invalid`, present only while there is an error.
pub(crate) fn invalid(error: TextProp) -> impl Fn() -> Option<&'static str> + Clone + Send + Sync {
    move || (!error.get().is_empty()).then_some("true")
}
