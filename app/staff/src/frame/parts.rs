//! Between the two parts of the console a link loads a page, and the server knows whose page it is.

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::Closure;

use crate::Part;

/// The path this document was rendered for.
#[derive(Clone)]
struct Arrived(String);

/// Called once by the frame: remembers where it began, and from then on leaves links to pages of others to the browser. The router would take
/// them first: it listens on the window, this on the document.
pub(super) fn begin(path: &str) {
    provide_context(Arrived(path.to_owned()));
    let Some(part) = use_context::<Part>() else { return };
    Effect::new(move |_| {
        let hear = Closure::<dyn Fn(web_sys::Event)>::new(move |event: web_sys::Event| {
            let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
            let Some(link) = target.and_then(|target| target.closest("a[href^='/']").ok().flatten()) else { return };
            let href = link.get_attribute("href").unwrap_or_default();
            if !is_of(part, href.split(['?', '#']).next().unwrap_or_default()) {
                let _ = link.set_attribute("rel", "external");
            }
        });
        let hear = send_wrapper::SendWrapper::new(hear);
        let _ = document().add_event_listener_with_callback("click", hear.as_ref().unchecked_ref());
        on_cleanup(move || {
            let _ = document().remove_event_listener_with_callback("click", hear.as_ref().unchecked_ref());
        });
    });
}

fn is_of(part: Part, path: &str) -> bool {
    (path == "/staff" || path.starts_with("/staff/")) && Part::of(path) == part
}

/// Whether this is still the path that the server rendered, and not one that a click led to.
pub(super) fn is_as_rendered(path: &str) -> bool {
    use_context::<Arrived>().is_none_or(|arrived| arrived.0 == path)
}

/// An address that this app has no page for, reached without a link (by a key, by Back): the browser loads it.
#[component]
pub fn Away() -> impl IntoView {
    let here = use_location();
    Effect::new(move |_| {
        let (path, search) = (here.pathname.get_untracked(), here.search.get_untracked());
        let mark = if search.is_empty() || search.starts_with('?') { "" } else { "?" };
        let _ = location().set_href(&format!("{path}{mark}{search}"));
    });
    view! { <ui::Skeleton/> }
}
