//! What lists and forms of the estate, of people and of settings share.

use domain::estate::{TenancyStatus, TicketLine};
use domain::tickets::percent;
use domain::values::FieldErrors;
use jiff::Timestamp;
use leptos::ev;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast as _;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use ui::{
    Banner, Button, Column, DataTable, Drawing, EmptyState, ErrorSummary, FilterBar, FilterSearch, PageHeader, Row, RowLink, StatusBadge,
    Tone,
};
use wire::AppError;

use crate::tickets::{ago_note, priority_badge, status_badge};

/// An address with the words that say something.
pub(crate) fn href(path: &str, words: &[(&str, &str)]) -> String {
    let said: Vec<String> = words.iter().filter(|(_, v)| !v.is_empty()).map(|(n, v)| format!("{n}={}", percent(v))).collect();
    if said.is_empty() { path.to_owned() } else { format!("{path}?{}", said.join("&")) }
}

/// One choice of a filter bar.
#[derive(Clone)]
pub(crate) struct Pick {
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    /// What it says when nothing is chosen.
    pub(crate) none: &'static str,
    pub(crate) options: Vec<(&'static str, &'static str)>,
}

/// The filters above a list. They work as they are changed, and as a plain form.
#[component]
pub(crate) fn ListFilters(
    path: &'static str,
    #[prop(into)] search_label: String,
    /// The words of the URL as they are now, without the cursor.
    now: Signal<Vec<(&'static str, String)>>,
    picks: Vec<Pick>,
    /// The word that is not a filter but which list this is: clearing the filters leaves it.
    #[prop(optional)]
    keep: &'static str,
    #[prop(into, optional)] end: Option<ViewFnOnce>,
) -> impl IntoView {
    let go = use_navigate();
    let change = Callback::new(move |(name, value): (String, String)| {
        let words: Vec<(&'static str, String)> =
            now.get_untracked().into_iter().map(|(n, v)| if n == name { (n, value.clone()) } else { (n, v) }).collect();
        let words: Vec<(&str, &str)> = words.iter().map(|(n, v)| (*n, v.as_str())).collect();
        go(&href(path, &words), NavigateOptions { scroll: false, replace: true, ..NavigateOptions::default() });
    });
    // Typing waits a moment; choosing does not.
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let on_input = move |event: ev::Event| {
        let Some(field) = event.target().and_then(|t| t.dyn_into::<leptos::web_sys::HtmlInputElement>().ok()) else { return };
        if let Some(earlier) = waiting.get_value() {
            earlier.clear();
        }
        let (name, value) = (field.name(), field.value());
        waiting.set_value(
            set_timeout_with_handle(move || change.run((name.clone(), value.clone())), std::time::Duration::from_millis(200)).ok(),
        );
    };
    let on_change = move |event: ev::Event| {
        if let Some(field) = event.target().and_then(|t| t.dyn_into::<leptos::web_sys::HtmlSelectElement>().ok()) {
            change.run((field.name(), field.value()));
        }
    };
    let said = move |name: &str| now.with(|now| now.iter().find(|(n, _)| *n == name).map(|(_, v)| v.clone()).unwrap_or_default());
    let typed = untrack(|| said("q"));
    let picks = picks
        .into_iter()
        .map(|pick| {
            let chosen = move || said(pick.name);
            view! {
                <select
                    class="input select queue__pick"
                    class=("queue__pick--set", move || !chosen().is_empty())
                    name=pick.name
                    aria-label=pick.label
                    prop:value=chosen
                >
                    <option value="" selected=untrack(|| chosen().is_empty())>{pick.none}</option>
                    {pick
                        .options
                        .into_iter()
                        .map(|(value, words)| view! { <option value=value selected=untrack(|| chosen() == value)>{words}</option> })
                        .collect_view()}
                </select>
            }
        })
        .collect_view();
    view! {
        <div class="queue__filters">
            <FilterBar
                action=path
                on:input=on_input
                on:change=on_change
                on:submit=move |event: ev::SubmitEvent| event.prevent_default()
                end=move || end.map(|end| end.run())
            >
                <FilterSearch label=search_label value=typed/>
                {picks}
                {move || {
                    let set = now.with(|now| now.iter().any(|(n, v)| *n != keep && !v.is_empty()));
                    set.then(|| view! { <a class="queue__clear" href=href(path, &[(keep, &said(keep))]) on:click=|_| empty_search()>"Clear"</a> })
                }}
                <noscript><button class="button" type="submit">"Filter"</button></noscript>
            </FilterBar>
        </div>
    }
}

/// The search field is its own master while somebody types; clearing empties it by hand.
fn empty_search() {
    let field = document().query_selector(".filter-bar .filter-search__input").ok().flatten();
    if let Some(field) = field.and_then(|f| f.dyn_into::<leptos::web_sys::HtmlInputElement>().ok()) {
        field.set_value("");
    }
}

/// A form's errors by field, as last answered.
pub(crate) fn field_errors<T>(answer: Option<&Result<T, AppError>>) -> FieldErrors {
    match answer {
        Some(Err(AppError::Invalid(fields))) => fields.clone(),
        _ => FieldErrors::new(),
    }
}

/// What is above a form that was refused: every field's sentence as a link to it, and what is about no field.
#[component]
pub(crate) fn FormTrouble(
    #[prop(into)] answer: Signal<Option<AppError>>,
    /// The fields as they stand on the page: the summary follows it.
    #[prop(optional)]
    order: &'static [&'static str],
) -> impl IntoView {
    let place = move |field: &str| order.iter().position(|f| *f == field).unwrap_or(usize::MAX);
    move || {
        answer.get().map(|error| match error {
            AppError::Invalid(fields) => {
                let mut errors =
                    fields.iter().filter(|(f, _)| !f.is_empty()).map(|(f, s)| (f.to_owned(), s.to_owned())).collect::<Vec<_>>();
                errors.sort_by_key(|(field, _)| place(field));
                let whole = fields.get("").map(ToOwned::to_owned);
                view! {
                    {(!errors.is_empty()).then(|| view! { <ErrorSummary errors/> })}
                    {whole.map(|words| view! { <Banner tone=Tone::Red urgent=true>{words}</Banner> })}
                }
                .into_any()
            }
            other => view! { <Banner tone=Tone::Red urgent=true>{other.to_string()}</Banner> }.into_any(),
        })
    }
}

/// A page whose thing is not there, or cannot be had just now.
#[component]
pub(crate) fn CannotShow(error: AppError, what: &'static str, list: &'static str, href: &'static str) -> impl IntoView {
    let is_gone = error == AppError::NotFound;
    let title = if is_gone { format!("There is no such {what}") } else { format!("This {what} cannot be shown") };
    let text =
        if is_gone { "It may have been archived, or the link belongs to another organisation.".to_owned() } else { error.to_string() };
    view! {
        <Title text=title.clone()/>
        <PageHeader title=title.clone() trail=vec![(list.to_owned(), href.to_owned())]/>
        <EmptyState title text drawing=Drawing::Search action=move || view! { <Button href=href>"Back to the list"</Button> }/>
    }
}

/// The form of a page that this account reads and does not change.
#[component]
pub(crate) fn MayNot(title: &'static str, list: &'static str, href: &'static str) -> impl IntoView {
    view! {
        <Title text=title/>
        <PageHeader title trail=vec![(list.to_owned(), href.to_owned())]/>
        <EmptyState title="Your account reads this and does not change it" text="Ask an administrator of your organisation for the role of coordinator."/>
    }
}

pub(crate) fn tenancy_badge(status: TenancyStatus) -> AnyView {
    let tone = match status {
        TenancyStatus::Upcoming => Tone::Blue,
        TenancyStatus::Active => Tone::Green,
        TenancyStatus::Ended => Tone::Grey,
    };
    view! { <StatusBadge label=status.label() tone plain=true/> }.into_any()
}

/// Repairs as lines on another thing's page.
#[component]
pub(crate) fn TicketLines(tickets: Vec<TicketLine>, now: Timestamp) -> impl IntoView {
    if tickets.is_empty() {
        return view! { <p class="muted">"No repairs yet."</p> }.into_any();
    }
    let columns = vec![
        Column::new("Priority"),
        Column::new("Problem").class("col-wide"),
        Column::new("Status").class("col-md"),
        Column::new("Age").right(),
    ];
    view! {
        <DataTable caption="Repairs" columns>
            {tickets
                .into_iter()
                .map(|t| view! {
                    <Row>
                        <td>{priority_badge(t.priority, true)}</td>
                        <td class="col-wide">
                            <RowLink href=format!("/staff/tickets/{}", t.id)>{t.title}</RowLink>
                            " "
                            <span class="row-note">{t.reference}</span>
                        </td>
                        <td class="col-md">{status_badge(t.status, true)}</td>
                        <td class="num-cell muted-cell">{ago_note(t.created_at, now)}</td>
                    </Row>
                })
                .collect_view()}
        </DataTable>
    }
    .into_any()
}

/// The street after the building's name, where the street does not say it already.
pub(crate) fn named(name: Option<&str>, line1: &str) -> String {
    match name {
        Some(name) if !line1.starts_with(name) => format!("{name}, {line1}"),
        _ => line1.to_owned(),
    }
}

/// `yes`, `no`, or not known.
pub(crate) fn yes_no(known: Option<bool>) -> String {
    known.map_or("", |yes| if yes { "Yes" } else { "No" }).to_owned()
}

pub(crate) fn number(known: Option<i32>) -> String {
    known.map(|n| n.to_string()).unwrap_or_default()
}
