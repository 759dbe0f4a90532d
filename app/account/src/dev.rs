//! Development: the inbox of mails that were kept instead of sent, and the gallery of the design system. Both are 404 in a real installation.

use jiff::Timestamp;
use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};
use ui::gallery::{Gallery, Screen};
use wire::AppError;

use crate::ProblemPage;

/// A mail that did not leave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    pub to: String,
    pub subject: String,
    pub text: String,
    pub at: Timestamp,
    pub now: Timestamp,
}

#[server]
pub async fn dev_inbox() -> Result<Vec<Kept>, AppError> {
    let house = gate::house()?;
    let now = house.now();
    let mails = gate::answer(services::mail::inbox(&house, 100).await)?;
    Ok(mails.into_iter().map(|m| Kept { to: m.to, subject: m.subject, text: m.text, at: m.at, now }).collect())
}

#[component]
pub fn Inbox() -> impl IntoView {
    let mails = Resource::new_blocking(|| (), |()| dev_inbox());
    view! {
        <Title text="Development inbox"/>
        <Suspense>
            {move || Suspend::new(async move {
                match mails.await {
                    Err(error) => view! { <ProblemPage status=error.status()/> }.into_any(),
                    Ok(mails) => view! {
                        <main id="main" class="inbox">
                            <h1>"Development inbox"</h1>
                            <p class="muted">"No mail server is configured, so nothing leaves. What would have been sent is kept here, newest first."</p>
                            {mails.is_empty().then(|| view! { <p>"No mail yet."</p> })}
                            {mails.into_iter().map(|m| view! { <KeptMail mail=m/> }).collect_view()}
                        </main>
                    }
                    .into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn KeptMail(mail: Kept) -> impl IntoView {
    let when = domain::time::date_time(mail.at, mail.now);
    let paragraphs = mail.text.lines().map(line).collect_view();
    view! {
        <article class="inbox__mail">
            <h2 class="inbox__subject">{mail.subject}</h2>
            <p class="inbox__to">"To "{mail.to}" · "{when}</p>
            <div class="inbox__text">{paragraphs}</div>
        </article>
    }
}

/// A line of a mail, its addresses as links.
fn line(text: &str) -> AnyView {
    let words = text
        .split(' ')
        .map(|word| {
            if word.starts_with("http://") || word.starts_with("https://") {
                view! { <a href=word.to_owned()>{word.to_owned()}</a>" " }.into_any()
            } else {
                format!("{word} ").into_any()
            }
        })
        .collect_view();
    view! { <p>{words}</p> }.into_any()
}

#[server]
pub async fn dev_only() -> Result<(), AppError> {
    let house = gate::house()?;
    gate::answer(if house.place().is_dev { Ok(()) } else { Err(services::Error::NotFound) })
}

#[component]
pub fn Kit() -> impl IntoView {
    let dev = Resource::new_blocking(|| (), |()| dev_only());
    view! {
        <Title text="The kit"/>
        <Suspense>
            {move || Suspend::new(async move {
                match dev.await {
                    Err(error) => view! { <ProblemPage status=error.status()/> }.into_any(),
                    Ok(()) => view! { <Gallery screen=Screen::Components/> }.into_any(),
                }
            })}
        </Suspense>
    }
}
