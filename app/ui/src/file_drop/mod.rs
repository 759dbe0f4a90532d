//! Choosing files: a plain file field, drawn so that the whole box takes a drop.

use leptos::prelude::*;

use crate::attr::{describedby, either, given, invalid};
use crate::field::{Field, LabelSize};
use crate::icon::{Icon, IconName};

/// A file field; `public/ui.js` lists what was chosen. `multiple` lets several be chosen; `accept` as HTML has it, so that iPhones convert HEIC.
#[component]
pub fn FileDrop(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(into, optional)] id: String,
    #[prop(into, optional)] hint: String,
    #[prop(into, optional)] error: TextProp,
    /// `image/jpeg,image/png,image/webp` unless told otherwise.
    #[prop(into, optional)]
    accept: String,
    #[prop(optional)] multiple: bool,
    #[prop(optional)] optional: bool,
    #[prop(optional)] label_size: LabelSize,
    /// Offers the camera at once on a phone.
    #[prop(optional)]
    camera: bool,
) -> impl IntoView {
    let id = either(id, &name);
    let described = describedby(&id, !hint.is_empty(), error.clone(), "");
    let bad = invalid(error.clone());
    view! {
        <Field id=id.clone() label hint error optional label_size>
            <div class="file-drop">
                <span class="file-drop__icon"><Icon name=if camera { IconName::Camera } else { IconName::Upload } size=24/></span>
                <input
                    class="file-drop__input"
                    type="file"
                    id=id
                    name=name
                    accept=either(accept, "image/jpeg,image/png,image/webp")
                    multiple=multiple
                    capture=camera.then_some("environment")
                    aria-describedby=described
                    aria-invalid=bad
                />
            </div>
            <ul class="file-drop__chosen" role="list" aria-live="polite"></ul>
        </Field>
    }
}

/// A file that is on its way or has arrived, with a button to take it away again.
#[component]
pub fn UploadRow(
    #[prop(into)] name: String,
    /// In words: "2.4 MB".
    #[prop(into, optional)]
    size: String,
    /// A small picture of it.
    #[prop(into, optional)]
    thumbnail: String,
    /// 0 to 100 while on its way.
    #[prop(optional)]
    progress: Option<Signal<u8>>,
    #[prop(into, optional)] error: String,
    /// The value of the button named `remove`; without it there is no button.
    #[prop(into, optional)]
    remove: String,
) -> impl IntoView {
    view! {
        <div class="upload-row">
            {if thumbnail.is_empty() {
                view! { <span class="upload-row__picture"><Icon name=IconName::Image/></span> }.into_any()
            } else {
                view! { <img class="upload-row__picture" src=thumbnail alt="" width="48" height="48"/> }.into_any()
            }}
            <div class="upload-row__text">
                <div class="upload-row__name">{name.clone()}</div>
                {given(size).map(|size| view! { <div class="upload-row__note">{size}</div> })}
                {given(error).map(|error| view! { <div class="upload-row__problem">{error}</div> })}
                {progress.map(|progress| view! {
                    <progress class="upload-row__progress" max="100" value=move || progress.get() aria-label=format!("Uploading {name}")></progress>
                })}
            </div>
            {given(remove).map(|value| view! {
                <button class="button button--quiet" type="submit" name="remove" value=value>
                    "Remove" <span class="visually-hidden">{format!(" {name}")}</span>
                </button>
            })}
        </div>
    }
}
