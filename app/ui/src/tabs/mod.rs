//! Views of the same thing, as links: the choice is in the URL.

use leptos::prelude::*;

use crate::attr::given;
use crate::icon::{Icon, IconName};

/// One view.
#[derive(Clone, Debug)]
pub struct Tab {
    label: String,
    href: String,
    count: String,
    icon: Option<IconName>,
    current: bool,
}

impl Tab {
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: href.into(), count: String::new(), icon: None, current: false }
    }

    pub fn count(mut self, count: impl Into<String>) -> Self {
        self.count = count.into();
        self
    }

    pub fn icon(mut self, icon: IconName) -> Self {
        self.icon = Some(icon);
        self
    }

    pub fn current(mut self, current: bool) -> Self {
        self.current = current;
        self
    }
}

/// Underlined tabs: views of a list, parts of a case.
#[component]
pub fn Tabs(#[prop(into)] label: String, tabs: Vec<Tab>) -> impl IntoView {
    view! { <nav class="tabs" aria-label=label><ul class="tabs__list" role="list">{items("tabs__tab", tabs)}</ul></nav> }
}

/// A switch between two or three ways to see the same rows: list, board.
#[component]
pub fn Switch(#[prop(into)] label: String, tabs: Vec<Tab>) -> impl IntoView {
    view! { <nav class="switch" aria-label=label><ul class="switch__list" role="list">{items("switch__tab", tabs)}</ul></nav> }
}

fn items(class: &'static str, tabs: Vec<Tab>) -> impl IntoView {
    tabs.into_iter()
        .map(|tab| {
            view! {
                <li>
                    <a class=class href=tab.href aria-current=tab.current.then_some("page")>
                        {tab.icon.map(|name| view! { <Icon name size=16/> })}
                        {tab.label}
                        {given(tab.count).map(|count| view! { <span class="tabs__count">{count}</span> })}
                    </a>
                </li>
            }
        })
        .collect_view()
}
