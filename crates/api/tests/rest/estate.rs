//! Properties, units, tenancies and contacts as a program works with them.

use axum::body::Body;
use http::Request;
use serde_json::{Value, json};
use services::auth::{Api, NewOrganisation, Registered};
use testkit::TestApp;

use crate::client::{Answered, call, get, request};

/// An administrator's token, in an organisation of their own.
async fn admin(app: &TestApp, email: &str) -> String {
    let new =
        NewOrganisation { org_name: "Oak Homes".into(), name: "Olive".into(), email: email.into(), password: "SecurePass123!".into() };
    match services::auth::register(&app.house, Api, new, &services::Request::default()).await.expect("registers") {
        Registered::In { key, .. } => key.access,
        Registered::EmailTaken => panic!("taken"),
    }
}
async fn send(app: &TestApp, method: &str, path: &str, token: &str, body: Value) -> Answered {
    call(app, request(method, path, Some(token), Some(&body))).await
}
async fn delete(app: &TestApp, path: &str, token: &str) -> Answered {
    call(app, request("DELETE", path, Some(token), None)).await
}
async fn send_with(app: &TestApp, method: &str, path: &str, token: &str, header: (&str, &str), body: Value) -> Answered {
    let mut request: Request<Body> = request(method, path, Some(token), Some(&body));
    request.headers_mut().insert(http::HeaderName::try_from(header.0).expect("a header"), header.1.parse().expect("a value"));
    call(app, request).await
}
fn house() -> Value {
    json!({
        "reference": "BG-14", "kind": "house", "line1": "14 Beech Grove", "city": "Leeds", "postcode": "ls116ab", "country": "england",
        "tenure": "social_rent", "landlordKind": "housing_association", "storeys": 2, "hasGas": true,
    })
}

#[tokio::test]
async fn a_home_a_person_and_a_tenancy_through_their_whole_life() {
    let app = TestApp::new().await;
    let token = admin(&app, "olive@example.com").await;
    let made = send(&app, "POST", "/api/v1/properties", &token, house()).await;
    assert_eq!(made.status, 201);
    let property = made.data()["id"].as_str().expect("an id").to_owned();
    assert_eq!(made.headers["location"].to_str().expect("text"), format!("/api/v1/properties/{property}"));
    assert_eq!((made.headers["etag"].to_str().expect("text"), &made.data()["postcode"]), ("\"1\"", &json!("LS11 6AB")));
    let unit = made.data()["units"][0]["id"].as_str().expect("its unit").to_owned();
    assert_eq!(made.data()["units"][0]["label"], "Whole house");

    let tom = send(&app, "POST", "/api/v1/contacts", &token, json!({"kind": "tenant", "name": "Tom Hall", "phone": "07700 900 982"})).await;
    assert_eq!((&tom.data()["phoneE164"], &tom.data()["preferredChannel"]), (&json!("+447700900982"), &json!("phone")));
    let tom = tom.data()["id"].clone();
    let tenancy = json!({"unitId": unit, "startOn": "2026-04-01", "rentPence": 65050, "tenantContactIds": [tom]});
    let let_to = send(&app, "POST", "/api/v1/tenancies", &token, tenancy.clone()).await;
    assert_eq!(
        (&let_to.data()["status"], &let_to.data()["rentPence"], &let_to.data()["place"]),
        (&json!("active"), &json!(65050), &json!("14 Beech Grove, Leeds, LS11 6AB"))
    );
    let tenancy_id = let_to.data()["id"].as_str().expect("an id").to_owned();
    let twice = send(&app, "POST", "/api/v1/tenancies", &token, tenancy).await;
    assert_eq!((twice.status.as_u16(), twice.code()), (422, "validation_failed"));
    assert!(twice.field("startOn").starts_with("This unit is let to Tom Hall since Wednesday 1 April 2026"));

    let found = get(&app, "/api/v1/properties?search=ls116ab&limit=1", &token).await;
    assert_eq!((&found.data()["items"][0]["letUnits"], &found.data()["next"]), (&json!(1), &Value::Null));
    assert_eq!(get(&app, &format!("/api/v1/units?propertyId={property}"), &token).await.data()["items"][0]["id"], json!(unit));
    assert_eq!(get(&app, &format!("/api/v1/units/{unit}"), &token).await.data()["tenancies"][0]["tenants"][0]["name"], "Tom Hall");
    assert_eq!(
        get(&app, "/api/v1/contacts?kind=tenant&search=900982", &token).await.data()["items"][0]["home"],
        "14 Beech Grove, Leeds, LS11 6AB"
    );

    let refused = delete(&app, &format!("/api/v1/properties/{property}"), &token).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "conflict"));
    assert_eq!(refused.body["error"]["message"], "14 Beech Grove has 1 live tenancy. End it first, then archive");
    let ended = send(&app, "PATCH", &format!("/api/v1/tenancies/{tenancy_id}"), &token, json!({"endOn": "2026-11-19"})).await;
    assert_eq!((&ended.data()["status"], &ended.data()["rentPence"]), (&json!("ended"), &json!(65050)));
    assert_eq!(delete(&app, &format!("/api/v1/properties/{property}"), &token).await.status, 200);
    assert_eq!(get(&app, &format!("/api/v1/properties/{property}"), &token).await.status, 404);
}

#[tokio::test]
async fn a_patch_changes_what_is_sent_null_empties_and_a_stale_one_is_refused() {
    let app = TestApp::new().await;
    let token = admin(&app, "olive@example.com").await;
    let made = send(&app, "POST", "/api/v1/properties", &token, house()).await;
    let path = format!("/api/v1/properties/{}", made.data()["id"].as_str().expect("an id"));
    let changed = send_with(&app, "PATCH", &path, &token, ("if-match", "\"1\""), json!({"storeys": null, "smokeAlarms": 2})).await;
    assert_eq!(
        (&changed.data()["storeys"], &changed.data()["smokeAlarms"], &changed.data()["hasGas"]),
        (&Value::Null, &json!(2), &json!(true))
    );
    assert_eq!(changed.headers["etag"], "\"2\"");
    let stale = send_with(&app, "PATCH", &path, &token, ("if-match", "\"1\""), json!({"storeys": 3})).await;
    assert_eq!((stale.status.as_u16(), stale.code()), (412, "precondition_failed"));
    assert_eq!(send(&app, "PATCH", &path, &token, json!({"storeys": 3, "version": 1})).await.status, 409);
    assert_eq!(
        send(&app, "PATCH", &path, &token, json!({"storeys": 3})).await.data()["storeys"],
        3,
        "without a version, what is there now is changed"
    );
}

#[tokio::test]
async fn bad_input_is_answered_by_field() {
    let app = TestApp::new().await;
    let token = admin(&app, "olive@example.com").await;
    let empty = send(&app, "POST", "/api/v1/properties", &token, json!({})).await;
    assert_eq!((empty.status.as_u16(), empty.code()), (422, "validation_failed"));
    assert_eq!(empty.field("landlordKind"), "Choose who the landlord is");
    let wrong = send(&app, "POST", "/api/v1/properties", &token, json!({"storeys": "two"})).await;
    assert!(wrong.field("storeys").starts_with("This must be"), "{}", wrong.body);
    let owner =
        send(&app, "POST", "/api/v1/contacts", &token, json!({"kind": "owner", "name": "x\u{0}".repeat(200), "email": "nobody"})).await;
    assert_eq!(owner.field("name"), "A name must be 120 characters or fewer");
    let tenancy = send(&app, "POST", "/api/v1/tenancies", &token, json!({"rentPence": -1})).await;
    assert_eq!(tenancy.field("rentPence"), "Rent must be an amount in pounds, like 650 or 650.50");
    assert_eq!(tenancy.field("tenantContactIds"), "Choose at least one tenant");
    assert_eq!(get(&app, "/api/v1/properties?kind=castle", &token).await.field("kind"), "Choose one of the list");
    assert_eq!(get(&app, "/api/v1/contacts?cursor=rubbish", &token).await.status, 422);
    assert_eq!(
        send(&app, "POST", "/api/v1/units", &token, json!({"label": "Flat 1"})).await.field("propertyId"),
        "Send the id of the property"
    );
}

#[tokio::test]
async fn a_repeated_request_makes_one_thing() {
    let app = TestApp::new().await;
    let token = admin(&app, "olive@example.com").await;
    let first = send_with(&app, "POST", "/api/v1/properties", &token, ("idempotency-key", "k-1"), house()).await;
    let again = send_with(&app, "POST", "/api/v1/properties", &token, ("idempotency-key", "k-1"), house()).await;
    assert_eq!((again.status.as_u16(), &again.data()["id"]), (201, &first.data()["id"]));
    assert_eq!(again.headers["idempotent-replayed"], "true");
    let other = send_with(&app, "POST", "/api/v1/properties", &token, ("idempotency-key", "k-1"), json!({"kind": "flat"})).await;
    assert_eq!(other.code(), "idempotency_key_reused");
}

#[tokio::test]
async fn consent_is_recorded_and_a_foreign_id_is_not_there() {
    let app = TestApp::new().await;
    let (token, other) = (admin(&app, "olive@example.com").await, admin(&app, "emma@example.com").await);
    let tom = send(&app, "POST", "/api/v1/contacts", &token, json!({"kind": "tenant", "name": "Tom Hall"})).await;
    let path = format!("/api/v1/contacts/{}", tom.data()["id"].as_str().expect("an id"));
    let said =
        send(&app, "POST", &format!("{path}/consents"), &token, json!({"channel": "sms", "decision": "opt_out", "source": "STOP by text"}))
            .await;
    assert_eq!((said.status.as_u16(), &said.data()["consents"][0]["optedIn"]), (201, &json!(false)));
    for (method, path, body) in [
        ("GET", path.clone(), None),
        ("PATCH", path.clone(), Some(json!({"name": "Mine"}))),
        ("DELETE", path.clone(), None),
        ("POST", format!("{path}/consents"), Some(json!({"channel": "sms", "decision": "opt_in", "source": "x"}))),
    ] {
        let answered = call(&app, request(method, &path, Some(&other), body.as_ref())).await;
        assert_eq!((answered.status.as_u16(), answered.code()), (404, "not_found"), "{method}");
    }
}

#[tokio::test]
async fn owners_codes_and_bank_details_are_kept_and_shown_with_a_reason() {
    let app = TestApp::new().await;
    let token = admin(&app, "olive@example.com").await;
    let property = send(&app, "POST", "/api/v1/properties", &token, house()).await.data()["id"].as_str().expect("an id").to_owned();
    let ann = send(&app, "POST", "/api/v1/contacts", &token, json!({"kind": "owner", "name": "Ann Owner"})).await.data()["id"].clone();
    let owners = format!("/api/v1/properties/{property}/owners");
    let linked =
        send(&app, "POST", &owners, &token, json!({"contactId": ann, "ownershipPercentage": "60", "spendLimitPence": 30000})).await;
    assert_eq!((linked.status.as_u16(), &linked.data()["owners"][0]["ownershipPercentage"]), (201, &json!("60")));
    let link = linked.data()["owners"][0]["id"].as_str().expect("an id").to_owned();
    let wrong = send(&app, "PATCH", &format!("/api/v1/owner-links/{link}"), &token, json!({"ownershipPercentage": "101"})).await;
    assert!(wrong.field("ownershipPercentage").starts_with("A share is a percentage"));
    assert_eq!(
        send(&app, "PATCH", &format!("/api/v1/owner-links/{link}"), &token, json!({"ownershipPercentage": "100"})).await.status,
        200
    );
    assert_eq!(delete(&app, &format!("/api/v1/owner-links/{link}"), &token).await.status, 200);

    let codes = format!("/api/v1/properties/{property}/access-codes");
    assert_eq!(send(&app, "PUT", &codes, &token, json!({"accessCodes": "C1234Z"})).await.data()["hasAccessCodes"], true);
    assert!(send(&app, "POST", &format!("{codes}/reveal"), &token, json!({"reason": ""})).await.field("reason").starts_with("Enter why"));
    assert_eq!(
        send(&app, "POST", &format!("{codes}/reveal"), &token, json!({"reason": "at the door"})).await.data()["accessCodes"],
        "C1234Z"
    );

    let contact = format!("/api/v1/contacts/{}", ann.as_str().expect("an id"));
    let bank = json!({"accountName": "A Owner", "sortCode": "404784", "accountNumber": "70872490"});
    assert_eq!(send(&app, "PUT", &format!("{contact}/bank-details"), &token, bank).await.data()["hasBankDetails"], true);
    assert_eq!(
        send(&app, "POST", &format!("{contact}/bank-details/reveal"), &token, json!({"reason": "refund"})).await.data()["sortCode"],
        "40-47-84"
    );
    let profile = json!({"trades": ["PLUMBER"]});
    assert_eq!(
        send(&app, "PUT", &format!("{contact}/contractor-profile"), &token, profile).await.code(),
        "conflict",
        "an owner is no contractor"
    );
    assert_eq!(get(&app, &format!("{contact}/data"), &token).await.data()["contact"]["name"], "Ann Owner");
    assert_eq!(send(&app, "POST", &format!("{contact}/erase"), &token, json!({"reason": "Asked"})).await.status, 200);
    assert_eq!(get(&app, &contact, &token).await.data()["name"], "Former owner");
}

#[tokio::test]
async fn settings_faults_and_files_through_the_api() {
    let app = TestApp::new().await;
    let token = admin(&app, "olive@example.com").await;
    assert_eq!(get(&app, "/api/v1/organisation/first-steps", &token).await.data()["property"], false);
    let changed = send(
        &app,
        "PATCH",
        "/api/v1/organisation",
        &token,
        json!({"urgentWorkingDays": 3, "emergencyPhone": "0113 496 0000", "ownerLimitPence": 30000}),
    )
    .await;
    assert_eq!(
        (&changed.data()["urgentWorkingDays"], &changed.data()["ownerLimitPence"], &changed.data()["version"]),
        (&json!(3), &json!(30000), &json!(2))
    );
    assert_eq!(send(&app, "PATCH", "/api/v1/organisation", &token, json!({"urgentWorkingDays": 3, "version": 1})).await.code(), "conflict");
    assert!(
        send(&app, "PATCH", "/api/v1/organisation", &token, json!({"brandColour": "teal"}))
            .await
            .field("brandColour")
            .starts_with("Enter a colour")
    );

    let faults = get(&app, "/api/v1/organisation/faults", &token).await.data().clone();
    assert_eq!(faults["edition"], 0);
    let mut own = faults["catalogue"].clone();
    own["rooms"][0]["name"] = json!("Galley");
    let changed = send(&app, "PUT", "/api/v1/organisation/faults", &token, json!({"catalogue": own})).await;
    assert_eq!((&changed.data()["edition"], &changed.data()["catalogue"]["rooms"][0]["name"]), (&json!(1), &json!("Galley")));
    assert!(
        send(&app, "PUT", "/api/v1/organisation/faults", &token, json!({"catalogue": {}}))
            .await
            .field("catalogue")
            .starts_with("This is not a catalogue")
    );

    let csv = "reference,kind,name\nT-1,tenant,Tom Hall\n";
    let checked = send(&app, "POST", "/api/v1/imports", &token, json!({"kind": "contacts", "csv": csv, "dryRun": true})).await;
    assert_eq!((&checked.data()["done"], &checked.data()["new"]), (&json!(false), &json!(1)));
    assert_eq!(send(&app, "POST", "/api/v1/imports", &token, json!({"kind": "contacts", "csv": csv})).await.data()["done"], true);
    let wrong = send(&app, "POST", "/api/v1/imports", &token, json!({"kind": "contacts", "csv": "reference,kind,name\nT-2,cat,\n"})).await;
    assert_eq!(
        (&wrong.data()["done"], &wrong.data()["errors"][0]["column"], &wrong.data()["errors"][0]["row"]),
        (&json!(false), &json!("kind"), &json!(2))
    );
    assert!(get(&app, "/api/v1/exports?kind=contacts", &token).await.data()["csv"].as_str().expect("text").contains("T-1,tenant,Tom Hall"));
    assert_eq!(get(&app, "/api/v1/exports?kind=cats", &token).await.field("kind"), "Send properties, contacts or tenancies");
}
