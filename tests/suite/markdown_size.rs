//! Reports in Markdown have less than a million bytes: lists end at an entry, and say how many are left out.

use crate::command::{binary, output_of};
use pulldown_cmark::{Event, Options, Parser, Tag};
use std::fs;
use std::path::Path;

const LIMIT: usize = 1_000_000;

/// Returns the report on a log that has each of the codes once, with messages of these lengths in the catalog.
fn report(folder: &Path, lengths: &[usize], args: &[&str]) -> String {
    let code = |index: usize| 10_001 + index;
    let rows = lengths.iter().enumerate().map(|(index, length)| {
        let message = "m".repeat(*length);
        format!("-{},{message}\n", code(index))
    });
    fs::write(folder.join("codes.csv"), format!("code,message\n{}", rows.collect::<String>())).unwrap();
    let lines = (0..lengths.len()).map(|index| format!("ret=-{}\n", code(index)));
    fs::write(folder.join("a.log"), lines.collect::<String>()).unwrap();
    let mut command = binary();
    command.current_dir(folder).args([
        "-q",
        "--no-builtin",
        "--catalog=codes.csv",
        "--report=markdown=-",
        "a.log",
    ]);
    let output = output_of(command.args(args), b"");
    assert!(output.status.success(), "{}", output.stderr.escape_ascii());
    String::from_utf8(output.stdout).unwrap()
}

/// Returns the number of rows of the tables of a report, of which each is whole.
fn rows(report: &str) -> usize {
    let (mut rows, mut cells) = (0, 0);
    for event in Parser::new_ext(report, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::TableRow) => rows += 1,
            Event::Start(Tag::TableCell) => cells += 1,
            _ => {}
        }
    }
    let lines = report.lines().filter(|line| line.starts_with("| -1")).count();
    assert_eq!(rows, lines);
    assert!(cells >= 3 * rows);
    rows
}

/// Returns the number that a report says to have left out.
fn left_out(report: &str, word: &str) -> usize {
    let sentence = format!(" {word} more left out: this report has less than 1,000,000 bytes.\n");
    let before = report.split(&sentence).next().filter(|before| before.len() < report.len());
    before.map_or(0, |before| before.rsplit("**Note:** ").next().unwrap().parse().unwrap())
}

#[test]
fn a_report_ends_at_a_row_before_a_million_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let codes = 900;
    let shortest = report(folder.path(), &vec![900; codes], &[]).len();
    assert!(shortest < LIMIT);
    for bytes in [LIMIT - 1, LIMIT, LIMIT + 1] {
        let more = bytes - shortest;
        let mut lengths = vec![900 + more / codes; codes];
        lengths[codes / 2] += more % codes;
        let report = report(folder.path(), &lengths, &[]);
        let (shown, left_out) = (rows(&report), left_out(&report, "codes"));
        assert_eq!(shown + left_out, codes, "{bytes}");
        if bytes < LIMIT {
            assert_eq!((report.len(), left_out), (bytes, 0));
        } else {
            // One row has about a thousand bytes, and two thousand are kept for sentences.
            assert!((LIMIT - 4_000..LIMIT).contains(&report.len()), "{bytes}: {}", report.len());
            assert!((1..=4).contains(&left_out), "{bytes}: {left_out}");
        }
    }
}

#[test]
fn each_list_says_what_it_leaves_out() {
    let folder = tempfile::tempdir().unwrap();
    // The codes that the earlier run had are others.
    fs::write(folder.path().join("old.csv"), {
        let rows = (0..3_000).map(|index| format!("-{},{}\n", 100_001 + index, "g".repeat(900)));
        format!("code,message\n{}", rows.collect::<String>())
    })
    .unwrap();
    fs::write(folder.path().join("old.log"), {
        let lines = (0..3_000).map(|index| format!("ret=-{}\n", 100_001 + index));
        lines.collect::<String>()
    })
    .unwrap();
    let mut command = binary();
    command.current_dir(&folder).args(["-q", "--catalog=old.csv", "--report=json=old.json", "old.log"]);
    assert!(output_of(&mut command, b"").status.success());
    let accepted = (0..30_000).map(|index| format!("-{} # looked at\n", 200_001 + index));
    fs::write(folder.path().join("accepted"), accepted.collect::<String>()).unwrap();

    let args = ["--catalog=old.csv", "--baseline=old.json", "--accept=accepted"];
    for (codes, is_full) in [(2, false), (3_000, true)] {
        let report = report(folder.path(), &vec![900; codes], &args);
        assert!(report.len() < LIMIT && report.len() > LIMIT - 4_000, "{}", report.len());
        let (of_codes, rest) = report.split_once("\n### Gone since the earlier run\n").unwrap();
        let (gone, remarks) = rest.split_once("\n### Accepted codes to look at\n").unwrap();
        assert_eq!(rows(of_codes) + left_out(of_codes, "codes"), codes);
        assert_eq!(rows(gone) + left_out(gone, "codes"), 3_000);
        assert_eq!(left_out(of_codes, "codes") > 0, is_full);
        assert!(left_out(gone, "codes") > 0);
        let told = remarks.lines().filter(|line| line.starts_with("- ")).count();
        assert_eq!(told + left_out(remarks, "codes"), 30_000);
    }
}
