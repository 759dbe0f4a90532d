//! Photos as a grid; one opens over the page.

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

/// Thumbnails. Each is a link to the whole photo; `public/ui.js` opens it over the page instead (arrow keys, Escape).
#[component]
pub fn PhotoGrid(photos: Vec<Photo>, #[prop(into, optional)] label: String) -> impl IntoView {
    let single = photos.len() < 2;
    let thumbs = photos
        .into_iter()
        .map(|photo| {
            view! {
                <li>
                    <a class="photos__link" href=photo.full title=given(photo.caption)>
                        <img class="photos__thumb" src=photo.thumbnail alt=photo.alt loading="lazy" width="160" height="120"/>
                    </a>
                </li>
            }
        })
        .collect_view();
    view! {
        <ul class="photos" role="list" aria-label=given(label)>{thumbs}</ul>
        <dialog class="lightbox" aria-label="Photo">
            <figure class="lightbox__figure"></figure>
            <div class="lightbox__tools">
                <button class="lightbox__button" type="button" title="Previous photo" hidden=single data-step="-1">
                    <Icon name=IconName::ChevronLeft size=24 label="Previous photo"/>
                </button>
                <button class="lightbox__button" type="button" title="Next photo" hidden=single data-step="1">
                    <Icon name=IconName::ChevronRight size=24 label="Next photo"/>
                </button>
                <button class="lightbox__button" type="button" title="Close" data-close="">
                    <Icon name=IconName::X size=24 label="Close"/>
                </button>
            </div>
        </dialog>
    }
}
