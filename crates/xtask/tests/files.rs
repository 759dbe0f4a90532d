//! The files that no compiler reads: what they say must agree with each other and with what is there.

#![expect(clippy::unwrap_used, reason = "a helper of a test may panic as a test may")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The names of settings that `.env.example` lists, commented out or not.
fn settings() -> BTreeSet<String> {
    let text = read(".env.example");
    let names = text.lines().filter_map(|line| line.trim_start_matches("# ").split_once('=')).map(|(name, _)| name.to_owned());
    names.filter(|name| name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')).collect()
}

#[test]
fn leptos_toml_says_what_cargo_toml_says() {
    let block = |path: &str| toml::from_str::<toml::Table>(&read(path)).unwrap()["workspace"]["metadata"]["leptos"][0].clone();
    let (ours, cargo) = (block("Leptos.toml"), block("Cargo.toml"));
    for (key, value) in ours.as_table().unwrap() {
        assert_eq!(Some(value), cargo.get(key), "{key} differs between Leptos.toml and Cargo.toml");
    }
    for key in ["output-name", "site-root", "site-pkg-dir", "site-addr", "reload-port"] {
        assert!(ours.get(key).is_some(), "Leptos.toml lacks {key}");
    }
}

#[test]
fn the_server_functions_are_named_alike_by_cargo_and_cargo_leptos() {
    let env = toml::from_str::<toml::Table>(&read(".cargo/config.toml")).unwrap()["env"].clone();
    let leptos = toml::from_str::<toml::Table>(&read("Cargo.toml")).unwrap()["workspace"]["metadata"]["leptos"][0].clone();
    assert_eq!(env["LEPTOS_OUTPUT_NAME"], leptos["output-name"]);
}

fn compose() -> Value {
    serde_saphyr::from_str(&read("docker-compose.yml")).unwrap()
}

fn names(value: &Value) -> BTreeSet<&str> {
    match value {
        Value::Object(map) => map.keys().map(String::as_str).collect(),
        Value::Array(items) => items.iter().filter_map(|item| item.as_str().or_else(|| item["source"].as_str())).collect(),
        _ => BTreeSet::new(),
    }
}

#[test]
fn compose_has_its_services_and_they_refer_to_what_is_there() {
    let compose = compose();
    let services = names(&compose["services"]);
    for wanted in ["app", "worker", "migrate", "postgres", "mail", "files"] {
        assert!(services.contains(wanted), "no service {wanted}");
    }
    assert!(compose["services"]["postgres"]["image"].as_str().unwrap().starts_with("postgres:16"));
    for (name, service) in compose["services"].as_object().unwrap() {
        assert!(service["image"].is_string(), "{name} has no image (is its merge key read?)");
        for other in names(&service["depends_on"]) {
            assert!(services.contains(other), "{name} depends on {other}, which is not there");
        }
        for volume in names(&service["volumes"]) {
            let volume = volume.split(':').next().unwrap();
            assert!(names(&compose["volumes"]).contains(volume), "{name} mounts {volume}, which is not declared");
        }
        for config in names(&service["configs"]) {
            assert!(names(&compose["configs"]).contains(config), "{name} takes {config}, which is not declared");
        }
        for port in names(&service["ports"]) {
            assert!(port.starts_with("127.0.0.1:"), "{name} publishes {port} to the whole network");
        }
    }
}

#[test]
fn compose_and_the_image_use_settings_that_exist() {
    let (compose, known) = (compose(), settings());
    for service in ["app", "worker", "migrate"] {
        for name in names(&compose["services"][service]["environment"]) {
            assert!(known.contains(name), "{service} sets {name}, which .env.example does not know");
        }
    }
    let dockerfile = read("Dockerfile");
    let words = dockerfile.split(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'));
    for name in words.filter(|word| word.starts_with("FETTLE_")) {
        assert!(known.contains(name), "Dockerfile sets {name}, which .env.example does not know");
    }
}

/// Logical lines of the Dockerfile as (instruction, rest).
fn instructions(text: &str) -> Vec<(String, String)> {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with('#')).collect::<Vec<_>>().join("\n").replace("\\\n", " ");
    let split = lines.lines().filter_map(|line| line.trim().split_once(char::is_whitespace));
    split.map(|(instruction, rest)| (instruction.to_uppercase(), rest.trim().to_owned())).collect()
}

#[test]
fn the_image_copies_from_stages_and_paths_that_are_there_and_ends_unprivileged() {
    let text = read("Dockerfile");
    let ignore = read(".dockerignore");
    let allowed: BTreeSet<_> = ignore.lines().filter_map(|line| line.strip_prefix('!')).collect();
    let (mut stages, mut user) = (BTreeSet::new(), String::new());
    for (instruction, rest) in instructions(&text) {
        match instruction.as_str() {
            "FROM" => {
                let stage = rest.split_once(" AS ").unwrap_or_else(|| panic!("a stage without a name: FROM {rest}")).1;
                stages.insert(stage.to_owned());
                user = "root".to_owned();
            }
            "USER" => user = rest,
            "COPY" => {
                let words: Vec<_> = rest.split_whitespace().collect();
                if let Some(stage) = words[0].strip_prefix("--from=") {
                    assert!(stages.contains(stage), "COPY --from={stage}: no such stage before it");
                    continue;
                }
                for source in &words[..words.len() - 1] {
                    let top = source.split('/').next().unwrap();
                    assert!(root().join(source).exists(), "COPY {source}: not there");
                    assert!(top == "." || allowed.contains(top), "COPY {source}: .dockerignore keeps it out");
                }
            }
            _ => {}
        }
    }
    assert!(stages.len() >= 2, "compiler and product belong in different stages");
    assert_eq!(user, "fettle", "the image must not run as root");
}

#[test]
fn the_image_gets_every_crate_of_the_workspace() {
    let ignore = read(".dockerignore");
    let members = toml::from_str::<toml::Table>(&read("Cargo.toml")).unwrap()["workspace"]["members"].clone();
    for member in members.as_array().unwrap() {
        let top = member.as_str().unwrap().split('/').next().unwrap();
        assert!(ignore.lines().any(|line| line == format!("!{top}")), ".dockerignore keeps out {top}");
    }
}

#[test]
fn every_script_parses() {
    let mut scripts: Vec<_> = fs::read_dir(root().join("scripts")).unwrap().map(|entry| entry.unwrap().path()).collect();
    scripts.retain(|path| path.extension().is_some_and(|extension| extension == "sh"));
    scripts.push(root().join(".ci/run"));
    for script in scripts {
        let said = Command::new("bash").arg("-n").arg(&script).output().unwrap();
        assert!(said.status.success(), "{}: {}", script.display(), String::from_utf8_lossy(&said.stderr));
    }
}

#[test]
fn the_makefile_is_a_short_list_and_every_script_it_names_is_there() {
    let text = read("Makefile");
    let targets: Vec<_> = text.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()) && line.contains(':')).collect();
    assert!(targets.len() <= 20, "{} targets", targets.len());
    for target in &targets {
        assert!(target.contains(" ## "), "no comment: {target}");
    }
    for word in text.split_whitespace().filter(|word| word.starts_with("scripts/")) {
        assert!(root().join(word).exists(), "the Makefile names {word}, which is not there");
    }
}

/// What Leptos would compile anew for every page of the console (docs/adr/0007): ours is compiled once.
#[test]
fn pages_of_the_console_stay_cheap() {
    let mut folders = vec![root().join("app/staff/src")];
    while let Some(folder) = folders.pop() {
        for item in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if item.path().is_dir() {
                folders.push(item.path());
                continue;
            }
            let Ok(source) = fs::read_to_string(item.path()) else { continue };
            for (dear, ours) in [
                ("Resource::new", "ui::load"),
                ("Suspend::new", "ui::suspended"),
                ("ServerAction", "ui::Post"),
                ("<ActionForm", "ui::PostForm"),
            ] {
                assert!(!source.contains(dear), "{}: {dear} is compiled anew each time, use {ours}", item.path().display());
            }
        }
    }
}
