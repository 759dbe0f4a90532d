//! The staff console: queue, case, estate, people, settings. Hydrated; each page is rendered whole by the server first.

mod dashboard;
mod estate;
mod frame;
mod imports;
pub mod live;
mod people;
mod settings;
mod team;
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
                    <Route path=path!("/properties") view=estate::PropertiesPage/>
                    <Route path=path!("/properties/new") view=estate::NewPropertyPage/>
                    <Route path=path!("/properties/:id") view=estate::PropertyPage/>
                    <Route path=path!("/properties/:id/edit") view=estate::EditPropertyPage/>
                    <Route path=path!("/units/:id") view=estate::UnitPage/>
                    <Route path=path!("/tenancies/new") view=estate::NewTenancyPage/>
                    <Route path=path!("/tenancies/:id") view=estate::TenancyPage/>
                    <Route path=path!("/contacts") view=people::ContactsPage/>
                    <Route path=path!("/contacts/new") view=people::NewContactPage/>
                    <Route path=path!("/contacts/:id") view=people::ContactPage/>
                    <Route path=path!("/contacts/:id/edit") view=people::EditContactPage/>
                    <Route path=path!("/import") view=imports::ImportPage/>
                    <Route path=path!("/team") view=team::TeamPage/>
                    <Route path=path!("/settings") view=settings::SettingsPage/>
                    <Route path=path!("/*any") view=frame::NothingHere/>
                </ParentRoute>
            </Routes>
        </Router>
    }
}
