//! Composition: which portal answers which path, and the document around each.
//!
//! Portals, each a Leptos app with a router of its own: `account` (log-in, registration, legal pages) and `tenant`, which are never hydrated,
//! and the console, which is. A link from one to another loads a page. The server mounts them all; the browser entries in `frontend/` hydrate
//! one each.

use leptos::prelude::*;
use leptos_meta::MetaTags;

pub use account::{AccountApp, ProblemApp};
pub use contractor::ContractorApp;
pub use staff::{RecordsApp, StaffApp};
pub use tenant::TenantApp;

/// Who a document is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Portal {
    Account,
    Tenant,
    Contractor,
    Staff,
    /// The console's pages of what is kept.
    Records,
    /// The page for what went wrong: any path, any visitor.
    Problem,
}

impl Portal {
    pub const fn audience(self) -> &'static str {
        match self {
            Self::Staff | Self::Records => "audience-staff",
            Self::Account | Self::Tenant | Self::Contractor | Self::Problem => "audience-tenant",
        }
    }

    /// The browser entry that hydrates it; none for plain pages.
    pub const fn entry(self) -> Option<&'static str> {
        match self {
            Self::Staff => Some("staff"),
            Self::Records => Some("records"),
            Self::Account | Self::Tenant | Self::Contractor | Self::Problem => None,
        }
    }
}

/// What the document needs to know of the request; `server` provides it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    pub theme: ui::Theme,
    /// The one browser entry of `cargo leptos watch`, which builds no others.
    pub single_entry: bool,
    /// A plain page on which something moves by itself: `public/live.js` listens. Hydrated ones always have it.
    pub live: bool,
    /// A hash of the bundle, so that browsers keep it until it changes.
    pub version: String,
}

/// The document around a portal's app.
pub fn shell(portal: Portal) -> AnyView {
    let Document { theme, single_entry, live, version } = use_context::<Document>().unwrap_or_default();
    let entry = portal.entry().map(|entry| if single_entry { "fettle" } else { entry });
    let nonce = leptos::nonce::use_nonce();
    let style = format!("/pkg/fettle.css?v={version}");
    if entry.is_none()
        && let Some(context) = Owner::current_shared_context()
    {
        // Nobody will hydrate it: then what its resources answered need not be printed a second time, for WASM to read.
        context.set_is_hydrating(false);
    }
    let hydration = entry.map(|name| {
        let start = format!(
            "import start,{{hydrate}} from '/pkg/{name}.js?v={version}';start({{module_or_path:'/pkg/{name}_bg.wasm?v={version}'}}).then(()=>hydrate())"
        );
        let wasm = format!("/pkg/{name}_bg.wasm?v={version}");
        view! {
            <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
            <script type="module" nonce=nonce.clone() inner_html=start></script>
        }
    });
    let script = |name: &str| {
        let address = format!("/{name}?v={version}");
        view! { <script defer src=address nonce=nonce.clone()></script> }
    };
    view! {
        <!DOCTYPE html>
        <html lang="en-GB" class=portal.audience() data-theme=theme.attribute()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="preload" href="/fonts/inter-latin-wght-normal.woff2" r#as="font" r#type="font/woff2" crossorigin="anonymous"/>
                <link rel="stylesheet" href=style/>
                {hydration}
                {script("ui.js")}
                {(live || entry.is_some()).then(|| script("live.js"))}
                {(portal == Portal::Contractor).then(|| view! {
                    <link rel="manifest" href="/work.webmanifest"/>
                    {script("contractor.js")}
                })}
                <MetaTags/>
            </head>
            <body class=portal.audience()>
                {match portal {
                    Portal::Account => view! { <AccountApp/> }.into_any(),
                    Portal::Tenant => view! { <TenantApp/> }.into_any(),
                    Portal::Contractor => view! { <ContractorApp/> }.into_any(),
                    Portal::Staff => view! { <StaffApp/> }.into_any(),
                    Portal::Records => view! { <RecordsApp/> }.into_any(),
                    Portal::Problem => view! { <ProblemApp/> }.into_any(),
                }}
            </body>
        </html>
    }
    .into_any()
}
