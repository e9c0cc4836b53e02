//! Reports: their formats as golden files, their counts compared with a naive count, and sums of parts.

use crate::command::{binary, output_of, peak_kib};
use crate::packed::pack;
use crate::source;
use crate::twin;
use imsdk_annotate::Catalog;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use unicode_width::UnicodeWidthStr;

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/reports")
}

const CHECKS: [&str; 6] = ["--fail-on", "error>3", "--fail-on", "new,!unknown", "--fail-on", "success"];

#[test]
fn each_form_is_its_golden_file() {
    for (format, file) in [
        ("text", "report.txt"),
        ("json", "report.json"),
        ("markdown", "report.md"),
        ("junit", "report.xml"),
        ("github", "report.github"),
        ("jenkins", "report.jenkins"),
        ("teamcity", "report.teamcity"),
        ("azure", "report.azure"),
        ("gitlab", "report.gitlab"),
    ] {
        let mut command = binary();
        command.current_dir(data()).args(["-q", "--baseline", "earlier.json", "server.log"]).args(CHECKS);
        let output = output_of(command.arg(format!("--report={format}=-")), b"");
        let report = String::from_utf8(output.stdout).unwrap();
        assert_eq!(report, fs::read_to_string(data().join(file)).unwrap(), "{format}");
        assert_eq!(output.status.code(), Some(1));
        let said = String::from_utf8(output.stderr).unwrap();
        let expected = "\
            imsdk-annotate: --fail-on error>3: 7 fields (-204: 4, -402: 1, -705: 1, and 1 more)\n\
            imsdk-annotate: --fail-on new,!unknown: 3 fields (1: 1, -705: 1, -1103: 1)\n\
            imsdk-annotate: --fail-on success: 1 field (1: 1)\n";
        assert_eq!(said, expected);
    }
}

/// Without a terminal, the table has 80 columns; the last thing that gives way is the end of a message.
#[test]
fn the_table_of_codes_fits_eighty_columns() {
    for lang in ["en", "zh", "both"] {
        for more in [&[][..], &["--baseline", "earlier.json"]] {
            let mut command = binary();
            command
                .current_dir(data())
                .args(["-q", "--report=text=-", "--lang", lang, "server.log"])
                .args(more);
            let report = String::from_utf8(output_of(&mut command, b"").stdout).unwrap();
            let table: Vec<&str> = report.split("\n\n").nth(1).unwrap().lines().collect();
            assert_eq!(table.len(), 9, "{report}");
            for line in table {
                assert!(line.width() <= 80, "{lang} {more:?}: {line}");
            }
        }
    }
}

#[test]
fn reports_for_people_have_one_word_for_what_is_counted() {
    for file in ["txt", "md", "xml", "github", "jenkins", "teamcity", "azure", "gitlab"] {
        let file = &format!("report.{file}");
        let report = fs::read_to_string(data().join(file)).unwrap();
        assert!(report.contains(" field"), "{file}");
        let words: Vec<&str> = report.split(|char: char| !char.is_alphanumeric()).collect();
        for other in [["1", "time"], ["2", "times"], ["4", "times"], ["return", "code"], ["code", "count"]] {
            assert!(!words.windows(2).any(|pair| pair == other), "{file}: {other:?}");
        }
    }
}

/// Returns the JSON report of a run in a folder.
fn report(folder: &Path, args: &[&str], input: &[u8]) -> Value {
    let mut command = binary();
    command.current_dir(folder).args(["-q", "--report=json=-"]).args(args);
    let output = output_of(&mut command, input);
    assert!(output.stderr.is_empty(), "{}", output.stderr.escape_ascii());
    assert_eq!(output.status.code(), Some(0));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Returns a naive count for each code: fields, lines, and the first and the last line with their texts.
fn naive_count(text: &[u8]) -> BTreeMap<i32, Value> {
    let catalog = Catalog::builtin();
    let most = source::TEXT_MAX_BYTES.value();
    let mut counts: BTreeMap<i32, Value> = BTreeMap::new();
    for (index, line) in text.split_inclusive(|&byte| byte == b'\n').enumerate() {
        let content = line.strip_suffix(b"\n").unwrap_or(line);
        let text = match std::str::from_utf8(content) {
            Ok(text) => {
                let cut = (0..=text.len().min(most)).rev().find(|&at| text.is_char_boundary(at)).unwrap();
                text[..cut].to_owned()
            }
            Err(_) => String::from_utf8_lossy(&content[..content.len().min(most)]).into_owned(),
        };
        let text = if content.len() <= most { text.strip_suffix('\r').unwrap_or(&text) } else { &text };
        let place = json!({ "line": index + 1, "text": text });
        let codes = twin::codes(line, false, &catalog);
        for (at, &code) in codes.iter().enumerate() {
            let new = json!({ "count": 0, "lines": 0, "first": place });
            let count = counts.entry(code).or_insert(new);
            count["count"] = (count["count"].as_u64().unwrap() + 1).into();
            if !codes[..at].contains(&code) {
                count["lines"] = (count["lines"].as_u64().unwrap() + 1).into();
            }
            count["last"] = place.clone();
        }
    }
    counts
}

/// Returns the same counts from a report on one input.
fn counts_of(report: &Value) -> BTreeMap<i32, Value> {
    let codes = ["codes", "unknown"].into_iter().flat_map(|list| report[list].as_array().unwrap());
    let place = |place: &Value| json!({ "line": place["line"], "text": place["text"] });
    codes
        .map(|code| {
            let (first, last) = (place(&code["first"]), place(&code["last"]));
            let count =
                json!({ "count": code["count"], "lines": code["lines"], "first": first, "last": last });
            (i32::try_from(code["code"].as_i64().unwrap()).unwrap(), count)
        })
        .collect()
}

/// Returns a log with codes from 0 to -`codes`.
fn log(lines: usize, codes: u64, seed: u64) -> Vec<u8> {
    let mut number = seed;
    let mut next = || {
        number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        number >> 33
    };
    let mut text = Vec::new();
    for index in 0..lines {
        let (minute, second, code) = (next() % 60, next() % 60, next() % codes);
        let line = match next() % 8 {
            0 => format!("[2026-05-01 10:{minute:02}:{second:02}.5] ret=-204 ret=-{code} ret=-204\r\n"),
            1 => format!("2026-05-02T00:{minute:02}:{second:02}+08:00 code=5\n"),
            2 => format!("no stamp iret={code}, {}ret=-{code}\n", "用户".repeat(next() as usize % 50)),
            3 => format!("{}\n", ".".repeat(next() as usize % 3000)),
            4 => "\n".to_owned(),
            _ => format!("[20260430 23:{minute:02}:{second:02}] line {index}\n"),
        };
        text.extend_from_slice(line.as_bytes());
    }
    text
}

#[test]
fn counts_are_those_of_a_naive_count() {
    let folder = tempfile::tempdir().unwrap();
    // The second log has a line that is longer than any buffer, and a last line without a newline.
    let long = [&b"ret=-1 "[..], &vec![b'.'; 300_000], b" ret=-2222 ret=-1\nret=-705"].concat();
    for text in [log(3000, 900, 1), [log(1000, 900, 2), long].concat(), b"\xff ret=-1 \xe7\x94".to_vec()] {
        fs::write(folder.path().join("a.log"), &text).unwrap();
        let report = report(folder.path(), &["a.log"], b"");
        let (counts, naive) = (counts_of(&report), naive_count(&text));
        for (code, count) in &naive {
            assert_eq!(counts.get(code), Some(count), "{code}");
        }
        assert_eq!(counts.len(), naive.len());
        assert_eq!(report["input"]["bytes"], text.len());
        assert_eq!(report["input"]["lines"], text.split_inclusive(|&byte| byte == b'\n').count());
    }
}

#[test]
fn threads_buffers_and_packing_change_no_report() {
    let folder = tempfile::tempdir().unwrap();
    let texts = [
        log(40_000, 2000, 3),
        log(10, 2000, 4),
        log(20_000, 2000, 5),
        Vec::new(),
        b"ret=-1".to_vec(),
        log(30_000, 2000, 6),
    ];
    for (index, text) in texts.iter().enumerate() {
        let packed = if index == 2 { pack("gzip", text) } else { text.clone() };
        fs::write(folder.path().join(format!("{index}.log")), packed).unwrap();
    }
    let files = ["0.log", "1.log", "2.log", "3.log", "4.log", "5.log"];
    let expected = report(folder.path(), &[&["-j1"][..], &files].concat(), b"");
    assert_eq!(expected["input"]["files"], 6);
    for args in [&["-j2"][..], &["-j3"], &["-j16"], &["-j2", "--line-buffered"], &["-j1", "--line-buffered"]]
    {
        assert!(report(folder.path(), &[args, &files].concat(), b"") == expected, "{args:?}");
    }
    // The choice of lines and the place of the output do not change the report.
    for args in [&["--only", "friend", "-n"][..], &["-o", "out"], &["--output-dir", "out.d", "-j3"]] {
        let mut command = binary();
        command.current_dir(&folder).args(args).args(files).arg("--report=json=r.json");
        assert!(output_of(&mut command, b"").status.success());
        let written = fs::read(folder.path().join("r.json")).unwrap();
        assert!(serde_json::from_slice::<Value>(&written).unwrap() == expected, "{args:?}");
    }
    // A report on the concatenation is the same but for the places. A newline is added to each part, so that lines are
    // not joined.
    let ended = texts.map(|text| {
        if text.is_empty() || text.ends_with(b"\n") { text } else { [text, b"\n".to_vec()].concat() }
    });
    let mut whole = report(folder.path(), &[], &ended.concat());
    let mut parts = expected;
    for report in [&mut whole, &mut parts] {
        report["input"]["files"] = 0.into();
        report["input"]["bytes"] = 0.into();
        report["input"].as_object_mut().unwrap().remove("parts");
        for list in ["codes", "unknown"] {
            for code in report[list].as_array_mut().unwrap() {
                for name in ["files", "offsets"] {
                    code.as_object_mut().unwrap().remove(name);
                }
                for place in ["first", "last"] {
                    code[place] = code[place]["text"].take();
                }
            }
        }
    }
    assert_eq!(whole, parts);
}

#[test]
fn reports_of_parts_add_up_to_that_of_the_whole() {
    let folder = tempfile::tempdir().unwrap();
    let names = ["a.log", "b.log", "c.log", "d.log"];
    for (index, name) in names.iter().enumerate() {
        // More unknown codes than are told apart.
        fs::write(folder.path().join(name), log(3000 * (index % 3), 2000, index as u64)).unwrap();
    }
    let whole = report(folder.path(), &names, b"");
    assert!(whole["more_unknown_fields"].as_u64().unwrap() > 0);
    for split in 0..=names.len() {
        let (first, second) = names.split_at(split);
        for (files, part) in [(first, "1.json"), (second, "2.json")] {
            // Without files the binary would read standard input.
            let text = if files.is_empty() {
                NOTHING.to_owned()
            } else {
                report(folder.path(), files, b"").to_string()
            };
            fs::write(folder.path().join(part), text).unwrap();
        }
        assert!(report(folder.path(), &["--merge-reports", "1.json", "2.json"], b"") == whole, "{split}");
    }
}

/// A report on no inputs.
const NOTHING: &str = r#"{"format": "imsdk-annotate report", "version": 1, "complete": true,
    "input": {"files": 0, "lines": 0, "bytes": 0}, "fields": 0, "unknown_fields": 0, "codes": [], "unknown": [],
    "more_unknown_fields": 0, "fail_on": []}"#;

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_counted_alike(lines in prop::collection::vec(prop_oneof![
        any::<Vec<u8>>(),
        prop::sample::select(vec![b"ret=-1 ret=5".to_vec(), b"ret=-1\r".to_vec(), b"code: -31337".to_vec()]),
    ], 0..40)) {
        let text = lines.join(&b'\n');
        let report = report(Path::new("."), &[], &text);
        prop_assert_eq!(counts_of(&report), naive_count(&text));
    }
}

/// Returns the peak memory in KiB while `lines` lines are counted, each with another unknown code, where the system
/// reports it.
fn peak_of(lines: u32) -> Option<u64> {
    let mut child = binary().args(["-q", "--report=json=/dev/null"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    for first in (0..lines).step_by(10_000) {
        let text: String =
            (first..first + 10_000).map(|line| format!("ret=-{} ret=-204\n", 2000 + line)).collect();
        stdin.write_all(text.as_bytes()).unwrap();
    }
    let peak = peak_kib(child.id());
    drop(stdin);
    assert!(child.wait().unwrap().success());
    peak
}

#[test]
fn memory_does_not_grow_with_the_number_of_fields_and_codes() {
    if let (Some(few), Some(many)) = (peak_of(300_000), peak_of(3_000_000)) {
        assert!(many < few + 1024 && many < 16 * 1024, "{few} KiB, then {many} KiB");
    }
}
