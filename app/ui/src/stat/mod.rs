//! One figure, what it means, and which way it goes.

use leptos::prelude::*;

use crate::attr::{classes, given};
use crate::chart::Sparkline;
use crate::icon::{Icon, IconName};
use crate::tone::Tone;

/// A figure at the top of a dashboard; with `href` the whole card leads to what it counts.
#[component]
pub fn StatCard(
    #[prop(into)] label: String,
    #[prop(into)] value: String,
    /// In words under the figure: "4 more than last week", "oldest 3 days".
    #[prop(into, optional)]
    note: String,
    /// Says whether the note is good or bad news, together with its icon.
    #[prop(optional)]
    tone: Tone,
    #[prop(optional)] icon: Option<IconName>,
    #[prop(into, optional)] href: String,
    /// The same figure over time, oldest first.
    #[prop(optional)]
    trend: Vec<f64>,
) -> impl IntoView {
    let label = if href.is_empty() { label.into_any() } else { view! { <a class="stat__link" href=href>{label}</a> }.into_any() };
    view! {
        <div class=classes(["stat", tone.class()])>
            <p class="stat__label">{icon.map(|name| view! { <Icon name size=16/> })}{label}</p>
            <div class="stat__row">
                <p class="stat__value">{value}</p>
                {(trend.len() > 1).then(|| view! { <Sparkline values=trend/> })}
            </div>
            {given(note).map(|note| view! {
                <p class="stat__note">
                    {(tone != Tone::Grey).then(|| view! { <Icon name=tone.icon() size=14/> })}
                    {note}
                </p>
            })}
        </div>
    }
}

/// Stat cards side by side.
#[component]
pub fn StatRow(children: Children) -> impl IntoView {
    view! { <div class="stats">{children()}</div> }
}
