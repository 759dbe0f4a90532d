//! Spreadsheets in and out.

#![expect(clippy::expect_used, reason = "what a test arranges may fail as loudly as a test")]

use domain::estate::{ImportKind, ImportReport, PropertyFilter, TenancyFilter};
use domain::people::ContactFilter;
use domain::policy::{Act, Role};
use services::estate::{Slice, properties, tenancies};
use services::people::contacts;
use services::{Cx, Error, Staff, imports};
use testkit::TestApp;

const PROPERTIES: &str = "\
reference;kind;line1;city;postcode;country;tenure;landlord_kind;has_gas;unit;unit_bedrooms\r
BG-14;House;14 Beech Grove;Leeds;ls116ab;England;Social rent;Housing association;yes;;3\r
HC;Block of flats;Holbeck Court;Leeds;LS11 9AA;england;social_rent;housing_association;;Flat 1;1\r
HC;;;;;;;;;Flat 2;2\r
";
const CONTACTS: &str = "\
reference,kind,name,email,phone,preferred_language,shoe size
T-1,tenant,Tom Hall,tom@example.com,07700 900 982,,9
T-2,Tenant,\"Nina Hall, née Ray\",,,Polish,5
O-1,owner,=HYPERLINK(\"x\"),,,,
";
const TENANCIES: &str = "\
reference\tproperty_reference\tunit\ttenants\tstart_on\tend_on\trent
TA-1\tBG-14\t\tT-1;T-2\t1/4/2026\t\t650
TA-2\tHC\tflat 2\tT-2\t1/5/2025\t31/03/2026\t
";

async fn import(me: &Cx<Staff>, kind: ImportKind, text: &str) -> ImportReport {
    imports::run(me, kind, text.as_bytes()).await.expect("a report")
}
fn said(report: &ImportReport) -> Vec<String> {
    report.errors.iter().map(|e| format!("{} {}: {}", e.row, e.column, e.sentence)).collect()
}

#[tokio::test]
async fn an_estate_comes_in_from_three_files_and_a_second_time_changes_nothing() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let olive = oak.staff("Olive", Role::Coordinator).await;
    for round in 0..2 {
        for (kind, text, things) in
            [(ImportKind::Properties, PROPERTIES, 5), (ImportKind::Contacts, CONTACTS, 3), (ImportKind::Tenancies, TENANCIES, 2)]
        {
            let report = import(&olive, kind, text).await;
            assert_eq!(said(&report), Vec::<String>::new());
            assert!(report.done);
            assert_eq!(
                (report.new, report.changed, report.unchanged),
                if round == 0 { (things, 0, 0) } else { (0, 0, things) },
                "{kind:?} round {round}"
            );
        }
    }
    let homes = properties::list(&olive, &PropertyFilter::default(), &Slice::default()).await.expect("a list").items;
    assert_eq!(
        homes.iter().map(|p| (p.line1.as_str(), p.units, p.let_units)).collect::<Vec<_>>(),
        [("14 Beech Grove", 1, 1), ("Holbeck Court", 2, 0)]
    );
    let lets = tenancies::list(&olive, &TenancyFilter::default(), &Slice::default()).await.expect("a list").items;
    assert_eq!(lets[0].names(), "Tom Hall and Nina Hall, née Ray");
    assert_eq!(lets[1].place, "Flat 2, Holbeck Court, Leeds, LS11 9AA");
    let mut tx = olive.begin(Act::ReadEstate).await.expect("begins");
    let audited: Vec<(String, i64)> =
        sqlx::query_as("select action, count(*) from audit_log group by action order by action").fetch_all(tx.conn()).await.expect("reads");
    assert_eq!(
        audited,
        [
            ("contact:created".into(), 3),
            ("import:finished".into(), 6),
            ("property:created".into(), 2),
            ("tenancy:created".into(), 2),
            ("unit:created".into(), 3)
        ],
        "every change is audited as if typed"
    );
}

#[tokio::test]
async fn a_column_that_is_there_changes_and_one_that_is_not_leaves_alone() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let olive = oak.staff("Olive", Role::Coordinator).await;
    import(&olive, ImportKind::Contacts, CONTACTS).await;
    let report = import(&olive, ImportKind::Contacts, "reference,kind,name,phone\nT-1,tenant,Thomas Hall,\n").await;
    assert_eq!((report.changed, report.ignored_columns.len()), (1, 0));
    let found = contacts::list(&olive, &ContactFilter { search: "thomas".into(), ..ContactFilter::default() }, &Slice::default())
        .await
        .expect("a list")
        .items;
    assert_eq!((found[0].email.as_deref(), found[0].phone.as_deref()), (Some("tom@example.com"), None), "an empty cell empties");
}

#[tokio::test]
async fn all_or_nothing_and_every_error_by_row_and_column() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let olive = oak.staff("Olive", Role::Coordinator).await;
    oak.home("2 Elm Row", "LS1 1AA").await;
    sqlx::query("update properties set uprn = 72185390").execute(app.behind()).await.expect("has a UPRN");
    let wrong = "\
reference,kind,line1,city,postcode,country,tenure,landlord_kind,uprn,unit,unit_bedrooms
OK-1,house,1 Good Street,Leeds,LS1 2AB,england,social_rent,council,,,2
,house,2 No Street,Leeds,LS1 2AB,england,social_rent,council,,,
X-1,castle,,Leeds,LS1,england,social_rent,council,72185390,,
X-2,block,3 Flats Road,Leeds,LS1 2AB,england,social_rent,council,,Flat 1,lots
X-2,,4 Other Road,,,,,,,Flat 1,
X-3,block,5 Flats Road,Leeds,LS1 2AB,england,social_rent,council,72185390,,2
";
    let report = import(&olive, ImportKind::Properties, wrong).await;
    assert_eq!(
        said(&report),
        [
            "3 reference: Give the property a reference: it is how a second import knows it",
            "4 kind: Choose the kind of property",
            "4 line1: Enter the first line of the address",
            "4 postcode: Enter a full UK postcode, like LS11 6AB",
            "5 unit_bedrooms: Bedrooms must be a whole number from 0 to 50",
            "6 line1: Row 5 says “3 Flats Road” for the same reference",
            "6 unit: Row 5 has Flat 1 of this property already",
            "7 unit_bedrooms: Name the unit this belongs to in the column unit",
            "7 uprn: 2 Elm Row has this UPRN already",
        ]
    );
    assert!(!report.done);
    let homes = properties::list(&olive, &PropertyFilter::default(), &Slice::default()).await.expect("a list").items;
    assert_eq!(homes.len(), 1, "not even the good row is written");
}

#[tokio::test]
async fn tenancies_must_fit_the_homes_the_people_and_one_another() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let olive = oak.staff("Olive", Role::Coordinator).await;
    for (kind, text) in [(ImportKind::Properties, PROPERTIES), (ImportKind::Contacts, CONTACTS), (ImportKind::Tenancies, TENANCIES)] {
        assert!(import(&olive, kind, text).await.done);
    }
    let wrong = "\
reference,property_reference,unit,tenants,start_on,end_on
TA-3,BG-14,,T-1,1/12/2026,
TA-4,HC,,T-1,1/12/2026,
TA-5,HC,Flat 9,T-1,1/12/2026,
TA-6,ZZ,,T-9;O-1,1/12/2026,
TA-7,HC,Flat 1,T-1,1/12/2026,30/11/2026
TA-8,HC,Flat 1,T-1,1/1/2027,
TA-9,HC,Flat 1,T-2,1/2/2027,
TA-2,HC,Flat 1,T-2,1/5/2025,31/3/2026
";
    let report = imports::check(&olive, ImportKind::Tenancies, wrong.as_bytes()).await.expect("a report");
    assert_eq!(
        said(&report),
        [
            "2 start_on: This unit is let already, since Wednesday 1 April 2026",
            "3 unit: HC has 2 units: say which",
            "4 unit: HC has no unit called Flat 9",
            "5 property_reference: There is no property with the reference ZZ. Import properties first",
            "5 tenants: O-1 is not a tenant",
            "5 tenants: There is no contact with the reference T-9. Import contacts first",
            "6 end_on: The tenancy cannot end before it starts",
            "7 start_on: This unit is let by row 8, since Monday 1 February 2027",
            "8 start_on: This unit is let by row 7, since Friday 1 January 2027",
            "9 unit: A tenancy stays with its unit. End this one and give the new one a reference of its own",
        ]
    );
    let moved =
        "reference,property_reference,tenants,start_on,end_on\nTA-10,BG-14,T-2,1/12/2026,\nTA-1,BG-14,T-1;T-2,1/4/2026,30/11/2026\n";
    let report = import(&olive, ImportKind::Tenancies, moved).await;
    assert_eq!((said(&report), report.new, report.changed), (vec![], 1, 1), "one tenancy ends and the next begins in one file");
}

#[tokio::test]
async fn what_is_exported_can_be_imported_and_is_never_a_formula() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let olive = oak.staff("Olive", Role::Coordinator).await;
    for (kind, text) in [(ImportKind::Properties, PROPERTIES), (ImportKind::Contacts, CONTACTS), (ImportKind::Tenancies, TENANCIES)] {
        assert!(import(&olive, kind, text).await.done);
    }
    for kind in ImportKind::ALL {
        let file = imports::export(&olive, *kind).await.expect("a file");
        let report = import(&olive, *kind, &file).await;
        assert_eq!((said(&report), report.new, report.changed), (vec![], 0, 0), "{kind:?}");
        let cells = file.lines().flat_map(|line| line.split(',')).filter(|c| c.starts_with(['=', '+', '@']));
        assert_eq!(cells.count(), 0);
    }
    assert!(imports::export(&olive, ImportKind::Contacts).await.expect("a file").contains("'=HYPERLINK"));
}

#[tokio::test]
async fn who_may_not_import_reads_nothing_of_it() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let vera = oak.staff("Vera", Role::Viewer).await;
    assert!(matches!(imports::run(&vera, ImportKind::Contacts, CONTACTS.as_bytes()).await, Err(Error::Forbidden)));
    assert!(imports::export(&vera, ImportKind::Contacts).await.is_ok(), "a Viewer reads");
    let olive = oak.staff("Olive", Role::OrgAdmin).await;
    let workbook = import(&olive, ImportKind::Contacts, "PK\u{3}\u{4}").await;
    assert_eq!(workbook.rows, 0);
    assert!(workbook.errors[0].sentence.starts_with("This is an Excel workbook"));
}

#[tokio::test]
async fn ten_thousand_rows_come_in_at_once() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let olive = oak.staff("Olive", Role::Coordinator).await;
    let mut text = String::from("reference,kind,name,email,phone\n");
    for n in 0..10_000 {
        text.push_str(&format!("T-{n},tenant,Tenant {n},t{n}@example.com,07700 900 {:03}\n", n % 1000));
    }
    let begun = std::time::Instant::now();
    let report = import(&olive, ImportKind::Contacts, &text).await;
    assert_eq!((report.done, report.new), (true, 10_000));
    println!("10,000 contacts in {:?}", begun.elapsed());
    let again = imports::check(&olive, ImportKind::Contacts, text.as_bytes()).await.expect("a report");
    assert_eq!(again.unchanged, 10_000);
}
