//! Globs for paths: `logs/*.log`, `/srv/**/server.log`.

use globset::{Candidate, GlobBuilder, GlobMatcher};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

/// A glob for paths of files, part by part.
#[derive(Debug)]
pub(super) struct FileGlob {
    parts: Vec<GlobPart>,
}

#[derive(Debug)]
enum GlobPart {
    /// A part that is a name, a root, `.` or `..`.
    Name(OsString),
    /// A part that stands for names. Hidden ones are left out unless it begins with a dot.
    Names { matcher: GlobMatcher, hidden: bool },
    /// `**`: any number of folders.
    AnyFolders,
}

/// Returns true if a path has the characters of a glob.
pub(crate) fn is_glob(path: &Path) -> bool {
    path.as_os_str().as_bytes().iter().any(|byte| b"*?[{".contains(byte))
}

impl FileGlob {
    /// Reads a glob. `*`, `?`, `[a-z]` and `{a,b}` stand for parts of a name, `**` for any number of folders.
    ///
    /// # Errors
    ///
    /// Returns the message about a glob that is none.
    pub(super) fn new(path: &Path) -> Result<Self, String> {
        let mut parts = Vec::new();
        for component in path.components() {
            let text = component.as_os_str();
            let is_pattern = matches!(component, Component::Normal(_)) && is_glob(Path::new(text));
            parts.push(match text.to_str() {
                _ if !is_pattern => GlobPart::Name(text.to_owned()),
                Some("**") => GlobPart::AnyFolders,
                Some(pattern) => {
                    let glob =
                        GlobBuilder::new(pattern).literal_separator(true).backslash_escape(true).build();
                    let glob =
                        glob.map_err(|error| format!("{}: is no glob: {}", path.display(), error.kind()))?;
                    GlobPart::Names { matcher: glob.compile_matcher(), hidden: pattern.starts_with('.') }
                }
                None => {
                    return Err(format!("{}: a glob must be in UTF-8; name the folder", path.display()));
                }
            });
        }
        Ok(Self { parts })
    }

    /// Returns the paths of files that match now, and the folders that cannot be read, each with the error. A folder that is
    /// not there has no files.
    pub(super) fn paths(&self) -> (Vec<PathBuf>, Vec<(PathBuf, io::Error)>) {
        let (mut found, mut unread) = (Vec::new(), Vec::new());
        expand(PathBuf::new(), &self.parts, &mut found, &mut unread);
        alphanumeric_sort::sort_path_slice(&mut found);
        found.dedup();
        (found, unread)
    }
}

/// Adds the files below `folder` that match the parts.
fn expand(
    folder: PathBuf,
    parts: &[GlobPart],
    found: &mut Vec<PathBuf>,
    unread: &mut Vec<(PathBuf, io::Error)>,
) {
    let Some((part, rest)) = parts.split_first() else {
        if fs::metadata(&folder).is_ok_and(|metadata| metadata.is_file()) {
            found.push(folder);
        }
        return;
    };
    match part {
        GlobPart::Name(name) => expand(folder.join(name), rest, found, unread),
        GlobPart::Names { matcher, hidden } => {
            for (name, _) in names_in(&folder, unread) {
                let is_match = matcher.is_match_candidate(&Candidate::from_bytes(name.as_bytes()));
                if is_match && (*hidden || !is_hidden(&name)) {
                    expand(folder.join(name), rest, found, unread);
                }
            }
        }
        GlobPart::AnyFolders => {
            for (name, _) in names_in(&folder, unread).into_iter().filter(|(_, is_folder)| *is_folder) {
                if !is_hidden(&name) {
                    expand(folder.join(name), parts, found, unread);
                }
            }
            expand(folder, rest, found, unread);
        }
    }
}

/// Returns the names in a folder, each with true if it is that of a folder and no link.
fn names_in(folder: &Path, unread: &mut Vec<(PathBuf, io::Error)>) -> Vec<(OsString, bool)> {
    let read = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let entries = match fs::read_dir(read) {
        Ok(entries) => entries,
        Err(error) => {
            let is_nothing = matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory);
            if !is_nothing {
                unread.push((read.to_owned(), error));
            }
            return Vec::new();
        }
    };
    let named = |entry: fs::DirEntry| (entry.file_name(), entry.file_type().is_ok_and(|kind| kind.is_dir()));
    entries.flatten().map(named).collect()
}

fn is_hidden(name: &OsStr) -> bool {
    name.as_bytes().starts_with(b".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_stand_for_files_part_by_part() {
        let folder = tempfile::tempdir().unwrap();
        for path in ["a.log", "b.log", "b.txt", ".h.log", "s/a.log", "s/t/a.log", "s/t/c.log", ".s/a.log"] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        for (glob, expected) in [
            ("*.log", &["a.log", "b.log"][..]),
            (".*.log", &[".h.log"]),
            ("{b,x}.*", &["b.log", "b.txt"]),
            ("**/a.log", &["a.log", "s/a.log", "s/t/a.log"]),
            ("*/a.log", &["s/a.log"]),
            ("s/**/[bc].log", &["s/t/c.log"]),
            ("x/*.log", &[]),
        ] {
            let (paths, unread) = FileGlob::new(&folder.path().join(glob)).unwrap().paths();
            let paths: Vec<_> = paths.iter().map(|path| path.strip_prefix(folder.path()).unwrap()).collect();
            assert_eq!(paths, expected.iter().map(Path::new).collect::<Vec<_>>(), "{glob}");
            assert!(unread.is_empty());
        }
    }

    #[test]
    fn what_is_no_glob_is_refused() {
        assert!(FileGlob::new(Path::new("logs/[a")).unwrap_err().contains("logs/[a: is no glob: unclosed"));
    }
}
