//! Nothing here, said kindly, with what to do about it.

use leptos::prelude::*;

use crate::attr::given;

/// Which drawing stands above the words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Drawing {
    /// An empty tray: all done.
    #[default]
    Tray,
    /// A magnifying glass: nothing found.
    Search,
    /// A house: no properties yet.
    House,
    /// A month without entries.
    Calendar,
    /// A loose plug: something failed.
    Plug,
    /// A picture frame: no photos.
    Photo,
}

/// An empty list, search or page. On a first run `action` does the first thing.
#[component]
pub fn EmptyState(
    #[prop(into)] title: String,
    #[prop(into, optional)] text: String,
    #[prop(optional)] drawing: Drawing,
    /// Usually one button.
    #[prop(into, optional)]
    action: Option<ViewFnOnce>,
    /// Less air, inside a card or panel.
    #[prop(optional)]
    compact: bool,
) -> impl IntoView {
    view! {
        <div class="empty" class=("empty--compact", compact)>
            <svg class="empty__drawing" viewBox="0 0 120 88" width="120" height="88" aria-hidden="true" focusable="false">
                {lines(drawing)}
            </svg>
            <h2 class="empty__title">{title}</h2>
            {given(text).map(|text| view! { <p class="empty__text">{text}</p> })}
            {action.map(|action| view! { <div class="empty__action">{action.run()}</div> })}
        </div>
    }
}

fn lines(drawing: Drawing) -> AnyView {
    match drawing {
        Drawing::Tray => view! {
            <ellipse class="empty__shade" cx="60" cy="80" rx="44" ry="5"></ellipse>
            <path class="empty__fill" d="M22 46 34 22a6 6 0 0 1 5-3h42a6 6 0 0 1 5 3l12 24v22a6 6 0 0 1-6 6H28a6 6 0 0 1-6-6Z"></path>
            <path class="empty__line" d="M22 46h22c2 0 3 1 4 3l1 3c1 2 2 3 4 3h14c2 0 3-1 4-3l1-3c1-2 2-3 4-3h22"></path>
            <path class="empty__line" d="M22 46 34 22a6 6 0 0 1 5-3h42a6 6 0 0 1 5 3l12 24v22a6 6 0 0 1-6 6H28a6 6 0 0 1-6-6Z"></path>
            <path class="empty__accent" d="m50 31 7 7 14-15"></path>
        }
        .into_any(),
        Drawing::Search => view! {
            <ellipse class="empty__shade" cx="60" cy="80" rx="40" ry="5"></ellipse>
            <circle class="empty__fill" cx="54" cy="38" r="25"></circle>
            <circle class="empty__line" cx="54" cy="38" r="25"></circle>
            <path class="empty__line" d="m73 56 19 18"></path>
            <path class="empty__accent" d="M43 38a11 11 0 0 1 11-11"></path>
        }
        .into_any(),
        Drawing::House => view! {
            <ellipse class="empty__shade" cx="60" cy="80" rx="46" ry="5"></ellipse>
            <path class="empty__fill" d="M30 40 60 14l30 26v36H30Z"></path>
            <path class="empty__line" d="m20 48 40-34 40 34"></path>
            <path class="empty__line" d="M30 40v36h60V40"></path>
            <path class="empty__line" d="M76 26V16h8v17"></path>
            <path class="empty__accent" d="M52 76V56a2 2 0 0 1 2-2h12a2 2 0 0 1 2 2v20"></path>
        }
        .into_any(),
        Drawing::Calendar => view! {
            <ellipse class="empty__shade" cx="60" cy="80" rx="42" ry="5"></ellipse>
            <rect class="empty__fill" x="26" y="18" width="68" height="56" rx="7"></rect>
            <rect class="empty__line" x="26" y="18" width="68" height="56" rx="7"></rect>
            <path class="empty__line" d="M26 34h68M44 11v13M76 11v13"></path>
            <path class="empty__accent" d="M41 47h6M57 47h6M73 47h6M41 61h6M57 61h6"></path>
        }
        .into_any(),
        Drawing::Plug => view! {
            <ellipse class="empty__shade" cx="60" cy="80" rx="40" ry="5"></ellipse>
            <path class="empty__fill" d="M30 34h22v20H40a10 10 0 0 1-10-10Z"></path>
            <path class="empty__line" d="M52 30v28H41a14 14 0 0 1 0-28Z"></path>
            <path class="empty__line" d="M27 44H14M52 37h9M52 51h9"></path>
            <path class="empty__line" d="M75 30h6a14 14 0 0 1 0 28h-6ZM95 44h11"></path>
            <path class="empty__accent" d="m66 24 4-8M70 68l-4-6M60 20l-1-6"></path>
        }
        .into_any(),
        Drawing::Photo => view! {
            <ellipse class="empty__shade" cx="60" cy="80" rx="42" ry="5"></ellipse>
            <rect class="empty__fill" x="24" y="16" width="72" height="56" rx="7"></rect>
            <rect class="empty__line" x="24" y="16" width="72" height="56" rx="7"></rect>
            <path class="empty__line" d="m24 62 20-20 16 16 10-10 26 24"></path>
            <circle class="empty__accent" cx="76" cy="33" r="6"></circle>
        }
        .into_any(),
    }
}
