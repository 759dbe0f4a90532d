//! A label, a hint and an error around any control.

use leptos::prelude::*;

use crate::attr::classes;

/// How a field or a group of choices announces its question.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LabelSize {
    #[default]
    Normal,
    /// A question among others on its page.
    Medium,
    /// The question is the page: its label is the `<h1>`.
    Page,
    /// There for screen readers only.
    Hidden,
}

impl LabelSize {
    pub(crate) const fn class(self) -> &'static str {
        match self {
            LabelSize::Normal => "",
            LabelSize::Medium => "field__label--medium",
            LabelSize::Page => "field__label--page",
            LabelSize::Hidden => "visually-hidden",
        }
    }
}

/// The frame of one control: give it the control's `id`, and the control `aria-describedby` of `{id}-hint {id}-error`.
#[component]
pub fn Field(
    #[prop(into)] id: String,
    #[prop(into)] label: String,
    #[prop(into, optional)] hint: String,
    /// Plain text or a closure; empty means no error.
    #[prop(into, optional)]
    error: TextProp,
    /// Adds "(optional)" to the label.
    #[prop(optional)]
    optional: bool,
    #[prop(optional)] label_size: LabelSize,
    children: Children,
) -> impl IntoView {
    let failed = error.clone();
    let label = view! {
        <label class=classes(["field__label", label_size.class()]) for=id.clone()>
            {label}
            {optional.then(|| view! { <span class="field__optional">" (optional)"</span> })}
        </label>
    };
    let label = if label_size == LabelSize::Page { view! { <h1 class="field__heading">{label}</h1> }.into_any() } else { label.into_any() };
    view! {
        <div class="field" class=("field--error", move || !failed.get().is_empty())>
            {label}
            <Hint id=id.clone() text=hint/>
            <FieldError id error/>
            {children()}
        </div>
    }
}

/// A group of controls under one question.
#[component]
pub fn FieldGroup(
    #[prop(into)] id: String,
    #[prop(into)] legend: String,
    #[prop(into, optional)] hint: String,
    #[prop(into, optional)] error: TextProp,
    #[prop(optional)] optional: bool,
    #[prop(optional)] label_size: LabelSize,
    children: Children,
) -> impl IntoView {
    let failed = error.clone();
    let described = crate::attr::describedby(&id, !hint.is_empty(), error.clone(), "");
    let words = view! {
        {legend}
        {optional.then(|| view! { <span class="field__optional">" (optional)"</span> })}
    };
    let words = if label_size == LabelSize::Page { view! { <h1 class="field__heading">{words}</h1> }.into_any() } else { words.into_any() };
    view! {
        <div class="field" class=("field--error", move || !failed.get().is_empty())>
            <fieldset aria-describedby=described>
                <legend class=classes(["field__label", "field__legend", label_size.class()])>{words}</legend>
                <Hint id=id.clone() text=hint/>
                <FieldError id error/>
                {children()}
            </fieldset>
        </div>
    }
}

#[component]
fn Hint(id: String, text: String) -> impl IntoView {
    (!text.is_empty()).then(|| view! { <div class="field__hint" id=format!("{id}-hint")>{text}</div> })
}

/// What is wrong with a control, and how to put it right.
#[component]
pub(crate) fn FieldError(id: String, error: TextProp) -> impl IntoView {
    move || {
        let text = error.get();
        (!text.is_empty()).then(|| {
            view! {
                <p class="field__error" id=format!("{id}-error")>
                    <span class="visually-hidden">"Error: "</span>
                    {text.to_string()}
                </p>
            }
        })
    }
}
