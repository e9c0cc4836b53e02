//! Properties that hold for all bytes: the twin agrees, however the input is cut and buffered; nothing but notes is
//! added; annotating twice is annotating once; lines are independent.

use crate::twin;
use imsdk_annotate::Annotator;
use proptest::prelude::*;
use std::io::{self, Read};

/// Texts from which fields, near-fields and their surroundings are made.
const PIECES: [&[u8]; 96] = [
    b"ret",
    b"code",
    b"Code",
    b"CODE",
    b"retcode",
    b"iRet",
    b"err_code",
    b"errorCode",
    b"thirdRetCode",
    b"r_e_t",
    b"_",
    b"__________",
    b"______________________________",
    b"re",
    b"t",
    b"e",
    b"n",
    b"r",
    b"secret",
    b"http_",
    b"$",
    b"-",
    b"\\n",
    b"\\r",
    b"\\t",
    b"\\",
    b"\"",
    b"'",
    b"\\\"",
    b"\\'",
    b"]",
    b"[",
    b"\x1b[31m",
    b"\x1b[m",
    b"\x1b[1;2;3;4;5;6;7;8;9;1;2;3;4;5m",
    b"\x1b[1;2;3;4;5;6;7;8;9;1;2;3;4;55m",
    b"\x1b[",
    b";",
    b"m",
    b"0m",
    b"=",
    b":",
    b"=>",
    b"\xEF\xBC\x9A",
    b"\xEF\xBC\x9D",
    b"\xEF\xBC\x8C",
    b" ",
    b" ",
    b"\t",
    b"               ",
    b"                ",
    b"                 ",
    b"-204",
    b"-1",
    b"5",
    b"1",
    b"-204",
    b"-999999999",
    b"-1000000000",
    b"123456789",
    b"1234567890",
    b"0",
    b"-0204",
    b"6",
    b"-402]",
    b"exit",
    b"Status",
    b"xexit",
    b"Domain=",
    b"Error Domain=X",
    b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    b".",
    b".5",
    b":5",
    b",",
    b",123",
    b",1234",
    b",12",
    b"%",
    b"/",
    b"~",
    b"x",
    b"\xE4\xB8\xAA",
    b"\xFF",
    b"\0",
    b"\r\n",
    b"\n",
    b"\n",
    b"(",
    b")",
    b" (auth: user session is failure!)",
    b" (general: failure)",
    b"|",
    b"&",
    b"ret=-204",
];

pub(crate) fn text() -> impl Strategy<Value = Vec<u8>> {
    let field =
        prop::collection::vec(prop::sample::select(&PIECES[..]), 0..40).prop_map(|pieces| pieces.concat());
    let likely =
        (0..10_usize, 0..32_usize, 40..52_usize, 52..66_usize, 66..96_usize).prop_map(|(key, a, b, c, d)| {
            [
                PIECES[d],
                b" ",
                PIECES[key],
                if a > 25 { PIECES[a] } else { b"" },
                PIECES[40 + b % 5],
                PIECES[c],
                PIECES[d],
            ]
            .concat()
        });
    prop_oneof![field, prop::collection::vec(likely, 1..8).prop_map(|parts| parts.concat()), any::<Vec<u8>>()]
}

/// A reader whose reads return at most `sizes` bytes, in turn. Each second read is interrupted first.
pub(crate) struct Halting<'a> {
    pub(crate) text: &'a [u8],
    pub(crate) sizes: Vec<usize>,
    pub(crate) reads: usize,
}

impl Read for Halting<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reads += 1;
        if self.reads.is_multiple_of(2) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let size = self.sizes[self.reads % self.sizes.len()].min(buffer.len());
        self.text.read(&mut buffer[..size])
    }
}

/// Removes the notes, in any form.
fn without_notes(text: &[u8]) -> Vec<u8> {
    let catalog = imsdk_annotate::Catalog::builtin();
    let notes: Vec<Vec<u8>> = catalog
        .entries()
        .iter()
        .map(|entry| format!("({}: {})", entry.category().name(), entry.message()).into_bytes())
        .collect();
    let mut rest = text;
    let mut plain = Vec::new();
    while let Some(&byte) = rest.first() {
        match notes.iter().find(|note| rest[1..].starts_with(note)).filter(|_| byte == b' ') {
            Some(note) => rest = &rest[1 + note.len()..],
            None => {
                plain.push(byte);
                rest = &rest[1..];
            }
        }
    }
    plain
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_twin_agrees(text in text(), strict: bool) {
        let annotator = Annotator::builder().strict(strict).build();
        let expected = twin::annotate(&text, strict);
        prop_assert_eq!(annotator.annotate(&text).escape_ascii().to_string(), expected.escape_ascii().to_string());
    }

    #[test]
    fn buffers_and_reads_make_no_difference(
        text in prop::collection::vec(text(), 1..6),
        window_bytes in 1..600_usize,
        sizes in prop::collection::vec(1..300_usize, 1..5),
        color: bool,
    ) {
        let text = text.concat();
        let annotator = Annotator::builder().color(color).window_bytes(window_bytes).build();
        let mut annotated = Vec::new();
        annotator.annotate_stream(Halting { text: &text, sizes, reads: 0 }, &mut annotated).unwrap();
        prop_assert_eq!(annotated, annotator.annotate(&text));
    }

    #[test]
    fn without_its_notes_the_output_is_the_input(text in text()) {
        let annotated = Annotator::new().annotate(&text);
        prop_assert_eq!(without_notes(&annotated), without_notes(&text));
    }

    #[test]
    fn twice_is_once(text in text(), first: bool, second: bool) {
        let first = Annotator::builder().color(first).build();
        let second = Annotator::builder().color(second).build();
        let once = first.annotate(&text);
        prop_assert_eq!(second.annotate(&once), once);
    }

    #[test]
    fn lines_are_independent(first in text(), second in text(), color: bool) {
        let annotator = Annotator::builder().color(color).build();
        let first = [&first[..], b"\n"].concat();
        let both = annotator.annotate(&[&first[..], &second].concat());
        prop_assert_eq!(both, [annotator.annotate(&first), annotator.annotate(&second)].concat());
    }
}
