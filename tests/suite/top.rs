//! `--top N`: lists of codes in reports end behind the first N, and say what is left out.

use crate::command::{binary, output_of};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// The codes of the log in the order of reports, with their numbers of fields. The last one means success.
const CODES: [(i32, u64); 7] = [(-204, 5), (-201, 4), (-1, 3), (-402, 2), (-9999, 2), (5, 1), (1, 4)];

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let lines = CODES.iter().map(|(code, fields)| {
        (0..*fields).map(|minute| format!("2026-05-01 10:0{minute}:00 ret={code}\n")).collect::<String>()
    });
    fs::write(folder.path().join("a.log"), lines.collect::<String>()).unwrap();
    folder
}

fn report(folder: &Path, format: &str, args: &[&str]) -> String {
    let mut command = binary();
    command.current_dir(folder).args(["-q", &format!("--report={format}=-")]).args(args);
    String::from_utf8(output_of(&mut command, b"").stdout).unwrap()
}

/// Returns the sentence about the codes behind the first ones; `None` if there are none.
fn sentence(codes: &[(i32, u64)], shown: usize) -> Option<String> {
    let rest = codes.get(shown..).filter(|rest| !rest.is_empty())?;
    let (codes, fields) = (rest.len(), rest.iter().map(|(_, fields)| fields).sum::<u64>());
    let code = if codes == 1 { "code" } else { "codes" };
    let field = if fields == 1 { "field" } else { "fields" };
    let are = if codes == 1 { "is" } else { "are" };
    Some(format!("{codes} more {code} with {fields} {field} {are} left out; --top 0 shows all"))
}

#[test]
fn lists_end_behind_the_first_codes_and_say_what_is_left_out() {
    let folder = folder();
    let folder = folder.path();
    let whole = report(folder, "text", &["a.log"]);
    for top in [0, 1, 3, 5, 6, 7, 8] {
        let shown = if top == 0 { CODES.len() } else { CODES.len().min(top) };
        let of = |format: &str| report(folder, format, &["a.log", "--top", &top.to_string()]);
        let expected = sentence(&CODES, shown);
        let said = |report: &str, expected: &Option<String>| match expected {
            None => assert!(!report.contains("more code"), "{report}"),
            Some(sentence) => assert_eq!(report.matches(sentence.as_str()).count(), 1, "{top}: {report}"),
        };
        let text = of("text");
        said(&text, &expected);
        // Rows are those of the whole report, with shares and bars of all fields, and perhaps with room for more columns.
        let rows = |text: &str| {
            let table = text.split("\n\n").nth(1).unwrap();
            let rows = table.lines().skip(1).map(|row| row.split_whitespace().collect::<Vec<_>>().join(" "));
            rows.collect::<Vec<_>>()
        };
        assert_eq!(rows(&text).len(), shown);
        for (row, row_of_whole) in rows(&text).iter().zip(rows(&whole)) {
            assert!(row_of_whole.contains(" % ") && row.starts_with(&row_of_whole), "{row}: {row_of_whole}");
        }
        assert_eq!(text.matches("  a.log:").count() + text.matches("  (standard").count(), shown, "{text}");
        assert!(text.ends_with("\nwhen: from 2026-05-01T10:00:00 to 2026-05-01T10:04:00\n"), "{text}");

        let markdown = of("markdown");
        said(&markdown, &expected);
        assert_eq!(markdown.matches("| `a.log:").count(), 2 * shown, "{markdown}");
        let github = of("github");
        said(&github, &expected);
        assert_eq!(github.matches(" file=a.log,").count(), shown, "{github}");
        assert_eq!(github.lines().count(), shown + usize::from(expected.is_some()));

        // Success has no entry.
        let entries = &CODES[..CODES.len() - 1];
        let shown = shown.min(entries.len());
        let expected = sentence(entries, shown);
        for (format, entry) in [
            ("jenkins", "\"fileName\": \"a.log\""),
            ("gitlab", "\"path\": \"a.log\""),
            ("azure", "sourcepath=a.log;"),
            ("teamcity", "first a.log:"),
        ] {
            let report = of(format);
            said(&report, &expected);
            assert_eq!(report.matches(entry).count(), shown, "{format}: {report}");
        }
        for format in ["json", "junit"] {
            assert_eq!(of(format), report(folder, format, &["a.log"]), "{format}");
        }
        let charts = |report: String| {
            let charts = report.lines().filter(|line| line.contains("buildStatisticValue"));
            charts.map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(charts(of("teamcity")), charts(report(folder, "teamcity", &["a.log"])));
    }
}

/// A service that shows few entries has the sentence in the last of them.
#[test]
fn a_service_that_shows_ten_is_told_of_the_others_and_of_what_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let text: String = (0..20).map(|index| format!("ret=-{}\n", 10_001 + index)).collect();
    fs::write(folder.path().join("a.log"), text).unwrap();
    let azure = report(folder.path(), "azure", &["a.log", "--top=11"]);
    let told = "]iMSDK: 3 more: -10010, -10011, 9 more codes with 9 fields are left out; --top 0 shows all\n";
    assert!(azure.ends_with(told) && azure.lines().count() == 10, "{azure}");
    let github = report(folder.path(), "github", &["a.log", "--top=11"]);
    for told in [
        "::warning title=iMSDK%3A 2 more codes::2 fields: -10010, -10011\n",
        "::notice title=iMSDK::9 more codes with 9 fields are left out; --top 0 shows all\n",
    ] {
        assert!(github.contains(told) && github.lines().count() == 11, "{github}");
    }
}

#[test]
fn codes_that_are_gone_are_a_list_too() {
    let folder = folder();
    let folder = folder.path();
    fs::write(folder.join("old.json"), report(folder, "json", &["a.log"])).unwrap();
    fs::write(folder.join("new.log"), "ret=-204\nret=-201\n").unwrap();
    let args = ["--baseline=old.json", "--top=1", "new.log"];
    let text = report(folder, "text", &args);
    let gone = text.split_once("Gone since the earlier run:\n").unwrap().1;
    assert!(gone.ends_with("\n\n4 more codes with 8 fields are left out; --top 0 shows all\n"), "{text}");
    // JSON has all codes that are gone, as ever.
    let json = |args: &[&str]| report(folder, "json", args);
    assert_eq!(json(&args), json(&["--baseline=old.json", "new.log"]));
    // The most frequent one of those that are gone.
    assert!(gone.starts_with("\n  1 (success: success), 4 fields then\n\n"), "{text}");
    assert!(text.contains("\n1 more code with 1 field is left out; --top 0 shows all\n"), "{text}");
    let markdown = report(folder, "markdown", &args);
    let gone = markdown.split_once("### Gone since the earlier run\n").unwrap().1;
    assert!(gone.contains("\n| ---: | --- | ---: |\n| 1 | success | 4 |\n\n4 more"), "{markdown}");
    assert!(gone.ends_with("\n\n4 more codes with 8 fields are left out; --top 0 shows all.\n"), "{gone}");
}

#[test]
fn checks_count_all_and_what_fails_leads() {
    let folder = folder();
    let mut command = binary();
    command.current_dir(&folder).args(["-q", "--report=jenkins=-", "--top=1", "--fail-on=action", "a.log"]);
    let output = output_of(&mut command, b"");
    assert_eq!(output.status.code(), Some(1));
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let kinds: Vec<_> = json["issues"].as_array().unwrap().iter().map(|issue| &issue["type"]).collect();
    assert_eq!(kinds, ["check", "5", "left-out"]);
    assert_eq!(json["issues"][2]["severity"], "LOW");
    // Checks and the list of new codes have the codes that the reports leave out.
    let mut command = binary();
    command.current_dir(&folder).args(["-q", "--report=text", "--top=1", "--write-accept=new", "a.log"]);
    assert!(output_of(&mut command, b"").status.success());
    let new = fs::read_to_string(folder.path().join("new")).unwrap();
    assert_eq!(new.lines().filter(|line| !line.starts_with('#')).count(), CODES.len(), "{new}");
}

#[test]
fn it_goes_with_reports_alone() {
    let folder = folder();
    for (args, said) in [
        (&["--top", "3", "a.log"][..], "--report"),
        (&["--top", "x", "--report=text", "a.log"], "invalid value 'x' for '--top <N>'"),
        (&["--top", "-1", "--report=text", "a.log"], "unexpected argument '-1'"),
        (&["--top", "3", "--report=text", "--explain", "5"], "cannot be used with"),
    ] {
        let output = output_of(binary().current_dir(&folder).args(args), b"");
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.contains(said), "{args:?}: {message}");
    }
    // Reports that are added up have it, too.
    fs::write(folder.path().join("a.json"), report(folder.path(), "json", &["a.log"])).unwrap();
    let merged = report(folder.path(), "text", &["--merge-reports", "a.json", "--top=2"]);
    assert!(merged.contains(&sentence(&CODES, 2).unwrap()), "{merged}");
    // In a configuration it stands for all reports, and changes nothing of runs without one.
    fs::write(folder.path().join("config"), "--top 1\n").unwrap();
    for (args, shown) in [(&["-q", "--report=github=-", "a.log"][..], 1), (&["-q", "a.log"], 0)] {
        let mut command = binary();
        command.current_dir(&folder).env("IMSDK_ANNOTATE_CONFIG", "config").args(args);
        let output = output_of(&mut command, b"");
        assert!(output.status.success() && output.stderr.is_empty(), "{args:?}: {output:?}");
        assert_eq!(String::from_utf8(output.stdout).unwrap().matches(" file=a.log,").count(), shown);
    }
    // It changes no output, so that another one may be given when a run goes on.
    let args = ["--output-dir=out", "--report=text=r.txt", "a.log"];
    for more in [&["--top=1"][..], &["--resume", "--top=2"], &["--resume"]] {
        let output = output_of(binary().current_dir(&folder).args(args).args(more), b"");
        assert!(output.status.success(), "{more:?}: {}", output.stderr.escape_ascii());
    }
}
