//! Every job is registered, and payloads written by any release are understood by this one.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use testkit::TestApp;

/// `tests/payloads/<kind>.json` is a payload as the job's first release wrote it. A new job adds its file; a file is never edited.
#[tokio::test]
async fn payloads_of_every_release_are_understood() {
    let app = TestApp::new().await;
    let registry = services::background::registry(&app.house).expect("every name is unique");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/payloads");
    for kind in registry.kinds() {
        let payload = fs::read_to_string(folder.join(format!("{kind}.json")))
            .unwrap_or_else(|_| panic!("tests/payloads/{kind}.json holds a payload of this job"));
        registry.understands(kind, &payload).unwrap_or_else(|error| panic!("{kind}: {error}"));
        assert!(registry.understands(kind, "17").is_err(), "{kind} takes anything");
    }
    assert!(registry.understands("no-such-job", "{}").is_err());
}

#[tokio::test]
async fn a_job_that_exists_is_registered() {
    let app = TestApp::new().await;
    let registered: BTreeSet<String> =
        services::background::registry(&app.house).expect("every name is unique").kinds().into_iter().map(Into::into).collect();
    let mut declared = BTreeSet::new();
    kinds_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut declared);
    assert_eq!(declared, registered, "declared in a room, and registered in background.rs");
}

#[tokio::test]
async fn dead_log_ins_are_swept_away_every_hour() {
    let app = TestApp::new().await;
    let registry = services::background::registry(&app.house).expect("every name is unique");
    let now = "2026-11-20T10:00:00Z".parse().expect("a time");
    let scheduled: Vec<String> = registry.schedules(now).map(|(kind, next)| format!("{kind} {}", next.expect("a next run"))).collect();
    assert_eq!(scheduled, ["sweep-sign-ins 2026-11-20T10:17:00Z"]);
}

/// The names given by `const KIND: &'static str = "…"` in a folder's sources.
fn kinds_in(folder: &Path, kinds: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            kinds_in(&path, kinds);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = fs::read_to_string(&path).unwrap_or_default();
            let names = source.lines().filter_map(|line| line.trim().strip_prefix("const KIND: &'static str = \"")?.strip_suffix("\";"));
            kinds.extend(names.map(ToOwned::to_owned));
        }
    }
}
