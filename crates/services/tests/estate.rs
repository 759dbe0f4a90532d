//! Properties, units, tenancies and owners, as staff work with them.

#![expect(clippy::expect_used, reason = "what a test arranges may fail as loudly as a test")]

use domain::estate::{OwnerForm, PropertyFilter, PropertyForm, TenancyFilter, TenancyForm, TenancyStatus, UnitFilter, UnitForm};
use domain::policy::{Act, Role};
use domain::{ContactId, PropertyId, UnitId};
use services::estate::{Slice, owners, properties, tenancies, units};
use services::{Cx, Error, Staff};
use testkit::TestApp;

fn house(reference: &str, line1: &str) -> PropertyForm {
    PropertyForm {
        reference: reference.into(),
        kind: "house".into(),
        line1: line1.into(),
        city: "Leeds".into(),
        postcode: "LS11 6AB".into(),
        country: "england".into(),
        tenure: "social_rent".into(),
        landlord_kind: "housing_association".into(),
        ..PropertyForm::default()
    }
}
fn tenancy(unit: UnitId, start: &str, end: &str, tenants: &[ContactId]) -> TenancyForm {
    TenancyForm {
        unit_id: unit.to_string(),
        start_on: start.into(),
        end_on: end.into(),
        tenants: tenants.iter().map(ToString::to_string).collect::<Vec<_>>().join(","),
        ..TenancyForm::default()
    }
}
fn field(error: Error, field: &str) -> String {
    match error {
        Error::Invalid(errors) => errors.get(field).unwrap_or_else(|| panic!("{errors:?} says nothing of {field}")).to_owned(),
        other => panic!("{other:?}"),
    }
}
fn sentence(error: Error) -> String {
    match error {
        Error::Conflict(sentence) => sentence,
        other => panic!("{other:?}"),
    }
}
async fn audited(me: &Cx<Staff>, kind: &str) -> Vec<(Option<serde_json::Value>, Option<serde_json::Value>)> {
    let mut tx = me.begin(Act::ReadAudit).await.expect("begins");
    sqlx::query_as(
        "select v.old_value, v.new_value from audit_log a join audit_values v using (org_id, seq) where a.action = $1 order by a.seq",
    )
    .bind(kind)
    .fetch_all(tx.conn())
    .await
    .expect("reads")
}

#[tokio::test]
async fn a_house_gets_its_unit_at_once_and_a_block_waits_for_its_flats() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let olive = oak.staff("Olive", Role::OrgAdmin).await;
    let house = properties::create(&olive, &house("BG-14", "14 Beech Grove")).await.expect("created");
    let detail = properties::detail(&olive, house).await.expect("there");
    assert_eq!(detail.units.iter().map(|u| u.unit.label.as_str()).collect::<Vec<_>>(), ["Whole house"]);
    assert_eq!(detail.property.reference.as_deref(), Some("BG-14"));

    let block =
        properties::create(&olive, &PropertyForm { kind: "block".into(), ..self::house("HC", "Holbeck Court") }).await.expect("created");
    assert!(properties::detail(&olive, block).await.expect("there").units.is_empty());
    for label in ["Flat 10", "Flat 2"] {
        units::create(&olive, block, &UnitForm { label: label.into(), ..UnitForm::default() }).await.expect("created");
    }
    let labels: Vec<String> = properties::detail(&olive, block).await.expect("there").units.into_iter().map(|u| u.unit.label).collect();
    assert_eq!(labels, ["Flat 2", "Flat 10"], "flats are in the order of their numbers");
    let twice = units::create(&olive, block, &UnitForm { label: "Flat 2".into(), ..UnitForm::default() }).await.expect_err("refused");
    assert_eq!(field(twice, "label"), "This property has a unit called Flat 2 already");
}

#[tokio::test]
async fn a_reference_and_a_uprn_name_one_property() {
    let app = TestApp::new().await;
    let (oak, elm) = (app.org("Oak Homes").await, app.org("Elm Lettings").await);
    let olive = oak.staff("Olive", Role::Coordinator).await;
    let form = PropertyForm { uprn: "72185390".into(), ..house("BG-14", "14 Beech Grove") };
    let id = properties::create(&olive, &form).await.expect("created");
    let errors = properties::create(&olive, &PropertyForm { line1: "16 Beech Grove".into(), ..form.clone() }).await.expect_err("refused");
    let Error::Invalid(errors) = errors else { panic!("{errors:?}") };
    assert_eq!(errors.get("reference"), Some("14 Beech Grove has this reference already"));
    assert_eq!(errors.get("uprn"), Some("14 Beech Grove has this UPRN already"));
    let emma = elm.staff("Emma", Role::Coordinator).await;
    properties::create(&emma, &form).await.expect("another organisation has its own references");

    let version = properties::detail(&olive, id).await.expect("there").version;
    properties::archive(&olive, id, version).await.expect("archived");
    properties::create(&olive, &form).await.expect("an archived property gives its reference free");
}

#[tokio::test]
async fn of_two_who_edit_the_second_sees_the_firsts_change() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let (olive, omar) = (oak.staff("Olive", Role::OrgAdmin).await, oak.staff("Omar", Role::Coordinator).await);
    let id = properties::create(&olive, &house("BG-14", "14 Beech Grove")).await.expect("created");
    let read = properties::detail(&olive, id).await.expect("there").version;
    properties::edit(&olive, id, read, &PropertyForm { has_gas: "yes".into(), ..house("BG-14", "14 Beech Grove") }).await.expect("saved");
    let late = properties::edit(&omar, id, read, &house("BG-14", "14 Beech Street")).await.expect_err("refused");
    assert!(sentence(late).starts_with("Somebody else changed this"));
    let detail = properties::detail(&olive, id).await.expect("there");
    assert_eq!((detail.property.line1.as_str(), detail.property.has_gas), ("14 Beech Grove", Some(true)));
    assert_eq!(
        audited(&olive, "property:changed").await,
        [(Some(serde_json::json!({"has_gas": null})), Some(serde_json::json!({"has_gas": true})))]
    );

    properties::edit(&olive, id, detail.version, &PropertyForm::from(&detail.property)).await.expect("nothing changed");
    assert_eq!(properties::detail(&olive, id).await.expect("there").version, detail.version, "saving what is there is no change");
}

#[tokio::test]
async fn nothing_lived_in_is_archived() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let olive = oak.staff("Olive", Role::OrgAdmin).await;
    let home = oak.home("14 Beech Grove", "LS11 6AB").await;
    oak.tenant("Tom Hall", &home).await;
    let refused = properties::archive(&olive, home.property, 1).await.expect_err("refused");
    assert_eq!(sentence(refused), "14 Beech Grove has 1 live tenancy. End it first, then archive");
    let refused = units::archive(&olive, home.unit, 1).await.expect_err("refused");
    assert_eq!(sentence(refused), "Whole house has 1 live tenancy. End it first, then archive");

    let card = tenancies::list(&olive, &TenancyFilter::default(), &Slice::default()).await.expect("a list").items.remove(0);
    tenancies::end(&olive, card.id, 1, "19/11/2026").await.expect("ended");
    properties::archive(&olive, home.property, 1).await.expect("archived");
    assert!(matches!(properties::detail(&olive, home.property).await, Err(Error::NotFound)));
    assert!(matches!(units::detail(&olive, home.unit).await, Err(Error::NotFound)), "its units go with it");
    let archived = PropertyFilter { status: "archived".into(), ..PropertyFilter::default() };
    assert_eq!(properties::list(&olive, &archived, &Slice::default()).await.expect("a list").items.len(), 1);
    assert!(properties::list(&olive, &PropertyFilter::default(), &Slice::default()).await.expect("a list").items.is_empty());
}

#[tokio::test]
async fn people_find_a_home_by_whatever_they_know_of_it() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let olive = oak.staff("Olive", Role::Viewer).await;
    let writer = oak.staff("Omar", Role::Coordinator).await;
    properties::create(&writer, &PropertyForm { uprn: "72185390".into(), name: "The Old Mill".into(), ..house("BG-14", "14 Beech Grove") })
        .await
        .expect("created");
    properties::create(&writer, &PropertyForm { postcode: "LS9 8AA".into(), ..house("EL_100", "100% Elm Lane") }).await.expect("created");
    let found = async |search: &str| {
        let filter = PropertyFilter { search: search.into(), ..PropertyFilter::default() };
        let page = properties::list(&olive, &filter, &Slice::default()).await.expect("a list");
        page.items.into_iter().map(|p| p.line1).collect::<Vec<_>>().join("; ")
    };
    for search in ["beech", "14 beech", "BG-14", "72185390", "ls11", "LS11 6AB", "ls116ab", "old mill", "grove, leeds"] {
        assert_eq!(found(search).await, "14 Beech Grove", "{search}");
    }
    assert_eq!(found("leeds").await, "14 Beech Grove; 100% Elm Lane");
    assert_eq!(found("100%").await, "100% Elm Lane", "a per cent sign is no wildcard");
    assert_eq!(found("14_beech").await, "");
    assert_eq!(found("' or true --").await, "");
    let wrong = properties::list(&olive, &PropertyFilter { kind: "castle".into(), ..PropertyFilter::default() }, &Slice::default())
        .await
        .expect_err("refused");
    assert_eq!(field(wrong, "kind"), "Choose one of the list");
}

#[tokio::test]
async fn a_long_list_is_read_page_by_page_without_gaps() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let olive = oak.staff("Olive", Role::Viewer).await;
    for n in 1..=7 {
        oak.home(&format!("{} Beech Grove", n % 3), "LS11 6AB").await;
    }
    let mut seen: Vec<PropertyId> = Vec::new();
    let mut slice = Slice { after: None, size: 3 };
    let mut pages = 0;
    loop {
        let page = properties::list(&olive, &PropertyFilter::default(), &slice).await.expect("a page");
        seen.extend(page.items.iter().map(|p| p.id));
        pages += 1;
        let Some(next) = page.next else { break };
        slice.after = Some(next);
    }
    let mut unique = seen.clone();
    unique.sort();
    unique.dedup();
    assert_eq!((pages, seen.len(), unique.len()), (3, 7, 7));
    let all = units::list(&olive, &UnitFilter::default(), &Slice { after: None, size: 5 }).await.expect("a page");
    let rest = units::list(&olive, &UnitFilter::default(), &Slice { after: all.next, size: 5 }).await.expect("a page");
    assert_eq!((all.items.len(), rest.items.len(), rest.next), (5, 2, None));
    assert!(matches!(properties::list(&olive, &PropertyFilter::default(), &Slice::after("rubbish")).await, Err(Error::Invalid(_))));
}

#[tokio::test]
async fn one_unit_is_let_once_at_a_time() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let olive = oak.staff("Olive", Role::Coordinator).await;
    let home = oak.home("14 Beech Grove", "LS11 6AB").await;
    let (tom, nina, ola) =
        (oak.contact("Tom Hall", "tenant").await, oak.contact("Nina Hall", "tenant").await, oak.contact("Ola Owner", "owner").await);

    let first = tenancies::create(&olive, &tenancy(home.unit, "1/4/2026", "", &[tom, nina])).await.expect("let");
    let second = tenancies::create(&olive, &tenancy(home.unit, "1/12/2026", "", &[tom])).await.expect_err("refused");
    assert_eq!(
        field(second, "start_on"),
        "This unit is let to Tom Hall and Nina Hall since Wednesday 1 April 2026. End that tenancy first, or check the dates"
    );
    let stranger = tenancies::create(&olive, &tenancy(home.unit, "1/4/2025", "31/3/2026", &[ola])).await.expect_err("refused");
    assert!(field(stranger, "tenants").contains("owners and contractors are not tenants"));

    tenancies::end(&olive, first, 1, "30/11/2026").await.expect("ended");
    tenancies::create(&olive, &tenancy(home.unit, "1/12/2026", "", &[tom])).await.expect("the day after is free");
    let reopened = tenancies::end(&olive, first, 2, "1/12/2026").await.expect_err("refused");
    assert!(field(reopened, "end_on").starts_with("This unit is let to Tom Hall since Tuesday 1 December 2026"));

    let detail = properties::detail(&olive, home.property).await.expect("there");
    let current = detail.units[0].tenancy.as_ref().expect("somebody lives there");
    assert_eq!((current.id, current.status, current.names().as_str()), (first, TenancyStatus::Active, "Tom Hall and Nina Hall"));
    assert!(current.tenants[0].is_lead && !current.tenants[1].is_lead);
    let past = units::detail(&olive, home.unit).await.expect("there").tenancies;
    assert_eq!(past.iter().map(|t| t.status).collect::<Vec<_>>(), [TenancyStatus::Upcoming, TenancyStatus::Active]);
}

#[tokio::test]
async fn of_two_who_let_at_the_same_moment_one_is_refused() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let (olive, omar) = (oak.staff("Olive", Role::Coordinator).await, oak.staff("Omar", Role::Coordinator).await);
    let home = oak.home("14 Beech Grove", "LS11 6AB").await;
    let (tom, nina) = (oak.contact("Tom", "tenant").await, oak.contact("Nina", "tenant").await);
    let (toms, ninas) = (tenancy(home.unit, "1/4/2026", "", &[tom]), tenancy(home.unit, "1/5/2026", "", &[nina]));
    let (a, b) = tokio::join!(tenancies::create(&olive, &toms), tenancies::create(&omar, &ninas));
    assert_eq!(u8::from(a.is_ok()) + u8::from(b.is_ok()), 1);
}

#[tokio::test]
async fn joint_tenants_come_and_go_and_the_unit_stays() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let olive = oak.staff("Olive", Role::Coordinator).await;
    let (home, next_door) = (oak.home("14 Beech Grove", "LS11 6AB").await, oak.home("16 Beech Grove", "LS11 6AB").await);
    let (tom, nina) = (oak.contact("Tom", "tenant").await, oak.contact("Nina", "tenant").await);
    let id = tenancies::create(&olive, &TenancyForm { rent: "£650.50".into(), ..tenancy(home.unit, "1/4/2026", "", &[tom]) })
        .await
        .expect("let");
    let read = tenancies::detail(&olive, id).await.expect("there");
    let joined = TenancyForm { tenants: format!("{nina},{tom}"), ..TenancyForm::from(&read.tenancy) };
    tenancies::edit(&olive, id, read.version, &joined).await.expect("joined");
    let read = tenancies::detail(&olive, id).await.expect("there");
    assert_eq!((read.card.names().as_str(), read.tenancy.rent.map(|p| p.0)), ("Nina and Tom", Some(65_050)));
    let moved = TenancyForm { unit_id: next_door.unit.to_string(), ..joined };
    assert!(
        field(tenancies::edit(&olive, id, read.version, &moved).await.expect_err("refused"), "unit_id")
            .starts_with("A tenancy stays with its unit")
    );
    tenancies::remove(&olive, id, read.version).await.expect("a mistake is taken away");
    assert!(matches!(tenancies::detail(&olive, id).await, Err(Error::NotFound)));
    let found = tenancies::list(&olive, &TenancyFilter { search: "nina".into(), ..TenancyFilter::default() }, &Slice::default())
        .await
        .expect("a list");
    assert!(found.items.is_empty());
}

#[tokio::test]
async fn owners_hold_no_more_than_the_whole() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let olive = oak.staff("Olive", Role::Coordinator).await;
    let home = oak.home("14 Beech Grove", "LS11 6AB").await;
    let (ann, ben) = (oak.contact("Ann", "owner").await, oak.contact("Ben", "owner").await);
    let share = |contact: ContactId, percentage: &str| OwnerForm {
        contact_id: contact.to_string(),
        percentage: percentage.into(),
        ..OwnerForm::default()
    };
    let link = owners::link(&olive, home.property, &share(ann, "60")).await.expect("linked");
    let more = owners::link(&olive, home.property, &share(ben, "40.01")).await.expect_err("refused");
    assert_eq!(field(more, "percentage"), "The other owners hold 60% already, so at most 40% is left");
    owners::link(&olive, home.property, &OwnerForm { spend_limit: "£300".into(), ..share(ben, "40") }).await.expect("linked");
    assert!(field(owners::link(&olive, home.property, &share(ann, "")).await.expect_err("refused"), "contact_id").contains("already"));
    owners::change(&olive, link, &share(ann, "33.33")).await.expect("changed");
    let lines = properties::detail(&olive, home.property).await.expect("there").owners;
    assert_eq!(
        lines.iter().map(|o| (o.name.as_str(), o.percentage.map(|p| p.to_string()).unwrap_or_default())).collect::<Vec<_>>(),
        [("Ben", "40".into()), ("Ann", "33.33".into())]
    );
    owners::unlink(&olive, link).await.expect("unlinked");
    assert_eq!(properties::detail(&olive, home.property).await.expect("there").owners.len(), 1);
}

#[tokio::test]
async fn access_codes_are_sealed_and_each_look_is_on_record() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let (olive, vera) = (oak.staff("Olive", Role::OrgAdmin).await, oak.staff("Vera", Role::Viewer).await);
    let home = oak.home("14 Beech Grove", "LS11 6AB").await;
    properties::set_access_codes(&olive, home.property, 1, "Key safe C1234Z").await.expect("sealed");
    let stored: Vec<u8> = sqlx::query_scalar("select access_codes_enc from properties").fetch_one(app.behind()).await.expect("stored");
    assert!(!String::from_utf8_lossy(&stored).contains("C1234Z"));
    assert!(properties::detail(&olive, home.property).await.expect("there").has_access_codes);
    assert!(matches!(properties::reveal_access_codes(&vera, home.property, "curious").await, Err(Error::Forbidden)));
    assert!(
        field(properties::reveal_access_codes(&olive, home.property, " ").await.expect_err("refused"), "reason").starts_with("Enter why")
    );
    assert_eq!(properties::reveal_access_codes(&olive, home.property, "Plumber at the door").await.expect("shown"), "Key safe C1234Z");
    let looks: Vec<_> = audited(&olive, "access-codes:seen").await.into_iter().map(|(_, new)| new).collect();
    assert_eq!(looks, [Some(serde_json::json!({"reason": "Plumber at the door"}))]);
    let on_timeline: i64 = sqlx::query_scalar("select count(*) from timeline_events where kind like 'access-codes%'")
        .fetch_one(app.behind())
        .await
        .expect("counts");
    assert_eq!(on_timeline, 0);
    let anywhere: bool = sqlx::query_scalar("select exists (select from audit_values where new_value::text like '%C1234Z%')")
        .fetch_one(app.behind())
        .await
        .expect("looks");
    assert!(!anywhere, "the codes themselves are nowhere in the audit");
}

#[tokio::test]
async fn another_organisations_estate_is_not_there() {
    let app = TestApp::new().await;
    let (oak, elm) = (app.org("Oak Homes").await, app.org("Elm Lettings").await);
    let emma = elm.staff("Emma", Role::OrgAdmin).await;
    let home = oak.home("14 Beech Grove", "LS11 6AB").await;
    let tom = oak.contact("Tom", "tenant").await;
    let id = oak.tenancy(&home, tom, "2025-01-01", None).await;
    assert!(matches!(properties::detail(&emma, home.property).await, Err(Error::NotFound)));
    assert!(matches!(properties::edit(&emma, home.property, 1, &house("X", "Mine now")).await, Err(Error::NotFound)));
    assert!(matches!(properties::archive(&emma, home.property, 1).await, Err(Error::NotFound)));
    assert!(matches!(properties::reveal_access_codes(&emma, home.property, "x").await, Err(Error::NotFound)));
    assert!(matches!(
        units::create(&emma, home.property, &UnitForm { label: "Flat 1".into(), ..UnitForm::default() }).await,
        Err(Error::NotFound)
    ));
    assert!(matches!(tenancies::end(&emma, id, 1, "1/1/2027").await, Err(Error::NotFound)));
    assert!(
        field(tenancies::create(&emma, &tenancy(home.unit, "1/1/2027", "", &[tom])).await.expect_err("refused"), "unit_id")
            .starts_with("That unit is not there")
    );
}

#[tokio::test]
async fn a_viewer_reads_and_changes_nothing() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let vera = oak.staff("Vera", Role::Viewer).await;
    let home = oak.home("14 Beech Grove", "LS11 6AB").await;
    assert_eq!(properties::detail(&vera, home.property).await.expect("there").property.line1, "14 Beech Grove");
    assert!(matches!(properties::create(&vera, &house("X", "1 X Street")).await, Err(Error::Forbidden)));
    assert!(matches!(properties::archive(&vera, home.property, 1).await, Err(Error::Forbidden)));
    assert!(matches!(
        units::edit(&vera, home.unit, 1, &UnitForm { label: "X".into(), ..UnitForm::default() }).await,
        Err(Error::Forbidden)
    ));
}
