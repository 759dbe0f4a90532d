//! The same rows as a board: a column for each state.

use leptos::prelude::*;

use crate::attr::given;
use crate::icon::{Icon, IconName};
use crate::tone::Tone;

/// Columns side by side; they scroll sideways where there is no room.
#[component]
pub fn Board(#[prop(into)] label: String, children: Children) -> impl IntoView {
    view! { <div class="board" role="region" aria-label=label tabindex="0">{children()}</div> }
}

/// One state and its cards.
#[component]
pub fn BoardColumn(
    #[prop(into)] title: String,
    #[prop(into, optional)] count: String,
    #[prop(optional)] tone: Tone,
    #[prop(optional)] icon: Option<IconName>,
    /// What stands in an empty column.
    #[prop(into, optional)]
    empty: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <section class=format!("board__column {}", tone.class())>
            <h2 class="board__title">
                {icon.map(|name| view! { <Icon name size=16/> })}
                {title}
                {given(count).map(|count| view! { <span class="board__count">{count}</span> })}
            </h2>
            <div class="board__cards">
                {children.map(|children| children())}
                {given(empty).map(|empty| view! { <p class="board__empty">{empty}</p> })}
            </div>
        </section>
    }
}

/// One thing on a board; the whole card leads to it. `foot` holds badges, the assignee, the date.
#[component]
pub fn BoardCard(
    #[prop(into)] href: String,
    #[prop(into)] title: String,
    #[prop(into, optional)] overline: String,
    #[prop(into, optional)] text: String,
    #[prop(into, optional)] foot: Option<ViewFnOnce>,
) -> impl IntoView {
    view! {
        <article class="board-card">
            {given(overline).map(|text| view! { <p class="board-card__overline">{text}</p> })}
            <h3 class="board-card__title"><a class="row-link" href=href>{title}</a></h3>
            {given(text).map(|text| view! { <p class="board-card__text">{text}</p> })}
            {foot.map(|foot| view! { <div class="board-card__foot">{foot.run()}</div> })}
        </article>
    }
}
