//! The browser entry of the tenant portal.
#![cfg(target_arch = "wasm32")]
