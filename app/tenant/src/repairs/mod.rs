//! A tenant's own repairs: the list, one of them with its story, and how to be reached.

mod one;
mod preferences;

use domain::tickets::{FollowedCard, RepairCard, Status};
use domain::time;
use jiff::Timestamp;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};
use ui::{Banner, Button, ButtonKind, EmptyState, StatusBadge, Tone};
use wire::AppError;

pub use one::OneRepair;
pub use preferences::HowToReachMe;

use crate::frame::{Frame, Landlord, PageTitle, shown};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mine {
    landlord: Landlord,
    name: String,
    open: Vec<RepairCard>,
    finished: Vec<RepairCard>,
    followed: Vec<FollowedCard>,
    drafts: Vec<(String, Timestamp)>,
    now: Timestamp,
}

#[server]
pub async fn load_mine() -> Result<Mine, AppError> {
    let cx = gate::tenant().await?;
    let (name, settings) = gate::answer(services::repairs::landlord(&cx).await)?;
    let list = gate::answer(services::repairs::list(&cx).await)?;
    let drafts = gate::answer(services::report::drafts_of_mine(&cx).await)?;
    Ok(Mine {
        landlord: Landlord::new(name, settings, true),
        name: cx.name().to_owned(),
        open: list.open,
        finished: list.finished,
        followed: list.followed,
        drafts: drafts.into_iter().map(|(id, at)| (id.to_string(), at)).collect(),
        now: cx.now(),
    })
}

/// The colour of a status; the words carry the meaning.
pub(super) fn tone(status: Status) -> Tone {
    match status {
        Status::New | Status::Triaged | Status::Assigned | Status::InProgress => Tone::Blue,
        Status::Completed => Tone::Amber,
        Status::Closed => Tone::Green,
        Status::Cancelled => Tone::Grey,
    }
}

#[component]
pub fn MyRepairs() -> impl IntoView {
    let followed_now = use_query_map().with_untracked(|q| q.get("followed").is_some());
    let data = Resource::new_blocking(|| (), |()| load_mine());
    shown(data, move |mine| {
        let nothing = mine.open.is_empty() && mine.finished.is_empty() && mine.followed.is_empty();
        let now = mine.now;
        view! {
            <PageTitle title="My repairs" landlord=mine.landlord.name.clone()/>
            <Frame landlord=mine.landlord.clone()>
                <div class="stack">
                    {followed_now.then(|| view! { <Banner tone=Tone::Green title="You follow it">"There is no second report. We tell you here how it goes."</Banner> })}
                    <h1 class="heading-xl">"My repairs"</h1>
                    <p><Button kind=ButtonKind::Primary href="/report" icon=ui::IconName::Plus>"Report a repair"</Button></p>
                    {mine.drafts.into_iter().map(|(id, at)| view! {
                        <Banner title="A report you have not sent yet">
                            "Begun "{time::date_time(at, now)}". "<a href=format!("/report/{id}")>"Go on with it"</a>
                        </Banner>
                    }).collect_view()}
                    {nothing.then(|| view! { <EmptyState title="No repairs yet" text="When you report a problem, you see here how its repair is going." drawing=ui::Drawing::House/> })}
                    {group("Open", mine.open, now)}
                    {(!mine.followed.is_empty()).then(|| view! {
                        <section class="stack">
                            <h2 class="heading-m">"In your building, followed by you"</h2>
                            <ul class="repair-list" role="list">{mine.followed.into_iter().map(|f| followed(f, now)).collect_view()}</ul>
                        </section>
                    })}
                    {group("Finished", mine.finished, now)}
                    <p><a href="/preferences">"How we reach you"</a></p>
                </div>
            </Frame>
        }
        .into_any()
    })
}

fn group(title: &'static str, cards: Vec<RepairCard>, now: Timestamp) -> Option<AnyView> {
    (!cards.is_empty()).then(|| {
        view! {
            <section class="stack">
                <h2 class="heading-m">{title}</h2>
                <ul class="repair-list" role="list">{cards.into_iter().map(|card| line(card, now)).collect_view()}</ul>
            </section>
        }
        .into_any()
    })
}

fn line(card: RepairCard, now: Timestamp) -> impl IntoView {
    let note = match card.target_at.filter(|_| card.status.is_open() && card.status != Status::Completed) {
        Some(target) => format!("{} · reported {} · our target {}", card.reference, day(card.created_at, now), day(target, now)),
        None => format!("{} · reported {}", card.reference, day(card.created_at, now)),
    };
    view! {
        <li class="repair-list__item">
            <a class="repair-list__title" href=format!("/repairs/{}", card.id)>{card.title}</a>
            <StatusBadge label=card.status.tenant_label() tone=tone(card.status)/>
            <span class="repair-list__note">{note}</span>
        </li>
    }
}

fn followed(card: FollowedCard, now: Timestamp) -> impl IntoView {
    view! {
        <li class="repair-list__item">
            <span class="repair-list__title">{card.title}</span>
            <StatusBadge label=card.status.tenant_label() tone=tone(card.status)/>
            <span class="repair-list__note">{format!("Followed since {}", day(card.followed_at, now))}</span>
        </li>
    }
}

fn day(at: Timestamp, now: Timestamp) -> String {
    time::short_date(time::london(at).date(), time::london(now).date())
}
