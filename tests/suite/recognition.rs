//! Keys and patterns that users add: compared with naive twins, and through the binary.

use crate::command::{annotate, binary, output_of};
use crate::notes::show;
use crate::properties::text;
use crate::source;
use crate::twin::{self, Rules};
use imsdk_annotate::{Annotator, Catalog, Keys, Pattern};
use proptest::prelude::*;
use regex::bytes::Regex;

/// Keys that occur in the texts, in lower case and without `_`.
const KEYS: [&str; 8] = ["x", "n", "exit", "domain", "code", "errcode", "http", "5"];

/// Patterns that need a line of its own, and patterns that find several codes in a line.
const PATTERNS: [&str; 5] = [
    r"(?<code>-?\d+)",
    r"ret\W??(?<code>-?\d+)\b",
    r"^[^\n]*?(?<code>-?\d{1,3})",
    r"(?i)[a-z]=?(?<code>\d+)(?:[ ,]|$)",
    r"(?:x|:) *(?<code>-?\d{2,})",
];

/// Annotates the groups of a pattern, line by line. Leaves out codes within colour sequences.
fn annotate_groups(text: &[u8], pattern: &str) -> Vec<u8> {
    let catalog = Catalog::builtin();
    let regex = Regex::new(&format!("(?m){pattern}")).unwrap();
    let in_sequence = Regex::new(r"(?-u)\x1B\[[0-9;:]*$").unwrap();
    let mut annotated = Vec::new();
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        let content = line.strip_suffix(b"\n").unwrap_or(line);
        let content = content.strip_suffix(b"\r").unwrap_or(content);
        let mut written = 0;
        for found in regex.captures_iter(content) {
            let Some(group) = found.name("code") else { continue };
            let code = str::from_utf8(group.as_bytes()).unwrap();
            let digits = code.trim_start_matches('-');
            if digits.starts_with('0') || digits.len() > 9 || in_sequence.is_match(&content[..group.start()])
            {
                continue;
            }
            if let Some(entry) = catalog.get(code.parse().unwrap_or(0)) {
                annotated.extend_from_slice(&line[written..group.end()]);
                annotated.extend(format!(" ({}: {})", entry.category().name(), entry.message()).bytes());
                written = group.end();
            }
        }
        annotated.extend_from_slice(&line[written..]);
    }
    annotated
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_twin_agrees_with_other_keys(
        text in text(),
        strict: bool,
        defaults: bool,
        added in prop::collection::vec(prop::sample::select(&KEYS[..]), 0..4),
    ) {
        let mut keys = if defaults { Keys::default() } else { Keys::none() };
        added.iter().for_each(|key| keys.add(&format!("_{}_", key.to_uppercase())).unwrap());
        let annotator = Annotator::builder().strict(strict).keys(keys).build();
        let expected = twin::annotate_by(&text, Rules { strict, defaults, added: &added });
        prop_assert_eq!(show(&annotator.annotate(&text)), show(&expected));
    }

    #[test]
    fn patterns_find_what_the_regex_does_line_by_line(text in text(), pattern in prop::sample::select(&PATTERNS[..])) {
        // The naive twin cannot read lines with notes.
        prop_assume!(!text.windows(2).any(|window| window == b" ("));
        // A carriage return ends a line only before a newline or at the end of the text, which the naive twin does not
        // know.
        let text: Vec<u8> = text.into_iter().filter(|&byte| byte != b'\r').collect();
        let pattern = pattern.replace(r"\W", r"[^\w\n]");
        let annotator =
            Annotator::builder().keys(Keys::none()).patterns(vec![Pattern::parse(&pattern).unwrap()]).build();
        let expected = annotate_groups(&text, &pattern);
        prop_assert_eq!(show(&annotator.annotate(&text)), show(&expected));
    }
}

#[test]
fn keys_and_patterns_through_the_binary() {
    let log = b"sdk_status=-204 ret=-1 status: 5 returned -301, code=5\r\nend -1\r\n";
    for (args, expected) in [
        (
            &["--key", "SdkStatus", "--key=status", "--strict"][..],
            "sdk_status=-204 (auth: user session is failure!) ret=-1 (general: failure) \
             status: 5 (action: need google authcode) returned -301, code=5\r\nend -1\r\n",
        ),
        (
            &["--no-default-keys", "--pattern", r"returned (?P<code>-?\d+)", "--pattern=(?<code>-1)$"],
            "sdk_status=-204 ret=-1 status: 5 returned -301 (bind: bind relationship is failure,because openid unset), \
             code=5\r\nend -1 (general: failure)\r\n",
        ),
        // A field of a key and of a pattern gets one note.
        (
            &["--no-default-keys", "--key", "ret", "--pattern", r"-(?<code>1)"],
            "sdk_status=-204 ret=-1 (general: failure) status: 5 returned -301, code=5\r\nend -1 (success: success)\r\n",
        ),
    ] {
        assert_eq!(String::from_utf8_lossy(&annotate(args, log)), expected, "{args:?}");
    }
}

#[test]
fn patterns_count_select_and_number_lines_with_any_number_of_threads() {
    let log = "answer -204 x\nanswer 7 x\nanswer -9999 x\n".repeat(60_000);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("answers.log");
    std::fs::write(&path, &log).unwrap();
    let args = ["--pattern", r"answer (?<code>-?\d+)", path.to_str().unwrap()];
    let expected = log.replace("-204", "-204 (auth: user session is failure!)");
    for threads in ["-j1", "-j3"] {
        assert!(annotate(&[&args[..], &[threads]].concat(), b"") == expected.as_bytes());
    }
    let chosen = annotate(&[&args[..], &["--only", "unknown", "-n"]].concat(), b"");
    assert!(chosen.starts_with(b"3:answer -9999 x\n6:answer -9999 x\n"));
    let report = annotate(&[&args[..], &["-q", "--report", "json=-"]].concat(), b"");
    let report: serde_json::Value = serde_json::from_slice(&report).unwrap();
    assert_eq!((&report["fields"], &report["unknown_fields"]), (&60_000.into(), &60_000.into()));
}

#[test]
fn lines_beyond_the_limit_have_keys_and_no_patterns() {
    let limit = source::LINE_MAX_BYTES.value();
    let args = ["--pattern", r"answer (?<code>-?\d+)"];
    let tail = "answer -1 ret=-1\n";
    for (length, expected) in [
        (limit, "answer -1 (general: failure) ret=-1 (general: failure)\n"),
        (limit + 1, "answer -1 ret=-1 (general: failure)\n"),
    ] {
        let text = ["ret=-1\n", &" ".repeat(length - tail.len()), tail, "answer -1"].concat();
        let annotated = annotate(&args, text.as_bytes());
        assert!(
            annotated.ends_with([expected, "answer -1 (general: failure)"].concat().as_bytes()),
            "{length}"
        );
    }
}

#[test]
fn what_cannot_be_recognised_is_refused() {
    for (args, expected) in [
        (&["--key", "错误码"][..], "a key is letters, digits and _; for anything else there is --pattern"),
        (&["--key", "a-b"], "for anything else there is --pattern"),
        (&["--key", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"], "a key has at most 32 bytes"),
        (&["--no-default-keys"], "nothing is left to recognise; add --key or --pattern"),
        (&["--pattern", r"a\s(?<code>1)"], "the pattern could match a newline"),
        (&["--pattern", r"code=\d+"], "the pattern has no group for the code: write (?<code>-?\\d+)"),
        (&["--pattern", "(?<code>1"], "unclosed group"),
    ] {
        let output = output_of(binary().args(args), b"ret=-1\n");
        assert_eq!((output.status.code(), output.stdout), (Some(2), Vec::new()), "{args:?}");
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(stderr.contains(expected), "{args:?}: {stderr}");
    }
}
