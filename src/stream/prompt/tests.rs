//! Lines that come in pieces, with a rest behind each: the output is that of the whole text.

use super::super::Source;
use super::whole_characters;
use crate::{Annotator, AnnotatorBuilder, Keys, Lines};
use proptest::prelude::*;
use std::fs;
use std::io::{self, Read};
use std::sync::LazyLock;
use std::time::Instant;

/// A source of pieces, behind each of which it rests.
struct RestingPieces<'t>(Vec<&'t [u8]>);

impl Read for RestingPieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(piece) = self.0.first_mut() else { return Ok(0) };
        let count = piece.read(buffer)?;
        if piece.is_empty() {
            self.0.remove(0);
        }
        Ok(count)
    }
}

impl Source for RestingPieces<'_> {
    fn would_wait(&mut self) -> bool {
        true
    }

    fn rests(&mut self, _: &mut Option<Instant>) -> bool {
        true
    }
}

/// Annotators with the options under which beginnings of lines are written.
static ANNOTATORS: LazyLock<Vec<Annotator>> = LazyLock::new(|| {
    let builder = Annotator::builder;
    let mut keys = Keys::default();
    ["x", "v5", "5", "sdk_status"].iter().for_each(|key| keys.add(key).unwrap());
    let numbered = |builder: AnnotatorBuilder| builder.lines(Lines::new().numbered(true));
    vec![
        builder().build(),
        builder().unknown(true).color(true).build(),
        builder().keys(keys).strict(true).build(),
        numbered(builder()).build(),
        numbered(builder().color(true)).build(),
    ]
});

/// Checks the output of a text that is cut at each of these lists of places, under each option.
fn check(text: &[u8], cuts: impl Iterator<Item = Vec<usize>> + Clone) {
    for (number, annotator) in ANNOTATORS.iter().enumerate() {
        let (mut stream, expected) = (annotator.stream_annotator(), annotator.annotate(text));
        for cuts in cuts.clone() {
            let starts = [0].into_iter().chain(cuts.iter().copied());
            let ends = cuts.iter().copied().chain([text.len()]);
            let pieces = starts.zip(ends).map(|(start, end)| &text[start..end]);
            let mut pieces = RestingPieces(pieces.filter(|piece| !piece.is_empty()).collect());
            let mut output = Vec::new();
            stream.annotate(&mut pieces, b"", &mut output, &mut ()).unwrap();
            let (output, expected) = (output.escape_ascii(), expected.escape_ascii());
            assert!(output.clone().eq(expected.clone()), "{number} {cuts:?}\n{output}\n{expected}");
        }
    }
}

/// Checks the output of a text that is cut at one place, each in turn, and at all places.
fn check_everywhere(text: &[u8]) {
    let all = (0..text.len()).collect::<Vec<_>>();
    check(text, (0..=text.len()).map(|cut| vec![cut]).chain([all]));
}

#[test]
fn no_character_is_cut() {
    let text = "a用😀é".as_bytes();
    let whole: Vec<_> = (0..=text.len()).map(|end| whole_characters(&text[..end])).collect();
    assert_eq!(whole, [0, 1, 1, 1, 4, 4, 4, 4, 8, 8, 10]);
    for text in [&b"\x80\x80\x80\x80\x80"[..], b"\xE7a", b"\xFF", b"\xE7\x94\xA8\x80"] {
        assert_eq!(whole_characters(text), text.len());
    }
}

#[test]
fn known_lines_are_the_same_wherever_they_are_cut() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/golden");
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let mut lines = 0;
    for file in files.filter(|file| file.extension().is_some_and(|extension| extension == "in")) {
        let text = fs::read(file).unwrap();
        for line in text.split_inclusive(|&byte| byte == b'\n') {
            check_everywhere(line);
            lines += 1;
        }
    }
    assert!(lines > 15, "{lines}");
}

#[test]
fn lines_that_are_longer_than_the_window_go_on() {
    let text = [&b"ret "[..], &b"x ret=-204 \xE7\x94\xA8".repeat(700), b"\nret=5\nPassword: "].concat();
    let annotator = Annotator::builder().window_bytes(1).build();
    for size in [1, 7, 300, 1000] {
        let mut output = Vec::new();
        let mut pieces = RestingPieces(text.chunks(size).collect());
        annotator.stream_annotator().annotate(&mut pieces, b"", &mut output, &mut ()).unwrap();
        assert!(output == annotator.annotate(&text), "{size}");
    }
}

/// Parts of fields, of what may stand between them and around them, and of notes.
const PARTS: [&[u8]; 48] = [
    b"ret",
    b"code",
    b"Ret_Code",
    b"errcode",
    b"x",
    b"v5",
    b"5",
    b"_",
    b"=",
    b":",
    b"=>",
    b" ",
    b"\t",
    b"\"",
    b"'",
    b"-",
    b"-204",
    b"2",
    b"0",
    b"4",
    b"-1",
    b"[",
    b"]",
    b"(",
    b")",
    b"\\",
    b"\\\"",
    b"\\u003d",
    b"%3D",
    b"%22",
    b"&quot;",
    b"&#61;",
    b"#011",
    b"\x1b[31m",
    b"\x1b[",
    b"\x1b[0m",
    b"<ret>",
    b"</ret>",
    "用".as_bytes(),
    b"\xE6",
    b"\xA3\xBA",
    b"exit ",
    b"int(",
    b".0",
    b"\0",
    b"\r",
    b"\n",
    b" (auth: user session is failure!)",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn lines_of_any_parts_are_the_same_wherever_they_are_cut(
        parts in prop::collection::vec(prop::sample::select(&PARTS[..]), 1..14),
    ) {
        let text = parts.concat();
        check_everywhere(&text);
    }

    #[test]
    fn lines_of_any_bytes_are_the_same_wherever_they_are_cut(
        before in any::<Vec<u8>>(), behind in any::<Vec<u8>>(),
        field in prop::sample::select(vec![" ret=-1", "ret=-204 ", "ret=5", "{\"code\":\"-402\"}"]),
    ) {
        let text = [&before, field.as_bytes(), &behind].concat();
        check_everywhere(&text);
    }
}
