//! What cargo alone does not do: the browser bundle, the stylesheet, and the walls of the house checked from outside.

mod arch;
mod budget;
mod bundle;
mod css;
mod wasm_tree;

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, Result, ensure};
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Bundle, architecture tests, budgets.")]
struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build the browser half into target/site: WASM per portal, stylesheet, public files, manifest.
    Bundle(bundle::Options),
    /// Check who may depend on whom.
    Arch,
    /// Compare what reaches the browser with the committed list.
    WasmTree {
        /// Write the list instead of comparing.
        #[arg(long)]
        bless: bool,
    },
    /// Fail when a portal's script and WASM are over their brotli budget. Needs a release bundle.
    Budget,
    /// Write the stylesheet only, for a look at it without the WASM.
    Css {
        #[arg(default_value = "target/site/pkg/fettle.css")]
        out: PathBuf,
    },
}

fn main() -> ExitCode {
    match run(Args::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // What went wrong and why, for a person; a backtrace would only say where in here.
            let _ = writeln!(std::io::stderr(), "xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<()> {
    let root = root()?;
    match task {
        Task::Bundle(options) => bundle::run(&root, &options),
        Task::Arch => arch::run(&root),
        Task::WasmTree { bless } => wasm_tree::run(&root, bless),
        Task::Budget => budget::run(&root),
        Task::Css { out } => css::build(&root, &root.join(out)),
    }
}

fn root() -> Result<PathBuf> {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).map(Path::to_owned).context("xtask lies in crates/xtask")
}

/// Runs cargo and returns what it printed.
fn cargo(root: &Path, arguments: &[&str]) -> Result<String> {
    let output = std::process::Command::new("cargo")
        .args(arguments)
        .current_dir(root)
        .stderr(std::process::Stdio::inherit())
        .output()
        .context("cargo could not be run")?;
    ensure!(output.status.success(), "cargo {} failed", arguments.join(" "));
    String::from_utf8(output.stdout).context("cargo printed something that is not UTF-8")
}
