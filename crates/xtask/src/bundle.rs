//! The browser half: cargo for wasm32, wasm-bindgen, wasm-opt, stylesheet, public files, brotli, manifest.
//! The same steps as cargo-leptos, without needing it. What has not changed is not done again.

use std::{
    collections::BTreeMap,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
    thread,
};

use anyhow::{Context as _, Result, bail, ensure};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::css;

const TARGET: &str = "wasm32-unknown-unknown";

/// File → content hash, for whoever asks what is in the site.
const MANIFEST: &str = "manifest.json";
/// One hash of it all, for `?v=`: a file under such an address never changes and may be cached for a year.
const VERSION: &str = "version.txt";

/// The browser entries, as (name in the site, package). The shell picks by route; tenant and account pages have none.
pub const ENTRIES: &[(&str, &str)] = &[("staff", "frontend-staff"), ("records", "frontend-records")];
/// The entry with all of them, which `cargo leptos watch` serves.
const EVERYTHING: (&str, &str) = ("fettle", "frontend");

#[derive(clap::Args)]
pub struct Options {
    /// Small and precompressed, slow to build.
    #[arg(long)]
    release: bool,
    /// Also the entry with everything in it.
    #[arg(long)]
    all: bool,
}

/// What the last run did, beside what it made: `target/site.json`.
#[derive(Default, Serialize, Deserialize)]
pub struct Stamp {
    pub release: bool,
    /// Entry → hash of what its script and WASM were made from.
    entries: BTreeMap<String, String>,
    /// File in the site → hash of its content when its `.br` was written.
    compressed: BTreeMap<String, String>,
}

pub fn site(root: &Path) -> PathBuf {
    root.join("target/site")
}

pub fn stamp(root: &Path) -> Stamp {
    let text = fs::read_to_string(root.join("target/site.json")).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

pub fn run(root: &Path, options: &Options) -> Result<()> {
    let site = site(root);
    let package_dir = site.join("pkg");
    fs::create_dir_all(&package_dir).with_context(|| format!("cannot make {}", package_dir.display()))?;
    let mut entries = ENTRIES.to_vec();
    if options.all {
        entries.push(EVERYTHING);
    }

    let mut stamp = stamp(root);
    stamp.release = options.release;
    let wasm_dir = compile(root, options.release, &entries)?;
    let tools = format!(
        "{}|{}",
        version("wasm-bindgen")?,
        if options.release { version("wasm-opt").unwrap_or_default() } else { "dev".to_owned() }
    );
    // wasm-opt takes one core and half a minute a portal.
    let made = thread::scope(|scope| -> Result<Vec<(String, String)>> {
        let running: Vec<_> = entries
            .iter()
            .map(|(name, package)| {
                let wasm = wasm_dir.join(format!("{}.wasm", package.replace('-', "_")));
                let (known, tools, package_dir) = (stamp.entries.get(*name).cloned(), tools.as_str(), package_dir.as_path());
                scope.spawn(move || {
                    entry(name, &wasm, package_dir, options.release, tools, known.as_deref()).map(|key| ((*name).to_owned(), key))
                })
            })
            .collect();
        running.into_iter().map(|thread| thread.join().unwrap_or_else(|_| bail!("a bundling thread stopped"))).collect()
    })?;
    stamp.entries.extend(made);

    // Entries that are no more.
    for path in files(&package_dir)?.into_iter().filter(|path| path.parent() == Some(Path::new(""))) {
        let name = path.to_string_lossy();
        if name != "fettle.css" && name != "fettle.css.br" && !entries.iter().any(|(entry, _)| belongs_to(&name, entry)) {
            fs::remove_file(package_dir.join(&path))?;
        }
    }
    css::build(root, &package_dir.join("fettle.css"))?;
    mirror(&root.join("public"), &site)?;
    compress(&site, options.release, &mut stamp)?;
    let manifest = serde_json::to_vec_pretty(&manifest(&site)?)?;
    write_if_changed(&site.join(VERSION), digest(&manifest).as_bytes())?;
    write_if_changed(&site.join(MANIFEST), &manifest)?;
    write_if_changed(&root.join("target/site.json"), &serde_json::to_vec_pretty(&stamp)?)
}

fn compile(root: &Path, release: bool, entries: &[(&str, &str)]) -> Result<PathBuf> {
    let profile = if release { "wasm-release" } else { "wasm-dev" };
    let mut command = Command::new("cargo");
    command.current_dir(root).args(["build", "--lib", "--target", TARGET, "--profile", profile]);
    for (_, package) in entries {
        command.args(["--package", package]);
    }
    ensure!(command.status().context("cargo could not be run")?.success(), "the browser half does not compile");
    let metadata: serde_json::Value = serde_json::from_str(&crate::cargo(root, &["metadata", "--no-deps", "--format-version", "1"])?)?;
    let target =
        metadata.get("target_directory").and_then(serde_json::Value::as_str).context("cargo metadata names no target directory")?;
    Ok(Path::new(target).join(TARGET).join(profile))
}

/// Makes `NAME.js` and `NAME_bg.wasm` unless they were made from this very WASM; returns the key to remember.
fn entry(name: &str, wasm: &Path, out: &Path, release: bool, tools: &str, known: Option<&str>) -> Result<String> {
    let bytes = fs::read(wasm).with_context(|| format!("cannot read {}", wasm.display()))?;
    let key = format!("{}|{tools}", digest(&bytes));
    let optimised = out.join(format!("{name}_bg.wasm"));
    if known == Some(&key) && optimised.exists() && out.join(format!("{name}.js")).exists() {
        return Ok(key);
    }
    let mut bind = Command::new("wasm-bindgen");
    bind.args(["--target", "web", "--no-typescript", "--out-name", name, "--out-dir"]).arg(out).arg(wasm);
    if release {
        bind.arg("--remove-name-section").arg("--remove-producers-section");
    }
    ensure!(bind.status().context(missing("wasm-bindgen"))?.success(), "wasm-bindgen failed on {name}");
    if release {
        let small = optimised.with_extension("opt");
        let shrunk = Command::new("wasm-opt").args(["-Oz", "--all-features", "--output"]).arg(&small).arg(&optimised).status();
        match shrunk {
            Ok(status) => {
                ensure!(status.success(), "wasm-opt failed on {name}");
                fs::rename(&small, &optimised)?;
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                say(&format!("{}: the bundle is larger than it need be.", missing("wasm-opt")));
            }
            Err(error) => return Err(error).context("wasm-opt could not be run"),
        }
    }
    Ok(key)
}

fn belongs_to(file: &str, entry: &str) -> bool {
    file.strip_prefix(entry).is_some_and(|rest| rest.starts_with('.') || rest.starts_with("_bg."))
}

fn version(tool: &str) -> Result<String> {
    let output = Command::new(tool).arg("--version").output().with_context(|| missing(tool))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn missing(tool: &str) -> String {
    format!("{tool} is not on PATH; run scripts/setup.sh")
}

/// Makes the site outside `pkg/` the same as `public/`, removals included.
fn mirror(public: &Path, site: &Path) -> Result<()> {
    let wanted = files(public)?;
    for path in &wanted {
        write_if_changed(&site.join(path), &fs::read(public.join(path))?)?;
    }
    for path in files(site)? {
        let ours = path.starts_with("pkg") || is_about_the_site(&path);
        let source = if is_brotli(&path) { path.with_extension("") } else { path.clone() };
        if !ours && !wanted.contains(&source) {
            fs::remove_file(site.join(path))?;
        }
    }
    Ok(())
}

/// Writes `.br` beside what is worth it in a release; removes every one otherwise, as a stale one would be served.
fn compress(site: &Path, release: bool, stamp: &mut Stamp) -> Result<()> {
    for path in files(site)? {
        let full = site.join(&path);
        if is_about_the_site(&path) {
            continue;
        }
        if is_brotli(&path) {
            if !release || !site.join(path.with_extension("")).exists() {
                fs::remove_file(full)?;
            }
            continue;
        }
        if !release || !is_compressible(&path) {
            continue;
        }
        let bytes = fs::read(&full)?;
        let (name, hash) = (path.to_string_lossy().into_owned(), digest(&bytes));
        let beside = full.with_added_extension("br");
        if stamp.compressed.get(&name) != Some(&hash) || !beside.exists() {
            fs::write(beside, brotli(&bytes)?)?;
            stamp.compressed.insert(name, hash);
        }
    }
    if !release {
        stamp.compressed.clear();
    }
    Ok(())
}

pub fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut out = brotli::CompressorWriter::new(Vec::new(), 1 << 16, 11, 24);
    out.write_all(bytes)?;
    Ok(out.into_inner())
}

fn manifest(site: &Path) -> Result<BTreeMap<String, String>> {
    let served = files(site)?.into_iter().filter(|path| !is_brotli(path) && !is_about_the_site(path));
    served.map(|path| Ok((path.to_string_lossy().into_owned(), digest(&fs::read(site.join(&path))?)))).collect()
}

fn is_about_the_site(path: &Path) -> bool {
    path == Path::new(MANIFEST) || path == Path::new(VERSION)
}

fn is_brotli(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "br")
}

fn is_compressible(path: &Path) -> bool {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    extension.is_some_and(|extension| {
        ["css", "html", "ico", "js", "json", "svg", "txt", "wasm", "webmanifest", "xml"].contains(&extension.as_str())
    })
}

/// Every file below `folder`, by its path from there, sorted.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    fn walk(base: &Path, folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
        for item in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
            let path = item?.path();
            if path.is_dir() {
                walk(base, &path, found)?;
            } else if let Ok(below) = path.strip_prefix(base) {
                found.push(below.to_owned());
            }
        }
        Ok(())
    }
    let mut found = Vec::new();
    if folder.is_dir() {
        walk(folder, folder, &mut found)?;
    }
    found.sort();
    Ok(found)
}

fn write_if_changed(path: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

fn digest(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes).iter().take(8).fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_site_follows_public_and_keeps_its_own_files() {
        let folder = tempfile::tempdir().unwrap();
        let (public, site) = (folder.path().join("public"), folder.path().join("site"));
        write_if_changed(&public.join("drawings/tap.svg"), b"<svg/>").unwrap();
        write_if_changed(&site.join("drawings/gone.svg"), b"<svg/>").unwrap();
        write_if_changed(&site.join("drawings/gone.svg.br"), b"x").unwrap();
        write_if_changed(&site.join("pkg/staff.js"), b"export {}").unwrap();
        mirror(&public, &site).unwrap();
        assert_eq!(files(&site).unwrap(), [Path::new("drawings/tap.svg"), Path::new("pkg/staff.js")]);
    }

    #[test]
    fn a_release_compresses_once_and_a_dev_bundle_leaves_nothing_stale() {
        let folder = tempfile::tempdir().unwrap();
        let (site, mut stamp) = (folder.path(), Stamp::default());
        let (sheet, compressed) = (site.join("pkg/fettle.css"), site.join("pkg/fettle.css.br"));
        write_if_changed(&sheet, "p{color:red}".repeat(50).as_bytes()).unwrap();
        write_if_changed(&site.join("font.woff2"), b"wOF2").unwrap();
        compress(site, true, &mut stamp).unwrap();
        assert!(fs::metadata(&compressed).unwrap().len() < 60);
        assert!(!site.join("font.woff2.br").exists(), "fonts are compressed already");

        fs::write(&compressed, "untouched").unwrap();
        compress(site, true, &mut stamp).unwrap();
        assert_eq!(fs::read_to_string(&compressed).unwrap(), "untouched", "the same content is not compressed twice");
        fs::write(&sheet, "p{}").unwrap();
        compress(site, true, &mut stamp).unwrap();
        assert_ne!(fs::read_to_string(&compressed).unwrap_or_default(), "untouched");

        compress(site, false, &mut stamp).unwrap();
        assert!(!compressed.exists());
    }

    #[test]
    fn the_manifest_names_what_is_served_by_its_content() {
        let folder = tempfile::tempdir().unwrap();
        write_if_changed(&folder.path().join("pkg/a.js"), b"1").unwrap();
        write_if_changed(&folder.path().join("pkg/a.js.br"), b"1").unwrap();
        let before = manifest(folder.path()).unwrap();
        write_if_changed(&folder.path().join("pkg/a.js"), b"2").unwrap();
        let after = manifest(folder.path()).unwrap();
        assert_eq!(before.keys().collect::<Vec<_>>(), ["pkg/a.js"]);
        assert_ne!(before, after);
    }
}
