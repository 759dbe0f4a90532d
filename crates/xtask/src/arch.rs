//! Who may know whom (ARCHITECTURE.md): the walls between our crates, and who may speak to the outside.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

/// One crate and all of ours that it may name. Listed under the second: only where there is no browser.
struct Room {
    name: &'static str,
    may: &'static [&'static str],
    natively: &'static [&'static str],
}

const fn room(name: &'static str, may: &'static [&'static str], natively: &'static [&'static str]) -> Room {
    Room { name, may, natively }
}

const ROOMS: &[Room] = &[
    room("domain", &[], &[]),
    room("wire", &["domain"], &[]),
    room("ui", &["domain", "wire"], &[]),
    room("account", &["domain", "ui", "wire"], &["gate", "services"]),
    room("contractor", &["domain", "ui", "wire"], &["gate", "services"]),
    room("staff", &["domain", "ui", "wire"], &["gate", "services"]),
    room("tenant", &["domain", "ui", "wire"], &["gate", "services"]),
    room("app", &["account", "contractor", "staff", "tenant", "ui", "wire"], &["gate"]),
    room("frontend", &["staff"], &[]),
    room("frontend-contractor", &["account", "contractor", "ui"], &[]),
    room("frontend-records", &["staff", "ui"], &[]),
    room("frontend-staff", &["staff", "ui"], &[]),
    room("db", &["domain"], &[]),
    room("jobs", &["db", "domain"], &[]),
    room("services", &["db", "domain", "jobs", "wire"], &[]),
    room("providers", &["domain", "services"], &[]),
    room("documents", &["domain", "services"], &[]),
    room("gate", &["domain", "services", "wire"], &[]),
    room("api", &["domain", "gate", "services", "wire"], &[]),
    room("testkit", &["db", "domain", "jobs", "providers", "services", "wire"], &[]),
    room("server", &["account", "api", "app", "db", "documents", "domain", "gate", "jobs", "providers", "services", "ui", "wire"], &[]),
    room("xtask", &[], &[]),
];

/// Crates from outside (a name, or a beginning with `*`) that only these of ours may name.
const DOORS: &[(&str, &[&str])] = &[
    ("sqlx*", &["db", "jobs", "services", "server", "testkit"]),
    ("jiff-sqlx", &["db", "jobs", "services", "testkit"]),
    ("riverqueue*", &["db", "jobs"]),
    ("axum*", &["api", "gate", "server"]),
    ("tower*", &["api", "gate", "server"]),
    ("hyper*", &["gate", "server"]),
    ("lettre", &["providers"]),
    ("aws-*", &["providers"]),
    ("reqwest", &["providers"]),
    ("leptos_axum", &["gate", "server"]),
    ("leptos*", &["account", "app", "contractor", "frontend*", "gate", "server", "staff", "tenant", "ui"]),
    ("wasm-bindgen*", &["account", "app", "contractor", "frontend*", "staff", "tenant", "ui"]),
    ("web-sys", &["account", "app", "contractor", "frontend*", "staff", "tenant", "ui"]),
    ("tokio*", &["api", "db", "gate", "jobs", "providers", "server", "services", "testkit"]),
    ("rand*", &["gate", "server", "services", "testkit"]),
    ("regex*", &["documents", "providers", "server", "services"]),
    ("typst*", &["documents"]),
];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize, Clone)]
struct Dependency {
    name: String,
    /// `None` is an ordinary one; else `dev` or `build`.
    kind: Option<String>,
    target: Option<String>,
    /// Set for those in this workspace.
    path: Option<String>,
}

pub fn run(root: &Path) -> Result<()> {
    let printed = crate::cargo(root, &["metadata", "--no-deps", "--format-version", "1"])?;
    let metadata: Metadata = serde_json::from_str(&printed).context("cargo metadata changed its shape")?;
    let wrongs: Vec<_> = metadata.packages.iter().flat_map(wrongs).collect();
    if wrongs.is_empty() { Ok(()) } else { bail!("walls broken (see ARCHITECTURE.md, who may know whom):\n{}", wrongs.join("\n")) }
}

fn wrongs(package: &Package) -> Vec<String> {
    let name = package.name.as_str();
    let Some(room) = ROOMS.iter().find(|room| room.name == name) else {
        return vec![format!("{name}: a crate is a wall, and this one is not named in crates/xtask/src/arch.rs")];
    };
    package
        .dependencies
        .iter()
        .filter_map(|dependency| wrong(room, dependency).map(|why| format!("{name} → {}: {why}", dependency.name)))
        .collect()
}

fn wrong(room: &Room, dependency: &Dependency) -> Option<String> {
    let other = dependency.name.as_str();
    if dependency.kind.is_some() {
        // Tests may use anything but another floor's insides; the kit exists for them.
        return (room.name == "domain" && dependency.path.is_some()).then(|| "the domain is tested on its own".to_owned());
    }
    if dependency.path.is_some() {
        let natively = dependency.target.as_deref() == Some("cfg(not(target_arch = \"wasm32\"))");
        return if other == "testkit" {
            Some("for tests only".to_owned())
        } else if room.may.contains(&other) || (natively && room.natively.contains(&other)) {
            None
        } else if room.natively.contains(&other) {
            Some("only under [target.'cfg(not(target_arch = \"wasm32\"))'.dependencies], or it reaches the browser".to_owned())
        } else {
            Some("not among those it may know".to_owned())
        };
    }
    // The first door that fits decides, so that leptos_axum is not taken for any leptos.
    let (_, through) = DOORS.iter().find(|(pattern, _)| fits(pattern, other))?;
    (!through.iter().any(|pattern| fits(pattern, room.name))).then(|| format!("only {} may", through.join(", ")))
}

fn fits(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(package: &str, name: &str, ours: bool, kind: Option<&str>, target: Option<&str>) -> Vec<String> {
        let path = ours.then(|| "/x".to_owned());
        let dependency = Dependency { name: name.to_owned(), kind: kind.map(str::to_owned), target: target.map(str::to_owned), path };
        wrongs(&Package { name: package.to_owned(), dependencies: vec![dependency] })
    }

    const NATIVE: Option<&str> = Some("cfg(not(target_arch = \"wasm32\"))");

    #[test]
    fn a_portal_reaches_services_natively_only_and_never_sql() {
        assert!(of("tenant", "services", true, None, NATIVE).is_empty());
        assert_eq!(of("tenant", "services", true, None, None).len(), 1);
        for outside in ["sqlx", "axum", "tokio", "reqwest", "leptos_axum"] {
            assert_eq!(of("tenant", outside, false, None, NATIVE).len(), 1, "{outside}");
        }
        assert_eq!(of("tenant", "db", true, None, NATIVE).len(), 1);
        assert_eq!(of("tenant", "staff", true, None, None).len(), 1, "portals do not know each other");
    }

    #[test]
    fn the_domain_knows_nobody() {
        for outside in ["sqlx", "tokio", "axum", "rand", "leptos"] {
            assert_eq!(of("domain", outside, false, None, None).len(), 1, "{outside}");
        }
        assert_eq!(of("domain", "wire", true, None, None).len(), 1);
        assert!(of("domain", "proptest", false, Some("dev"), None).is_empty());
    }

    #[test]
    fn rest_is_not_built_on_leptos_and_the_gate_is() {
        assert_eq!(of("api", "leptos", false, None, None).len(), 1);
        assert!(of("gate", "leptos_axum", false, None, None).is_empty());
        assert!(of("gate", "leptos_router", false, None, None).is_empty());
        assert_eq!(of("ui", "leptos_axum", false, None, None).len(), 1);
    }

    #[test]
    fn the_test_kit_is_for_tests() {
        assert_eq!(of("server", "testkit", true, None, None).len(), 1);
        assert!(of("server", "testkit", true, Some("dev"), None).is_empty());
    }

    #[test]
    fn a_new_crate_must_be_named() {
        assert_eq!(of("helpers", "serde", false, None, None).len(), 1);
    }
}
