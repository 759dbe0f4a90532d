//! Buttons, and links that look like them.

use leptos::prelude::*;

use crate::attr::{classes, given};
use crate::icon::{Icon, IconName};

/// How loudly a button speaks. One primary button to a view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    Primary,
    #[default]
    Secondary,
    /// No box until it is pointed at: toolbars, rows, cancel.
    Quiet,
    /// Destroys or refuses something.
    Danger,
}

impl ButtonKind {
    const fn class(self) -> &'static str {
        match self {
            ButtonKind::Primary => "button--primary",
            ButtonKind::Secondary => "button--secondary",
            ButtonKind::Quiet => "button--quiet",
            ButtonKind::Danger => "button--danger",
        }
    }
}

/// The height of a button; medium is that of the audience's controls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonSize {
    Small,
    #[default]
    Medium,
    Large,
}

impl ButtonSize {
    const fn class(self) -> &'static str {
        match self {
            ButtonSize::Small => "button--small",
            ButtonSize::Medium => "",
            ButtonSize::Large => "button--large",
        }
    }
}

/// A button that submits its form, or a link with `href`.
///
/// Put `on:click` on the component itself. `dialog` and `popover` need no script in current browsers; `public/ui.js` helps older ones, and
/// ignores presses while `busy`.
#[component]
pub fn Button(
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] size: ButtonSize,
    /// Makes it a link.
    #[prop(into, optional)]
    href: String,
    /// `submit` (the default), `button` or `reset`.
    #[prop(into, optional)]
    kind_of: String,
    #[prop(into, optional)] name: String,
    #[prop(into, optional)] value: String,
    #[prop(into, optional)] id: String,
    /// The id of a form elsewhere in the page.
    #[prop(into, optional)]
    form: String,
    /// Where this button alone sends its form.
    #[prop(into, optional)]
    formaction: String,
    #[prop(optional)] icon: Option<IconName>,
    #[prop(optional)] icon_after: Option<IconName>,
    /// Shows the icon alone; the words become its name and its tooltip.
    #[prop(into, optional)]
    icon_only: String,
    #[prop(into, optional)] disabled: Signal<bool>,
    /// Shows a spinner and ignores further presses.
    #[prop(into, optional)]
    busy: Signal<bool>,
    /// As wide as its column.
    #[prop(optional)]
    full: bool,
    /// The id of a `Dialog` or `Drawer` to open.
    #[prop(into, optional)]
    dialog: String,
    /// The id of a popover to show or hide.
    #[prop(into, optional)]
    popover: String,
    #[prop(into, optional)] class: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let class = classes([
        "button",
        kind.class(),
        size.class(),
        if full { "button--full" } else { "" },
        if icon_only.is_empty() { "" } else { "button--icon" },
        &class,
    ]);
    let small = if size == ButtonSize::Large { 20 } else { 16 };
    let title = given(icon_only.clone());
    let content = view! {
        <span class="button__spinner" aria-hidden="true"></span>
        {icon.map(|name| view! { <Icon name size=small/> })}
        {(!icon_only.is_empty()).then(|| view! { <span class="visually-hidden">{icon_only}</span> })}
        {children.map(|children| view! { <span class="button__label">{children()}</span> })}
        {icon_after.map(|name| view! { <Icon name size=small/> })}
    };
    if !href.is_empty() {
        return view! { <a class=class href=href id=given(id) title=title>{content}</a> }.into_any();
    }
    let opens = !dialog.is_empty() || !popover.is_empty();
    let kind_of = match (kind_of.is_empty(), opens) {
        (false, _) => kind_of,
        (true, true) => "button".to_owned(),
        (true, false) => "submit".to_owned(),
    };
    let command = (!dialog.is_empty()).then_some("show-modal");
    view! {
        <button
            class=class
            class=("button--busy", move || busy.get())
            type=kind_of
            id=given(id)
            name=given(name)
            value=given(value)
            form=given(form)
            formaction=given(formaction)
            title=title
            disabled=move || disabled.get()
            aria-disabled=move || busy.get().then_some("true")
            aria-busy=move || busy.get().then_some("true")
            aria-haspopup=command.map(|_| "dialog")
            commandfor=given(dialog)
            command=command
            popovertarget=given(popover)
        >
            {content}
        </button>
    }
    .into_any()
}

/// Buttons in a row, the first the most likely; they stack on a narrow screen.
#[component]
pub fn ButtonGroup(children: Children) -> impl IntoView {
    view! { <div class="button-group">{children()}</div> }
}
