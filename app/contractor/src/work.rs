//! My work: what is today, what is offered, what comes.

use domain::time;
use domain::work_orders::{MyWork, WorkCard};
use jiff::Timestamp;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use ui::{Drawing, EmptyState};
use wire::AppError;

use crate::frame::{Frame, pressing, shown, status};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkPage {
    organisation: String,
    office_phone: Option<String>,
    work: MyWork,
    by_link: bool,
    now: Timestamp,
}

#[server]
pub async fn load_work() -> Result<WorkPage, AppError> {
    let cx = gate::contractor().await?;
    let work = gate::answer(services::work_orders::portal::my_work(&cx).await)?;
    let (organisation, settings) = gate::answer(services::contractors::own::organisation(&cx).await)?;
    Ok(WorkPage { organisation, office_phone: settings.office_phone, work, by_link: !cx.has_login(), now: cx.now() })
}

#[component]
pub fn MyWorkPage() -> impl IntoView {
    shown(Resource::new_blocking(|| (), |()| load_work()), |page| {
        let WorkPage { organisation, office_phone, work, by_link, now } = page;
        let nothing = [&work.today, &work.offered, &work.to_schedule, &work.upcoming, &work.done].iter().all(|l| l.is_empty());
        view! {
            <Frame title="My work" organisation office_phone=office_phone by_link>
                <h1 class="heading-xl">"My work"</h1>
                {nothing.then(|| view! { <EmptyState title="No work yet" text="Work that is offered to you shows here, and comes by email." drawing=Drawing::Tray/> })}
                {list("Today", work.today, now, When::Visit)}
                {list("Offered to you", work.offered, now, When::Answer)}
                {list("To arrange", work.to_schedule, now, When::Due)}
                {list("Coming up", work.upcoming, now, When::Visit)}
                {list("Done in the last 90 days", work.done, now, When::Done)}
            </Frame>
        }
        .into_any()
    })
}

/// Which moment matters in a list.
#[derive(Clone, Copy)]
enum When {
    Visit,
    Answer,
    Due,
    Done,
}

fn list(title: &'static str, cards: Vec<WorkCard>, now: Timestamp, when: When) -> Option<AnyView> {
    (!cards.is_empty()).then(|| {
        view! {
            <section class="stack">
                <h2 class="heading-m">{title}" "<span class="muted">{cards.len()}</span></h2>
                <ul class="work-list" role="list">{cards.into_iter().map(|card| line(card, now, when)).collect_view()}</ul>
            </section>
        }
        .into_any()
    })
}

fn line(card: WorkCard, now: Timestamp, when: When) -> impl IntoView {
    let moment = match when {
        When::Visit => card.visit.as_ref().map(|v| v.time.short(now)),
        When::Answer => card.answer_by.map(|at| format!("Answer by {}", time::date_time(at, now))),
        When::Due => card.due_at.map(|at| format!("Wanted by {}", time::date_time(at, now))),
        When::Done => card.done_at.map(|at| time::date_time(at, now)),
    };
    let plain = matches!(when, When::Done | When::Due).then(|| status(card.status));
    view! {
        <li class="work-list__item">
            <a class="work-list__link" href=format!("/work/{}", card.id)>
                {moment.map(|m| view! { <span class="work-list__when">{m}</span> })}
                <span class="work-list__title">{card.title}</span>
                <span class="work-list__place">{card.place}", "{card.postcode}</span>
                <span class="work-list__tail">{card.reference}{pressing(card.priority)}{plain}</span>
            </a>
        </li>
    }
}
