//! What holds for every operation.

use std::collections::BTreeSet;

use crate::client::{access_token, call, give_password, request};
use api::refusals::{Open, Row, TABLE};
use domain::ContactId;
use domain::policy::{Audience, Role};
use serde_json::json;
use services::Request;
use services::auth::{Api, LogIn, log_in};
use testkit::{TestApp, TestOrg};

fn rows() -> impl Iterator<Item = &'static Row> {
    TABLE.iter().flat_map(|room| room.iter())
}

#[test]
fn every_operation_has_a_row_and_every_row_an_operation() {
    let document = serde_json::to_value(api::openapi()).expect("serialises");
    let documented: BTreeSet<String> = document["paths"]
        .as_object()
        .expect("paths")
        .iter()
        .flat_map(|(path, item)| {
            let methods =
                item.as_object().expect("operations").keys().filter(|k| ["get", "put", "post", "patch", "delete"].contains(&k.as_str()));
            methods.map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect();
    let listed: BTreeSet<String> = rows().map(|row| format!("{} {}", row.method, row.path)).collect();
    assert_eq!(documented, listed);
}

#[test]
fn the_api_changes_only_on_purpose() {
    insta::assert_json_snapshot!(api::openapi());
}

/// Somebody of this role, with an access token.
async fn token(app: &TestApp, org: &TestOrg<'_>, role: Role) -> String {
    let contact: Option<ContactId> = match role.audience() {
        Audience::Tenant => Some(org.contact("Tom", "tenant").await),
        Audience::Contractor => Some(org.contact("Carl", "contractor").await),
        _ => None,
    };
    let visitor = org.member(role.as_str(), role, contact).await;
    give_password(app, visitor.login()).await;
    if role == Role::SuperAdmin {
        return support_token(app, org, visitor.login()).await;
    }
    access_token(app, visitor.login()).await
}

async fn support_token(app: &TestApp, org: &TestOrg<'_>, login: domain::LoginId) -> String {
    sqlx::query("update auth.logins set is_super_admin = true where id = $1").bind(login.uuid()).execute(app.behind()).await.expect("sets");
    let email: String =
        sqlx::query_scalar("select email from auth.logins where id = $1").bind(login.uuid()).fetch_one(app.behind()).await.expect("there");
    let LogIn::Choose { ticket, .. } = log_in(&app.house, Api, &email, "SecurePass123!", &Request::default()).await.expect("answers")
    else {
        panic!("no choice")
    };
    let entered = services::auth::support::enter_organisation(&app.house, Api, &ticket.0, &org.slug, "to test", &Request::default()).await;
    match entered.expect("enters") {
        LogIn::In(tokens) => tokens.access,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn every_operation_refuses_everybody_it_is_not_for() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let mut tokens = Vec::new();
    for role in Role::ALL {
        tokens.push((role, token(&app, &oak, role).await));
    }
    let nothing = uuid::Uuid::nil().to_string();
    for row in rows() {
        let Open::To(roles) = row.open_to else { continue };
        let path: String =
            row.path.split('/').map(|part| if part.starts_with('{') { nothing.as_str() } else { part }).collect::<Vec<_>>().join("/");
        let body = (row.method != "GET" && row.method != "DELETE").then(|| json!({}));
        for forged in [None, Some("forged"), Some("")] {
            let answered = call(&app, request(row.method, &path, forged, body.as_ref())).await;
            assert_eq!(
                (answered.status.as_u16(), answered.code()),
                (401, "unauthenticated"),
                "{} {} with {forged:?}",
                row.method,
                row.path
            );
        }
        for (role, token) in &tokens {
            if roles.contains(role) {
                continue;
            }
            // With a whole body a verb's own check answers; with none, at least the audience's must not let anything through.
            let answered = call(&app, request(row.method, &path, Some(token), body.as_ref())).await;
            assert!(
                matches!(answered.status.as_u16(), 403 | 422),
                "{} {} as {role:?}: {} {}",
                row.method,
                row.path,
                answered.status,
                answered.body
            );
            assert!(
                answered.status.as_u16() == 403 || role.audience() == Audience::Staff,
                "{} {} as {role:?}: {}",
                row.method,
                row.path,
                answered.body
            );
        }
    }
}
