//! The cases of `tests/data/field-cases.jsonl`, through the library and through the binary.

use crate::command::annotate;
use serde_json::Value;

struct Case {
    line: String,
    codes: Vec<i64>,
    strict: Vec<i64>,
}

fn cases() -> Vec<Case> {
    let codes = |value: &Value| value.as_array().unwrap().iter().map(|code| code.as_i64().unwrap()).collect();
    include_str!("../data/field-cases.jsonl")
        .lines()
        .map(|row| {
            let row: Value = serde_json::from_str(row).unwrap();
            Case {
                line: row["line"].as_str().unwrap().to_owned(),
                codes: codes(&row["codes"]),
                strict: codes(&row["strict"]),
            }
        })
        .collect()
}

/// Returns the codes that got a note, each read from the text before its note.
fn annotated_codes(line: &str, annotated: &str) -> Vec<i64> {
    let catalog = imsdk_annotate::Catalog::builtin();
    let mut codes = Vec::new();
    let (mut line, mut annotated) = (line, annotated);
    let mut before = String::new();
    loop {
        let note = catalog.entries().iter().find(|entry| {
            let note = format!(" ({}: {})", entry.category().name(), entry.message());
            annotated.starts_with(&note)
                && before.trim_end_matches(['"', '\'', '\\', ']']).ends_with(&entry.code().to_string())
        });
        if let Some(entry) = note {
            codes.push(i64::from(entry.code()));
            annotated = &annotated[format!(" ({}: {})", entry.category().name(), entry.message()).len()..];
            continue;
        }
        let Some(next) = line.chars().next() else { break };
        assert!(annotated.starts_with(next), "{before}: other bytes than the line's: {annotated}");
        before.push(next);
        line = &line[next.len_utf8()..];
        annotated = &annotated[next.len_utf8()..];
    }
    assert_eq!(annotated, "");
    codes
}

#[test]
fn each_case_has_the_codes_it_should() {
    assert_eq!(cases().len(), 70);
    for case in cases() {
        for (args, expected) in [(&[][..], &case.codes), (&["--strict"][..], &case.strict)] {
            let annotated = annotate(args, case.line.as_bytes());
            let annotated = String::from_utf8(annotated).unwrap();
            assert_eq!(&annotated_codes(&case.line, &annotated), expected, "{args:?} {}", case.line);
        }
    }
}
