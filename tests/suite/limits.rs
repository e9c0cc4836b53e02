//! Every limit of the rules: one below, at, one above; also with the edge of a window at each place.

use crate::source;
use crate::twin;
use imsdk_annotate::Annotator;

/// Returns true if a line that ends in a field gets a note. The twin and streams with small windows must agree.
fn is_field(line: &[u8]) -> bool {
    let annotated = Annotator::new().annotate(line);
    assert_eq!(annotated, twin::annotate(line, false), "{}", line.escape_ascii());
    for filler in 0..300 {
        let long = [&b".".repeat(filler)[..], b"\xFF", line].concat();
        let mut streamed = Vec::new();
        let annotator = Annotator::builder().window_bytes(1).build();
        annotator.annotate_stream(&long[..], &mut streamed).unwrap();
        assert_eq!(streamed, twin::annotate(&long, false), "{filler} {}", line.escape_ascii());
    }
    annotated != line
}

#[test]
fn keys() {
    let most = source::KEY_MAX_BYTES.value();
    for (length, expected) in [(most - 1, true), (most, true), (most + 1, false)] {
        assert_eq!(is_field(&[&b"_".repeat(length - 3)[..], b"ret=-1"].concat()), expected, "{length}");
        assert_eq!(
            is_field(&[b"\\n", &b"_".repeat(length - 3)[..], b"ret=-1"].concat()),
            expected,
            "{length}"
        );
    }
}

#[test]
fn color_sequences() {
    let most = source::COLOR_MAX_BYTES.value();
    for (length, expected) in [(most - 1, true), (most, true), (most + 1, false)] {
        for parameter in [b"1", b";"] {
            let sequence = [b"\x1b[", &parameter.repeat(length - 4)[..], b"1m"].concat();
            assert_eq!(sequence.len(), length);
            assert_eq!(is_field(&[&sequence[..], b"ret=-1"].concat()), expected, "{length}");
        }
    }
}

#[test]
fn blanks() {
    let most = source::BLANKS_MAX.value();
    for (count, expected) in [(most - 1, true), (most, true), (most + 1, false)] {
        let blanks = " \t".repeat(most)[..count].to_owned();
        assert_eq!(is_field(format!("ret{blanks}=-1").as_bytes()), expected, "{count}");
        assert_eq!(is_field(format!("ret={blanks}-1").as_bytes()), expected, "{count}");
        assert_eq!(is_field(format!("exit{blanks}code=-1").as_bytes()), !expected, "{count}");
    }
}

#[test]
fn digits() {
    let annotated = |line: &str| Annotator::new().annotate(line.as_bytes()) != line.as_bytes();
    // No known code has nine digits. A code of ten digits whose first nine began with a known code would show a wrong
    // limit.
    assert!(annotated("ret=-1 "));
    assert!(!annotated("ret=-1000000000 "));
    assert!(!is_field(b"ret=-100000000"));
    assert!(!is_field(b"ret=-1000000000"));
}

#[test]
fn tokens() {
    let most = source::TOKEN_MAX_BYTES.value();
    let room = most - "Domain=".len();
    for (filler, expected) in [(room - 1, false), (room, false), (room + 1, true)] {
        let line = format!("Domain={}{}code=-1", "x".repeat(filler), " ");
        assert_eq!(is_field(line.as_bytes()), expected, "{filler}");
    }
    // The trailing letters must be the whole word, within the last bytes of the token that count.
    assert!(!is_field(format!("{}exit code=-1", ".".repeat(most + 12)).as_bytes()));
    assert!(is_field(format!("{}exit code=-1", "x".repeat(most + 12)).as_bytes()));
}

#[test]
fn a_note_in_the_token_is_looked_through() {
    let once = Annotator::new().annotate(b"Domain=ret=-1;ret=-1 code=5");
    let expected: &[u8] = b"Domain=ret=-1 (general: failure);ret=-1 (general: failure) code=5";
    assert_eq!(once, expected);
    assert_eq!(Annotator::new().annotate(&once), expected);
}

#[test]
fn notes_that_are_there_are_seen_at_each_edge_of_a_window() {
    let annotator = Annotator::builder().window_bytes(1).build();
    let fields = Annotator::new().annotate(b"|ret=-124|Domain=ret=-204;ret=-1 code=5");
    for filler in 0..700 {
        let line = [&b".".repeat(filler)[..], &fields, &b".".repeat(500)].concat();
        let mut streamed = Vec::new();
        annotator.annotate_stream(&line[..], &mut streamed).unwrap();
        assert_eq!(streamed.escape_ascii().to_string(), line.escape_ascii().to_string(), "{filler}");
    }
}
