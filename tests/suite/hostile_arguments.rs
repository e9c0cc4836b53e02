//! Hostile arguments, names, configurations and catalogs: no message lets them act on a terminal.

use crate::command::{binary, output_of};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::process::Output;
use tempfile::TempDir;

/// Texts that act on a terminal, and a line that looks like a message of the program.
const HOSTILE: [&[u8]; 8] = [
    b"\x1b[31mred",
    b"\x1b]0;title\x07",
    b"x\nimsdk-annotate: FORGED",
    b"a\rb\x08\x7f",
    "\u{202e}desrever".as_bytes(),
    "\u{9b}31m\u{85}".as_bytes(),
    b"\xff\x1b[2J\x9b",
    b"##[error]x\t::y",
];

/// Returns true if a character could act on a terminal, as far as a naive reader knows.
fn acts(char: char) -> bool {
    (char.is_control() && char != '\n') || "\u{200b}\u{202e}\u{2028}\u{feff}\u{ad}".contains(char)
}

fn assert_harmless(text: &[u8], what: &str) {
    let text = std::str::from_utf8(text).unwrap_or_else(|_| panic!("{what}: {}", text.escape_ascii()));
    assert!(!text.contains(acts), "{what}: {text:?}");
    assert!(!text.lines().any(|line| line.starts_with("imsdk-annotate: FORGED")), "{what}: {text}");
}

/// Returns a folder with a log, and the names of the options that take values.
fn folder_and_options() -> (TempDir, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.log"), "ret=-1\n").unwrap();
    let help = output_of(binary().arg("--help"), b"").stdout;
    let help = String::from_utf8(help).unwrap();
    let lines = help.lines().map(str::trim).filter(|line| line.starts_with('-') && line.contains('<'));
    let options =
        lines.filter_map(|line| line.split([' ', '[', '<', '=']).find(|word| word.starts_with("--")));
    let options: Vec<String> = options.map(|option| option.trim_end_matches(',').to_owned()).collect();
    assert!(options.len() > 15 && options.iter().any(|option| option == "--only"), "{options:?}");
    (folder, options)
}

fn with(prefix: &str, text: &[u8]) -> OsString {
    OsString::from_vec([prefix.as_bytes(), text].concat())
}

fn check(folder: &TempDir, args: &[&OsStr]) -> Output {
    let output = output_of(binary().current_dir(folder).args(args), b"");
    assert_harmless(&output.stderr, &format!("{args:?}"));
    output
}

#[test]
fn no_argument_acts() {
    let (folder, options) = folder_and_options();
    for text in HOSTILE {
        for option in &options {
            for args in [vec![with(&format!("{option}="), text)], vec![option.into(), with("", text)]] {
                let args: Vec<&OsStr> = args.iter().map(OsString::as_os_str).collect();
                let output = check(&folder, &args);
                assert_harmless(&output.stdout, &format!("{args:?}"));
            }
        }
        for args in [
            vec![with("", text)],
            vec![with("--", text)],
            vec![with("--no", text)],
            vec![with("-", text)],
            vec![with("-j", text)],
            vec![with("-q", text)],
            vec!["--explain".into(), "5".into(), with("", text)],
            vec!["--search".into(), with("", text), with("x", text)],
            vec!["--only".into(), with("error,!", text), "a.log".into()],
            vec!["--only".into(), with("-1..", text), "a.log".into()],
            vec!["--fail-on".into(), with("any>", text), "a.log".into()],
            vec!["--report".into(), with("json=", &[text, b",text"].concat()), "a.log".into()],
            vec!["--merge-reports".into(), "--report=text=-".into(), with("", text)],
            vec!["--report=text".into(), "--fail-on=any".into(), with("no", text), "a.log".into()],
            vec!["-o".into(), with("no/", text), with("", text)],
            vec!["--output-dir".into(), with("out", text), with("", text)],
            vec!["--".into(), with("-", text)],
        ] {
            let args: Vec<&OsStr> = args.iter().map(OsString::as_os_str).collect();
            check(&folder, &args);
        }
    }
}

/// An existing file with such a name is read, appears in reports, and is refused as an output.
#[test]
fn no_name_of_a_file_acts() {
    let (folder, _) = folder_and_options();
    for text in HOSTILE {
        let name = with("", text);
        if name.as_bytes().contains(&b'/') || fs::write(folder.path().join(&name), b"\x1f\x8bret=-1").is_err()
        {
            println!("skipped: no file can be called {name:?}");
            continue;
        }
        for args in [
            &["--report=text"][..],
            &["--report=markdown", "--fail-on=any"],
            &["--catalog"],
            &["--check-catalog"],
            &["--baseline"],
            &["--merge-reports", "--report=text"],
            &["--output-dir=."],
            &["-o"],
        ] {
            let mut args: Vec<&OsStr> = args.iter().map(OsStr::new).collect();
            args.push(&name);
            check(&folder, &args);
            args.push(&name);
            check(&folder, &args);
        }
    }
}

#[test]
fn no_configuration_and_no_catalog_acts() {
    let (folder, options) = folder_and_options();
    let (config, catalog) = (folder.path().join("config"), folder.path().join("catalog"));
    for text in HOSTILE {
        let output = output_of(binary().env("IMSDK_ANNOTATE_CONFIG", with("/nosuch", text)), b"");
        assert_harmless(&output.stderr, "name of the configuration");
        let lines = options.iter().map(|option| with(&format!("{option} "), text));
        for line in lines.chain([with("", text), with("--", text), with("-", text)]) {
            fs::write(&config, line.as_bytes()).unwrap();
            let mut command = binary();
            command.current_dir(&folder).env("IMSDK_ANNOTATE_CONFIG", &config).arg("a.log");
            assert_harmless(&output_of(&mut command, b"").stderr, &format!("{line:?}"));
        }
        for rows in [
            with("code,message\n", text),
            with("code,message,category\n-1,x,", text),
            with("code,message,severity\n-1,x,", text),
            with("{\"-1\": \"", &[text, b"\"}"].concat()),
            with("[{\"code\": ", text),
            with("| code | message |\n| --- | --- |\n| -1 | ", &[text, b" |"].concat()),
        ] {
            fs::write(&catalog, rows.as_bytes()).unwrap();
            for args in [&["--check-catalog", "catalog"][..], &["--catalog", "catalog", "--list"]] {
                let args: Vec<&OsStr> = args.iter().map(OsStr::new).collect();
                let output = check(&folder, &args);
                assert_harmless(&output.stdout, &format!("{args:?} {rows:?}"));
            }
        }
    }
}
