//! A Postgres of Fettle's own, for people who have none set up: found on the machine, started on a Unix socket, stopped cleanly.
//!
//! Verbs: [`Embedded::start`], [`Embedded::url`], [`Embedded::restart_if_dead`], [`Embedded::stop`] (also on drop).
//! Promises: no TCP port; a folder that only the cluster's user may enter; never runs as root (Postgres refuses it), so root
//! hands the folder to another user; a kill -9 of Fettle or of Postgres is recovered from at the next start.
//! Does not: create roles or databases, migrate, download anything, or upgrade data between major versions.
//!
//! Everything here blocks: call it before serving, or on a blocking thread.

mod account;
mod binaries;
mod error;
mod pidfile;

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{Read, Seek, SeekFrom, Write},
    os::unix::{fs::OpenOptionsExt, net::UnixStream, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

pub use self::error::EmbeddedError;
use self::{account::Account, binaries::Binaries};

/// `sun_path` holds 108 bytes, one of them the closing zero.
const SOCKET_PATH_MAX: usize = 107;
/// Postgres names its socket by port even when it listens on none.
const SOCKET_NAME: &str = ".s.PGSQL.5432";
/// Crash recovery of a large database takes its time; a person watching an empty terminal gives up about here.
const START_WITHIN: Duration = Duration::from_mins(1);
const STOP_WITHIN: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(20);
/// The log is for the last failure, not for history.
const LOG_MAX_BYTES: u64 = 10 * 1024 * 1024;

/// Where the cluster lives and how it is tuned.
#[derive(Debug, Clone)]
pub struct Options {
    /// Holds `postgres/` (the data), `run/` (the socket), `postgres.log` and `fettle.lock`.
    pub data_dir: PathBuf,
    /// `None`: `run/` in the data folder, or a folder under the system's temporary one when that path is too long for a socket.
    pub socket_dir: Option<PathBuf>,
    /// Postgres settings that come after ours, and so win.
    pub settings: Vec<(String, String)>,
}

impl Options {
    /// A cluster in `data_dir`, durable, sized for a demonstration.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self { data_dir: data_dir.into(), socket_dir: None, settings: Vec::new() }
    }

    /// The usual place: `/var/lib/fettle` for root, else `$XDG_DATA_HOME/fettle`, else `~/.local/share/fettle`.
    pub fn standard() -> Result<Self, EmbeddedError> {
        account::standard_data_dir().map(Self::new)
    }

    /// For tests: nothing is synced to disk (what is committed still survives a kill -9), and many short-lived databases may be
    /// connected to at once.
    pub fn throwaway(data_dir: impl Into<PathBuf>) -> Self {
        Self::new(data_dir).set("fsync", "off").set("full_page_writes", "off").set("max_connections", "300").set("shared_buffers", "128MB")
    }

    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// A running cluster. Dropping it stops it, unless another Fettle started it.
#[derive(Debug)]
pub struct Embedded {
    layout: Layout,
    running: Running,
}

#[derive(Debug)]
enum Running {
    Ours(Box<Supervised>),
    /// Another Fettle holds the lock and its Postgres answers: used, and left alone.
    Another,
    Stopped,
}

/// Started by us. The lock is held as long as we supervise, and the kernel releases it however we die.
#[derive(Debug)]
struct Supervised {
    server: Server,
    binaries: Binaries,
    account: Account,
    settings: Vec<(String, String)>,
    _lock: File,
}

/// The postmaster, our child.
#[derive(Debug)]
struct Server(Child);

#[derive(Debug, Clone)]
struct Layout {
    data: PathBuf,
    socket_dir: PathBuf,
    log: PathBuf,
    lock: PathBuf,
}

impl Embedded {
    /// Finds Postgres, makes the cluster the first time, starts it and waits until it answers.
    pub fn start(options: Options) -> Result<Self, EmbeddedError> {
        let folder = absolute(&options.data_dir)?;
        let account = Account::choose(&folder.join("postgres"))?;
        account.make_base(&folder)?;
        let layout = Layout {
            data: folder.join("postgres"),
            socket_dir: socket_dir(&folder, options.socket_dir.as_deref())?,
            log: folder.join("postgres.log"),
            lock: folder.join("fettle.lock"),
        };

        let deadline = Instant::now() + START_WITHIN;
        let lock = loop {
            if let Some(lock) = layout.try_lock()? {
                break lock;
            }
            if layout.answers() {
                return Ok(Self { layout, running: Running::Another });
            }
            if Instant::now() > deadline {
                return Err(EmbeddedError::Busy { folder });
            }
            thread::sleep(POLL);
        };

        let binaries = Binaries::find(pidfile::major_version(&layout.data))?;
        account.make_private(&layout.socket_dir)?;
        if !layout.data.join("PG_VERSION").exists() {
            init(&layout, &binaries, &account)?;
        }
        stop_orphan(&layout)?;
        let server = launch(&layout, &binaries, &account, &options.settings)?;
        let ours = Supervised { server, binaries, account, settings: options.settings, _lock: lock };
        Ok(Self { layout, running: Running::Ours(Box::new(ours)) })
    }

    /// Where to connect to `database` as the cluster's superuser.
    pub fn url(&self, database: &str) -> String {
        self.url_as("postgres", database)
    }

    /// Where to connect to `database` as `role`. No password: the socket's folder is the lock (see [`init`]).
    pub fn url_as(&self, role: &str, database: &str) -> String {
        let host = escaped(&self.layout.socket_dir.to_string_lossy());
        format!("postgres://{}@localhost/{}?host={host}", escaped(role), escaped(database))
    }

    /// Whether another Fettle started this cluster, and will stop it.
    pub fn is_shared(&self) -> bool {
        matches!(self.running, Running::Another)
    }

    /// Starts Postgres again when it died under us; says whether it had. Cheap enough to call every second.
    pub fn restart_if_dead(&mut self) -> Result<bool, EmbeddedError> {
        let Running::Ours(ours) = &mut self.running else { return Ok(false) };
        if ours.server.is_alive() {
            return Ok(false);
        }
        stop_orphan(&self.layout)?;
        ours.server = launch(&self.layout, &ours.binaries, &ours.account, &ours.settings)?;
        Ok(true)
    }

    /// Ends sessions, writes a checkpoint, and returns when Postgres has gone.
    pub fn stop(mut self) -> Result<(), EmbeddedError> {
        self.shut_down()
    }

    fn shut_down(&mut self) -> Result<(), EmbeddedError> {
        match std::mem::replace(&mut self.running, Running::Stopped) {
            Running::Ours(mut ours) => ours.server.stop(),
            Running::Another | Running::Stopped => Ok(()),
        }
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        if let Err(error) = self.shut_down() {
            tracing::warn!(%error, "Postgres did not stop cleanly");
        }
    }
}

impl Server {
    fn is_alive(&mut self) -> bool {
        matches!(self.0.try_wait(), Ok(None))
    }

    /// SIGINT is Postgres's "fast" shutdown; SIGQUIT leaves recovery to the next start.
    fn stop(&mut self) -> Result<(), EmbeddedError> {
        let Ok(pid) = i32::try_from(self.0.id()).map(Pid::from_raw) else { return Ok(()) };
        for (signal, patience) in [(Signal::SIGINT, STOP_WITHIN), (Signal::SIGQUIT, Duration::from_secs(5))] {
            if !self.is_alive() {
                return Ok(());
            }
            // The child is not reaped yet, so its number cannot belong to anyone else.
            let _ = kill(pid, signal);
            if wait_until(patience, || !self.is_alive()) {
                return Ok(());
            }
        }
        self.0.kill().and_then(|()| self.0.wait()).map(drop).map_err(|source| EmbeddedError::Stop { source })
    }
}

impl Layout {
    fn try_lock(&self) -> Result<Option<File>, EmbeddedError> {
        let io = |source| EmbeddedError::Folder { path: self.lock.clone(), source };
        let file = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&self.lock).map_err(io)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(io(source)),
        }
    }

    fn socket(&self) -> PathBuf {
        self.socket_dir.join(SOCKET_NAME)
    }

    fn answers(&self) -> bool {
        pidfile::is_ready(&self.data) && UnixStream::connect(self.socket()).is_ok()
    }

    fn log_tail(&self) -> String {
        let mut text = String::new();
        if let Ok(mut file) = File::open(&self.log) {
            let from = file.metadata().map_or(0, |m| m.len().saturating_sub(4096));
            let _ = file.seek(SeekFrom::Start(from));
            let _ = file.read_to_string(&mut text);
        }
        error::last_complaint(&text)
    }
}

/// Makes the cluster beside its place and moves it there when whole, so that an interrupted first start leaves nothing half made.
///
/// Authentication is `trust`, on purpose. Only the socket accepts connections, and its folder is 0700 and belongs to the user the
/// cluster runs as; whoever can enter it can read the data files too. A password would have to lie in a file behind that very
/// same door: one more secret to lose, and not one person fewer who gets in.
fn init(layout: &Layout, binaries: &Binaries, account: &Account) -> Result<(), EmbeddedError> {
    if layout.data.exists() {
        // An empty folder may go; anything in it is not ours to delete.
        fs::remove_dir(&layout.data).map_err(|_| EmbeddedError::NotACluster { folder: layout.data.clone() })?;
    }
    let fresh = layout.data.with_extension("new");
    let io = |source| EmbeddedError::Folder { path: fresh.clone(), source };
    if fresh.exists() {
        fs::remove_dir_all(&fresh).map_err(io)?;
    }
    account.make_private(&fresh)?;
    let output = account
        .command(&binaries.initdb, &fresh)
        .arg("--pgdata")
        .arg(&fresh)
        .args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums", "--no-sync"])
        .stdin(Stdio::null())
        .output()
        .map_err(|source| EmbeddedError::Run { program: binaries.initdb.clone(), source })?;
    if !output.status.success() {
        return Err(EmbeddedError::Init { said: error::last_complaint(&String::from_utf8_lossy(&output.stderr)) });
    }
    // initdb's own file lets TCP in from this machine; ours does not mention it.
    fs::write(fresh.join("pg_hba.conf"), "# Written by Fettle: the socket's folder is the lock.\nlocal all all trust\n").map_err(io)?;
    fs::rename(&fresh, &layout.data).map_err(io)
}

/// A Postgres left behind by a Fettle that was killed is stopped before a new one starts, so that there is always one parent.
/// A pid file that belongs to nobody is removed: Postgres itself only asks whether *some* process has that number, and after a
/// restart of a container one often does.
fn stop_orphan(layout: &Layout) -> Result<(), EmbeddedError> {
    match pidfile::holder(&layout.data) {
        pidfile::Holder::Nobody => Ok(()),
        pidfile::Holder::Stale => {
            for stale in [layout.data.join("postmaster.pid"), layout.socket().with_added_extension("lock")] {
                match fs::remove_file(&stale) {
                    Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                        return Err(EmbeddedError::Folder { path: stale, source });
                    }
                    _ => {}
                }
            }
            Ok(())
        }
        pidfile::Holder::Postmaster(pid) => {
            let _ = kill(pid, Signal::SIGINT);
            if wait_until(STOP_WITHIN, || !matches!(pidfile::holder(&layout.data), pidfile::Holder::Postmaster(_))) {
                return Ok(());
            }
            Err(EmbeddedError::Orphan { pid: pid.as_raw() })
        }
    }
}

fn launch(layout: &Layout, binaries: &Binaries, account: &Account, settings: &[(String, String)]) -> Result<Server, EmbeddedError> {
    let deadline = Instant::now() + START_WITHIN;
    loop {
        let mut server = Server(spawn(layout, binaries, account, settings)?);
        loop {
            if !server.is_alive() {
                break;
            }
            if layout.answers() {
                return Ok(server);
            }
            if Instant::now() > deadline {
                server.stop()?;
                return Err(EmbeddedError::Slow { log: layout.log.clone() });
            }
            thread::sleep(POLL);
        }
        let said = layout.log_tail();
        // After kill -9 of the postmaster its children notice within a second or two; until then they hold the shared memory.
        let children_linger = said.contains("shared memory block");
        if !children_linger || Instant::now() > deadline {
            return Err(EmbeddedError::Start { said, log: layout.log.clone() });
        }
        thread::sleep(Duration::from_millis(200));
    }
}

fn spawn(layout: &Layout, binaries: &Binaries, account: &Account, settings: &[(String, String)]) -> Result<Child, EmbeddedError> {
    let io = |source| EmbeddedError::Folder { path: layout.log.clone(), source };
    if fs::metadata(&layout.log).is_ok_and(|m| m.len() > LOG_MAX_BYTES) {
        fs::remove_file(&layout.log).map_err(io)?;
    }
    let mut log = OpenOptions::new().create(true).append(true).mode(0o600).open(&layout.log).map_err(io)?;
    writeln!(log, "-- start").map_err(io)?;
    let errors = log.try_clone().map_err(io)?;

    let socket_dir = layout.socket_dir.to_string_lossy();
    let ours = [
        ("listen_addresses", ""),
        ("unix_socket_directories", socket_dir.as_ref()),
        ("unix_socket_permissions", "0700"),
        // Small: this is a demonstration or a small office, on a machine that does other things as well.
        ("shared_buffers", "64MB"),
        ("max_connections", "100"),
        // No replicas, so the write-ahead log serves recovery only.
        ("wal_level", "minimal"),
        ("max_wal_senders", "0"),
        // Our queries are many and short: compiling one costs more than running it.
        ("jit", "off"),
        ("timezone", "UTC"),
        ("log_timezone", "UTC"),
        ("lc_messages", "C"),
    ];
    let mut command = account.command(&binaries.postgres, &layout.data);
    command.arg("-D").arg(&layout.data);
    for (name, value) in ours.into_iter().chain(settings.iter().map(|(name, value)| (name.as_str(), value.as_str()))) {
        command.arg("-c").arg(format!("{name}={value}"));
    }
    command
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(errors)
        // Ctrl-C in a terminal goes to the whole process group: Postgres must outlive the requests that are still being answered.
        .process_group(0)
        .spawn()
        .map_err(|source| EmbeddedError::Run { program: binaries.postgres.clone(), source })
}

fn socket_dir(folder: &Path, wanted: Option<&Path>) -> Result<PathBuf, EmbeddedError> {
    let fits = |dir: &Path| dir.join(SOCKET_NAME).as_os_str().len() <= SOCKET_PATH_MAX;
    let usual = folder.join("run");
    let dir = match wanted {
        Some(dir) => absolute(dir)?,
        None if fits(&usual) => usual,
        // The same folder gives the same name, so that a second Fettle finds the first one's socket.
        None => std::env::temp_dir().join(format!("fettle-{:016x}", fnv(folder.as_os_str().as_encoded_bytes()))),
    };
    if fits(&dir) { Ok(dir) } else { Err(EmbeddedError::SocketPathTooLong { dir }) }
}

fn absolute(path: &Path) -> Result<PathBuf, EmbeddedError> {
    std::path::absolute(path).map_err(|source| EmbeddedError::Folder { path: path.to_owned(), source })
}

/// FNV-1a: a short stable name for a path. Nothing depends on it being hard to guess, since the folder's owner is checked.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Percent-encodes all but unreserved characters and the slash.
fn escaped(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

fn wait_until(patience: Duration, mut done: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + patience;
    loop {
        if done() {
            return true;
        }
        if Instant::now() > deadline {
            return false;
        }
        thread::sleep(POLL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_data_folder_gets_a_short_socket_folder() {
        let long = PathBuf::from(format!("/srv/{}", "a".repeat(120)));
        let dir = socket_dir(&long, None).unwrap();
        assert!(dir.join(SOCKET_NAME).as_os_str().len() <= SOCKET_PATH_MAX, "{}", dir.display());
        assert_eq!(dir, socket_dir(&long, None).unwrap(), "a second Fettle must find the same socket");
    }

    #[test]
    fn a_long_socket_folder_that_was_asked_for_is_refused_in_words() {
        let long = PathBuf::from(format!("/srv/{}", "a".repeat(120)));
        let refusal = socket_dir(Path::new("/srv/fettle"), Some(&long)).unwrap_err();
        assert!(refusal.to_string().contains("shorter"), "{refusal}");
    }

    #[test]
    fn a_url_survives_spaces_in_the_path() {
        assert_eq!(escaped("/home/jo bloggs/fettle&x"), "/home/jo%20bloggs/fettle%26x");
    }
}
