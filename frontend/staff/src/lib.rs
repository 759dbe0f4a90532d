//! The browser entry of the staff console.
#![cfg(target_arch = "wasm32")]
