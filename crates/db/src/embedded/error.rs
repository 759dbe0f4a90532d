use std::path::PathBuf;

/// Why there is no Postgres. Each is one sentence that says what to do next.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    #[error(
        "PostgreSQL 15 or newer was not found: install it (on Debian, apt install postgresql), or set DATABASE_URL to a server you have."
    )]
    NotFound,
    #[error(
        "Only PostgreSQL {found} was found and Fettle needs 15 or newer: install a newer one, or set DATABASE_URL to a server you have."
    )]
    TooOld { found: u32 },
    #[error(
        "The data was written by PostgreSQL {data}, which is not on this machine (found: {found}): install that version, or start afresh with an empty data folder."
    )]
    OtherVersion { data: u32, found: String },
    #[error(
        "Postgres must not run as root and no other user was found to run it as: create one with 'useradd --system fettle', or start Fettle as an ordinary user."
    )]
    NoUser,
    #[error(
        "The user {user} may not enter {dir}, so Postgres cannot keep its files in {folder}: choose a folder under /var/lib, or start Fettle as an ordinary user."
    )]
    Unreachable { user: String, dir: PathBuf, folder: PathBuf },
    #[error("The folder {path} cannot be used ({source}): give Fettle the right to write there, or choose another data folder.")]
    Folder { path: PathBuf, source: std::io::Error },
    #[error("The folder {folder} is there but is not a Postgres cluster: move it away, or choose another data folder.")]
    NotACluster { folder: PathBuf },
    #[error("The folder {dir} belongs to someone else or is no folder, so it cannot guard the socket: remove it, or choose another one.")]
    NotPrivate { dir: PathBuf },
    #[error("The path of the socket in {dir} would be over 107 bytes long, more than the system allows: choose a shorter folder.")]
    SocketPathTooLong { dir: PathBuf },
    #[error("No home folder is known, so there is no usual place for the data: set XDG_DATA_HOME, or name a data folder.")]
    NoHome,
    #[error("Another Fettle holds {folder} but its Postgres does not answer: stop that process, then try again.")]
    Busy { folder: PathBuf },
    #[error("{program} could not be run ({source}): check that the user Postgres runs as may execute it.")]
    Run { program: PathBuf, source: std::io::Error },
    #[error("The database could not be made, because initdb said \"{said}\": put that right, then try again.")]
    Init { said: String },
    #[error("Postgres did not start and said \"{said}\": see {log}.")]
    Start { said: String, log: PathBuf },
    #[error("Postgres was not ready after a minute, perhaps because it is recovering much data: see {log}, then try again.")]
    Slow { log: PathBuf },
    #[error("A Postgres left over from before (process {pid}) does not stop: end it with 'kill {pid}', then try again.")]
    Orphan { pid: i32 },
    #[error("Postgres could not be stopped ({source}): end it by hand.")]
    Stop { source: std::io::Error },
}

/// The line of a Postgres log or of initdb's output that a person should read: the last FATAL, PANIC or error, else the last line.
pub(super) fn last_complaint(text: &str) -> String {
    let this_start = text.rsplit("-- start\n").next().unwrap_or(text);
    let lines = || this_start.lines().rev().map(str::trim).filter(|line| !line.is_empty());
    let line = lines().find(|line| ["FATAL:", "PANIC:", "error:"].iter().any(|mark| line.contains(mark))).or_else(|| lines().next());
    let line = line.unwrap_or("nothing");
    ["FATAL:", "PANIC:", "error:"].iter().find_map(|mark| line.split_once(mark)).map_or(line, |(_, said)| said).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::last_complaint;

    #[test]
    fn the_last_fatal_line_of_this_start_is_what_a_person_reads() {
        let log = "-- start\nFATAL:  old trouble\n-- start\n2026 UTC [1] LOG:  starting\n2026 UTC [1] FATAL:  could not create lock file\n2026 UTC [1] LOG:  database system is shut down\n";
        assert_eq!(last_complaint(log), "could not create lock file");
        assert_eq!(last_complaint("initdb: error: invalid locale name \"x\"\n"), "invalid locale name \"x\"");
        assert_eq!(last_complaint(""), "nothing");
    }
}
