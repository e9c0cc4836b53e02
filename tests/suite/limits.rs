//! Every limit of the rules: one below, at, one above; also with the edge of a window at each place.

use crate::command::annotate;
use crate::notes::show;
use crate::source;
use imsdk_annotate::Annotator;

/// Returns true if the program writes a note into a line. Streams with small windows must agree.
fn is_field(line: &[u8]) -> bool {
    let annotated = annotate(&[], line);
    for filler in 0..300 {
        let before = [&b".".repeat(filler)[..], b"\xFF"].concat();
        let mut streamed = Vec::new();
        let annotator = Annotator::builder().window_bytes(1).build();
        annotator.annotate_stream(&[&before, line].concat()[..], &mut streamed).unwrap();
        assert_eq!(show(&streamed), show(&[&before, &annotated[..]].concat()), "{filler}");
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
    let most = source::SEQUENCE_MAX_BYTES.value();
    for (length, expected) in [(most - 1, true), (most, true), (most + 1, false)] {
        for parameter in [b"1", b";"] {
            let sequence = [b"\x1b[", &parameter.repeat(length - 4)[..], b"1m"].concat();
            assert_eq!(sequence.len(), length);
            assert_eq!(is_field(&[&sequence[..], b"ret=-1"].concat()), expected, "{length}");
            assert_eq!(is_field(&[b"ret", &sequence[..], b"=-1"].concat()), expected, "{length}");
        }
    }
}

#[test]
fn color_sequences_in_a_row() {
    let most = source::ROW_MAX.value();
    for (count, expected) in [(most - 1, true), (most, true), (most + 1, false)] {
        let row = "\x1b[0m".repeat(count);
        for line in [
            format!("ret{row}=-1"),
            format!("ret={row}-1"),
            format!("ret = {row}-1"),
            format!("ret({row}-1)"),
        ] {
            assert_eq!(is_field(line.as_bytes()), expected, "{count}");
        }
    }
}

#[test]
fn backslashes() {
    let most = source::BACKSLASHES_MAX.value();
    for (count, expected) in [(most - 1, true), (most, true), (most + 1, false)] {
        let row = "\\".repeat(count);
        for line in [
            format!("{row}\"ret{row}\":-1"),
            format!("ret={row}\"-1{row}\""),
            format!("ret{row}u003d-1"),
            format!("ret{row}t=-1"),
        ] {
            assert_eq!(is_field(line.as_bytes()), expected, "{count} {line}");
        }
    }
}

#[test]
fn second_halves_of_characters() {
    let most = source::RUN_MAX.value();
    for (count, expected) in
        [(most - 2, true), (most - 1, false), (most, true), (most + 1, false), (most + 2, false)]
    {
        assert_eq!(is_field(&[b".", &b"\xE9".repeat(count)[..], b"Fret=-1"].concat()), expected, "{count}");
    }
}

#[test]
fn blanks_behind_a_dot() {
    let most = source::DOT_BLANKS_MAX.value();
    for (count, expected) in [(0, false), (1, true), (most - 1, true), (most, true), (most + 1, false)] {
        assert_eq!(is_field(format!("retCode.{}-1", " ".repeat(count)).as_bytes()), expected, "{count}");
    }
}

/// Returns `ret`, and a field behind it that ends this number of bytes behind the key.
fn field_of_length(length: usize) -> Vec<u8> {
    let sequence = |length: usize| format!("\x1b[{}m", ";".repeat(length - 3));
    let most = source::SEQUENCE_MAX_BYTES.value();
    let row = sequence(most).repeat(source::ROW_MAX.value()) + " ";
    let mut between = row.repeat(2);
    let rest = length - "=-1".len() - between.len();
    let (whole, last) = (rest.saturating_sub(3) / most, rest - rest.saturating_sub(3) / most * most);
    between.push_str(&sequence(most).repeat(whole));
    between.push_str(&sequence(last));
    let field = format!("ret={between}-1");
    assert_eq!(field.len(), "ret".len() + length);
    field.into_bytes()
}

#[test]
fn the_reach_behind_a_key() {
    let most = source::REACH_BYTES.value();
    for (length, ends_line, expected) in [
        (most - 1, true, true),
        (most, true, true),
        (most + 1, true, false),
        // The next character must lie within reach, too.
        (most - 2, false, true),
        (most - 1, false, true),
        (most, false, false),
    ] {
        let behind: &[u8] = if ends_line { b"\n" } else { b" x" };
        assert_eq!(is_field(&[&field_of_length(length), behind].concat()), expected, "{length}");
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
