//! `Idempotency-Key` and `If-Match`, on operations made for the purpose: what every room's operations get by using `Once` and `IfMatch`.

use std::sync::Arc;
use std::time::Duration;

use crate::client::request;
use api::{Answer, Bearer, Body, Done, IfMatch, Once, Refused};
use axum::Router;
use axum::extract::State;
use axum::routing::{patch, post};
use domain::events::Event;
use domain::policy::{Act, Role};
use http::StatusCode;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use services::{Cx, Error, House, Staff};
use testkit::TestApp;
use tokio::sync::Semaphore;
use tower::ServiceExt as _;

#[derive(Clone)]
struct Bench {
    house: House,
    /// Taken by each effect between its write and its commit.
    gate: Arc<Semaphore>,
}
impl axum::extract::FromRef<Bench> for House {
    fn from_ref(bench: &Bench) -> Self {
        bench.house.clone()
    }
}

async fn effect(State(bench): State<Bench>, Bearer(me): Bearer<Cx<Staff>>, key: Once, Body(input): Body<Value>) -> Answer<Value> {
    key.once(me, "effect", &input, |me| {
        let input = input.clone();
        async move {
            let mut tx = me.begin(Act::ChangeSettings).await?;
            tx.record(Event::new("test:effect", "organisation", me.org()).audit_only());
            let _turn = bench.gate.acquire().await.map_err(Error::internal)?;
            if input["fail"] == true {
                return Err(Refused::field("fail", "as asked"));
            }
            tx.commit().await.map_err(Error::from)?;
            Ok(Done::created(json!({ "echo": input })).version(1).at("/api/v1/things/1"))
        }
    })
    .await
}

async fn change(if_match: IfMatch) -> Answer<Value> {
    let current = 3;
    if if_match.or(None, current) != current {
        return Err(if_match.explain(Error::changed_meanwhile()));
    }
    Ok(Done::ok(json!({})).version(4))
}

struct Bound {
    bench: Bench,
    token: String,
}

impl Bound {
    async fn new(app: &TestApp) -> Self {
        let new = services::auth::NewOrganisation {
            org_name: "Oak".into(),
            name: String::new(),
            email: "a@example.com".into(),
            password: "SecurePass123!".into(),
        };
        let registered =
            services::auth::register(&app.house, services::auth::Api, new, &services::Request::default()).await.expect("registers");
        let services::auth::Registered::In { key, .. } = registered else { panic!("taken") };
        Self { bench: Bench { house: app.house.clone(), gate: Arc::new(Semaphore::new(100)) }, token: key.access }
    }
    async fn send(&self, key: &str, body: Value) -> (StatusCode, http::HeaderMap, Value) {
        let mut request = request("POST", "/effect", Some(&self.token), Some(&body));
        request.headers_mut().insert("idempotency-key", key.parse().expect("a header"));
        let router = Router::new().route("/effect", post(effect)).with_state(self.bench.clone());
        let (parts, body) = router.oneshot(request).await.expect("infallible").into_parts();
        let body = body.collect().await.expect("a body").to_bytes();
        (parts.status, parts.headers, serde_json::from_slice(&body).expect("JSON"))
    }
}

async fn effects(app: &TestApp) -> i64 {
    sqlx::query_scalar("select count(*) from audit_log where action = 'test:effect'").fetch_one(app.behind()).await.expect("counts")
}

#[tokio::test]
async fn the_same_key_and_request_is_one_effect_and_one_answer() {
    let app = TestApp::new().await;
    let bound = Bound::new(&app).await;
    let (status, headers, first) = bound.send("k1", json!({ "n": 1 })).await;
    assert_eq!(status, StatusCode::CREATED);
    assert!(!headers.contains_key("idempotent-replayed"));
    let (status, headers, second) = bound.send("k1", json!({ "n": 1 })).await;
    assert_eq!(
        (status, &headers["idempotent-replayed"], &headers["etag"], &headers["location"]),
        (
            StatusCode::CREATED,
            &"true".parse().expect("a header"),
            &"\"1\"".parse().expect("a header"),
            &"/api/v1/things/1".parse().expect("a header")
        )
    );
    assert_eq!(first["data"], second["data"]);
    assert_eq!(effects(&app).await, 1);

    let (status, _, other) = bound.send("k1", json!({ "n": 2 })).await;
    assert_eq!((status, &other["error"]["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("idempotency_key_reused")));
    bound.send("k2", json!({ "n": 1 })).await;
    assert_eq!(effects(&app).await, 2);
}

#[tokio::test]
async fn a_refused_request_leaves_the_key_free() {
    let app = TestApp::new().await;
    let bound = Bound::new(&app).await;
    let (status, _, _) = bound.send("k", json!({ "fail": true })).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let (status, _, _) = bound.send("k", json!({ "fail": false })).await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(effects(&app).await, 1);
}

#[tokio::test]
async fn a_request_sent_again_while_the_first_is_under_way_is_told_so() {
    let app = TestApp::new().await;
    let bound = Bound::new(&app).await;
    let all: u32 = u32::try_from(bound.bench.gate.available_permits()).expect("small");
    let held = bound.bench.gate.clone().acquire_many_owned(all).await.expect("held");
    let first = bound.send("k", json!({}));
    let second = async {
        // The first stands between its write and its commit.
        tokio::time::sleep(Duration::from_millis(300)).await;
        let answered = bound.send("k", json!({})).await;
        drop(held);
        answered
    };
    let ((first, _, _), (second, _, body)) = tokio::join!(first, second);
    assert_eq!((first, second, &body["error"]["code"]), (StatusCode::CREATED, StatusCode::CONFLICT, &json!("conflict")));
    assert_eq!(effects(&app).await, 1);
}

#[tokio::test]
async fn an_effect_whose_answer_was_lost_is_not_done_again() {
    let app = TestApp::new().await;
    let bound = Bound::new(&app).await;
    bound.send("k", json!({})).await;
    // As if the process had died after the commit and before the answer was kept.
    sqlx::query("update idempotency_keys set status = 0, body = '{}'").execute(app.behind()).await.expect("forgets");
    let (status, _, body) = bound.send("k", json!({})).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(body["error"]["message"].as_str().expect("a sentence").contains("was carried out"));
    assert_eq!(effects(&app).await, 1);
}

#[tokio::test]
async fn one_members_key_is_not_anothers() {
    let app = TestApp::new().await;
    let (oak, elm) = (app.org("Oak").await, app.org("Elm").await);
    for org in [&oak, &elm] {
        for name in ["Olive", "Oscar"] {
            let me = org.staff(name, Role::OrgAdmin).await;
            let recalled = services::idempotency::recall(&me, "k", "op", b"hash").await.expect("recalls");
            let services::idempotency::Recalled::New(claim) = recalled else { panic!("somebody else's: {recalled:?}") };
            services::idempotency::keep(&me, &claim, 201, &json!({})).await.expect("keeps");
        }
    }
}

#[tokio::test]
async fn if_match_is_honoured_when_sent() {
    let router = || Router::new().route("/thing", patch(change));
    for (header, status) in [
        (None, 200),
        (Some("\"3\""), 200),
        (Some("W/\"3\""), 200),
        (Some("*"), 200),
        (Some("\"2\""), 412),
        (Some("3"), 412),
        (Some("\"abc\""), 412),
    ] {
        let mut request = request("PATCH", "/thing", None, None);
        if let Some(value) = header {
            request.headers_mut().insert("if-match", value.parse().expect("a header"));
        }
        let response = router().oneshot(request).await.expect("infallible");
        assert_eq!(response.status().as_u16(), status, "{header:?}");
    }
}
