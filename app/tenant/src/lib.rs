//! The renter's portal: report a problem, follow its repair. Plain pages first: every step works with JavaScript off; what is hydrated
//! merely spares a reload.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::SsrMode;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;

#[component]
pub fn TenantApp() -> impl IntoView {
    provide_meta_context();
    view! {
        <Router>
            <Routes fallback=|| "Page not found">
                <Route path=path!("/") view=Landing ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
}

#[component]
fn Landing() -> impl IntoView {
    view! {
        <Title text="Report a repair"/>
        <main id="main"><h1>"Report a repair"</h1></main>
    }
}
