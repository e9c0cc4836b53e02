//! Near misses in reports: a key and a known code that stand close together and that no rule makes a field.

use crate::command::{annotate, binary, output_of};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::fs;

/// Lines with a near miss, each with the pattern that the report suggests.
const NEAR: [(&str, &str); 30] = [
    ("bind ret -204", r"\bret +(?<code>-\d+)"),
    ("bind ret is -204, x", r"\bret +is +(?<code>-\d+)"),
    ("ret -> -204", r"\bret +-> +(?<code>-\d+)"),
    ("code,-204,x", r"\bcode,(?<code>-\d+)"),
    ("iret|-204|", r"\biret\|(?<code>-\d+)"),
    ("retCode\t-204", r"\bretCode[ \t]+(?<code>-\d+)"),
    ("ret=[-204]", r"\bret=\[(?<code>-\d+)"),
    ("{\"ret\": [-204]}", r#"\bret": +\[(?<code>-\d+)"#),
    ("ret = '' -204", r"\bret += +'' +(?<code>-\d+)"),
    ("ret=Error(-204)", r"\bret=Error\((?<code>-\d+)"),
    ("ret: failed -204", r"\bret: +failed +(?<code>-\d+)"),
    ("ret value: -204", r"\bret +value: +(?<code>-\d+)"),
    ("error code -204", r"\bcode +(?<code>-\d+)"),
    ("ret值为-204", r"\bret值为(?<code>-\d+)"),
    ("ret：：-204", r"\bret\x{ff1a}\x{ff1a}(?<code>-\d+)"),
    ("ret \x1b[35m-204\x1b[0m", r"\bret +\x{1b}\[35m(?<code>-\d+)"),
    ("a\\nret is -204", r"ret +is +(?<code>-\d+)"),
    ("错ret is -204", r"ret +is +(?<code>-\d+)"),
    ("<td>ret</td><td>-204</td>", r"ret</td><td>(?<code>-\d+)"),
    ("ret=-204 ret is -1", r"\bret +is +(?<code>-\d+)"),
    ("ret############-204", r"\bret############(?<code>-\d+)"),
    ("<ret> -204 </ret>", r"\bret> +(?<code>-\d+)"),
    ("<ret>-204", r"\bret>(?<code>-\d+)"),
    ("&lt;ret&gt; -204 &lt;/ret&gt;", r"\bret&gt; +(?<code>-\d+)"),
    ("ret<-204>", r"\bret<(?<code>-\d+)"),
    ("ret <\x1b[1m-204\x1b[0m>", r"\bret +<\x{1b}\[1m(?<code>-\d+)"),
    ("code;-204;x", r"\bcode;(?<code>-\d+)"),
    ("ret - failed -204", r"\bret +- +failed +(?<code>-\d+)"),
    ("ret (-204 )", r"\bret +\((?<code>-\d+)"),
    ("ret=\x1b[1m\x1b[ -204", r"\bret=\x{1b}\[1m\x{1b}\[ +(?<code>-\d+)"),
];

/// Lines without a near miss.
const NOT_NEAR: [&str; 71] = [
    // Fields.
    "ret=-204",
    "retCode[-204]",
    "<ret>-204</ret>",
    "ret=int(-204)",
    "\x1b[36mret\x1b[0m=\x1b[35m-204\x1b[0m",
    "ret=-31337",
    // No key, or no known negative code.
    "secret is -204",
    "secret=-204",
    "imsdkRetCode is -204",
    "$ret is -204",
    "ret is -31337",
    "ret is 204",
    "ret is -204ms",
    "ret is -204-205",
    "ret is -204.5",
    "ret is -0204",
    "ret is x-204",
    "ret is --204",
    "ret-204",
    // More than 12 bytes between, or another line.
    "ret.............-204",
    "the ret of the call was -204",
    "ret\n-204",
    "ret\\n-204",
    // Another kind of code.
    "exit code -1",
    "exit code is -1",
    "status code: x -1",
    "Error Domain=NSURLErrorDomain Code -1001",
    "<code>-1</code>",
    "<code> -1 </code>",
    // The key has another value, or the code another name.
    "ret=0 -204",
    "ret=0 x=-204",
    "code: 200, -1",
    "ret=ok x=-204",
    "ret=, x=-204",
    "ret, line -204",
    "ret; then -1",
    "ret&x=-1",
    "\"ret\":\"\",\"x\":-1",
    // Comparisons.
    "ret != -204",
    "ret < -204",
    "ret >= -1",
    "ret - -1",
    "if ((ret) < (-1))",
    "ret > -204",
    "ret == -1",
    "if (ret === -1)",
    "ret !== -1",
    "ret <> -1",
    "ret ~= -1",
    "ret == (-1)",
    "ret == x || -1",
    "ret\x1b[0m == \x1b[1m-1",
    "ret&lt;=-1",
    // Other source code.
    "return ret ? -1 : 0",
    "ret ? a : -1",
    "ret ?: -1",
    "ret ?? -1",
    "ret || -1",
    "ret && -1",
    "ret >> -1",
    "cout << ret << -1",
    "ret + -1",
    "ret * -1",
    "ret += -1",
    "ret |= -1",
    "goto ret; -1",
    // A part of an invisible sequence.
    "ret=\x1b[-204 y",
    "ret=\x1b[-204",
    "ret is \\x1b[-204 y",
    "ret \x1b[m\x1b[ -204A",
    "ret=\x1b[?-204h",
];

/// Returns the JSON report of a run.
fn report(args: &[&str], input: &[u8]) -> Value {
    let args = [&["-q", "--report=json=-"], args].concat();
    serde_json::from_slice(&annotate(&args, input)).unwrap()
}

/// Returns the member `near` of a report on one line.
fn near_of(line: &str) -> Value {
    report(&[], format!("{line}\n").as_bytes())["near"].clone()
}

#[test]
fn forms_that_are_missing_are_shown_with_the_pattern_that_takes_them() {
    for (line, pattern) in NEAR {
        let near = near_of(line);
        assert_eq!(near["pattern"], pattern, "{line}");
        assert_eq!((&near["lines"], &near["first"]["line"]), (&json!(1), &json!(1)), "{line}");
        assert_eq!(near["first"]["text"], line);
        assert_takes(pattern, line.as_bytes());
    }
}

/// Checks that a pattern makes one more field of a line with one near miss, and that no near miss is left.
fn assert_takes(pattern: &str, line: &[u8]) {
    let (before, after) = (report(&[], line), report(&["--pattern", pattern], line));
    let fields = |report: &Value| report["fields"].as_u64().unwrap();
    let line = line.escape_ascii();
    assert!(fields(&after) > fields(&before), "{line}: {pattern}");
    assert!(after.get("near").is_none(), "{line}: {pattern}");
}

#[test]
fn look_alikes_are_not_near() {
    for line in NOT_NEAR {
        assert_eq!(near_of(line), Value::Null, "{line}");
    }
}

#[test]
fn keys_and_codes_are_those_in_force() {
    assert_eq!(report(&["--key=rc"], b"rc is -204\n")["near"]["lines"], 1);
    assert!(report(&["--key=rc", "--no-default-keys"], b"ret is -204\n").get("near").is_none());
    let folder = tempfile::tempdir().unwrap();
    let catalog = folder.path().join("more.csv");
    fs::write(&catalog, "code,message,explanation\n-31337,elite,x\n").unwrap();
    let report = report(&["--catalog", catalog.to_str().unwrap()], b"ret is -31337\n");
    assert_eq!(report["near"]["lines"], 1);
}

#[test]
fn text_and_json_alone_show_what_is_near() {
    let log = b"ok\nthe ret's -204 x\nret is -204\n";
    let expected = "\
0 fields with known codes in 3 lines of 1 input

2 lines have a key and a known code that are no field, first:

  (standard input):2: the ret's -204 x

This would take it: --pattern '\\bret'\\''s +(?<code>-\\d+)'
";
    assert_eq!(String::from_utf8(annotate(&["-q", "--report=text=-"], log)).unwrap(), expected);
    for format in ["markdown", "github", "junit", "jenkins", "teamcity", "azure", "gitlab"] {
        let report = annotate(&["-q", &format!("--report={format}=-")], log);
        assert!(!String::from_utf8(report).unwrap().contains("pattern"), "{format}");
    }
}

#[test]
fn hostile_text_acts_neither_in_the_line_nor_in_the_pattern() {
    let report = annotate(&["-q", "--report=text=-"], "ret \u{202e}\x1b[2J##[x]\x07-204\n".as_bytes());
    let report = String::from_utf8(report).unwrap();
    assert!(!report.contains(['\u{202e}', '\x1b', '\x07']) && !report.contains("##"), "{report}");
}

/// Returns a log with some near misses, and the number of lines with them and the number of the first.
fn log(lines: usize, seed: usize) -> (Vec<u8>, u64, Option<u64>) {
    let (mut text, mut count, mut first) = (Vec::new(), 0, None);
    for number in 1..=lines {
        let kind = (number * 7919 + seed * 104_729) % 97;
        let line = match kind {
            0 | 1 => "2026-05-18 ret is -204 and ret was -1\n".to_owned(),
            2 => format!("{}code -1103\n", ".".repeat(number % 300)),
            3..=20 => format!("2026-05-18 10:00:00 ret=-204 line {number}\n"),
            _ => format!("2026-05-18T10:00:00 exit code -1, exec-{number} ret=0\n"),
        };
        if kind <= 2 {
            count += 1;
            first = first.or(Some(number as u64));
        }
        text.extend_from_slice(line.as_bytes());
    }
    (text, count, first)
}

#[test]
fn threads_and_parts_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (a, in_a, first_in_a) = log(40_000, 1);
    let (b, in_b, _) = log(20_000, 2);
    let path = |name: &str| folder.path().join(name);
    fs::write(path("a.log"), &a).unwrap();
    fs::write(path("b.log"), &b).unwrap();
    let run = |args: &[&str]| {
        let mut command = binary();
        command.current_dir(folder.path()).args(["-q", "--report=json=-"]).args(args);
        let output = output_of(&mut command, b"");
        assert!(output.status.success(), "{}", output.stderr.escape_ascii());
        output.stdout
    };
    let whole = run(&["-j1", "a.log", "b.log"]);
    let near = serde_json::from_slice::<Value>(&whole).unwrap()["near"].clone();
    assert_eq!((&near["lines"], &near["first"]["line"]), (&json!(in_a + in_b), &json!(first_in_a)));
    for threads in ["-j2", "-j3", "-j8"] {
        assert_eq!(run(&[threads, "a.log", "b.log"]), whole);
    }
    for name in ["a", "b"] {
        fs::write(path(&format!("{name}.json")), run(&[&format!("{name}.log")])).unwrap();
    }
    let mut merge = binary();
    merge.current_dir(folder.path()).args(["--merge-reports", "a.json", "b.json", "--report=json=-"]);
    assert_eq!(output_of(&mut merge, b"").stdout, whole);
    fs::write(path("b.json"), run(&["b.log"])).unwrap();
    fs::write(path("empty.log"), "x\n").unwrap();
    fs::write(path("empty.json"), run(&["empty.log"])).unwrap();
    let mut merge = binary();
    merge.current_dir(folder.path()).args(["--merge-reports", "empty.json", "b.json", "--report=json=-"]);
    let merged: Value = serde_json::from_slice(&output_of(&mut merge, b"").stdout).unwrap();
    assert_eq!((&merged["near"]["lines"], &merged["near"]["first"]["file"]), (&json!(in_b), &json!("b.log")));
}

#[test]
fn a_line_counts_once_however_long_it_is() {
    // Longer than any part, with near misses at each place around the ends of parts.
    for shift in 0..40 {
        let unit = format!("{}ret is -204", ".".repeat(53));
        let line = format!("x\n{}{}\nret is -1\n", ".".repeat(shift), unit.repeat(10_000));
        let near = report(&[], line.as_bytes())["near"].clone();
        assert_eq!((&near["lines"], &near["first"]["line"]), (&json!(2), &json!(2)), "{shift}");
    }
    let line = format!("{}ret is -204{}\nx\n", ".".repeat(300_000), ".".repeat(300_000));
    let near = report(&[], line.as_bytes())["near"].clone();
    assert_eq!((&near["lines"], &near["first"]["line"]), (&json!(1), &json!(1)));
    assert_eq!(near["first"]["text"], ".".repeat(200));
}

#[test]
fn a_report_without_lines_that_are_near_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut report = report(&[], b"ret is -204\n");
    report["near"]["lines"] = json!(0);
    let path = folder.path().join("a.json");
    fs::write(&path, report.to_string()).unwrap();
    let output = output_of(binary().arg("--merge-reports").arg(&path).arg("--report=text"), b"");
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8(output.stderr).unwrap().contains("\"near\" has no lines"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    /// The pattern takes the first near miss, whatever bytes stand around it.
    #[test]
    fn the_pattern_takes_the_first_near_miss(
        pieces in prop::collection::vec(
            prop::sample::select(vec![
                &b"ret"[..], b"code", b"iRet", b"-204", b"-1", b" ", b"  ", b"\t", b"=", b"is", b"(", b"[", b"\"", b"'",
                b"\\", b"*", b"+", b"?", b"^", b"$", b"|", b"#", b"\x1b[31m", b"\x1b[0m", "错".as_bytes(), "：".as_bytes(),
                b"\xA3\xBA", b"\xFF", b"\\n", b"%20", b"x", b",", b"<", b">", b"\x07", b" (auth: user session is failure!)",
            ]),
            1..40,
        ),
        gap in prop::collection::vec(
            prop::sample::select(vec![
                &b" "[..], b"=", b"is", b"\x1b[", b"\x1b[1", b"\\x1b[", b"\x1b(", b"?", b"<", b">", b";", b"|", b"\x1b[0m",
                b"#033[", b"\xA3\xBA", b"\xFF", b"\\", b"%20", b"&lt;", b"(", b"-", "：".as_bytes(), b"\t", b"^[[",
            ]),
            0..6,
        ),
        end in prop::sample::select(vec![&b""[..], b" y", b"A", b" ", b">", b"m", b"\x1b[0m", b"\xFF", b"(x", b".", b".0"]),
    ) {
        let near = [&b" <ret"[..], &gap.concat(), b"-204", end, b" "].concat();
        let half = pieces.len() / 2;
        let line = [&pieces[..half].concat()[..], &near, &pieces[half..].concat(), b"\n"].concat();
        let before = report(&[], &line);
        if let Some(near) = before.get("near") {
            let pattern = near["pattern"].as_str().unwrap();
            let after = report(&["--pattern", pattern], &line);
            let text = line.escape_ascii().to_string();
            prop_assert!(after["fields"].as_u64() > before["fields"].as_u64(), "{text}: {pattern}");
        }
    }
}
