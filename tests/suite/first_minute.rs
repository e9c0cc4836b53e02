//! The first minute: what the program says alone on a terminal, the sample log, and the version.

use crate::command::{annotate, binary, output_of};
use crate::window::OnTerminal;

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn alone_on_a_terminal_it_says_in_five_lines_what_to_type() {
    for args in [&[][..], &["--strict"]] {
        let (status, window) = OnTerminal::start_alone(binary().args(args), 80, 24).end();
        let rows: Vec<String> = window.all_rows().into_iter().filter(|row| !row.is_empty()).collect();
        assert_eq!((status.code(), rows.len()), (Some(2), 5), "{rows:?}");
        for typed in ["imsdk-annotate --demo ", "imsdk-annotate server.log ", "--explain -204 ", "--help"] {
            assert!(rows.iter().any(|row| row.contains(typed)), "{typed}: {rows:?}");
        }
    }
}

#[test]
fn the_sample_log_shows_fields_in_many_forms() {
    let noted = text(&annotate(&["--demo"], b""));
    let unnoted = annotate(&["--demo", "--strip"], b"");
    assert_eq!(text(&annotate(&[], &unnoted)), noted);
    let notes: Vec<&str> =
        noted.lines().filter_map(|line| line.split_once(" (").map(|(_, note)| note)).collect();
    let starts = ["auth: ", "friend: ", "bind: ", "migrate: ", "action: ", "action: ", "token: "];
    assert_eq!(notes.len(), starts.len(), "{noted}");
    assert!(notes.iter().zip(starts).all(|(note, start)| note.starts_with(start)), "{noted}");
    assert!(noted.ends_with("ret=0 openid=1000065, worker ended with exit code: 1\n"), "{noted}");
}

/// The sample log is an input as any other.
#[test]
fn the_sample_log_goes_with_other_options() {
    assert!(text(&annotate(&["--demo", "--lang=zh"], b"")).contains("ret=-204 (登录鉴权: 用户登录态过期)"));
    let report = text(&annotate(&["--demo", "-q", "--report=text=-"], b""));
    assert!(report.starts_with("7 fields with known codes in 8 lines of 1 input\n"), "{report}");
    assert!(report.contains("demo.log:1: "), "{report}");
    let named = text(&annotate(&["--demo", "--name=x.log", "--only=-204", "-Hn"], b""));
    assert!(named.starts_with("x.log:1:"), "{named}");
    let of_terminal = OnTerminal::start_alone(binary().arg("--demo").env("TERM", "xterm"), 80, 24).end();
    assert!(of_terminal.0.success() && !of_terminal.1.colors.is_empty());
}

#[test]
fn the_sample_log_is_the_only_input() {
    let refused =
        [&["a.log"][..], &["-F", "a.log"], &["--explain", "-204"], &["--output-dir=out"], &["--range=0-1"]];
    for args in refused.map(|args| [&["--demo"], args].concat()) {
        let output = output_of(binary().args(args), b"");
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(text(&output.stderr).contains("--demo"), "{output:?}");
    }
    // A folder for outputs in the configuration is left out.
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("config"), "--output-dir out\n").unwrap();
    let configured =
        output_of(binary().env("IMSDK_ANNOTATE_CONFIG", folder.path().join("config")).arg("--demo"), b"");
    assert_eq!(configured.stdout, annotate(&["--demo"], b""));
    // Standard input is still that of the user where an option names it.
    let own = text(&annotate(&["--demo", "--catalog=/dev/stdin"], b"code,message\n-204,mine\n"));
    assert!(own.contains("ret=-204 (auth: mine) openid="), "{own}");
    let closed = "\"$0\" --demo <&-";
    let output =
        crate::command::isolated("sh").args(["-c", closed, env!("CARGO_BIN_EXE_imsdk-annotate")]).output();
    assert_eq!(output.unwrap().stdout, annotate(&["--demo"], b""));
}

#[test]
fn the_version_names_the_catalog() {
    let of = |option: &str| text(&annotate(&[option], b""));
    let version = format!("imsdk-annotate {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(of("-V"), version);
    let long = of("--version");
    let catalog = long.strip_prefix(&version).unwrap();
    let (edition, codes) =
        catalog.strip_prefix("built-in catalog: edition ").unwrap().split_once(", ").unwrap();
    assert_eq!(edition.len(), 8);
    assert_eq!(codes, "190 codes from -1108 to 5\n");
}
