//! The page the peers are compared with: a thousand rows in a table, rendered by Leptos from a blocking resource that also travels in the
//! page, as a page that hydrates needs it. Query and organisation transaction are asked anew for each request.

use axum::Router;
use axum::routing::get;
use db::{ActorRecord, OrgTx, Scope};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use services::House;

const SQL: &str = include_str!("rows.sql");

#[derive(Clone, Debug, Serialize, Deserialize, sqlx::FromRow)]
pub struct Row {
    id: String,
    reference: String,
    title: String,
    status: String,
    priority: String,
    category: String,
    place: String,
    postcode: String,
    created: String,
}

/// Whose eyes the page has.
#[derive(Clone)]
pub struct Eyes {
    pub house: House,
    pub scope: Scope,
}

pub fn router(eyes: Eyes) -> Router {
    let context = move || provide_context(eyes.clone());
    Router::new().route("/", get(leptos_axum::render_app_async_with_context(context, document)))
}

pub async fn rows(eyes: &Eyes) -> anyhow::Result<Vec<Row>> {
    let mut tx = OrgTx::begin(eyes.house.db(), eyes.scope, ActorRecord::default(), eyes.house.now()).await?;
    let rows = sqlx::query_as(SQL).fetch_all(tx.conn()).await?;
    tx.done().await?;
    Ok(rows)
}

fn document() -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <title>"Tickets"</title>
            </head>
            <body>
                <Tickets/>
            </body>
        </html>
    }
}

#[component]
fn Tickets() -> impl IntoView {
    let tickets = Resource::new_blocking(
        || (),
        |()| async {
            let Some(eyes) = use_context::<Eyes>() else { return Err("the page has no eyes".to_owned()) };
            rows(&eyes).await.map_err(|e| e.to_string())
        },
    );
    view! {
        <main>
            <h1>"Tickets"</h1>
            <Suspense>
                {move || Suspend::new(async move {
                    tickets.await.map(|rows| view! {
                        <table>
                            <thead>
                                <tr><th>"Reference"</th><th>"Title"</th><th>"Status"</th><th>"Priority"</th><th>"Category"</th><th>"Place"</th><th>"Postcode"</th><th>"Reported"</th></tr>
                            </thead>
                            <tbody>{rows.into_iter().map(|row| view! { <Line row/> }).collect_view()}</tbody>
                        </table>
                    })
                })}
            </Suspense>
        </main>
    }
}

#[component]
fn Line(row: Row) -> impl IntoView {
    let class = format!("row row--{}", row.priority.to_lowercase());
    view! {
        <tr class=class>
            <td><a href=format!("/staff/tickets/{}", row.id)>{row.reference}</a></td>
            <td>{row.title}</td>
            <td>{row.status}</td>
            <td>{row.priority}</td>
            <td>{row.category}</td>
            <td>{row.place}</td>
            <td>{row.postcode}</td>
            <td>{row.created}</td>
        </tr>
    }
}
