//! Standard streams and other descriptors that the program was started with: the streams that were closed, the paths
//! that name a descriptor, and the file behind such a path, opened to be written.
//!
//! Rust's runtime puts `/dev/null` in the place of a closed standard stream before `main` runs. A filter would then
//! read nothing, or lose all that it writes, and report success. Nothing distinguishes such a stream from a `/dev/null`
//! that the user asked for; so `main.rs` looks at the streams before the runtime starts.

use rustix::fs::{OFlags, fcntl_getfl};
#[cfg(target_os = "linux")]
use rustix::process::{PidfdFlags, PidfdGetfdFlags, getpid, pidfd_getfd, pidfd_open};
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::fd::{AsFd, OwnedFd, RawFd};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

pub(crate) const STDIN: RawFd = 0;
pub(crate) const STDOUT: RawFd = 1;
pub(crate) const STDERR: RawFd = 2;

/// Folders in which the system has a file for each descriptor of the program, named by its number.
const DESCRIPTOR_FOLDERS: [&str; 3] = ["/dev/fd", "/proc/self/fd", "/proc/thread-self/fd"];

/// The largest number of links that are followed, as on Linux.
const LINKS_MAX: usize = 40;

/// True for each standard stream that was closed, by number of the descriptor.
static CLOSED: [AtomicBool; 3] = [const { AtomicBool::new(false) }; 3];

/// Records which standard streams are closed. Must be called before Rust's runtime starts. Running that early is sound:
/// the function only makes three system calls and stores three flags.
pub fn look_at_standard_streams() {
    let streams = [rustix::stdio::stdin(), rustix::stdio::stdout(), rustix::stdio::stderr()];
    for (stream, closed) in streams.into_iter().zip(&CLOSED) {
        closed.store(rustix::io::fcntl_getfd(stream).is_err(), Ordering::Relaxed);
    }
}

/// Returns true if a standard stream was closed (`<&-`, `>&-`, `2>&-`); false for any other descriptor.
pub(crate) fn was_closed(fd: RawFd) -> bool {
    let closed = usize::try_from(fd).ok().and_then(|fd| CLOSED.get(fd));
    closed.is_some_and(|closed| closed.load(Ordering::Relaxed))
}

/// Puts bytes in the place of standard input, which ends behind them. They are at most 4 KiB, which every pipe takes at once.
///
/// # Errors
///
/// Fails where the system gives no pipe.
pub(crate) fn replace_stdin(bytes: &[u8]) -> io::Result<()> {
    let (rdr, mut wtr) = io::pipe()?;
    wtr.write_all(bytes)?;
    rustix::stdio::dup2_stdin(rdr)?;
    CLOSED[0].store(false, Ordering::Relaxed);
    Ok(())
}

/// Returns true if a path names a standard stream that was closed: `/dev/stdin`, `/dev/fd/1`, `/proc/self/fd/2`, or a
/// link to one of these.
pub(crate) fn is_closed_stream(path: &Path) -> bool {
    // A closed stream is rare, so the path is looked up only if there is one.
    [STDIN, STDOUT, STDERR].into_iter().any(was_closed) && descriptor_of(path).is_some_and(was_closed)
}

/// Returns true if the program has opened a descriptor itself, so that its number named nothing when the program was
/// started. Only Linux reports this; elsewhere the function returns false.
pub(crate) fn is_own(descriptor: RawFd) -> bool {
    /// The flag of descriptors that are closed when another program is executed. The program sets it on all that it
    /// opens; a descriptor that it was started with cannot have it.
    const CLOSED_ON_EXEC: u32 = OFlags::CLOEXEC.bits();
    let info = fs::read_to_string(format!("/proc/self/fdinfo/{descriptor}")).unwrap_or_default();
    let flags = info.lines().find_map(|line| line.strip_prefix("flags:"));
    let flags = flags.and_then(|flags| u32::from_str_radix(flags.trim(), 8).ok());
    flags.is_some_and(|flags| flags & CLOSED_ON_EXEC != 0)
}

/// Returns the file that a descriptor of this program has open, to be written at the descriptor's own offset, or at the
/// end of the file if the descriptor appends. Opening the path of the descriptor (`/dev/stdout`, `/dev/fd/3`) would
/// begin at the start of the file and overwrite its content.
///
/// # Errors
///
/// Fails where the descriptor is not open to be written, or where the system does not give access to a descriptor by
/// its number.
pub(crate) fn open_to_write(descriptor: RawFd) -> io::Result<File> {
    let file = File::from(match descriptor {
        STDIN => io::stdin().as_fd().try_clone_to_owned()?,
        STDOUT => io::stdout().as_fd().try_clone_to_owned()?,
        STDERR => io::stderr().as_fd().try_clone_to_owned()?,
        other => duplicate(other)?,
    });
    let is_read_only = fcntl_getfl(&file)? & OFlags::ACCMODE == OFlags::RDONLY;
    if is_read_only {
        return Err(io::Error::other(format!("is open to be read; open it with {descriptor}>>")));
    }
    Ok(file)
}

/// Returns a duplicate of a descriptor, which shares its offset and flags.
#[cfg(target_os = "linux")]
fn duplicate(descriptor: RawFd) -> io::Result<OwnedFd> {
    // The only safe way that takes a number and no borrowed descriptor.
    let this = pidfd_open(getpid(), PidfdFlags::empty());
    this.and_then(|this| pidfd_getfd(this, descriptor, PidfdGetfdFlags::empty())).map_err(|_| {
        io::Error::other(
            "the system does not let this descriptor be shared; write to /dev/stdout, or name the file",
        )
    })
}

/// Returns a duplicate of a descriptor, by its path: outside Linux, opening that path duplicates the descriptor.
#[cfg(not(target_os = "linux"))]
fn duplicate(descriptor: RawFd) -> io::Result<OwnedFd> {
    Ok(File::options().write(true).open(format!("/dev/fd/{descriptor}"))?.into())
}

/// Returns the descriptor of this program that a path names, also through links; `None` if it names no descriptor.
pub(crate) fn descriptor_of(path: &Path) -> Option<RawFd> {
    let folders: Vec<_> =
        DESCRIPTOR_FOLDERS.iter().filter_map(|folder| fs::canonicalize(folder).ok()).collect();
    let mut path = std::path::absolute(path).ok()?;
    for _ in 0..LINKS_MAX {
        let folder = fs::canonicalize(path.parent()?).ok()?;
        if folders.contains(&folder) {
            return path.file_name()?.to_str()?.parse().ok();
        }
        path = folder.join(fs::read_link(&path).ok()?);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    #[cfg(target_os = "linux")]
    fn what_the_program_opens_is_its_own() {
        use std::os::fd::AsRawFd;
        let file = tempfile::tempfile().unwrap();
        assert!(is_own(file.as_raw_fd()));
        assert!(![STDIN, STDOUT, STDERR].into_iter().any(is_own));
    }

    #[test]
    fn paths_of_descriptors_are_known_also_through_links() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("link");
        symlink("/dev/stdout", &link).unwrap();
        symlink("loop", folder.path().join("loop")).unwrap();
        fs::write(folder.path().join("1"), "").unwrap();
        for (path, expected) in [
            (Path::new("/dev/stdin"), Some(STDIN)),
            (Path::new("/dev/../dev/stdout"), Some(STDOUT)),
            (Path::new("/dev/fd/2"), Some(STDERR)),
            (&link, Some(STDOUT)),
            (Path::new("/dev/null"), None),
            (Path::new("/"), None),
            (Path::new("nosuch/1"), None),
            (&folder.path().join("loop"), None),
            (&folder.path().join("1"), None),
        ] {
            assert_eq!(descriptor_of(path), expected, "{}", path.display());
        }
    }
}
