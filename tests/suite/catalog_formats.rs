//! Catalogs from files: the same codes in any format are the same catalog.

use imsdk_annotate::{Catalog, CatalogFormat, Category, Entry, Severity};
use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeMap;

/// The rows of a catalog by code: message, explanation, category and severity. Empty cells are left out.
type Rows = BTreeMap<i32, [String; 4]>;

const COLUMNS: [&str; 5] = ["code", "message", "explanation", "category", "severity"];

/// Returns texts that cells can have: without white space at their ends, and without a comma that a message in Markdown
/// would lose.
fn text(lengths: std::ops::Range<usize>) -> impl Strategy<Value = String> {
    let chars = prop::sample::select("ab7 |\\\",;:-{}[]'#é好，\u{202e}".chars().collect::<Vec<_>>());
    prop::collection::vec(chars, lengths)
        .prop_map(|chars| chars.into_iter().collect::<String>().trim_matches([' ', ',']).to_owned())
}

fn rows() -> impl Strategy<Value = Rows> {
    let code = prop_oneof![-1200..10, -999_999_999..=999_999_999];
    let message = text(0..12).prop_map(|text| if text.is_empty() { "x".to_owned() } else { text });
    let one_of =
        |names: &[&str]| prop::sample::select(names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>());
    let category = one_of(&["", "auth", "登录鉴权", "action", "payment", "two words", "支付|x"]);
    let severity = one_of(&["", "success", "action", "error"]);
    let cells = (message, text(0..12), category, severity).prop_map(|(a, b, c, d)| [a, b, c, d]);
    prop::collection::btree_map(code, cells, 1..20)
}

fn expected(rows: &Rows) -> Catalog {
    let entry = |(&code, [message, explanation, category, severity]): (&i32, &[String; 4])| {
        let mut entry = Entry::new(code, message).with_explanation(explanation);
        if !category.is_empty() {
            entry = entry.with_category(Category::named(category).unwrap());
        }
        match severity.parse::<Severity>() {
            Ok(severity) => entry.with_severity(severity),
            Err(_) => entry,
        }
    };
    Catalog::of_entries(rows.iter().map(entry).collect())
}

/// Returns a table with a header. `cell` writes each cell, `gap` stands between cells, and `line` writes each line.
fn table(rows: &Rows, gap: &str, cell: impl Fn(&str) -> String, line: impl Fn(&str) -> String) -> String {
    let mut text = line(&COLUMNS.map(&cell).join(gap));
    for (code, cells) in rows {
        let code = code.to_string();
        let cells: Vec<String> = std::iter::once(&code).chain(cells).map(|text| cell(text)).collect();
        text += &line(&cells.join(gap));
    }
    text
}

fn in_quotes(cell: &str) -> String {
    format!("\"{}\"", cell.replace('"', "\"\""))
}

fn markdown(rows: &Rows) -> String {
    let table = table(rows, " | ", |cell| cell.replace('|', "\\|"), |line| format!("| {line} |\n"));
    let (header, rest) = table.split_once('\n').unwrap();
    format!("# Codes\n\n{header}\n|{}\n{rest}", " --- |".repeat(COLUMNS.len()))
}

/// Returns an object with the cells that are not empty.
fn members(cells: &[String; 4]) -> serde_json::Map<String, serde_json::Value> {
    let names = COLUMNS[1..].iter().map(|&name| name.to_owned());
    names.zip(cells.iter().map(|cell| json!(cell))).filter(|(_, cell)| cell != "").collect()
}

fn json_array(rows: &Rows) -> String {
    let object = |(code, cells): (&i32, &[String; 4])| {
        let mut object = members(cells);
        object.insert("code".to_owned(), json!(code));
        object
    };
    serde_json::to_string_pretty(&rows.iter().map(object).collect::<Vec<_>>()).unwrap()
}

/// Returns a JSON object by code. A code that has nothing but a message has it as a string.
fn json_object(rows: &Rows) -> String {
    let value = |(code, cells): (&i32, &[String; 4])| {
        let members = members(cells);
        (code.to_string(), if members.len() == 1 { json!(cells[0]) } else { json!(members) })
    };
    json!(rows.iter().map(value).collect::<serde_json::Map<_, _>>()).to_string()
}

proptest! {
    #[test]
    fn all_formats_say_the_same(rows in rows()) {
        let expected = expected(&rows);
        let crlf = |line: &str| format!("{line}\r\n");
        let lf = |line: &str| format!("{line}\n");
        for (format, text) in [
            (CatalogFormat::Csv, table(&rows, ",", in_quotes, lf)),
            (CatalogFormat::Csv, table(&rows, ",", in_quotes, crlf)),
            (CatalogFormat::Tsv, table(&rows, "\t", in_quotes, lf)),
            (CatalogFormat::Tsv, table(&rows, "\t", in_quotes, crlf)),
            (CatalogFormat::Markdown, markdown(&rows)),
            (CatalogFormat::Markdown, markdown(&rows).replace('\n', "\r\n")),
            (CatalogFormat::Json, json_array(&rows)),
            (CatalogFormat::Json, json_object(&rows)),
        ] {
            let entries = format.parse(text.as_bytes());
            let entries = entries.map_err(|bad| TestCaseError::fail(format!("{format:?}: {bad:?}\n{text}")))?;
            let catalog = Catalog::of_entries(entries);
            prop_assert_eq!(catalog.entries(), expected.entries(), "{}", text);
            prop_assert_eq!(CatalogFormat::of_content(text.as_bytes()), format, "{}", text);
        }
    }

    #[test]
    fn nothing_panics_whatever_the_bytes(text in prop::collection::vec(
        prop::sample::select(b"1-|,\t\n\r\"\\{}[]: \xffcodemsag".to_vec()), 0..60,
    )) {
        let header: &[u8] = b"|code|message|\n|-|-|\n";
        for format in [CatalogFormat::Csv, CatalogFormat::Tsv, CatalogFormat::Markdown, CatalogFormat::Json] {
            let _ = format.parse(&text);
            let with_header = [&header[usize::from(format != CatalogFormat::Markdown)..], &text].concat();
            let lines = with_header.split(|&byte| byte == b'\n').count() as u64;
            if let Err(bad) = format.parse(&with_header) {
                let bad = bad.bad_rows();
                prop_assert!(bad.iter().all(|row| (1..=lines).contains(&row.line())), "{:?}", bad);
                prop_assert!(bad.is_sorted_by_key(|row| row.line()));
            }
        }
    }
}
