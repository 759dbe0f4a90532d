//! Answers to check, and facts to read.

use leptos::prelude::*;

use crate::attr::either;

/// One question and its answer.
pub struct SummaryRow {
    key: String,
    value: AnyView,
    changes: Vec<(String, String, String)>,
}

impl SummaryRow {
    pub fn new(key: impl Into<String>, value: impl Into<String>) -> Self {
        let value: String = value.into();
        Self { key: key.into(), value: value.into_any(), changes: Vec::new() }
    }

    /// An answer that is more than words: photos, a list.
    pub fn with_view(key: impl Into<String>, value: impl IntoAny) -> Self {
        Self { key: key.into(), value: value.into_any(), changes: Vec::new() }
    }

    /// A "Change" link; `what` completes it for screen readers: "where the problem is".
    pub fn change(self, href: impl Into<String>, what: impl Into<String>) -> Self {
        self.action("Change", href, what)
    }

    /// A link of another name.
    pub fn action(mut self, label: impl Into<String>, href: impl Into<String>, what: impl Into<String>) -> Self {
        self.changes.push((label.into(), href.into(), what.into()));
        self
    }
}

/// "Check your answers". Empty answers say so.
#[component]
pub fn SummaryList(rows: Vec<SummaryRow>) -> impl IntoView {
    let rows = rows
        .into_iter()
        .map(|row| {
            let links = row
                .changes
                .into_iter()
                .map(|(label, href, what)| {
                    view! {
                        <a class="summary-list__link" href=href>{label}<span class="visually-hidden">{format!(" {what}")}</span></a>
                    }
                })
                .collect_view();
            view! {
                <div class="summary-list__row">
                    <dt class="summary-list__key">{row.key}</dt>
                    <dd class="summary-list__value">{row.value}</dd>
                    <dd class="summary-list__links">{links}</dd>
                </div>
            }
        })
        .collect_view();
    view! { <dl class="summary-list">{rows}</dl> }
}

/// Facts in two narrow columns, for the side of a case. An unknown one says so.
#[component]
pub fn FactList(
    /// What it is, and what it says; an empty value reads "Not known".
    facts: Vec<(String, String)>,
) -> impl IntoView {
    let facts = facts
        .into_iter()
        .map(|(key, value)| {
            let unknown = value.is_empty();
            view! {
                <div class="facts__row">
                    <dt class="facts__key">{key}</dt>
                    <dd class="facts__value" class=("facts__value--unknown", unknown)>{either(value, "Not known")}</dd>
                </div>
            }
        })
        .collect_view();
    view! { <dl class="facts">{facts}</dl> }
}
