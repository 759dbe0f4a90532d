//! A look at one ticket beside the list.

use domain::tickets::{Detail, Status};
use leptos::prelude::*;
use ui::{Banner, Button, ButtonKind, DetailPanel, FactList, IconName, Skeleton, Timeline, Tone, load};
use wire::AppError;

use super::case::{Photos, load_ticket, read_ticket};
use super::parts::{days, priority_badge, status_badge, when};
use crate::live::Moved;

#[component]
pub(super) fn TicketPanel(id: String, close_href: String, live: ReadSignal<Moved>) -> impl IntoView {
    let asked = id.clone();
    let ticket = load(move || asked.clone(), load_ticket);
    Effect::new(move |_| {
        let moved = live.get();
        if moved.count > 0 && moved.ticket == id {
            ticket.refetch();
        }
    });
    let closing = StoredValue::new(close_href);
    view! {
        <Transition fallback=move || view! { <DetailPanel title="Loading" close_href=closing.get_value()><Skeleton/></DetailPanel> }>
            {move || ticket.get().map(|loaded| match loaded {
                Ok(ticket) => view! { <Panel ticket close_href=closing.get_value()/> }.into_any(),
                Err(error) => view! { <Gone error close_href=closing.get_value()/> }.into_any(),
            })}
        </Transition>
    }
}

#[component]
fn Panel(ticket: Detail, close_href: String) -> impl IntoView {
    let now = ticket.now;
    let id = ticket.id.to_string();
    // Looking at it reads it.
    Effect::new(move |_| {
        let id = id.clone();
        leptos::task::spawn_local(async move {
            let _ = read_ticket(id).await;
        });
    });
    let open = format!("/staff/tickets/{}", ticket.id);
    let next = match ticket.status {
        Status::New if ticket.may_update => "Triage",
        _ => "Open",
    };
    let phone = ticket.reporter.as_ref().or(ticket.tenants.first()).and_then(|p| p.phone.clone());
    let href = open.clone();
    let facts = [
        (
            "Home",
            format!(
                "{}\n{}",
                [ticket.place.unit_label.clone(), Some(ticket.place.address.clone())].into_iter().flatten().collect::<Vec<_>>().join(", "),
                ticket.place.postcode
            ),
        ),
        ("Reported by", ticket.reporter.as_ref().map(|p| p.name.clone()).or(ticket.reporter_name.clone()).unwrap_or_default()),
        ("Reported", when(ticket.created_at, now)),
        ("Our target", ticket.target_at.map(|t| when(t, now)).unwrap_or_default()),
        ("Owner", ticket.assignee.as_ref().map_or_else(|| "Nobody".to_owned(), |m| m.name.clone())),
        ("At risk", ticket.vulnerability.clone().unwrap_or_else(|| "Nothing said".to_owned())),
    ];
    view! {
        <DetailPanel
            title=ticket.title
            overline=ticket.reference
            close_href
            open_href=open
            actions=move || view! {
                <Button kind=ButtonKind::Primary href=href>{next}</Button>
                {phone.map(|phone| view! { <Button icon=IconName::Phone href=format!("tel:{phone}")>"Call"</Button> })}
            }
        >
            <div class="cluster">{priority_badge(ticket.priority, false)}{status_badge(ticket.status, false)}</div>
            {(!ticket.hazards.is_empty()).then(|| view! {
                <Banner tone=Tone::Red title="Hazard on record">{ticket.hazards.iter().map(|h| h.label()).collect::<Vec<_>>().join(", ")}</Banner>
            })}
            {(!ticket.description.is_empty()).then(|| view! { <p class="told">{ticket.description}</p> })}
            <FactList facts=facts.map(|(k, v)| (k.to_owned(), v)).into()/>
            <Photos photos=ticket.photos now/>
            <Timeline days=days(&ticket.timeline, now)/>
        </DetailPanel>
    }
}

#[component]
fn Gone(error: AppError, close_href: String) -> impl IntoView {
    view! {
        <DetailPanel title="This ticket cannot be shown" close_href>
            <p>{error.to_string()}</p>
        </DetailPanel>
    }
}
