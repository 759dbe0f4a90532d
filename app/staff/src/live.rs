//! Live pages: a signal that moves when something of this organisation does. One stream per tab; the browser reconnects by itself and the
//! server sends what was missed.

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::Closure;

/// What moved last: the event's kind and the ticket's id (empty where none).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    pub count: u32,
    pub kind: String,
    pub ticket: String,
}

/// Follows `/events` while the calling component lives. On the server the signal never moves.
pub fn use_live() -> ReadSignal<Moved> {
    let (moved, set_moved) = signal(Moved::default());
    Effect::new(move |_| {
        let Ok(source) = web_sys::EventSource::new("/events") else { return };
        let on_moved = Closure::<dyn Fn(web_sys::MessageEvent)>::new(move |event: web_sys::MessageEvent| {
            let text = event.data().as_string().unwrap_or_default();
            let field = |name: &str| {
                let key = format!("\"{name}\":\"");
                text.split_once(&key).and_then(|(_, rest)| rest.split_once('"')).map(|(value, _)| value.to_owned()).unwrap_or_default()
            };
            let (kind, ticket) = (field("kind"), field("ticket"));
            let _ = set_moved.try_update(|m| *m = Moved { count: m.count.wrapping_add(1), kind, ticket });
        });
        let _ = source.add_event_listener_with_callback("moved", on_moved.as_ref().unchecked_ref());
        // The listener lives as long as the stream, which is closed when the component goes.
        on_moved.forget();
        let source = send_wrapper::SendWrapper::new(source);
        on_cleanup(move || source.close());
    });
    moved
}
