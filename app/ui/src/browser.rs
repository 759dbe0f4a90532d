//! What only a browser can do. Call these from event handlers and effects, never while a page is rendered.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::wasm_bindgen::{JsCast, JsValue};
use leptos::web_sys::{self, HtmlDialogElement, HtmlElement, js_sys::Reflect};

/// Opens the `<dialog>` with this id over the page, and says whether there is one; an open one stays as it is.
pub fn show_dialog(id: &str) -> bool {
    let Some(dialog) = dialog(id) else {
        return false;
    };
    dialog.open() || dialog.show_modal().is_ok()
}

/// Closes the `<dialog>` with this id.
pub fn close_dialog(id: &str) {
    if let Some(dialog) = dialog(id) {
        dialog.close();
    }
}

fn dialog(id: &str) -> Option<HtmlDialogElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// Moves focus to the element with this id.
pub fn focus(id: &str) {
    if let Some(element) = document().get_element_by_id(id).and_then(|e| e.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// The value of a cookie that scripts may read.
pub fn cookie(name: &str) -> Option<String> {
    let all = Reflect::get(document().as_ref(), &JsValue::from_str("cookie")).ok()?.as_string()?;
    all.split("; ").find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
}

/// Keeps a preference for a year, for the whole site. Not for secrets: scripts can read it.
pub fn set_cookie(name: &str, value: &str) {
    let secure = if location().protocol().is_ok_and(|p| p == "https:") { "; Secure" } else { "" };
    let cookie = format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax{secure}");
    let _ = Reflect::set(document().as_ref(), &JsValue::from_str("cookie"), &JsValue::from_str(&cookie));
}

/// Whether the key press belongs to a control that the person is typing in.
pub fn is_typing(event: &KeyboardEvent) -> bool {
    event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()).is_some_and(|element| {
        element.matches("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]").unwrap_or(false)
    })
}

/// Whether a single-key shortcut (`j`, `c`, `?`) may act on this press: nothing is being typed, no modifier is held, no
/// dialog or menu is open, and the person has not switched such shortcuts off (WCAG 2.2, 2.1.4).
pub fn single_key_allowed(event: &KeyboardEvent) -> bool {
    let none = |selector: &str| document().query_selector(selector).ok().flatten().is_none();
    !(event.ctrl_key() || event.meta_key() || event.alt_key() || event.default_prevented() || is_typing(event))
        && none("dialog[open]")
        && none(":popover-open")
        && shortcuts_on()
}

/// Acts on one key for as long as the component lives that calls this: `on_key("c", …)` for "create", `"/"` for "search".
/// Call it while building the component; the listener itself is added in the browser alone.
pub fn on_key(key: &'static str, act: impl Fn() + Clone + 'static) {
    Effect::new(move |_| {
        let act = act.clone();
        let listener = window_event_listener(leptos::ev::keydown, move |event| {
            if event.key() == key && single_key_allowed(&event) {
                event.prevent_default();
                act();
            }
        });
        on_cleanup(move || listener.remove());
    });
}

/// Whether single-key shortcuts are switched on in this browser.
pub fn shortcuts_on() -> bool {
    cookie("shortcuts").as_deref() != Some("off")
}
