//! What happened, day by day.

use leptos::prelude::*;

use crate::attr::{classes, given};
use crate::avatar::{Avatar, AvatarSize};
use crate::icon::{Icon, IconName};
use crate::tone::Tone;

/// How an entry is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    /// A line: a state changed, somebody was assigned.
    #[default]
    Event,
    /// A card that everybody may read.
    Public,
    /// A card that only staff may read.
    Internal,
}

/// One entry.
#[derive(Default)]
pub struct TimelineItem {
    kind: Kind,
    who: String,
    what: String,
    at: String,
    datetime: String,
    icon: Option<IconName>,
    tone: Tone,
    body: Option<AnyView>,
}

impl TimelineItem {
    /// Something happened: `who` ("Olive Okafor") and `what` ("set the priority to Urgent").
    pub fn event(who: impl Into<String>, what: impl Into<String>) -> Self {
        Self { who: who.into(), what: what.into(), ..Self::default() }
    }

    /// Words that the tenant can see.
    pub fn public(who: impl Into<String>, what: impl Into<String>, body: impl IntoAny) -> Self {
        Self { kind: Kind::Public, body: Some(body.into_any()), ..Self::event(who, what) }
    }

    /// Words for staff alone.
    pub fn internal(who: impl Into<String>, what: impl Into<String>, body: impl IntoAny) -> Self {
        Self { kind: Kind::Internal, body: Some(body.into_any()), ..Self::event(who, what) }
    }

    /// When: in words ("14:05") and for machines (RFC 3339).
    pub fn at(mut self, words: impl Into<String>, datetime: impl Into<String>) -> Self {
        self.at = words.into();
        self.datetime = datetime.into();
        self
    }

    pub fn icon(mut self, icon: IconName, tone: Tone) -> Self {
        self.icon = Some(icon);
        self.tone = tone;
        self
    }

    /// More under an event: photos, a table.
    pub fn body(mut self, body: impl IntoAny) -> Self {
        self.body = Some(body.into_any());
        self
    }
}

/// The entries of one day.
pub struct TimelineDay {
    label: String,
    items: Vec<TimelineItem>,
}

impl TimelineDay {
    /// `label` as "Tuesday 24 November".
    pub fn new(label: impl Into<String>, items: Vec<TimelineItem>) -> Self {
        Self { label: label.into(), items }
    }
}

/// A case's history, grouped by day.
#[component]
pub fn Timeline(days: Vec<TimelineDay>) -> impl IntoView {
    let days = days
        .into_iter()
        .map(|day| {
            view! {
                <li>
                    <h3 class="timeline__date">{day.label}</h3>
                    <ol class="timeline__items" role="list">{day.items.into_iter().map(entry).collect_view()}</ol>
                </li>
            }
        })
        .collect_view();
    view! { <ol class="timeline" role="list">{days}</ol> }
}

fn entry(item: TimelineItem) -> impl IntoView {
    let modifier = match item.kind {
        Kind::Event => "timeline__item--event",
        Kind::Public => "timeline__item--note",
        Kind::Internal => "timeline__item--note timeline__item--internal",
    };
    let mark = match (item.kind, item.icon) {
        (Kind::Event, icon) => {
            let name = icon.unwrap_or(IconName::CircleDot);
            view! { <span class=classes(["timeline__mark", item.tone.class()])><Icon name size=14/></span> }.into_any()
        }
        _ => view! { <span class="timeline__avatar"><Avatar name=item.who.clone() size=AvatarSize::Medium/></span> }.into_any(),
    };
    view! {
        <li class=classes(["timeline__item", modifier])>
            {mark}
            <div class="timeline__content">
                <p class="timeline__line">
                    <span class="timeline__who">{item.who}</span>
                    " "
                    <span>{item.what}</span>
                    {(item.kind == Kind::Internal).then(|| view! {
                        <span class="timeline__seen"><Icon name=IconName::Lock size=12/>"Staff only"</span>
                    })}
                    {given(item.at).map(|at| view! { <time class="timeline__at" datetime=item.datetime>{at}</time> })}
                </p>
                {item.body.map(|body| view! { <div class="timeline__body">{body}</div> })}
            </div>
        </li>
    }
}
