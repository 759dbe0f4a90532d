//! What an organisation decides for itself.

use domain::faults::Catalogue;
use domain::policy::Role;
use domain::settings::{FirstSteps, SettingsForm};
use services::{Error, settings};
use testkit::TestApp;

#[tokio::test]
async fn an_administrator_changes_settings_and_everybody_of_the_staff_reads_them() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let (olive, omar, vera) =
        (oak.staff("Olive", Role::OrgAdmin).await, oak.staff("Omar", Role::Coordinator).await, oak.staff("Vera", Role::Viewer).await);
    let before = settings::read(&vera).await.expect("reads");
    let form = SettingsForm {
        emergency_phone: "0113 496 0000".into(),
        urgent_working_days: "3".into(),
        ..SettingsForm::of(&before.name, &before.settings)
    };
    assert!(matches!(settings::change(&omar, before.version, &form).await, Err(Error::Forbidden)));
    settings::change(&olive, before.version, &form).await.expect("changed");
    let after = settings::read(&omar).await.expect("reads");
    assert_eq!((after.settings.emergency_phone.as_deref(), after.settings.targets.urgent_working_days), (Some("0113 496 0000"), 3));
    assert!(matches!(settings::change(&olive, before.version, &form).await, Err(Error::Conflict(_))), "a stale form overwrites nothing");
    let Err(Error::Invalid(errors)) = settings::change(&olive, after.version, &SettingsForm { brand_colour: "red".into(), ..form }).await
    else {
        panic!("refused")
    };
    assert_eq!(errors.get("brand_colour"), Some("Enter a colour as # and six digits, like #0f766e"));
    settings::set_logo(&olive, after.version, Some("logo/abc".into())).await.expect("changed");
    assert_eq!(settings::read(&olive).await.expect("reads").settings.logo_key.as_deref(), Some("logo/abc"));
}

#[tokio::test]
async fn an_organisation_edits_its_own_copy_of_the_faults() {
    let app = TestApp::new().await;
    let (oak, elm) = (app.org("Oak Homes").await, app.org("Elm Lettings").await);
    let (olive, emma) = (oak.staff("Olive", Role::OrgAdmin).await, elm.staff("Emma", Role::OrgAdmin).await);
    let (mut catalogue, version) = settings::faults(&olive).await.expect("reads");
    assert_eq!((&catalogue, version), (Catalogue::default_uk(), 0));
    catalogue.rooms[0].name = "Galley".into();
    settings::change_faults(&olive, 0, &serde_json::to_string(&catalogue).expect("json")).await.expect("changed");
    let (own, version) = settings::faults(&olive).await.expect("reads");
    assert_eq!((own.rooms[0].name.as_str(), version), ("Galley", 1));
    assert_eq!(settings::faults(&emma).await.expect("reads").1, 0, "another organisation keeps the default");
    assert!(matches!(settings::change_faults(&olive, 0, &serde_json::to_string(&catalogue).expect("json")).await, Err(Error::Conflict(_))));

    let Err(Error::Invalid(errors)) = settings::change_faults(&olive, 1, "{\"version\": 3}").await else { panic!("refused") };
    assert!(errors.get("catalogue").expect("said").starts_with("This is not a catalogue of faults"));
    catalogue.rooms.push(catalogue.rooms[0].clone());
    let Err(Error::Invalid(errors)) = settings::change_faults(&olive, 1, &serde_json::to_string(&catalogue).expect("json")).await else {
        panic!("refused")
    };
    assert!(errors.get("catalogue").is_some());
    settings::default_faults(&olive, 1).await.expect("back to the default");
    assert_eq!(settings::faults(&olive).await.expect("reads").0, *Catalogue::default_uk());
}

#[tokio::test]
async fn a_new_organisation_is_told_what_is_left_to_do() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let olive = oak.staff("Olive", Role::OrgAdmin).await;
    assert_eq!(settings::first_steps(&olive).await.expect("reads"), FirstSteps::default());
    let read = settings::read(&olive).await.expect("reads");
    settings::change(&olive, read.version, &SettingsForm::of(&read.name, &read.settings)).await.expect("looked through");
    let home = oak.home("14 Beech Grove", "LS11 6AB").await;
    assert_eq!(settings::first_steps(&olive).await.expect("reads"), FirstSteps { settings: true, property: true, ..FirstSteps::default() });
    oak.tenant("Tom", &home).await;
    oak.staff("Omar", Role::Coordinator).await;
    assert!(settings::first_steps(&olive).await.expect("reads").all_done());
}
