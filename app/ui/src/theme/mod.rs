//! Light, dark, or as the system says.

use leptos::prelude::*;

use crate::attr::either;
use crate::browser;
use crate::icon::{Icon, IconName};

/// The theme a person chose. The server reads it from the cookie `theme` and writes it on `<html data-theme>`, so that no
/// page flashes; without a choice the attribute is left out and the system decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    /// From the value of the cookie; anything unknown leaves it to the system.
    pub fn from_cookie(value: &str) -> Self {
        match value {
            "light" => Theme::Light,
            "dark" => Theme::Dark,
            _ => Theme::System,
        }
    }

    /// For `<html data-theme=…>`.
    pub const fn attribute(self) -> Option<&'static str> {
        match self {
            Theme::System => None,
            Theme::Light => Some("light"),
            Theme::Dark => Some("dark"),
        }
    }

    const fn value(self) -> &'static str {
        match self {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }
}

/// Three buttons. In the browser the choice acts at once and is kept in the cookie; without script the form posts
/// `theme` and `next` to `action` (default `/theme`), which sets the cookie and redirects to `next`.
#[component]
pub fn ThemeToggle(
    /// What the cookie says now.
    #[prop(optional)]
    theme: Theme,
    #[prop(into, optional)] action: String,
    /// The path to come back to.
    #[prop(into, optional)]
    next: String,
) -> impl IntoView {
    let chosen = RwSignal::new(theme);
    let buttons = [
        (Theme::Light, IconName::Sun, "Light theme"),
        (Theme::System, IconName::Monitor, "Theme of the system"),
        (Theme::Dark, IconName::Moon, "Dark theme"),
    ]
    .map(|(theme, icon, label)| {
        view! {
            <button
                class="theme-toggle__button"
                type="submit"
                name="theme"
                value=theme.value()
                title=label
                aria-pressed=move || if chosen.get() == theme { "true" } else { "false" }
                on:click=move |event| {
                    event.prevent_default();
                    apply(theme);
                    chosen.set(theme);
                }
            >
                <Icon name=icon size=16/>
                <span class="visually-hidden">{label}</span>
            </button>
        }
    })
    .collect_view();
    view! {
        <form method="post" action=either(action, "/theme")>
            <input type="hidden" name="next" value=next/>
            <div class="theme-toggle" role="group" aria-label="Theme">{buttons}</div>
        </form>
    }
}

fn apply(theme: Theme) {
    browser::set_cookie("theme", theme.value());
    if let Some(root) = document().document_element() {
        let _ = match theme.attribute() {
            Some(value) => root.set_attribute("data-theme", value),
            None => root.remove_attribute("data-theme"),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_says_what_the_page_wears() {
        for theme in [Theme::System, Theme::Light, Theme::Dark] {
            assert_eq!(Theme::from_cookie(theme.value()), theme);
        }
        assert_eq!(Theme::from_cookie("<script>").attribute(), None);
    }
}
