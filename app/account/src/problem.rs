//! When something cannot be shown: what happened, what is safe, what to do next.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::hooks::use_query_map;
use ui::{Button, ButtonGroup, ButtonKind, TenantShell};

/// What the problem page says; `server` provides it for paths no portal answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub status: u16,
    pub reference: Option<String>,
}

/// The page for any path that cannot be answered.
#[component]
pub fn ProblemApp() -> impl IntoView {
    provide_meta_context();
    let problem = use_context::<Problem>().unwrap_or(Problem { status: 404, reference: None });
    view! { <ProblemPage status=problem.status reference=problem.reference.unwrap_or_default()/> }
}

/// Where a plain form is sent when its verb refused.
#[component]
pub fn ReportedProblem() -> impl IntoView {
    let query = use_query_map();
    let (status, reference) = query.with_untracked(|q| {
        let status = q.get_str("kind").and_then(|k| k.parse().ok()).unwrap_or(500);
        let reference = q.get_str("ref").filter(|r| r.len() <= 12 && r.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'));
        (status, reference.unwrap_or_default().to_owned())
    });
    view! { <ProblemPage status=status reference=reference/> }
}

#[component]
pub fn ProblemPage(status: u16, #[prop(into, optional)] reference: String) -> impl IntoView {
    let (title, what, next) = match status {
        401 => (
            "Sign in to continue",
            "You have been signed out, or you were never signed in.",
            "Sign in, and you will be back where you were.",
        ),
        403 => (
            "You cannot do that",
            "Your account may not see or do this.",
            "If you think it should, ask an administrator of your organisation.",
        ),
        404 => (
            "Page not found",
            "There is nothing at this address. It may have moved, or the link may be incomplete.",
            "Check the address, or start again from the beginning.",
        ),
        409 => (
            "Somebody was quicker",
            "What you were working on has changed in the meantime. Your change was not saved.",
            "Go back, look at what changed, and try again.",
        ),
        422 => ("Something was missing", "What was sent was not complete.", "Go back and try again."),
        429 => ("Please slow down", "There were too many attempts in a short time.", "Wait a minute, then try again."),
        503 => (
            "We will be back in a moment",
            "The service is not available just now. Nothing you sent was lost half-way: it was either saved or not.",
            "Try again in a minute. In an emergency, call.",
        ),
        _ => (
            "Something went wrong on our side",
            "We have written down what happened. Nothing was changed.",
            "Try again. If it happens again, tell us the reference.",
        ),
    };
    view! {
        <Title text=format!("{title} – Fettle")/>
        <TenantShell org_name="Fettle">
            <div class="problem">
            <h1 class="heading-xl">{title}</h1>
            <p class="lede">{what}</p>
            <p>{next}</p>
            {(!reference.is_empty()).then(|| view! { <p class="problem__reference">"Reference "<strong>{reference}</strong></p> })}
            <ButtonGroup>
                {if status == 401 {
                    view! { <Button kind=ButtonKind::Primary href="/login">"Sign in"</Button> }
                } else {
                    view! { <Button kind=ButtonKind::Primary href="/">"Go to the start page"</Button> }
                }}
            </ButtonGroup>
            <p class="problem__gas">"If you smell gas, call the National Gas Emergency Service on "<a class="nowrap" href="tel:0800111999">"0800 111 999"</a>", day or night."</p>
            </div>
        </TenantShell>
    }
}
