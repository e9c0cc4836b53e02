//! A JSON report is either refused, or written in each format without acting on a terminal, and read back unchanged.
//! The same holds for the sum of two reports.

use super::assert_same;
use arbitrary::{Result, Unstructured};
use imsdk_annotate::program::parts::{
    Baseline, Judgement, LoadedReport, Report, ReportFormat, ReportSum, Screen, load,
};
use imsdk_annotate::{Catalog, Language};
use serde_json::{Value, json};
use std::sync::LazyLock;

static CATALOG: LazyLock<Catalog> = LazyLock::new(Catalog::builtin);

const CODES: [i32; 8] = [-204, -1, 1, 5, -402, -31_337, -31_338, -999_999_999];

const TIMES: [&str; 8] = [
    "2026-05-01T10:00:00",
    "2026-05-01T10:00:00.000000001Z",
    "2026-05-01T10:00:00+23:59",
    "[2026-05-01 10:00:00,5",
    "20260501 10:00:00",
    "0000-01-01T00:00:00",
    "9999-12-31T23:59:60-23:59",
    "9999-12-31T23:59:59",
];

/// Returns true if a character could act on a terminal, as far as a naive reader knows.
fn acts(char: char) -> bool {
    (char.is_control() && char != '\n')
        || "\u{200b}\u{202e}\u{2028}\u{feff}\u{ad}\u{fffe}\u{ffff}".contains(char)
}

/// Runs the target. The input is a report, or makes the choices from which two reports are made.
pub(super) fn run(input: &[u8]) {
    if input.first() == Some(&b'{') {
        check(input);
        return;
    }
    let mut choices = Unstructured::new(input);
    let (Ok(first), Ok(second)) = (made(&mut choices), made(&mut choices)) else { return };
    let [first, second] = [first, second].map(|report| check(report.to_string().as_bytes()));
    if let (Some(first), Some(second)) = (first, second) {
        let mut sum = ReportSum::default();
        for report in [first, second] {
            let _ = sum.refusal(&report);
            let _ = sum.append(report);
        }
        let _ = sum.missing_at_ends();
        check_loaded(&LoadedReport { tally: sum.tally, names: sum.names });
    }
}

/// Returns a report with some valid and some invalid numbers and texts.
fn made(choices: &mut Unstructured<'_>) -> Result<Value> {
    let mut codes = Vec::new();
    for _ in 0..choices.int_in_range(0..=4)? {
        codes.push(code(choices)?);
    }
    let mut parts = Vec::new();
    for _ in 0..choices.int_in_range(0..=2)? {
        parts.push(part(choices)?);
    }
    let more: u64 = if choices.arbitrary()? { choices.arbitrary()? } else { 0 };
    Ok(json!({
        "format": "imsdk-annotate report", "version": 1, "complete": choices.arbitrary::<bool>()?,
        "input": {
            "files": number(choices)?, "lines": number(choices)?, "bytes": number(choices)?, "parts": parts,
        },
        "fields": 0, "unknown_fields": 0, "codes": codes, "unknown": [], "more_unknown_fields": more,
    }))
}

fn code(choices: &mut Unstructured<'_>) -> Result<Value> {
    let code = if choices.ratio(1, 8)? { choices.arbitrary()? } else { *choices.choose(&CODES)? };
    let files = number(choices)?.max(1);
    let lines = files.saturating_add(number(choices)?);
    let mut code = json!({
        "code": code, "count": lines.saturating_add(number(choices)?), "lines": lines, "files": files,
        "first": place(choices)?, "last": place(choices)?,
        "first_time": choices.choose(&TIMES)?, "last_time": choices.choose(&TIMES)?,
    });
    for name in ["seconds", "offsets"] {
        if choices.arbitrary()? {
            code[name] = histogram(choices)?;
        }
    }
    Ok(code)
}

/// Returns an input that was read whole, or a range of one; few keys and ends, so that some follow each other.
fn part(choices: &mut Unstructured<'_>) -> Result<Value> {
    let key = format!("{:016x}", choices.int_in_range(0..=1)?);
    let [start, end]: [u64; 2] = [choices.int_in_range(0..=2)?, choices.int_in_range(1..=3)?];
    if choices.ratio(1, 4)? {
        return Ok(json!([key, number(choices)?]));
    }
    Ok(json!({
        "key": key, "file": choices.choose(&["a.log", "b\n.log"])?, "start": start, "end": end,
        "more": choices.arbitrary::<bool>()?, "lines": number(choices)?, "encoding": choices.choose(&["utf-8", "gbk"])?,
    }))
}

/// Returns a number, which is mostly small.
fn number(choices: &mut Unstructured<'_>) -> Result<u64> {
    let small: u8 = choices.arbitrary()?;
    if small == 255 { choices.arbitrary() } else { Ok(small.into()) }
}

fn place(choices: &mut Unstructured<'_>) -> Result<Value> {
    let files = ["a.log", "b\n::error::.log", "", "(standard input)"];
    let text: &str = choices.arbitrary()?;
    Ok(json!({"file": choices.choose(&files)?, "line": number(choices)?, "text": text}))
}

fn histogram(choices: &mut Unstructured<'_>) -> Result<Value> {
    let width = 1_i64 << choices.int_in_range(0..=62)?;
    let start = width.saturating_mul(choices.arbitrary::<i8>()?.into());
    let mut counts = Vec::new();
    for _ in 0..choices.int_in_range(1..=33)? {
        counts.push(number(choices)?);
    }
    Ok(json!({"start": start, "width": width, "counts": counts}))
}

fn check(text: &[u8]) -> Option<LoadedReport> {
    match load(text, &CATALOG) {
        Ok(report) => {
            check_loaded(&report);
            Some(report)
        }
        Err(error) => {
            assert!(!error.contains(char::is_control), "{}", error.escape_debug());
            None
        }
    }
}

fn check_loaded(report: &LoadedReport) {
    let mut compared = Judgement::default();
    compared.baseline.replace(Baseline::new(&report.tally));
    for judgement in [&Judgement::default(), &compared] {
        for format in ReportFormat::all() {
            let text = written(report, format, judgement);
            assert!(!text.contains(acts), "{}: {}", format.name(), text.escape_debug());
        }
    }
    let text = written(report, ReportFormat::Json, &Judgement::default());
    let again = load(text.as_bytes(), &CATALOG).unwrap();
    // The numbers of inputs may differ there: they follow the order in which inputs are named.
    let again = written(&again, ReportFormat::Json, &Judgement::default());
    assert_same(again.as_bytes(), text.as_bytes(), || "read again".to_owned());
}

fn written(report: &LoadedReport, format: ReportFormat, judgement: &Judgement) -> String {
    let report = Report::new(&report.tally, &report.names, &CATALOG, judgement, Language::Both);
    let mut text = Vec::new();
    report.write(format, Screen { colors: None, columns: 80 }, &mut text).unwrap();
    String::from_utf8(text).unwrap()
}
