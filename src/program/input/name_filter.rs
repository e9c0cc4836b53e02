//! Chooses files of folders by globs for their names.

use globset::{Candidate, GlobBuilder, GlobSet, GlobSetBuilder};
use memchr::memchr_iter;

/// The globs of `--include` and `--exclude`. By default, every name is chosen.
///
/// A glob without `/` is for the last part of a name (`*.log`), a glob with `/` for the whole name (`2026/**/*.log`);
/// `*` and `?` stand for no `/`, and `?` for one byte. A `/` at the beginning has no meaning but that: `/a.log` is `a.log` at the top alone.
#[derive(Clone, Debug, Default)]
pub struct NameFilter {
    /// The globs of which one must match; `None` if none is given.
    included: Option<GlobSet>,
    /// The globs of which none may match the name or a folder in it; `None` if none is given.
    excluded: Option<GlobSet>,
}

impl NameFilter {
    /// Returns the filter for the globs of both options, which may be none.
    ///
    /// # Errors
    ///
    /// Returns the message about the first glob that is none.
    pub(crate) fn new(include: &[String], exclude: &[String]) -> Result<Self, String> {
        let set = |option: &str, globs: &[String]| {
            if globs.is_empty() { Ok(None) } else { set_of(globs, option).map(Some) }
        };
        Ok(Self { included: set("--include", include)?, excluded: set("--exclude", exclude)? })
    }

    /// Returns true if a file is chosen. `name` is its name below the operand, with `/` between its parts: `sub/a.log`.
    pub(crate) fn matches(&self, name: &[u8]) -> bool {
        let is_included = self.included.as_ref().is_none_or(|globs| is_match(globs, name));
        let mut folders = memchr_iter(b'/', name).map(|end| &name[..end]);
        is_included && !self.excludes(name) && !folders.any(|folder| self.excludes(folder))
    }

    /// Returns true if an excluding glob matches the name of a file or folder below the operand. All files in such a
    /// folder are excluded.
    pub(super) fn excludes(&self, name: &[u8]) -> bool {
        self.excluded.as_ref().is_some_and(|globs| is_match(globs, name))
    }
}

fn is_match(globs: &GlobSet, name: &[u8]) -> bool {
    globs.is_match_candidate(&Candidate::from_bytes(name))
}

/// Returns the set of globs that an option gives.
///
/// # Errors
///
/// Returns the message about the first glob that is none, or that no file can match.
fn set_of(globs: &[String], option: &str) -> Result<GlobSet, String> {
    let mut set = GlobSetBuilder::new();
    for text in globs {
        let refusal = |reason: &str| format!("{option} {text}: {reason}");
        if text.is_empty() {
            return Err(refusal("is empty; write a glob for names, such as '*.log'"));
        }
        if text.ends_with('/') {
            return Err(refusal("no file has such a name; for all files in a folder, leave out the last /"));
        }
        let pattern = match text.strip_prefix('/') {
            Some(anchored) => anchored.to_owned(),
            None if text.contains('/') => text.clone(),
            None => format!("**/{text}"),
        };
        let glob = GlobBuilder::new(&pattern).literal_separator(true).backslash_escape(true).build();
        set.add(glob.map_err(|error| refusal(&format!("is no glob: {}", error.kind())))?);
    }
    set.build().map_err(|error| format!("{option}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(include: &[&str], exclude: &[&str]) -> Result<NameFilter, String> {
        let owned = |globs: &[&str]| globs.iter().map(|&glob| glob.to_owned()).collect::<Vec<_>>();
        NameFilter::new(&owned(include), &owned(exclude))
    }

    #[test]
    fn a_glob_without_a_slash_is_for_the_last_part_and_one_with_it_for_the_whole_name() {
        for (glob, matching, others) in [
            ("*.log", &["a.log", "sub/a.log", ".log", "s/\u{65e5}.log"][..], &["a.log.1", "a.log/b"][..]),
            ("a?c", &["abc", "x/a.c"], &["ac", "a/c"]),
            ("/a.log", &["a.log"], &["sub/a.log"]),
            ("sub/*.log", &["sub/a.log"], &["a.log", "sub/x/a.log", "x/sub/a.log"]),
            ("**/sub/*.log", &["sub/a.log", "x/sub/a.log"], &["x/sub/y/a.log"]),
            ("2026/**", &["2026/a", "2026/b/c"], &["2026", "x/2026/a"]),
            ("[ab].{log,txt}", &["a.log", "x/b.txt"], &["c.log", "A.log"]),
            ("\\*", &["*", "x/*"], &["a"]),
        ] {
            let filter = filter(&[glob], &[]).unwrap();
            matching.iter().for_each(|name| assert!(filter.matches(name.as_bytes()), "{glob} {name}"));
            others.iter().for_each(|name| assert!(!filter.matches(name.as_bytes()), "{glob} {name}"));
        }
        assert!(filter(&["*.log"], &[]).unwrap().matches(b"\xff\n.log"));
    }

    #[test]
    fn exclude_wins_and_leaves_out_all_that_is_in_a_folder() {
        let filter = filter(&["*.log", "*.txt"], &["old", "b.*", "/top/x"]).unwrap();
        for name in ["a.log", "a.txt", "bold/a.log", "sub/top/x/a.log"] {
            assert!(filter.matches(name.as_bytes()), "{name}");
        }
        for name in ["a.gz", "b.log", "old/a.log", "sub/old/deep/a.log", "sub/b.d/a.log", "top/x/a.log"] {
            assert!(!filter.matches(name.as_bytes()), "{name}");
        }
        assert!(NameFilter::default().matches(b"old"));
    }

    #[test]
    fn what_is_no_glob_is_refused_with_its_option() {
        for (glob, said) in [
            ("[a", "--exclude [a: is no glob: unclosed character class; missing ']'"),
            (
                "{a",
                "--exclude {a: is no glob: unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?)",
            ),
            ("", "--exclude : is empty; write a glob for names, such as '*.log'"),
            (
                "sub/",
                "--exclude sub/: no file has such a name; for all files in a folder, leave out the last /",
            ),
        ] {
            assert_eq!(filter(&[], &[glob]).unwrap_err(), said);
        }
    }
}
