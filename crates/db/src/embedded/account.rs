//! Whom Postgres runs as, and the folders that user must be able to enter.

use std::{
    env, fs,
    os::unix::{
        fs::{DirBuilderExt, MetadataExt, PermissionsExt},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::Command,
};

use nix::unistd::{Uid, User, chown, geteuid};

use super::EmbeddedError;

/// The user the cluster belongs to: ourselves, unless we are root.
#[derive(Debug, Clone)]
pub(super) struct Account {
    /// `None`: run as we are.
    drop_to: Option<User>,
}

impl Account {
    /// Root hands over to whoever owns the cluster already, else to the distribution's `postgres`, else to `fettle` or `nobody`.
    pub(super) fn choose(data: &Path) -> Result<Self, EmbeddedError> {
        if !geteuid().is_root() {
            return Ok(Self { drop_to: None });
        }
        let owner = fs::metadata(data).ok().map(|m| Uid::from_raw(m.uid())).filter(|uid| !uid.is_root());
        let owner = owner.and_then(|uid| User::from_uid(uid).ok().flatten());
        let known = || ["postgres", "fettle", "nobody"].iter().find_map(|name| User::from_name(name).ok().flatten());
        owner.or_else(known).map(|user| Self { drop_to: Some(user) }).ok_or(EmbeddedError::NoUser)
    }

    /// A program run as that user, away from a working folder it may not be able to read, with nothing of our environment.
    pub(super) fn command(&self, program: &Path, work_in: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(work_in).env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin").env("LC_ALL", "C.UTF-8").env("TZ", "UTC");
        if let Some(user) = &self.drop_to {
            // The standard library drops root's supplementary groups as well when a uid is set.
            command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
        }
        command
    }

    /// The data folder itself stays ours: it holds more than Postgres. It must let the other user through.
    pub(super) fn make_base(&self, folder: &Path) -> Result<(), EmbeddedError> {
        let io = |source| EmbeddedError::Folder { path: folder.to_owned(), source };
        if !folder.is_dir() {
            let mode = if self.drop_to.is_some() { 0o755 } else { 0o700 };
            fs::DirBuilder::new().recursive(true).mode(mode).create(folder).map_err(io)?;
        }
        let Some(user) = &self.drop_to else { return Ok(()) };
        for dir in folder.ancestors() {
            let meta = fs::metadata(dir).map_err(io)?;
            let needed = if meta.uid() == user.uid.as_raw() {
                0o100
            } else if meta.gid() == user.gid.as_raw() {
                0o010
            } else {
                0o001
            };
            if meta.mode() & needed == 0 {
                return Err(EmbeddedError::Unreachable { user: user.name.clone(), dir: dir.to_owned(), folder: folder.to_owned() });
            }
        }
        Ok(())
    }

    /// A folder that only the cluster's user (and root) may enter. One that is there already must be that user's: under /tmp
    /// anybody could have made it first.
    pub(super) fn make_private(&self, dir: &Path) -> Result<(), EmbeddedError> {
        let io = |source| EmbeddedError::Folder { path: dir.to_owned(), source };
        match fs::DirBuilder::new().mode(0o700).create(dir) {
            Ok(()) => {
                if let Some(user) = &self.drop_to {
                    chown(dir, Some(user.uid), Some(user.gid)).map_err(|errno| io(errno.into()))?;
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(io(error)),
        }
        let uid = self.drop_to.as_ref().map_or_else(geteuid, |user| user.uid);
        let meta = fs::symlink_metadata(dir).map_err(io)?;
        if !meta.is_dir() || meta.uid() != uid.as_raw() {
            return Err(EmbeddedError::NotPrivate { dir: dir.to_owned() });
        }
        fs::set_permissions(dir, fs::Permissions::from_mode(0o700)).map_err(io)
    }
}

#[expect(clippy::disallowed_methods, reason = "the usual folders are the machine's convention, not Fettle's configuration")]
pub(super) fn standard_data_dir() -> Result<PathBuf, EmbeddedError> {
    if geteuid().is_root() {
        return Ok(PathBuf::from("/var/lib/fettle"));
    }
    let absolute = |path: PathBuf| path.is_absolute().then_some(path);
    let data_home = env::var_os("XDG_DATA_HOME").map(PathBuf::from).and_then(absolute);
    let home = || env::var_os("HOME").map(PathBuf::from).and_then(absolute).map(|home| home.join(".local/share"));
    data_home.or_else(home).map(|data| data.join("fettle")).ok_or(EmbeddedError::NoHome)
}
