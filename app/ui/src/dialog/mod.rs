//! Native dialogs: over the page, or at its side.

use leptos::prelude::*;

use crate::attr::{classes, given};
use crate::icon::{Icon, IconName};

/// A question or a short form over the page. Open it with `<Button dialog="its-id">` or `browser::show_dialog`.
///
/// Escape and the cross close it; so does a submit button with `formmethod="dialog"`.
#[component]
pub fn Dialog(
    #[prop(into)] id: String,
    #[prop(into)] title: String,
    /// What it is about, read out when it opens.
    #[prop(into, optional)]
    text: String,
    /// The buttons at its foot, the likely one last.
    #[prop(into, optional)]
    actions: Option<ViewFnOnce>,
    #[prop(optional)] wide: bool,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    frame(id, title, text, if wide { "dialog--wide" } else { "" }, children.map(|c| c()), actions.map(ViewFnOnce::run))
}

/// The same at the right edge, as high as the window: for a look at something without leaving the page.
#[component]
pub fn Drawer(
    #[prop(into)] id: String,
    #[prop(into)] title: String,
    #[prop(into, optional)] text: String,
    #[prop(into, optional)] actions: Option<ViewFnOnce>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    frame(id, title, text, "dialog--drawer", children.map(|c| c()), actions.map(ViewFnOnce::run))
}

fn frame(
    id: String,
    title: String,
    text: String,
    modifier: &str,
    body: Option<AnyView>,
    actions: Option<AnyView>,
) -> impl IntoView + use<> {
    let (title_id, text_id) = (format!("{id}-title"), format!("{id}-text"));
    let described = (!text.is_empty()).then(|| text_id.clone());
    let (commanded, labelled) = (id.clone(), title_id.clone());
    view! {
        <dialog class=classes(["dialog", modifier]) id=id aria-labelledby=labelled aria-describedby=described>
            <div class="dialog__head">
                <h2 class="dialog__title" id=title_id>{title}</h2>
                <button
                    class="button button--quiet button--icon"
                    type="button"
                    commandfor=commanded
                    command="close"
                    title="Close"
                >
                    <Icon name=IconName::X size=16 label="Close"/>
                </button>
            </div>
            {given(text).map(|text| view! { <p class="dialog__text" id=text_id>{text}</p> })}
            {body.map(|body| view! { <div class="dialog__body">{body}</div> })}
            {actions.map(|actions| view! { <div class="dialog__actions">{actions}</div> })}
        </dialog>
    }
}
