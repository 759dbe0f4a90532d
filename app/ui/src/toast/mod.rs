//! Short news of what just happened. Anything that must not be missed is a `Banner`.

use std::time::Duration;

use leptos::prelude::*;

use crate::attr::classes;
use crate::icon::{Icon, IconName};
use crate::tone::Tone;

/// How long a toast stays; red ones stay until they are closed.
const STAY: Duration = Duration::from_secs(8);

/// One piece of news.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    tone: Tone,
    text: String,
    link: Option<(String, String)>,
}

impl Toast {
    pub fn new(tone: Tone, text: impl Into<String>) -> Self {
        Self { tone, text: text.into(), link: None }
    }

    /// It went well.
    pub fn done(text: impl Into<String>) -> Self {
        Self::new(Tone::Green, text)
    }

    /// It did not; say what to do.
    pub fn failed(text: impl Into<String>) -> Self {
        Self::new(Tone::Red, text)
    }

    /// Such as "Undo" or "View".
    pub fn link(mut self, label: impl Into<String>, href: impl Into<String>) -> Self {
        self.link = Some((label.into(), href.into()));
        self
    }
}

/// A handle to the region of this page. Cheap to copy into handlers.
#[derive(Clone, Copy, Debug)]
pub struct Toasts {
    shown: RwSignal<Vec<(u32, Toast)>>,
    last: StoredValue<u32>,
}

impl Toasts {
    /// Shows it. From handlers and effects; for news from the server pass `flash` to the region.
    pub fn show(self, toast: Toast) {
        let id = self.last.with_value(|last| last.wrapping_add(1));
        self.last.set_value(id);
        let stays = toast.tone == Tone::Red;
        self.shown.update(|shown| shown.push((id, toast)));
        if !stays {
            set_timeout(move || self.close(id), STAY);
        }
    }

    fn close(self, id: u32) {
        self.shown.try_update(|shown| shown.retain(|(other, _)| *other != id));
    }
}

/// Makes the handle and puts it into context; call it once, above the region and the pages.
pub fn provide_toasts(flash: Option<Toast>) -> Toasts {
    let toasts = Toasts { shown: RwSignal::new(flash.into_iter().map(|toast| (0, toast)).collect()), last: StoredValue::new(0) };
    provide_context(toasts);
    toasts
}

/// The handle, where `provide_toasts` was called above.
pub fn use_toasts() -> Option<Toasts> {
    use_context()
}

/// The corner where toasts appear; once per page.
#[component]
pub fn ToastRegion(toasts: Toasts) -> impl IntoView {
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <For each=move || toasts.shown.get() key=|(id, _)| *id let:item>
                {
                    let (id, toast) = item;
                    view! {
                        <div class=classes(["toast", toast.tone.class()])>
                            <Icon name=toast.tone.icon()/>
                            <span class="toast__text">{toast.text}</span>
                            {toast.link.map(|(label, href)| view! { <a class="toast__link" href=href>{label}</a> })}
                            <button class="toast__close" type="button" title="Close" on:click=move |_| toasts.close(id)>
                                <Icon name=IconName::X size=16 label="Close"/>
                            </button>
                        </div>
                    }
                }
            </For>
        </div>
    }
}
