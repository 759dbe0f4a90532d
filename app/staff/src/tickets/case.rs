//! One ticket: what to do next, the facts left, the timeline in the middle, what can be done at the right.
//!
//! The page is drawn once; news and the person's own changes move [`RwSignal`]s, so that a half-written note or a half-changed form stays as
//! it is. The triage form keeps the version it was opened with: when somebody else was quicker it says so, and nothing is overwritten.

use domain::policy::Act;
use domain::tickets::{Detail, Member, Move, Person, Priority, Status};
use domain::time::date_time;
use jiff::Timestamp;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use serde::{Deserialize, Serialize};
use ui::{
    Banner, Button, ButtonKind, Card, Details, Drawing, EmptyState, FactList, IconName, Menu, MenuButton, MenuDivider, NextStepBar,
    PageHeader, Photo as Picture, PhotoGrid, Post, PostForm, Skeleton, Timeline, Toast, ToastRegion, Tone, load, provide_toasts, suspended,
};
use wire::AppError;

use super::forms::{DeleteDialog, DetailsDialog, MoveDialog, MoveTicket, NoteForm, TriageForm};
use super::parts::{days, icon_of, is_late, priority_badge, reset_form, status_badge, when};
use crate::frame::use_me;
use crate::live::use_live;

#[server]
pub async fn load_ticket(id: String) -> Result<Detail, AppError> {
    let cx = gate::staff().await?;
    let found = match id.parse() {
        Ok(id) => services::tickets::detail::detail(&cx, id).await,
        Err(_) => Err(services::Error::NotFound),
    };
    gate::answer(found)
}

/// Opening a ticket reads it.
#[server]
pub async fn read_ticket(id: String) -> Result<(), AppError> {
    let cx = gate::staff().await?;
    let marked = match id.parse() {
        Ok(id) => services::tickets::reading::read(&cx, id).await,
        Err(_) => Err(services::Error::NotFound),
    };
    gate::answer(marked)
}

#[server]
pub async fn unread_ticket(id: String) -> Result<(), AppError> {
    let cx = gate::staff().await?;
    let marked = match id.parse() {
        Ok(id) => services::tickets::reading::unread(&cx, id).await,
        Err(_) => Err(services::Error::NotFound),
    };
    gate::answer(marked)
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Case {
    pub ticket: Detail,
    /// Whom it can be given to.
    pub members: Vec<Member>,
}

#[server]
pub async fn load_case(id: String) -> Result<Case, AppError> {
    let cx = gate::staff().await?;
    let Ok(id) = id.parse() else { return gate::answer(Err(services::Error::NotFound)) };
    let ticket = gate::answer(services::tickets::detail::detail(&cx, id).await)?;
    let members = gate::answer(services::tickets::lookup::assignable(&cx).await)?;
    Ok(Case { ticket, members })
}

#[component]
pub fn CasePage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|p| p.get("id").unwrap_or_default()));
    let case = load(move || id.get(), load_case);
    view! {
        <Suspense fallback=|| view! { <Skeleton/> }>
            {move || suspended(async move {
                match case.await {
                    Ok(Case { ticket, members }) => view! { <Whole ticket members/> }.into_any(),
                    Err(error) => view! { <CannotShow error/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn CannotShow(error: AppError) -> impl IntoView {
    let title = if error == AppError::NotFound { "There is no such ticket" } else { "This ticket cannot be shown" };
    let text = if error == AppError::NotFound {
        "It may have been deleted, or the link belongs to another organisation.".to_owned()
    } else {
        error.to_string()
    };
    view! {
        <Title text=title/>
        <PageHeader title=title trail=vec![("Tickets".to_owned(), "/staff/tickets".to_owned())]/>
        <EmptyState title=title text drawing=Drawing::Search action=|| view! { <Button href="/staff/tickets">"Back to the tickets"</Button> }/>
    }
}

#[component]
fn Whole(ticket: Detail, members: Vec<Member>) -> impl IntoView {
    let toasts = provide_toasts(None);
    let now_on_page = RwSignal::new(ticket.clone());
    let current: Signal<Detail> = now_on_page.into();
    let id = ticket.id.to_string();
    let refresh = {
        let id = id.clone();
        Callback::new(move |()| {
            let id = id.clone();
            spawn_local(async move {
                if let Ok(fresh) = load_ticket(id.clone()).await {
                    let _ = now_on_page.try_update(|t| *t = fresh);
                }
                let _ = read_ticket(id).await;
            });
        })
    };
    let live = use_live();
    Effect::new({
        let id = id.clone();
        move |_| {
            let moved = live.get();
            if moved.count > 0 && moved.ticket == id {
                refresh.run(());
            }
        }
    });
    Effect::new({
        let id = id.clone();
        move |_| {
            let id = id.clone();
            spawn_local(async move {
                let _ = read_ticket(id).await;
            });
        }
    });
    let step = Post::<MoveTicket>::new();
    Effect::new(move |_| match step.value().get() {
        Some(Ok(())) => {
            for id in Move::ALL.map(dialog_of) {
                ui::browser::close_dialog(&id);
                reset_form(&format!("{id}-form"));
            }
            toasts.show(Toast::done("Saved"));
            refresh.run(());
        }
        Some(Err(AppError::Invalid(_))) | None => {}
        Some(Err(error)) => {
            toasts.show(Toast::failed(error.to_string()));
            refresh.run(());
        }
    });
    let unread = Post::<UnreadTicket>::new();
    Effect::new(move |_| {
        if let Some(Ok(())) = unread.value().get() {
            toasts.show(Toast::done("Marked as unread").link("Back to the tickets", "/staff/tickets"));
        }
    });

    let members = StoredValue::new(members);
    let (may_update, may_delete) = (ticket.may_update, ticket.may_delete);
    let title = move || current.with(|t| format!("{} {}", t.reference, t.title));
    // Whoever reported it, as they reached us; else somebody who lives there.
    let (phone, reporter_name) = match (&ticket.reporter, &ticket.reporter_phone) {
        (None, Some(phone)) => (Some(phone.clone()), ticket.reporter_name.clone().unwrap_or_else(|| "whoever rang".to_owned())),
        _ => ticket
            .reporter
            .as_ref()
            .or(ticket.tenants.first())
            .map(|p| (p.phone.clone().or_else(|| ticket.reporter_phone.clone()), p.name.clone()))
            .unwrap_or_default(),
    };
    view! {
        <Title text=title/>
        {move || {
            let t = current.get();
            let (phone, called) = (phone.clone(), reporter_name.clone());
            let id = t.id.to_string();
            view! {
                <PageHeader
                    title=t.title.clone()
                    overline=t.reference.clone()
                    trail=vec![("Tickets".to_owned(), "/staff/tickets".to_owned())]
                    badges=move || view! {
                        {priority_badge(t.priority, false)}
                        {status_badge(t.status, false)}
                        {(!t.confirmed).then(|| view! { <ui::Badge label="Email not confirmed" tone=Tone::Amber icon=IconName::Mail/> })}
                        {(t.reopened_count > 0).then(|| view! { <ui::Badge label=reopened(t.reopened_count) tone=Tone::Violet icon=IconName::RefreshCw/> })}
                    }
                    actions=move || view! {
                        {phone.map(|phone| view! { <Button icon=IconName::Phone href=format!("tel:{phone}")>{format!("Call {called}")}</Button> })}
                        <PostForm action=unread attr:id="unread"><input type="hidden" name="id" value=id/></PostForm>
                        <Menu id="case-menu" label="More">
                            <MenuButton icon=IconName::Mail form="unread">"Mark as unread"</MenuButton>
                            {may_update.then(|| view! { <MenuButton icon=IconName::Pencil dialog="edit-details">"Edit title and description"</MenuButton> })}
                            <MenuButton icon=IconName::Printer kind_of="button" on:click=move |_| { let _ = window().print(); }>"Print"</MenuButton>
                            {may_delete.then(|| view! { <MenuDivider/><MenuButton icon=IconName::X danger=true dialog="delete-ticket">"Delete ticket"</MenuButton> })}
                        </Menu>
                    }
                />
            }
        }}
        <div class="case">
            <div class="case__next">{move || view! { <NextStep ticket=current.get() step/> }}</div>
            <div class="case__facts">
                {move || view! { <Facts ticket=current.get()/> }}
            </div>
            <div class="case__story">
                {may_update.then(|| view! { <NoteForm id=id.clone() refresh toasts/> })}
                {move || current.with(|t| view! { <Timeline days=days(&t.timeline, t.now)/> })}
            </div>
            <div class="case__do">
                <Show when=move || may_update && current.with(|t| t.status.is_open())>
                    <TriageForm current members=members.get_value() refresh toasts/>
                </Show>
                {move || view! { <OtherMoves ticket=current.get() step/> }}
                {move || view! { <Neighbours ticket=current.get()/> }}
            </div>
        </div>
        {may_update.then(|| view! {
            {[Move::Close, Move::Reopen, Move::Cancel, Move::HandBack].map(|by| view! { <MoveDialog by current step/> })}
            <DetailsDialog current refresh toasts/>
        })}
        {may_delete.then(|| view! { <DeleteDialog id/> })}
        <ToastRegion toasts/>
    }
}

fn reopened(times: i32) -> String {
    if times == 1 { "Reopened".to_owned() } else { format!("Reopened {times} times") }
}

/// The dialog that asks for a step's reason.
pub(super) fn dialog_of(by: Move) -> String {
    format!("move-{}", by.as_str().to_lowercase().replace('_', "-"))
}

/// A step with a form of its own, or a dialog where it needs a reason.
#[component]
fn StepButton(by: Move, ticket_id: String, version: i32, step: Post<MoveTicket>, #[prop(optional)] kind: ButtonKind) -> impl IntoView {
    if matches!(by, Move::Close | Move::Reopen | Move::Cancel | Move::HandBack) {
        return view! { <Button kind icon=icon_of(by) dialog=dialog_of(by)>{by.label()}</Button> }.into_any();
    }
    view! {
        <PostForm action=step>
            <input type="hidden" name="id" value=ticket_id/>
            <input type="hidden" name="version" value=version/>
            <input type="hidden" name="step" value=by.as_str()/>
            <Button kind icon=icon_of(by) busy=step.pending()>{by.label()}</Button>
        </PostForm>
    }
    .into_any()
}

#[component]
fn NextStep(ticket: Detail, step: Post<MoveTicket>) -> impl IntoView {
    let now = ticket.now;
    let target = ticket.target_at.map(|t| {
        let late = if is_late(Some(t), ticket.status, now) { "was" } else { "is" };
        format!("Our target {late} {}.", date_time(t, now))
    });
    let with_target = |words: &str| match &target {
        Some(target) => format!("{words} {target}"),
        None => words.to_owned(),
    };
    let (title, text, waiting, main) = match ticket.status {
        Status::New => ("Triage this report", with_target("Check priority and category, and choose an owner."), false, None),
        Status::Triaged => {
            ("Choose who does the work", with_target("Ask a contractor or your own trades team."), false, Some(Move::Assign))
        }
        Status::Assigned => {
            ("Waiting for the work to start", with_target("Mark it as started when somebody is on site."), true, Some(Move::Start))
        }
        Status::InProgress => {
            ("Work is under way", with_target("Mark it as completed when the last visit is done."), true, Some(Move::Complete))
        }
        Status::Completed => (
            "Waiting for the tenant’s yes",
            "They are asked whether it is fixed. Close it yourself only with a reason.".to_owned(),
            true,
            None,
        ),
        Status::Closed => {
            let why = ticket.close_reason.clone().unwrap_or_else(|| "The tenant said that it is fixed.".to_owned());
            ("Closed", format!("{}. {why}", ticket.closed_at.map(|t| date_time(t, now)).unwrap_or_default()), true, None)
        }
        Status::Cancelled => ("Cancelled", ticket.cancel_reason.clone().unwrap_or_default(), true, None),
    };
    let (id, version, status) = (ticket.id.to_string(), ticket.version, ticket.status);
    let icon = match status {
        Status::Closed => IconName::CircleCheck,
        Status::Cancelled => IconName::CircleX,
        _ if waiting => IconName::Clock,
        _ => IconName::ArrowRight,
    };
    let may = ticket.may_update;
    view! {
        <NextStepBar title text icon waiting actions=move || view! {
            {(may && status == Status::New).then(|| view! { <Button kind=ButtonKind::Primary form="triage" name="step" value="TRIAGE" icon=IconName::CheckCheck>"Save and mark as triaged"</Button> })}
            {main.filter(|_| may).map(|by| view! { <StepButton by ticket_id=id version step kind=ButtonKind::Primary/> })}
        }/>
    }
}

/// What else may be done from here.
#[component]
fn OtherMoves(ticket: Detail, step: Post<MoveTicket>) -> impl IntoView {
    let main = match ticket.status {
        Status::New => Some(Move::Triage),
        Status::Triaged => Some(Move::Assign),
        Status::Assigned => Some(Move::Start),
        Status::InProgress => Some(Move::Complete),
        _ => None,
    };
    let others: Vec<Move> = ticket.moves.iter().copied().filter(|m| Some(*m) != main).collect();
    (!others.is_empty()).then(|| {
        let (id, version) = (ticket.id.to_string(), ticket.version);
        view! {
            <Card title="Move it on">
                <div class="case__moves">
                    {others.into_iter().map(|by| view! { <StepButton by ticket_id=id.clone() version step/> }).collect_view()}
                </div>
            </Card>
        }
    })
}

#[component]
fn Facts(ticket: Detail) -> impl IntoView {
    let t = ticket;
    let now = t.now;
    let optional = |key: &str, value: Option<String>| value.filter(|v| !v.is_empty()).map(|v| (key.to_owned(), v));
    let home = [t.place.unit_label.clone(), Some(t.place.address.clone())].into_iter().flatten().collect::<Vec<_>>().join("\n");
    let mut problem: Vec<(String, String)> = vec![("Category".to_owned(), t.category.label().to_owned())];
    problem.extend(optional("Where", t.room.clone()));
    problem.extend(optional("Said to be", t.emergency.clone()));
    problem.extend(t.answers.iter().cloned());
    problem.extend(optional("Trade", t.trade.map(|trade| trade.label().to_owned())));
    let target = t.target_at.filter(|_| t.status.is_open()).map_or_else(
        || "None any more".to_owned(),
        |at| if is_late(Some(at), t.status, now) { format!("{}, late", when(at, now)) } else { when(at, now) },
    );
    let mut promise: Vec<(String, String)> = vec![
        ("Our target (policy)".to_owned(), target),
        ("Reported".to_owned(), when(t.created_at, now)),
        ("How".to_owned(), t.source.label().to_owned()),
        ("We knew".to_owned(), when(t.aware_at, now)),
    ];
    promise.extend(optional("Completed", t.completed_at.map(|at| when(at, now))));
    promise.extend(optional("Closed", t.closed_at.map(|at| when(at, now))));
    let first = (t.first_priority != t.priority).then(|| format!("First assessed as {}.", t.first_priority.label()));
    let others: Vec<Person> = t.tenants.iter().filter(|p| t.reporter.as_ref().is_none_or(|r| r.id != p.id)).cloned().collect();
    let reporter = t.reporter.clone();
    let anonymous = reporter.is_none().then(|| t.reporter_name.clone()).flatten();
    // A number given with this report, where it is not the one on record.
    let left = t
        .reporter_phone
        .clone()
        .filter(|left| reporter.as_ref().and_then(|p| p.phone.as_ref()).is_none_or(|own| national(own) != national(left)));
    let who_at_risk = t.vulnerability.clone();
    let property = format!("/staff/properties/{}", t.place.property);
    let (description, answers_reasons) = (t.description.clone(), t.priority_reasons.clone());
    view! {
        {(!t.hazards.is_empty()).then(|| view! {
            <Banner tone=if t.priority == Priority::Emergency { Tone::Red } else { Tone::Amber } title="Hazard on record" icon=IconName::ShieldAlert>
                {t.hazards.iter().map(|h| h.label()).collect::<Vec<_>>().join(", ")}
            </Banner>
        })}
        {who_at_risk.map(|words| view! { <Banner tone=Tone::Violet title="More at risk than most" icon=IconName::Users><p class="told">{words}</p></Banner> })}
        <Card title="The problem">
            <div class="stack stack--tight">
                {(!description.is_empty()).then(|| view! { <p class="told">{description}</p> })}
                <FactList facts=problem/>
                {(!answers_reasons.is_empty()).then(|| view! {
                    <Details summary="Why this priority">
                        <ul class="case__reasons">{answers_reasons.into_iter().map(|r| view! { <li>{r}</li> }).collect_view()}</ul>
                        {first.clone()}
                    </Details>
                })}
            </div>
        </Card>
        <Card title="Photos" actions={
            let count = t.photos.len();
            move || (count > 0).then(|| view! { <span class="caption">{count}</span> })
        }>
            {if t.photos.is_empty() { view! { <p class="muted">"No photos yet."</p> }.into_any() } else { view! { <Photos photos=t.photos.clone() now/> }.into_any() }}
        </Card>
        <Card title="Home" actions=move || view! { <a href=property>"Open property"</a> }>
            <div class="stack stack--tight">
                <p class="told">{home}"\n"{t.place.postcode.clone()}</p>
                {t.place.warnings.clone().map(|w| view! { <Banner tone=Tone::Amber title="Before a visit"><p class="told">{w}</p></Banner> })}
                <FactList facts={
                    let mut facts = vec![("Kind".to_owned(), t.place.kind.clone())];
                    facts.extend(t.place.has_gas.map(|gas| ("Gas".to_owned(), if gas { "Yes" } else { "No" }.to_owned())));
                    facts.extend(optional("Access", Some(t.access.iter().cloned().chain(t.place.access_notes.clone()).collect::<Vec<_>>().join("\n"))));
                    if t.place.has_access_codes {
                        facts.push(("Codes".to_owned(), "On file with the property".to_owned()));
                    }
                    facts
                }/>
            </div>
        </Card>
        <Card title="People">
            <div class="stack stack--tight">
                {reporter.map(|p| view! { <Somebody person=p role="Reported it"/> })}
                {anonymous.map(|name| view! { <p>{name}<span class="caption">" reported it"</span></p> })}
                {left.map(|phone| view! { <p>"Left the number "<a class="num" href=format!("tel:{phone}")>{national(&phone)}</a></p> })}
                {others.into_iter().map(|p| view! { <Somebody person=p role="Lives there"/> }).collect_view()}
                {(t.followers > 0).then(|| view! { <p class="caption">{followers(t.followers)}</p> })}
            </div>
        </Card>
        <Card title="Dates">
            <FactList facts=promise/>
        </Card>
    }
}

fn followers(count: i64) -> String {
    if count == 1 {
        "One neighbour has the same problem and follows it.".to_owned()
    } else {
        format!("{count} neighbours have the same problem and follow it.")
    }
}

#[component]
fn Somebody(person: Person, role: &'static str) -> impl IntoView {
    let needs = person.needs.filter(|n| !n.is_empty());
    let language = Some(person.language).filter(|l| l != "en");
    view! {
        <div class="somebody">
            <ui::Avatar name=person.name.clone()/>
            <div class="somebody__words">
                <p><a href=format!("/staff/contacts/{}", person.id)>{person.name}</a><span class="caption">" "{role}</span></p>
                {person.phone.map(|phone| view! { <p><a class="num" href=format!("tel:{phone}")>{national(&phone)}</a></p> })}
                {person.email.map(|email| view! { <p><a class="somebody__mail" href=format!("mailto:{email}")>{email.clone()}</a></p> })}
                {language.map(|l| view! { <p class="caption">"Preferred language: "{l}</p> })}
                {needs.map(|n| view! { <p class="somebody__needs">{n}</p> })}
            </div>
        </div>
    }
}

fn national(phone: &str) -> String {
    domain::values::PhoneE164::parse(phone).map_or_else(|| phone.to_owned(), |p| p.national())
}

#[component]
pub(super) fn Photos(photos: Vec<domain::tickets::Photo>, now: Timestamp) -> impl IntoView {
    let pictures: Vec<Picture> = photos
        .into_iter()
        .enumerate()
        .map(|(at, photo)| {
            let taken = photo
                .taken_at
                .map_or_else(|| format!("Sent {}", date_time(photo.created_at, now)), |t| format!("Taken {}", date_time(t, now)));
            let seen_by = if photo.public { "" } else { ", staff only" };
            Picture::new(
                format!("/photos/{}/small", photo.id),
                format!("/photos/{}/large", photo.id),
                format!("Photo {}: {}", at + 1, photo.file_name),
            )
            .caption(format!("{taken}{seen_by}"))
        })
        .collect();
    (!pictures.is_empty()).then(|| view! { <PhotoGrid photos=pictures label="Photos"/> })
}

#[component]
fn Neighbours(ticket: Detail) -> impl IntoView {
    let now = ticket.now;
    let follows = ticket
        .follows
        .map(|t| view! { <p>"Takes up again "<a href=format!("/staff/tickets/{}", t.id)>{t.reference}</a>", which was closed."</p> });
    let duplicate =
        ticket.duplicate_of.map(|t| view! { <p>"The same as "<a href=format!("/staff/tickets/{}", t.id)>{t.reference}</a>"."</p> });
    let any = !ticket.neighbours.is_empty() || follows.is_some() || duplicate.is_some();
    let rows = ticket
        .neighbours
        .into_iter()
        .map(|n| {
            let place = n.unit_label.unwrap_or_else(|| "Communal".to_owned());
            view! {
                <li class="neighbour">
                    <a href=format!("/staff/tickets/{}", n.id)>{n.title}</a>
                    <span class="neighbour__facts">{priority_badge(n.priority, true)}" "{n.reference}", "{place}", "{super::parts::ago_note(n.created_at, now)}</span>
                </li>
            }
        })
        .collect_view();
    any.then(|| {
        view! {
            <Card title="Also open here">
                {follows}
                {duplicate}
                <ul class="neighbours" role="list">{rows}</ul>
            </Card>
        }
    })
}

/// Whether this person may do anything about tickets, for the pages that offer it.
pub(super) fn may(act: Act) -> bool {
    use_me().may(act)
}
