//! A button that shows some links or buttons beside it. A native popover: it closes by itself and needs no script.

use leptos::prelude::*;

use crate::attr::{classes, either, given};
use crate::button::{Button, ButtonKind, ButtonSize};
use crate::icon::{Icon, IconName};

/// The button and its list. `id` must be unique in the page.
#[component]
pub fn Menu(
    #[prop(into)] id: String,
    /// What the button says; with `icon_only`, what it is called.
    #[prop(into)]
    label: String,
    #[prop(optional)] icon: Option<IconName>,
    #[prop(optional)] icon_only: bool,
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] size: ButtonSize,
    children: Children,
) -> impl IntoView {
    let button = if icon_only {
        view! { <Button kind size popover=id.clone() icon=icon.unwrap_or(IconName::Ellipsis) icon_only=label/> }.into_any()
    } else {
        let after = IconName::ChevronDown;
        match icon {
            Some(icon) => view! { <Button kind size popover=id.clone() icon icon_after=after>{label}</Button> }.into_any(),
            None => view! { <Button kind size popover=id.clone() icon_after=after>{label}</Button> }.into_any(),
        }
    };
    view! {
        <div class="menu">
            {button}
            <div class="menu__list" id=id popover="auto">{children()}</div>
        </div>
    }
}

/// A link in a menu.
#[component]
pub fn MenuLink(
    #[prop(into)] href: String,
    #[prop(optional)] icon: Option<IconName>,
    /// The keys that do the same.
    #[prop(into, optional)]
    keys: String,
    children: Children,
) -> impl IntoView {
    view! {
        <a class="menu__item" href=href>
            {icon.map(|name| view! { <Icon name size=16/> })}
            <span class="menu__label">{children()}</span>
            {given(keys).map(|keys| view! { <kbd class="kbd">{keys}</kbd> })}
        </a>
    }
}

/// A button in a menu; inside a form it submits with its `name` and `value`, or opens a `dialog`.
#[component]
pub fn MenuButton(
    #[prop(optional)] icon: Option<IconName>,
    #[prop(into, optional)] name: String,
    #[prop(into, optional)] value: String,
    /// The id of a form elsewhere in the page.
    #[prop(into, optional)]
    form: String,
    #[prop(into, optional)] dialog: String,
    #[prop(optional)] danger: bool,
    #[prop(into, optional)] kind_of: String,
    children: Children,
) -> impl IntoView {
    let kind_of = either(kind_of, if dialog.is_empty() { "submit" } else { "button" });
    let command = (!dialog.is_empty()).then_some("show-modal");
    view! {
        <button
            class=classes(["menu__item", if danger { "menu__item--danger" } else { "" }])
            type=kind_of
            name=given(name)
            value=given(value)
            form=given(form)
            commandfor=given(dialog)
            command=command
        >
            {icon.map(|name| view! { <Icon name size=16/> })}
            <span class="menu__label">{children()}</span>
        </button>
    }
}

/// A line between groups of a menu.
#[component]
pub fn MenuDivider() -> impl IntoView {
    view! { <hr class="menu__divider"/> }
}
