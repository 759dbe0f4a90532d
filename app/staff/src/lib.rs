//! The staff console. Hydrated; each page is rendered whole by the server first.
//!
//! It is two apps over one frame, so that nobody downloads both to open one page: [`StaffApp`] is what coordinators live in (dashboard, queue,
//! case), [`RecordsApp`] what is kept (homes, people, team, settings, import). A link from one to the other loads a page; [`Part`] says which
//! page is whose.

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

/// The two apps of the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Repairs,
    Records,
}

impl Part {
    /// Whose page a path of the console is.
    pub fn of(path: &str) -> Self {
        match path.trim_end_matches('/').strip_prefix("/staff").map(|rest| rest.split('/').nth(1)) {
            Some(None | Some("tickets")) => Self::Repairs,
            _ => Self::Records,
        }
    }
}

/// The dashboard, the queue, a case.
#[component]
pub fn StaffApp() -> impl IntoView {
    begin(Part::Repairs);
    view! {
        <Router>
            <Routes fallback=frame::Away>
                <ParentRoute path=path!("/staff") view=frame::Frame ssr=SsrMode::Async>
                    <Route path=path!("") view=dashboard::DashboardPage/>
                    <Route path=path!("/tickets") view=tickets::QueuePage/>
                    <Route path=path!("/tickets/new") view=tickets::NewPage/>
                    <Route path=path!("/tickets/:id") view=tickets::CasePage/>
                </ParentRoute>
            </Routes>
        </Router>
    }
}

/// What is kept: homes, people, the organisation itself.
#[component]
pub fn RecordsApp() -> impl IntoView {
    begin(Part::Records);
    view! {
        <Router>
            <Routes fallback=frame::Away>
                <ParentRoute path=path!("/staff") view=frame::Frame ssr=SsrMode::Async>
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
                    // Whatever the server finds nobody for, below /staff.
                    <Route path=path!("/*any") view=frame::NothingHere/>
                </ParentRoute>
            </Routes>
        </Router>
    }
}

fn begin(part: Part) {
    provide_meta_context();
    provide_context(part);
    Effect::new(|_| {
        // The browser tests wait for this before they click.
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-hydrated", "true");
        }
    });
}

#[cfg(test)]
mod tests {
    use super::Part;

    #[test]
    fn the_desk_and_its_tickets_are_one_part_and_all_that_is_kept_the_other() {
        for path in ["/staff", "/staff/", "/staff/tickets", "/staff/tickets/new", "/staff/tickets/0198"] {
            assert_eq!(Part::of(path), Part::Repairs, "{path}");
        }
        for path in ["/staff/properties", "/staff/contacts/new", "/staff/ticketsy", "/staff/nothing", "/account"] {
            assert_eq!(Part::of(path), Part::Records, "{path}");
        }
    }
}
