//! Composition: which portal answers which path, and the document around each.
//!
//! Three portals, each a Leptos app with a router of its own: `account` (log-in, registration, legal pages: never hydrated), `tenant`
//! and `staff`. A link from one to another loads a page. The server mounts all three; the browser entries in `frontend/` hydrate one each.

use leptos::prelude::*;
use leptos_meta::MetaTags;

pub use account::{AccountApp, ProblemApp};
pub use staff::StaffApp;
pub use tenant::TenantApp;

/// Who a document is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Portal {
    Account,
    Tenant,
    Staff,
    /// The page for what went wrong: any path, any visitor.
    Problem,
}

impl Portal {
    pub const fn audience(self) -> &'static str {
        match self {
            Self::Staff => "audience-staff",
            Self::Account | Self::Tenant | Self::Problem => "audience-tenant",
        }
    }
}

/// What the document needs to know of the request; `server` provides it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    pub theme: ui::Theme,
    /// The browser entry to load: `staff`, `tenant` or, under `cargo leptos watch`, `fettle`; none for pages that need none.
    pub entry: Option<&'static str>,
    /// A hash of the bundle, so that browsers keep it until it changes.
    pub version: String,
}

/// The document around a portal's app.
pub fn shell(portal: Portal) -> AnyView {
    let Document { theme, entry, version } = use_context::<Document>().unwrap_or_default();
    let nonce = leptos::nonce::use_nonce();
    let style = format!("/pkg/fettle.css?v={version}");
    let script = entry.map(|name| {
        let start = format!(
            "import start,{{hydrate}} from '/pkg/{name}.js?v={version}';start({{module_or_path:'/pkg/{name}_bg.wasm?v={version}'}}).then(()=>hydrate())"
        );
        let wasm = format!("/pkg/{name}_bg.wasm?v={version}");
        let live = format!("/live.js?v={version}");
        view! {
            <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
            <script type="module" nonce=nonce.clone() inner_html=start></script>
            <script defer src=live nonce=nonce></script>
        }
    });
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
                {script}
                <MetaTags/>
            </head>
            <body class=portal.audience()>
                {match portal {
                    Portal::Account => view! { <AccountApp/> }.into_any(),
                    Portal::Tenant => view! { <TenantApp/> }.into_any(),
                    Portal::Staff => view! { <StaffApp/> }.into_any(),
                    Portal::Problem => view! { <ProblemApp/> }.into_any(),
                }}
            </body>
        </html>
    }
    .into_any()
}
