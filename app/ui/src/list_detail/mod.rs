//! A list and, beside it, a look at one of its things without leaving it.

use leptos::prelude::*;

use crate::attr::given;
use crate::icon::{Icon, IconName};

/// A list with a panel. The panel is at the side from 1,200 px on and over the list below; its choice is in the URL.
#[component]
pub fn ListDetail(
    /// The panel; nothing chosen, no panel.
    #[prop(into, optional)]
    detail: Option<ViewFnOnce>,
    children: Children,
) -> impl IntoView {
    let open = detail.is_some();
    view! {
        <div class="list-detail" class=("list-detail--open", open)>
            <div class="list-detail__list">{children()}</div>
            {detail.map(ViewFnOnce::run)}
        </div>
    }
}

/// The panel of a `ListDetail`.
#[component]
pub fn DetailPanel(
    #[prop(into)] title: String,
    #[prop(into, optional)] overline: String,
    /// The list without the panel; Escape leads there too.
    #[prop(into)]
    close_href: String,
    /// The full page of the thing.
    #[prop(into, optional)]
    open_href: String,
    #[prop(into, optional)] actions: Option<ViewFnOnce>,
    children: Children,
) -> impl IntoView {
    let name = title.clone();
    let close = NodeRef::<leptos::html::A>::new();
    crate::browser::on_key("Escape", move || {
        if let Some(close) = close.get_untracked() {
            close.click();
        }
    });
    view! {
        <aside class="detail-panel" aria-label=name>
            <div class="detail-panel__head">
                <span class="detail-panel__overline">{overline}</span>
                <span class="detail-panel__tools">
                    {given(open_href).map(|href| view! {
                        <a class="button button--quiet button--icon button--small" href=href title="Open in full"><Icon name=IconName::ExternalLink size=16 label="Open in full"/></a>
                    })}
                    <a class="button button--quiet button--icon button--small" href=close_href title="Close the panel" node_ref=close><Icon name=IconName::X size=16 label="Close the panel"/></a>
                </span>
                <h2 class="detail-panel__title">{title}</h2>
            </div>
            <div class="detail-panel__body">{children()}</div>
            {actions.map(|actions| view! { <div class="detail-panel__actions">{actions.run()}</div> })}
        </aside>
    }
}
