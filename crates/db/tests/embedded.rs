//! The embedded Postgres against a real one: first start, second start, crash, a second Fettle, folders that cannot work.

#![expect(clippy::unwrap_used, reason = "a helper of a test may panic as a test may")]

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use db::embedded::{Embedded, EmbeddedError, Options};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use sqlx::{Connection, PgConnection};

/// A folder that another user may reach too, as these tests run as root in containers.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

fn options(folder: &Path) -> Options {
    Options::throwaway(folder).set("shared_buffers", "16MB")
}

async fn connect(postgres: &Embedded) -> PgConnection {
    PgConnection::connect(&postgres.url("postgres")).await.unwrap()
}

async fn count(connection: &mut PgConnection) -> i64 {
    sqlx::query_scalar("select count(*) from kept").fetch_one(connection).await.unwrap()
}

fn postmaster(folder: &Path) -> Pid {
    let text = fs::read_to_string(folder.join("postgres/postmaster.pid")).unwrap();
    Pid::from_raw(text.lines().next().unwrap().parse().unwrap())
}

fn gone(pid: Pid) -> bool {
    let deadline = Instant::now() + Duration::from_secs(10);
    while Instant::now() < deadline {
        // A zombie still has a number; its parent is this process and reaps it on drop.
        let zombie = fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| stat.contains(") Z"));
        if zombie || kill(pid, None).is_err() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    false
}

#[tokio::test]
async fn keeps_what_was_written_and_leaves_nothing_running() {
    let folder = folder();
    let postgres = Embedded::start(options(folder.path())).unwrap();
    let mut connection = connect(&postgres).await;
    sqlx::raw_sql("create table kept (n int); insert into kept values (1)").execute(&mut connection).await.unwrap();
    let listens: String = sqlx::query_scalar("show listen_addresses").fetch_one(&mut connection).await.unwrap();
    assert_eq!(listens, "", "no TCP");
    let pid = postmaster(folder.path());

    // A session that is still open must not hold up the end.
    postgres.stop().unwrap();
    assert!(gone(pid));
    assert!(!folder.path().join("postgres/postmaster.pid").exists(), "a clean stop removes its pid file");

    let postgres = Embedded::start(options(folder.path())).unwrap();
    assert_eq!(count(&mut connect(&postgres).await).await, 1);
    let pid = postmaster(folder.path());
    drop(postgres);
    assert!(gone(pid), "dropping stops it as well");
}

#[tokio::test]
async fn recovers_when_postgres_was_killed() {
    let folder = folder();
    let mut postgres = Embedded::start(options(folder.path())).unwrap();
    let mut connection = connect(&postgres).await;
    sqlx::raw_sql("create table kept (n int); insert into kept values (1); checkpoint; insert into kept values (2)")
        .execute(&mut connection)
        .await
        .unwrap();
    assert!(!postgres.restart_if_dead().unwrap(), "it is alive");

    let pid = postmaster(folder.path());
    kill(pid, Signal::SIGKILL).unwrap();
    assert!(gone(pid));
    assert!(postgres.restart_if_dead().unwrap());
    assert_eq!(count(&mut connect(&postgres).await).await, 2);

    kill(postmaster(folder.path()), Signal::SIGKILL).unwrap();
    drop(postgres);
    let postgres = Embedded::start(options(folder.path())).unwrap();
    assert_eq!(count(&mut connect(&postgres).await).await, 2);
}

#[tokio::test]
async fn takes_over_from_a_fettle_that_was_killed() {
    let folder = folder();
    let postgres = Embedded::start(options(folder.path())).unwrap();
    sqlx::raw_sql("create table kept (n int)").execute(&mut connect(&postgres).await).await.unwrap();
    let orphan = postmaster(folder.path());
    // What kill -9 of Fettle leaves: a running Postgres, and a lock that the kernel has released.
    std::mem::forget(postgres);
    fs::remove_file(folder.path().join("fettle.lock")).unwrap();

    let postgres = Embedded::start(options(folder.path())).unwrap();
    assert!(gone(orphan));
    assert!(!postgres.is_shared());
    assert_eq!(count(&mut connect(&postgres).await).await, 0);
}

#[tokio::test]
async fn ignores_a_pid_file_whose_number_belongs_to_someone_else() {
    let folder = folder();
    Embedded::start(options(folder.path())).unwrap().stop().unwrap();
    let pid_file = folder.path().join("postgres/postmaster.pid");
    fs::write(&pid_file, format!("{}\n/elsewhere\n0\n5432\n\n\n0 0\nready\n", std::process::id())).unwrap();
    let postgres = Embedded::start(options(folder.path())).unwrap();
    connect(&postgres).await;
}

#[tokio::test]
async fn a_second_fettle_shares_the_first_ones_postgres() {
    let folder = folder();
    let first = Embedded::start(options(folder.path())).unwrap();
    let second = Embedded::start(options(folder.path())).unwrap();
    assert!(second.is_shared() && !first.is_shared());
    assert_eq!(first.url("postgres"), second.url("postgres"));
    second.stop().unwrap();
    connect(&first).await;
}

#[tokio::test]
async fn a_long_path_still_gets_a_socket() {
    let folder = folder();
    let long: PathBuf = folder.path().join("a".repeat(120));
    let postgres = Embedded::start(options(&long)).unwrap();
    connect(&postgres).await;
    let url = postgres.url("postgres");
    postgres.stop().unwrap();
    let socket_dir = url.split_once("host=").unwrap().1;
    fs::remove_dir_all(socket_dir).unwrap();
}

#[test]
fn a_folder_with_something_else_in_it_is_left_alone() {
    let folder = folder();
    let theirs = folder.path().join("postgres/letters.txt");
    fs::create_dir(theirs.parent().unwrap()).unwrap();
    fs::write(&theirs, "dear").unwrap();
    let refusal = Embedded::start(options(folder.path())).unwrap_err();
    assert!(matches!(refusal, EmbeddedError::NotACluster { .. }), "{refusal}");
    assert_eq!(fs::read_to_string(theirs).unwrap(), "dear");
}

#[test]
fn data_of_a_version_that_is_not_there_is_refused_by_name() {
    let folder = folder();
    fs::create_dir(folder.path().join("postgres")).unwrap();
    fs::write(folder.path().join("postgres/PG_VERSION"), "9\n").unwrap();
    let refusal = Embedded::start(options(folder.path())).unwrap_err();
    assert!(refusal.to_string().contains("PostgreSQL 9"), "{refusal}");
}

#[test]
fn a_folder_the_other_user_cannot_enter_is_refused_in_words() {
    if !nix::unistd::geteuid().is_root() {
        // An ordinary user runs Postgres as themselves, so there is no other user to be kept out.
        return;
    }
    let closed = tempfile::tempdir().unwrap();
    fs::set_permissions(closed.path(), fs::Permissions::from_mode(0o700)).unwrap();
    let refusal = Embedded::start(options(&closed.path().join("data"))).unwrap_err();
    assert!(matches!(refusal, EmbeddedError::Unreachable { .. }), "{refusal}");
}

#[test]
fn a_setting_postgres_does_not_know_is_quoted_back() {
    let folder = folder();
    let refusal = Embedded::start(options(folder.path()).set("shared_bufers", "1MB")).unwrap_err();
    assert!(refusal.to_string().contains("shared_bufers"), "{refusal}");
}
