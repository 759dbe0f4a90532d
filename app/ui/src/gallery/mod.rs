//! Every component in every state on one page, and whole screens made of them. For `/dev/ui` and for looking at.

mod forms;
mod parts;
mod screens;

use leptos::prelude::*;

use crate::tabs::{Tab, Tabs};

/// What the gallery shows: everything, or one whole screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Screen {
    /// All components.
    #[default]
    Components,
    /// The staff queue: list, filters, panel.
    Queue,
    /// One case: next step, facts, timeline, actions.
    Case,
    /// The figures a coordinator starts the day with.
    Dashboard,
    /// A question of the tenant's wizard, with picture tiles.
    Question,
    /// The same with an error and what was typed.
    Error,
    /// The answers to check.
    Check,
    /// "We have got it."
    Confirmation,
}

impl Screen {
    pub const ALL: [Screen; 8] = [
        Screen::Components,
        Screen::Queue,
        Screen::Case,
        Screen::Dashboard,
        Screen::Question,
        Screen::Error,
        Screen::Check,
        Screen::Confirmation,
    ];

    /// As in `/dev/ui?screen=queue`; anything else is the components.
    pub fn from_query(value: &str) -> Self {
        Self::ALL.into_iter().find(|s| s.name() == value).unwrap_or_default()
    }

    /// Its name in the query.
    pub const fn name(self) -> &'static str {
        match self {
            Screen::Components => "components",
            Screen::Queue => "queue",
            Screen::Case => "case",
            Screen::Dashboard => "dashboard",
            Screen::Question => "question",
            Screen::Error => "error",
            Screen::Check => "check",
            Screen::Confirmation => "confirmation",
        }
    }

    /// The class that its `<body>` needs.
    pub const fn audience(self) -> &'static str {
        match self {
            Screen::Components | Screen::Queue | Screen::Case | Screen::Dashboard => "audience-staff",
            Screen::Question | Screen::Error | Screen::Check | Screen::Confirmation => "audience-tenant",
        }
    }
}

/// The gallery page.
#[component]
pub fn Gallery(#[prop(optional)] screen: Screen) -> impl IntoView {
    match screen {
        Screen::Components => view! { <Components/> }.into_any(),
        Screen::Queue => screens::queue(),
        Screen::Case => screens::case(),
        Screen::Dashboard => screens::dashboard(),
        Screen::Question => screens::question(),
        Screen::Error => screens::error(),
        Screen::Check => screens::check(),
        Screen::Confirmation => screens::confirmation(),
    }
}

#[component]
fn Components() -> impl IntoView {
    let screens = Screen::ALL
        .into_iter()
        .map(|s| {
            let mut name = s.name().to_owned();
            if let Some(first) = name.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            Tab::new(name, format!("?screen={}", s.name())).current(s == Screen::Components)
        })
        .collect();
    view! {
        <main class="gallery" id="main">
            <header class="gallery__head">
                <h1 class="heading-xl">"Components"</h1>
                <p class="lede">"Everything the pages are made of, in every state."</p>
                <Tabs label="Screens" tabs=screens/>
            </header>
            {parts::all()}
            {forms::all("audience-staff", "staff")}
            {forms::all("audience-tenant", "tenant")}
        </main>
    }
}

/// One part of the gallery with its name.
fn section(title: &'static str, children: impl IntoView + 'static) -> AnyView {
    view! {
        <section class="gallery__section">
            <h2 class="gallery__title">{title}</h2>
            <div class="gallery__body">{children.into_view()}</div>
        </section>
    }
    .into_any()
}
