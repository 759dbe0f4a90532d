//! What every page here stands in, and what they share.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use ui::{ErrorSummary, TenantShell};
use wire::{AppError, Typed};

use crate::ProblemPage;

/// A page of this portal.
#[component]
pub fn Frame(
    #[prop(into)] title: String,
    /// The form came back: the title says so first.
    #[prop(optional)]
    failed: bool,
    #[prop(optional)] wide: bool,
    #[prop(optional)] links: Vec<(String, String)>,
    children: Children,
) -> impl IntoView {
    let title = if failed { format!("Error: {title}") } else { title };
    view! {
        <Title text=format!("{title} – Fettle")/>
        <TenantShell org_name="Fettle" home_href="/" links wide>{children()}</TenantShell>
    }
}

/// A form with one button: the heading, what is wrong, the fields, the button, and links to other ways.
#[component]
pub fn FormPage(
    #[prop(into)] title: String,
    #[prop(into, optional)] lede: String,
    #[prop(into)] action: String,
    #[prop(into)] submit: String,
    #[prop(optional)] typed: Typed,
    /// The fields from the top down, so that the summary lists what is wrong in that order.
    #[prop(optional)]
    order: &'static [&'static str],
    /// Other ways to go: address and words.
    #[prop(optional)]
    ways: Vec<(String, &'static str)>,
    children: Children,
) -> impl IntoView {
    let errors = in_order(&typed, order);
    view! {
        <Frame title=title.clone() failed=!errors.is_empty()>
            <div class="account-form">
                <ErrorSummary errors/>
                <h1 class="heading-xl">{title}</h1>
                {(!lede.is_empty()).then(|| view! { <p class="lede">{lede}</p> })}
                <form class="stack" method="post" action=action novalidate>
                    {children()}
                    <ui::ButtonGroup><ui::Button kind=ui::ButtonKind::Primary>{submit}</ui::Button></ui::ButtonGroup>
                </form>
                {(!ways.is_empty()).then(|| view! {
                    <ul class="account-form__ways" role="list">
                        {ways.into_iter().map(|(href, words)| view! { <li><a href=href>{words}</a></li> }).collect_view()}
                    </ul>
                })}
            </div>
        </Frame>
    }
}

/// What is wrong, from the top of the form down.
pub fn in_order(typed: &Typed, order: &[&str]) -> Vec<(String, String)> {
    let mut errors = typed.errors();
    errors.sort_by_key(|(field, _)| order.iter().position(|name| name == field));
    errors
}

/// A page that only says something.
#[component]
pub fn Message(#[prop(into)] title: String, children: Children) -> impl IntoView {
    view! {
        <Frame title=title.clone()>
            <div class="prose">
                <h1 class="heading-xl">{title}</h1>
                {children()}
            </div>
        </Frame>
    }
}

/// A link that does not work any more, whatever the reason.
#[component]
pub fn DeadLink(#[prop(into)] what: String, href: &'static str, words: &'static str) -> impl IntoView {
    view! {
        <Message title="This link does not work any more">
            <p>{what}</p>
            <p><a href=href>{words}</a></p>
        </Message>
    }
}

/// A value of the address's query; empty when it is not there.
pub fn query(name: &'static str) -> impl Fn() -> String + Clone + Send + Sync + 'static {
    let query = use_query_map();
    move || query.with(|q| q.get(name).unwrap_or_default())
}

/// A page once its data is there, or the page that says why not.
pub fn loaded<T>(data: Resource<Result<T, AppError>>, page: impl Fn(T) -> AnyView + Clone + Send + Sync + 'static) -> impl IntoView
where
    T: Clone + Send + Sync + serde::Serialize + serde::de::DeserializeOwned + 'static,
{
    view! {
        <Suspense>
            {move || {
                let page = page.clone();
                Suspend::new(async move {
                    match data.await {
                        Ok(data) => page(data),
                        Err(error) => view! { <ProblemPage status=error.status() reference=reference(&error)/> }.into_any(),
                    }
                })
            }}
        </Suspense>
    }
}

fn reference(error: &AppError) -> String {
    match error {
        AppError::Internal(reference) | AppError::Unavailable(reference) => reference.0.clone(),
        _ => String::new(),
    }
}

/// What was typed into a form that came back to this page.
#[server]
pub async fn load_typed(#[server(default)] again: String) -> Result<Typed, AppError> {
    gate::typed(&again).await
}

/// The form's own page: [`load_typed`] for the address's `again`.
pub fn use_typed() -> Resource<Result<Typed, AppError>> {
    Resource::new_blocking(query("again"), load_typed)
}
