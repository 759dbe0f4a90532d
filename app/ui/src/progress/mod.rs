//! How far a thing has come, and what is to be done next.

use leptos::prelude::*;

use crate::attr::given;
use crate::icon::{Icon, IconName};

/// Where a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepState {
    Done,
    Now,
    Later,
}

/// One step of a way that is known: "Reported", "Looked at", "Booked", "Fixed".
#[derive(Clone, Debug)]
pub struct Step {
    label: String,
    note: String,
    state: StepState,
}

impl Step {
    pub fn new(state: StepState, label: impl Into<String>) -> Self {
        Self { label: label.into(), note: String::new(), state }
    }

    /// When it was, or will be.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }
}

/// The way of a repair, lying on wide screens and standing on narrow ones.
#[component]
pub fn Stepper(#[prop(into)] label: String, steps: Vec<Step>) -> impl IntoView {
    let steps = steps
        .into_iter()
        .map(|step| {
            let (modifier, word) = match step.state {
                StepState::Done => ("stepper__step--done", "Done: "),
                StepState::Now => ("stepper__step--now", "Now: "),
                StepState::Later => ("", "Later: "),
            };
            view! {
                <li class=format!("stepper__step {modifier}") aria-current=(step.state == StepState::Now).then_some("step")>
                    <span class="stepper__mark">
                        {(step.state == StepState::Done).then(|| view! { <Icon name=IconName::Check size=14/> })}
                    </span>
                    <span class="stepper__words">
                        <span class="stepper__label"><span class="visually-hidden">{word}</span>{step.label}</span>
                        {given(step.note).map(|note| view! { <span class="stepper__note">{note}</span> })}
                    </span>
                </li>
            }
        })
        .collect_view();
    view! { <ol class="stepper" role="list" aria-label=label>{steps}</ol> }
}

/// The one thing that moves a case on, above everything else about it.
#[component]
pub fn NextStepBar(
    /// As an order: "Choose a contractor".
    #[prop(into)]
    title: String,
    /// Why, or until when.
    #[prop(into, optional)]
    text: String,
    #[prop(optional)] icon: Option<IconName>,
    /// Nobody need act: we wait for somebody else.
    #[prop(optional)]
    waiting: bool,
    /// The buttons that do it.
    #[prop(into, optional)]
    actions: Option<ViewFnOnce>,
) -> impl IntoView {
    let icon = icon.unwrap_or(if waiting { IconName::Clock } else { IconName::ArrowRight });
    let name = format!("Next step: {title}");
    view! {
        <section class="next-step" class=("next-step--waiting", waiting) aria-label=name>
            <span class="next-step__icon"><Icon name=icon/></span>
            <div class="next-step__words">
                <p class="next-step__title">{title}</p>
                {given(text).map(|text| view! { <p class="next-step__text">{text}</p> })}
            </div>
            {actions.map(|actions| view! { <div class="next-step__actions">{actions.run()}</div> })}
        </section>
    }
}
