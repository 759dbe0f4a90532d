//! Ctrl K: go anywhere, do anything, without the mouse.

use std::fmt::Write as _;

use leptos::ev;
use leptos::html::{Dialog as DialogElement, Input};
use leptos::prelude::*;

use crate::attr::{either, given};
use crate::icon::{Icon, IconName};

/// The most results shown at once.
const SHOWN: usize = 12;

/// One thing to do or place to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaletteItem {
    group: String,
    label: String,
    href: String,
    icon: IconName,
    hint: String,
    keys: String,
}

impl PaletteItem {
    /// `group` gathers results under a heading: "Go to", "Create", "Recent".
    pub fn new(group: impl Into<String>, icon: IconName, label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { group: group.into(), label: label.into(), href: href.into(), icon, hint: String::new(), keys: String::new() }
    }

    /// Quiet words behind the label; they are searched too.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// The keys that do the same.
    pub fn keys(mut self, keys: impl Into<String>) -> Self {
        self.keys = keys.into();
        self
    }

    /// Every typed word begins a word of this item.
    fn matches(&self, typed: &str) -> bool {
        let text = format!("{} {} {}", self.label, self.hint, self.group).to_lowercase();
        typed.to_lowercase().split_whitespace().all(|word| {
            text.split(|c: char| !c.is_alphanumeric()).any(|has| has.starts_with(word)) || text.contains(word) && word.len() > 2
        })
    }
}

/// The palette; once per page. Opens on Ctrl K or ⌘ K, and from the shell's search line.
#[component]
pub fn CommandPalette(
    items: Vec<PaletteItem>,
    /// `palette` unless told otherwise; the shell looks for that.
    #[prop(into, optional)]
    id: String,
    /// A search for what was typed, offered last: the text is put behind it (`/staff/tickets?q=`).
    #[prop(into, optional)]
    search_href: String,
) -> impl IntoView {
    let id = either(id, "palette");
    let (list_id, field_label) = (format!("{id}-list"), "Search, or go to a page");
    let typed = RwSignal::new(String::new());
    let at = RwSignal::new(0_usize);
    let dialog = NodeRef::<DialogElement>::new();
    let field = NodeRef::<Input>::new();
    let found = Memo::new(move |_| {
        let typed = typed.get();
        let mut found: Vec<PaletteItem> = items.iter().filter(|item| item.matches(&typed)).take(SHOWN).cloned().collect();
        if !typed.trim().is_empty() && !search_href.is_empty() {
            let query = encode(typed.trim());
            found.push(PaletteItem::new(
                "Search",
                IconName::Search,
                format!("Search tickets for “{}”", typed.trim()),
                format!("{search_href}{query}"),
            ));
        }
        found
    });
    Effect::new(move |_| {
        let listener = window_event_listener(ev::keydown, move |event| {
            if (event.ctrl_key() || event.meta_key()) && event.key().eq_ignore_ascii_case("k") {
                event.prevent_default();
                if let Some(dialog) = dialog.get_untracked().filter(|dialog| !dialog.open()) {
                    let _ = dialog.show_modal();
                }
            }
        });
        on_cleanup(move || listener.remove());
    });
    let option_id = {
        let list_id = list_id.clone();
        move |at: usize| format!("{list_id}-{at}")
    };
    let active = option_id.clone();
    let keydown = move |event: ev::KeyboardEvent| {
        let count = found.with_untracked(Vec::len);
        match event.key().as_str() {
            "ArrowDown" if count > 0 => at.update(|at| *at = (*at + 1) % count),
            "ArrowUp" if count > 0 => at.update(|at| *at = (*at + count - 1) % count),
            "Enter" => {
                if let Some(item) = found.with_untracked(|found| found.get(at.get_untracked()).cloned()) {
                    let _ = location().set_href(&item.href);
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    let options = move || {
        let mut group = String::new();
        found
            .get()
            .into_iter()
            .enumerate()
            .map(|(index, item)| {
                let heading = (item.group != group).then(|| item.group.clone());
                group.clone_from(&item.group);
                let id = option_id(index);
                view! {
                    {heading.map(|heading| view! { <div class="palette__group" role="presentation">{heading}</div> })}
                    <a
                        class="palette__item"
                        id=id
                        role="option"
                        href=item.href
                        tabindex="-1"
                        aria-selected=move || if at.get() == index { "true" } else { "false" }
                        on:mousemove=move |_| if at.get_untracked() != index { at.set(index) }
                    >
                        <Icon name=item.icon size=16/>
                        <span class="palette__label">{item.label}</span>
                        {given(item.hint).map(|hint| view! { <span class="palette__hint">{hint}</span> })}
                        {given(item.keys).map(|keys| view! { <kbd class="kbd">{keys}</kbd> })}
                    </a>
                }
            })
            .collect_view()
    };
    let controls = list_id.clone();
    view! {
        <dialog
            class="palette"
            id=id
            aria-label="Command palette"
            node_ref=dialog
            on:close=move |_| {
                typed.set(String::new());
                at.set(0);
                if let Some(field) = field.get_untracked() {
                    field.set_value("");
                }
            }
            on:click=move |event| {
                // A press on the backdrop reports the dialog itself as its target.
                if let Some(dialog) = dialog.get_untracked()
                    && event.target().is_some_and(|target| target == ***AsRef::<leptos::web_sys::Element>::as_ref(&dialog))
                {
                    dialog.close();
                }
            }
        >
            <div class="palette__field">
                <Icon name=IconName::Search/>
                <input
                    class="palette__input"
                    type="text"
                    role="combobox"
                    placeholder=field_label
                    aria-label=field_label
                    aria-expanded="true"
                    aria-autocomplete="list"
                    aria-controls=controls
                    aria-activedescendant=move || active(at.get())
                    autocomplete="off"
                    spellcheck="false"
                    autofocus=true
                    node_ref=field
                    on:input=move |event| {
                        typed.set(event_target_value(&event));
                        at.set(0);
                    }
                    on:keydown=keydown
                />
                <kbd class="kbd">"Esc"</kbd>
            </div>
            <div class="palette__list" id=list_id role="listbox" aria-label="Results">
                {options}
            </div>
            <p class="palette__none" role="status">{move || found.with(Vec::is_empty).then_some("Nothing by that name. Try a page, a reference or a surname.")}</p>
        </dialog>
    }
}

/// For the query of a URL.
fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_palette_item_is_found_by_the_beginnings_of_its_words() {
        let item = PaletteItem::new("Create", IconName::Plus, "New ticket for a caller", "/staff/tickets/new").hint("phone");
        for typed in ["", "new", "tick new", "PHONE", "caller", "cket"] {
            assert!(item.matches(typed), "{typed}");
        }
        for typed in ["tenancy", "new x", "ew"] {
            assert!(!item.matches(typed), "{typed}");
        }
    }

    #[test]
    fn what_was_typed_is_safe_in_a_url() {
        assert_eq!(encode("LS6 & boiler é"), "LS6%20%26%20boiler%20%C3%A9");
    }
}
