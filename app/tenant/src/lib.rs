//! The renter's portal: report a problem, follow its repair. Plain pages: every step works with JavaScript off, and nothing is hydrated. Two
//! small scripts add to them: `public/ui.js` what the components do (count characters, open photos), `public/live.js` the news of a repair.
//! Forms post to the plain routes of `gate::posts`.

mod frame;
mod repairs;
pub mod report;
mod start;

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::SsrMode;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;

#[component]
pub fn TenantApp() -> impl IntoView {
    provide_meta_context();
    view! {
        <Router>
            <Routes fallback=frame::NothingHere>
                <Route path=path!("/") view=start::Landing ssr=SsrMode::Async/>
                <Route path=path!("/emergency") view=start::Emergencies ssr=SsrMode::Async/>
                <Route path=path!("/r/:slug") view=start::PublicPage ssr=SsrMode::Async/>
                <Route path=path!("/r/:slug/emergency") view=start::Emergencies ssr=SsrMode::Async/>
                <Route path=path!("/report") view=report::Begin ssr=SsrMode::Async/>
                <Route path=path!("/report/resume") view=report::Resume ssr=SsrMode::Async/>
                <Route path=path!("/report/:draft") view=report::Next ssr=SsrMode::Async/>
                <Route path=path!("/report/:draft/:step") view=report::Wizard ssr=SsrMode::Async/>
                <Route path=path!("/repairs") view=repairs::MyRepairs ssr=SsrMode::Async/>
                <Route path=path!("/repairs/:id") view=repairs::OneRepair ssr=SsrMode::Async/>
                <Route path=path!("/preferences") view=repairs::HowToReachMe ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
}
