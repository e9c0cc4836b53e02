//! The table of the forms of time in the guide, made from the lines that the tests read.
//!
//! `UPDATE_DOCS=1 cargo test --locked --test suite time_table` writes the table anew.

use crate::times::cases;
use std::{env, fs};

const GUIDE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/guide.md");
/// The lines between which the table stands.
const MARKS: [&str; 2] =
    ["<!-- The table is made by a test, time_table. -->\n", "<!-- The end of the table. -->\n"];
const LINE_MAX_CHARS: usize = 64;

/// Returns a row for each form.
fn table() -> String {
    let mut table = "| form | line | time |\n| --- | --- | --- |\n".to_owned();
    for case in cases() {
        let mut line = case.line.replace('\u{1b}', "ESC").replace('|', "\\|");
        if line.chars().count() > LINE_MAX_CHARS {
            line = format!("{}…", line.chars().take(LINE_MAX_CHARS - 1).collect::<String>().trim_end());
        }
        let time = match &case.expected {
            None => "none".to_owned(),
            Some(time) => format!("`{}`", time.replace("--", "YYYY-")),
        };
        let form = case.form.replace('<', "\\<").replace("__", "\\_\\_");
        table += &format!("| {form} | `{line}` | {time} |\n");
    }
    table
}

#[test]
fn the_table_of_forms_is_up_to_date() {
    let guide = fs::read_to_string(GUIDE).unwrap();
    let (before, rest) = guide.split_once(MARKS[0]).expect("the guide has the first mark");
    let (_, behind) = rest.split_once(MARKS[1]).expect("the guide has the second mark");
    let expected = format!("{before}{}\n{}\n{}{behind}", MARKS[0], table(), MARKS[1]);
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(GUIDE, &expected).unwrap();
        return;
    }
    let command = "UPDATE_DOCS=1 cargo test --locked --test suite time_table";
    assert!(
        guide == expected,
        "the table of times in docs/guide.md is not up to date; write it anew:\n{command}"
    );
}
