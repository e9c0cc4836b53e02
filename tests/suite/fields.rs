//! The cases of `tests/data/field-cases.jsonl` and `tests/data/field-cases-2.jsonl`: through the twin, the library and
//! the binary.
//!
//! A case is a line (`hex` where it is not UTF-8) and the codes of its fields, without and with `--strict`, or the line
//! with its notes (`out`).

use crate::command::annotate;
use crate::packed::pack;
use crate::twin::notes::Style;
use crate::twin::{self, Rules};
use imsdk_annotate::{Annotator, Catalog};
use serde_json::Value;
use std::fs;

struct Case {
    line: Vec<u8>,
    expected: Expected,
}

enum Expected {
    /// The codes of the fields, without and with `--strict`.
    Codes([Vec<i64>; 2]),
    Annotated(Vec<u8>),
}

fn cases() -> Vec<Case> {
    let codes = |value: &Value| value.as_array().unwrap().iter().map(|code| code.as_i64().unwrap()).collect();
    let bytes = |hex: &str| {
        let pairs = hex.as_bytes().chunks(2).map(|pair| str::from_utf8(pair).unwrap());
        pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
    };
    let rows =
        [include_str!("../data/field-cases.jsonl"), include_str!("../data/field-cases-2.jsonl")].concat();
    rows.lines()
        .map(|row| {
            let row: Value = serde_json::from_str(row).unwrap();
            let line = row["hex"].as_str().map_or_else(|| row["line"].as_str().unwrap().into(), bytes);
            let expected = match row["out"].as_str() {
                Some(out) => Expected::Annotated(out.into()),
                None => Expected::Codes([codes(&row["codes"]), codes(&row["strict"])]),
            };
            Case { line, expected }
        })
        .collect()
}

/// Returns the lines of all cases with their notes, in which the twin has the fields that each case expects.
fn annotated_cases(strict: bool) -> Vec<Vec<u8>> {
    let annotated = |case: &Case| {
        let annotated = twin::annotate(&case.line, strict);
        let rules = Rules { strict, ..Rules::default() };
        let style = Style { rules, ..Style::new(Catalog::builtin()) };
        let found: Vec<i64> = style.fields(&case.line).iter().map(|field| field.code.into()).collect();
        let line = case.line.escape_ascii();
        match &case.expected {
            Expected::Codes(codes) => {
                assert_eq!(found, codes[usize::from(strict)], "strict {strict}: {line}")
            }
            Expected::Annotated(expected) if !strict => {
                assert_eq!(
                    annotated.escape_ascii().to_string(),
                    expected.escape_ascii().to_string(),
                    "{line}"
                );
            }
            Expected::Annotated(_) => {}
        }
        annotated
    };
    cases().iter().map(annotated).collect()
}

/// Returns the lines of all cases as one text.
fn text() -> Vec<u8> {
    cases().iter().flat_map(|case| [&case.line[..], b"\n"].concat()).collect()
}

/// Checks an output that has the lines of all cases, in order.
fn assert_annotated(output: &[u8], expected: &[Vec<u8>], how: &str) {
    let lines: Vec<&[u8]> =
        output.strip_suffix(b"\n").unwrap_or(output).split(|&byte| byte == b'\n').collect();
    assert_eq!(lines.len(), expected.len(), "{how}");
    let show = |line: &[u8]| line.escape_ascii().to_string();
    let different: Vec<String> = lines
        .iter()
        .zip(expected)
        .filter(|(line, expected)| line != expected)
        .map(|(line, expected)| format!("{}\nexpected: {}", show(line), show(expected)))
        .collect();
    assert!(different.is_empty(), "{how}: {} cases\n{}", different.len(), different.join("\n"));
}

#[test]
fn the_twin_finds_the_fields_of_each_case() {
    assert_eq!(cases().len(), 70 + 206);
    for strict in [false, true] {
        annotated_cases(strict);
    }
}

#[test]
fn the_library_finds_the_fields_of_each_case() {
    for strict in [false, true] {
        let annotator = Annotator::builder().strict(strict).build();
        let lines: Vec<u8> =
            cases().iter().flat_map(|case| [&annotator.annotate(&case.line)[..], b"\n"].concat()).collect();
        assert_annotated(&lines, &annotated_cases(strict), &format!("strict {strict}"));
    }
}

#[test]
fn the_binary_finds_the_fields_of_each_case_however_it_reads_them() {
    let folder = tempfile::tempdir().unwrap();
    let [plain, packed] = ["log", "log.gz"].map(|name| folder.path().join(name).to_str().unwrap().to_owned());
    let [plain, packed] = [&plain[..], &packed];
    fs::write(plain, text()).unwrap();
    fs::write(packed, pack("gzip", &text())).unwrap();
    for (strict, flag) in [(false, &[][..]), (true, &["--strict"])] {
        let expected = annotated_cases(strict);
        for operands in [&[][..], &[plain], &["-j2", plain], &[packed], &["-j2", packed]] {
            let args = [flag, operands].concat();
            let input = if operands.is_empty() { text() } else { Vec::new() };
            assert_annotated(&annotate(&args, &input), &expected, &format!("{args:?}"));
        }
    }
}

/// Returns a text in an encoding; `None` if the encoding lacks a character of it.
fn encoded(text: &str, encoding: &str) -> Option<Vec<u8>> {
    match encoding {
        "utf-16le" => Some(text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        "utf-16be" => Some(text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        _ => {
            let encoding = encoding_rs::Encoding::for_label(encoding.as_bytes()).unwrap();
            let (bytes, _, lacks_some) = encoding.encode(text);
            (!lacks_some).then(|| bytes.into_owned())
        }
    }
}

#[test]
fn the_binary_finds_the_fields_of_each_case_in_each_encoding() {
    // Big5 has colons of its own, which are none by the rules.
    for (encoding, cases_min) in [("gbk", 200), ("gb18030", 240), ("utf-16le", 240), ("utf-16be", 240)] {
        for (strict, flag) in [(false, &[][..]), (true, &["--strict"])] {
            let annotated = annotated_cases(strict);
            let cases = cases();
            let texts = cases.iter().zip(&annotated).filter_map(|(case, annotated)| {
                let [line, annotated] = [&case.line, annotated].map(|text| str::from_utf8(text));
                Some((encoded(&format!("{}\n", line.ok()?), encoding)?, encoded(annotated.ok()?, encoding)?))
            });
            let (lines, expected): (Vec<Vec<u8>>, Vec<Vec<u8>>) = texts.unzip();
            assert!(lines.len() >= cases_min, "{encoding}: {}", lines.len());
            let text = lines.concat();
            let option = format!("--encoding={encoding}");
            let args = [flag, &[&option[..]]].concat();
            let newline = encoded("\n", encoding).unwrap();
            let expected: Vec<u8> = expected.iter().flat_map(|line| [&line[..], &newline].concat()).collect();
            assert_texts(&annotate(&args, &text), &expected, &format!("{args:?}"));
            let packed = pack("gzip", &text);
            assert_texts(
                &annotate(&[&args[..], &["-j2"]].concat(), &packed),
                &expected,
                &format!("{args:?} packed"),
            );
        }
    }
}

/// Asserts that two texts are the same, and shows where they differ first.
fn assert_texts(output: &[u8], expected: &[u8], how: &str) {
    let same = output.iter().zip(expected).take_while(|(a, b)| a == b).count();
    let around =
        |text: &[u8]| text[same.saturating_sub(100)..text.len().min(same + 60)].escape_ascii().to_string();
    assert!(output == expected, "{how}, at {same}\n{}\nexpected: {}", around(output), around(expected));
}

#[test]
fn annotating_the_cases_twice_changes_nothing() {
    let once = annotate(&[], &text());
    assert_eq!(annotate(&[], &once).escape_ascii().to_string(), once.escape_ascii().to_string());
}
