//! The import page: a template, a file, what it would change or everything that is wrong with it, and then the import itself.

mod file;

use domain::estate::{ImportKind, ImportReport};
use domain::policy::Act;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use ui::{
    Banner, Button, ButtonKind, Card, Column, DataTable, Details, EmptyState, IconName, PageHeader, Post, Row, StatCard, StatRow, Tab,
    Tabs, Tone,
};
use wire::AppError;

pub(crate) use file::TextFile;

use crate::frame::use_me;

const PATH: &str = "/staff/import";

/// Reads the whole file and says what it would do; writes it when `write` is `yes` and nothing is wrong.
#[server]
pub async fn import_file(kind: String, text: String, #[server(default)] write: String) -> Result<ImportReport, AppError> {
    let cx = gate::staff().await?;
    let Some(kind) = ImportKind::parse(&kind) else { return gate::answer(Err(services::Error::NotFound)) };
    let done = if write == "yes" {
        services::imports::run(&cx, kind, text.as_bytes()).await
    } else {
        services::imports::check(&cx, kind, text.as_bytes()).await
    };
    gate::answer(done)
}

#[component]
pub fn ImportPage() -> impl IntoView {
    let query = use_query_map();
    let kind = Memo::new(move |_| query.with(|q| q.get("kind").and_then(|k| ImportKind::parse(&k))).unwrap_or(ImportKind::Properties));
    if !use_me().may(Act::ImportData) {
        return view! {
            <Title text="Import"/>
            <PageHeader title="Import"/>
            <EmptyState title="Your account reads and does not import" text="Ask an administrator of your organisation for the role of coordinator."/>
        }
        .into_any();
    }
    view! {
        <Title text="Import"/>
        <PageHeader title="Import" lede="Bring in what you have from spreadsheets: properties first, then contacts, then tenancies."/>
        {move || {
            let here = kind.get();
            let tabs = ImportKind::ALL.iter().map(|k| Tab::new(k.label(), format!("{PATH}?kind={}", k.as_str())).current(*k == here)).collect();
            view! { <Tabs label="What to import" tabs/> }
        }}
        {move || view! { <OfKind kind=kind.get()/> }}
    }
    .into_any()
}

#[component]
fn OfKind(kind: ImportKind) -> impl IntoView {
    let text = RwSignal::new(None::<(String, String)>);
    let action = Post::<ImportFile>::new();
    let answer = action.value();
    let send = move |write: &'static str| {
        if let Some((_, text)) = text.get_untracked() {
            action.send(&[("kind", kind.as_str()), ("text", &text), ("write", write)]);
        }
    };
    // A chosen file is looked at at once.
    Effect::new(move |_| {
        action.clear();
        if text.with(Option::is_some) {
            send("");
        }
    });
    let columns = vec![
        Column::new("Column"),
        Column::new("Needed"),
        Column::new("What goes in it").class("col-wide"),
        Column::new("Example").class("col-md"),
    ];
    let rows = kind
        .columns()
        .iter()
        .map(|c| {
            view! {
                <Row>
                    <td><code>{c.name}</code></td>
                    <td>{if c.required { "Yes" } else { "" }}</td>
                    <td class="col-wide">{c.about}</td>
                    <td class="col-md muted-cell">{c.example}</td>
                </Row>
            }
        })
        .collect_view();
    let noun = kind.label().to_lowercase();
    view! {
        <div class="import">
            <Card title="1. Your file">
                <div class="stack">
                    <p>
                        "CSV with the names of the columns in its first row, at most 10,000 rows. A row whose reference is known changes what is there; a file imported twice changes nothing the second time. Access codes and bank details are not imported."
                    </p>
                    <div class="cluster">
                        <a class="button button--secondary" href=format!("/staff/import/template/{}.csv", kind.as_str()) rel="external" download>
                            <ui::Icon name=IconName::Download size=16/><span class="button__label">"Template"</span>
                        </a>
                        <a class="button button--quiet" href=format!("/staff/export/{}.csv", kind.as_str()) rel="external" download>
                            <ui::Icon name=IconName::Download size=16/><span class="button__label">{format!("Your {noun} as they are")}</span>
                        </a>
                    </div>
                    <Details summary="The columns">
                        <DataTable caption="Columns" columns>{rows}</DataTable>
                    </Details>
                    <TextFile label="CSV file" accept=".csv,text/csv" chosen=text/>
                </div>
            </Card>
            {move || action.pending().get().then(|| view! { <p class="muted" role="status">"Reading the file …"</p> })}
            {move || (!action.pending().get()).then(|| answer.get()).flatten().map(|answer| match answer {
                Ok(report) if report.done => view! { <Done report/> }.into_any(),
                Ok(report) if report.errors.is_empty() => view! {
                    <Card title="2. What it changes">
                        <div class="stack">
                            <Counts report=report.clone()/>
                            {if report.new + report.changed == 0 {
                                view! { <p>"Everything in this file is there already."</p> }.into_any()
                            } else {
                                view! {
                                    <div class="cluster">
                                        <Button kind=ButtonKind::Primary kind_of="button" on:click=move |_| send("yes")>"Import"</Button>
                                        <span class="caption">"All of it or nothing."</span>
                                    </div>
                                }.into_any()
                            }}
                        </div>
                    </Card>
                }.into_any(),
                Ok(report) => view! { <Errors report/> }.into_any(),
                Err(error) => view! { <Banner tone=Tone::Red urgent=true title="The file was not read">{error.to_string()}</Banner> }.into_any(),
            })}
        </div>
    }
}

#[component]
fn Counts(report: ImportReport) -> impl IntoView {
    let ignored = report.ignored_columns.join(", ");
    view! {
        <StatRow>
            <StatCard label="New" value=report.new.to_string()/>
            <StatCard label="Changed" value=report.changed.to_string()/>
            <StatCard label="As they were" value=report.unchanged.to_string()/>
        </StatRow>
        {(!ignored.is_empty()).then(|| view! { <Banner tone=Tone::Amber title="Columns that are not read">{ignored}</Banner> })}
    }
}

#[component]
fn Done(report: ImportReport) -> impl IntoView {
    let (href, verb) = match report.kind {
        ImportKind::Contacts => ("/staff/contacts", "See contacts"),
        ImportKind::Properties | ImportKind::Tenancies => ("/staff/properties", "See properties"),
    };
    view! {
        <Banner tone=Tone::Green title="Imported" actions=move || view! { <Button href=href>{verb}</Button> }>
            {format!("{} new, {} changed, {} as they were.", report.new, report.changed, report.unchanged)}
        </Banner>
    }
}

#[component]
fn Errors(report: ImportReport) -> impl IntoView {
    let listed = u32::try_from(report.errors.len()).unwrap_or(u32::MAX);
    let all = listed.saturating_add(report.more_errors);
    let title = if all == 1 { "1 thing to put right".to_owned() } else { format!("{all} things to put right") };
    let columns = vec![Column::new("Row").right(), Column::new("Column"), Column::new("What is wrong").class("col-wide")];
    let rows = report
        .errors
        .into_iter()
        .map(|e| {
            view! {
                <Row>
                    <td class="num-cell">{e.row}</td>
                    <td>{(!e.column.is_empty()).then(|| view! { <code>{e.column}</code> })}</td>
                    <td class="col-wide">{e.sentence}</td>
                </Row>
            }
        })
        .collect_view();
    view! {
        <Banner tone=Tone::Red urgent=true title>"Nothing was imported. Put these right in your file, then choose it again. Row 1 is the header."</Banner>
        <Card title="By row" flush=true>
            <DataTable caption="What is wrong, by row" columns>{rows}</DataTable>
        </Card>
        {(report.more_errors > 0).then(|| view! { <p class="muted">{format!("And {} more.", report.more_errors)}</p> })}
    }
}
