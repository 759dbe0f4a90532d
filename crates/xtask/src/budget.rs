//! What a first visit costs, script and WASM together, as brotli sends it.

use std::{fmt::Write as _, fs, io::Write as _, path::Path};

use anyhow::{Context as _, Result, ensure};

use crate::bundle;

/// What a page loads at most, in bytes. The floor of a hydrated page, an app of one page with router, meta and a server function, is 162 kB.
/// Invariant: a limit only ever goes down. The console's goal is 400 kB for each of its parts: docs/ROADMAP.md says what is still to do.
struct Limit {
    audience: &'static str,
    /// The browser entry that hydrates its pages; plain pages have none.
    entry: Option<&'static str>,
    bytes: usize,
}

const LIMITS: &[Limit] = &[
    Limit { audience: "tenant", entry: None, bytes: 20_000 },
    Limit { audience: "staff", entry: Some("staff"), bytes: 505_000 },
    Limit { audience: "records", entry: Some("records"), bytes: 515_000 },
];

/// The scripts beside the entries; each page is charged for all of them.
const SCRIPTS: &[&str] = &["ui.js", "live.js"];

pub fn run(root: &Path) -> Result<()> {
    ensure!(bundle::stamp(root).release, "The budget counts a release bundle: run cargo xtask bundle --release first.");
    for (entry, _) in bundle::ENTRIES {
        ensure!(LIMITS.iter().any(|limit| limit.entry == Some(entry)), "the entry {entry} has no limit");
    }
    let site = bundle::site(root);
    let snippets: Vec<_> =
        bundle::files(&site.join("pkg/snippets"))?.into_iter().map(|path| Path::new("pkg/snippets").join(path)).collect();
    let mut table = String::from("pages      script+wasm, brotli      limit\n");
    let mut over = Vec::new();
    for Limit { audience, entry, bytes: limit } in LIMITS {
        let mut size = 0;
        for script in SCRIPTS {
            size += brotli_size(&site.join(script))?;
        }
        if let Some(entry) = entry {
            size += brotli_size(&site.join(format!("pkg/{entry}.js")))? + brotli_size(&site.join(format!("pkg/{entry}_bg.wasm")))?;
            // Snippets of inline script are shared between entries.
            for snippet in snippets.iter().filter(|path| path.extension().is_some_and(|extension| extension == "js")) {
                size += brotli_size(&site.join(snippet))?;
            }
        }
        writeln!(table, "{audience:<10} {:>16} kB {:>7} kB", size.div_ceil(1000), limit / 1000)?;
        if size > *limit {
            over.push(*audience);
        }
    }
    std::io::stdout().write_all(table.as_bytes())?;
    ensure!(over.is_empty(), "over budget: {}", over.join(", "));
    Ok(())
}

fn brotli_size(file: &Path) -> Result<usize> {
    match fs::metadata(file.with_added_extension("br")) {
        Ok(meta) => Ok(usize::try_from(meta.len())?),
        Err(_) => {
            let bytes = fs::read(file).with_context(|| format!("{} is not in the bundle", file.display()))?;
            Ok(bundle::brotli(&bytes)?.len())
        }
    }
}
