//! Small words about state: always with an icon, never colour alone.

use leptos::prelude::*;

use crate::attr::classes;
use crate::icon::{Icon, IconName};
use crate::tone::Tone;

/// A word in a tinted pill.
#[component]
pub fn Badge(#[prop(into)] label: String, #[prop(optional)] tone: Tone, #[prop(optional)] icon: Option<IconName>) -> impl IntoView {
    view! {
        <span class=classes(["badge", tone.class()])>
            {icon.map(|name| view! { <Icon name size=14/> })}
            {label}
        </span>
    }
}

/// The state of a thing. The icon follows the tone unless named.
#[component]
pub fn StatusBadge(
    #[prop(into)] label: String,
    #[prop(optional)] tone: Tone,
    #[prop(optional)] icon: Option<IconName>,
    /// Icon and word without the pill, for dense tables.
    #[prop(optional)]
    plain: bool,
) -> impl IntoView {
    let icon = icon.unwrap_or(match tone {
        Tone::Grey => IconName::CircleDashed,
        Tone::Red => IconName::CircleX,
        Tone::Amber => IconName::CircleDot,
        Tone::Blue => IconName::CirclePlay,
        Tone::Green => IconName::CircleCheck,
        Tone::Violet => IconName::CirclePause,
    });
    view! {
        <span class=classes(["badge", if plain { "badge--plain" } else { "" }, tone.class()])>
            <Icon name=icon size=14/>
            {label}
        </span>
    }
}

/// How much it hurries. Emergencies are filled, so that they stand out from a list of a hundred.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Urgency {
    Emergency,
    Urgent,
    #[default]
    Routine,
}

/// The priority of a thing.
#[component]
pub fn PriorityBadge(
    urgency: Urgency,
    /// "Emergency", "Urgent" or "Routine" unless told otherwise.
    #[prop(into, optional)]
    label: String,
    /// Icon and word without the pill, for dense tables; an emergency stays filled.
    #[prop(optional)]
    plain: bool,
) -> impl IntoView {
    let (word, tone, icon, modifier) = match urgency {
        Urgency::Emergency => ("Emergency", Tone::Red, IconName::Siren, "badge--filled"),
        Urgency::Urgent => ("Urgent", Tone::Amber, IconName::ChevronsUp, ""),
        Urgency::Routine => ("Routine", Tone::Blue, IconName::Minus, ""),
    };
    let plain = if plain && urgency != Urgency::Emergency { "badge--plain" } else { "" };
    view! {
        <span class=classes(["badge", "badge--priority", modifier, plain, tone.class()])>
            <Icon name=icon size=14/>
            {crate::attr::either(label, word)}
        </span>
    }
}
