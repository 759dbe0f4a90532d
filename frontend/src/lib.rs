//! The browser entry with every portal, for cargo leptos watch.
#![cfg(target_arch = "wasm32")]

use app::{StaffApp, TenantApp};

#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    let path = leptos::prelude::window().location().pathname().unwrap_or_default();
    if path == "/staff" || path.starts_with("/staff/") {
        leptos::mount::hydrate_body(StaffApp);
    } else {
        leptos::mount::hydrate_body(TenantApp);
    }
}
