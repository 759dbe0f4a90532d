//! The keyboard, explained; on `?`.

use leptos::prelude::*;

use crate::attr::either;
use crate::browser;
use crate::dialog::Dialog;

/// Some keys under a heading: `("j", "Next ticket")`. Keys pressed one after another are parted by a space.
#[derive(Clone, Debug)]
pub struct ShortcutGroup {
    title: String,
    keys: Vec<(String, String)>,
}

impl ShortcutGroup {
    pub fn new<K: Into<String>, W: Into<String>>(title: impl Into<String>, keys: Vec<(K, W)>) -> Self {
        Self { title: title.into(), keys: keys.into_iter().map(|(key, what)| (key.into(), what.into())).collect() }
    }
}

/// A dialog with every shortcut, and the switch that turns single keys off (WCAG 2.2, 2.1.4). Opens on `?`.
///
/// `keyboard-help` is its id unless told otherwise, for a menu that offers it.
#[component]
pub fn KeyboardHelp(groups: Vec<ShortcutGroup>, #[prop(into, optional)] id: String) -> impl IntoView {
    let id = either(id, "keyboard-help");
    let on = RwSignal::new(true);
    let opened = id.clone();
    Effect::new(move |_| on.set(browser::shortcuts_on()));
    browser::on_key("?", move || {
        browser::show_dialog(&opened);
    });
    let groups = groups
        .into_iter()
        .map(|group| {
            let keys = group
                .keys
                .into_iter()
                .map(|(key, what)| {
                    let keys = key.split(' ').map(|key| view! { <kbd class="kbd">{key.to_owned()}</kbd> }).collect_view();
                    view! { <div class="shortcuts__row"><dt>{what}</dt><dd class="shortcuts__keys">{keys}</dd></div> }
                })
                .collect_view();
            view! { <section><h3 class="shortcuts__title">{group.title}</h3><dl>{keys}</dl></section> }
        })
        .collect_view();
    view! {
        <Dialog id title="Keyboard shortcuts" wide=true>
            <div class="shortcuts">{groups}</div>
            <div class="tick shortcuts__switch">
                <input
                    class="tick__input tick__input--checkbox"
                    type="checkbox"
                    id="shortcuts-on"
                    prop:checked=move || on.get()
                    on:change=move |event| {
                        let now = event_target_checked(&event);
                        browser::set_cookie("shortcuts", if now { "on" } else { "off" });
                        on.set(now);
                    }
                />
                <label class="tick__label" for="shortcuts-on">"Use single-key shortcuts in this browser"</label>
            </div>
        </Dialog>
    }
}
