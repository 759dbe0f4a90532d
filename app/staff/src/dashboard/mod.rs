//! The morning: what waits, what is late, what came in.

use domain::settings::FirstSteps;
use domain::tickets::{Card as TicketCard, Dashboard, Priority, Status};
use domain::time::{london, long_date, short_date};
use jiff::Timestamp;
use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};
use ui::{
    Bar, BarChart, Button, ButtonKind, Card, Drawing, EmptyState, IconName, LineChart, PageHeader, Series, Skeleton, SkeletonShape,
    StatCard, StatRow, Tone, load,
};
use wire::AppError;

use crate::estate::first_run::FirstRunPanel;
use crate::frame::use_me;
use crate::live::use_live;
use crate::tickets::{PRIORITY_TONES, ago_note, priority_badge, status_badge, target_view};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Morning {
    pub figures: Dashboard,
    pub first_steps: FirstSteps,
    pub now: Timestamp,
}

#[server]
pub async fn load_dashboard() -> Result<Morning, AppError> {
    let cx = gate::staff().await?;
    let figures = gate::answer(services::tickets::dashboard::dashboard(&cx).await)?;
    let first_steps = gate::answer(services::settings::first_steps(&cx).await)?;
    Ok(Morning { figures, first_steps, now: cx.now() })
}

#[component]
pub fn DashboardPage() -> impl IntoView {
    let live = use_live();
    let morning = load(move || live.with(|l| l.count), |_| load_dashboard());
    view! {
        <Title text="Dashboard"/>
        <Transition fallback=|| view! { <Skeleton shape=SkeletonShape::Cards count=4/> }>
            {move || morning.get().map(|loaded| match loaded {
                Ok(morning) => view! { <Figures morning/> }.into_any(),
                Err(error) => view! {
                    <PageHeader title="Dashboard"/>
                    <EmptyState title="The figures could not be loaded" text=error.to_string() drawing=Drawing::Plug action=|| view! { <Button href="/staff">"Try again"</Button> }/>
                }
                .into_any(),
            })}
        </Transition>
    }
}

fn greeting(now: Timestamp, name: &str) -> String {
    let part = match london(now).hour() {
        0..12 => "Good morning",
        12..18 => "Good afternoon",
        _ => "Good evening",
    };
    match name.split_whitespace().next() {
        Some(first) => format!("{part}, {first}"),
        None => part.to_owned(),
    }
}

fn lede(f: &Dashboard, now: Timestamp) -> String {
    let today = long_date(london(now).date());
    let waits = match f.awaiting_triage {
        0 => "Nothing waits for triage.".to_owned(),
        1 => "One report waits for triage.".to_owned(),
        n => format!("{n} reports wait for triage."),
    };
    format!("{today}. {waits}")
}

#[component]
fn Figures(morning: Morning) -> impl IntoView {
    let Morning { figures: f, first_steps, now } = morning;
    let me = use_me();
    let may_create = me.may(domain::policy::Act::CreateTicket);
    let open: i64 = f.open_by_priority.iter().map(|(_, n)| n).sum();
    let of = |p: Priority| f.open_by_priority.iter().find(|(q, _)| *q == p).map_or(0, |(_, n)| *n);
    let emergencies = of(Priority::Emergency);
    let oldest_new = f.oldest_awaiting;
    let trend: Vec<f64> = f.by_day.iter().map(|(_, n)| figure(*n)).collect();
    let today = london(now).date();
    let labels: Vec<String> = f.by_day.iter().map(|(d, _)| short_date(*d, today)).collect();
    let bars = f
        .open_by_status
        .iter()
        .map(|(s, n)| Bar::new(s.label(), figure(*n)).href(format!("/staff/tickets?status={}", s.as_str())))
        .collect();
    let by_priority = f
        .open_by_priority
        .iter()
        .map(|(p, n)| Bar::new(p.label(), figure(*n)).href(format!("/staff/tickets?priority={}", p.as_str())))
        .collect();
    let emergency_tone = PRIORITY_TONES.iter().find(|(p, _)| *p == Priority::Emergency && emergencies > 0).map_or(Tone::Green, |(_, t)| *t);
    let empty = open == 0 && f.by_day.iter().all(|(_, n)| *n == 0);
    view! {
        <PageHeader
            title=greeting(now, &me.name)
            lede=lede(&f, now)
            actions=move || may_create.then(|| view! { <Button kind=ButtonKind::Primary icon=IconName::Plus href="/staff/tickets/new">"New ticket"</Button> })
        />
        <div class="stack">
            <FirstRunPanel steps=first_steps/>
            <StatRow>
                <StatCard
                    label="Emergencies open"
                    value=emergencies.to_string()
                    note=if emergencies == 0 { "None" } else { "Look at these first" }
                    tone=emergency_tone
                    icon=IconName::Siren
                    href="/staff/tickets?priority=EMERGENCY"
                />
                <StatCard
                    label="Awaiting triage"
                    value=f.awaiting_triage.to_string()
                    note=oldest_new.map_or_else(|| "All looked at".to_owned(), |t| format!("Oldest {}", ago_note(t, now)))
                    tone=if f.awaiting_triage == 0 { Tone::Green } else { Tone::Amber }
                    icon=IconName::Inbox
                    href="/staff/tickets?status=NEW&sort=priority"
                />
                <StatCard
                    label="Past our target"
                    value=f.overdue.to_string()
                    note=match f.due_soon { 0 => "None due by tomorrow".to_owned(), n => format!("{n} more due by tomorrow") }
                    tone=if f.overdue == 0 { Tone::Green } else { Tone::Red }
                    icon=IconName::Clock
                    href="/staff/tickets?sort=target"
                />
                <StatCard
                    label="Opened today"
                    value=f.opened_today.to_string()
                    note=format!("{} closed today", f.closed_today)
                    trend
                    href=format!("/staff/tickets?status=ALL&from={today}")
                />
                <StatCard label="Open" value=open.to_string() note=match f.mine { 0 => "None is yours".to_owned(), n => format!("{n} yours") } href="/staff/tickets?assignee=me"/>
            </StatRow>
            {if empty {
                view! {
                    <Card>
                        <EmptyState
                            title="No repairs yet"
                            text="Add your properties, then let tenants report through your public page, or take a call down yourself."
                            drawing=Drawing::House
                            action=|| view! { <Button kind=ButtonKind::Primary href="/staff/properties">"Add properties"</Button> <Button href="/staff/tickets/new">"New ticket"</Button> }
                        />
                    </Card>
                }
                .into_any()
            } else {
                view! {
                    <div class="dashboard__lists">
                        <Short title="To triage" more="/staff/tickets?status=NEW&sort=priority" cards=f.to_triage now empty="Nothing waits for triage."/>
                        <Short title="Past our target" more="/staff/tickets?sort=target" cards=f.overdue_first now empty="Nothing is late."/>
                        <Short title="Open longest" more="/staff/tickets?sort=oldest" cards=f.oldest now empty="Nothing is open."/>
                    </div>
                    <div class="dashboard__charts">
                        <Card><LineChart title="Reported by day" labels series=vec![Series::new("Reported", f.by_day.iter().map(|(_, n)| figure(*n)).collect())]/></Card>
                        <Card><BarChart title="Open by status" bars/></Card>
                        <Card><BarChart title="Open by priority" bars=by_priority/></Card>
                    </div>
                }
                .into_any()
            }}
        </div>
    }
}

/// Counts on a chart: exact up to 2^53.
fn figure(n: i64) -> f64 {
    f64::from(i32::try_from(n).unwrap_or(i32::MAX))
}

/// A short list with the way to the whole of it.
#[component]
fn Short(title: &'static str, more: &'static str, cards: Vec<TicketCard>, now: Timestamp, empty: &'static str) -> impl IntoView {
    let rows = cards
        .into_iter()
        .map(|c| {
            let late = c.status != Status::Completed && c.target_at.is_some_and(|t| t < now);
            view! {
                <li class="short__row">
                    {priority_badge(c.priority, true)}
                    <span class="short__words">
                        <a href=format!("/staff/tickets/{}", c.id)>{c.title}</a>
                        <span class="row-note">{c.reference}", "{c.place}</span>
                    </span>
                    <span class="short__at">
                        {if late { target_view(c.target_at, c.status, now) } else { view! { <span>{ago_note(c.created_at, now)}</span> }.into_any() }}
                        {status_badge(c.status, true)}
                    </span>
                </li>
            }
        })
        .collect_view();
    let none = rows.is_empty();
    view! {
        <Card title flush=true actions=move || view! { <a href=more>"All"</a> }>
            {if none { view! { <p class="short__none">{empty}</p> }.into_any() } else { view! { <ul class="short" role="list">{rows}</ul> }.into_any() }}
        </Card>
    }
}
