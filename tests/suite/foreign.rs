//! Text of other programs, `tests/data/foreign/`: each note in it is listed with the reason why a rule lets it through.
//!
//! The files are written for this test, in the forms of C headers, Python, manual pages, a Debian system's logs and CI
//! logs. A rule that adds notes to them needs a good reason; a rule that drops some is welcome.

use crate::command::annotate;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A line that gets a note.
struct Noted {
    file: &'static str,
    /// A part of the line that no other line of the file has.
    part: &'static str,
    /// True if it gets a note with `--strict`, too.
    strict: bool,
}

const fn noted(file: &'static str, part: &'static str, strict: bool) -> Noted {
    Noted { file, part, strict }
}

/// All lines that get a note.
const NOTED: [Noted; 10] = [
    // `ret` is a key wherever it stands, and source code assigns to it as a log does.
    noted("header.h", "int ret = -1;", true),
    // An argument or a member that is called `code`: nothing tells it from the same text in a log.
    noted("library.py", "message, code=1", false),
    // An index from the end, which is written as `retCode[-204]` is.
    noted("library.py", "ret[-1][1] ==", true),
    noted("library.py", "ret[-1] = (", true),
    // Documentation of a field.
    noted("manual.1", "(ret=1)", true),
    noted("manual.1", "(ret=2)", true),
    // The debugging form of Rust's `io::Error`, and an object of JavaScript: no word stands before `code`.
    noted("ci-github.log", "Os { code: 2", false),
    noted("ci-github.log", "{ code: 1, killed", false),
    // JSON with a quoted key is what iMSDK's services write.
    noted("services.log", r#"{"code":1,"data""#, true),
    // A condition of SQL: `ret` again, and `code` without a colon.
    noted("services.log", "code=5 AND ret=-1", true),
];

/// The files with near misses, and the number of their lines: sentences that are no fields, and may be shown, because
/// logs write so, too.
const NEAR: [(&str, u64); 2] = [("ci-gitlab.log", 2), ("syslog.log", 1)];

/// Returns the files, in the order of their names.
fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/foreign");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 7, "{files:?}");
    files
}

fn name_of(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

/// Checks that the lines that get a note with `args` are those that are listed and `is_wanted`.
fn check(args: &[&str], is_wanted: impl Fn(&Noted) -> bool) {
    for path in files() {
        let (name, text) = (name_of(&path), fs::read(&path).unwrap());
        let expected = NOTED.iter().filter(|noted| noted.file == name && is_wanted(noted));
        let mut expected: Vec<&str> = expected.map(|noted| noted.part).collect();
        let output = annotate(args, &text);
        let pairs = text.split(|&byte| byte == b'\n').zip(output.split(|&byte| byte == b'\n'));
        for (line, _) in pairs.filter(|(before, after)| before != after) {
            let line = std::str::from_utf8(line).unwrap();
            let place = expected.iter().position(|part| line.contains(part));
            expected.remove(place.unwrap_or_else(|| panic!("{name}: a note that is not listed: {line}")));
        }
        assert!(expected.is_empty(), "{name}: these get no note, {args:?}: {expected:?}");
    }
}

#[test]
fn each_note_in_foreign_text_is_listed() {
    check(&[], |_| true);
    check(&["--strict"], |noted| noted.strict);
    let names: BTreeSet<String> = files().iter().map(|path| name_of(path).to_owned()).collect();
    assert!(NOTED.iter().all(|noted| names.contains(noted.file)));
}

#[test]
fn near_misses_in_foreign_text_are_few() {
    for path in files() {
        let report = annotate(&["-q", "--report=json=-", path.to_str().unwrap()], b"");
        let report: serde_json::Value = serde_json::from_slice(&report).unwrap();
        let name = name_of(&path);
        let expected = NEAR.iter().find(|(file, _)| *file == name).map_or(0, |&(_, lines)| lines);
        assert_eq!(report["near"]["lines"].as_u64().unwrap_or(0), expected, "{name}: {}", report["near"]);
    }
}
