//! A file whose text the page reads in the browser.

use js_sys::{Array, Function, Promise, Reflect};
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::{JsCast as _, JsValue};
use ui::FileDrop;
use wasm_bindgen_futures::JsFuture;

/// Larger than any file we take, as the server says too.
const MAX_BYTES: f64 = 10.0 * 1024.0 * 1024.0;

/// A field for a text file: its name and text go into `chosen`.
#[component]
pub(crate) fn TextFile(
    #[prop(into)] label: String,
    #[prop(into)] accept: String,
    chosen: RwSignal<Option<(String, String)>>,
) -> impl IntoView {
    let problem = RwSignal::new(String::new());
    let read = move |event: ev::Event| {
        let Some(file) = first_file(&event) else { return };
        chosen.set(None);
        problem.set(String::new());
        spawn_local(async move {
            match text_of(&file).await {
                Ok(read) => chosen.set(Some(read)),
                Err(sentence) => problem.set(sentence.to_owned()),
            }
        });
    };
    view! { <FileDrop name="file" label accept error=move || problem.get() on:change=read/> }
}

fn first_file(event: &ev::Event) -> Option<JsValue> {
    let files = Reflect::get(&event.target()?.into(), &JsValue::from_str("files")).ok()?;
    Array::from(&files).to_vec().into_iter().next()
}

/// `file.text()`: letters that are not UTF-8 become U+FFFD, which the import refuses in words.
async fn text_of(file: &JsValue) -> Result<(String, String), &'static str> {
    let unreadable = "The file could not be read. Choose it again";
    let of = |name: &str| Reflect::get(file, &JsValue::from_str(name)).map_err(|_| unreadable);
    if of("size")?.as_f64().is_none_or(|bytes| bytes > MAX_BYTES) {
        return Err("The file is larger than 10 MB. Split it and import one part after the other");
    }
    let name = of("name")?.as_string().unwrap_or_default();
    let promise: Promise =
        of("text")?.dyn_into::<Function>().map_err(|_| unreadable)?.call0(file).map_err(|_| unreadable)?.unchecked_into();
    let text = JsFuture::from(promise).await.map_err(|_| unreadable)?.as_string().ok_or(unreadable)?;
    Ok((name, text))
}
