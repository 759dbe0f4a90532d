//! How a ticket's facts look, the same in list, board, panel and case.

use domain::tickets::{Line, Move, Priority, Status, Told, told};
use domain::time::{ago, clock, date_time, london, long_date};
use jiff::Timestamp;
use leptos::prelude::*;
use ui::{IconName, PriorityBadge, StatusBadge, TimelineDay, TimelineItem, Tone, Urgency};

pub(crate) const PRIORITY_TONES: [(Priority, Tone); 3] =
    [(Priority::Emergency, Tone::Red), (Priority::Urgent, Tone::Amber), (Priority::Routine, Tone::Blue)];

pub(crate) fn priority_badge(priority: Priority, plain: bool) -> AnyView {
    let urgency = match priority {
        Priority::Emergency => Urgency::Emergency,
        Priority::Urgent => Urgency::Urgent,
        Priority::Routine => Urgency::Routine,
    };
    view! { <PriorityBadge urgency plain/> }.into_any()
}

pub(super) const fn look_of(status: Status) -> (Tone, IconName) {
    match status {
        Status::New => (Tone::Amber, IconName::CircleDot),
        Status::Triaged => (Tone::Grey, IconName::CircleDashed),
        Status::Assigned => (Tone::Blue, IconName::CircleDashed),
        Status::InProgress => (Tone::Blue, IconName::CirclePlay),
        Status::Completed | Status::Closed => (Tone::Green, IconName::CircleCheck),
        Status::Cancelled => (Tone::Grey, IconName::CircleX),
    }
}

pub(crate) fn status_badge(status: Status, plain: bool) -> AnyView {
    let (tone, icon) = look_of(status);
    view! { <StatusBadge label=status.label() tone icon plain/> }.into_any()
}

/// `Tue 24 Nov, 14:05`, with the age beside it.
pub(super) fn when(at: Timestamp, now: Timestamp) -> String {
    format!("{} ({})", date_time(at, now), ago(at, now))
}

/// The age alone, for narrow columns.
pub(crate) fn ago_note(at: Timestamp, now: Timestamp) -> String {
    ago(at, now)
}

pub(super) fn is_late(target: Option<Timestamp>, status: Status, now: Timestamp) -> bool {
    status.is_open() && status != Status::Completed && target.is_some_and(|t| t < now)
}

/// Our target: the day, and the time where it is within a day or so. Lateness in words, not by colour alone.
pub(crate) fn target_view(target: Option<Timestamp>, status: Status, now: Timestamp) -> AnyView {
    let Some(target) = target.filter(|_| status.is_open()) else {
        return view! { <span class="muted">"–"</span> }.into_any();
    };
    let soon = (target.as_second() - now.as_second()).abs() < 36 * 3_600;
    let words = if soon { date_time(target, now) } else { domain::time::short_date(london(target).date(), london(now).date()) };
    let late = is_late(Some(target), status, now);
    view! { <span class=if late { "late" } else { "" }>{words}{late.then_some(" (late)")}</span> }.into_any()
}

/// The verb on a button, shorter than the menu's where the place says the rest.
pub(super) const fn icon_of(step: Move) -> IconName {
    match step {
        Move::Triage => IconName::CheckCheck,
        Move::Assign => IconName::HardHat,
        Move::HandBack => IconName::RotateCcw,
        Move::Start => IconName::CirclePlay,
        Move::Complete => IconName::Check,
        Move::Close => IconName::CircleCheck,
        Move::Reopen => IconName::RefreshCw,
        Move::Cancel => IconName::CircleX,
    }
}

/// The newest day first, and in it the newest line.
pub(super) fn days(lines: &[Line], now: Timestamp) -> Vec<TimelineDay> {
    let today = london(now).date();
    let mut days: Vec<(jiff::civil::Date, Vec<TimelineItem>)> = Vec::new();
    for line in lines.iter().rev() {
        let day = london(line.at).date();
        match days.last_mut().filter(|(d, _)| *d == day) {
            Some((_, items)) => items.push(item(line)),
            None => days.push((day, vec![item(line)])),
        }
    }
    days.into_iter()
        .map(|(day, items)| TimelineDay::new(if day == today { format!("Today, {}", long_date(day)) } else { long_date(day) }, items))
        .collect()
}

fn item(line: &Line) -> TimelineItem {
    let Told { who, what, words } = told(line);
    let is_note = matches!(line.kind.as_str(), "ticket:note_added" | "ticket:followed");
    let paragraphs = words.map(|w| w.split("\n\n").map(ToOwned::to_owned).collect::<Vec<_>>());
    let body = paragraphs.map(|ps| view! { <div class="told">{ps.into_iter().map(|p| view! { <p>{p}</p> }).collect_view()}</div> });
    let item = match body {
        Some(body) if is_note && line.public => TimelineItem::public(who, what, body),
        Some(body) if is_note => TimelineItem::internal(who, what, body),
        body => {
            let (icon, tone) = mark(line);
            let item = TimelineItem::event(who, what).icon(icon, tone);
            match body {
                Some(body) => item.body(body),
                None => item,
            }
        }
    };
    item.at(clock(line.at), line.at.to_string())
}

fn mark(line: &Line) -> (IconName, Tone) {
    match line.kind.as_str() {
        "ticket:reported" => (IconName::Flag, Tone::Amber),
        "ticket:created_by_staff" => (IconName::Headset, Tone::Amber),
        "ticket:triaged" => (IconName::CheckCheck, Tone::Blue),
        "ticket:priority_changed" => (IconName::ChevronsUp, Tone::Amber),
        "ticket:assigned" => (IconName::User, Tone::Blue),
        "ticket:changed" => (IconName::Pencil, Tone::Grey),
        "ticket:photo_added" => (IconName::Camera, Tone::Grey),
        "ticket:reopened" => (IconName::RefreshCw, Tone::Amber),
        "ticket:closed" => (IconName::CircleCheck, Tone::Green),
        "ticket:cancelled" | "ticket:deleted" => (IconName::CircleX, Tone::Grey),
        "ticket:status_changed" => match line.data.get("step").and_then(|s| s.as_str()).and_then(Move::parse) {
            Some(Move::Complete) => (IconName::Check, Tone::Green),
            Some(step) => (icon_of(step), Tone::Blue),
            None => (IconName::CircleDot, Tone::Grey),
        },
        "email:sent" => (IconName::Mail, Tone::Grey),
        _ => (IconName::CircleDot, Tone::Grey),
    }
}

/// Puts a form back to what the page says, once the page has said it: what was typed is a form's own and stays through a redraw.
pub(super) fn reset_form(id: &str) {
    use leptos::wasm_bindgen::JsCast as _;
    let id = id.to_owned();
    request_animation_frame(move || {
        if let Some(form) = document().get_element_by_id(&id).and_then(|e| e.dyn_into::<leptos::web_sys::HtmlFormElement>().ok()) {
            form.reset();
        }
    });
}
