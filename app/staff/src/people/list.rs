//! The list of contacts, a tab for each kind.

use domain::faults::Trade;
use domain::people::{ContactKind, ContractorCard};
use domain::policy::Act;
use domain::time::london;
use jiff::civil::Date;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use ui::{
    Button, ButtonKind, Column, DataTable, Drawing, EmptyState, IconName, PageHeader, Pager, Row, RowLink, Skeleton, SkeletonShape,
    StatusBadge, Tab, Tabs, Tone, load,
};
use wire::{AppError, Page};

use crate::estate::parts::{ListFilters, Pick, href};
use crate::frame::use_me;

const PATH: &str = "/staff/contacts";

#[server]
pub async fn load_contacts(
    #[server(default)] search: String,
    #[server(default)] kind: String,
    #[server(default)] trade: String,
    #[server(default)] cursor: String,
) -> Result<Page<ContractorCard>, AppError> {
    let cx = gate::staff().await?;
    let slice = services::estate::Slice::after(&cursor);
    let filter = domain::people::ContactFilter { search, kind: kind.clone(), trade };
    if kind == ContactKind::Contractor.as_str() {
        return gate::answer(services::people::contractors::list(&cx, &filter, &slice).await);
    }
    let page = gate::answer(services::people::contacts::list(&cx, &filter, &slice).await)?;
    Ok(page.map(|contact| ContractorCard { contact, profile: None }))
}

#[component]
pub fn ContactsPage() -> impl IntoView {
    let query = use_query_map();
    let said = move |name: &str| query.with(|q| q.get(name).unwrap_or_default());
    let kind = Memo::new(move |_| {
        let kind = said("kind");
        if ContactKind::parse(&kind).is_some() { kind } else { ContactKind::Tenant.as_str().to_owned() }
    });
    let now: Signal<Vec<(&'static str, String)>> =
        Memo::new(move |_| vec![("kind", kind.get()), ("q", said("q")), ("trade", said("trade"))]).into();
    let cursor = Memo::new(move |_| said("cursor"));
    let list = load(
        move || (said("q"), kind.get(), said("trade"), cursor.get()),
        |(search, kind, trade, cursor)| load_contacts(search, kind, trade, cursor),
    );
    let me = use_me();
    let may_change = me.may(Act::ChangePeople);
    let today = london(me.now).date();
    view! {
        <Title text="Contacts"/>
        <PageHeader
            title="Contacts"
            actions=move || may_change.then(|| view! {
                {move || view! { <Button kind=ButtonKind::Primary icon=IconName::UserPlus href=href("/staff/contacts/new", &[("kind", &kind.get())])>"New contact"</Button> }}
            })
        />
        {move || {
            let here = kind.get();
            let tab = |k: ContactKind, label: &str| Tab::new(label, href(PATH, &[("kind", k.as_str())])).current(here == k.as_str());
            view! {
                <Tabs label="Kinds of contact" tabs=vec![
                    tab(ContactKind::Tenant, "Tenants"), tab(ContactKind::Owner, "Owners"), tab(ContactKind::Contractor, "Contractors"),
                ]/>
            }
        }}
        {move || {
            let picks = if kind.get() == "contractor" {
                vec![Pick { name: "trade", label: "Trade", none: "Any trade", options: Trade::ALL.iter().map(|t| (t.as_str(), t.label())).collect() }]
            } else {
                Vec::new()
            };
            view! {
                <ListFilters
                    path=PATH
                    search_label="Name, phone, e-mail, reference"
                    now
                    picks
                    keep="kind"
                    end=|| view! {
                        <a class="button button--quiet" href="/staff/export/contacts.csv" rel="external" download>
                            <ui::Icon name=IconName::Download size=16/><span class="button__label">"Export"</span>
                        </a>
                    }
                />
            }
        }}
        <Transition fallback=|| view! { <Skeleton shape=SkeletonShape::Rows count=12/> }>
            {move || list.get().map(|page| match page {
                Ok(page) if page.items.is_empty() => view! { <NothingFound now=now.get_untracked() may_change/> }.into_any(),
                Ok(page) => view! { <Rows page now=now.get_untracked() first=cursor.get_untracked().is_empty() today/> }.into_any(),
                Err(error) => view! {
                    <EmptyState title="The list could not be loaded" text=error.to_string() drawing=Drawing::Plug action=|| view! { <Button href=PATH>"Start again"</Button> }/>
                }.into_any(),
            })}
        </Transition>
    }
}

#[component]
fn Rows(page: Page<ContractorCard>, now: Vec<(&'static str, String)>, first: bool, today: Date) -> impl IntoView {
    let kind = now.iter().find(|(n, _)| *n == "kind").and_then(|(_, v)| ContactKind::parse(v)).unwrap_or(ContactKind::Tenant);
    let third = match kind {
        ContactKind::Tenant => "Home",
        ContactKind::Owner => "Properties",
        ContactKind::Contractor => "Trades",
    };
    let columns = vec![
        Column::new("Name"),
        Column::new(third).class("col-wide"),
        Column::new("Phone").class("col-md"),
        Column::new("E-mail").class("col-lg"),
        Column::new("Reference").class("col-lg"),
    ];
    let at = |cursor: &str| {
        let mut words: Vec<(&str, &str)> = now.iter().map(|(n, v)| (*n, v.as_str())).collect();
        words.push(("cursor", cursor));
        href(PATH, &words)
    };
    let next = page.next.as_ref().map(|c| at(&c.0)).unwrap_or_default();
    let first = if first { String::new() } else { at("") };
    let shown = page.items.len();
    let what = if shown == 1 { "contact" } else { "contacts" };
    let showing = if next.is_empty() && first.is_empty() { format!("{shown} {what}") } else { format!("{shown} {what} on this page") };
    let rows = page
        .items
        .into_iter()
        .map(|ContractorCard { contact: c, profile }| {
            let about = match kind {
                ContactKind::Tenant => c.home.map_or_else(|| view! { <span class="muted">"No home now"</span> }.into_any(), |home| view! { {home} }.into_any()),
                ContactKind::Owner => match c.properties {
                    0 => view! { <span class="muted">"None"</span> }.into_any(),
                    1 => view! { "1 property" }.into_any(),
                    n => view! { {format!("{n} properties")} }.into_any(),
                },
                ContactKind::Contractor => match profile {
                    Some(p) => {
                        let trades = p.profile.trades.iter().map(|t| t.label()).collect::<Vec<_>>().join(", ");
                        let expired = p.profile.licences.iter().any(|l| l.expires_on.is_some_and(|day| day < today));
                        view! { {trades}" "{expired.then(|| view! { <StatusBadge label="Licence expired" tone=Tone::Red/> })} }.into_any()
                    }
                    None => view! { <span class="muted">"No trades entered"</span> }.into_any(),
                },
            };
            view! {
                <Row>
                    <td><RowLink href=format!("{PATH}/{}", c.id)>{c.name}</RowLink>{c.company.map(|company| view! { " "<span class="row-note">{company}</span> })}</td>
                    <td class="col-wide">{about}</td>
                    <td class="nowrap num col-md">{c.phone}</td>
                    <td class="col-lg">{c.email}</td>
                    <td class="ref-cell col-lg">{c.reference}</td>
                </Row>
            }
        })
        .collect_view();
    view! {
        <DataTable caption="Contacts" columns keyboard=true>{rows}</DataTable>
        <Pager next first showing/>
    }
}

#[component]
fn NothingFound(now: Vec<(&'static str, String)>, may_change: bool) -> impl IntoView {
    let kind = now.iter().find(|(n, _)| *n == "kind").map(|(_, v)| v.clone()).unwrap_or_default();
    let all = href(PATH, &[("kind", &kind)]);
    if now.iter().any(|(n, v)| *n != "kind" && !v.is_empty()) {
        return view! {
            <EmptyState
                title="Nobody like this"
                text="Part of a name, a phone number, an e-mail address or a reference will do."
                drawing=Drawing::Search
                action=move || view! { <Button href=all>"Show all"</Button> }
            />
        }
        .into_any();
    }
    let (title, text) = match kind.as_str() {
        "owner" => ("No owners yet", "Owners are asked before money is spent on their property."),
        "contractor" => ("No contractors yet", "Those who come and mend: with their trades, areas and licences."),
        _ => ("No tenants yet", "Tenants report repairs and follow them. Enter one, or bring them all in from a spreadsheet."),
    };
    view! {
        <EmptyState
            title
            text
            action=move || may_change.then(|| view! {
                <Button kind=ButtonKind::Primary icon=IconName::UserPlus href=href("/staff/contacts/new", &[("kind", &kind)])>"New contact"</Button>
                <Button icon=IconName::Upload href="/staff/import">"Import a spreadsheet"</Button>
            })
        />
    }
    .into_any()
}
