//! The documents are part of the product: they stand, they lead somewhere, and the tests they name exist.

#![expect(clippy::expect_used, reason = "what a test arranges may fail as loudly as a test")]

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository").to_path_buf()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

#[test]
fn the_eleven_documents_stand() {
    for (document, says) in [
        ("README", "Quick start"),
        ("ASSUMPTIONS", "## Law"),
        ("ARCHITECTURE", "ARCHITECTURE.md"),
        ("SECURITY", "Hard rules for AI"),
        ("API", "Envelope"),
        ("AI", "intake-output"),
        ("DB", "row-level security"),
        ("UK_COMPLIANCE", "WCAG 2.2 AA"),
        ("RUNBOOK", "Incidents"),
        ("ROADMAP", "Next"),
        ("TESTING", "make test"),
    ] {
        assert!(read(&format!("docs/{document}.md")).contains(says), "docs/{document}.md does not speak of “{says}”");
    }
    assert!(read("ARCHITECTURE.md").contains("WASM-SAFE"), "the component diagram");
}

#[test]
fn the_readme_says_how_to_begin() {
    let readme = read("README.md");
    for command in ["make run", "make test"] {
        assert!(readme.contains(command), "{command}");
    }
}

#[test]
fn links_between_documents_lead_somewhere() {
    let mut documents =
        vec![root().join("README.md"), root().join("ARCHITECTURE.md"), root().join("CONTRIBUTING.md"), root().join("STYLE.md")];
    for folder in ["docs", "docs/adr"] {
        documents.extend(
            fs::read_dir(root().join(folder))
                .expect(folder)
                .map(|f| f.expect("a file").path())
                .filter(|p| p.extension().is_some_and(|e| e == "md")),
        );
    }
    let mut broken = Vec::new();
    for document in documents {
        let text = fs::read_to_string(&document).expect("a document");
        assert!(!text.contains("TODO") || document.ends_with("STYLE.md"), "{}: a placeholder", document.display());
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = link.split('#').next().unwrap_or("");
            if target.is_empty() || target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            if !document.parent().expect("a folder").join(target).exists() {
                broken.push(format!("{} → {link}", document.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn every_proof_the_map_names_exists() {
    let map = read("docs/spec-map.md");
    let mut missing = Vec::new();
    for proof in map.split('`').filter(|p| p.contains("::")) {
        let (file, name) = proof.split_once("::").expect("a proof");
        let there = fs::read_to_string(root().join(file)).is_ok_and(|text| {
            let last = name.rsplit("::").next().unwrap_or(name);
            if Path::new(file).extension().is_some_and(|e| e == "rs") { text.contains(&format!("fn {last}(")) } else { text.contains(last) }
        });
        if !there {
            missing.push(proof.to_owned());
        }
    }
    assert!(missing.is_empty(), "proofs that do not exist: {missing:#?}");
}
