//! Paths without links and `..`, by which two names of one place are told.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// The largest number of links that are followed, as on Linux.
const LINKS_MAX: usize = 40;

/// Returns the path without links and `..`. Parts that do not exist yet are kept as they are.
pub(crate) fn resolve(path: &Path) -> PathBuf {
    let parts = |path: &Path| -> Vec<OsString> {
        path.components().rev().map(|component| component.as_os_str().to_owned()).collect()
    };
    let mut resolved = PathBuf::new();
    let mut links = 0;
    // The parts that are still to be resolved, in reverse order.
    let mut rest = parts(&std::path::absolute(path).unwrap_or_else(|_| path.to_owned()));
    while let Some(part) = rest.pop() {
        if part == ".." {
            resolved.pop();
            continue;
        }
        // An absolute target replaces the path that it is joined to.
        let next = resolved.join(part);
        match fs::read_link(&next) {
            Ok(target) if links < LINKS_MAX => {
                links += 1;
                rest.extend(parts(&target));
            }
            _ => resolved = next,
        }
    }
    resolved
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn paths_are_resolved_as_the_system_would() {
        let folder = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(folder.path()).unwrap();
        fs::create_dir_all(root.join("a/b")).unwrap();
        symlink("a/b", root.join("relative")).unwrap();
        symlink(root.join("a"), root.join("absolute")).unwrap();
        symlink("../c", root.join("a/dangling")).unwrap();
        symlink("loop", root.join("loop")).unwrap();
        for (path, expected) in [
            ("a/b", "a/b"),
            ("relative", "a/b"),
            ("relative/../x", "a/x"),
            ("absolute/b/./x", "a/b/x"),
            ("absolute/dangling/y", "c/y"),
            ("nosuch/../a", "a"),
            ("loop/x", "loop/x"),
        ] {
            assert_eq!(resolve(&root.join(path)), root.join(expected), "{path}");
        }
    }
}
