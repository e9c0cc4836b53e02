//! Files that appear under their names when they are whole, and leave nothing behind when they do not.

use std::collections::BTreeSet;
use std::fs::{self, File, Metadata, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;
use tempfile::NamedTempFile;

/// The temporary files that there are. Whoever makes, renames or removes one holds the lock, so that a
/// signal finds all of them.
static TEMPORARY: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// Hidden, so that a folder with one in it can be walked.
const PREFIX: &str = ".imsdk-annotate-";
const SUFFIX: &str = ".tmp";
/// For everyone, as the user's mask allows.
const NEW_FILE_MODE: u32 = 0o666;

/// A file that is being written, under a temporary name beside its place.
#[derive(Debug)]
pub(crate) struct NewFile {
    /// There until the file is dropped or has got its name.
    file: Option<NamedTempFile>,
    place: PathBuf,
}

/// What a file has from the one it is made of.
#[derive(Debug)]
pub(crate) struct Origin {
    pub(crate) permissions: Permissions,
    /// When it is to have been modified; now where it is not made of a whole input.
    pub(crate) modified: Option<std::time::SystemTime>,
}

impl NewFile {
    /// Begins a file; the folders that it is in are made. A link at its place is followed: what it leads to
    /// is replaced, and it stays.
    ///
    /// # Errors
    ///
    /// Where the file cannot be made.
    pub(crate) fn create(place: &Path) -> io::Result<Self> {
        let place = fs::canonicalize(place).unwrap_or_else(|_| place.to_owned());
        let folder = match place.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        fs::create_dir_all(folder)?;
        let mut temporary = temporary();
        let file = tempfile::Builder::new()
            .prefix(PREFIX)
            .suffix(SUFFIX)
            .permissions(Permissions::from_mode(NEW_FILE_MODE))
            .tempfile_in(folder)?;
        temporary.insert(file.path().to_owned());
        Ok(Self { file: Some(file), place })
    }

    /// Gives the whole file its name, in place of any file that has it. Without an origin, a file that is
    /// replaced leaves its permissions.
    ///
    /// # Errors
    ///
    /// Where that fails; then nothing is left behind.
    pub(crate) fn finish(mut self, origin: Option<&Origin>) -> io::Result<()> {
        let replaced = || fs::metadata(&self.place).as_ref().map(Metadata::permissions).ok();
        let permissions = origin.map(|origin| origin.permissions.clone()).or_else(replaced);
        let mut temporary = temporary();
        let Some(file) = self.file.take() else {
            return Ok(());
        };
        let path = file.path().to_owned();
        let finish = |file: NamedTempFile| {
            if let Some(permissions) = permissions {
                file.as_file().set_permissions(permissions)?;
            }
            if let Some(modified) = origin.and_then(|origin| origin.modified) {
                file.as_file().set_modified(modified)?;
            }
            file.persist(&self.place).map(drop).map_err(|error| error.error)
        };
        let outcome = finish(file);
        temporary.remove(&path);
        outcome
    }

    fn file(&mut self) -> &mut File {
        self.file.as_mut().expect("taken only when the file is finished or dropped").as_file_mut()
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        let mut temporary = temporary();
        if let Some(file) = self.file.take() {
            temporary.remove(file.path());
            drop(file);
        }
    }
}

fn temporary() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    TEMPORARY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on a signal that ends the program removes all files that are not whole, and then ends it as it
/// would have. A signal that is ignored (`nohup`) stays so. Only a file that grows beyond the limit for files
/// (`ulimit -f`) ends nothing: writing fails instead.
///
/// # Errors
///
/// Where the signals cannot be watched.
pub(crate) fn remove_new_files_on_signals() -> io::Result<()> {
    let ignored = ignored_signals();
    let wanted =
        [SIGHUP, SIGINT, SIGTERM, SIGXFSZ].into_iter().filter(|signal| ignored >> (signal - 1) & 1 == 0);
    let mut signals = Signals::new(wanted)?;
    thread::Builder::new().name("signals".to_owned()).spawn(move || {
        for signal in signals.forever().filter(|&signal| signal != SIGXFSZ) {
            let temporary = temporary();
            for path in temporary.iter() {
                let _ = fs::remove_file(path);
            }
            // Ends the program while nobody can make another file.
            let _ = emulate_default_handler(signal);
        }
    })?;
    Ok(())
}

/// The signals that are ignored, one bit each; none where the system does not tell.
fn ignored_signals() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}
