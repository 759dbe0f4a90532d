//! The queue: what there is to do, as a list or as a board, with a panel for a look at one ticket without leaving it.

use domain::policy::Act;
use domain::tickets::{AssigneeFilter, Card, Category, Column as Lane, Filter, Priority, Queue, Sort, Status, StatusFilter, percent};
use domain::{MembershipId, TicketId};
use jiff::Timestamp;
use leptos::ev;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast as _;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};
use ui::{
    Avatar, Board, BoardCard, BoardColumn, Button, ButtonKind, Column, DataTable, Dialog, Drawing, EmptyState, FilterBar, FilterChip,
    FilterSearch, IconName, PageHeader, Pager, Post, PostForm, Row, Skeleton, SkeletonShape, Switch, Tab, Tabs, TextInput, load,
};
use wire::AppError;

use super::panel::TicketPanel;
use super::parts::{ago_note, look_of, priority_badge, reset_form, status_badge, target_view};
use crate::frame::use_me;
use crate::live::use_live;

const PATH: &str = "/staff/tickets";

#[server]
pub async fn load_queue(query: String, cursor: String, board: bool) -> Result<Queue, AppError> {
    let cx = gate::staff().await?;
    let (filter, _) = Filter::of_query(Filter::open(), &query);
    let cursor = (!cursor.is_empty()).then_some(wire::Cursor(cursor));
    // Rows of a page, or cards of a column.
    let limit = if board { 20 } else { 50 };
    gate::answer(services::tickets::board::queue(&cx, &filter, cursor.as_ref(), board, limit).await)
}

#[server]
pub async fn save_view(name: String, query: String) -> Result<(), AppError> {
    let cx = gate::staff().await?;
    let (filter, _) = Filter::of_query(Filter::open(), &query);
    gate::answer(services::tickets::views::save(&cx, &name, &filter).await.map(|_| ()))
}

#[server]
pub async fn remove_view(id: String) -> Result<(), AppError> {
    let cx = gate::staff().await?;
    let removed = match id.parse() {
        Ok(id) => services::tickets::views::remove(&cx, id).await,
        Err(_) => Err(services::Error::NotFound),
    };
    gate::answer(removed)
}

/// What the URL asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Asked {
    filter: Filter,
    board: bool,
    cursor: String,
}

impl Asked {
    fn query(&self) -> String {
        self.filter.query(&Filter::open())
    }

    /// The list with another filter, from its first page; the panel is closed, since its ticket may not be there.
    fn with(&self, change: impl FnOnce(&mut Filter)) -> String {
        let mut filter = self.filter.clone();
        change(&mut filter);
        href(&Self { filter, board: self.board, cursor: String::new() }, "")
    }
}

fn href(asked: &Asked, peek: &str) -> String {
    let mut words = vec![asked.query()];
    if asked.board {
        words.push("view=board".to_owned());
    }
    for (name, value) in [("cursor", asked.cursor.as_str()), ("peek", peek)] {
        if !value.is_empty() {
            words.push(format!("{name}={}", percent(value)));
        }
    }
    words.retain(|w| !w.is_empty());
    if words.is_empty() { PATH.to_owned() } else { format!("{PATH}?{}", words.join("&")) }
}

#[component]
pub fn QueuePage() -> impl IntoView {
    let query = use_query_map();
    let said = move |name: &str| query.with(|q| q.get(name).unwrap_or_default());
    let asked = Memo::new(move |_| Asked {
        filter: Filter::read(Filter::open(), |name| query.with(|q| q.get(name))).0,
        board: said("view") == "board",
        cursor: said("cursor"),
    });
    let peek = Memo::new(move |_| said("peek"));
    let live = use_live();
    let saved = Post::<SaveView>::new();
    let removed = Post::<RemoveView>::new();
    let queue = load(
        move || (asked.get(), live.with(|l| l.count), saved.version().get(), removed.version().get()),
        |(asked, ..)| load_queue(asked.query(), asked.cursor, asked.board),
    );
    let go = use_navigate();
    let goto = Callback::new(move |to: String| go(&to, NavigateOptions { scroll: false, replace: true, ..NavigateOptions::default() }));
    Effect::new(move |_| {
        if saved.value().with(|v| matches!(v, Some(Ok(())))) {
            ui::browser::close_dialog("save-view");
            reset_form("save-view-form");
        }
    });
    queue_keys(asked, peek, goto);
    let me = use_me();
    let may_create = me.may(Act::CreateTicket);
    let loaded = move || queue.get().and_then(Result::ok);

    view! {
        <Title text="Tickets"/>
        <PageHeader
            title="Tickets"
            actions=move || view! {
                {move || {
                    let asked = asked.get();
                    let list = Asked { board: false, cursor: String::new(), ..asked.clone() };
                    let board = Asked { board: true, ..list.clone() };
                    view! {
                        <Switch label="Show as" tabs=vec![
                            Tab::new("List", href(&list, "")).icon(IconName::LayoutList).current(!asked.board),
                            Tab::new("Board", href(&board, "")).icon(IconName::Columns3).current(asked.board),
                        ]/>
                    }
                }}
                {may_create.then(|| view! { <Button kind=ButtonKind::Primary icon=IconName::Plus href="/staff/tickets/new">"New ticket"</Button> })}
            }
        />
        <Transition>
            {move || loaded().map(|queue| view! { <Views queue asked=asked.get()/> })}
        </Transition>
        <div class="queue__filters">
            <Filters asked queue=Signal::derive(loaded) removed goto/>
        </div>
        <div class="queue list-detail" class=("list-detail--open", move || !peek.get().is_empty())>
            <div class="list-detail__list">
                <Transition fallback=|| view! { <Skeleton shape=SkeletonShape::Rows count=12/> }>
                    {move || match queue.get() {
                        Some(Err(error)) => Some(view! { <Failed error/> }.into_any()),
                        Some(Ok(q)) if asked.get().board => Some(view! { <BoardView lanes=q.columns now=q.now/> }.into_any()),
                        Some(Ok(q)) if q.cards.is_empty() => Some(view! { <NothingFound asked=asked.get() may_create/> }.into_any()),
                        _ => None,
                    }}
                    <Show when=move || !asked.get().board && loaded().is_some_and(|q| !q.cards.is_empty())>
                        <ListView queue=Signal::derive(loaded) asked peek/>
                    </Show>
                </Transition>
            </div>
            {move || {
                let id = peek.get();
                (!id.is_empty()).then(|| {
                    let close = href(&asked.get_untracked(), "");
                    view! { <TicketPanel id close_href=close live/> }
                })
            }}
        </div>
        <SaveViewDialog saved query=Signal::derive(move || asked.get().query())/>
    }
}

/// The tabs: what people ask for all day, and each person's own.
#[component]
fn Views(queue: Queue, asked: Asked) -> impl IntoView {
    let of = |filter: Filter| href(&Asked { filter, board: asked.board, cursor: String::new() }, "");
    let here = asked.filter.clone();
    let narrow = queue.counts.total();
    let plain = here.narrowed_by() == 0;
    let count = |n: i64| if plain { n.to_string() } else { String::new() };
    let triage = Filter { status: StatusFilter::Is(Status::New), sort: Sort::Priority, ..Filter::default() };
    let mine = Filter { assignee: Some(AssigneeFilter::Me), ..Filter::open() };
    let due = Filter { sort: Sort::Target, ..Filter::open() };
    let mut tabs = vec![
        Tab::new("Open", of(Filter::open())).count(count(narrow)).current(here == Filter::open()),
        Tab::new("Awaiting triage", of(triage.clone())).count(count(queue.counts.of(Status::New))).current(here == triage),
        Tab::new("Mine", of(mine.clone())).current(here == mine),
        Tab::new("Unread", of(Filter { unread: true, ..Filter::open() })).current(here == Filter { unread: true, ..Filter::open() }),
        Tab::new("By target", of(due.clone())).current(here == due),
        Tab::new("All", of(Filter::default())).current(here == Filter::default()),
    ];
    for view in queue.views {
        let (filter, _) = Filter::of_query(Filter::open(), &view.query);
        tabs.push(Tab::new(view.name, of(filter.clone())).icon(IconName::Star).current(here == filter));
    }
    view! { <Tabs label="Views" tabs/> }
}

/// The filters: they work as they are changed, and as a plain form.
#[component]
fn Filters(asked: Memo<Asked>, queue: Signal<Option<Queue>>, removed: Post<RemoveView>, goto: Callback<String>) -> impl IntoView {
    // One word changed: the same words again with this one instead.
    let change = move |name: String, value: String| {
        let asked = asked.get_untracked();
        let mut words: Vec<(String, String)> =
            asked.filter.words(&Filter::open()).into_iter().filter(|(n, _)| *n != name).map(|(n, v)| (n.to_owned(), v)).collect();
        if !value.is_empty() {
            words.push((name, value));
        }
        let (filter, _) = Filter::read(Filter::open(), |name| words.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()));
        goto.run(href(&Asked { filter, board: asked.board, cursor: String::new() }, ""));
    };
    let field = |event: &ev::Event| {
        let target = event.target()?;
        if let Some(select) = target.dyn_ref::<leptos::web_sys::HtmlSelectElement>() {
            return Some((select.name(), select.value()));
        }
        let input = target.dyn_ref::<leptos::web_sys::HtmlInputElement>()?;
        let value = if input.type_() == "checkbox" && !input.checked() { String::new() } else { input.value() };
        Some((input.name(), value))
    };
    // Typing waits a moment; choosing does not.
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let on_input = move |event: ev::Event| {
        let Some((name, value)) = field(&event).filter(|(name, _)| name == "q") else { return };
        if let Some(earlier) = waiting.get_value() {
            earlier.clear();
        }
        waiting.set_value(set_timeout_with_handle(move || change(name.clone(), value.clone()), std::time::Duration::from_millis(200)).ok());
    };
    let on_change = move |event: ev::Event| {
        if let Some((name, value)) = field(&event).filter(|(name, _)| name != "q") {
            change(name, value);
        }
    };
    let typed = asked.get_untracked().filter.search;
    view! {
        <FilterBar
            action=PATH
            on:input=on_input
            on:change=on_change
            on:submit=move |event: ev::SubmitEvent| event.prevent_default()
            end=move || view! {
                {move || {
                    let query = asked.get().query();
                    let file = if query.is_empty() { "/staff/tickets.csv".to_owned() } else { format!("/staff/tickets.csv?{query}") };
                    view! { <a class="button button--quiet" href=file rel="external" download><ui::Icon name=IconName::Download size=16/><span class="button__label">"Export"</span></a> }
                }}
                <Transition>
                    {move || queue.get().map(|q| view! { <KeepView removed query=asked.get().query() views=q.views/> })}
                </Transition>
            }
        >
            <FilterSearch label="Reference, name, postcode, phone" value=typed/>
            <Transition>
                <Picks asked queue/>
            </Transition>
            {move || {
                let asked = asked.get();
                let filter = &asked.filter;
                view! {
                    <FilterChip label="Hazard" href=asked.with(|f| f.hazard = !f.hazard) on=filter.hazard/>
                    {filter.unread.then(|| view! { <FilterChip label="Unread" href=asked.with(|f| f.unread = false) on=true/> })}
                    {filter.property.is_some().then(|| view! { <FilterChip label="One property" href=asked.with(|f| f.property = None) on=true/> })}
                    {filter.from.map(|d| view! { <FilterChip label="From" value=d.to_string() href=asked.with(|f| f.from = None) on=true/> })}
                    {filter.to.map(|d| view! { <FilterChip label="To" value=d.to_string() href=asked.with(|f| f.to = None) on=true/> })}
                    {(filter.narrowed_by() > 0).then(|| view! { <a class="queue__clear" href=href(&Asked { filter: Filter::open(), board: asked.board, cursor: String::new() }, "")>"Clear"</a> })}
                }
            }}
            <noscript><button class="button" type="submit">"Filter"</button></noscript>
        </FilterBar>
    }
}

/// The choices of the filter bar. They are drawn anew when the filter or the team changes, not with every piece of news: an open list stays open.
#[component]
fn Picks(asked: Memo<Asked>, queue: Signal<Option<Queue>>) -> impl IntoView {
    let members =
        Memo::new(move |_| queue.get().map(|q| q.members.into_iter().map(|m| (m.id, m.name)).collect::<Vec<_>>()).unwrap_or_default());
    move || {
        let filter = asked.get().filter;
        let set = |value: Option<String>| value.unwrap_or_default();
        view! {
            <Pick name="status" label="Status" now=filter.status.as_str().to_owned() none=None options=statuses()/>
            <Pick name="priority" label="Priority" now=set(filter.priority.map(|p| p.as_str().to_owned())) none=Some("Any priority")
                options=Priority::ALL.iter().rev().map(|p| (p.as_str().to_owned(), p.label().to_owned())).collect()/>
            <Pick name="category" label="Category" now=set(filter.category.map(|c| c.as_str().to_owned())) none=Some("Any category")
                options=Category::ALL.iter().map(|c| (c.as_str().to_owned(), c.label().to_owned())).collect()/>
            <Pick name="assignee" label="Owner" now=set(filter.assignee.map(|a| a.to_string())) none=Some("Any owner") options=owners(members.get())/>
            <Pick name="sort" label="Order" now=filter.sort.as_str().to_owned() none=None
                options=Sort::ALL.into_iter().map(|s| (s.as_str().to_owned(), s.label().to_owned())).collect()/>
        }
    }
}

fn statuses() -> Vec<(String, String)> {
    [StatusFilter::Open, StatusFilter::All]
        .into_iter()
        .chain(Status::ALL.into_iter().map(StatusFilter::Is))
        .map(|s| (s.as_str().to_owned(), if s == StatusFilter::All { "Any status".to_owned() } else { s.label().to_owned() }))
        .collect()
}

fn owners(members: Vec<(MembershipId, String)>) -> Vec<(String, String)> {
    [("me".to_owned(), "Mine".to_owned()), ("none".to_owned(), "Nobody".to_owned())]
        .into_iter()
        .chain(members.into_iter().map(|(id, name)| (id.to_string(), name)))
        .collect()
}

/// A choice in the filter bar; its label is for screen readers.
#[component]
fn Pick(name: &'static str, label: &'static str, now: String, none: Option<&'static str>, options: Vec<(String, String)>) -> impl IntoView {
    let set = none.is_some() && !now.is_empty();
    view! {
        <select class="input select queue__pick" class=("queue__pick--set", set) name=name aria-label=label>
            {none.map(|none| view! { <option value="" selected=now.is_empty()>{none}</option> })}
            {options
                .into_iter()
                .map(|(value, words)| {
                    let selected = value == now;
                    view! { <option value=value selected=selected>{words}</option> }
                })
                .collect_view()}
        </select>
    }
}

#[component]
fn ListView(queue: Signal<Option<Queue>>, asked: Memo<Asked>, peek: Memo<String>) -> impl IntoView {
    let columns = vec![
        Column::new("Priority"),
        Column::new("Ref").class("col-md"),
        Column::new("Problem").class("col-wide"),
        Column::new("Status").class("col-md"),
        Column::new("Owner").class("col-lg"),
        Column::new("Our target").class("col-md"),
        Column::new("Age").right(),
    ];
    let rows = move || queue.get().map(|q| q.cards.into_iter().map(|c| (c, q.now)).collect::<Vec<_>>()).unwrap_or_default();
    let pager = move || {
        queue.get().map(|q| {
            let asked = asked.get();
            let page = |cursor: String| if cursor.is_empty() { cursor } else { href(&Asked { cursor, ..asked.clone() }, "") };
            let first = if asked.cursor.is_empty() { String::new() } else { href(&Asked { cursor: String::new(), ..asked.clone() }, "") };
            let shown = q.cards.len();
            let plural = if shown == 1 { "ticket" } else { "tickets" };
            let showing = if q.next.is_empty() && q.previous.is_empty() {
                format!("{shown} {plural}")
            } else {
                format!("{shown} {plural} on this page")
            };
            view! { <Pager previous=page(q.previous) next=page(q.next) first showing/> }
        })
    };
    view! {
        <DataTable caption="Tickets" columns keyboard=true>
            // By what a row shows: a row that did not change keeps its place in the page, and with it the focus.
            <For each=rows key=|(c, _)| (c.id, c.updated_at, c.unread, c.assignee.clone()) let:row>
                <ListRow card=row.0 now=row.1 asked peek/>
            </For>
        </DataTable>
        {pager}
    }
}

#[component]
fn ListRow(card: Card, now: Timestamp, asked: Memo<Asked>, peek: Memo<String>) -> impl IntoView {
    let id = card.id.to_string();
    let is_open = {
        let id = id.clone();
        Memo::new(move |_| peek.with(|p| *p == id))
    };
    // The first press looks, the second opens.
    let link = move || if is_open.get() { format!("{PATH}/{id}") } else { href(&asked.get(), &id) };
    let (status, priority) = (card.status, card.priority);
    view! {
        <Row selected=is_open unread=card.unread>
            <td>{priority_badge(priority, true)}</td>
            <td class="ref-cell col-md">{card.reference.clone()}</td>
            <td class="col-wide">
                <a class="row-link" href=link data-noscroll="true">
                    {card.unread.then(|| view! { <span class="visually-hidden">"Unread: "</span> })}
                    {card.title}
                </a>
                " "
                <span class="row-note queue__note">
                    <span class="queue__narrow">{card.reference}", "{status.label()}". "</span>
                    {card.hazard.then(|| view! { <span class="queue__hazard" title="A hazard is on record"><ui::Icon name=IconName::ShieldAlert size=14 label="Hazard"/></span> })}
                    {card.place}", "{card.postcode}
                </span>
            </td>
            <td class="col-md">{status_badge(status, true)}</td>
            <td class="col-lg">{person(card.assignee)}</td>
            <td class="num col-md">{target_view(card.target_at, status, now)}</td>
            <td class="num-cell muted-cell" title=domain::time::date_time(card.created_at, now)>{ago_note(card.created_at, now)}</td>
        </Row>
    }
}

fn person(name: Option<String>) -> AnyView {
    match name {
        Some(name) => view! { <span class="queue__person"><Avatar name=name.clone()/>{name}</span> }.into_any(),
        None => view! { <span class="muted">"Nobody"</span> }.into_any(),
    }
}

#[component]
fn BoardView(lanes: Vec<Lane>, now: Timestamp) -> impl IntoView {
    let lanes = lanes
        .into_iter()
        .map(|lane| {
            let (tone, icon) = look_of(lane.status);
            let empty = if lane.cards.is_empty() { empty_lane(lane.status) } else { "" };
            let shown = i64::try_from(lane.cards.len()).unwrap_or(0);
            let more = (lane.count > shown).then(|| {
                let all = Asked { filter: Filter { status: StatusFilter::Is(lane.status), ..Filter::default() }, ..Asked::default() };
                view! { <a class="queue__more" href=href(&all, "")>{format!("All {}", lane.count)}</a> }
            });
            view! {
                <BoardColumn title=lane.status.label() count=lane.count.to_string() tone icon empty>
                    {lane.cards.into_iter().map(|card| view! { <BoardItem card now/> }).collect_view()}
                    {more}
                </BoardColumn>
            }
        })
        .collect_view();
    view! { <div class="queue__board"><Board label="Tickets by status">{lanes}</Board></div> }
}

#[component]
fn BoardItem(card: Card, now: Timestamp) -> impl IntoView {
    let (priority, created, assignee) = (card.priority, card.created_at, card.assignee);
    let late = super::parts::is_late(card.target_at, card.status, now);
    view! {
        <BoardCard
            href=format!("{PATH}/{}", card.id)
            title=card.title
            overline=card.reference
            text=card.place
            foot=move || view! {
                {priority_badge(priority, false)}
                {late.then(|| view! { <span class="late">"Late"</span> })}
                <span>{ago_note(created, now)}</span>
                {assignee.map(|name| view! { <Avatar name named=true/> })}
            }
        />
    }
}

const fn empty_lane(status: Status) -> &'static str {
    match status {
        Status::New => "Nothing waits for triage",
        Status::Triaged => "Nothing waits to be assigned",
        Status::Assigned => "Nobody has been asked yet",
        Status::InProgress => "No work is under way",
        Status::Completed => "Nothing waits for the tenant’s yes",
        Status::Closed | Status::Cancelled => "None",
    }
}

#[component]
fn NothingFound(asked: Asked, may_create: bool) -> impl IntoView {
    let open = href(&Asked { filter: Filter::open(), ..Asked::default() }, "");
    if asked.filter.narrowed_by() > 0 || asked.filter.status != StatusFilter::Open {
        let text = if asked.filter.search.is_empty() {
            "Take a filter off, or look at all open tickets.".to_owned()
        } else {
            format!(
                "Nothing has “{}” in its reference, names, address, phone number or words. Check the spelling, or look among all statuses.",
                asked.filter.search
            )
        };
        let all = asked.with(|f| f.status = StatusFilter::All);
        let searching = !asked.filter.search.is_empty() && asked.filter.status != StatusFilter::All;
        view! {
            <EmptyState
                title="No ticket like this"
                text
                drawing=Drawing::Search
                action=move || view! {
                    {searching.then(|| view! { <Button href=all>"Look among all statuses"</Button> })}
                    <Button href=open>"Show open tickets"</Button>
                }
            />
        }
        .into_any()
    } else {
        view! {
            <EmptyState
                title="Nothing is open"
                text="Every repair is closed. New reports appear here by themselves."
                action=move || may_create.then(|| view! { <Button kind=ButtonKind::Primary icon=IconName::Plus href="/staff/tickets/new">"New ticket"</Button> })
            />
        }
        .into_any()
    }
}

#[component]
fn Failed(error: AppError) -> impl IntoView {
    view! {
        <EmptyState
            title="The list could not be loaded"
            text=error.to_string()
            drawing=Drawing::Plug
            action=|| view! { <Button href=PATH>"Try again"</Button> }
        />
    }
}

#[component]
fn SaveViewDialog(saved: Post<SaveView>, query: Signal<String>) -> impl IntoView {
    let error = move || match saved.value().get() {
        Some(Err(AppError::Invalid(fields))) => fields.get("name").unwrap_or_default().to_owned(),
        Some(Err(other)) => other.to_string(),
        _ => String::new(),
    };
    view! {
        <Dialog id="save-view" title="Save this view" text="These filters and this order, under a name, as a tab of your own.">
            <PostForm action=saved attr:id="save-view-form" attr:class="stack">
                <input type="hidden" name="query" value=query/>
                <TextInput name="name" label="Name" error maxlength=60 id="view-name"/>
                <div class="cluster"><Button kind=ButtonKind::Primary busy=saved.pending()>"Save view"</Button></div>
            </PostForm>
        </Dialog>
    }
}

/// Keeps these filters as a view; where they are one, a way to be rid of it.
#[component]
fn KeepView(removed: Post<RemoveView>, query: String, views: Vec<domain::tickets::SavedView>) -> impl IntoView {
    match views.into_iter().find(|v| v.query == query) {
        Some(view) => view! {
            <Button kind=ButtonKind::Quiet icon=IconName::X kind_of="button" on:click=move |_| { removed.send(&[("id", &view.id.to_string())]); }>
                "Remove view"
            </Button>
        }
        .into_any(),
        None => view! { <Button kind=ButtonKind::Quiet icon=IconName::Star dialog="save-view">"Save view"</Button> }.into_any(),
    }
}

/// `/` searches, Escape closes the panel, and `o` opens what the panel shows. `j`, `k` and Enter are the table's, `c` the frame's.
fn queue_keys(asked: Memo<Asked>, peek: Memo<String>, goto: Callback<String>) {
    let go = use_navigate();
    Effect::new(move |_| {
        let go = go.clone();
        let listener = window_event_listener(ev::keydown, move |event| {
            let looking = peek.get_untracked();
            match event.key().as_str() {
                "/" if ui::browser::single_key_allowed(&event) => {
                    event.prevent_default();
                    if let Some(field) = document()
                        .query_selector(".filter-search__input")
                        .ok()
                        .flatten()
                        .and_then(|e| e.dyn_into::<leptos::web_sys::HtmlElement>().ok())
                    {
                        let _ = field.focus();
                    }
                }
                "Escape" if !looking.is_empty() && !event.default_prevented() => goto.run(href(&asked.get_untracked(), "")),
                "o" if !looking.is_empty() && looking.parse::<TicketId>().is_ok() && ui::browser::single_key_allowed(&event) => {
                    go(&format!("{PATH}/{looking}"), NavigateOptions::default());
                }
                _ => {}
            }
        });
        on_cleanup(move || listener.remove());
    });
}
