//! What reaches the browser: the names in the dependency tree of the WASM entry, committed, so that a new one is seen in review.
//! Macros and what they bring run in the compiler and are left out.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context as _, Result, bail, ensure};

const SNAPSHOT: &str = "crates/xtask/snapshots/wasm-tree.txt";

/// Never in a browser: they are native, or cost more bytes than a page. regex is not here, since leptos_config names it: the linker
/// drops it as long as nobody calls it, which the budget would show, and `arch` keeps our own crates from naming it.
const BANNED: &[&str] = &["axum", "chrono", "chrono-tz", "hyper", "reqwest", "rustls", "services", "sqlx", "tokio"];

pub fn run(root: &Path, bless: bool) -> Result<()> {
    let printed = crate::cargo(
        root,
        &[
            "tree",
            "--package",
            "frontend",
            "--target",
            "wasm32-unknown-unknown",
            "--edges",
            "normal,no-proc-macro",
            "--prefix",
            "none",
            "--format",
            "{p}",
        ],
    )?;
    let tree = names(&printed);
    let banned: Vec<_> = tree.iter().filter(|name| BANNED.contains(name)).copied().collect();
    ensure!(
        banned.is_empty(),
        "these must not reach the browser: {} (see: cargo tree -p frontend --target wasm32-unknown-unknown -e normal,no-proc-macro -i NAME)",
        banned.join(", ")
    );

    let path = root.join(SNAPSHOT);
    let now = tree.iter().fold(String::new(), |text, name| text + name + "\n");
    if bless {
        return fs::write(&path, now).with_context(|| format!("cannot write {SNAPSHOT}"));
    }
    let committed = fs::read_to_string(&path).with_context(|| format!("cannot read {SNAPSHOT}"))?;
    let known: BTreeSet<_> = committed.lines().collect();
    let changes: Vec<_> =
        tree.difference(&known).map(|name| format!("+ {name}")).chain(known.difference(&tree).map(|name| format!("- {name}"))).collect();
    if changes.is_empty() {
        return Ok(());
    }
    bail!("what reaches the browser has changed; if it is meant, run cargo xtask wasm-tree --bless:\n{}", changes.join("\n"))
}

/// Lines such as `serde v1.0.228 (*)`; each crate once.
fn names(printed: &str) -> BTreeSet<&str> {
    printed.lines().filter_map(|line| line.split_whitespace().next()).collect()
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn a_crate_is_named_once_whatever_its_version() {
        let printed = "frontend v0.1.0 (/x)\nsyn v2.0.1\nsyn v3.0.9 (*)\nserde_derive v1.0.2 (proc-macro)\n\n";
        assert_eq!(names(printed).into_iter().collect::<Vec<_>>(), ["frontend", "serde_derive", "syn"]);
    }
}
