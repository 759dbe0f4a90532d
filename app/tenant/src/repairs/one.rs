use domain::faults::Priority;
use domain::tickets::{Fixed, Repair, RepairLine, RepairPhoto, Status};
use domain::{TicketId, time};
use jiff::Timestamp;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use serde::{Deserialize, Serialize};
use ui::{
    BackLink, Banner, Button, ButtonGroup, ButtonKind, Choice, Details, ErrorSummary, FactList, FileDrop, PhotoGrid, Radios, StatusBadge,
    Textarea, Timeline, TimelineDay, TimelineItem, Tone,
};
use wire::AppError;

use super::tone;
use crate::frame::{Frame, Landlord, PageTitle, shown};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepairPage {
    landlord: Landlord,
    repair: Repair,
    /// What was typed and refused, by field.
    typed: Vec<(String, String)>,
    errors: Vec<(String, String)>,
    now: Timestamp,
}

#[server]
pub async fn load_repair(id: String, kept: String) -> Result<RepairPage, AppError> {
    let cx = gate::tenant().await?;
    let id = gate::answer(id.parse::<TicketId>().map_err(|_| services::Error::NotFound))?;
    let repair = gate::answer(services::repairs::one(&cx, id).await)?;
    let (name, settings) = gate::answer(services::repairs::landlord(&cx).await)?;
    let kept = gate::kept(&kept).await?.unwrap_or_default();
    Ok(RepairPage {
        landlord: Landlord::new(name, settings, true),
        repair,
        typed: ["note", "fixed", "words", "reason"].into_iter().map(|f| (f.to_owned(), kept.raw.one(f).to_owned())).collect(),
        errors: kept.errors.iter().map(|(f, s)| (f.to_owned(), s.to_owned())).collect(),
        now: cx.now(),
    })
}

#[component]
pub fn OneRepair() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let asked = move || (params.with(|p| p.get("id").unwrap_or_default()), query.with(|q| q.get("kept").unwrap_or_default()));
    let data = Resource::new_blocking(asked, |(id, kept)| load_repair(id, kept));
    let done = query.with_untracked(|q| q.get("done").unwrap_or_default());
    shown(data, move |page| one(page, &done))
}

/// While it is open, `public/live.js` follows the repair and renews each part marked `data-live`, unless somebody is writing in it.
fn one(page: RepairPage, done: &str) -> AnyView {
    let RepairPage { landlord, repair, typed, errors, now } = page;
    let Repair { card, description, answers, aware_at: _, closed_at, lines, photos, can_cancel, can_say_fixed, can_say_not_fixed } = repair;
    let of = |field: &str| typed.iter().find(|(f, _)| f == field).map(|(_, v)| v.clone()).unwrap_or_default();
    let wrong = |field: &str| errors.iter().find(|(f, _)| f == field).map(|(_, s)| s.clone()).unwrap_or_default();
    let said = match done {
        "note" => Some("Your message was sent."),
        "photo" => Some("Your photo was added. It shows here in a moment."),
        "closed" => Some("Thank you. We are glad it is fixed."),
        "reopened" => Some("Thank you for telling us. The repair is open again and we will be in touch."),
        "linked" => Some("Thank you for telling us. We have opened a new repair, and know what was done before."),
        "cancelled" => Some("Your report is cancelled. Nobody will come."),
        _ => None,
    };
    let id = card.id;
    let target = card.target_at.filter(|_| card.status.is_open() && card.status != Status::Completed).map(|at| {
        let day = time::long_date(time::london(at).date());
        let by = if card.priority == Priority::Emergency { format!("{}, {}", time::clock(at), day) } else { day };
        ("Our target (our policy)".to_owned(), by)
    });
    let mut facts = vec![("Reference".to_owned(), card.reference.clone()), ("Reported".to_owned(), time::date_time(card.created_at, now))];
    facts.extend(target);
    facts.extend(closed_at.map(|at| ("Finished".to_owned(), time::date_time(at, now))));
    let question = (can_say_fixed || can_say_not_fixed)
        .then(|| is_it_fixed(id, can_say_fixed, of("fixed"), of("words"), wrong("fixed"), wrong("words")));
    let (note, bad_note) = (of("note"), wrong("note"));
    let bad_photos = wrong("photos");
    let (reason, bad_reason) = (of("reason"), wrong("reason"));
    let failed = !errors.is_empty();
    let open = card.status.is_open();
    let urgent = match &landlord.emergency_phone {
        Some(phone) => format!("We read it in office hours. In an emergency, call {phone}, day and night."),
        None => "We read it in office hours. If anybody is in danger, call 999.".to_owned(),
    };
    view! {
        <PageTitle title=card.title.clone() failed landlord=landlord.name.clone()/>
        <Frame landlord>
            <div class="stack" data-follows=id.to_string()>
                <BackLink href="/repairs" label="My repairs"/>
                <ErrorSummary errors=errors.clone()/>
                {said.map(|words| view! { <Banner tone=Tone::Green>{words}</Banner> })}
                <div class="stack">
                    <h1 class="heading-xl">{card.title.clone()}</h1>
                    <p data-live="status" aria-live="polite"><StatusBadge label=card.status.tenant_label() tone=tone(card.status)/></p>
                </div>
                <div data-live="facts"><FactList facts/></div>
                <div data-live="question">{question}</div>
                <section class="stack" id="story">
                    <h2 class="heading-m">"What has happened"</h2>
                    <div data-live="story"><Timeline days=story(lines, now)/></div>
                </section>
                <div data-live="photos">
                    {(!photos.is_empty()).then(|| view! {
                        <section class="stack" id="gallery"><h2 class="heading-m">"Photos"</h2>{gallery(photos)}</section>
                    })}
                </div>
                {(!description.is_empty() || !answers.is_empty()).then(|| view! {
                    <Details summary="What was reported">
                        {description.lines().map(|line| view! { <p>{line.to_owned()}</p> }).collect_view()}
                        <FactList facts=answers/>
                    </Details>
                })}
                <div data-live="tell">{open.then(|| view! {
                    <section class="stack">
                        <h2 class="heading-m">"Tell us something"</h2>
                        <form class="stack" method="post" action=format!("/repairs/{id}/note") novalidate>
                            <Textarea name="note" label="Your message" hint=urgent error=bad_note value=note rows=4 max_chars=2000/>
                            <ButtonGroup><Button>"Send message"</Button></ButtonGroup>
                        </form>
                        <form class="stack" method="post" action=format!("/repairs/{id}/photo") enctype="multipart/form-data" novalidate>
                            <FileDrop name="photos" label="Add photos" error=bad_photos multiple=true/>
                            <ButtonGroup><Button icon=ui::IconName::Upload>"Add photos"</Button></ButtonGroup>
                        </form>
                    </section>
                })}</div>
                <div data-live="cancel">{can_cancel.then(|| view! {
                    <Details summary="I no longer need this repair">
                        <form class="stack" method="post" action=format!("/repairs/{id}/cancel") novalidate>
                            <Textarea name="reason" label="Why?" error=bad_reason value=reason rows=2 optional=true/>
                            <ButtonGroup><Button kind=ButtonKind::Danger>"Cancel my report"</Button></ButtonGroup>
                        </form>
                    </Details>
                })}</div>
            </div>
        </Frame>
    }
    .into_any()
}

/// Asked once the work is done; "it is not" stays open for 28 days and more after it was closed.
fn is_it_fixed(id: TicketId, may_confirm: bool, chosen: String, words: String, bad: String, bad_words: String) -> AnyView {
    let choices = Fixed::ALL.iter().filter(|f| may_confirm || **f != Fixed::Yes).map(|f| Choice::new(f.as_str(), f.label())).collect();
    let form = move || {
        view! {
            <form class="stack" method="post" action=format!("/repairs/{id}/fixed") novalidate>
                <Radios name="fixed" legend="Is it fixed?" choices error=bad value=chosen label_size=ui::LabelSize::Medium/>
                <Textarea name="words" label="What is still wrong?" error=bad_words value=words rows=3 optional=true/>
                <ButtonGroup><Button kind=ButtonKind::Primary>"Send answer"</Button></ButtonGroup>
            </form>
        }
    };
    if may_confirm {
        view! { <section class="repair-ask">{form()}</section> }.into_any()
    } else {
        view! { <Details summary="It is not fixed">{form()}</Details> }.into_any()
    }
}

fn story(lines: Vec<RepairLine>, now: Timestamp) -> Vec<TimelineDay> {
    let mut days: Vec<(jiff::civil::Date, Vec<TimelineItem>)> = Vec::new();
    for line in lines.into_iter().rev() {
        let day = time::london(line.at).date();
        let item = match line.words {
            Some(words) => {
                TimelineItem::public(line.who, line.what, words.split('\n').map(|l| view! { <p>{l.to_owned()}</p> }).collect_view())
            }
            None => TimelineItem::event(line.who, line.what),
        };
        let item = item.at(time::clock(line.at), line.at.to_string());
        match days.last_mut() {
            Some((last, items)) if *last == day => items.push(item),
            _ => days.push((day, vec![item])),
        }
    }
    let today = time::london(now).date();
    days.into_iter()
        .map(|(day, items)| TimelineDay::new(if day == today { "Today".to_owned() } else { time::short_date(day, today) }, items))
        .collect()
}

fn gallery(photos: Vec<RepairPhoto>) -> AnyView {
    let waiting = photos.iter().filter(|p| !p.is_ready).count();
    let ready = photos
        .into_iter()
        .filter(|p| p.is_ready)
        .enumerate()
        .map(|(at, p)| {
            ui::Photo::new(format!("/photos/{}/small", p.id), format!("/photos/{}/large", p.id), format!("Photo {} of this repair", at + 1))
        })
        .collect();
    view! {
        <PhotoGrid photos=ready label="Photos of this repair"/>
        {(waiting > 0).then(|| view! { <p class="muted">{if waiting == 1 { "One photo is being prepared.".to_owned() } else { format!("{waiting} photos are being prepared.") }}</p> })}
    }
    .into_any()
}
