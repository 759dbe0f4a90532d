//! The contractors' portal: today's work, one order, and everything that is done to it, on a telephone held in a glove.
//!
//! Pages are plain: rendered whole by the server, forms post to `gate::posts::work`, nothing is hydrated. `public/contractor.js` adds what a
//! field day needs (photos made small, a queue for when there is no signal, a signature); without it every form still works.

mod frame;
mod link;
mod order;
mod way_in;
mod work;

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::SsrMode;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;

#[component]
pub fn ContractorApp() -> impl IntoView {
    provide_meta_context();
    view! {
        <Router>
            <Routes fallback=frame::NothingHere>
                <Route path=path!("/work") view=work::MyWorkPage ssr=SsrMode::Async/>
                <Route path=path!("/work/:id") view=order::OrderPage ssr=SsrMode::Async/>
                <Route path=path!("/work/:id/codes") view=way_in::CodesPage ssr=SsrMode::Async/>
                <Route path=path!("/w/:secret") view=link::LinkPage ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
}
