//! One work order, with what can be done to it now first: answer, arrange, go, arrive, finish. Every act is a plain form.

use domain::tickets::{Line, Photo, told};
use domain::time;
use domain::work_orders::{Checklist, ContractorOrder, Gone, Item, ItemKind, Slot, Status, VisitLine, VisitStatus, WayIn};
use jiff::Timestamp;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use serde::{Deserialize, Serialize};
use ui::{
    BackLink, Banner, Button, ButtonGroup, ButtonKind, Choice, Details, ErrorSummary, FactList, FileDrop, IconName, InputWidth, PhotoGrid,
    Radios, Select, TextInput, Textarea, Timeline, TimelineDay, TimelineItem, Tone, WarningCallout,
};
use wire::AppError;

use crate::frame::{Frame, pressing, shown, status};

/// An order, or what is left to say of it, with the form that was refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrderView {
    seen: Found,
    /// While it is theirs and live.
    way_in: Option<WayIn>,
    by_link: bool,
    /// What was typed and refused, by field.
    typed: Vec<(String, String)>,
    errors: Vec<(String, String)>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Found {
    Here(Box<ContractorOrder>),
    Gone(Gone),
}

impl OrderView {
    fn of(&self, field: &str) -> String {
        self.typed.iter().find(|(f, _)| f == field).map(|(_, v)| v.clone()).unwrap_or_default()
    }
    fn wrong(&self, field: &str) -> String {
        self.errors.iter().find(|(f, _)| f == field).map(|(_, s)| s.clone()).unwrap_or_default()
    }
    /// Which form was refused, so that it stands open.
    fn refused(&self, act: &str) -> bool {
        !self.errors.is_empty() && self.of("do") == act
    }
}

#[server]
pub async fn load_order(id: String, kept: String) -> Result<OrderView, AppError> {
    use services::work_orders::portal::{self, Seen};
    let cx = gate::contractor().await?;
    let Ok(id) = id.parse() else { return gate::answer(Err(services::Error::NotFound)) };
    let seen = gate::answer(portal::one(&cx, id).await)?;
    let way_in = match &seen {
        Seen::Here(order) if order.allocated => Some(gate::answer(portal::way_in(&cx, id).await)?),
        _ => None,
    };
    let kept = gate::kept(&kept).await?.unwrap_or_default();
    Ok(OrderView {
        seen: match seen {
            Seen::Here(order) => Found::Here(order),
            Seen::Gone(gone) => Found::Gone(gone),
        },
        way_in,
        by_link: !cx.has_login(),
        typed: kept.raw.pairs(),
        errors: kept.errors.iter().map(|(f, s)| (f.to_owned(), s.to_owned())).collect(),
    })
}

#[component]
pub fn OrderPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let id = params.with_untracked(|p| p.get("id").unwrap_or_default());
    let (kept, done) = query.with_untracked(|q| (q.get("kept").unwrap_or_default(), q.get("done").unwrap_or_default()));
    let data = Resource::new_blocking(move || (id.clone(), kept.clone()), |(id, kept)| load_order(id, kept));
    shown(data, move |view| match view.seen.clone() {
        Found::Here(order) => here(&view, *order, &done),
        Found::Gone(gone) => went_by(gone, view.by_link, &done),
    })
}

fn went_by(gone: Gone, by_link: bool, done: &str) -> AnyView {
    let thanks = (done == "decline").then(|| view! { <Banner tone=Tone::Green>"Thank you for telling us quickly."</Banner> });
    view! {
        <Frame title=gone.reference.clone() organisation="Work orders" by_link>
            {(!by_link).then(|| view! { <BackLink href="/work" label="My work"/> })}
            {thanks}
            <h1 class="heading-xl">{gone.title}</h1>
            <p>{gone.reference}": "{gone.why}</p>
        </Frame>
    }
    .into_any()
}

fn here(view: &OrderView, order: ContractorOrder, done: &str) -> AnyView {
    let now = order.now;
    let said = match done {
        "accept" => Some("It is yours. Suggest times to the tenant, or book one you agreed."),
        "propose" => Some("The times were sent to the tenant. You hear when they pick one."),
        "book" | "move_visit" => Some("The visit is booked and the tenant was told."),
        "confirm" => Some("The visit is confirmed and the tenant was told."),
        "cancel_visit" => Some("The visit is cancelled and the tenant was told."),
        "set_off" => Some("The tenant was told that you are on your way."),
        "arrive" => Some("You are on site."),
        "leave" => Some("You left. The work goes on another day."),
        "no_access" => Some("Recorded. The office and the tenant were told."),
        "complete" => Some("Thank you. The tenant is asked whether it is fixed."),
        "photo" => Some("The photo is added. It shows here in a moment."),
        "replayed" => Some("That was sent before; nothing was done twice."),
        "" => None,
        _ => Some("Saved."),
    };
    let map =
        format!("https://www.openstreetmap.org/search?query={}", encode(&format!("{}, {}", order.place.address, order.place.postcode)));
    let facts = facts(&order, now);
    let tel = view.way_in.as_ref().and_then(|w| w.tenant_phone.clone());
    let id = order.id.to_string();
    let way_in = view.way_in.clone().map(|w| way_in(&id, w));
    let act = what_now(view, &order);
    let checklists = order.allocated.then(|| order.checklists.iter().map(|c| checklist(&id, c)).collect_view().into_any());
    let photos = gallery("Photos of the work", &order.photos);
    let problem = gallery("Photos of the problem", &order.problem_photos);
    let (title, organisation, office_phone) =
        (format!("{} {}", order.reference, order.title), order.organisation.clone(), order.office_phone.clone());
    let by_link = view.by_link;
    let call =
        tel.map(|phone| view! { <Button icon=IconName::Phone href=format!("tel:{}", phone.replace(' ', ""))>"Call the tenant"</Button> });
    let body = view! {
            {(!view.by_link).then(|| view! { <BackLink href="/work" label="My work"/> })}
            <ErrorSummary errors=view.errors.clone()/>
            {said.map(|words| view! { <Banner tone=Tone::Green>{words}</Banner> })}
            <div class="work-head">
                <p class="overline">{order.reference.clone()}</p>
                <h1 class="heading-xl">{order.title.clone()}</h1>
                <p class="work-head__badges">{status(order.status)}{pressing(order.priority)}</p>
            </div>
            <address class="work-place">
                {order.place.address.clone()}<br/>{order.place.postcode.clone()}
            </address>
            <ButtonGroup>
                <Button icon=IconName::Navigation href=map>"Find the way"</Button>
                {call}
            </ButtonGroup>
            <section class="work-now" id="now" data-order=id.clone()>
                <h2 class="heading-m">{order.next.what.clone()}</h2>
                {act}
            </section>
            {way_in}
            <section class="stack">
                <h2 class="heading-m">"What is to be done"</h2>
                {order.description.lines().map(|l| view! { <p>{l.to_owned()}</p> }).collect_view()}
                <FactList facts/>
            </section>
            {problem}
            {visits(&order)}
            {checklists}
            {order.allocated.then(|| add_photos(&id, view))}
            {photos}
            {order.allocated.then(|| note(&id, view))}
            {hand_back(view, &order)}
            <section class="stack" id="story">
                <h2 class="heading-m">"What has happened"</h2>
                <Timeline days=story(order.timeline, now)/>
            </section>
    }
    .into_any();
    view! { <Frame title organisation office_phone by_link>{body}</Frame> }.into_any()
}

fn facts(order: &ContractorOrder, now: Timestamp) -> Vec<(String, String)> {
    let mut facts = Vec::new();
    let mut add = |key: &str, value: String| facts.push((key.to_owned(), value));
    add("Trade", order.trade.map_or_else(|| order.category.label().to_owned(), |t| t.label().to_owned()));
    if let Some(due) = order.due_at {
        add("Wanted by", time::date_time(due, now));
    }
    match (order.value, order.spend_limit) {
        (Some(value), _) => add("Approved, without VAT", value.to_string()),
        (None, _) if order.wants_quote => add("Price", "Quote first: no work before it is approved".to_owned()),
        (None, Some(limit)) => add("Spend no more than", format!("{limit} without a quote")),
        (None, None) => {}
    }
    if let Some(operative) = &order.operative {
        add("Goes", operative.name.clone());
    }
    facts
}

/// The one thing to do now, by where the order stands.
fn what_now(view: &OrderView, order: &ContractorOrder) -> AnyView {
    let id = order.id.to_string();
    let visit =
        order.visits.iter().find(|v| v.status == VisitStatus::OnSite).or_else(|| order.visits.iter().find(|v| v.status.is_booked()));
    match (order.status, visit) {
        (Status::Offered, _) => answer(view, order),
        (Status::Accepted | Status::Scheduled, Some(visit)) if visit.status == VisitStatus::Held => held(&id, visit),
        (Status::Scheduled, Some(visit)) => go(view, &id, visit),
        (Status::Accepted | Status::Scheduled, _) => arrange(view, order),
        (Status::InProgress, visit) => finish(view, order, visit),
        _ => ().into_any(),
    }
}

/// Where every act on an order is sent.
fn act_on(id: &str) -> String {
    format!("/work/{id}/act")
}

/// Something that is opened when it is wanted.
fn details(summary: &'static str, open: bool, body: AnyView) -> AnyView {
    view! { <Details summary open>{body}</Details> }.into_any()
}

/// A button that does one thing.
fn press(id: &str, act: &'static str, fields: Vec<(&'static str, String)>, label: &'static str, primary: bool) -> AnyView {
    let to = act_on(id);
    let kind = if primary { ButtonKind::Primary } else { ButtonKind::default() };
    view! {
        <form method="post" action=to data-act=act>
            <input type="hidden" name="do" value=act/>
            {fields.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view()}
            <Button kind>{label}</Button>
        </form>
    }
    .into_any()
}

fn answer(view: &OrderView, order: &ContractorOrder) -> AnyView {
    let id = order.id.to_string();
    let message = order.offer.as_ref().and_then(|o| o.message.clone());
    let by = order.offer.as_ref().and_then(|o| o.expires_at).map(|at| format!("Answer by {}.", time::date_time(at, order.now)));
    view! {
        {message.map(|m| view! { <p class="work-quote">{m}</p> })}
        {by.map(|b| view! { <p>{b}</p> })}
        {press(&id, "accept", Vec::new(), "Accept this work", true)}
        {details("I cannot take it", view.refused("decline"), view! {
            <form class="stack" method="post" action=format!("/work/{id}/act") novalidate data-act="decline">
                <input type="hidden" name="do" value="decline"/>
                <Textarea name="reason" label="Why? We then ask somebody else" rows=2 max_chars=1000 value=view.of("reason") error=view.wrong("reason")/>
                <ButtonGroup><Button>"Decline"</Button></ButtonGroup>
            </form>
        }.into_any())}
    }
    .into_any()
}

fn held(id: &str, visit: &VisitLine) -> AnyView {
    let visit_id = visit.id.to_string();
    view! {
        <p>"The tenant picked "<strong>{visit.time.said()}</strong>"."</p>
        {press(id, "confirm", vec![("visit", visit_id.clone())], "Confirm this time", true)}
        {cancel_visit(id, &visit_id)}
    }
    .into_any()
}

fn arrange(view: &OrderView, order: &ContractorOrder) -> AnyView {
    let id = order.id.to_string();
    let proposing = view.refused("propose");
    view! {
        <form class="stack" method="post" action=format!("/work/{id}/act") novalidate data-act="propose">
            <input type="hidden" name="do" value="propose"/>
            <p>"Suggest two or three times. The tenant picks one."</p>
            {(1..=3).map(|n| time_fields(view, proposing, n)).collect_view()}
            {operatives(order)}
            <ButtonGroup><Button kind=ButtonKind::Primary>"Send these times"</Button></ButtonGroup>
        </form>
        {details("We agreed a time by telephone", view.refused("book"), view! {
            <form class="stack" method="post" action=format!("/work/{id}/act") novalidate data-act="book">
                <input type="hidden" name="do" value="book"/>
                {time_fields(view, view.refused("book"), 0)}
                {operatives(order)}
                <ButtonGroup><Button>"Book it"</Button></ButtonGroup>
            </form>
        }.into_any())}
        {details("I am there now", false, press(&id, "arrive", Vec::new(), "I am on site", false))}
    }
    .into_any()
}

/// A day and a part of it. `n` is 0 for the one time of a form, else which of the suggestions it is.
fn time_fields(view: &OrderView, refused: bool, n: u8) -> AnyView {
    let name = |field: &str| if n == 0 { field.to_owned() } else { format!("{field}{n}") };
    let old = |field: &str| if refused { view.of(&name(field)) } else { String::new() };
    let wrong = |field: &str| if refused { view.wrong(&name(field)) } else { String::new() };
    let legend = match n {
        0 => "When",
        1 => "First choice",
        2 => "Second choice",
        _ => "Third choice (optional)",
    };
    let menu = Slot::menu().into_iter().map(|(code, label)| Choice::new(code, label)).collect();
    let window = match old("window") {
        w if w.is_empty() => "am".to_owned(),
        w => w,
    };
    view! {
        <fieldset class="work-time">
            <legend class="work-time__legend">{legend}</legend>
            <TextInput name=name("date") label="Day" hint="Like 24/11/2026" width=InputWidth::W10 value=old("date") error=wrong("date")/>
            <Select name=name("window") label="Time of day" choices=menu value=window error=wrong("window")/>
            <div class="work-time__hours">
                <TextInput name=name("from") label="From" hint="For a set time" width=InputWidth::W10 value=old("from") error=wrong("from")/>
                <TextInput name=name("to") label="To" hint="For a set time" width=InputWidth::W10 value=old("to") error=wrong("to")/>
            </div>
        </fieldset>
    }
    .into_any()
}

fn operatives(order: &ContractorOrder) -> Option<AnyView> {
    let choices: Vec<Choice> = order.operatives.iter().map(|o| Choice::new(o.id.to_string(), o.name.clone())).collect();
    (!choices.is_empty()).then(|| {
        let value = order.operative.as_ref().map(|o| o.id.to_string()).unwrap_or_default();
        view! { <Select name="operative" label="Who goes" choices value empty="Not decided" optional=true/> }.into_any()
    })
}

fn go(view: &OrderView, id: &str, visit: &VisitLine) -> AnyView {
    let visit_id = visit.id.to_string();
    let of = |v: &str| vec![("visit", v.to_owned())];
    view! {
        <p><strong>{visit.time.said()}</strong></p>
        {visit.on_the_way_at.is_none().then(|| press(id, "set_off", of(&visit_id), "I am on my way", true))}
        {press(id, "arrive", of(&visit_id), "I am on site", visit.on_the_way_at.is_some())}
        {no_access(view, id, &visit_id)}
        {cancel_visit(id, &visit_id)}
    }
    .into_any()
}

fn no_access(view: &OrderView, id: &str, visit: &str) -> AnyView {
    view! {
        {details("Nobody lets me in", view.refused("no_access"), view! {
            <form class="stack" method="post" action=format!("/work/{id}/act") novalidate data-act="no_access">
                <input type="hidden" name="do" value="no_access"/>
                <input type="hidden" name="visit" value=visit.to_owned()/>
                <p>"Ring, wait, call the tenant. Add a photo of the door or of the card you left below, then send this."</p>
                <Textarea name="note" label="What did you try?" rows=3 max_chars=1000 value=view.of("note") error=view.wrong("note")/>
                <ButtonGroup><Button kind=ButtonKind::Danger>"Record no access"</Button></ButtonGroup>
            </form>
        }.into_any())}
    }
    .into_any()
}

fn cancel_visit(id: &str, visit: &str) -> AnyView {
    view! {
        {details("I cannot keep this time", false, view! {
            <form class="stack" method="post" action=format!("/work/{id}/act") novalidate data-act="cancel_visit">
                <input type="hidden" name="do" value="cancel_visit"/>
                <input type="hidden" name="visit" value=visit.to_owned()/>
                <TextInput name="reason" label="Why? The tenant is told"/>
                <ButtonGroup><Button>"Cancel the visit"</Button></ButtonGroup>
            </form>
        }.into_any())}
    }
    .into_any()
}

fn finish(view: &OrderView, order: &ContractorOrder, visit: Option<&VisitLine>) -> AnyView {
    let id = order.id.to_string();
    let refused = view.refused("complete");
    let old = |field: &str| if refused { view.of(field) } else { String::new() };
    let fixed = domain::work_orders::Outcome::ALL.iter().map(|o| Choice::new(o.as_str(), o.label())).collect();
    let yes_no = || vec![Choice::new("no", "No"), Choice::new("yes", "Yes")];
    let missing = (!order.gate.is_open()).then(|| {
        let list = order.gate.missing.iter().map(|m| view! { <li>{m.clone()}</li> }).collect_view();
        view! { <Banner tone=Tone::Amber title="Before you finish"><ul class="bullets">{list}</ul></Banner> }
    });
    let leave = visit.map(|v| {
        let visit_id = v.id.to_string();
        view! {
            {details("It goes on another day", false, press(&id, "leave", vec![("visit", visit_id.clone())], "I am leaving for today", false))}
            {no_access(view, &id, &visit_id)}
        }
    });
    view! {
        {missing}
        <form class="stack" method="post" action=format!("/work/{id}/act") novalidate data-act="complete" id="complete">
            <input type="hidden" name="do" value="complete"/>
            <Textarea name="notes" label="What did you do?" rows=4 max_chars=5000 value=old("notes") error=view.wrong("notes")/>
            <TextInput name="minutes" label="Minutes on site" width=InputWidth::W10 value=old("minutes") error=view.wrong("minutes") optional=true/>
            <Textarea name="materials" label="Materials used" rows=2 max_chars=2000 value=old("materials") error=view.wrong("materials") optional=true/>
            <Radios name="fixed" legend="Is it fixed?" choices=fixed value=old("fixed") error=view.wrong("fixed")/>
            <Radios name="follow_on" legend="Is more work needed?" choices=yes_no() value=old("follow_on") error=view.wrong("follow_on") inline=true/>
            <Textarea name="follow_on_what" label="What more is needed?" rows=2 value=old("follow_on_what") error=view.wrong("follow_on_what") optional=true/>
            <TextInput name="signed_by" label="Signed by" hint="The name of whoever saw the work" value=old("signed_by") error=view.wrong("signed_by") optional=true/>
            <input type="hidden" name="strokes" value=old("strokes")/>
            <div class="work-sign" data-signature="strokes" hidden></div>
            <ButtonGroup><Button kind=ButtonKind::Primary>"The work is done"</Button></ButtonGroup>
        </form>
        {leave}
    }
    .into_any()
}

fn way_in(id: &str, way: WayIn) -> AnyView {
    let mut facts = Vec::new();
    let mut add = |key: &str, value: Option<String>| facts.extend(value.map(|v| (key.to_owned(), v)));
    add("Tenant", way.tenant_name);
    add("Telephone", way.tenant_phone);
    add("Access", (!way.access.is_empty()).then(|| way.access.join(". ")));
    add("How to get in", way.access_notes);
    add("Good to know", way.needs);
    add("Take care", way.vulnerability);
    let codes = format!("/work/{id}/codes");
    view! {
        <section class="stack">
            <h2 class="heading-m">"Getting in"</h2>
            {way.warnings.map(|w| view! { <WarningCallout title="Warning"><p>{w}</p></WarningCallout> })}
            <FactList facts/>
            {way.has_codes.then(|| view! { <p><Button icon=IconName::Key href=codes>"Show the codes"</Button></p> })}
        </section>
    }
    .into_any()
}

fn visits(order: &ContractorOrder) -> Option<AnyView> {
    (!order.visits.is_empty()).then(|| {
        let now = order.now;
        let lines = order.visits.iter().map(|v| {
            let who = v.operative.as_ref().map(|o| format!(", {}", o.name)).unwrap_or_default();
            view! { <li>{v.time.short(now)}{who}": "{v.status.label()}{v.outcome_note.clone().map(|n| format!(". {n}"))}</li> }
        });
        view! { <section class="stack"><h2 class="heading-m">"Visits"</h2><ul class="bullets">{lines.collect_view()}</ul></section> }
            .into_any()
    })
}

fn checklist(order: &str, list: &Checklist) -> AnyView {
    let items = list.items.iter().map(|item| {
        let value = list.answers.get(&item.id).map(|a| a.value.clone()).unwrap_or_default();
        tick(order, &list.id.to_string(), item, value)
    });
    view! {
        <section class="stack">
            <h2 class="heading-m">{list.name.clone()}" "<span class="muted">{format!("{} of {}", list.done(), list.items.len())}</span></h2>
            <ul class="work-checks" role="list">{items.collect_view()}</ul>
        </section>
    }
    .into_any()
}

fn tick(order: &str, list: &str, item: &Item, value: String) -> AnyView {
    let label = if item.required { item.label.clone() } else { format!("{} (optional)", item.label) };
    let ticked = value == "yes";
    let field = match item.kind {
        ItemKind::Tick if ticked => {
            view! { <input type="hidden" name="value" value="no"/><Button icon=IconName::Check>"Done: take it back"</Button> }.into_any()
        }
        ItemKind::Tick => view! { <input type="hidden" name="value" value="yes"/><Button>"Tick"</Button> }.into_any(),
        ItemKind::Photo if !value.is_empty() => view! { <p class="muted">"Photo added"</p> }.into_any(),
        ItemKind::Photo => view! { <p class="muted">"Add the photo below"</p> }.into_any(),
        ItemKind::Text | ItemKind::Number => view! {
            <TextInput name="value" id=format!("check-{list}-{}", item.id) label="Answer" width=InputWidth::W20 value/>
            <Button>"Save"</Button>
        }
        .into_any(),
    };
    view! {
        <li class="work-checks__item">
            <p class="work-checks__label">{label}</p>
            <form class="work-checks__form" method="post" action=format!("/work/{order}/act") data-act="tick">
                <input type="hidden" name="do" value="tick"/>
                <input type="hidden" name="checklist" value=list.to_owned()/>
                <input type="hidden" name="item" value=item.id.to_string()/>
                {field}
            </form>
        </li>
    }
    .into_any()
}

fn add_photos(id: &str, view: &OrderView) -> AnyView {
    view! {
        <form class="stack" method="post" action=format!("/work/{id}/photos") enctype="multipart/form-data" novalidate data-act="photo" id="photos">
            <FileDrop name="photos" label="Add photos of the work" error=view.wrong("photos") multiple=true camera=true/>
            <ButtonGroup><Button icon=IconName::Upload>"Add photos"</Button></ButtonGroup>
        </form>
    }
    .into_any()
}

fn note(id: &str, view: &OrderView) -> AnyView {
    let body = if view.refused("note") { view.of("body") } else { String::new() };
    view! {
        {details("Write to the office", view.refused("note"), view! {
            <form class="stack" method="post" action=format!("/work/{id}/act") novalidate data-act="note">
                <input type="hidden" name="do" value="note"/>
                <Textarea name="body" label="Your message" rows=3 max_chars=2000 value=body error=view.wrong("body")/>
                <ButtonGroup><Button>"Send"</Button></ButtonGroup>
            </form>
        }.into_any())}
    }
    .into_any()
}

/// Before it is begun, an order that was taken can be given back.
fn hand_back(view: &OrderView, order: &ContractorOrder) -> Option<AnyView> {
    matches!(order.status, Status::Accepted | Status::Scheduled).then(|| {
        let id = order.id.to_string();
        view! {
            {details("I cannot do this work after all", view.refused("decline"), view! {
                <form class="stack" method="post" action=format!("/work/{id}/act") novalidate data-act="decline">
                    <input type="hidden" name="do" value="decline"/>
                    <Textarea name="reason" label="Why?" rows=2 max_chars=1000 value=view.of("reason") error=view.wrong("reason")/>
                    <ButtonGroup><Button kind=ButtonKind::Danger>"Hand it back"</Button></ButtonGroup>
                </form>
            }.into_any())}
        }
        .into_any()
    })
}

fn gallery(title: &'static str, photos: &[Photo]) -> Option<AnyView> {
    (!photos.is_empty()).then(|| {
        let ready = photos
            .iter()
            .filter(|p| p.is_ready)
            .enumerate()
            .map(|(at, p)| {
                ui::Photo::new(format!("/photos/{}/small", p.id), format!("/photos/{}/large", p.id), format!("{title}, {}", at + 1))
            })
            .collect();
        let waiting = photos.iter().any(|p| !p.is_ready);
        view! {
            <section class="stack">
                <h2 class="heading-m">{title}</h2>
                <PhotoGrid photos=ready label=title/>
                {waiting.then(|| view! { <p class="muted">"A photo is being prepared."</p> })}
            </section>
        }
        .into_any()
    })
}

fn story(lines: Vec<Line>, now: Timestamp) -> Vec<TimelineDay> {
    let today = time::london(now).date();
    let mut days: Vec<(jiff::civil::Date, Vec<TimelineItem>)> = Vec::new();
    for line in lines.into_iter().rev() {
        let day = time::london(line.at).date();
        let said = told(&line);
        let item = match said.words {
            Some(words) => {
                TimelineItem::public(said.who, said.what, words.split('\n').map(|l| view! { <p>{l.to_owned()}</p> }).collect_view())
            }
            None => TimelineItem::event(said.who, said.what),
        };
        let item = item.at(time::clock(line.at), line.at.to_string());
        match days.last_mut() {
            Some((last, items)) if *last == day => items.push(item),
            _ => days.push((day, vec![item])),
        }
    }
    days.into_iter()
        .map(|(day, items)| TimelineDay::new(if day == today { "Today".to_owned() } else { time::short_date(day, today) }, items))
        .collect()
}

/// A query's value.
fn encode(text: &str) -> String {
    text.bytes().map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
