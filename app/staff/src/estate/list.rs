//! The list of properties.

use domain::estate::{PropertyCard, PropertyKind, PropertyStatus, Tenure};
use domain::policy::Act;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use ui::{
    Button, ButtonKind, Column, DataTable, Drawing, EmptyState, IconName, PageHeader, Pager, Row, RowLink, Skeleton, SkeletonShape,
    StatusBadge, Tone, load,
};
use wire::{AppError, Page};

use super::parts::{ListFilters, Pick, href, named};
use crate::frame::use_me;

const PATH: &str = "/staff/properties";

#[server]
pub async fn load_properties(
    #[server(default)] search: String,
    #[server(default)] kind: String,
    #[server(default)] status: String,
    #[server(default)] tenure: String,
    #[server(default)] cursor: String,
) -> Result<Page<PropertyCard>, AppError> {
    let cx = gate::staff().await?;
    let filter = domain::estate::PropertyFilter { search, kind, status, tenure };
    gate::answer(services::estate::properties::list(&cx, &filter, &services::estate::Slice::after(&cursor)).await)
}

#[component]
pub fn PropertiesPage() -> impl IntoView {
    let query = use_query_map();
    let said = move |name: &str| query.with(|q| q.get(name).unwrap_or_default());
    let now: Signal<Vec<(&'static str, String)>> =
        Memo::new(move |_| ["q", "kind", "status", "tenure"].into_iter().map(|n| (n, said(n))).collect::<Vec<_>>()).into();
    let cursor = Memo::new(move |_| said("cursor"));
    let list = load(
        move || (said("q"), said("kind"), said("status"), said("tenure"), cursor.get()),
        |(search, kind, status, tenure, cursor)| load_properties(search, kind, status, tenure, cursor),
    );
    let may_change = use_me().may(Act::ChangeEstate);
    let picks = vec![
        Pick {
            name: "kind",
            label: "Kind",
            none: "Any kind",
            options: PropertyKind::ALL.iter().map(|k| (k.as_str(), k.label())).collect(),
        },
        Pick {
            name: "tenure",
            label: "Tenure",
            none: "Any tenure",
            options: Tenure::ALL.iter().map(|t| (t.as_str(), t.label())).collect(),
        },
        Pick {
            name: "status",
            label: "Status",
            none: "Active and void",
            options: PropertyStatus::ALL.iter().map(|s| (s.as_str(), s.label())).collect(),
        },
    ];
    view! {
        <Title text="Properties"/>
        <PageHeader
            title="Properties"
            actions=move || may_change.then(|| view! { <Button kind=ButtonKind::Primary icon=IconName::Plus href="/staff/properties/new">"New property"</Button> })
        />
        <ListFilters
            path=PATH
            search_label="Address, postcode, reference, UPRN"
            now
            picks
            end=|| view! {
                <a class="button button--quiet" href="/staff/export/properties.csv" rel="external" download>
                    <ui::Icon name=IconName::Download size=16/><span class="button__label">"Export"</span>
                </a>
            }
        />
        <Transition fallback=|| view! { <Skeleton shape=SkeletonShape::Rows count=12/> }>
            {move || list.get().map(|page| match page {
                Ok(page) if page.items.is_empty() => view! { <NothingFound now=now.get_untracked() may_change/> }.into_any(),
                Ok(page) => view! { <Rows page now=now.get_untracked() first=cursor.get_untracked().is_empty()/> }.into_any(),
                Err(error) => view! {
                    <EmptyState title="The list could not be loaded" text=error.to_string() drawing=Drawing::Plug action=|| view! { <Button href=PATH>"Start again"</Button> }/>
                }.into_any(),
            })}
        </Transition>
    }
}

#[component]
fn Rows(page: Page<PropertyCard>, now: Vec<(&'static str, String)>, first: bool) -> impl IntoView {
    let columns = vec![
        Column::new("Property").class("col-wide"),
        Column::new("Reference").class("col-md"),
        Column::new("Kind").class("col-lg"),
        Column::new("Status").class("col-md"),
        Column::new("Let").right(),
        Column::new("Open repairs").right(),
    ];
    let at = |cursor: &str| {
        let mut words: Vec<(&str, &str)> = now.iter().map(|(n, v)| (*n, v.as_str())).collect();
        words.push(("cursor", cursor));
        href(PATH, &words)
    };
    let next = page.next.as_ref().map(|c| at(&c.0)).unwrap_or_default();
    let first = if first { String::new() } else { at("") };
    let shown = page.items.len();
    let what = if shown == 1 { "property" } else { "properties" };
    let showing = if next.is_empty() && first.is_empty() { format!("{shown} {what}") } else { format!("{shown} {what} on this page") };
    view! {
        <DataTable caption="Properties" columns keyboard=true>
            {page.items.into_iter().map(|p| view! { <PropertyRow p/> }).collect_view()}
        </DataTable>
        <Pager next first showing/>
    }
}

#[component]
fn PropertyRow(p: PropertyCard) -> impl IntoView {
    let tone = match p.status {
        PropertyStatus::Active => Tone::Green,
        PropertyStatus::Void => Tone::Amber,
        PropertyStatus::Archived => Tone::Grey,
    };
    let street = named(p.name.as_deref(), &p.line1);
    let link = if p.status == PropertyStatus::Archived {
        view! { <span>{street}</span> }.into_any()
    } else {
        view! { <RowLink href=format!("{PATH}/{}", p.id)>{street}</RowLink> }.into_any()
    };
    view! {
        <Row>
            <td class="col-wide">{link}" "<span class="row-note">{p.city}", "{p.postcode}</span></td>
            <td class="ref-cell col-md">{p.reference}</td>
            <td class="col-lg">{p.kind.label()}</td>
            <td class="col-md"><StatusBadge label=p.status.label() tone plain=true/></td>
            <td class="num-cell">{format!("{} of {}", p.let_units, p.units)}</td>
            <td class="num-cell">{if p.open_tickets == 0 { "–".to_owned() } else { p.open_tickets.to_string() }}</td>
        </Row>
    }
}

#[component]
fn NothingFound(now: Vec<(&'static str, String)>, may_change: bool) -> impl IntoView {
    if now.iter().any(|(_, v)| !v.is_empty()) {
        return view! {
            <EmptyState
                title="No property like this"
                text="Check the spelling, or take a filter off. Part of an address, a postcode, a reference or a UPRN will do."
                drawing=Drawing::Search
                action=|| view! { <Button href=PATH>"Show all properties"</Button> }
            />
        }
        .into_any();
    }
    view! {
        <EmptyState
            title="No properties yet"
            text="Repairs belong to a home. Enter the first one, or bring them all in from a spreadsheet."
            action=move || may_change.then(|| view! {
                <Button kind=ButtonKind::Primary icon=IconName::Plus href="/staff/properties/new">"New property"</Button>
                <Button icon=IconName::Upload href="/staff/import">"Import a spreadsheet"</Button>
            })
        />
    }
    .into_any()
}
