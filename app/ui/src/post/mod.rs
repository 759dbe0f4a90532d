//! Sending a form to a server function without leaving the page: [`Post`] and [`PostForm`] instead of `ServerAction` and `ActionForm`.
//!
//! Those are compiled anew for every server function, with a decoder of its arguments and an encoder: 8 to 10 kB a form. A form is text already.
//! Here the browser sends the fields as they are, by one piece of code, and only an answer other than `()` has a decoder of its own.

use std::marker::PhantomData;
use std::sync::Arc;

use gloo_net::http::Request;
use leptos::ev::SubmitEvent;
use leptos::form::form_data_from_event;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos::server_fn::redirect::{REDIRECT_HEADER, call_redirect_hook};
use leptos::task::spawn_local;
use leptos::web_sys::UrlSearchParams;
use serde::de::DeserializeOwned;
use wire::{AppError, ErrorRef};

/// The way to the server function `S`, and what it answered last.
pub struct Post<S> {
    way: Way,
    to: PhantomData<fn() -> S>,
}

impl<S> Clone for Post<S> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<S> Copy for Post<S> {}

impl<S: ServerFn> Default for Post<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: ServerFn> Post<S> {
    pub fn new() -> Self {
        Self { way: Way::to(S::url()), to: PhantomData }
    }

    /// What it answered last; nothing before the first answer.
    pub fn value(&self) -> Signal<Option<Result<S::Output, AppError>>>
    where
        S::Output: DeserializeOwned + Clone + Send + Sync + 'static,
    {
        let answer = self.way.answer;
        Signal::derive(move || answer.get().map(|answer| answer.and_then(|text| read(&text))))
    }
}

impl<S> Post<S> {
    /// Something is on its way.
    pub fn pending(&self) -> Signal<bool> {
        let sending = self.way.sending;
        Signal::derive(move || sending.with(Option::is_some))
    }

    /// How many answers there were.
    pub fn version(&self) -> Signal<usize> {
        self.way.version.into()
    }

    /// The field of what is on its way.
    pub fn sending(&self, field: &str) -> Option<String> {
        self.way.sending.with(|sent| UrlSearchParams::new_with_str(sent.as_ref()?).ok()?.get(field))
    }

    /// Sends without a form; call it from an event or an effect.
    pub fn send(&self, fields: &[(&str, &str)]) {
        if let Ok(all) = UrlSearchParams::new() {
            for (name, value) in fields {
                all.append(name, value);
            }
            self.way.send(all.to_string().into());
        }
    }

    /// Forgets what was answered.
    pub fn clear(&self) {
        self.way.answer.set(None);
    }
}

/// The form of a [`Post`]. `attr:class` and events go on the component.
#[component]
pub fn PostForm(#[prop(into)] action: Way, children: Children) -> impl IntoView {
    let send = move |event: SubmitEvent| {
        if event.default_prevented() {
            return;
        }
        event.prevent_default();
        // A form of text fields always has text.
        if let Ok(form) = form_data_from_event(&event)
            && let Ok(fields) = UrlSearchParams::new_with_str_sequence_sequence(&form)
        {
            action.send(fields.to_string().into());
        }
    };
    view! { <form action=action.url method="post" on:submit=send>{children()}</form> }
}

/// A [`Post`], whatever it is to.
#[derive(Clone, Copy)]
pub struct Way {
    url: &'static str,
    answer: RwSignal<Option<Result<Arc<str>, AppError>>>,
    /// The fields that are on their way.
    sending: RwSignal<Option<String>>,
    version: RwSignal<usize>,
}

impl<S> From<Post<S>> for Way {
    fn from(post: Post<S>) -> Self {
        post.way
    }
}

impl Way {
    fn to(url: &'static str) -> Self {
        Self { url, answer: RwSignal::new(None), sending: RwSignal::new(None), version: RwSignal::new(0) }
    }

    fn send(self, fields: String) {
        self.sending.set(Some(fields.clone()));
        spawn_local(async move {
            let answer = fetch(self.url, fields).await;
            // The page may have gone meanwhile.
            let _ = self.answer.try_set(Some(answer));
            let _ = self.sending.try_set(None);
            let _ = self.version.try_update(|n| *n += 1);
        });
    }
}

/// As the client of server functions does it: errors by their status, a redirect by its header.
async fn fetch(url: &str, fields: String) -> Result<Arc<str>, AppError> {
    let request = Request::post(url)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .header("Accept", "application/json")
        .body(fields)
        .map_err(|_| AppError::Offline)?;
    let response = request.send().await.map_err(|_| AppError::Offline)?;
    let body = response.text().await.map_err(|_| AppError::Offline)?;
    if response.status() >= 400 {
        return Err(AppError::de(body.into_bytes().into()));
    }
    if response.headers().get(REDIRECT_HEADER).is_some() {
        call_redirect_hook(&response.headers().get("Location").unwrap_or_default());
    }
    Ok(body.into())
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, AppError> {
    serde_json::from_slice(text.as_bytes()).map_err(|_| AppError::Internal(ErrorRef("reload".to_owned())))
}
