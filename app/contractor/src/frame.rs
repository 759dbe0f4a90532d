//! What stands around every page, and what is said when its data cannot be had.

use domain::faults::Priority;
use domain::work_orders::Status;
use leptos::prelude::*;
use leptos_meta::Title;
use ui::{Badge, IconName, StatusBadge, TenantShell, Tone};
use wire::AppError;

/// Whose work it is and whom to call.
#[component]
pub fn Frame(
    #[prop(into)] title: String,
    #[prop(into)] organisation: String,
    #[prop(optional_no_strip)] office_phone: Option<String>,
    /// Came by an order's link: there is no list to go back to.
    #[prop(optional)]
    by_link: bool,
    children: Children,
) -> impl IntoView {
    let mut links = Vec::new();
    if !by_link {
        links = vec![("My work".to_owned(), "/work".to_owned()), ("My account".to_owned(), "/account".to_owned())];
    }
    view! {
        <Title text=format!("{title} – {organisation}")/>
        <TenantShell org_name=organisation home_href="/work" links footer_links=vec![("Privacy".to_owned(), "/privacy".to_owned())]>
            <div id="offline" class="work-offline" role="status" hidden></div>
            <div class="stack">{children()}</div>
            {office_phone.map(|phone| {
                let tel = phone.replace(' ', "");
                view! { <p class="work-office">"Questions about this work? Call the office on "<a class="nowrap" href=format!("tel:{tel}")>{phone}</a>"."</p> }
            })}
        </TenantShell>
    }
}

#[component]
pub fn Failed(error: AppError) -> impl IntoView {
    let (title, next) = match &error {
        AppError::NotFound => ("We could not find that work order", "The link may be incomplete, or the work was never put to you."),
        AppError::Forbidden => ("This page is for contractors", "You are signed in with another kind of account."),
        AppError::SignedOut => ("Open the link in your email, or sign in", "The link may have ended: the office can send you a new one."),
        _ => ("Something went wrong", "Nothing you sent was lost half-way: it was either saved or not. Try again in a minute."),
    };
    let said = matches!(error, AppError::Conflict(_) | AppError::Internal(_) | AppError::Unavailable(_)).then(|| error.to_string());
    view! {
        <Frame title organisation="Work orders" by_link=true>
            <h1 class="heading-xl">{title}</h1>
            {said.map(|words| view! { <p>{words}</p> })}
            <p>{next}</p>
            <p><a class="button button--primary" href="/login?next=/work">"Sign in"</a></p>
        </Frame>
    }
}

#[component]
pub fn NothingHere() -> impl IntoView {
    view! { <Failed error=AppError::NotFound/> }
}

/// The page once its data is there, else what went wrong.
pub fn shown<T: Clone + Send + Sync + 'static>(
    data: Resource<Result<T, AppError>>,
    page: impl FnOnce(T) -> AnyView + Clone + Send + Sync + 'static,
) -> impl IntoView {
    view! {
        <Suspense>
            {move || {
                let page = page.clone();
                Suspend::new(async move {
                    match data.await {
                        Ok(found) => page(found),
                        Err(error) => view! { <Failed error/> }.into_any(),
                    }
                })
            }}
        </Suspense>
    }
}

pub fn status(status: Status) -> impl IntoView {
    let tone = match status {
        Status::Draft | Status::Cancelled => Tone::Grey,
        Status::Offered => Tone::Violet,
        Status::Accepted | Status::Scheduled => Tone::Blue,
        Status::InProgress => Tone::Amber,
        Status::Done | Status::Verified => Tone::Green,
    };
    view! { <StatusBadge label=status.contractor_label() tone/> }
}

/// Said only where it changes what one does today.
pub fn pressing(priority: Priority) -> Option<AnyView> {
    match priority {
        Priority::Emergency => Some(view! { <Badge label="Emergency" tone=Tone::Red icon=IconName::Siren/> }.into_any()),
        Priority::Urgent => Some(view! { <Badge label="Urgent" tone=Tone::Amber icon=IconName::Clock/> }.into_any()),
        Priority::Routine => None,
    }
}
