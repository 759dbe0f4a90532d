//! Icons of one stroke set, drawn from the sprite `/icons.svg`.

mod names;

use leptos::prelude::*;

use crate::attr::{classes, given};

pub use names::IconName;

/// One icon, 20 px unless told otherwise.
///
/// Without `label` it is decoration beside a word and hidden from screen readers; alone in a control it needs one.
#[component]
pub fn Icon(
    name: IconName,
    /// Side in pixels: 12, 14, 16, 20, 24, 32 or 48.
    #[prop(default = 20)]
    size: u16,
    /// What it says where no word stands beside it.
    #[prop(into, optional)]
    label: String,
    #[prop(into, optional)] class: String,
) -> impl IntoView {
    let role = (!label.is_empty()).then_some("img");
    let hidden = label.is_empty().then_some("true");
    view! {
        <svg
            class=classes(["icon", &class])
            width=size
            height=size
            role=role
            aria-label=given(label)
            aria-hidden=hidden
            focusable="false"
        >
            <use href=format!("/icons.svg#{}", name.id())></use>
        </svg>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sprite_and_the_enum_name_the_same_icons() {
        let sprite = include_str!("../../../../public/icons.svg");
        let drawn: Vec<_> = sprite.split("<symbol id=\"").skip(1).filter_map(|s| s.split('"').next()).collect();
        let named: Vec<_> = IconName::ALL.iter().map(|icon| icon.id()).collect();
        assert_eq!(drawn, named);
    }
}
