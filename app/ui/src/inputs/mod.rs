//! One line of text, several lines, and a choice from a list. All work as plain form fields.

#![expect(clippy::fn_params_excessive_bools, reason = "the props of a component are named where they are given")]

use leptos::prelude::*;

use crate::attr::{classes, describedby, either, given, invalid};
use crate::choices::Choice;
use crate::field::{Field, LabelSize};
use crate::icon::{Icon, IconName};

/// How wide a text field is: as wide as its answer, so that its size is a hint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InputWidth {
    #[default]
    Full,
    /// Two characters, as for a day.
    W2,
    W4,
    /// A postcode, a sum of money.
    W10,
    /// A phone number, a name.
    W20,
}

impl InputWidth {
    pub(crate) const fn class(self) -> &'static str {
        match self {
            InputWidth::Full => "",
            InputWidth::W2 => "input--w2",
            InputWidth::W4 => "input--w4",
            InputWidth::W10 => "input--w10",
            InputWidth::W20 => "input--w20",
        }
    }
}

/// One line of text with its label. Put `on:input` and other events on the component itself.
#[component]
pub fn TextInput(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    /// Defaults to the name; an error summary links to it.
    #[prop(into, optional)]
    id: String,
    #[prop(into, optional)] hint: String,
    #[prop(into, optional)] error: TextProp,
    /// What was typed before.
    #[prop(into, optional)]
    value: String,
    /// `text` (the default), `email`, `tel`, `password`, `search`, `date`, `time`, `url`.
    #[prop(into, optional)]
    kind: String,
    /// As HTML names them: `name`, `email`, `tel`, `postal-code`, `current-password`, `one-time-code` …
    #[prop(into, optional)]
    autocomplete: String,
    /// `numeric`, `decimal`, `tel` …
    #[prop(into, optional)]
    inputmode: String,
    #[prop(into, optional)] placeholder: String,
    /// Stands before the text, such as `£`.
    #[prop(into, optional)]
    prefix: String,
    /// Stands behind it, such as `per month`.
    #[prop(into, optional)]
    suffix: String,
    #[prop(optional)] icon: Option<IconName>,
    #[prop(optional)] width: InputWidth,
    #[prop(optional)] optional: bool,
    #[prop(optional)] label_size: LabelSize,
    #[prop(optional)] maxlength: Option<u32>,
    #[prop(optional)] disabled: bool,
    #[prop(optional)] readonly: bool,
    /// Takes focus when the page opens; at most one to a page.
    #[prop(optional)]
    autofocus: bool,
    /// `false` for names, codes and e-mail addresses.
    #[prop(default = true)]
    spellcheck: bool,
) -> impl IntoView {
    let id = either(id, &name);
    let described = describedby(&id, !hint.is_empty(), error.clone(), "");
    let invalid = invalid(error.clone());
    let kind = either(kind, "text");
    let dressed = icon.is_some() || !prefix.is_empty() || !suffix.is_empty();
    let control = view! {
        <input
            class=classes(["input", width.class()])
            id=id.clone()
            name=name
            type=kind
            value=given(value)
            autocomplete=given(autocomplete)
            inputmode=given(inputmode)
            placeholder=given(placeholder)
            maxlength=maxlength
            disabled=disabled
            readonly=readonly
            autofocus=autofocus
            spellcheck=(!spellcheck).then_some("false")
            aria-describedby=described
            aria-invalid=invalid
        />
    };
    let control = if dressed {
        view! {
            <div class=classes(["input-group", if icon.is_some() { "input-group--icon" } else { "" }])>
                {icon.map(|name| view! { <span class="input-group__icon"><Icon name size=16/></span> })}
                {given(prefix).map(|text| view! { <span class="input-group__affix" aria-hidden="true">{text}</span> })}
                {control}
                {given(suffix).map(|text| view! { <span class="input-group__affix" aria-hidden="true">{text}</span> })}
            </div>
        }
        .into_any()
    } else {
        control.into_any()
    };
    view! {
        <Field id label hint error optional label_size>
            {control}
        </Field>
    }
}

/// Several lines of text; with `max_chars` it says how many are allowed, and `public/ui.js` how many are left.
#[component]
pub fn Textarea(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(into, optional)] id: String,
    #[prop(into, optional)] hint: String,
    #[prop(into, optional)] error: TextProp,
    #[prop(into, optional)] value: String,
    #[prop(into, optional)] placeholder: String,
    #[prop(default = 4)] rows: u16,
    /// The limit that the server holds to; more may be typed, and is counted as too many.
    #[prop(optional)]
    max_chars: Option<u32>,
    #[prop(optional)] optional: bool,
    #[prop(optional)] label_size: LabelSize,
) -> impl IntoView {
    let id = either(id, &name);
    let counter = max_chars.map_or_else(String::new, |_| format!("{id}-count"));
    let described = describedby(&id, !hint.is_empty(), error.clone(), &counter);
    let invalid = invalid(error.clone());
    view! {
        <Field id=id.clone() label hint error optional label_size>
            <textarea
                class="input textarea"
                id=id
                name=name
                rows=rows
                placeholder=given(placeholder)
                aria-describedby=described
                aria-invalid=invalid
                data-max=max_chars
            >
                {value}
            </textarea>
            {max_chars.map(|max| view! {
                <div class="textarea__count" id=counter aria-live="polite">{format!("You can enter up to {max} characters")}</div>
            })}
        </Field>
    }
}

/// A choice from a list. For tenants, radios are kinder up to about ten choices.
#[component]
pub fn Select(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    choices: Vec<Choice>,
    #[prop(into, optional)] id: String,
    #[prop(into, optional)] hint: String,
    #[prop(into, optional)] error: TextProp,
    /// The chosen value.
    #[prop(into, optional)]
    value: String,
    /// Stands for "nothing chosen", such as "Choose a trade".
    #[prop(into, optional)]
    empty: String,
    #[prop(optional)] width: InputWidth,
    #[prop(optional)] optional: bool,
    #[prop(optional)] label_size: LabelSize,
    #[prop(optional)] disabled: bool,
) -> impl IntoView {
    let id = either(id, &name);
    let described = describedby(&id, !hint.is_empty(), error.clone(), "");
    let invalid = invalid(error.clone());
    let options = choices
        .into_iter()
        .map(|choice| {
            let selected = choice.value == value;
            view! {
                <option value=choice.value selected=selected disabled=choice.disabled>
                    {choice.label}
                </option>
            }
        })
        .collect_view();
    view! {
        <Field id=id.clone() label hint error optional label_size>
            <select
                class=classes(["input", "select", width.class()])
                id=id
                name=name
                disabled=disabled
                aria-describedby=described
                aria-invalid=invalid
            >
                {given(empty).map(|empty| view! { <option value="">{empty}</option> })}
                {options}
            </select>
        </Field>
    }
}
