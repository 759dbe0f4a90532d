//! Finds `postgres` and `initdb`: on PATH, where Debian and Red Hat put them, or in npm's `@embedded-postgres`.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use super::EmbeddedError;

/// The SQL of the migrations is written to this version.
const OLDEST: u32 = 15;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Binaries {
    pub(super) postgres: PathBuf,
    pub(super) initdb: PathBuf,
    version: u32,
    /// npm's build: a server without client programs, and so without backups.
    is_bare: bool,
}

impl Binaries {
    /// The newest that is installed, npm's where none is, or exactly the version that wrote the data.
    pub(super) fn find(data: Option<u32>) -> Result<Self, EmbeddedError> {
        choose(folders().iter().filter_map(|folder| look_in(folder)).collect(), data)
    }
}

fn choose(mut found: Vec<Binaries>, data: Option<u32>) -> Result<Binaries, EmbeddedError> {
    // What is installed comes first, unless it is too old to be of use.
    // Stable: of equals the first wins, which is the one on PATH.
    found.sort_by_key(|binaries| (binaries.version < OLDEST, binaries.is_bare, std::cmp::Reverse(binaries.version)));
    let newest = found.first().ok_or(EmbeddedError::NotFound)?.version;
    match data {
        None if newest < OLDEST => Err(EmbeddedError::TooOld { found: newest }),
        None => found.into_iter().next().ok_or(EmbeddedError::NotFound),
        Some(data) => {
            let versions = found.iter().map(|binaries| binaries.version.to_string()).collect::<Vec<_>>().join(", ");
            let same = found.into_iter().find(|binaries| binaries.version == data);
            same.ok_or(EmbeddedError::OtherVersion { data, found: versions })
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "where programs lie is a fact of the machine, not of Fettle's configuration")]
fn folders() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = env::var_os("PATH").map(|path| env::split_paths(&path).collect()).unwrap_or_default();
    folders.extend(children(Path::new("/usr/lib/postgresql"), "bin"));
    folders.extend(children(Path::new("/usr"), "bin").into_iter().filter(|bin| bin.to_string_lossy().starts_with("/usr/pgsql-")));
    let caches = [
        env::var_os("FETTLE_CACHE").map(PathBuf::from),
        env::var_os("XDG_CACHE_HOME").map(|cache| PathBuf::from(cache).join("fettle")),
        env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache/fettle")),
        // Where scripts/setup.sh puts it for root, whose home Postgres's user may not enter.
        Some(PathBuf::from("/usr/local/lib/fettle")),
    ];
    for cache in caches.into_iter().flatten() {
        folders.extend(children(&cache.join("npm/node_modules/@embedded-postgres"), "native/bin"));
    }
    folders
}

fn children(folder: &Path, below: &str) -> Vec<PathBuf> {
    let entries = folder.read_dir().into_iter().flatten().flatten();
    entries.map(|entry| entry.path().join(below)).collect()
}

/// Links are followed first: Debian's `/usr/local/bin/postgres` may be a link without `initdb` beside it.
fn look_in(folder: &Path) -> Option<Binaries> {
    let postgres = folder.join("postgres").canonicalize().ok()?;
    let beside = postgres.parent()?;
    let initdb = [beside, folder].iter().map(|dir| dir.join("initdb")).find(|path| path.is_file())?;
    let said = Command::new(&postgres).arg("--version").output().ok()?;
    let version = parse_version(&String::from_utf8_lossy(&said.stdout))?;
    let is_bare = folder.ends_with("native/bin");
    Some(Binaries { postgres, initdb, version, is_bare })
}

/// "postgres (PostgreSQL) 15.19 (Debian 15.19-0+deb12u1)", "postgres (PostgreSQL) 17beta1".
fn parse_version(said: &str) -> Option<u32> {
    let number = said.split_once("(PostgreSQL)")?.1.trim_start();
    number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(version: u32) -> Binaries {
        Binaries { postgres: format!("/{version}/postgres").into(), initdb: format!("/{version}/initdb").into(), version, is_bare: false }
    }
    fn bare(version: u32) -> Binaries {
        Binaries { is_bare: true, ..of(version) }
    }

    #[test]
    fn versions_are_read_from_what_the_distributions_print() {
        assert_eq!(parse_version("postgres (PostgreSQL) 15.19 (Debian 15.19-0+deb12u1)\n"), Some(15));
        assert_eq!(parse_version("postgres (PostgreSQL) 17beta1\n"), Some(17));
        assert_eq!(parse_version("command not found"), None);
    }

    #[test]
    fn a_new_cluster_takes_the_newest_and_an_old_one_its_own() {
        assert_eq!(choose(vec![of(15), of(17), of(14)], None).unwrap(), of(17));
        assert_eq!(choose(vec![of(15), of(17)], Some(15)).unwrap(), of(15));
    }

    #[test]
    fn npms_is_taken_only_where_nothing_else_will_do() {
        assert_eq!(choose(vec![bare(18), of(15)], None).unwrap(), of(15));
        assert_eq!(choose(vec![bare(18)], None).unwrap(), bare(18));
        assert_eq!(choose(vec![of(13), bare(18)], None).unwrap(), bare(18));
    }

    #[test]
    fn refusals_name_what_was_found() {
        assert!(matches!(choose(vec![], None), Err(EmbeddedError::NotFound)));
        assert!(matches!(choose(vec![of(13)], None), Err(EmbeddedError::TooOld { found: 13 })));
        let refusal = choose(vec![of(16), of(15)], Some(14)).unwrap_err().to_string();
        assert!(refusal.contains("PostgreSQL 14") && refusal.contains("16, 15"), "{refusal}");
    }
}
