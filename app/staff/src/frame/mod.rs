//! The frame around every page of the console: navigation, who you are, the theme.

mod keys;
mod parts;

use jiff::Timestamp;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Outlet;
use leptos_router::hooks::use_location;
use serde::{Deserialize, Serialize};
use ui::{NavItem, NavSection, StaffShell, Theme, load, suspended};
use wasm_bindgen::JsCast as _;
use wire::AppError;

pub use parts::Away;

/// Who is signed in and what they may do, as the console's pages need it. An allow-list: it is printed into the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Me {
    pub org_name: String,
    pub name: String,
    pub role: String,
    /// Permission names as the policy prints them (`tickets:update`).
    pub may: Vec<String>,
    /// `light`, `dark` or empty.
    pub theme: String,
    /// The server's moment of rendering: ages are computed from it, on both sides alike.
    pub now: Timestamp,
}

impl Me {
    pub fn may(&self, act: domain::policy::Act) -> bool {
        self.may.iter().any(|p| p == act.permission())
    }
}

#[server]
pub async fn load_me() -> Result<Me, AppError> {
    let cx = gate::staff().await?;
    let org = gate::answer(services::auth::organisation(&cx).await)?;
    Ok(Me {
        org_name: org.name,
        name: cx.name().to_owned(),
        role: cx.role().label().to_owned(),
        may: domain::policy::permissions(cx.role()).into_iter().map(ToOwned::to_owned).collect(),
        theme: gate::cookie("theme").unwrap_or_default(),
        now: cx.now(),
    })
}

/// Who is signed in; inside [`Frame`] always there.
pub fn use_me() -> Me {
    use_context::<Me>().unwrap_or_else(|| Me {
        org_name: String::new(),
        name: String::new(),
        role: String::new(),
        may: Vec::new(),
        theme: String::new(),
        now: Timestamp::UNIX_EPOCH,
    })
}

#[component]
pub fn Frame() -> impl IntoView {
    let me = load(|| (), |()| load_me());
    let path = use_location().pathname;
    parts::begin(&path.get_untracked());
    // The frame outlives its pages, so after a move inside the console the mark moves by hand.
    Effect::new(move |_| {
        let here = path.get();
        if let Some(shell) = document().query_selector(".staff-shell").ok().flatten() {
            let _ = shell.class_list().toggle_with_force("staff-shell--fill", fills(&here));
        }
        let Ok(links) = document().query_selector_all(".staff-shell__nav a") else { return };
        for link in (0..links.length()).filter_map(|i| links.get(i)).filter_map(|n| n.dyn_into::<web_sys::Element>().ok()) {
            let here = link.get_attribute("href").is_some_and(|href| is_here(&href, &here));
            let _ = if here { link.set_attribute("aria-current", "page") } else { link.remove_attribute("aria-current") };
        }
    });
    view! {
        <Suspense>
            {move || suspended(async move {
                match me.await {
                    Ok(me) => {
                        provide_context(me.clone());
                        view! {
                            <StaffShell
                                org_name=me.org_name.clone()
                                user_name=me.name.clone()
                                user_role=me.role.clone()
                                nav=navigation(&me, &path.get_untracked())
                                search_action="/staff/tickets"
                                fill=fills(&path.get_untracked())
                                theme=Theme::from_cookie(&me.theme)
                                logout_action="/logout"
                                user_links=vec![("Your account".to_owned(), "/account".to_owned())]
                            >
                                <Outlet/>
                            </StaffShell>
                            <keys::Keys me=me.clone()/>
                        }
                        .into_any()
                    }
                    Err(error) => view! { <Refused error/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// The pages that fill the window and scroll inside: queues with a panel.
fn fills(path: &str) -> bool {
    path == "/staff/tickets"
}

/// Whether a navigation link leads to where the person is: the dashboard exactly, the others with what lies below them.
fn is_here(href: &str, path: &str) -> bool {
    href == path || (href != "/staff" && path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/')))
}

fn navigation(me: &Me, path: &str) -> Vec<NavSection> {
    use domain::policy::Act;
    let item = |icon, label: &str, href: &str| NavItem::new(icon, label, href).current(is_here(href, path));
    let mut sections = vec![
        NavSection::new(
            "Repairs",
            vec![item(ui::IconName::House, "Dashboard", "/staff"), item(ui::IconName::Inbox, "Tickets", "/staff/tickets")],
        ),
        NavSection::new(
            "Homes and people",
            vec![item(ui::IconName::Building, "Properties", "/staff/properties"), item(ui::IconName::Users, "Contacts", "/staff/contacts")],
        ),
    ];
    let mut admin = vec![item(ui::IconName::User, "Team", "/staff/team")];
    if me.may(Act::ImportData) {
        admin.push(item(ui::IconName::Upload, "Import", "/staff/import"));
    }
    admin.push(item(ui::IconName::Settings, "Settings", "/staff/settings"));
    sections.push(NavSection::new("Organisation", admin));
    sections
}

/// A refusal inside the console, in words.
#[component]
pub fn Refused(error: AppError) -> impl IntoView {
    view! {
        <main id="main" class="refused">
            <h1>{error.to_string()}</h1>
            <p>
                {match error {
                    AppError::SignedOut => view! { <a href="/login" rel="external">"Sign in"</a> }.into_any(),
                    _ => view! { <a href="/staff">"Back to the dashboard"</a> }.into_any(),
                }}
            </p>
        </main>
    }
}

#[server]
pub async fn nothing_here() -> Result<(), AppError> {
    gate::answer(Err(services::Error::NotFound))
}

#[component]
pub fn NothingHere() -> impl IntoView {
    if !parts::is_as_rendered(&use_location().pathname.get_untracked()) {
        return view! { <Away/> }.into_any();
    }
    let gone = load(|| (), |()| nothing_here());
    view! {
        <Title text="Page not found"/>
        <Suspense>{move || suspended(async move { let _ = gone.await; ().into_any() })}</Suspense>
        <section class="refused">
            <h1>"Page not found"</h1>
            <p>"There is nothing at this address. It may have moved."</p>
            <p><a href="/staff">"Back to the dashboard"</a></p>
        </section>
    }
    .into_any()
}
