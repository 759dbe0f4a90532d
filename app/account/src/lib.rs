//! Log-in, registration and everybody's own account; the legal pages; the page for what went wrong. Plain documents: nothing here is
//! hydrated, every form works without JavaScript.

mod dev;
mod problem;

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::SsrMode;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;

pub use problem::{Problem, ProblemApp, ProblemPage};

#[component]
pub fn AccountApp() -> impl IntoView {
    provide_meta_context();
    view! {
        <Router>
            <Routes fallback=|| view! { <ProblemPage status=404/> }>
                <Route path=path!("/dev/mail") view=dev::Inbox ssr=SsrMode::Async/>
                <Route path=path!("/dev/ui") view=dev::Kit ssr=SsrMode::Async/>
                <Route path=path!("/problem") view=problem::ReportedProblem ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
}
