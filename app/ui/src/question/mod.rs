//! One question to a page, and the page that says it is done.

use leptos::prelude::*;

use crate::attr::{either, given};
use crate::button::{Button, ButtonGroup, ButtonKind};
use crate::error_summary::ErrorSummary;
use crate::icon::{Icon, IconName};

/// A link to the page before.
#[component]
pub fn BackLink(#[prop(into)] href: String, #[prop(into, optional)] label: String) -> impl IntoView {
    view! { <a class="back-link" href=href><Icon name=IconName::ChevronLeft size=20/>{either(label, "Back")}</a> }
}

/// The frame of a question: the way back, how far it is, what went wrong, the question, and Continue.
///
/// The question itself is the `<h1>`: give `title`, or a field with `LabelSize::Page`, not both. With `action` the children
/// stand in a form that posts there; without it, put a form of your own inside.
#[component]
pub fn QuestionPage(
    #[prop(into, optional)] back_href: String,
    /// In words: "Question 3 of about 7".
    #[prop(into, optional)]
    progress: String,
    #[prop(into, optional)] title: String,
    /// A sentence under the title.
    #[prop(into, optional)]
    lede: String,
    #[prop(optional)] errors: Vec<(String, String)>,
    #[prop(into, optional)] action: String,
    /// `multipart/form-data` for files.
    #[prop(into, optional)]
    enctype: String,
    /// "Continue" unless told otherwise.
    #[prop(into, optional)]
    submit: String,
    /// Beside Continue: "Skip", "Save and come back later".
    #[prop(into, optional)]
    also: Option<ViewFnOnce>,
    children: Children,
) -> impl IntoView {
    let body = children();
    let body = if action.is_empty() {
        body
    } else {
        view! {
            <form class="question__form" method="post" action=action enctype=given(enctype) novalidate>
                {body}
                <ButtonGroup>
                    <Button kind=ButtonKind::Primary>{either(submit, "Continue")}</Button>
                    {also.map(ViewFnOnce::run)}
                </ButtonGroup>
            </form>
        }
        .into_any()
    };
    view! {
        <div class="question">
            {given(back_href).map(|href| view! { <BackLink href/> })}
            <ErrorSummary errors/>
            {given(progress).map(|words| view! { <p class="question__progress">{words}</p> })}
            {given(title).map(|title| view! { <h1 class="question__title">{title}</h1> })}
            {given(lede).map(|words| view! { <p class="question__lede">{words}</p> })}
            {body}
        </div>
    }
}

/// It is done: what happened, the reference, and nothing else in the box.
#[component]
pub fn Panel(
    #[prop(into)] title: String,
    /// What stands before the reference: "Your reference".
    #[prop(into, optional)]
    label: String,
    #[prop(into, optional)] reference: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="panel">
            <span class="panel__mark"><Icon name=IconName::Check size=32/></span>
            <h1 class="panel__title">{title}</h1>
            {given(reference).map(|reference| view! {
                <p class="panel__reference">{either(label, "Your reference")}<strong class="panel__number">{reference}</strong></p>
            })}
            {children.map(|children| view! { <div class="panel__words">{children()}</div> })}
        </div>
    }
}

/// What happens next, in order: "We ring you today", "Someone looks at it by Tuesday".
#[component]
pub fn NextSteps(
    /// What happens, and when or how.
    steps: Vec<(String, String)>,
) -> impl IntoView {
    let steps = steps
        .into_iter()
        .map(|(what, when)| view! { <li class="next-steps__step"><p class="next-steps__what">{what}</p><p class="next-steps__when">{when}</p></li> })
        .collect_view();
    view! { <ol class="next-steps" role="list">{steps}</ol> }
}
