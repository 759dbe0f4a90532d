//! Contacts, consent, bank details and contractor profiles, as staff work with them.

use domain::people::{BankForm, ConsentForm, ContactFilter, ContactForm, ProfileForm};
use domain::policy::Role;
use services::Error;
use services::estate::Slice;
use services::people::{contacts, contractors};
use testkit::TestApp;

fn tom() -> ContactForm {
    ContactForm {
        kind: "tenant".into(),
        name: "Tom Hall".into(),
        email: "Tom.Hall@Example.com".into(),
        phone: "07700 900 982".into(),
        ..ContactForm::default()
    }
}
fn field(error: Error, field: &str) -> String {
    match error {
        Error::Invalid(errors) => errors.get(field).unwrap_or_else(|| panic!("{errors:?} says nothing of {field}")).to_owned(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_contact_is_kept_as_typed_and_found_by_whatever_is_known() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let olive = oak.staff("Olive", Role::Coordinator).await;
    let id = contacts::create(&olive, &ContactForm { reference: "T-77".into(), ..tom() }).await.expect("created");
    oak.contact("Nina Other", "owner").await;
    let detail = contacts::detail(&olive, id).await.expect("there");
    assert_eq!(detail.contact.phone.as_ref().map(|p| p.as_str()), Some("+447700900982"));
    assert_eq!(ContactForm::from(&detail.contact).phone, "07700 900 982");
    let found = async |search: &str, kind: &str| {
        let filter = ContactFilter { search: search.into(), kind: kind.into(), ..ContactFilter::default() };
        contacts::list(&olive, &filter, &Slice::default())
            .await
            .expect("a list")
            .items
            .into_iter()
            .map(|c| c.name)
            .collect::<Vec<_>>()
            .join("; ")
    };
    for search in ["hall", "TOM", "tom.hall@", "07700 900 982", "07700900", "+447700", "t-77"] {
        assert_eq!(found(search, "").await, "Tom Hall", "{search}");
    }
    assert_eq!(found("", "").await, "Nina Other; Tom Hall");
    assert_eq!(found("", "owner").await, "Nina Other");
    let refused = contacts::create(&olive, &ContactForm { phone: "07700 900".into(), ..tom() }).await.expect_err("refused");
    assert_eq!(field(refused, "phone"), "Enter a telephone number, like 07700 900 982 or +44 113 496 0000");
    let twice = contacts::create(&olive, &ContactForm { reference: "T-77".into(), ..tom() }).await.expect_err("refused");
    assert_eq!(field(twice, "reference"), "Another contact has this reference");
}

#[tokio::test]
async fn a_stale_edit_is_refused_and_a_kind_does_not_change() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let olive = oak.staff("Olive", Role::Coordinator).await;
    let id = contacts::create(&olive, &tom()).await.expect("created");
    contacts::edit(&olive, id, 1, &ContactForm { large_print: "yes".into(), ..tom() }).await.expect("saved");
    assert!(matches!(contacts::edit(&olive, id, 1, &tom()).await, Err(Error::Conflict(_))));
    let kind = contacts::edit(&olive, id, 2, &ContactForm { kind: "owner".into(), ..tom() }).await.expect_err("refused");
    assert_eq!(field(kind, "kind"), "They are on record as tenant. Somebody who is both has a contact for each");
}

#[tokio::test]
async fn nobody_with_a_home_is_archived() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let olive = oak.staff("Olive", Role::Coordinator).await;
    let home = oak.home("14 Beech Grove", "LS11 6AB").await;
    let id = contacts::create(&olive, &tom()).await.expect("created");
    oak.tenancy(&home, id, "2025-01-01", None).await;
    let refused = contacts::archive(&olive, id, 1).await.expect_err("refused");
    assert_eq!(refused.to_string(), "Tom Hall has 1 live tenancy. End what is live first, then archive");
    assert_eq!(
        contacts::list(&olive, &ContactFilter::default(), &Slice::default()).await.expect("a list").items[0].home.as_deref(),
        Some("14 Beech Grove, Leeds, LS11 6AB")
    );
    sqlx::query("update tenancies set end_on = '2026-11-19'").execute(app.behind()).await.expect("moves out");
    contacts::archive(&olive, id, 1).await.expect("archived");
    assert!(matches!(contacts::detail(&olive, id).await, Err(Error::NotFound)));
}

#[tokio::test]
async fn consent_is_a_history() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let olive = oak.staff("Olive", Role::Coordinator).await;
    let id = contacts::create(&olive, &tom()).await.expect("created");
    let says = async |decision: &str, source: &str| {
        contacts::record_consent(&olive, id, &ConsentForm { channel: "sms".into(), decision: decision.into(), source: source.into() }).await
    };
    says("opt_in", "Tenancy agreement").await.expect("recorded");
    app.clock.forward(jiff::SignedDuration::from_hours(24));
    says("opt_out", "STOP by text").await.expect("recorded");
    assert!(says("opt_out", " ").await.is_err());
    let consents = contacts::detail(&olive, id).await.expect("there").consents;
    assert_eq!(
        consents.iter().map(|c| (c.opts_in, c.source.as_str())).collect::<Vec<_>>(),
        [(false, "STOP by text"), (true, "Tenancy agreement")]
    );
}

#[tokio::test]
async fn bank_details_are_sealed_and_each_look_is_on_record() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let (olive, vera) = (oak.staff("Olive", Role::Coordinator).await, oak.staff("Vera", Role::Viewer).await);
    let id = oak.contact("Ann Owner", "owner").await;
    let form = BankForm { account_name: "A Owner".into(), sort_code: "40 47 84".into(), account_number: "70872490".into() };
    contacts::set_bank_details(&olive, id, 1, &form).await.expect("sealed");
    let stored: Vec<u8> = sqlx::query_scalar("select bank_details_enc from contacts").fetch_one(app.behind()).await.expect("stored");
    assert!(!String::from_utf8_lossy(&stored).contains("70872490"));
    assert!(matches!(contacts::reveal_bank_details(&vera, id, "curious").await, Err(Error::Forbidden)));
    let shown = contacts::reveal_bank_details(&olive, id, "Refund of October").await.expect("shown");
    assert_eq!((shown.sort_code.as_str(), shown.account_number.as_str()), ("40-47-84", "70872490"));
    let looks: i64 = sqlx::query_scalar("select count(*) from audit_log where action = 'bank-details:seen'")
        .fetch_one(app.behind())
        .await
        .expect("counts");
    assert_eq!(looks, 1);
    contacts::set_bank_details(&olive, id, 2, &BankForm::default()).await.expect("forgotten");
    assert!(matches!(contacts::reveal_bank_details(&olive, id, "again").await, Err(Error::NotFound)));
}

#[tokio::test]
async fn contractors_are_found_by_trade() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let olive = oak.staff("Olive", Role::Coordinator).await;
    let (pat, eve) = (oak.contact("Pat Plumber", "contractor").await, oak.contact("Eve Electric", "contractor").await);
    let profile = ProfileForm {
        trades: "PLUMBER,GAS_ENGINEER".into(),
        postcode_areas: "LS".into(),
        licences: "Gas Safe, 512345, 31/3/2027".into(),
        ..ProfileForm::default()
    };
    contractors::set_profile(&olive, pat, 0, &profile).await.expect("made");
    assert!(matches!(contractors::set_profile(&olive, pat, 0, &profile).await, Err(Error::Conflict(_))), "made meanwhile");
    contractors::set_profile(&olive, pat, 1, &ProfileForm { out_of_hours: "yes".into(), ..profile.clone() }).await.expect("changed");
    contractors::set_profile(&olive, eve, 0, &ProfileForm { trades: "Electrician".into(), ..ProfileForm::default() }).await.expect("made");
    let filter = ContactFilter { trade: "GAS_ENGINEER".into(), ..ContactFilter::default() };
    let found = contractors::list(&olive, &filter, &Slice::default()).await.expect("a list").items;
    assert_eq!(found.len(), 1);
    let profile = found[0].profile.as_ref().expect("a profile");
    assert!(profile.profile.out_of_hours && profile.version == 2);
    assert_eq!(profile.profile.licences[0].scheme, "Gas Safe");
    let categories: Vec<String> = sqlx::query_scalar("select service_categories from contractor_profiles where contact_id = $1")
        .bind(pat.uuid())
        .fetch_one(app.behind())
        .await
        .expect("stored");
    assert_eq!(categories, ["PLUMBING", "HVAC"]);
    let tenant = oak.contact("Tom", "tenant").await;
    assert!(matches!(
        contractors::set_profile(&olive, tenant, 0, &ProfileForm { trades: "Plumber".into(), ..ProfileForm::default() }).await,
        Err(Error::Conflict(_))
    ));
}

#[tokio::test]
async fn another_organisations_people_are_not_there() {
    let app = TestApp::new().await;
    let (oak, elm) = (app.org("Oak Homes").await, app.org("Elm Lettings").await);
    let emma = elm.staff("Emma", Role::OrgAdmin).await;
    let id = oak.contact("Tom", "tenant").await;
    assert!(matches!(contacts::detail(&emma, id).await, Err(Error::NotFound)));
    assert!(matches!(contacts::edit(&emma, id, 1, &tom()).await, Err(Error::NotFound)));
    assert!(matches!(
        contacts::record_consent(&emma, id, &ConsentForm { channel: "sms".into(), decision: "opt_in".into(), source: "x".into() }).await,
        Err(Error::NotFound)
    ));
}
