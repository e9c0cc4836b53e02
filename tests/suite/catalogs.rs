//! Catalogs from files, through the binary: the catalog in force, and refused catalogs.

use crate::command::{annotate, binary, output_of};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use tempfile::TempDir;

fn data(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name);
    path.to_str().unwrap().to_owned()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Returns a folder with these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn run(folder: &TempDir, args: &[&str], input: &str) -> Output {
    output_of(binary().current_dir(folder.path()).args(args), input.as_bytes())
}

/// Returns the standard output of a run, which must go well.
fn stdout(folder: &TempDir, args: &[&str], input: &str) -> String {
    let output = run(folder, args, input);
    assert!(output.status.success() && output.stderr.is_empty(), "{args:?}: {output:?}");
    text(&output.stdout)
}

fn assert_refused(output: &Output, lines: &[&str]) {
    let expected: String = lines.iter().map(|line| format!("imsdk-annotate: {line}\n")).collect();
    assert_eq!(text(&output.stderr), expected);
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(2), ""));
}

const CSV: &str =
    "code,message,category,severity\n-3001,card declined,payment,\n-204,session has expired!,,action\n";

#[test]
fn each_format_is_a_catalog_by_name_and_by_content() {
    let markdown = "# Codes\n\n| 错误码 | 返回信息 | category | severity |\n| :-- | :-- | --- | --: |\n\
                    | -3001 | card declined, | payment |\n| -204 | session has expired! | | action |\n";
    let array = r#"[{"code": -3001, "message": "card declined", "category": "payment"},
                    {"code": "-204", "message": "session has expired!", "severity": "action"}]"#;
    let object = r#"{"-3001": {"message": "card declined", "category": "payment"},
                     "-204": {"message": "session has expired!", "severity": "action"}}"#;
    let tsv = CSV.replace(',', "\t");
    let log = "ret=-3001 ret=-204 ret=5";
    let expected = "ret=-3001 (payment: card declined) ret=-204 (auth: session has expired!) ret=5 (action: need google authcode)";
    let texts = [("c.csv", CSV), ("c.tsv", &tsv), ("c.md", markdown), ("C.JSON", array), ("d.json", object)];
    let files = folder(&texts);
    fs::write(files.path().join("a.log"), log).unwrap();
    for (name, text) in texts {
        assert_eq!(stdout(&files, &["--catalog", name], log), expected, "{name}");
        fs::write(files.path().join("no-extension"), text).unwrap();
        assert_eq!(stdout(&files, &["--catalog", "no-extension"], log), expected, "{name}");
        assert_eq!(stdout(&files, &["--catalog", "/dev/stdin", "a.log"], text), expected, "{name}");
    }
}

#[test]
fn the_vendors_document_is_the_built_in_catalog() {
    let document = data("imsdk-server-error-codes.md");
    let log: Vec<u8> = (-1200..10).flat_map(|code| format!("ret={code}\n").into_bytes()).collect();
    let expected = annotate(&[], &log);
    assert_eq!(annotate(&["--catalog", &document], &log), expected);
    assert_eq!(annotate(&["--catalog", &document, "--no-builtin"], &log), expected);
    assert_eq!(annotate(&["--check-catalog", &document], b""), b"0 added, 0 changed, 190 same\n");
}

#[test]
fn the_last_row_of_a_code_counts_as_a_whole() {
    let files = folder(&[
        ("a.csv", "code,message,explanation,category,severity\n-204,a,aa,payment,action\n-3001,a,,,\n"),
        ("b.csv", "code,message\n-204,b\n-3002,b\n"),
    ]);
    let log = "ret=-204 ret=-3001 ret=-3002 ret=-1";
    for (args, expected) in [
        (
            &["--catalog=a.csv", "--catalog=b.csv"][..],
            "ret=-204 (auth: b) ret=-3001 (other: a) ret=-3002 (other: b) ret=-1 (general: failure)",
        ),
        (
            &["--catalog=b.csv", "--catalog=a.csv"],
            "ret=-204 (payment: a) ret=-3001 (other: a) ret=-3002 (other: b) ret=-1 (general: failure)",
        ),
        (&["--no-builtin", "--catalog=b.csv"], "ret=-204 (auth: b) ret=-3001 ret=-3002 (other: b) ret=-1"),
    ] {
        assert_eq!(stdout(&files, args, log), expected, "{args:?}");
    }
    let said = stdout(&files, &["--catalog=a.csv", "--check-catalog=b.csv"], "");
    let expected = "changed -204: message \"a\" is now \"b\", explanation \"aa\" is now \"\", category \"payment\" is now \"auth\", \
                    severity \"action\" is now \"error\"\n\
                    added -3002: message \"b\", category \"other\", severity \"error\"\n1 added, 1 changed, 0 same\n";
    assert_eq!(said, expected);
}

#[test]
fn all_bad_rows_of_all_files_are_said_and_nothing_is_done() {
    let files = folder(&[
        ("a.csv", "code,message\nx,y\n\n-1,\n-2,\"a\u{1b}[2J\"\n-3,fine\n-3,again\n-4,a,b\n"),
        (
            "b.md",
            "| code | message | severity | category |\n| - | - | - | - |\n| 1 | x | bad |\n| 2 | x | | error |\n| 3 | x | | a,b |\n",
        ),
        ("c.json", "{\"1\": 5,\n\"2\": \"x\",\n\"2\": \"y\"}"),
        ("d.tsv", "code\tmsg\n1\tx\n"),
        ("good.csv", "code,message\n-1,x\n"),
    ]);
    fs::write(files.path().join("e.csv"), b"code,message\n-1,\xff\n").unwrap();
    let refused = [
        "a.csv:2: \"x\" is no code: write 1 to 9 digits, and - before them if it is negative",
        "a.csv:4: -1: the message is missing",
        "a.csv:5: -2: the message has the control character \\u{1b}",
        "a.csv:7: -3 is there already, in line 6",
        "a.csv:8: the row has 3 cells, more than the header's 2",
        "b.md:3: 1: the severity \"bad\" is none of success, action, error",
        "b.md:4: 2: the category \"error\" means something else in --only and --fail-on",
        "b.md:5: 3: the category \"a,b\" has one of ! , > .. in it, which mean something in --only and --fail-on",
        "c.json:1: \"1\": the value is neither an object nor a message",
        "c.json:3: 2 is there already, in line 2",
        "d.tsv:1: the header has no column message; it has \"code\", \"msg\"",
        "e.csv:2: byte 17 is neither UTF-8 nor GBK; save it in UTF-8",
        "nosuch.csv: no such file; check the name",
    ];
    let names = ["a.csv", "good.csv", "b.md", "c.json", "d.tsv", "e.csv", "nosuch.csv"];
    let mut args: Vec<String> = names.iter().map(|name| format!("--catalog={name}")).collect();
    args.extend(["-o", "out.log", "--report=json=report.json"].map(str::to_owned));
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    assert_refused(&run(&files, &args, "ret=-1\n"), &refused);
    assert!(!files.path().join("out.log").exists() && !files.path().join("report.json").exists());
    // The catalog in force, and the catalog to be checked.
    assert_refused(&run(&files, &["--catalog=a.csv", "--check-catalog=b.md"], ""), &refused[..5]);
    assert_refused(&run(&files, &["--check-catalog=b.md"], ""), &refused[5..8]);
}

#[test]
fn of_very_many_bad_rows_the_first_are_said() {
    let rows: String = (0..150).map(|row| format!("x{row},y\n")).collect();
    let files = folder(&[("a.csv", &format!("code,message\n{rows}")), ("b.csv", "code,message\n-1,\n")]);
    let output = run(&files, &["--catalog=a.csv", "--catalog=b.csv"], "");
    let said = text(&output.stderr);
    assert_eq!(said.lines().count(), 102);
    let last: Vec<_> = said.lines().skip(99).collect();
    assert!(last[0].starts_with("imsdk-annotate: a.csv:101: \"x99\" is no code"), "{last:?}");
    assert_eq!(
        last[1..],
        [
            "imsdk-annotate: a.csv: and 50 more bad rows",
            "imsdk-annotate: b.csv:2: -1: the message is missing"
        ]
    );
}

#[test]
fn options_that_mean_nothing_together_are_refused() {
    let files = folder(&[("a.csv", CSV)]);
    for (args, named) in [
        (&["--no-builtin"][..], "--catalog <FILE>"),
        (&["--no-builtin", "--check-catalog=a.csv"], "--catalog <FILE>"),
        (&["--check-catalog=a.csv", "a.log"], "--check-catalog <FILE>"),
        (&["--check-catalog=a.csv", "--only=error"], "--check-catalog <FILE>"),
        (&["--check-catalog=a.csv", "--report=json"], "--check-catalog <FILE>"),
        (&["--check-catalog=a.csv", "-o", "x"], "--check-catalog <FILE>"),
    ] {
        let output = run(&files, args, "");
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(text(&output.stderr).contains(named), "{args:?}: {output:?}");
    }
}

#[test]
fn what_would_change_is_the_golden_file() {
    let said = annotate(&["--check-catalog", &data("catalogs/payments.csv")], b"");
    assert_eq!(text(&said), fs::read_to_string(data("catalogs/payments.checked.txt")).unwrap());
}

#[test]
fn texts_of_catalogs_do_not_act() {
    let files = folder(&[
        ("a.csv", "code,message,category\n-1,a\u{202e}b,c\u{200b}##[d]\n"),
        ("b.csv", "code,message\nx\u{202e},##[y]\n"),
    ]);
    let said = stdout(&files, &["--check-catalog=a.csv"], "");
    assert!(said.starts_with("changed -1: message \"failure\" is now \"a\\u{202e}b\""), "{said}");
    assert!(said.contains("\"c\\u{200b}#\\u{23}[d]\""), "{said}");
    for report in ["text", "markdown", "junit", "github"] {
        let said = stdout(&files, &["--catalog=a.csv", "-q", &format!("--report={report}=-")], "ret=-1\n");
        assert!(!said.contains(['\u{202e}', '\u{200b}']) && !said.contains("##[d"), "{report}: {said}");
    }
    let refused =
        "b.csv:2: \"x\\u{202e}\" is no code: write 1 to 9 digits, and - before them if it is negative";
    assert_refused(&run(&files, &["--catalog=b.csv"], ""), &[refused]);
}

#[test]
fn comparisons_end_as_other_output_does() {
    let shell = |redirection: &str| {
        let script = format!("\"$0\" --check-catalog {} {redirection}", data("catalogs/payments.csv"));
        let program: PathBuf = binary().get_program().into();
        output_of(std::process::Command::new("sh").arg("-c").arg(script).arg(program), b"")
    };
    assert_refused(&shell(">&-"), &["standard output: is closed; leave out the >&- or <&-"]);
    if Path::new("/dev/full").exists() {
        assert_refused(
            &shell(">/dev/full"),
            &["standard output: no space left; free some, or write elsewhere"],
        );
    }
    let output = shell("| true");
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
}

#[test]
fn selectors_and_reports_know_categories_and_severities_of_catalogs() {
    let files = folder(&[("c.csv", CSV)]);
    let log = "ret=-1\nret=-3001\nret=-204\n";
    fn with<'a>(args: &[&'a str]) -> Vec<&'a str> {
        [&["--catalog=c.csv"], args].concat()
    }
    let paid = "ret=-3001 (payment: card declined)\n";
    assert_eq!(stdout(&files, &with(&["--only=payment"]), log), paid);
    assert_eq!(stdout(&files, &with(&["--only=-3001"]), log), paid);
    assert_eq!(stdout(&files, &with(&["--only=action"]), log), "ret=-204 (auth: session has expired!)\n");
    let output = run(&files, &with(&["-q", "--fail-on=payment", "--report=json=r.json"]), log);
    assert_eq!(
        (output.status.code(), text(&output.stderr)),
        (Some(1), "imsdk-annotate: --fail-on payment: 1 field (-3001: 1)\n".to_owned())
    );
    let report: serde_json::Value =
        serde_json::from_slice(&fs::read(files.path().join("r.json")).unwrap()).unwrap();
    let code = report["codes"].as_array().unwrap().iter().find(|code| code["code"] == -3001).unwrap();
    assert_eq!(
        (&code["category"], &code["severity"], &code["message"]),
        (&"payment".into(), &"error".into(), &"card declined".into())
    );
    let merged = run(&files, &with(&["--merge-reports", "r.json", "--fail-on=payment"]), "");
    assert_eq!(merged.status.code(), Some(1), "{merged:?}");
    assert_eq!(stdout(&files, &with(&["--baseline=r.json", "--only=new,!error"]), log), "");
    let unknown = run(&files, &["--only=payment"], log);
    assert!(text(&unknown.stderr).contains("nothing is called \"payment\""), "{unknown:?}");
    let nearest = run(&files, &with(&["--only=paymnet"]), log);
    assert!(text(&nearest.stderr).contains("did you mean payment?"), "{nearest:?}");
}

#[test]
fn codes_far_from_zero_are_annotated_by_any_number_of_threads() {
    let files =
        folder(&[("c.csv", "code,message\n999999999,high\n-999999999,low\n-70000,far\n7,seven\n0,zero\n")]);
    let line = "ret=999999999 ret=-999999999 iret=-70000 code=7 errcode=7 ret=0 ret=70000\n";
    let expected = "ret=999999999 (other: high) ret=-999999999 (other: low) iret=-70000 (other: far) code=7 (other: seven) \
                    errcode=7 ret=0 ret=70000\n";
    fs::write(files.path().join("a.log"), line.repeat(30_000)).unwrap();
    for threads in ["-j1", "-j3"] {
        let said = stdout(&files, &["--catalog=c.csv", threads, "a.log"], "");
        assert!(said == expected.repeat(30_000), "{threads}: {}", &said[..expected.len()]);
    }
    assert_eq!(
        stdout(&files, &["--catalog=c.csv", "--strict"], "ret=7 code=7\n"),
        "ret=7 (other: seven) code=7\n"
    );
}

#[test]
fn what_would_be_lost_in_silence_is_refused() {
    let fence = "````md\n```\n| code | message |\n|--|--|\n| -1 | of an example |\n```\n````\n";
    let table = "\n| code | message |\n|--|--|\n| -5005 | real |\n";
    let folder = folder(&[
        ("open.csv", "code,message,note\n-5,a,\"oops\n-6,b,\n-7,c,x\n"),
        ("open.tsv", "code\tmessage\tnote\n-5\ta\t\"5 inch\n-6\tb\t\n"),
        ("whole.csv", "code,message,note\n-5,5\" screen,\n-6,\"a \"\"b\"\"\",,,\n-7,c,\"x\ny\"\n"),
        ("fence.md", &format!("{fence}{table}")),
        ("open.md", &format!("{table}\n```\n| -5006 | lost |\n")),
    ]);
    let open_quote = "a quote that opens in this row is not closed; double a quote within quotes";
    for (name, line) in [("open.csv", 2), ("open.tsv", 2)] {
        assert_refused(&run(&folder, &["--catalog", name], ""), &[&format!("{name}:{line}: {open_quote}")]);
    }
    assert!(stdout(&folder, &["--check-catalog", "whole.csv"], "").ends_with("3 added, 0 changed, 0 same\n"));
    let checked = stdout(&folder, &["--check-catalog", "fence.md"], "");
    assert_eq!(
        checked,
        "added -5005: message \"real\", category \"other\", severity \"error\"\n1 added, 0 changed, 0 same\n"
    );
    assert_refused(
        &run(&folder, &["--catalog", "open.md"], ""),
        &["open.md:6: a block of code begins here that is not closed; end it with ```"],
    );
}

#[test]
fn a_catalog_that_is_read_is_not_written() {
    let folder = folder(&[("own.csv", "code,message\n-5,a\n"), ("log", "ret=-5\n")]);
    for args in [&["-o", "own.csv"][..], &["-q", "--report", "json=./own.csv"]] {
        let output = run(&folder, &[args, &["--catalog", "own.csv", "log"]].concat(), "");
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).contains("own.csv: is a catalog that is read; write to another file"));
        assert_eq!(fs::read_to_string(folder.path().join("own.csv")).unwrap(), "code,message\n-5,a\n");
    }
}

/// The newer codes of the vendor's later edition, whose page has them as rows of PHP.
#[test]
fn the_later_edition_of_the_vendors_page_is_a_catalog() {
    let newer = [6, -2, -277, -278, -722, -723, -724, -725, -726, -727, -728, -906, -1200];
    let log: String = newer.iter().map(|code| format!("ret={code}\n")).collect();
    let files = folder(&[]);
    assert_eq!(stdout(&files, &[], &log), log);
    let of_page = |name: &str| {
        let page = data(&format!("catalogs/{name}"));
        let checked = stdout(&files, &["--check-catalog", &page], "");
        assert!(checked.ends_with("\n13 added, 0 changed, 0 same\n"), "{checked}");
        stdout(&files, &["--catalog", &page], &log)
    };
    let noted = of_page("later-edition.md");
    assert!(noted.lines().all(|line| line.ends_with(')')), "{noted}");
    assert!(noted.starts_with("ret=6 (other: need confirm \"merge\" of accounts!)\n"), "{noted}");
    assert!(
        noted.ends_with("ret=-906 (request: request is too large)\nret=-1200 (other: internal <timeout>)\n"),
        "{noted}"
    );
    assert_eq!(of_page("later-edition.html"), noted);
}
