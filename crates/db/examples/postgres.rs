//! `cargo run -p db --example postgres -- FOLDER`: a throwaway cluster in the foreground, for the test scripts. Prints the
//! superuser's URL on one line when it answers; ends cleanly on Ctrl-C and on SIGTERM.

use std::io::{Write, stdout};

use db::embedded::{Embedded, Options};
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let folder = std::env::args_os().nth(1).ok_or_else(|| anyhow::anyhow!("usage: postgres FOLDER"))?;
    let postgres = Embedded::start(Options::throwaway(folder))?;
    writeln!(stdout(), "{}", postgres.url("postgres"))?;
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    postgres.stop()?;
    Ok(())
}
