//! Live pages: a signal that moves when something of this organisation does. `public/live.js` keeps one stream per browser and tells every tab;
//! this hears it.

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::{Closure, JsValue};

/// What moved last: the event's kind and the ticket's id (empty where none).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    pub count: u32,
    pub kind: String,
    pub ticket: String,
}

/// Follows the live stream while the calling component lives. On the server the signal never moves.
pub fn use_live() -> ReadSignal<Moved> {
    let (moved, set_moved) = signal(Moved::default());
    Effect::new(move |_| {
        let hear = Closure::<dyn Fn(web_sys::CustomEvent)>::new(move |event: web_sys::CustomEvent| {
            let detail = event.detail();
            let field =
                |name: &str| js_sys::Reflect::get(&detail, &JsValue::from_str(name)).ok().and_then(|v| v.as_string()).unwrap_or_default();
            let (kind, ticket) = (field("kind"), field("ticket"));
            let _ = set_moved.try_update(|m| *m = Moved { count: m.count.wrapping_add(1), kind, ticket });
        });
        let hear = send_wrapper::SendWrapper::new(hear);
        let _ = window().add_event_listener_with_callback("fettle:moved", hear.as_ref().unchecked_ref());
        on_cleanup(move || {
            let _ = window().remove_event_listener_with_callback("fettle:moved", hear.as_ref().unchecked_ref());
        });
    });
    moved
}
