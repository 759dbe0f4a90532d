//! Radios, checkboxes and picture tiles.

use leptos::prelude::*;

use crate::attr::{classes, describedby, given, invalid};
use crate::field::{FieldError, FieldGroup, LabelSize};
use crate::icon::{Icon, IconName};

/// One thing to choose.
#[derive(Default)]
pub struct Choice {
    pub(crate) value: String,
    pub(crate) label: String,
    hint: String,
    icon: Option<IconName>,
    drawing: Option<AnyView>,
    more: Option<AnyView>,
    after: String,
    pub(crate) disabled: bool,
}

impl Choice {
    /// What the form sends, and what the person reads.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), ..Self::default() }
    }

    /// A line that explains this choice.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// An icon beside the words (tiles).
    pub fn icon(mut self, icon: IconName) -> Self {
        self.icon = Some(icon);
        self
    }

    /// A drawing above the words (tiles).
    pub fn drawing(mut self, drawing: impl IntoAny) -> Self {
        self.drawing = Some(drawing.into_any());
        self
    }

    /// A further question, shown while this is chosen. Its fields are sent either way: the server ignores what does not apply.
    pub fn more(mut self, more: impl IntoAny) -> Self {
        self.more = Some(more.into_any());
        self
    }

    /// A word between the choice before and this one, such as "or".
    pub fn after(mut self, word: impl Into<String>) -> Self {
        self.after = word.into();
        self
    }

    pub fn disabled(mut self) -> Self {
        self.disabled = true;
        self
    }
}

impl<V: Into<String>, L: Into<String>> From<(V, L)> for Choice {
    fn from((value, label): (V, L)) -> Self {
        Self::new(value, label)
    }
}

/// The id of a choice: the first bears the group's, so that an error summary's link lands on it.
fn choice_id(group: &str, at: usize) -> String {
    if at == 0 { group.to_owned() } else { format!("{group}-{}", at + 1) }
}

/// One choice of a few.
#[component]
pub fn Radios(
    #[prop(into)] name: String,
    #[prop(into)] legend: String,
    choices: Vec<Choice>,
    #[prop(into, optional)] hint: String,
    #[prop(into, optional)] error: TextProp,
    /// The chosen value.
    #[prop(into, optional)]
    value: String,
    #[prop(optional)] label_size: LabelSize,
    #[prop(optional)] optional: bool,
    /// Side by side: for "Yes" and "No" only.
    #[prop(optional)]
    inline: bool,
) -> impl IntoView {
    let items = choices
        .into_iter()
        .enumerate()
        .map(|(at, choice)| {
            let checked = choice.value == value;
            tick("radio", &name, choice_id(&name, at), choice, checked)
        })
        .collect_view();
    view! {
        <FieldGroup id=name legend hint error label_size optional>
            <div class=classes(["ticks", if inline { "ticks--inline" } else { "" }])>{items}</div>
        </FieldGroup>
    }
}

/// Any number of choices; the form sends the name once for each.
#[component]
pub fn Checkboxes(
    #[prop(into)] name: String,
    #[prop(into)] legend: String,
    choices: Vec<Choice>,
    #[prop(into, optional)] hint: String,
    #[prop(into, optional)] error: TextProp,
    /// The chosen values.
    #[prop(optional)]
    values: Vec<String>,
    #[prop(optional)] label_size: LabelSize,
    #[prop(optional)] optional: bool,
) -> impl IntoView {
    let items = choices
        .into_iter()
        .enumerate()
        .map(|(at, choice)| {
            let checked = values.contains(&choice.value);
            tick("checkbox", &name, choice_id(&name, at), choice, checked)
        })
        .collect_view();
    view! {
        <FieldGroup id=name legend hint error label_size optional>
            <div class="ticks">{items}</div>
        </FieldGroup>
    }
}

/// One yes or no that stands by itself, such as a consent.
#[component]
pub fn Checkbox(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(into, optional)] id: String,
    #[prop(into, optional)] hint: String,
    #[prop(into, optional)] error: TextProp,
    /// What the form sends when ticked; `true` unless told otherwise.
    #[prop(into, optional)]
    value: String,
    #[prop(optional)] checked: bool,
    #[prop(optional)] disabled: bool,
) -> impl IntoView {
    let id = crate::attr::either(id, &name);
    let value = crate::attr::either(value, "true");
    let described = describedby(&id, !hint.is_empty(), error.clone(), "");
    let bad = invalid(error.clone());
    let failed = error.clone();
    view! {
        <div class="field" class=("field--error", move || !failed.get().is_empty())>
            <FieldError id=id.clone() error/>
            <div class="tick">
                <input
                    class="tick__input tick__input--checkbox"
                    type="checkbox"
                    id=id.clone()
                    name=name
                    value=value
                    checked=checked
                    disabled=disabled
                    aria-describedby=described
                    aria-invalid=bad
                />
                <label class="tick__label" for=id.clone()>{label}</label>
                {given(hint).map(|hint| view! { <div class="tick__hint" id=format!("{id}-hint")>{hint}</div> })}
            </div>
        </div>
    }
}

fn tick(kind: &'static str, name: &str, id: String, choice: Choice, checked: bool) -> impl IntoView + use<> {
    let hint_id = given(choice.hint.clone()).map(|_| format!("{id}-choice-hint"));
    let more = choice.more.map(|more| view! { <div class="tick__more">{more}</div> });
    view! {
        {given(choice.after).map(|word| view! { <div class="ticks__word">{word}</div> })}
        <div class="tick">
            <input
                class=format!("tick__input tick__input--{kind}")
                type=kind
                id=id.clone()
                name=name.to_owned()
                value=choice.value
                checked=checked
                disabled=choice.disabled
                aria-describedby=hint_id.clone()
            />
            <label class="tick__label" for=id>{choice.label}</label>
            {hint_id.map(|id| view! { <div class="tick__hint" id=id>{choice.hint}</div> })}
            {more}
        </div>
    }
}

/// One choice of several with pictures; the words always stand beside the drawing.
#[component]
pub fn Tiles(
    #[prop(into)] name: String,
    #[prop(into)] legend: String,
    choices: Vec<Choice>,
    #[prop(into, optional)] hint: String,
    #[prop(into, optional)] error: TextProp,
    #[prop(into, optional)] value: String,
    #[prop(optional)] label_size: LabelSize,
) -> impl IntoView {
    let tiles = choices
        .into_iter()
        .enumerate()
        .map(|(at, choice)| {
            let id = choice_id(&name, at);
            let hint_id = given(choice.hint.clone()).map(|_| format!("{id}-choice-hint"));
            let checked = choice.value == value;
            view! {
                <div class="tile">
                    <input
                        class="tile__input"
                        type="radio"
                        id=id.clone()
                        name=name.clone()
                        value=choice.value
                        checked=checked
                        disabled=choice.disabled
                        aria-describedby=hint_id.clone()
                    />
                    <label class="tile__label" for=id>
                        {choice.drawing.map(|drawing| view! { <span class="tile__drawing" aria-hidden="true">{drawing}</span> })}
                        {choice.icon.map(|name| view! { <span class="tile__icon"><Icon name size=32/></span> })}
                        <span>{choice.label}</span>
                    </label>
                    {hint_id.map(|id| view! { <div class="tile__hint" id=id>{choice.hint}</div> })}
                </div>
            }
        })
        .collect_view();
    view! {
        <FieldGroup id=name legend hint error label_size>
            <div class="tiles">{tiles}</div>
        </FieldGroup>
    }
}
