//! Hostile logs: a parser of each report format confirms that no line of a log acts in a report.

use crate::command::{binary, output_of};
use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// Lines with a field each, and with bytes that act on a terminal or in a report.
pub(crate) const LINES: [&str; 22] = [
    "\x1b[2J\x1b]0;title\x07\x1b[31mret=-1",
    "::error file=a,line=1::injected ret=-1",
    "::stop-commands::x ret=-204\r::error::y",
    "##[error]x ##vso[task.complete result=Failed] ret=-205",
    "]]> <![CDATA[ </testcase></testsuite> <evil a=\"b\"/> & ret=-402",
    "&#27;[31m &lt;b&gt; &amp; ret=-402",
    "| a | b | ret=-705 | `code` | **bold** | <script>alert(1)</script>",
    "a \\| b \\\\| c ` d `` e ``` ret=-705",
    "` ret=-706 `",
    "`ret=-707",
    "[x](http://evil.example) ![i](http://evil.example/i.png) http://evil.example www.evil.example ret=-708",
    "# heading\u{2028}- item ret=-709",
    "\u{202e}reversed\u{202c} \u{200b}hidden\u{feff} ret=-710",
    "\u{9b}31m\u{85} c1 ret=-711",
    "ret=-712 \u{0}\u{1}\u{8}\u{b}\u{c}\u{e}\u{1f}\u{7f}",
    "\u{fffe}\u{ffff}\u{10ffff} ret=-713",
    "ret=-714 ${{ secrets.TOKEN }} $(reboot) %0A::error::x %25",
    "<!-- comment ret=-715 --> @everyone #1 :smile: $x^2$",
    "ret=-716 ~~~ --- === *** ___",
    "{\"ret\":-717,\"x\":\"\\u001b\\n\"}",
    "ret=-31337 ::warning::unknown |",
    "ret=-31338 \\",
];

/// Names of files that would act in a report.
pub(crate) const NAMES: [&str; 6] =
    ["a|`b`.log", "::error::x", "a,line=1%0A:b", "\x1b[31m<b>]]>&.log", "a\n::error::b", "*a*_b_[c](d)"];

/// Returns the reports on a log in the formats that are no list of entries for a CI service. The run must go well.
fn reports_on(text: &[u8], name: &str) -> [String; 5] {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(name), text).unwrap();
    let formats = ["json", "junit", "markdown", "github", "text"];
    let mut command = binary();
    command.current_dir(&folder).args(["-q", "--color=never", "--fail-on=any>1000000", name]);
    command.args(formats.map(|format| format!("--report={format}={format}.out")));
    let output = output_of(&mut command, b"");
    assert!(output.status.success() && output.stderr.is_empty(), "{}", output.stderr.escape_ascii());
    formats.map(|format| fs::read_to_string(folder.path().join(format!("{format}.out"))).unwrap())
}

/// Returns true if a character could act on a terminal, as far as a naive reader knows.
pub(crate) fn acts(char: char) -> bool {
    (char.is_control() && char != '\n')
        || "\u{200b}\u{202e}\u{2028}\u{feff}\u{ad}\u{fffe}\u{ffff}".contains(char)
}

fn check(text: &[u8], name: &str) {
    let [json, junit, markdown, github, plain] = reports_on(text, name);
    for report in [&json, &junit, &markdown, &github, &plain] {
        assert!(!report.contains(acts), "{}", report.escape_debug());
        assert!(!report.replace("## iMSDK", "").replace("### ", "").contains("##"), "{report}");
    }
    let json: Value = serde_json::from_str(&json).unwrap();
    let codes: Vec<&Value> =
        ["codes", "unknown"].iter().flat_map(|list| json[list].as_array().unwrap()).collect();
    check_junit(&junit, &codes);
    check_markdown(&markdown, &codes);
    check_github(&github, &codes);
    for line in plain.lines() {
        assert!(!line.trim_start().starts_with("::"), "{line}");
    }
}

fn check_junit(junit: &str, codes: &[&Value]) {
    let document = roxmltree::Document::parse(junit).unwrap_or_else(|error| panic!("{error}: {junit}"));
    let names: Vec<&str> = document
        .descendants()
        .filter(roxmltree::Node::is_element)
        .map(|node| node.tag_name().name())
        .filter(|name| *name != "system-out")
        .collect();
    assert_eq!(names[..2], ["testsuites", "testsuite"]);
    assert_eq!(names[2..], vec!["testcase"; codes.len().max(1)]);
}

/// Checks that a table has the right number of cells, each of plain text or code.
fn check_markdown(markdown: &str, codes: &[&Value]) {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_FOOTNOTES;
    let (mut cells, mut code_texts) = (0, Vec::new());
    for event in Parser::new_ext(markdown, options) {
        match event {
            Event::Start(Tag::TableCell) => cells += 1,
            Event::Code(code) => code_texts.push(code.into_string()),
            Event::Start(
                Tag::Paragraph | Tag::Heading { .. } | Tag::Table(_) | Tag::TableHead | Tag::TableRow,
            )
            | Event::End(_)
            | Event::Text(_) => {}
            other => panic!("{other:?}: {markdown}"),
        }
    }
    let tables = ["| code |", "catalog\n"].map(|title| markdown.matches(title).count());
    assert_eq!(cells, 7 * (codes.len() + tables[0]), "{markdown}");
    let texts = codes.iter().map(|code| code["first"]["text"].as_str().unwrap());
    for text in texts.filter(|text| !text.contains(acts) && !text.contains("##") && !text.contains("\\|")) {
        assert!(code_texts.iter().any(|code| code.trim() == text.trim()), "{text:?}: {code_texts:?}");
    }
}

/// Checks that each line is one command whose message, without its escapes, is the expected one.
fn check_github(github: &str, codes: &[&Value]) {
    let undone = |text: &str| {
        ["%3A", ":", "%2C", ",", "%0D", "\r", "%0A", "\n", "%25", "%"]
            .chunks(2)
            .fold(text.to_owned(), |text, pair| text.replace(pair[0], pair[1]))
    };
    let texts: Vec<&str> = codes.iter().map(|code| code["first"]["text"].as_str().unwrap()).collect();
    for line in github.lines() {
        let (command, message) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
        let (level, properties) = command.split_once(' ').unwrap();
        assert!(["error", "warning", "notice"].contains(&level), "{line}");
        let properties: Vec<&str> = properties.split(',').map(|it| it.split_once('=').unwrap().0).collect();
        assert!(properties == ["file", "line", "title"] || properties == ["title"], "{line}");
        let is_shown = texts.iter().any(|text| undone(message).ends_with(text));
        let is_plain = texts.iter().all(|text| !text.contains(acts) && !text.contains("##"));
        assert!(is_shown || !is_plain || properties == ["title"], "{line}");
    }
    for level in ["::error ", "::warning ", "::notice "] {
        assert!(github.lines().filter(|line| line.starts_with(level)).count() <= 10);
    }
}

#[test]
fn lines_that_try_to_act_do_not() {
    check(LINES.join("\n").as_bytes(), "a.log");
    for line in LINES {
        check(line.as_bytes(), "a.log");
    }
}

#[test]
fn names_that_try_to_act_do_not() {
    for name in NAMES {
        check(b"ret=-1\nret=-9999", name);
    }
}

#[test]
fn more_than_ten_codes_of_a_level_are_told_in_ten_commands() {
    for (codes, shown) in [(9, 9), (10, 10), (11, 10), (30, 10)] {
        let catalog = imsdk_annotate::Catalog::builtin();
        let errors = catalog.entries().iter().filter(|entry| entry.code() < 0).take(codes);
        let text: String = errors.map(|entry| format!("ret={}\n", entry.code())).collect();
        let [_, _, _, github, _] = reports_on(text.as_bytes(), "a.log");
        assert_eq!(github.lines().count(), shown);
        let told = github.lines().last().unwrap().contains("title=iMSDK%3A");
        assert_eq!(told, codes > 10, "{github}");
        if told {
            let last = github.lines().last().unwrap();
            assert!(last.contains(&format!("{} more codes::{} fields: -", codes - 9, codes - 9)), "{last}");
        }
    }
}

#[test]
fn reports_that_are_none_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/reports/report.json");
    let golden = fs::read_to_string(golden).unwrap();
    let cases = [
        (String::new(), "is no JSON report: "),
        ("{}".to_owned(), "is no JSON report: "),
        ("[".repeat(100_000), "is no JSON report: "),
        (
            golden.replace("\"version\": 1", "\"version\": 2"),
            "is a report of version 2, from a newer version of this program",
        ),
        (
            golden.replace("imsdk-annotate report", "x"),
            "is no JSON report: it begins with \"{\\n  \\\"format\\\": \\\"x\\\"",
        ),
        (golden.replace("\"lines\": 3", "\"lines\": 5"), "-204 was 4 times in 5 lines of 1 files"),
        (golden.replace("\"width\": 256", "\"width\": 255"), "a histogram with"),
        (golden.replace("2026-05-01T10", "2026-15-01T10"), "is no time stamp"),
        (golden.replace("\"code\": -402", "\"code\": -204"), "it has -204 twice"),
        (golden.replace("\"code\": -402", "\"code\": -2147483648"), "-2147483648 is no code"),
        (golden.replace("\"code\": -402", "\"code\": 6"), "6 is no code"),
        (golden[..golden.len() / 2].to_owned(), "is a damaged report: EOF while parsing"),
    ];
    for (text, expected) in cases {
        fs::write(folder.path().join("r.json"), &text).unwrap();
        for (args, status) in
            [(&["--baseline=r.json", "-"][..], 2), (&["--merge-reports", "--report=json", "r.json"], 3)]
        {
            let output = output_of(binary().current_dir(&folder).args(args), b"");
            let said = String::from_utf8(output.stderr).unwrap();
            assert!(said.contains("r.json: ") && said.contains(expected), "{expected}: {said}");
            assert_eq!(output.status.code(), Some(status));
        }
    }
    // A report without keys of its inputs can be added to itself.
    let golden = golden.replace("\"parts\"", "\"other\"");
    // Unknown members are no trouble, because later versions may add some. Large numbers stay at their limit.
    let max = u64::MAX.to_string();
    let large = golden.replace("\"count\": 4", &format!("\"x\": [1], \"count\": {max}"));
    fs::write(folder.path().join("r.json"), large).unwrap();
    let args = ["--merge-reports", "--report=json=-", "r.json", "r.json"];
    let output = output_of(binary().current_dir(&folder).args(args), b"");
    assert!(output.status.success(), "{}", output.stderr.escape_ascii());
    let sum: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(sum["codes"][0]["count"], u64::MAX);
    // Bars are sums of many counts.
    let mut report: Value = serde_json::from_str(&golden).unwrap();
    report["codes"][0]["offsets"] = json!({ "start": 0, "width": 512, "counts": vec![u64::MAX; 32] });
    let large = serde_json::to_string(&report).unwrap();
    fs::write(folder.path().join("r.json"), large).unwrap();
    for format in ["text", "markdown", "html", "json", "junit"] {
        let args = ["--merge-reports", &format!("--report={format}=-"), "r.json", "r.json"];
        let output = output_of(binary().current_dir(&folder).args(args), b"");
        assert!(output.status.success(), "{format}: {}", output.stderr.escape_ascii());
    }
}

/// Returns logs of a few lines, each with a field between bytes that are anything, or that match a pattern.
pub(crate) fn lines_with_fields(pattern: &'static str) -> impl Strategy<Value = Vec<u8>> {
    let bytes = || prop_oneof![any::<Vec<u8>>(), pattern.prop_map(String::into_bytes)];
    let field = prop::sample::select(vec![" ret=-1", "ret=-204 ", "ret=5", "iret=-31337"]);
    let line = (bytes(), field, bytes()).prop_map(|(a, field, b)| [&a, field.as_bytes(), &b].concat());
    prop::collection::vec(line, 1..8).prop_map(|lines| lines.join(&b'\n'))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes_that_are_anything_do_not_act(log in lines_with_fields("[|`\\\\ <>&#:*_~\\[\\]!]{0,30}")) {
        check(&log, "a.log");
    }
}
