//! The browser entry with the whole console, for cargo leptos watch.
#![cfg(target_arch = "wasm32")]

use staff::{Part, RecordsApp, StaffApp};

#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    match Part::of(&leptos::prelude::window().location().pathname().unwrap_or_default()) {
        Part::Repairs => leptos::mount::hydrate_body(StaffApp),
        Part::Records => leptos::mount::hydrate_body(RecordsApp),
    }
}
