//! --report html: the size of a page, whatever the log and the catalog.

use crate::command::{binary, output_of};
use crate::page::{elements, page_of, parse, shown_text};
use imsdk_annotate::Catalog;
use std::fs;
use std::path::Path;

/// The number of bytes that a page may have.
const PAGE_MAX: usize = 1_200_000;

/// Returns the codes of the catalog, and as many unknown ones as reports tell apart.
fn codes() -> Vec<i32> {
    let catalog = Catalog::builtin();
    let known = catalog.entries().iter().map(|entry| entry.code());
    let unknown = (1..).map(|code: i32| -code).filter(|&code| catalog.get(code).is_none()).take(1000);
    known.chain(unknown).collect()
}

/// Returns a log of three days in which each code is `rounds` times, in lines of 200 bytes that end in copies of `filler`.
fn log(rounds: usize, filler: char) -> Vec<u8> {
    let codes = codes();
    let lines = rounds * codes.len();
    let mut text = String::with_capacity(201 * lines);
    for line in 0..lines {
        let second = line * 3 * 86_400 / lines;
        let (day, hour, minute) = (second / 86_400 + 1, second / 3600 % 24, second / 60 % 60);
        let begin = text.len();
        // Codes come in an order that changes from round to round, so that their times differ.
        let code = codes[(line + line / codes.len() * 97) % codes.len()];
        text +=
            &format!("2026-05-{day:02}T{hour:02}:{minute:02}:{:02}.123 ret={code} line {line} ", second % 60);
        text.extend(std::iter::repeat_n(filler, begin + 200 - text.len()));
        text.push('\n');
    }
    text.into_bytes()
}

#[test]
fn all_codes_with_their_lines_fit() {
    let mut sizes = Vec::new();
    for rounds in [3, 60] {
        let page = page_of(Path::new("."), &[], &log(rounds, 'x'));
        assert!(page.len() < PAGE_MAX, "{}", page.len());
        assert!(!page.contains("class=\"cut\""));
        let document = parse(&page);
        assert!(elements(&document, "code").len() > 2 * codes().len());
        let bars =
            elements(&document, "rect").iter().filter(|bar| bar.has_attribute("pointer-events")).count();
        assert!(bars <= 128, "{bars}");
        sizes.push(page.len());
    }
    assert!(sizes[1] < sizes[0] + sizes[0] / 10, "{sizes:?}");
}

#[test]
fn lines_that_grow_by_escapes_are_left_out_from_the_end_on() {
    for filler in ['"', '\u{1}'] {
        let page = page_of(Path::new("."), &[], &log(2, filler));
        assert!(page.len() < PAGE_MAX, "{}", page.len());
        let document = parse(&page);
        let rows: Vec<_> =
            elements(&document, "tr").into_iter().filter(|row| row.has_attribute("id")).collect();
        assert_eq!(rows.len(), codes().len());
        let has_line =
            |row: &roxmltree::Node<'_, '_>| row.descendants().any(|node| node.has_tag_name("code"));
        let with_lines = rows.iter().take_while(|row| has_line(row)).count();
        assert!(with_lines > 300 && !rows[with_lines..].iter().any(has_line), "{with_lines}");
        let words = format!("The first {with_lines} codes are shown with their lines");
        assert!(shown_text(document.root_element()).contains(&words));
        assert!(shown_text(rows[rows.len() - 1]).contains("(standard input):"));
    }
}

#[test]
fn a_long_table_shows_the_first_codes_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let (mut catalog, mut log) = ("code\tmessage\n".to_owned(), String::new());
    for code in 5000..7500 {
        catalog += &format!("-{code}\tmessage {code}\n");
        log += &format!("ret=-{code}\n");
    }
    fs::write(folder.path().join("c.tsv"), &catalog).unwrap();
    let page = page_of(folder.path(), &["--catalog=c.tsv"], (log.clone() + "ret=-7000\n").as_bytes());
    let document = parse(&page);
    let rows: Vec<_> = elements(&document, "tr").into_iter().filter(|row| row.has_attribute("id")).collect();
    assert_eq!(rows.len(), 2000);
    assert_eq!(rows[0].attribute("id"), Some("c-7000"));
    let words = "The first 2000 of 2500 codes are shown here. The JSON report has all.";
    assert!(shown_text(document.root_element()).contains(words));
    // Messages of any length, and lists of any length.
    let long = catalog.replace("message ", &"message ".repeat(300));
    fs::write(folder.path().join("c.tsv"), long).unwrap();
    let output = output_of(
        binary().current_dir(&folder).args(["-q", "--catalog=c.tsv", "--report=json=e.json"]),
        log.as_bytes(),
    );
    assert!(output.status.success(), "{}", output.stderr.escape_ascii());
    let page = page_of(folder.path(), &["--catalog=c.tsv"], log.as_bytes());
    assert!(page.len() < PAGE_MAX && page.len() > 900_000, "{}", page.len());
    assert!(shown_text(parse(&page).root_element()).contains(" of 2500 codes are shown here."));
    let accepted: String =
        (5000..7500).map(|code| format!("-1{code} # {}\n", "reason ".repeat(30))).collect();
    fs::write(folder.path().join("accept.txt"), accepted).unwrap();
    let args = ["--catalog=c.tsv", "--baseline=e.json", "--accept=accept.txt"];
    let page = page_of(folder.path(), &args, b"ret=-5000\n");
    assert!(page.len() < 300_000, "{}", page.len());
    assert_eq!(shown_text(parse(&page).root_element()).matches(" more.").count(), 2);
}
