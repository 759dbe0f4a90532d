//! A message that stays on the page until it is no longer true.

use leptos::prelude::*;

use crate::attr::{classes, given};
use crate::icon::{Icon, IconName};
use crate::tone::Tone;

/// Blue informs, green confirms, amber warns, red alarms.
#[component]
pub fn Banner(
    #[prop(default = Tone::Blue)] tone: Tone,
    #[prop(into, optional)] title: String,
    #[prop(optional)] icon: Option<IconName>,
    /// Buttons or links under the words.
    #[prop(into, optional)]
    actions: Option<ViewFnOnce>,
    /// Announce it at once: for what happened just now.
    #[prop(optional)]
    urgent: bool,
    children: Children,
) -> impl IntoView {
    let role = if urgent { "alert" } else { "note" };
    view! {
        <div class=classes(["banner", tone.class()]) role=role>
            <Icon name=icon.unwrap_or(tone.icon())/>
            <div class="banner__body">
                {given(title).map(|title| view! { <p class="banner__title">{title}</p> })}
                <div class="banner__words">{children()}</div>
                {actions.map(|actions| view! { <div class="banner__actions">{actions.run()}</div> })}
            </div>
        </div>
    }
}

/// The one thing that must not be missed on a tenant's page: danger to life, and the number to call.
#[component]
pub fn WarningCallout(#[prop(into)] title: String, children: Children) -> impl IntoView {
    view! {
        <div class="warning-callout" role="note">
            <p class="warning-callout__title"><Icon name=IconName::TriangleAlert size=24/>{title}</p>
            <div class="warning-callout__words">{children()}</div>
        </div>
    }
}

/// More words for who wants them; closed until asked for, and found by the browser's search.
#[component]
pub fn Details(#[prop(into)] summary: String, #[prop(optional)] open: bool, children: Children) -> impl IntoView {
    view! {
        <details class="details" open=open>
            <summary class="details__summary"><Icon name=IconName::ChevronRight size=20/><span>{summary}</span></summary>
            <div class="details__body">{children()}</div>
        </details>
    }
}
