//! The browser entry with every portal, for cargo leptos watch.
#![cfg(target_arch = "wasm32")]
