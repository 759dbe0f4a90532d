//! What `postmaster.pid` and `PG_VERSION` say, and whether to believe them.

use std::{fs, path::Path};

use nix::{sys::signal::kill, unistd::Pid};

pub(super) enum Holder {
    Nobody,
    /// The file names a process that is gone, or that is not a Postgres of this folder.
    Stale,
    Postmaster(Pid),
}

pub(super) fn holder(data: &Path) -> Holder {
    let Ok(text) = fs::read_to_string(data.join("postmaster.pid")) else { return Holder::Nobody };
    match pid(&text) {
        Some(pid) if kill(pid, None).is_ok() && works_in(pid, data) => Holder::Postmaster(pid),
        _ => Holder::Stale,
    }
}

/// The eighth line is the state, as `pg_ctl --wait` reads it.
pub(super) fn is_ready(data: &Path) -> bool {
    let Ok(text) = fs::read_to_string(data.join("postmaster.pid")) else { return false };
    let ready = text.lines().nth(7).is_some_and(|state| state.trim() == "ready");
    ready && pid(&text).is_some_and(|pid| kill(pid, None).is_ok())
}

pub(super) fn major_version(data: &Path) -> Option<u32> {
    fs::read_to_string(data.join("PG_VERSION")).ok()?.trim().parse().ok()
}

fn pid(text: &str) -> Option<Pid> {
    let pid = text.lines().next()?.trim().parse().ok()?;
    // Zero and below would signal whole process groups.
    (pid > 1).then(|| Pid::from_raw(pid))
}

/// A postmaster works in its data folder and was started with it as an argument; either proves it (a container's root may not
/// be allowed to see the first). Where the kernel does not tell (no /proc), the number is believed, as Postgres does.
fn works_in(pid: Pid, data: &Path) -> bool {
    if !Path::new("/proc/self/cwd").exists() {
        return true;
    }
    let there = fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| data.canonicalize().is_ok_and(|data| data == cwd));
    let told = || {
        fs::read(format!("/proc/{pid}/cmdline"))
            .is_ok_and(|line| line.split(|byte| *byte == 0).any(|arg| arg == data.as_os_str().as_encoded_bytes()))
    };
    there || told()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_now_belongs_to_someone_else_is_stale() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(holder(folder.path()), Holder::Nobody));
        // This test's own process is alive, but does not work in that folder.
        fs::write(folder.path().join("postmaster.pid"), format!("{}\n", std::process::id())).unwrap();
        assert!(matches!(holder(folder.path()), Holder::Stale));
        for nonsense in ["", "-1\n", "0\n", "1\n", "cat\n", "999999999999\n"] {
            fs::write(folder.path().join("postmaster.pid"), nonsense).unwrap();
            assert!(matches!(holder(folder.path()), Holder::Stale), "{nonsense:?}");
        }
    }
}
