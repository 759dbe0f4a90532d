//! The staff console: queue, case, estate, people, settings. Hydrated; each page is rendered whole by the server first.

mod dashboard;
mod frame;
pub mod live;
mod tickets;

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::SsrMode;
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::path;

pub use frame::{Me, use_me};

#[component]
pub fn StaffApp() -> impl IntoView {
    provide_meta_context();
    Effect::new(|_| {
        // The browser tests wait for this before they click.
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-hydrated", "true");
        }
    });
    view! {
        <Router>
            <Routes fallback=frame::NothingHere>
                <ParentRoute path=path!("/staff") view=frame::Frame ssr=SsrMode::Async>
                    <Route path=path!("") view=dashboard::DashboardPage/>
                    <Route path=path!("/tickets") view=tickets::QueuePage/>
                    <Route path=path!("/tickets/new") view=tickets::NewPage/>
                    <Route path=path!("/tickets/:id") view=tickets::CasePage/>
                    <Route path=path!("/*any") view=frame::NothingHere/>
                </ParentRoute>
            </Routes>
        </Router>
    }
}
