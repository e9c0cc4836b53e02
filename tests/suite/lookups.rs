//! Look-ups: `--explain`, `--list` and `--search` as golden files, messages where nothing is found, and JSON.

use crate::command::{annotate, binary, output_of};
use imsdk_annotate::Catalog;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use unicode_width::UnicodeWidthStr;

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/lookups")
}

/// Runs the binary. Returns its exit status, standard output and standard error.
fn run(args: &[&str], input: &[u8]) -> (Option<i32>, String, String) {
    let output = output_of(binary().args(args), input);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn json(args: &[&str], input: &[u8]) -> Vec<Value> {
    serde_json::from_slice(&annotate(args, input)).unwrap()
}

fn codes(args: &[&str], input: &[u8]) -> Vec<i64> {
    json(args, input).iter().map(|entry| entry["code"].as_i64().unwrap()).collect()
}

#[test]
fn each_form_is_its_golden_file() {
    for (args, file) in [
        (&["--explain", "-204", "-206..-205", "5"][..], "explain.txt"),
        (&["--explain", "-204", "--json"], "explain.json"),
        (&["--list"], "list.txt"),
        (&["--list", "auth,!-299..-210"], "list-auth.txt"),
        (&["--search", "openid", "渠道"], "search.txt"),
    ] {
        let found = String::from_utf8(annotate(args, b"")).unwrap();
        assert_eq!(found, fs::read_to_string(data().join(file)).unwrap(), "{args:?}");
    }
}

#[test]
fn codes_and_ranges_go_with_options_on_either_side() {
    let expected = [-204, -205, -201, 5];
    for args in [
        &["--json", "--explain", "-204", "-205", "-201..-201", "5"][..],
        &["--explain", "-204", "-205", "-201..-201", "5", "--json"],
        &["--explain=-204", "--explain", "-205", "-201..-201", "--json", "--explain", "5", "-204"],
        &["--explain", "-204", "-205", "-201", "5", "--json", "--color=always"],
    ] {
        assert_eq!(codes(args, b""), expected, "{args:?}");
    }
    assert_eq!(codes(&["--explain", "-210..-208", "--json"], b"").len(), 3);
    // Spaces are ignored, as in selectors.
    assert_eq!(codes(&["--explain= 5", "--explain=-206 .. -205", "--json"], b""), [5, -205, -206]);
    assert_eq!(codes(&["--explain", " -204 ", "-206 .. -205", "--json"], b""), [-204, -205, -206]);
}

#[test]
fn codes_of_log_lines_are_explained_once_in_their_order() {
    let log = b"x ret=-705 y\nret=-204 ret=-705 (migrate: x)\n{\"code\":5}\nexit code: 1\nret=-204";
    assert_eq!(codes(&["--explain", "-", "--json"], log), [-705, -204, 5]);
    assert_eq!(codes(&["--explain", "-1", "-", "-204", "--json"], log), [-1, -705, -204, 5]);
    assert_eq!(codes(&["--explain", "-", "--strict", "--json"], b"code=5 ret=2"), [2]);
    let long = [vec![b'.'; 3_000_000], b" ret=-1\n".repeat(100_000), b"ret=-204".to_vec()].concat();
    assert_eq!(codes(&["--explain", "-", "--json"], &long), [-1, -204]);
    let (status, stdout, stderr) = run(&["--explain", "-"], b"ret=-31337 ret=-1\nret=-31337\n");
    assert_eq!((status, stdout.as_str()), (Some(1), "-1  general, error\n    failure\n    失败\n"));
    assert!(stderr.starts_with("imsdk-annotate: -31337: is not in the catalog; "), "{stderr}");
    assert_eq!(stderr.lines().count(), 1);
    for input in ["", "no field\n"] {
        let (status, stdout, stderr) = run(&["--explain", "-"], input.as_bytes());
        assert_eq!((status, stdout.as_str()), (Some(1), ""));
        assert_eq!(stderr, "imsdk-annotate: standard input: has no return code in it\n");
    }
}

#[test]
fn fields_are_explained_as_they_stand_in_a_log() {
    for (args, expected) in [
        (&["ret=-204"][..], &[-204][..]),
        (&["ret=-204", "-1", "code: 5", "retCode[-705]"], &[-204, -1, 5, -705]),
        (&["{\"ret\":-204,\"seq\":7,\"code\":5}", "-204"], &[-204, 5]),
        (&["login failed, ret=-204 (auth: user session is failure!)"], &[-204]),
        (&["pay_rc=-204", "--key", "payrc"], &[-204]),
        (&["--pattern", "returned (?<code>-?\\d+)", "--explain", "bind returned -1."], &[-1]),
    ] {
        assert_eq!(codes(&[&["--json", "--explain"], args].concat(), b""), expected, "{args:?}");
    }
    assert_eq!(codes(&["--json", "--explain=ret=-204"], b""), [-204]);
    assert_eq!(codes(&["--json", "--explain", "ret=-204", "-"], b"ret=-1 ret=-204"), [-204, -1]);
    let (status, stdout, stderr) = run(&["--explain", "ret=-31337"], b"");
    assert_eq!((status, stdout.as_str()), (Some(1), ""));
    assert!(stderr.starts_with("imsdk-annotate: -31337: is not in the catalog; "), "{stderr}");
    for args in [
        &["--explain", "pay_rc=-204"][..],
        &["--explain", "-1", "http_code=-204"],
        &["--explain", "ret=7"],
        &["--explain", "-204 -1"],
        &["--explain", "ret=-204,5"],
        &["--explain", "code=5", "--strict"],
        &["--explain", "ret=-204", "-", "x\u{1b}[2J"],
    ] {
        let (status, stdout, stderr) = run(args, b"ret=-1\n");
        assert_eq!((status, stdout.as_str()), (Some(2), ""), "{args:?}");
        assert!(stderr.contains("a field (ret=-204)") && !stderr.contains('\x1b'), "{args:?}: {stderr}");
    }
}

#[test]
fn no_code_is_offered_in_place_of_a_code_far_from_all() {
    for (args, name) in [
        (&["--explain", "-31337"][..], "-31337"),
        (&["--explain", "-9000..-8000"], "-9000..-8000"),
        (&["--explain", "31337"], "31337"),
        (&["--list", "-31337"], "--list -31337"),
    ] {
        let (_, _, stderr) = run(args, b"");
        assert_eq!(
            stderr,
            format!(
                "imsdk-annotate: {name}: is not in the catalog; no code near it is; --list prints all codes\n"
            )
        );
    }
}

#[test]
fn what_is_not_there_is_said_and_the_rest_is_done() {
    let (status, stdout, stderr) = run(&["--explain", "-2044", "-1", "-99..-90"], b"");
    assert_eq!((status, stdout.as_str()), (Some(1), "-1  general, error\n    failure\n    失败\n"));
    let lines: Vec<&str> = stderr.lines().collect();
    assert_eq!(lines.len(), 2, "{stderr}");
    assert!(lines[0].starts_with("imsdk-annotate: -99..-90: is not in the catalog; the nearest are -101 ("));
    assert!(lines[1].starts_with("imsdk-annotate: -2044: is not in the catalog; the nearest are -2"));
    assert!(lines[1].contains("-204 (auth: user session is failure!)"));
    for (args, said) in [
        (&["--list", "unknown"][..], "--list unknown: selects no code of the catalog"),
        (
            &["--search", "nosuch", "word"],
            "--search nosuch word: no code of the catalog has that; try fewer words, or parts of them",
        ),
        (&["--explain", "7"], "7: is not in the catalog; the nearest are 5 ("),
    ] {
        let (status, stdout, stderr) = run(args, b"");
        assert_eq!((status, stdout.as_str()), (Some(1), ""), "{args:?}");
        assert!(stderr.starts_with(&format!("imsdk-annotate: {said}")), "{args:?}: {stderr}");
        let (status, stdout, _) = run(&[args, &["--json"]].concat(), b"");
        assert_eq!((status, stdout.as_str()), (Some(1), "[]\n"), "{args:?}");
    }
}

#[test]
fn bad_usage_is_said() {
    for (args, said) in [
        (&["--explain", "foo"][..], "--search finds words"),
        (&["--explain", "-201..-299"], "write the lower one first"),
        (&["--explain", "1234567890"], "1234567890 is no code: a code has up to 9 digits"),
        (&["--explain=1..1000000000"], "1000000000 is no code: a code has up to 9 digits"),
        (&["--explain", "--json"], "a value is required for '--explain"),
        (&["--list", "eror"], "imsdk-annotate: --list eror: nothing is called \"eror\"; did you mean error?"),
        (&["--list", "new"], "\"new\" is for --only and --fail-on"),
        (&["--list", "-2004"], "--list -2004: is not in the catalog; the nearest is -204 (auth: "),
        (&["--list", "+5"], "--list +5: nothing is called \"+5\"; there are: "),
        (&["--list", "1234567890"], "--list 1234567890: 1234567890 is no code: a code has up to 9 digits"),
        (&["--explain=+5"], "write a code of up to 9 digits"),
        (&["--explain=0000000005"], "0000000005 is no code: a code has up to 9 digits"),
        (&["--search", " "], "imsdk-annotate: --search: a word is missing"),
        (&["--json", "x.log"], "--explain <CODE>..."),
        (&["--list", "--explain", "5"], "cannot be used with"),
        (&["--list", "any", "x.log"], "cannot be used with '[FILE]...'"),
        (&["--explain", "5", "-q"], "cannot be used with '--quiet'"),
        (&["--search", "x", "--only", "error"], "cannot be used with '--only <SELECT>'"),
    ] {
        let (status, stdout, stderr) = run(args, b"");
        assert_eq!((status, stdout.as_str()), (Some(2), ""), "{args:?}");
        assert!(stderr.contains(said), "{args:?}: {stderr}");
    }
}

#[test]
fn columns_begin_at_the_same_width() {
    let table = String::from_utf8(annotate(&["--list"], b"")).unwrap();
    let catalog = Catalog::builtin();
    let (titles, rows) = table.split_once('\n').unwrap();
    assert_eq!(rows.lines().count(), catalog.entries().len());
    for (entry, row) in catalog.entries().iter().zip(rows.lines()) {
        let code = entry.code().to_string();
        let mut end = row.find(&code).unwrap() + code.len();
        assert_eq!(end, titles.find("code").unwrap() + "code".len(), "{row}");
        for (title, cell) in [
            ("category", entry.category().name()),
            ("severity", entry.severity().name()),
            ("message", entry.message()),
            ("explanation", entry.explanation()),
        ] {
            let start = end + row[end..].find(cell).unwrap();
            if !cell.is_empty() {
                assert_eq!(row[..start].width(), titles.find(title).unwrap(), "{title}: {row}");
            }
            end = start + cell.len();
        }
    }
}

#[test]
fn json_has_the_whole_catalog() {
    let catalog = Catalog::builtin();
    let listed = json(&["--list", "--json"], b"");
    assert_eq!(listed.len(), catalog.entries().len());
    for (entry, listed) in catalog.entries().iter().zip(listed) {
        assert_eq!(listed["code"], entry.code());
        assert_eq!(listed["category"], entry.category().name());
        assert_eq!(listed["category_zh"], entry.category().chinese_name());
        assert_eq!(listed["severity"], entry.severity().name());
        assert_eq!(listed["message"], entry.message());
        assert_eq!(listed["explanation"], entry.explanation());
        assert_eq!(listed.as_object().unwrap().len(), 6);
    }
}

#[test]
fn searches_know_both_languages_and_any_case() {
    let found = |words: &[&str]| codes(&[&["--json", "--search"], words].concat(), b"");
    assert_eq!(found(&["USER", "session", "登录态过期"]), [-204]);
    assert_eq!(found(&["user session 登录态过期"]), [-204]);
    assert_eq!(found(&["登录鉴权"]), codes(&["--json", "--list", "auth"], b""));
}

#[test]
fn colour_is_there_where_it_is_asked_for() {
    let text = |args: &[&str]| String::from_utf8(annotate(args, b"")).unwrap();
    let always = text(&["--color=always", "--explain", "-204"]);
    assert!(always.starts_with("\x1b[31m-204\x1b[0m  auth, error\n"), "{always:?}");
    assert!(text(&["--color=always", "--list"]).contains("\x1b[32msuccess"));
    assert!(!text(&["--color=always", "--list", "--json"]).contains('\x1b'));
}

#[test]
fn output_that_cannot_be_written_is_trouble() {
    if let Ok(full) = fs::OpenOptions::new().write(true).open("/dev/full") {
        let status = binary().args(["--list"]).stdout(full).stderr(std::process::Stdio::null()).status();
        assert_eq!(status.unwrap().code(), Some(2));
    }
    let (rdr, wtr) = std::io::pipe().unwrap();
    drop(rdr);
    assert!(binary().arg("--list").stdout(wtr).status().unwrap().success());
}

#[test]
fn codes_may_stand_anywhere_and_in_lists() {
    for args in [
        &["--explain", "--lang", "zh", "-204", "--json"][..],
        &["--explain=-204", "-204", "--json"],
        &["--json", "-204", "--explain"],
    ] {
        assert_eq!(codes(args, b""), [-204], "{args:?}");
    }
    assert_eq!(codes(&["--explain", "-204,5", "-1", "--json"], b""), [-204, 5, -1]);
    assert_eq!(codes(&["--no-default-keys", "--list", "success", "--json"], b""), [1]);
}
