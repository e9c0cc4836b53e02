//! The requests that failed first with each code, through the binary.

use crate::command::{binary, output_of};
use crate::time_bounds::Numbers;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use tempfile::TempDir;

/// Returns the JSON report of a run with these arguments.
fn report(folder: &TempDir, args: &[&str]) -> Value {
    let output = output_of(binary().current_dir(folder).args(["-q", "--report=json=-"]).args(args), b"");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Returns the number of requests that failed first with each code.
fn first_failures(report: &Value) -> BTreeMap<i64, u64> {
    let codes = report["codes"].as_array().unwrap().iter();
    let counted =
        codes.map(|row| (row["code"].as_i64().unwrap(), row["first_failures"].as_u64().unwrap_or(0)));
    counted.filter(|&(_, count)| count > 0).collect()
}

/// Returns a log in which the lines of many requests are mixed.
fn log(lines: u32) -> String {
    let mut numbers = Numbers(1);
    let mut next = |below: u64| numbers.below(below);
    let codes = ["-204", "-402", "-705", "-31337", "5", "1"];
    let mut log = String::new();
    for line in 0..u64::from(lines) {
        // Lines of one request are near each other.
        let request = line / 20 + next(40);
        let codes = (0..next(3)).map(|_| format!("ret={} ", codes[next(6) as usize])).collect::<String>();
        let request = if next(10) == 0 { "-".to_owned() } else { format!("r{request}") };
        log += &format!("{codes}requestId={request} line {line}\n");
    }
    log
}

#[test]
fn the_cause_comes_before_its_echoes() {
    let folder = tempfile::tempdir().unwrap();
    let log = "ret=5 trace_id=a\nret=-204 trace_id=a\nret=-402 trace_id=b\nret=-402 trace_id=a\nret=-402 trace_id=a\n\
               ret=-402\nret=-204 \"traceId\":\"c\" ret=-402\nret=-31337 trace_id=d\nret=-402 trace_id=a\n";
    fs::write(folder.path().join("a.log"), log).unwrap();
    let json = report(&folder, &["--trace=trace_id", "a.log"]);
    assert_eq!(first_failures(&json), BTreeMap::from([(-204, 2), (-402, 1)]));
    let trace = &json["trace"];
    assert_eq!((&trace["error_lines"], &trace["lines"]), (&7.into(), &6.into()));
    assert_eq!((&trace["first_failures"], &trace["may_repeat"]), (&3.into(), &false.into()));
    // The code that most requests failed with first leads, although another is more frequent.
    assert_eq!(json["codes"][0]["code"], -204);
    let output = output_of(
        binary().current_dir(&folder).args(["-q", "--report=text", "--trace=trace_id", "a.log"]),
        b"",
    );
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        text.contains("\nFirst failures, by trace_id: 3 requests (in 6 of 7 lines with an error)\n"),
        "{text}"
    );
    assert!(text.contains("  failed first  "), "{text}");
}

#[test]
fn first_failures_are_those_of_a_naive_twin_however_the_input_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    let log = log(60_000);
    let errors = ["-204", "-402", "-705"];
    let (mut failed, mut expected) = (BTreeSet::new(), BTreeMap::new());
    for line in log.lines() {
        let request = line.split("requestId=").nth(1).unwrap().split(' ').next().unwrap();
        let code = line.split("ret=").skip(1).map(|rest| rest.split(' ').next().unwrap());
        if let Some(code) = { code }.find(|code| errors.contains(code)).filter(|_| request != "-")
            && failed.insert(request)
        {
            *expected.entry(code.parse::<i64>().unwrap()).or_insert(0_u64) += 1;
        }
    }
    // The first blocks have no failure.
    let log = "requestId=r1\n".repeat(100_000) + &log;
    fs::write(folder.path().join("a.log"), &log).unwrap();
    let whole = report(&folder, &["--trace=request_id", "-j1", "a.log"]);
    assert_eq!(whole["trace"]["may_repeat"], false);
    assert_eq!(first_failures(&whole), expected);
    for threads in ["-j2", "-j8"] {
        assert_eq!(report(&folder, &["--trace=request_id", threads, "a.log"]), whole);
    }
    // In several inputs in their order, too.
    let cut = log[..log.len() / 2].rfind('\n').unwrap() + 1;
    fs::write(folder.path().join("1.log"), &log[..cut]).unwrap();
    fs::write(folder.path().join("2.log"), &log[cut..]).unwrap();
    for threads in ["-j1", "-j8"] {
        let both = report(&folder, &["--trace=request_id", threads, "1.log", "2.log"]);
        assert_eq!(first_failures(&both), expected);
        assert_eq!(both["trace"], whole["trace"]);
    }
    // Reports of parts do not know which requests they share, and say how many these are.
    for part in ["1", "2"] {
        let json = format!("--report=json={part}.json");
        let args = ["-q", &json, "--trace=request_id", &format!("{part}.log")];
        assert!(output_of(binary().current_dir(&folder).args(args), b"").status.success());
    }
    let sum = report(&folder, &["--merge-reports", "1.json", "2.json"]);
    let counted: u64 = first_failures(&sum).values().sum();
    let twice = counted - expected.values().sum::<u64>();
    assert!(twice > 0 && sum["trace"]["may_repeat"] == true, "{twice}");
    // A report in which no request failed shares none.
    fs::write(folder.path().join("3.log"), "ret=5 requestId=r7\n").unwrap();
    let args = ["-q", "--report=json=3.json", "--trace=request_id", "3.log"];
    assert!(output_of(binary().current_dir(&folder).args(args), b"").status.success());
    for parts in [["1.json", "3.json"], ["3.json", "1.json"]] {
        let sum = report(&folder, &[&["--merge-reports"], &parts[..]].concat());
        assert_eq!(sum["trace"]["may_repeat"], false, "{parts:?}");
    }
    let merge = ["--merge-reports", "1.json", "2.json", "--report=text"];
    let output = output_of(binary().current_dir(&folder).args(merge), b"");
    let text = String::from_utf8(output.stderr).unwrap();
    let words = text.lines().find(|line| line.ends_with(" failed in between")).unwrap();
    let said: u64 = words.split_whitespace().find_map(|word| word.parse().ok()).unwrap();
    // The number of requests is within 3 %.
    assert!(said.abs_diff(twice) <= expected.values().sum::<u64>() * 3 / 100, "{words}, and {twice} are");
}

#[test]
fn reports_with_other_requests_are_not_added_up() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.log"), "ret=-204 id=7\n").unwrap();
    for key in ["id", "request"] {
        let args = ["-q", &format!("--report=json={key}.json"), "--trace", key, "a.log"];
        assert!(output_of(binary().current_dir(&folder).args(args), b"").status.success());
    }
    let merge = ["--merge-reports", "id.json", "request.json", "--report=json=sum.json"];
    let output = output_of(binary().current_dir(&folder).args(merge), b"");
    assert_eq!(output.status.code(), Some(2));
    let words = String::from_utf8(output.stderr).unwrap();
    assert!(
        words.contains("request.json: was made with --trace request, the reports before it with --trace id"),
        "{words}"
    );
}
