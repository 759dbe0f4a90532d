//! Photos as a grid; one opens over the page.

use leptos::html::Dialog as DialogElement;
use leptos::prelude::*;

use crate::attr::given;
use crate::icon::{Icon, IconName};

/// One photo.
#[derive(Clone, Debug)]
pub struct Photo {
    thumbnail: String,
    full: String,
    alt: String,
    caption: String,
}

impl Photo {
    /// `alt` says what it shows, or at least whose and which: "Photo 2 from the tenant".
    pub fn new(thumbnail: impl Into<String>, full: impl Into<String>, alt: impl Into<String>) -> Self {
        Self { thumbnail: thumbnail.into(), full: full.into(), alt: alt.into(), caption: String::new() }
    }

    /// Such as "Taken Tue 24 Nov, 14:05".
    pub fn caption(mut self, caption: impl Into<String>) -> Self {
        self.caption = caption.into();
        self
    }
}

/// Thumbnails; without script each is a link to the whole photo, with it they open in a viewer (arrow keys, Escape).
#[component]
pub fn PhotoGrid(photos: Vec<Photo>, #[prop(into, optional)] label: String) -> impl IntoView {
    let dialog = NodeRef::<DialogElement>::new();
    // Nothing is loaded until a photo is asked for.
    let at = RwSignal::new(None::<usize>);
    let count = photos.len();
    let all = StoredValue::new(photos.clone());
    let current = move || at.get().and_then(|at| all.with_value(|all| Some((at, all.get(at)?.clone()))));
    let step = move |by: usize| at.update(|at| *at = at.map(|at| (at + by) % count.max(1)));
    let thumbs = photos
        .into_iter()
        .enumerate()
        .map(|(index, photo)| {
            let title = given(photo.caption);
            view! {
                <li>
                    <a
                        class="photos__link"
                        href=photo.full
                        title=title
                        on:click=move |event| {
                            if event.ctrl_key() || event.meta_key() || event.shift_key() {
                                return;
                            }
                            if let Some(dialog) = dialog.get_untracked() {
                                event.prevent_default();
                                at.set(Some(index));
                                let _ = dialog.show_modal();
                            }
                        }
                    >
                        <img class="photos__thumb" src=photo.thumbnail alt=photo.alt loading="lazy" width="160" height="120"/>
                    </a>
                </li>
            }
        })
        .collect_view();
    view! {
        <ul class="photos" role="list" aria-label=given(label)>{thumbs}</ul>
        <dialog
            class="lightbox"
            aria-label="Photo"
            node_ref=dialog
            on:keydown=move |event| match event.key().as_str() {
                "ArrowRight" => step(1),
                "ArrowLeft" => step(count.saturating_sub(1)),
                _ => {}
            }
        >
            {move || current().map(|(at, photo)| view! {
                <figure class="lightbox__figure">
                    <img class="lightbox__photo" src=photo.full alt=photo.alt/>
                    <figcaption class="lightbox__caption">{photo.caption}<span class="lightbox__count">{format!("{} of {count}", at + 1)}</span></figcaption>
                </figure>
            })}
            <div class="lightbox__tools">
                <button class="lightbox__button" type="button" title="Previous photo" hidden=count < 2 on:click=move |_| step(count.saturating_sub(1))>
                    <Icon name=IconName::ChevronLeft size=24 label="Previous photo"/>
                </button>
                <button class="lightbox__button" type="button" title="Next photo" hidden=count < 2 on:click=move |_| step(1)>
                    <Icon name=IconName::ChevronRight size=24 label="Next photo"/>
                </button>
                <button
                    class="lightbox__button"
                    type="button"
                    title="Close"
                    on:click=move |_| if let Some(dialog) = dialog.get_untracked() { dialog.close() }
                >
                    <Icon name=IconName::X size=24 label="Close"/>
                </button>
            </div>
        </dialog>
    }
}
