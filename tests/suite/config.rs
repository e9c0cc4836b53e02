//! The configuration file: its place, its lines, options on the command line that win over them, and refusals.

use crate::command::{binary, output_of};
use rustix::io::Errno;
use std::path::Path;
use std::process::Command;
use std::{fs, io};
use tempfile::TempDir;

const LOG: &[u8] = b"ret=-204\nok\nret=5\n";
const ERRORS: &str = "ret=-204 (auth: user session is failure!)\n";

/// Returns a folder with a configuration.
fn folder(config: &[u8]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("conf"), config).unwrap();
    folder
}

fn configured(folder: &Path) -> Command {
    let mut command = binary();
    command.current_dir(folder).env("IMSDK_ANNOTATE_CONFIG", "conf");
    command
}

/// Runs a command. Returns its exit status, standard output and standard error.
fn run(command: &mut Command, args: &[&str]) -> (Option<i32>, String, String) {
    let output = output_of(command.args(args), LOG);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// Returns the standard output of a run with a configuration, which must go well.
fn annotated(config: &str, args: &[&str]) -> String {
    let (status, stdout, stderr) = run(&mut configured(folder(config.as_bytes()).path()), args);
    assert_eq!((status, stderr.as_str()), (Some(0), ""), "{config:?} {args:?}");
    stdout
}

#[test]
fn options_are_read_in_each_form() {
    for config in [
        "--only=error",
        "--only error\n",
        "# errors alone\n\n  --only \t error  \r\n  # that is all\n",
        "--only -299..-201",
        "--only=-204",
        "--only error , !action",
    ] {
        assert_eq!(annotated(config, &[]), ERRORS, "{config:?}");
    }
    assert_eq!(annotated("--only error\n-n\n-A 1\n-j2", &[]), format!("1:{ERRORS}2-ok\n"));
    assert!(annotated("--color always\n", &["--explain", "5"]).contains('\x1b'));
}

#[test]
fn the_command_line_wins() {
    assert_eq!(annotated("--only error", &["--only", "action"]), "ret=5 (action: need google authcode)\n");
    assert!(!annotated("--color always", &["--color", "never"]).contains('\x1b'));
    // Severities that are not typed keep the colours of the file.
    let colors = "--color always\n--colors error=bold red,action=#ffaf00";
    let colored = annotated(colors, &["--colors", "error=34"]);
    assert!(
        colored.contains("\x1b[38;5;34m(auth") && colored.contains("\x1b[38;2;255;175;0m(action"),
        "{colored:?}"
    );
    // An option of the file that conflicts with one of the command line is left out.
    assert_eq!(annotated("--only error", &["--quiet"]), "");
    assert_eq!(annotated("--quiet", &["--only", "error"]), ERRORS);
    assert!(annotated("--only error\n--context 1\n--report text", &["--list", "5"]).contains("need google"));
    // An option of the file that requires another one is left out where the other is missing.
    assert_eq!(annotated("--after-context 1", &[]).lines().count(), 3);
    assert_eq!(annotated("--after-context 1", &["--only", "error"]), format!("{ERRORS}ok\n"));
    assert_eq!(annotated("--only error", &["-A1"]), format!("{ERRORS}ok\n"));
    assert!(annotated("--json", &["--list", "5"]).starts_with("[\n"));
    assert_eq!(annotated("--json", &["--only", "error"]), ERRORS);
}

#[test]
fn options_that_may_be_given_several_times_add_up() {
    let config = "--fail-on error>5\n--fail-on action\n";
    let folder = folder(config.as_bytes());
    let (status, _, stderr) = run(&mut configured(folder.path()), &["-q", "--fail-on", "error"]);
    assert_eq!(status, Some(1));
    assert_eq!(
        stderr,
        "imsdk-annotate: --fail-on action: 1 field (5: 1)\nimsdk-annotate: --fail-on error: 1 field (-204: 1)\n"
    );
}

#[test]
fn each_bad_line_is_named() {
    let config = b"--color sometimes\n--only error\n--colr x\nserver.log\n--list\n-h\n--version\n--man\n--no-config\n\
        --report\n--quiet x\n-j 0\n\xff\n--\n-\na\x1bb\n-q server.log\n--completions bash\n--explain 5\n# fine\n";
    let folder = folder(config);
    let (status, stdout, stderr) = run(&mut configured(folder.path()), &[]);
    assert_eq!((status, stdout.as_str()), (Some(2), ""));
    let only_typed = "has no place in a configuration; type it";
    let expected = [
        (1, "invalid value 'sometimes' for '--color <WHEN>'; [possible values: auto, always, never]"),
        (3, "unexpected argument '--colr' found; tip: a similar argument exists: '--color'"),
        (4, "server.log: is no option; write one option a line: --color never"),
        (5, &format!("--list: {only_typed}")),
        (6, &format!("-h: {only_typed}")),
        (7, &format!("--version: {only_typed}")),
        (8, &format!("--man: {only_typed}")),
        (9, &format!("--no-config: {only_typed}")),
        (10, "a value is required for '--report <FORMAT[=PATH]>' but none was supplied"),
        (11, "unexpected value 'x' for '--quiet' found; no more were expected"),
        (12, "invalid value '0' for '--threads <N>': 0 is not in 1..=1024"),
        (13, "is not UTF-8; save the file as UTF-8"),
        (14, "--: is no option; write one option a line: --color never"),
        (15, "-: is no option; write one option a line: --color never"),
        (16, "a\\u{1b}b: is no option; write one option a line: --color never"),
        (17, "-q server.log: names a file, or has a value too many; write one option a line: --color never"),
        (18, &format!("--completions bash: {only_typed}")),
        (19, &format!("--explain 5: {only_typed}")),
    ];
    let expected: Vec<String> =
        expected.iter().map(|(number, said)| format!("imsdk-annotate: conf:{number}: {said}")).collect();
    assert_eq!(stderr.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn lines_that_contradict_each_other_are_refused() {
    let folder = folder(b"--line-number\n\n--quiet\n");
    let (status, stdout, stderr) = run(&mut configured(folder.path()), &[]);
    assert_eq!((status, stdout.as_str()), (Some(2), ""));
    assert!(stderr.starts_with("imsdk-annotate: conf:3: the argument '"), "{stderr}");
    assert!(stderr.contains("--quiet") && stderr.contains("--line-number"), "{stderr}");
}

#[test]
fn which_file_it_is() {
    let folder = folder(b"--only error");
    let place = folder.path().join("imsdk-annotate");
    fs::create_dir(&place).unwrap();
    fs::rename(folder.path().join("conf"), place.join("config")).unwrap();
    let home = tempfile::tempdir().unwrap();
    let by_default = || {
        let mut command = binary();
        command.env_remove("IMSDK_ANNOTATE_CONFIG").env_remove("XDG_CONFIG_HOME").env("HOME", home.path());
        command
    };
    let all = run(&mut by_default(), &[]);
    assert_eq!((all.0, all.1.lines().count(), all.2.as_str()), (Some(0), 3, ""));
    assert_eq!(run(by_default().env("XDG_CONFIG_HOME", folder.path()), &[]).1, ERRORS);
    assert_eq!(run(by_default().env("XDG_CONFIG_HOME", folder.path()), &["--no-config"]), all);
    assert_eq!(
        run(by_default().env("XDG_CONFIG_HOME", folder.path()).env("IMSDK_ANNOTATE_CONFIG", ""), &[]),
        all
    );
    fs::create_dir(home.path().join(".config")).unwrap();
    fs::rename(&place, home.path().join(".config/imsdk-annotate")).unwrap();
    assert_eq!(run(&mut by_default(), &[]).1, ERRORS);
    // A folder in place of the file, which cannot be read.
    let config = home.path().join(".config/imsdk-annotate/config");
    fs::remove_file(&config).unwrap();
    fs::create_dir(&config).unwrap();
    let (status, _, stderr) = run(&mut by_default(), &[]);
    assert_eq!(status, Some(2));
    assert!(
        stderr.contains(&format!("{}: the configuration cannot be read: ", config.display())),
        "{stderr}"
    );
}

#[test]
fn a_file_that_is_named_must_be_there() {
    let folder = folder(b"");
    let missing = || {
        let mut command = configured(folder.path());
        command.env("IMSDK_ANNOTATE_CONFIG", "nosuch");
        command
    };
    let (status, stdout, stderr) = run(&mut missing(), &[]);
    assert_eq!((status, stdout.as_str()), (Some(2), ""));
    assert!(
        stderr.starts_with("imsdk-annotate: nosuch: the configuration that $IMSDK_ANNOTATE_CONFIG names")
    );
    assert!(stderr.contains(&io::Error::from(Errno::NOENT).to_string()), "{stderr}");
    for args in [&["--no-config"][..], &["--help"], &["--man"], &["--completions", "fish"]] {
        assert_eq!(run(&mut missing(), args).0, Some(0), "{args:?}");
    }
}

#[test]
fn single_options_are_left_out_by_name() {
    let config = "--fields\n--only error\n-n\n";
    assert_eq!(
        annotated(config, &["--no-config=fields", "--no-config=-n"]),
        "ret=-204 (auth: user session is failure!)\n"
    );
    assert!(annotated(config, &[]).starts_with("1:ret=-204 ret_category=auth"));
    let (status, _, stderr) = run(&mut configured(folder(config.as_bytes()).path()), &["--no-config=feilds"]);
    assert_eq!(status, Some(2));
    assert!(stderr.contains("there is no such option; name one of the file"), "{stderr}");
}

#[test]
fn blanks_count_behind_an_equals_sign_and_quotes_are_refused() {
    assert!(annotated("--note= [{code}]", &[]).starts_with("ret=-204 [-204]\n"));
    assert!(annotated("\u{feff}--note= [{code}]", &[]).starts_with("ret=-204 [-204]\n"));
    let (status, _, stderr) = run(&mut configured(folder(b"--note ' [{code}]'").path()), &[]);
    assert_eq!(status, Some(2));
    assert!(
        stderr.contains("conf:1: --note ' [{code}]': quotes are not taken away here; write --note= [{code}]"),
        "{stderr}"
    );
}

#[test]
fn what_is_typed_twice_is_refused() {
    let (status, _, stderr) =
        run(&mut configured(folder(b"--only auth").path()), &["--only", "error", "--only", "auth"]);
    assert_eq!(status, Some(2));
    assert!(stderr.contains("'--only <SELECT>' cannot be used multiple times"), "{stderr}");
}
