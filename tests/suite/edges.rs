//! Random lines that lie at the edges of the rules, and all pairs of bytes around each part of a field: the annotator
//! agrees with the twin.
//!
//! The number of lines is bounded for each run of the tests. For a long run, set `IMSDK_ANNOTATE_TWIN_LINES` to the
//! number of random lines (5000000, say), and `IMSDK_ANNOTATE_TWIN_SEED` to another number for other lines:
//!
//! ```text
//! IMSDK_ANNOTATE_TWIN_LINES=5000000 cargo test --release --locked --test suite edges
//! ```

use crate::edge_lines::{Random, line, pair_line};
use crate::twin;
use imsdk_annotate::Annotator;

/// Lines that are compared in one text.
const BATCH: usize = 500;

const LINES: u64 = 20_000;

/// Slots for a pair of bytes, of which a run of the tests takes every `LINES`-th pair and a long run takes all.
const PAIRS: u64 = pair_line::SLOTS * 65_536;

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name}: no number")))
}

/// Returns the lines for which the annotator and the twin differ, in a readable form.
fn differences(lines: &[Vec<u8>], strict: bool) -> Vec<String> {
    let annotator = Annotator::builder().strict(strict).build();
    let text: Vec<u8> = lines.iter().flat_map(|line| [line, &b"\n"[..]].concat()).collect();
    let annotated = annotator.annotate(&text);
    let expected: Vec<Vec<u8>> = lines.iter().map(|line| twin::annotate(line, strict)).collect();
    let joined: Vec<u8> = expected.iter().flat_map(|line| [line, &b"\n"[..]].concat()).collect();
    if annotated == joined {
        return Vec::new();
    }
    let pairs = lines.iter().zip(&expected);
    let different = pairs.filter_map(|(line, expected)| {
        let annotated = annotator.annotate(line);
        let show = |bytes: &[u8]| bytes.escape_ascii().to_string();
        (&annotated != expected).then(|| {
            format!(
                "strict {strict}\nline      {}\nannotator {}\ntwin      {}\n",
                show(line),
                show(&annotated),
                show(expected)
            )
        })
    });
    let different: Vec<String> = different.collect();
    assert!(!different.is_empty(), "lines are not independent");
    different
}

/// Compares lines in batches. Panics with the first lines that differ.
fn compare(lines: impl Iterator<Item = Vec<u8>>) {
    let mut lines = lines.peekable();
    let mut batch = 0;
    while lines.peek().is_some() {
        let some: Vec<Vec<u8>> = lines.by_ref().take(BATCH).collect();
        let different: Vec<String> =
            [false, true].iter().flat_map(|&strict| differences(&some, strict)).take(5).collect();
        assert!(different.is_empty(), "batch {batch}\n{}", different.join("\n"));
        batch += 1;
    }
}

#[test]
fn the_twin_agrees_at_the_edges() {
    let mut random = Random::new(number("IMSDK_ANNOTATE_TWIN_SEED", 15));
    compare((0..number("IMSDK_ANNOTATE_TWIN_LINES", LINES)).map(|_| line(&mut random)));
}

#[test]
fn the_twin_agrees_with_each_pair_of_bytes_around_each_part() {
    let count = number("IMSDK_ANNOTATE_TWIN_LINES", LINES).clamp(1, PAIRS);
    // A step that has no factor in common with the number of pairs meets all of them in the end.
    let step = (PAIRS / count) | 1;
    compare((0..count).map(|index| pair_line::pair_line(index * step % PAIRS)));
}

/// Beginnings of what may carry a number on, or of what ends it.
const BEGUN: [&str; 16] = [
    "",
    "\\",
    "\\0",
    "\\x4",
    "\\\\u{4",
    "#0",
    "#x",
    "&",
    "&am",
    "&#02",
    "^",
    "\x1b",
    "\x1b[0",
    ".\\",
    ",1\\",
    "\\033[31m&#027;#",
];

#[test]
fn the_twin_agrees_where_what_decides_begins_in_reach_and_goes_on_beyond() {
    let row = |bytes: usize| {
        let whole = format!("\x1b[{}m", ";".repeat(61)).repeat(bytes / 64);
        let rest =
            if bytes % 64 > 2 { format!("\x1b[{}m", ";".repeat(bytes % 64 - 3)) } else { String::new() };
        whole + &rest
    };
    let lines = BEGUN.iter().flat_map(|begun| {
        (1..4).flat_map(move |over| {
            let line = move |open: &str, close: &str| {
                let filled = row(256).len() + row(256).len() + 1 + open.len() + "-204".len() + close.len();
                let last = row(641 - over - filled - begun.len());
                let row = row(256);
                format!("ret{row}:{row}{open}-204{last}{close}{begun}xxxxxx")
            };
            [line("int(", ")"), line("\"", "\"")]
        })
    });
    compare(lines.map(String::into_bytes));
}
