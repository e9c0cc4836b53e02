//! Tests that counts do not depend on buffers.

use super::*;
use crate::program::report::tally::RateWindow;
use crate::{Annotator, Observer};
use proptest::prelude::*;
use std::fmt::Write;
use std::io;

struct CountingObserver(Counter);

impl Observer for CountingObserver {
    fn observe(&mut self, part: Part<'_>) {
        self.0.observe(&part);
    }
}

/// Returns a counter that also counts the rates of all fields, and of errors.
fn counter() -> Counter {
    let catalog = Catalog::builtin();
    let rule = |(place, (text, seconds))| {
        let selector = Selector::parse(text, &catalog, None).unwrap();
        (place, selector, RateWindow::of_seconds(seconds).unwrap())
    };
    let rules = [("any", 1), ("error", 60)].into_iter().enumerate().map(rule).collect();
    Counter::new(&catalog, Vec::new()).with_rates(rules)
}

/// Returns the counts of a text that is read with a buffer of that size.
fn tally(text: &[u8], window_bytes: usize) -> Tally {
    let annotator = Annotator::builder().unknown(true).window_bytes(window_bytes).build();
    let mut watch = CountingObserver(counter());
    annotator.observe_stream(text, io::sink(), &mut watch).unwrap();
    watch.0.finish(0, CharEncoding::Utf8)
}

#[test]
fn buffers_make_no_difference() {
    let long =
        [b"2026-05-01 10:00:00 ret=-1 ", "用户 ret=-204 ".repeat(200).as_bytes(), b"ret=-9999\r\n"].concat();
    let mut undated = b"ret=-1\n2026-05-01 10:00:00 x\n".to_vec();
    (0..40).for_each(|at| undated.extend_from_slice(format!("\tat {at} ret=-204\nx 2026\n").as_bytes()));
    let dots = [&b".".repeat(5000)[..], b"ret=-705 ret=-1"].concat();
    let short = b"ret=-1\n\nret=5 x\n[20260501 10:00:01] ret=-9999\n".repeat(30);
    for text in [&undated[..], &long, &dots, &short, &[&short[..], &long, &short, &dots].concat()] {
        let expected = tally(text, 1 << 20);
        assert!(expected.known_fields() > 0);
        for window_bytes in (700..2700).step_by(13) {
            assert_eq!(tally(text, window_bytes), expected, "{window_bytes}");
        }
    }
}

#[test]
fn codes_alone_have_the_same_numbers() {
    let text: String = (0..3000).map(|at| format!("line {at} ret=-204 code: -{at}\nret=5\n")).collect();
    let text = text + "no newline ret=-1";
    let annotator = Annotator::builder().unknown(true).window_bytes(2000).build();
    let any = Selector::parse("unknown", &Catalog::builtin(), None).unwrap();
    let counted = |codes_alone: bool| {
        let counter = Counter::new(&Catalog::builtin(), vec![any.clone()]).of_codes_alone(codes_alone);
        let mut watch = CountingObserver(counter);
        annotator.observe_stream(text.as_bytes(), io::sink(), &mut watch).unwrap();
        watch.0.finish(0, CharEncoding::Utf8)
    };
    let (all, alone) = (counted(false), counted(true));
    let fields = |tally: &Tally| {
        let codes = tally.known.iter().chain(&tally.unknown);
        let codes: Vec<_> = codes.map(|(&code, counted)| (code, counted.fields)).collect();
        (codes, tally.more_unknown, tally.unknown_selected.clone())
    };
    assert_eq!(fields(&alone), fields(&all));
    assert!(alone.more_unknown > 0, "more codes than are told apart");
    assert_eq!((alone.input.lines, alone.input.bytes), (all.input.lines, all.input.bytes));
}

#[test]
fn fields_that_reach_beyond_a_part_of_their_line_are_counted_once() {
    let line = b"ret=-204 (auth: user session is failure!) ret=-204 x ret=-31337 ".repeat(200);
    for window_bytes in 700..800 {
        let tally = tally(&line, window_bytes);
        assert_eq!(tally, self::tally(&line, line.len()), "{window_bytes}");
    }
}

/// A line of a file: the second of its time, if it has one, and the number of its fields.
type TimedLine = (Option<u8>, u8);

/// Returns the fields of the fullest minute and those without a time, by the rule alone: a line without a time has that of the
/// last line before it with one, or else of the first in its file.
fn naive(files: &[Vec<TimedLine>]) -> (u64, u64) {
    let (mut dated, mut timeless) = (Vec::new(), 0);
    for lines in files {
        let mut last = lines.iter().find_map(|(time, _)| *time);
        for (time, fields) in lines {
            last = time.or(last);
            match last {
                Some(time) => dated.push((u64::from(time), u64::from(*fields))),
                None => timeless += u64::from(*fields),
            }
        }
    }
    let starts = dated.iter().map(|(time, _)| *time);
    let window = |start: u64| dated.iter().filter(move |(time, _)| (start..start + 60).contains(time));
    let most = starts.map(|start| window(start).map(|(_, fields)| fields).sum()).max();
    (most.unwrap_or(0), timeless)
}

/// Returns the tally of a part of a file.
fn tally_of_part(file: usize, lines: &[TimedLine]) -> Tally {
    let mut text = String::new();
    for (time, fields) in lines {
        if let Some(second) = time {
            let _ = write!(text, "2026-05-01T10:{:02}:{:02} ", second / 60, second % 60);
        }
        text += &"ret=-204 ".repeat(usize::from(*fields));
        text += "x\n";
    }
    let annotator = Annotator::builder().unknown(true).build();
    let mut watch = CountingObserver(counter());
    annotator.observe_stream(text.as_bytes(), io::sink(), &mut watch).unwrap();
    watch.0.finish(file, CharEncoding::Utf8)
}

proptest! {
    #[test]
    fn rates_are_those_of_the_rule_however_inputs_are_cut(
        files in prop::collection::vec(
            prop::collection::vec((prop::option::weighted(0.4, 0..200_u8), 0..3_u8), 1..12),
            1..4,
        ),
        cuts in prop::collection::vec(1..5_usize, 1..8),
        joins in prop::collection::vec(any::<prop::sample::Index>(), 64),
    ) {
        let mut parts = Vec::new();
        let mut cuts = cuts.iter().cycle();
        for (file, lines) in files.iter().enumerate() {
            let mut left = &lines[..];
            while !left.is_empty() {
                let (part, rest) = left.split_at(left.len().min(*cuts.next().unwrap()));
                parts.push(tally_of_part(file, part));
                left = rest;
            }
        }
        // Neighbours are added up in any order.
        let mut joins = joins.iter().cycle();
        while parts.len() > 1 {
            let at = joins.next().unwrap().index(parts.len() - 1);
            let next = parts.remove(at + 1);
            parts[at].append(next);
        }
        let found = parts[0].rate(1).unwrap();
        let timeless = found.timeless.map_or(0, |timeless| timeless.fields);
        prop_assert_eq!((found.fields, timeless), naive(&files));
        prop_assert_eq!(found.late, 0);
    }
}
