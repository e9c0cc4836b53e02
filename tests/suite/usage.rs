//! Messages about a command line: hints at the intended option, and examples that can be typed just as they are shown.

use crate::command::{binary, output_of};
use crate::documents::documents;
use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt;

fn said(args: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let output = output_of(binary().current_dir(&folder).args(args), b"");
    let said = String::from_utf8(output.stderr).unwrap();
    // An operand that names no file is an input that cannot be read.
    assert!(matches!(output.status.code(), Some(2 | 3)), "{args:?}: {said}");
    said
}

#[test]
fn codes_that_are_typed_alone_get_a_hint() {
    for (args, hint) in [
        (&["-204"][..], "to explain codes: imsdk-annotate --explain -204\n"),
        (&["-299..-201", "-5"], "to explain codes: imsdk-annotate --explain -299..-201 -5\n"),
        (&["explain", "-204"], "to explain codes: imsdk-annotate --explain -204\n"),
        (&["--", "-204"], "-204: to explain a code: imsdk-annotate --explain -204\n"),
        (&["204"], "204: to explain a code: imsdk-annotate --explain 204\n"),
        (&["explain", "x"], "explain: is an option here: imsdk-annotate --explain -204\n"),
        (&["list"], "list: is an option here: imsdk-annotate --list\n"),
        (&["search", "x"], "search: is an option here: imsdk-annotate --search WORDS\n"),
        (&["help"], "help: is an option here: imsdk-annotate --help\n"),
        (&["-204,-205"], "to explain codes: imsdk-annotate --explain -204,-205\n"),
        (&["-299 .. -201"], "to explain codes: imsdk-annotate --explain -299..-201\n"),
        (&["204,205"], "204,205: to explain a code: imsdk-annotate --explain 204,205\n"),
    ] {
        let said = said(args);
        assert!(said.contains(hint), "{args:?}: {said}");
        assert!(!said.contains("similar") && !said.contains("--color"), "{args:?}: {said}");
        assert!(!said.contains("Usage") || said.contains("[OPTIONS] [FILE]..."), "{args:?}: {said}");
    }
    // Other mistakes keep clap's own advice, and operands are files.
    assert!(said(&["--strickt"]).contains("a similar argument exists: '--strict'"));
    assert!(said(&["--strickt", "-204"]).contains("a similar argument exists: '--strict'"));
    assert!(!said(&["lists"]).contains("is an option"));
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("list"), "ret=-1\n").unwrap();
    let output = output_of(binary().current_dir(&folder).arg("list"), b"");
    assert!(output.status.success() && output.stderr.is_empty());
}

#[test]
fn a_comma_before_the_name_of_a_format_is_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    for (report, separate) in [
        ("json=r.json,text", "--report json=r.json --report text"),
        ("text=a,json=b", "--report text=a --report json=b"),
    ] {
        let (_, path) = report.split_once('=').unwrap();
        let output = output_of(binary().current_dir(&folder).args(["--report", report]), b"ret=-1\n");
        assert!(output.status.success());
        let expected = format!(
            "imsdk-annotate: --report {report}: makes one file, {path}; for several reports, write {separate}\n"
        );
        assert_eq!(String::from_utf8(output.stderr).unwrap(), expected);
        assert!(folder.path().join(path).exists());
    }
    let output = output_of(binary().current_dir(&folder).args(["-q", "--report=json=a,b"]), b"ret=-1\n");
    assert!(output.status.success() && output.stderr.is_empty());
    assert!(said(&["--report", "json,text"]).contains("for several, give --report several times"));
}

/// An interactive bash expands `!` from its history, unless it stands in single quotes.
#[test]
fn examples_can_be_pasted_into_a_shell() {
    let help = output_of(binary().arg("--help"), b"").stdout;
    let mut texts: Vec<String> =
        documents().iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    texts.extend([String::from_utf8(help).unwrap(), said(&["--only", "error,"])]);
    for text in texts {
        for line in text.lines() {
            for (at, _) in line.match_indices('!') {
                let is_letter = |char: char| char.is_ascii_alphabetic();
                let is_name = line[at + 1..].starts_with(is_letter) && !line[..at].ends_with(is_letter);
                // Expressions of GitHub's workflows are no commands.
                let is_placeholder = line[at..].starts_with("!term") || line[..at].ends_with("${{ ");
                let is_quoted = line[..at].matches('\'').count() % 2 == 1;
                // A value alone, such as the default of an input, is no command.
                let word_start = line[..at].rfind([' ', '`']).map_or(0, |start| start);
                let is_value = line[word_start..].starts_with('`')
                    && line[at..].find(['`', ' ']).is_some_and(|end| line[at + end..].starts_with('`'));
                assert!(!is_name || is_placeholder || is_quoted || is_value, "{line}");
            }
        }
    }
}

#[test]
fn names_that_are_no_utf8_stand_before_lines_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let names = [&b"a\xff\xd6\xd0.log"[..], b"b.log", b"c\x1b[31m\n.log", "d\u{202e}.log".as_bytes()];
    let shown = [&b"a\xff\xd6\xd0.log"[..], b"b.log", b"\"c\\u{1b}[31m\\n.log\"", b"\"d\\u{202e}.log\""];
    let mut command = binary();
    command.current_dir(&folder).arg("-n");
    for name in names {
        let name = OsString::from_vec(name.to_vec());
        fs::write(folder.path().join(&name), "ret=-1\n").unwrap();
        command.arg(name);
    }
    let output = output_of(&mut command, b"");
    let expected: Vec<Vec<u8>> =
        shown.iter().map(|name| [name, &b":1:ret=-1 (general: failure)\n"[..]].concat()).collect();
    assert_eq!(output.stdout.escape_ascii().to_string(), expected.concat().escape_ascii().to_string());
}
