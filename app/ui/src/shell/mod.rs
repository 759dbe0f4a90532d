//! The frame around every page: one for staff, one for tenants.

use leptos::prelude::*;

use crate::attr::{either, given};
use crate::avatar::{Avatar, AvatarSize};
use crate::icon::{Icon, IconName};
use crate::theme::{Theme, ThemeToggle};

/// One line of the staff navigation.
#[derive(Clone, Debug)]
pub struct NavItem {
    label: String,
    href: String,
    icon: IconName,
    count: String,
    current: bool,
}

impl NavItem {
    pub fn new(icon: IconName, label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: href.into(), icon, count: String::new(), current: false }
    }

    /// A number beside the words; nothing when empty.
    pub fn count(mut self, count: impl Into<String>) -> Self {
        self.count = count.into();
        self
    }

    /// This is where the person is.
    pub fn current(mut self, current: bool) -> Self {
        self.current = current;
        self
    }
}

/// Some lines of the navigation under a heading; the first section usually has none.
#[derive(Clone, Debug, Default)]
pub struct NavSection {
    title: String,
    items: Vec<NavItem>,
}

impl NavSection {
    pub fn new(title: impl Into<String>, items: Vec<NavItem>) -> Self {
        Self { title: title.into(), items }
    }
}

/// The staff console: navigation at the side (a drawer below 1,024 px), the page beside it.
///
/// Put `class="audience-staff"` on `<body>`; the children are one or several parts of the page's own, beginning with a `PageHeader`.
#[component]
pub fn StaffShell(
    #[prop(into)] org_name: String,
    #[prop(into, optional)] org_logo: String,
    #[prop(into)] user_name: String,
    /// The role in words: "Coordinator".
    #[prop(into, optional)]
    user_role: String,
    nav: Vec<NavSection>,
    /// Opens the palette with this id (default `palette`) from the search line.
    #[prop(into, optional)]
    palette: String,
    /// Where the search line leads without script; it sends `q`.
    #[prop(into, optional)]
    search_action: String,
    #[prop(optional)] theme: Theme,
    /// Where the log-out form posts.
    #[prop(into, optional)]
    logout_action: String,
    /// Links for the user menu above "Log out": what they say, where they lead.
    #[prop(optional)]
    user_links: Vec<(String, String)>,
    /// A bell, a live indicator.
    #[prop(into, optional)]
    extras: Option<ViewFnOnce>,
    /// Fills the window and scrolls inside, as a queue with a panel does.
    #[prop(optional)]
    fill: bool,
    children: Children,
) -> impl IntoView {
    let palette = either(palette, "palette");
    let sections = nav.into_iter().map(nav_section).collect_view();
    view! {
        <div class="staff-shell" class=("staff-shell--fill", fill)>
            <a class="skip-link" href="#main">"Skip to the page"</a>
            <header class="staff-shell__bar">
                <button class="button button--quiet button--icon" type="button" popovertarget="side-nav" title="Menu">
                    <Icon name=IconName::Menu/>
                    <span class="visually-hidden">"Menu"</span>
                </button>
                <span class="staff-shell__bar-name">{org_name.clone()}</span>
            </header>
            <aside class="staff-shell__side" id="side-nav" popover="auto" aria-label="Navigation and account">
                <div class="staff-shell__org">
                    <OrgMark name=org_name.clone() logo=org_logo/>
                    <span class="staff-shell__org-name">{org_name}</span>
                </div>
                <form class="staff-shell__search" role="search" aria-label="Everything" action=either(search_action, "/staff/tickets")>
                    <Icon name=IconName::Search size=16/>
                    <input
                        class="staff-shell__search-input"
                        type="search"
                        name="q"
                        placeholder="Search…"
                        aria-label="Search tickets"
                        autocomplete="off"
                        on:mousedown=move |event| {
                            if crate::browser::show_dialog(&palette) {
                                event.prevent_default();
                            }
                        }
                    />
                    <kbd class="kbd" aria-hidden="true">"Ctrl K"</kbd>
                </form>
                <nav class="staff-shell__nav" aria-label="Main">{sections}</nav>
                <div class="staff-shell__foot">
                    {extras.map(ViewFnOnce::run)}
                    <ThemeToggle theme/>
                    <button class="user-button" type="button" popovertarget="user-menu">
                        <Avatar name=user_name.clone() size=AvatarSize::Medium/>
                        <span class="user-button__text">
                            <span class="user-button__name">{user_name}</span>
                            {given(user_role).map(|role| view! { <span class="user-button__role">{role}</span> })}
                        </span>
                        <Icon name=IconName::ChevronsUp size=16/>
                    </button>
                    <div class="menu__list menu__list--up" id="user-menu" popover="auto">
                        {user_links
                            .into_iter()
                            .map(|(label, href)| view! { <a class="menu__item" href=href>{label}</a> })
                            .collect_view()}
                        <form method="post" action=either(logout_action, "/logout")>
                            <button class="menu__item" type="submit">"Log out"</button>
                        </form>
                    </div>
                </div>
            </aside>
            <main class="staff-shell__main" id="main" tabindex="-1">
                // Its words are one text to the browser that runs scripts, so they are not to be hydrated one by one.
                <noscript inner_html=NEEDS_SCRIPT></noscript>
                {children()}
            </main>
        </div>
    }
}

/// Tenants' pages work without; the console says that it does not.
const NEEDS_SCRIPT: &str = r#"<p class="staff-shell__no-script" role="alert"><strong>The console needs JavaScript.</strong> You can read this page. To change anything, switch JavaScript on in your browser and load the page again.</p>"#;

fn nav_section(section: NavSection) -> impl IntoView {
    let items = section
        .items
        .into_iter()
        .map(|item| {
            view! {
                <li>
                    <a class="nav-item" href=item.href aria-current=item.current.then_some("page")>
                        <Icon name=item.icon size=16/>
                        <span class="nav-item__label">{item.label}</span>
                        {given(item.count).map(|count| view! { <span class="nav-item__count">{count}</span> })}
                    </a>
                </li>
            }
        })
        .collect_view();
    view! {
        {given(section.title).map(|title| view! { <h2 class="staff-shell__section">{title}</h2> })}
        <ul class="staff-shell__items" role="list">{items}</ul>
    }
}

/// The organisation's logo, or its first letter on its colour.
#[component]
fn OrgMark(name: String, logo: String) -> impl IntoView {
    if logo.is_empty() {
        let letter: String = name.chars().take(1).collect();
        view! { <span class="org-mark" aria-hidden="true">{letter}</span> }.into_any()
    } else {
        view! { <img class="org-mark org-mark--logo" src=logo alt=""/> }.into_any()
    }
}

/// The tenant's portal: who it is, one column, and where to call when it is urgent.
///
/// Put `class="audience-tenant"` on `<body>`.
#[component]
pub fn TenantShell(
    #[prop(into)] org_name: String,
    #[prop(into, optional)] org_logo: String,
    /// Where the name leads.
    #[prop(into, optional)]
    home_href: String,
    /// The number to call in an emergency, as people write it.
    #[prop(into, optional)]
    emergency_number: String,
    /// When it is answered: "24 hours a day".
    #[prop(into, optional)]
    emergency_hours: String,
    /// Links at the top right, such as "My repairs" and "Log out".
    #[prop(optional)]
    links: Vec<(String, String)>,
    /// Links at the foot; privacy, cookies and accessibility unless told otherwise.
    #[prop(optional)]
    footer_links: Option<Vec<(String, String)>>,
    /// Wider than one column, for lists and photos.
    #[prop(optional)]
    wide: bool,
    children: Children,
) -> impl IntoView {
    let footer_links = footer_links.unwrap_or_else(|| {
        [("Privacy", "/privacy"), ("Cookies", "/cookies"), ("Accessibility", "/accessibility")]
            .map(|(label, href)| (label.to_owned(), href.to_owned()))
            .into()
    });
    let list =
        |links: Vec<(String, String)>| links.into_iter().map(|(label, href)| view! { <li><a href=href>{label}</a></li> }).collect_view();
    let tel = emergency_number.replace(' ', "");
    view! {
        <div class="tenant-shell">
            <a class="skip-link" href="#main">"Skip to the page"</a>
            <header class="tenant-shell__header">
                <div class="tenant-shell__bar">
                    <a class="tenant-shell__home" href=either(home_href, "/")>
                        <OrgMark name=org_name.clone() logo=org_logo/>
                        <span>{org_name.clone()}</span>
                    </a>
                    {(!links.is_empty()).then(|| view! {
                        <nav aria-label="Account"><ul class="tenant-shell__links" role="list">{list(links)}</ul></nav>
                    })}
                </div>
            </header>
            <main class="tenant-shell__main" class=("tenant-shell__main--wide", wide) id="main" tabindex="-1">{children()}</main>
            <footer class="tenant-shell__footer">
                <div class="tenant-shell__foot">
                    {(!emergency_number.is_empty()).then(|| view! {
                        <div class="tenant-shell__emergency">
                            <Icon name=IconName::Phone size=24/>
                            <p>
                                <strong>"Is it an emergency? "</strong>
                                "Call "
                                <a class="nowrap" href=format!("tel:{tel}")>{emergency_number}</a>
                                {given(emergency_hours).map(|hours| format!(", {hours}"))}
                                ". Smell gas? Call "
                                <a class="nowrap" href="tel:0800111999">"0800 111 999"</a>
                                "."
                            </p>
                        </div>
                    })}
                    <ul class="tenant-shell__links" role="list">{list(footer_links)}</ul>
                    <p class="tenant-shell__name">{org_name}</p>
                </div>
            </footer>
        </div>
    }
}
