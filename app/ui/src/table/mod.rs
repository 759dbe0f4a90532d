//! Dense tables, the way from page to page, and the filters above them.

use leptos::ev;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{HtmlElement, HtmlInputElement};

use crate::attr::{classes, either, given};
use crate::browser;
use crate::icon::{Icon, IconName};

/// Which way a column is sorted now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    #[default]
    None,
    Ascending,
    Descending,
}

/// The head of one column.
#[derive(Clone, Debug)]
pub struct Column {
    label: String,
    hidden: bool,
    right: bool,
    class: &'static str,
    sort: Option<(String, Sort)>,
}

impl Column {
    pub fn new(label: impl Into<String>) -> Self {
        Self { label: label.into(), hidden: false, right: false, class: "", sort: None }
    }

    /// A column of buttons or icons: its head is for screen readers only.
    pub fn hidden(mut self) -> Self {
        self.hidden = true;
        self
    }

    /// Figures stand at the right; give their cells `class="num-cell"`.
    pub fn right(mut self) -> Self {
        self.right = true;
        self
    }

    /// `col-wide` (takes the room there is), or `col-md`, `col-lg` (there when the table is at least 42 or 60 rem wide; give
    /// the cells the same).
    pub fn class(mut self, class: &'static str) -> Self {
        self.class = class;
        self
    }

    /// The head becomes a link that sorts.
    pub fn sort(mut self, href: impl Into<String>, now: Sort) -> Self {
        self.sort = Some((href.into(), now));
        self
    }
}

/// A table with a sticky head. The children are `Row`s or `<tr>`s.
///
/// With `keyboard`, `j` and `k` move between row links and `x` ticks the row; Enter opens as everywhere.
#[component]
pub fn DataTable(
    /// What the table lists, for screen readers.
    #[prop(into)]
    caption: String,
    columns: Vec<Column>,
    /// Adds a column of tick boxes; each `Row` then needs `select`.
    #[prop(optional)]
    selectable: bool,
    #[prop(optional)] keyboard: bool,
    /// Rows of two lines.
    #[prop(optional)]
    roomy: bool,
    children: Children,
) -> impl IntoView {
    let heads = columns.into_iter().map(head).collect_view();
    let table = NodeRef::<leptos::html::Table>::new();
    if keyboard {
        row_keys(table);
    }
    let tick_all = move |event| {
        let on = event_target_checked(&event);
        let Some(boxes) = table.get_untracked().map(|t| t.get_elements_by_class_name("table__tick")) else {
            return;
        };
        for at in 0..boxes.length() {
            if let Some(one) = boxes.item(at).and_then(|e| e.dyn_into::<HtmlInputElement>().ok()) {
                one.set_checked(on);
            }
        }
    };
    let region = caption.clone();
    view! {
        <div class="table-frame" tabindex="0" role="region" aria-label=region>
            <table class="table" class=("table--roomy", roomy) node_ref=table>
                <caption class="visually-hidden">{caption}</caption>
                <thead>
                    <tr>
                        {selectable.then(|| view! {
                            <th class="table__select" scope="col">
                                <input class="tick__input tick__input--checkbox" type="checkbox" aria-label="Select every row on this page" on:change=tick_all/>
                            </th>
                        })}
                        {heads}
                    </tr>
                </thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
}

fn head(column: Column) -> impl IntoView {
    let class = classes([column.class, if column.right { "num-cell" } else { "" }]);
    let now = column.sort.as_ref().map_or(Sort::None, |(_, now)| *now);
    let aria = match now {
        Sort::None => None,
        Sort::Ascending => Some("ascending"),
        Sort::Descending => Some("descending"),
    };
    let label = match column.sort {
        Some((href, now)) => {
            let icon = match now {
                Sort::None => IconName::ArrowUpDown,
                Sort::Ascending => IconName::ArrowUp,
                Sort::Descending => IconName::ArrowDown,
            };
            let modifier = if now == Sort::None { "" } else { "table__sort--on" };
            view! { <a class=classes(["table__sort", modifier]) href=href>{column.label}<Icon name=icon size=12/></a> }.into_any()
        }
        None if column.hidden => view! { <span class="visually-hidden">{column.label}</span> }.into_any(),
        None => column.label.into_any(),
    };
    view! { <th class=given(class) scope="col" aria-sort=aria>{label}</th> }
}

/// `j`, `k` and `x` on the rows of a table, while single-key shortcuts are allowed.
fn row_keys(table: NodeRef<leptos::html::Table>) {
    Effect::new(move |_| {
        let listener = window_event_listener(ev::keydown, move |event| {
            let step = match event.key().as_str() {
                "j" => 1_i32,
                "k" => -1,
                "x" => 0,
                _ => return,
            };
            if !browser::single_key_allowed(&event) {
                return;
            }
            let Some(table) = table.get_untracked() else {
                return;
            };
            let rows = table.get_elements_by_class_name("table__row");
            let focused = document().active_element();
            let here: Option<u32> =
                (0..rows.length()).find(|at| rows.item(*at).is_some_and(|row| row.contains(focused.as_ref().map(AsRef::as_ref))));
            let row = match (here, step) {
                (None, 1) => 0,
                (None, _) => return,
                (Some(at), step) => at.saturating_add_signed(step).min(rows.length().saturating_sub(1)),
            };
            let Some(row) = rows.item(row) else { return };
            event.prevent_default();
            let target = if step == 0 { ".table__tick" } else { ".row-link" };
            if let Some(target) = row.query_selector(target).ok().flatten().and_then(|e| e.dyn_into::<HtmlElement>().ok()) {
                if step == 0 {
                    target.click();
                } else {
                    let _ = target.focus();
                }
            }
        });
        on_cleanup(move || listener.remove());
    });
}

/// A row; `selected` marks the one that a panel shows, `unread` the one that changed since the person looked.
#[component]
pub fn Row(
    /// The name and value of its tick box, and what to call the row: `("ids", "…", "PM-4812")`.
    #[prop(optional)]
    select: Option<(String, String, String)>,
    #[prop(into, optional)] selected: Signal<bool>,
    #[prop(optional)] unread: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <tr
            class="table__row"
            class=("table__row--selected", move || selected.get())
            class=("table__row--unread", unread)
            aria-current=move || selected.get().then_some("true")
        >
            {select.map(|(name, value, label)| view! {
                <td class="table__select">
                    <input class="tick__input tick__input--checkbox table__tick" type="checkbox" name=name value=value aria-label=format!("Select {label}")/>
                </td>
            })}
            {children()}
        </tr>
    }
}

/// The link of a row; a press anywhere in the row follows it. One to a row, in its main cell.
#[component]
pub fn RowLink(#[prop(into)] href: String, #[prop(into, optional)] class: String, children: Children) -> impl IntoView {
    view! { <a class=classes(["row-link", &class]) href=href>{children()}</a> }
}

/// From page to page by cursor: there is no last page and no number. An empty link is a dead end and shown so.
#[component]
pub fn Pager(
    #[prop(into, optional)] previous: String,
    #[prop(into, optional)] next: String,
    /// Back to the newest, when not on it.
    #[prop(into, optional)]
    first: String,
    /// In words: "1–50 of 213".
    #[prop(into, optional)]
    showing: String,
) -> impl IntoView {
    let step = |href: String, label: &'static str, icon: IconName, rel: &'static str| {
        if href.is_empty() {
            view! { <span class="pager__step pager__step--off" aria-disabled="true" title=label><Icon name=icon size=16 label/></span> }
                .into_any()
        } else {
            view! { <a class="pager__step" href=href rel=rel title=label><Icon name=icon size=16 label/></a> }.into_any()
        }
    };
    view! {
        <nav class="pager" aria-label="Pages">
            {given(showing).map(|words| view! { <span class="pager__showing">{words}</span> })}
            {given(first).map(|href| view! { <a class="pager__first" href=href>"Back to the start"</a> })}
            {step(previous, "Previous page", IconName::ChevronLeft, "prev")}
            {step(next, "Next page", IconName::ChevronRight, "next")}
        </nav>
    }
}

/// Numbered pages, for short lists. Pages are counted from 1.
#[component]
pub fn Pagination(
    current: u32,
    last: u32,
    /// The link of a page is this with the number behind it: `?page=`.
    #[prop(into)]
    href: String,
) -> impl IntoView {
    let link = move |page: u32| format!("{href}{page}");
    let numbers = shown_pages(current, last)
        .into_iter()
        .map(|page| match page {
            Some(page) if page == current => {
                view! { <li><span class="pagination__page pagination__page--current" aria-current="page">{page}</span></li> }.into_any()
            }
            Some(page) => {
                view! { <li><a class="pagination__page" href=link(page) aria-label=format!("Page {page}")>{page}</a></li> }.into_any()
            }
            None => view! { <li class="pagination__gap">"…"</li> }.into_any(),
        })
        .collect_view();
    let around = |page: u32, label: &'static str, icon: IconName| {
        (1..=last)
            .contains(&page)
            .then(|| view! { <li><a class="pagination__page" href=link(page) title=label><Icon name=icon size=16 label/></a></li> })
    };
    (last > 1).then(|| {
        view! {
            <nav aria-label="Page numbers">
                <ul class="pagination" role="list">
                    {around(current.saturating_sub(1), "Previous page", IconName::ChevronLeft)}
                    {numbers}
                    {around(current.saturating_add(1), "Next page", IconName::ChevronRight)}
                </ul>
            </nav>
        }
    })
}

/// The first, the last, and those around the current one; `None` where some are left out.
fn shown_pages(current: u32, last: u32) -> Vec<Option<u32>> {
    let mut shown = Vec::new();
    let mut before = 0;
    for page in 1..=last {
        if page == 1 || page == last || page.abs_diff(current) <= 1 {
            if page - before > 1 {
                shown.push(None);
            }
            shown.push(Some(page));
            before = page;
        }
    }
    shown
}

/// The line above a table: a form that sends its filters in the URL.
#[component]
pub fn FilterBar(
    #[prop(into, optional)] action: String,
    /// What stands at the right: a view switch, export.
    #[prop(into, optional)]
    end: Option<ViewFnOnce>,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="filter-bar">
            <form class="filter-bar__form" method="get" action=given(action)>{children()}</form>
            {end.map(|end| view! { <div class="filter-bar__end">{end.run()}</div> })}
        </div>
    }
}

/// The search field of a filter bar; `/` goes to it.
#[component]
pub fn FilterSearch(
    #[prop(into, optional)] value: String,
    /// `q` unless told otherwise.
    #[prop(into, optional)]
    name: String,
    #[prop(into)] label: String,
) -> impl IntoView {
    let field = NodeRef::<leptos::html::Input>::new();
    browser::on_key("/", move || {
        if let Some(field) = field.get_untracked() {
            let _ = field.focus();
        }
    });
    view! {
        <div class="filter-search">
            <Icon name=IconName::Search size=16/>
            <input class="input filter-search__input" node_ref=field type="search" name=either(name, "q") value=given(value) placeholder=label.clone() aria-label=label/>
        </div>
    }
}

/// A filter that is set, with a link that takes it off; or one to set, as a link.
#[component]
pub fn FilterChip(
    #[prop(into)] label: String,
    #[prop(into, optional)] value: String,
    #[prop(into)] href: String,
    /// It is set: the link takes it off.
    #[prop(optional)]
    on: bool,
) -> impl IntoView {
    let colon = if value.is_empty() { "" } else { ": " };
    view! {
        <a class="filter-chip" class=("filter-chip--on", on) href=href>
            {on.then(|| view! { <span class="visually-hidden">"Remove filter "</span> })}
            <span>{label}{colon}{given(value).map(|value| view! { <strong class="filter-chip__value">{value}</strong> })}</span>
            <Icon name=if on { IconName::X } else { IconName::Plus } size=14/>
        </a>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_shown_around_the_current_one() {
        assert_eq!(shown_pages(1, 1), [Some(1)]);
        assert_eq!(shown_pages(2, 4), [Some(1), Some(2), Some(3), Some(4)]);
        assert_eq!(shown_pages(5, 9), [Some(1), None, Some(4), Some(5), Some(6), None, Some(9)]);
        assert_eq!(shown_pages(9, 9), [Some(1), None, Some(8), Some(9)]);
    }
}
