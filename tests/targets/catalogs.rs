//! A catalog in any format is either refused with reasons for people, or is the same catalog in every format.

use imsdk_annotate::{Annotator, Catalog, CatalogFormat, Category, Entry};
use serde_json::json;
use std::collections::BTreeSet;

const FORMATS: [CatalogFormat; 4] =
    [CatalogFormat::Markdown, CatalogFormat::Csv, CatalogFormat::Tsv, CatalogFormat::Json];

const NAMES: [&str; 5] = ["code", "message", "explanation", "category", "severity"];

/// Runs the target. The first byte chooses the format, or leaves the choice to the content.
pub(super) fn run(input: &[u8]) {
    let Some((&format, text)) = input.split_first() else { return };
    let of_content = CatalogFormat::of_content(text);
    let format = FORMATS.get(usize::from(format) % (FORMATS.len() + 1)).copied().unwrap_or(of_content);
    match format.parse(text) {
        Ok(entries) => check(&entries),
        Err(error) => {
            let bad = error.bad_rows();
            assert!(!bad.is_empty());
            assert!(!error.to_string().contains(char::is_control), "{error}");
            assert!(bad.is_sorted_by_key(|row| row.line()), "{bad:?}");
            let lines = text.iter().filter(|&&byte| byte == b'\n').count() as u64 + 1;
            for row in bad {
                assert!((1..=lines).contains(&row.line()), "{row:?}");
                assert!(!row.to_string().contains(char::is_control), "{row:?}");
            }
        }
    }
}

fn check(entries: &[Entry]) {
    let codes: BTreeSet<i32> = entries.iter().map(Entry::code).collect();
    assert!(!entries.is_empty() && codes.len() == entries.len());
    for entry in entries {
        let texts = [entry.message(), entry.explanation(), entry.category().name()];
        assert!(
            texts.iter().all(|text| *text == text.trim() && !text.contains(char::is_control)),
            "{entry:?}"
        );
        assert!(!entry.message().is_empty() && entry.code().unsigned_abs() < 1_000_000_000);
        assert_eq!(Category::named(entry.category().name()).as_ref(), Ok(entry.category()));
    }
    let rows: Vec<[String; 5]> = entries.iter().map(cells).collect();
    let objects: Vec<_> = rows
        .iter()
        .map(|row| NAMES.iter().zip(row).map(|(name, cell)| (name.to_string(), json!(cell))).collect())
        .map(serde_json::Value::Object)
        .collect();
    let again = [
        (CatalogFormat::Json, serde_json::to_vec(&objects).unwrap()),
        (CatalogFormat::Csv, separated(&rows, b',')),
        (CatalogFormat::Tsv, separated(&rows, b'\t')),
    ];
    for (format, text) in again {
        let read = format.parse(&text);
        assert_eq!(read.as_deref(), Ok(entries), "{format:?} {}", String::from_utf8_lossy(&text));
        // Only a cell that begins a table of another format in the first lines could change the format.
        if !rows.iter().flatten().any(|cell| cell.contains(['|', '-'])) {
            assert_eq!(CatalogFormat::of_content(&text), format);
        }
    }
    check_notes(entries);
}

fn cells(entry: &Entry) -> [String; 5] {
    let category = entry.category().name();
    [&entry.code().to_string(), entry.message(), entry.explanation(), category, entry.severity().name()]
        .map(str::to_owned)
}

fn separated(rows: &[[String; 5]], delimiter: u8) -> Vec<u8> {
    let mut wtr = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    wtr.write_record(NAMES).unwrap();
    rows.iter().for_each(|row| wtr.write_record(row).unwrap());
    wtr.into_inner().unwrap()
}

/// Checks that each code that a field can have gets the note of its entry, and not that of the built-in one.
fn check_notes(entries: &[Entry]) {
    let annotator = Annotator::builder().catalog(Catalog::of_entries(entries.to_vec())).build();
    for entry in entries.iter().filter(|entry| entry.code() != 0) {
        let line = format!("ret={}", entry.code());
        let expected = format!("{line} ({}: {})", entry.category().name(), entry.message());
        super::assert_same(&annotator.annotate(line.as_bytes()), expected.as_bytes(), || {
            format!("{entry:?}")
        });
    }
}
