//! A year of repairs: each story is given a home and a moment, and then led through the states a ticket can have until today.

use std::collections::{BTreeMap, BTreeSet};

use db::ActorRecord;
use domain::events::Event;
use domain::faults::{Catalogue, Effect, Found, Priority, QuestionKind};
use domain::policy::Role;
use domain::tickets::{Access, AccessWay, Draft, Duplicates, Move, NONE, Need, Report, Source, Status, VisitTime, reference, search_extra};
use domain::{PropertyId, TicketId};
use jiff::civil::{DateTime, Weekday};
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use serde_json::{Value, json};

use super::dice::Dice;
use super::estate::{Colleague, Dwelling, Letting, Renter, World};
use super::source::{self, Only, Story};
use super::sql::Happening;
use crate::{Error, Result};

pub(super) struct Year {
    pub(super) tickets: Vec<Value>,
    pub(super) followers: Vec<Value>,
    pub(super) reads: Vec<Value>,
    pub(super) history: Vec<Happening>,
    /// For the photos: which ticket is about what, who reported it and when.
    pub(super) told: Vec<Told>,
}

pub(super) struct Told {
    pub(super) id: TicketId,
    pub(super) room: String,
    pub(super) item: String,
    pub(super) reporter: Option<Renter>,
    pub(super) at: Timestamp,
}

/// How many of a hundred tickets stand where today; the rest are closed.
const STANDING: [(Status, usize); 6] = [
    (Status::New, 7),
    (Status::Triaged, 7),
    (Status::Assigned, 8),
    (Status::InProgress, 7),
    (Status::Completed, 7),
    (Status::Cancelled, 6),
];

/// A ticket before it is told.
struct Plan<'w> {
    goal: Status,
    at: Timestamp,
    story: &'static Story,
    dwelling: &'w Dwelling,
    letting: &'w Letting,
    report: Report,
}

pub(super) fn year(world: &World<'_>, now: Timestamp, dice: &mut Dice) -> Result<Year> {
    let mut plans = plan(world, now, dice)?;
    plans.sort_by_key(|p| p.at);
    let mut year = Year { tickets: Vec::new(), followers: Vec::new(), reads: Vec::new(), history: Vec::new(), told: Vec::new() };
    let mut earlier: Vec<(PropertyId, Timestamp, TicketId, String)> = Vec::new();
    for (number, plan) in (1..).zip(&plans) {
        let id: TicketId = dice.id(plan.at);
        let reference = reference(number);
        let duplicate_of = earlier
            .iter()
            .rev()
            .find(|(p, at, ..)| *p == plan.report.property_id && plan.at.duration_since(*at) < SignedDuration::from_hours(24 * 45))
            .cloned();
        let mut life = Life::new(world, plan, id, reference.clone(), now, dice);
        life.live(duplicate_of.as_ref())?;
        let row = life.row(number);
        let events = life.events;
        for (colleague, delay) in world.staff.iter().zip([2, 1, 3, 2, 4, 30]) {
            let updated_at = events.last().map_or(plan.at, |e| e.at);
            let read_at = updated_at + SignedDuration::from_hours(delay);
            if read_at < now - SignedDuration::from_hours(12) {
                year.reads.push(json!({ "org_id": world.org, "ticket_id": id, "membership_id": colleague.membership, "read_at": read_at }));
            }
        }
        if plan.report.unit_id.is_none() && plan.goal != Status::Cancelled {
            for (neighbour, home) in neighbours(world, plan, dice) {
                let at = (plan.at + dice.minutes(30, 1_500)).min(now);
                year.followers.push(json!({
                    "org_id": world.org, "ticket_id": id, "contact_id": neighbour.contact, "unit_id": home.unit, "notes": "Same for us.", "created_at": at,
                }));
                year.history.push(Happening { at, actor: neighbour.actor(), event: Event::of_ticket("ticket:followed", id) });
            }
        }
        let reporter = plan.letting.household.first().filter(|r| r.membership.is_some()).cloned();
        year.told.push(Told { id, room: plan.story.path.room.clone(), item: plan.story.path.item.clone(), reporter, at: plan.at });
        earlier.push((plan.report.property_id, plan.at, id, reference));
        year.tickets.push(row);
        year.history.extend(events);
    }
    Ok(year)
}

fn plan<'w>(world: &'w World<'_>, now: Timestamp, dice: &mut Dice) -> Result<Vec<Plan<'w>>> {
    let total = world.firm.tickets;
    let mut goals: Vec<Status> = STANDING.iter().flat_map(|(status, share)| vec![*status; total * share / 100]).collect();
    goals.resize(total, Status::Closed);
    let mut deck: Vec<&'static Story> = source::stories()?.iter().collect();
    dice.shuffle(&mut deck);
    let mut used = BTreeSet::new();
    let mut plans: Vec<Plan<'w>> = Vec::new();
    for (nth, goal) in goals.iter().copied().enumerate() {
        // The morning's first report is an emergency, and another is being worked on: a demo without one shows nothing of them. That one
        // waits for days would show a landlord nobody wants.
        let is_first = goals.get(nth.wrapping_sub(1)) != Some(&goal);
        let pressing = is_first && matches!(goal, Status::New | Status::InProgress);
        let waits = goal != Status::Closed && !pressing;
        // The tenant whose login is printed has something open, something to answer and something behind them.
        let first_home = is_first && matches!(goal, Status::Triaged | Status::Completed | Status::Closed);
        let mut found = None;
        for (card, story) in deck.iter().enumerate() {
            if used.contains(&card) || (pressing && story.emergency.is_none()) {
                continue;
            }
            let at = reported_at(goal, story, now, dice);
            if !fits_season(story, at) {
                continue;
            }
            let Some((dwelling, letting)) = home_for(world, story, at, first_home, dice) else { continue };
            let calls = letting.household.first().is_none_or(|r| r.membership.is_none());
            let at = if calls && story.emergency.is_none() { office_before(at, dice) } else { at };
            let report = report(story, dwelling, dice)?;
            if waits && report.assessment.priority == Priority::Emergency {
                continue;
            }
            found = Some((card, Plan { goal, at, story, dwelling, letting, report }));
            break;
        }
        let (card, plan) = found.ok_or_else(|| Error::internal(anyhow::anyhow!("no story fits a ticket that is {}", goal.as_str())))?;
        used.insert(card);
        plans.push(plan);
    }
    Ok(plans)
}

/// A moment that leaves a ticket of this kind time enough to come where it is today, in waking hours.
fn reported_at(goal: Status, story: &Story, now: Timestamp, dice: &mut Dice) -> Timestamp {
    const DAY: i64 = 24 * 60;
    let emergency = story.emergency.is_some();
    let ago = match goal {
        Status::New if emergency => dice.minutes(4, 18),
        Status::New => dice.minutes(25, 2 * DAY),
        Status::Triaged => dice.minutes(8 * 60, 6 * DAY),
        Status::Assigned => dice.minutes(DAY, 12 * DAY),
        Status::InProgress if emergency => dice.minutes(5 * 60, 20 * 60),
        Status::InProgress => dice.minutes(5 * DAY, 38 * DAY),
        Status::Completed => dice.minutes(6 * DAY, 32 * DAY),
        Status::Cancelled => dice.minutes(10 * DAY, 340 * DAY),
        Status::Closed => dice.minutes(24 * DAY, 364 * DAY),
    };
    let at = now - ago;
    let wall = domain::time::london(at);
    if emergency || (7..23).contains(&wall.hour()) {
        return at;
    }
    // Whoever would have written at night wrote the evening before.
    let hours_back = i64::from(wall.hour().rem_euclid(24)) + if wall.hour() == 23 { -20 } else { 4 };
    at - SignedDuration::from_hours(hours_back) - dice.minutes(0, 55)
}

/// Heating fails in the cold, wasps nest in summer.
fn fits_season(story: &Story, at: Timestamp) -> bool {
    let month = domain::time::london(at).month();
    match (story.path.room.as_str(), story.path.item.as_str(), story.path.problem.as_str()) {
        (_, _, "frozen-pipe") => matches!(month, 12 | 1 | 2),
        ("heating", "boiler" | "radiator" | "electric-heating", _) | (_, "mould" | "damp" | "draught", _) | ("communal", "heating", _) => {
            matches!(month, 9..=12 | 1..=4)
        }
        (_, _, "wasps") => matches!(month, 6..=9),
        _ => true,
    }
}

fn home_for<'w>(
    world: &'w World<'_>,
    story: &Story,
    at: Timestamp,
    first_home: bool,
    dice: &mut Dice,
) -> Option<(&'w Dwelling, &'w Letting)> {
    let day = domain::time::london(at).date();
    let communal = story.path.room == "communal";
    let private = world.firm.landlord == domain::estate::LandlordKind::Agent;
    let needs_gas = matches!((story.path.item.as_str(), story.path.problem.as_str()), ("boiler" | "gas", _) | (_, "gas-not-working"));
    let tall = |d: &Dwelling| d.block.and_then(|b| world.firm.blocks.get(b)).is_some_and(|b| b.storeys >= 4 && b.built > 1900);
    let homes: Vec<(&Dwelling, &Letting)> = world
        .dwellings
        .iter()
        .take(if first_home { 1 } else { usize::MAX })
        .filter(|d| {
            (!communal || d.block.is_some())
                && (!needs_gas || d.has_gas)
                && (story.path.item != "electric-heating" || !d.has_gas)
                && (!communal || !matches!(story.path.item.as_str(), "lift" | "parking") || tall(d))
                && (!communal || story.path.item != "heating" || !d.has_gas)
                && match story.only {
                    Some(Only::House) => !d.is_flat,
                    Some(Only::Flat) => d.is_flat,
                    Some(Only::Private) => private,
                    None => true,
                }
        })
        .filter_map(|d| Some((d, d.let_on(day)?)))
        .collect();
    dice.pick(&homes).ok().copied()
}

/// The story as the wizard would have made a report of it.
fn report(story: &Story, dwelling: &Dwelling, dice: &mut Dice) -> Result<Report> {
    let catalogue = Catalogue::default_uk();
    let fault = catalogue.find(&story.path).ok_or_else(|| Error::internal(anyhow::anyhow!("{} is no fault", story.path)))?;
    let needs = story.needs.as_deref().and_then(|label| Need::ALL.iter().copied().find(|n| n.label() == label));
    let way = *dice.pick(&[AccessWay::SomeoneIn, AccessWay::SomeoneIn, AccessWay::CallFirst, AccessWay::UseKey])?;
    let times = *dice.pick(&[VisitTime::Any, VisitTime::Any, VisitTime::Morning, VisitTime::Afternoon, VisitTime::SchoolRun])?;
    let notes = *dice.pick(&ACCESS_NOTES)?;
    let draft = Draft {
        emergency: Some(story.emergency.clone().unwrap_or_else(|| NONE.to_owned())),
        property_id: Some(dwelling.property),
        unit_id: Some(dwelling.unit),
        room: Some(story.path.room.clone()),
        item: Some(story.path.item.clone()),
        problem: Some(story.path.problem.clone()),
        advice_read: true,
        duplicates: Duplicates::NotOffered,
        answers: answers(fault, story, dice),
        details: Some(story.words.clone()),
        photos_done: true,
        access: Some(way),
        times: vec![times],
        access_notes: notes.map(ToOwned::to_owned),
        needs: Some(needs.into_iter().collect()),
        ..Draft::default()
    };
    Report::parse(&draft, catalogue).map_err(|step| Error::internal(anyhow::anyhow!("{}: {} is not answered", story.path, step.as_str())))
}

/// The story's own answers, and for what it does not say one that neither raises the priority nor adds a hazard.
fn answers(fault: Found<'_>, story: &Story, dice: &mut Dice) -> BTreeMap<String, String> {
    let mut answers = BTreeMap::new();
    for question in &fault.problem.questions {
        let harmless = |codes: Vec<&str>| -> Vec<String> {
            codes.into_iter().filter(|c| question.effect(c) == Effect::default()).map(ToOwned::to_owned).collect()
        };
        let answer = match (story.answers.get(&question.code), &question.kind) {
            (Some(answer), _) => answer.clone(),
            (None, QuestionKind::YesNo { .. }) => dice.pick(&harmless(vec!["no", "yes", "no"])).cloned().unwrap_or_else(|_| "no".into()),
            (None, QuestionKind::Choice { options }) => {
                dice.pick(&harmless(options.iter().map(|o| o.code.as_str()).collect())).cloned().unwrap_or_default()
            }
            (None, QuestionKind::Number) => dice.between(1, 3).to_string(),
            (None, QuestionKind::Text) => String::new(),
        };
        answers.insert(question.code.clone(), answer);
    }
    answers
}

fn neighbours<'w>(world: &'w World<'_>, plan: &Plan<'_>, dice: &mut Dice) -> Vec<(&'w Renter, &'w Dwelling)> {
    let day = domain::time::london(plan.at).date();
    let others = world.dwellings.iter().filter(|d| d.property == plan.dwelling.property && d.unit != plan.dwelling.unit);
    let logged_in = others.filter_map(|d| Some((d.let_on(day)?.household.first().filter(|r| r.membership.is_some())?, d)));
    logged_in.filter(|_| dice.percent(40)).take(2).collect()
}

/// One ticket's year.
struct Life<'l, 'w, 'f> {
    world: &'l World<'f>,
    plan: &'l Plan<'w>,
    dice: &'l mut Dice,
    now: Timestamp,
    at: Timestamp,
    id: TicketId,
    reference: String,
    source: Source,
    coordinator: Option<Colleague>,
    status: Status,
    priority: Priority,
    reporter: Option<&'l Renter>,
    cancel_reason: Option<String>,
    close: Option<(&'static str, Option<String>)>,
    duplicate_of: Option<TicketId>,
    assignee: Option<Colleague>,
    events: Vec<Happening>,
}

impl<'l, 'w, 'f> Life<'l, 'w, 'f> {
    fn new(world: &'l World<'f>, plan: &'l Plan<'w>, id: TicketId, reference: String, now: Timestamp, dice: &'l mut Dice) -> Self {
        let reporter = plan.letting.household.first();
        let online = reporter.is_some_and(|r| r.membership.is_some());
        let open = is_open(domain::time::london(plan.at));
        let source = match dice.between(1, 100) {
            _ if online && !open => Source::Portal,
            ..=85 if online => Source::Portal,
            ..=88 if !online => Source::Phone,
            ..=93 => Source::Email,
            _ => Source::Phone,
        };
        Self {
            world,
            plan,
            dice,
            now,
            at: plan.at,
            id,
            reference,
            source,
            coordinator: None,
            status: Status::New,
            priority: plan.report.assessment.priority,
            reporter,
            cancel_reason: None,
            close: None,
            duplicate_of: None,
            assignee: None,
            events: Vec::new(),
        }
    }

    fn live(&mut self, duplicate_of: Option<&(PropertyId, Timestamp, TicketId, String)>) -> Result<()> {
        self.coordinator = Some(self.choose_coordinator()?);
        self.report()?;
        if self.dice.percent(12) {
            self.tenant_adds()?;
        }
        let goal = self.plan.goal;
        if goal == Status::New {
            return self.fit();
        }
        if goal == Status::Cancelled {
            self.cancel(duplicate_of)?;
            return self.fit();
        }
        self.triage()?;
        if goal != Status::Triaged {
            self.work(goal, &self.plan.story.done)?;
        }
        if goal == Status::Closed {
            if self.dice.percent(9) {
                self.not_fixed()?;
            }
            self.close()?;
        }
        self.fit()
    }

    fn report(&mut self) -> Result<()> {
        let report = &self.plan.report;
        let (kind, actor) = match self.source {
            Source::Portal | Source::Guest => ("ticket:reported", self.tenant()),
            _ => ("ticket:created_by_staff", self.staff()?),
        };
        let data = json!({ "reference": self.reference, "title": report.title, "source": self.source, "priority": self.priority, "category": report.assessment.category });
        let new = json!({
            "reference": self.reference, "title": report.title, "description": report.description, "category": report.assessment.category,
            "priority": self.priority, "reasons": report.assessment.reasons, "hazards": report.assessment.hazards, "property": report.property_id,
            "unit": report.unit_id, "reportedBy": self.reporter.map(|r| r.contact), "source": self.source, "faultPath": report.path,
        });
        self.tell(actor, Event::of_ticket(kind, self.id).public().data(data).created(new));
        Ok(())
    }

    fn tenant_adds(&mut self) -> Result<()> {
        if self.source != Source::Portal {
            return Ok(());
        }
        let words = *self.dice.pick(&TENANT_ADDS)?;
        self.at = waking(self.at + self.dice.minutes(20, 900), self.dice);
        let actor = self.tenant();
        self.note(actor, words, true);
        Ok(())
    }

    fn triage(&mut self) -> Result<()> {
        self.wait(Wait::Triage);
        let staff = self.staff()?;
        self.assignee = self.coordinator.clone();
        let name = self.coordinator.as_ref().map(|c| c.name.clone());
        self.tell(
            staff.clone(),
            Event::of_ticket("ticket:assigned", self.id)
                .data(json!({ "name": name }))
                .change(json!({ "assignee": null }), json!({ "assignee": name })),
        );
        if self.priority == Priority::Urgent && self.dice.percent(12) {
            self.reprioritise(Priority::Routine, "Spoke to the tenant: it is contained and can wait for a normal appointment.")?;
        } else if self.priority == Priority::Routine && self.dice.percent(9) {
            self.reprioritise(Priority::Urgent, "Second report this year at this address: look at it sooner.")?;
        }
        self.walk(Move::Triage, &staff)?;
        if self.dice.percent(45) {
            self.at += self.dice.minutes(3, 50);
            let words = *self.dice.pick(&INTERNAL)?;
            self.note(staff, words, false);
        }
        Ok(())
    }

    fn reprioritise(&mut self, to: Priority, why: &str) -> Result<()> {
        self.at += self.dice.minutes(1, 4);
        let from = std::mem::replace(&mut self.priority, to);
        let staff = self.staff()?;
        let event = Event::of_ticket("ticket:priority_changed", self.id).data(json!({ "from": from, "to": to, "reason": why }));
        self.tell(staff, event.change(json!({ "priority": from }), json!({ "priority": to })));
        Ok(())
    }

    /// From triage to where the ticket stands, at most to Completed.
    fn work(&mut self, goal: Status, done: &str) -> Result<()> {
        let staff = self.staff()?;
        let company = self.company();
        self.wait(Wait::Assign);
        self.walk(Move::Assign, &staff)?;
        self.at += self.dice.minutes(1, 12);
        let text = format!("We have asked {company} to do this work. They will contact you to arrange a time.");
        self.note(staff.clone(), &text, true);
        if goal == Status::Assigned {
            return Ok(());
        }
        if self.priority != Priority::Emergency && self.dice.percent(35) {
            self.wait(Wait::Assign);
            let words = *self.dice.pick(&ARRANGED)?;
            self.note(staff.clone(), words, true);
        }
        self.wait(Wait::Start);
        self.walk(Move::Start, &staff)?;
        if goal == Status::InProgress {
            if self.dice.percent(60) {
                self.at += self.dice.minutes(60, 900);
                let words = *self.dice.pick(&WAITING)?;
                self.note(staff, words, true);
            }
            return Ok(());
        }
        self.wait(Wait::Complete);
        self.note(staff.clone(), done, true);
        self.at += self.dice.minutes(1, 5);
        self.walk(Move::Complete, &staff)
    }

    fn not_fixed(&mut self) -> Result<()> {
        let (actor, why) = if self.is_online() {
            (self.tenant(), *self.dice.pick(&NOT_FIXED)?)
        } else {
            (self.staff()?, "The tenant rang: it is no better.")
        };
        self.at = waking(self.at + self.dice.minutes(600, 7_000), self.dice);
        let event = Event::of_ticket("ticket:reopened", self.id)
            .public()
            .data(json!({ "reason": why, "from": self.status, "to": Status::Triaged }));
        self.status = self.status.after(Move::Reopen)?;
        self.tell(actor, event.change(json!({ "status": Status::Completed }), json!({ "status": self.status })));
        self.work(Status::Completed, "Second visit: fault found and put right, tested with the tenant there.")
    }

    fn close(&mut self) -> Result<()> {
        let hazard = !self.plan.report.assessment.hazards.is_empty();
        let (outcome, actor, reason) = match self.dice.between(1, 100) {
            ..=68 if self.is_online() => {
                self.at = waking(self.at + self.dice.minutes(90, 6 * 24 * 60), self.dice);
                ("TENANT_CONFIRMED", self.tenant(), None)
            }
            ..=88 if !hazard => {
                self.at += SignedDuration::from_hours(24 * 10);
                (
                    "NO_ANSWER",
                    ActorRecord { kind: "system", name: Some("Closing after two reminders".into()), ..ActorRecord::default() },
                    None,
                )
            }
            _ => {
                self.wait(Wait::Assign);
                ("BY_STAFF", self.staff()?, Some((*self.dice.pick(&CLOSED_BY_STAFF)?).to_owned()))
            }
        };
        let from = self.status;
        self.status = from.after(Move::Close)?;
        let event = Event::of_ticket("ticket:closed", self.id)
            .public()
            .data(json!({ "outcome": outcome, "reason": reason, "from": from, "to": self.status }));
        self.tell(actor, event.change(json!({ "status": from }), json!({ "status": self.status, "outcome": outcome })));
        self.close = Some((outcome, reason));
        Ok(())
    }

    fn cancel(&mut self, duplicate_of: Option<&(PropertyId, Timestamp, TicketId, String)>) -> Result<()> {
        self.wait(Wait::Triage);
        let (actor, why) = match duplicate_of {
            Some((_, _, id, reference)) if self.plan.report.unit_id.is_none() => {
                self.duplicate_of = Some(*id);
                (self.staff()?, format!("The same problem is reported as {reference}: you can follow it there."))
            }
            _ if self.is_online() && self.dice.percent(40) => (self.tenant(), "It has sorted itself out, thank you.".to_owned()),
            _ => (self.staff()?, (*self.dice.pick(&CANCELLED)?).to_owned()),
        };
        let from = self.status;
        self.status = from.after(Move::Cancel)?;
        let event = Event::of_ticket("ticket:cancelled", self.id).public().data(json!({ "reason": why, "from": from, "to": self.status }));
        self.tell(actor, event.change(json!({ "status": from }), json!({ "status": self.status })));
        self.cancel_reason = Some(why);
        Ok(())
    }

    fn walk(&mut self, step: Move, actor: &ActorRecord) -> Result<()> {
        let from = self.status;
        self.status = from.after(step)?;
        let kind = if step == Move::Triage { "ticket:triaged" } else { "ticket:status_changed" };
        let event = Event::of_ticket(kind, self.id).public().data(json!({ "from": from, "to": self.status, "step": step }));
        self.tell(actor.clone(), event.change(json!({ "status": from }), json!({ "status": self.status })));
        Ok(())
    }

    fn note(&mut self, actor: ActorRecord, words: &str, public: bool) {
        let event = Event::of_ticket("ticket:note_added", self.id).data(json!({ "body": words }));
        self.tell(actor, if public { event.public() } else { event });
    }

    fn tell(&mut self, actor: ActorRecord, event: Event) {
        self.events.push(Happening { at: self.at, actor, event });
    }

    /// A life that would run past today is drawn together, so that its last event lies behind us.
    fn fit(&mut self) -> Result<()> {
        let (Some(first), Some(last)) = (self.events.first().map(|e| e.at), self.events.last().map(|e| e.at)) else { return Ok(()) };
        let latest = self.now - self.dice.minutes(1, 5);
        if last <= latest {
            return Ok(());
        }
        let (long, short) = (last.as_second() - first.as_second(), (latest.as_second() - first.as_second()).max(1));
        for event in &mut self.events {
            let since = event.at.as_second() - first.as_second();
            event.at = Timestamp::from_second(first.as_second() + since * short / long.max(1)).map_err(Error::internal)?;
        }
        Ok(())
    }

    fn wait(&mut self, what: Wait) {
        let (low, high) = what.minutes(self.priority);
        let at = self.at + self.dice.minutes(low, high);
        self.at = if self.priority == Priority::Emergency { at } else { office(at, self.dice) };
    }

    /// Emergencies at night and at weekends are the out-of-hours coordinator's; damp is the damp lead's where there is one.
    fn choose_coordinator(&mut self) -> Result<Colleague> {
        let coordinators: Vec<&Colleague> = self.world.staff.iter().filter(|c| c.role == Role::Coordinator).collect();
        let wall = domain::time::london(self.plan.at);
        let closed = !(8..18).contains(&wall.hour()) || matches!(wall.weekday(), Weekday::Saturday | Weekday::Sunday);
        if self.priority == Priority::Emergency && closed {
            return coordinators.last().map(|c| (*c).clone()).ok_or_else(|| Error::internal(anyhow::anyhow!("no coordinator")));
        }
        let damp = self.plan.report.assessment.category == domain::tickets::Category::DampMould;
        if damp && let Some(lead) = coordinators.get(2) {
            return Ok((*lead).clone());
        }
        self.dice.pick(coordinators.get(..2).unwrap_or(&coordinators)).map(|c| (*c).clone())
    }

    fn company(&self) -> String {
        let trade = self.plan.report.assessment.trade;
        let found = self
            .world
            .companies
            .iter()
            .find(|c| c.trades.contains(&trade))
            .or_else(|| self.world.companies.iter().find(|c| c.trades.contains(&domain::faults::Trade::MultiSkilled)));
        found.map_or_else(|| "our contractor".to_owned(), |c| c.name.clone())
    }

    fn is_online(&self) -> bool {
        self.reporter.is_some_and(|r| r.membership.is_some())
    }
    fn tenant(&self) -> ActorRecord {
        self.reporter.map(Renter::actor).unwrap_or_default()
    }
    fn staff(&self) -> Result<ActorRecord> {
        self.coordinator.as_ref().map(Colleague::actor).ok_or_else(|| Error::internal(anyhow::anyhow!("no coordinator")))
    }

    /// The ticket as its events left it.
    fn row(&self, number: i64) -> Value {
        let report = &self.plan.report;
        let when = |wanted: &dyn Fn(&Event) -> bool| self.events.iter().rev().find(|e| wanted(&e.event)).map(|e| e.at);
        let to = |status: Status| move |e: &Event| e.data.get("to").and_then(Value::as_str) == Some(status.as_str());
        let reopened = self.events.iter().filter(|e| e.event.kind == "ticket:reopened").count();
        let address: Vec<&str> = self
            .plan
            .dwelling
            .address
            .iter()
            .filter(|l| report.unit_id.is_some() || **l != self.plan.dwelling.label)
            .map(String::as_str)
            .collect();
        let names: Vec<&str> = self.reporter.iter().map(|r| r.name.as_str()).collect();
        let phones: Vec<&str> = self.reporter.iter().map(|r| r.phone.as_str()).collect();
        let extra = search_extra(&address, &self.plan.dwelling.postcode, &names, &phones, &self.reference);
        let communal = report.unit_id.is_none();
        json!({
            "org_id": self.world.org, "id": self.id, "number": number, "reference": self.reference, "property_id": report.property_id,
            "unit_id": report.unit_id, "tenancy_id": (!communal).then_some(self.plan.letting.tenancy),
            "reported_by_contact_id": self.reporter.map(|r| r.contact), "reporter_name": self.reporter.map(|r| &r.name), "source": self.source, "confirmed": true,
            "category": report.assessment.category, "first_priority": report.assessment.priority, "priority": self.priority,
            "priority_reasons": report.assessment.reasons, "status": self.status, "title": report.title, "description": report.description,
            "fault_path": report.path, "trade": report.assessment.trade, "hazards": report.assessment.hazards, "answers": report.answers,
            "access": if communal { json!(Access::default()) } else { json!(report.access) }, "vulnerability": report.vulnerability,
            "assignee_id": self.assignee.as_ref().map(|a| a.membership), "duplicate_of": self.duplicate_of,
            "aware_at": self.plan.at, "target_at": self.world.firm.settings.targets.due(self.priority, self.plan.at),
            "triaged_at": when(&|e| e.kind == "ticket:triaged"),
            "completed_at": if matches!(self.status, Status::Completed | Status::Closed) { when(&to(Status::Completed)) } else { None },
            "closed_at": when(&|e| e.kind == "ticket:closed"), "close_outcome": self.close.as_ref().map(|c| c.0),
            "close_reason": self.close.as_ref().and_then(|c| c.1.as_ref()), "cancel_reason": self.cancel_reason, "reopened_count": reopened,
            "search_extra": extra, "created_at": self.plan.at, "updated_at": self.events.last().map_or(self.plan.at, |e| e.at), "version": self.events.len(),
        })
    }
}

#[derive(Clone, Copy)]
enum Wait {
    Triage,
    Assign,
    Start,
    Complete,
}

impl Wait {
    const fn minutes(self, priority: Priority) -> (i64, i64) {
        match (self, priority) {
            (Self::Triage | Self::Assign, Priority::Emergency) => (3, 22),
            (Self::Start | Self::Complete, Priority::Emergency) => (35, 260),
            (Self::Triage | Self::Assign, Priority::Urgent) => (20, 700),
            (Self::Start, Priority::Urgent) => (600, 5_600),
            (Self::Complete, Priority::Urgent) => (40, 2_600),
            (Self::Triage, Priority::Routine) => (50, 1_700),
            (Self::Assign, Priority::Routine) => (120, 3_800),
            (Self::Start, Priority::Routine) => (3_000, 20_000),
            (Self::Complete, Priority::Routine) => (40, 5_000),
        }
    }
}

/// The next moment the office is open.
fn office(at: Timestamp, dice: &mut Dice) -> Timestamp {
    let wall = domain::time::london(at);
    let mut day = wall.date();
    let late = wall.hour() >= 17;
    if is_open(wall) {
        return at;
    }
    let weekend = |day: jiff::civil::Date| matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    if late {
        day = day.checked_add(1.day()).unwrap_or(day);
    }
    while weekend(day) {
        day = day.checked_add(1.day()).unwrap_or(day);
    }
    domain::time::from_london(day.at(8, 0, 0, 0)).unwrap_or(at) + dice.minutes(5, 130)
}

fn is_open(wall: DateTime) -> bool {
    (8..17).contains(&wall.hour()) && !matches!(wall.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// The last moment the office was open: whoever rings us with what can wait rings then.
fn office_before(at: Timestamp, dice: &mut Dice) -> Timestamp {
    let mut wall = domain::time::london(at);
    if is_open(wall) {
        return at;
    }
    if wall.hour() < 8 || matches!(wall.weekday(), Weekday::Saturday | Weekday::Sunday) {
        let back = match wall.weekday() {
            Weekday::Sunday => 2,
            Weekday::Monday if wall.hour() < 8 => 3,
            _ => 1,
        };
        wall = wall.checked_sub(back.days()).unwrap_or(wall);
    }
    domain::time::from_london(wall.date().at(16, 50, 0, 0)).unwrap_or(at) - dice.minutes(1, 480)
}

/// When somebody who is asleep would do it.
fn waking(at: Timestamp, dice: &mut Dice) -> Timestamp {
    let wall = domain::time::london(at);
    if (7..23).contains(&wall.hour()) {
        return at;
    }
    at + SignedDuration::from_hours((31 - i64::from(wall.hour())) % 24) + dice.minutes(1, 50)
}

const ACCESS_NOTES: [Option<&str>; 12] = [
    None,
    None,
    None,
    None,
    None,
    Some("Please knock, the bell does not work."),
    Some("I work nights, not before 1pm please."),
    Some("Small dog, friendly, will be shut in the kitchen."),
    Some("Text me half an hour before."),
    Some("Parking is on the street only, permit in the window."),
    Some("I am deaf in one ear, knock hard or text."),
    Some("My sister will be in, I am at work."),
];
const TENANT_ADDS: [&str; 8] = [
    "Any news on this please?",
    "It has got a bit worse since I reported it.",
    "I can be in any day next week.",
    "Sorry, I gave the wrong number before. The one on my account is right.",
    "The neighbour says they have the same.",
    "I have put a bucket under it for now.",
    "Can it be after school pick-up please.",
    "My mum can let them in if I am at work.",
];
const INTERNAL: [&str; 12] = [
    "Left a voicemail, no answer. Try again after 2.",
    "Asbestos register checked: nothing at this address.",
    "Same fault in March. If it fails again ask for a replacement, not a repair.",
    "Rang back: happy with any weekday morning.",
    "Photos asked for by text.",
    "Tenant was upset about the last visit. Please confirm the slot in writing.",
    "Planned kitchen renewal is due next year: repair only what is unsafe.",
    "Key is in the office cabinet, signed out per visit.",
    "Two-person visit noted on the property. Contractor told.",
    "Possible recharge, check photos before deciding.",
    "Spoke to the contractor: part is on the van.",
    "Insurance informed, reference to follow.",
];
const ARRANGED: [&str; 5] = [
    "Your appointment is booked for the morning, between 8am and 12 noon. They will text when they are on their way.",
    "Your appointment is booked for the afternoon, between 12 noon and 5pm.",
    "They tried to reach you to arrange a time. Please call them, or reply here with a day that suits.",
    "Your appointment was moved at your request.",
    "The first visit could not go ahead because nobody was in. A new time is arranged.",
];
const WAITING: [&str; 5] = [
    "A part is on order and is expected within a week. We will write as soon as it is here.",
    "The first visit made it safe. A second is needed to finish and is being booked.",
    "Measured up: the new unit takes about ten working days to make.",
    "Drying out before the plaster can be done. Equipment will be checked on Thursday.",
    "Scaffold is going up on Monday for this.",
];
const NOT_FIXED: [&str; 4] = [
    "It was all right for two days and now it is doing the same again.",
    "Still leaking, only slower.",
    "They fixed one of them but not the other.",
    "It works but they left a hole in the wall.",
];
const CLOSED_BY_STAFF: [&str; 3] =
    ["Rang to check: the tenant is happy with the work.", "Checked on a visit next door.", "Follow-up inspection found no fault."];
const CANCELLED: [&str; 4] = [
    "Reported in error: the item belongs to the tenant.",
    "Three visits without access. Please report again when somebody can be in.",
    "This is part of planned works already agreed for next month.",
    "The tenant rang to say that it is working again.",
];
