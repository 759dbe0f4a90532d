//! What stands around every page: whose it is, the number to call, and what went wrong.

use domain::settings::OrgSettings;
use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};
use ui::TenantShell;
use wire::AppError;

/// The organisation as its tenants see it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Landlord {
    pub name: String,
    pub emergency_phone: Option<String>,
    pub office_phone: Option<String>,
    pub office_hours: String,
    /// Somebody is logged in, and has repairs to look at.
    pub is_tenant: bool,
}

impl Landlord {
    pub fn new(name: String, settings: OrgSettings, is_tenant: bool) -> Self {
        Self {
            name,
            emergency_phone: settings.emergency_phone,
            office_phone: settings.office_phone,
            office_hours: settings.office_hours,
            is_tenant,
        }
    }
}

#[component]
pub fn Frame(landlord: Landlord, #[prop(optional)] wide: bool, children: Children) -> impl IntoView {
    let links = if landlord.is_tenant {
        vec![("My repairs".to_owned(), "/repairs".to_owned()), ("My account".to_owned(), "/account".to_owned())]
    } else {
        Vec::new()
    };
    let home_href = if landlord.is_tenant { "/repairs" } else { "/" };
    view! {
        <TenantShell
            org_name=landlord.name
            home_href
            emergency_number=landlord.emergency_phone.unwrap_or_default()
            emergency_hours="day and night"
            links
            wide
        >
            {children()}
        </TenantShell>
    }
}

/// A page whose data could not be had. The response has its status already.
#[component]
pub fn Failed(error: AppError) -> impl IntoView {
    let (title, next) = match &error {
        AppError::NotFound => ("We could not find that page", "The link may be incomplete, or what it led to is no longer kept."),
        AppError::Forbidden => ("This page is for tenants", "You are signed in with an account that has no home."),
        AppError::SignedOut => ("Sign in to continue", "You will be back where you were."),
        AppError::Conflict(_) => ("We cannot do that", ""),
        _ => ("Something went wrong", "Nothing you sent was lost half-way: it was either saved or not. Try again in a minute."),
    };
    let said = match &error {
        AppError::NotFound | AppError::Forbidden | AppError::SignedOut => None,
        other => Some(other.to_string()),
    };
    let sign_in = matches!(error, AppError::SignedOut);
    view! {
        <Title text=title/>
        <Frame landlord=Landlord { name: "Repairs".to_owned(), ..Landlord::default() }>
            <div class="stack">
                <h1 class="heading-xl">{title}</h1>
                {said.map(|words| view! { <p>{words}</p> })}
                <p>{next}</p>
                {sign_in.then(|| view! { <p><a class="button button--primary" href="/login">"Sign in"</a></p> })}
                <p><a href="/">"Go to the start page"</a></p>
            </div>
        </Frame>
    }
}

#[component]
pub fn NothingHere() -> impl IntoView {
    view! { <Failed error=AppError::NotFound/> }
}

/// The page once its data is there, else what went wrong. While it is fetched again the old one stays.
pub fn shown<T: Clone + Send + Sync + 'static>(
    data: Resource<Result<T, AppError>>,
    page: impl Fn(T) -> AnyView + Clone + Send + Sync + 'static,
) -> impl IntoView {
    view! {
        <Transition>
            {move || {
                let page = page.clone();
                Suspend::new(async move {
                    match data.await {
                        Ok(found) => page(found),
                        Err(error) => view! { <Failed error/> }.into_any(),
                    }
                })
            }}
        </Transition>
    }
}

/// The title of a page, saying first that something is wrong with it.
#[component]
pub fn PageTitle(#[prop(into)] title: String, #[prop(optional)] failed: bool, #[prop(into)] landlord: String) -> impl IntoView {
    let error = if failed { "Error: " } else { "" };
    view! { <Title text=format!("{error}{title} – {landlord}")/> }
}
