//! Chosen and numbered lines: the same as by a naive choice, for any buffer, and the same as from `grep`.

use crate::command::{annotate, binary, output_of, peak_kib, read_until};
use crate::source;
use crate::twin;
use crate::twin::lines::Wanted;
use imsdk_annotate::{Annotator, Catalog, Selector};
use proptest::prelude::*;
use std::io::{self, Read, Write};
use std::process::Stdio;

/// Returns the output for one input by a naive reading of the options.
fn naive(text: &[u8], lines: &Wanted) -> Vec<u8> {
    let catalog = Catalog::builtin();
    let is_selected = |line: &[u8]| {
        let only = lines.only.as_ref().expect("it is asked only where lines are chosen");
        twin::codes(line, false, &catalog).into_iter().any(|code| only.selects(code, catalog.get(code)))
    };
    twin::lines::chosen(text, lines, is_selected, |line| twin::annotate(line, false))
}

/// A reader whose reads return a few bytes each.
struct Halting<'a>(&'a [u8], usize);

impl Read for Halting<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.1.min(buffer.len());
        self.0.read(&mut buffer[..size])
    }
}

fn line() -> impl Strategy<Value = Vec<u8>> {
    const CONTENTS: [&[u8]; 9] = [
        b"",
        b"nothing",
        b"ret=-204",
        b"x ret=5 y",
        b"ret=5 ret=-204",
        b"code: -9999 x",
        b"ret=-204 (auth: user session is failure!) ret=1",
        b"................................................................................................",
        b"................................................................................ ret=-402 .....",
    ];
    prop::sample::select(&CONTENTS[..]).prop_map(|content| [content, b"\n"].concat())
}

fn selector() -> impl Strategy<Value = Option<Selector>> {
    let texts = prop::sample::select(vec!["error", "any", "action", "unknown", "friend", "!any", ""]);
    let parse = |text: &str| Selector::parse(text, &Catalog::builtin(), None).ok();
    texts.prop_map(parse)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn lines_are_those_of_a_naive_choice(
        text in prop::collection::vec(line(), 0..30),
        cut in 0..3_usize,
        only in selector(),
        before in 0..4_usize,
        after in 0..4_usize,
        numbered: bool,
        max_count in prop::option::of(0..4_u64),
        window_bytes in 1..2000_usize,
        read_bytes in 1..300_usize,
    ) {
        let text = text.concat();
        let text = &text[..text.len().saturating_sub(cut)];
        let has_only = only.is_some();
        let context = (has_only && before + after < 6).then_some((before, after));
        let lines = Wanted { only, context, numbered, max_count };
        let expected = if has_only || numbered { naive(text, &lines) } else { return Ok(()) };
        let annotator = Annotator::builder().unknown(true).lines(lines.lines()).window_bytes(window_bytes).build();
        let mut output = Vec::new();
        annotator.annotate_stream(Halting(text, read_bytes), &mut output).unwrap();
        prop_assert_eq!(output.escape_ascii().to_string(), expected.escape_ascii().to_string());
        prop_assert_eq!(annotator.annotate(text), expected);
    }
}

/// Returns a log of 5000 lines, some of which have a word for `grep` to find.
fn log() -> String {
    let mut number = 1_u32;
    let mut next = move || {
        number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        number >> 8
    };
    let lines = (0..5000).map(|index| match next() % 40 {
        0 => format!("{index} ret=-204 x\n"),
        1 => format!("{index} ret=5\n"),
        2 => format!("{index} {}\n", "long ".repeat(next() as usize % 20_000)),
        _ => format!("{index}\n"),
    });
    lines.collect()
}

/// Removes the notes of the log's two codes.
fn stripped(text: &[u8]) -> String {
    let text = String::from_utf8(text.to_vec()).unwrap();
    text.replace(" (auth: user session is failure!)", "").replace(" (action: need google authcode)", "")
}

#[test]
fn context_and_numbers_are_those_of_grep() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.log"), log()).unwrap();
    std::fs::write(folder.path().join("b.log"), format!("0 ret=-204 first\n{}", log())).unwrap();
    for files in [&["a.log"][..], &["a.log", "b.log"]] {
        for options in [&[][..], &["-n"], &["-nA2"], &["-nB3"], &["-nC1"], &["-n", "-A1", "-B4"], &["-A0"]] {
            let mut grep = std::process::Command::new("grep");
            grep.current_dir(&folder).args(options).arg("ret=-204").args(files);
            if !options.concat().contains('n') {
                grep.arg("-h");
            }
            let expected = String::from_utf8(output_of(&mut grep, b"").stdout).unwrap();
            assert!(!expected.is_empty());
            for threads in ["-j1", "-j3"] {
                let mut command = binary();
                command.current_dir(&folder).args(options).args(["--only", "auth", threads]).args(files);
                let output = output_of(&mut command, b"");
                assert!(output.status.success());
                assert!(stripped(&output.stdout) == expected, "{options:?} {files:?} {threads}");
            }
        }
    }
}

/// Lines of more than a unit of work must be whole for `--fields` and patterns, and are numbered all the same.
#[test]
fn long_lines_that_must_be_whole_are_numbered() {
    let line = [&b"{\"ret\":-204,\"text\":\""[..], &[b'.'; 300_000], b"\"}\n"].concat();
    let text = [b"ret=5\n", &line[..], b"last\n"].concat();
    for options in [&["--fields"][..], &["--pattern", "text=(?<code>-?\\d+)"]] {
        let annotated = annotate(options, &text);
        let lines = annotated.split_inclusive(|&byte| byte == b'\n').zip(1..);
        let expected: Vec<u8> =
            lines.flat_map(|(line, number)| [format!("{number}:").as_bytes(), line].concat()).collect();
        assert!(annotate(&[&["-n"], options].concat(), &text) == expected, "{options:?}");
    }
}

#[test]
fn lines_up_to_sixteen_mebibytes_are_decided_on() {
    let most = source::LINE_MAX_BYTES.value();
    let long = |length: usize, field: &str| {
        [&vec![b'.'; length - field.len() - 1][..], field.as_bytes(), b"\n"].concat()
    };
    let field = " ret=-204";
    let note = b" (auth: user session is failure!)";
    for (length, is_whole) in [(most, true), (most + 100_000, false)] {
        let with = long(length, field);
        let annotated = [&with[..length - 1], note, b"\n"].concat();
        let text = [b"before\n", &with[..], b"behind\n"].concat();
        assert!(annotate(&["--only", "error"], &text) == annotated, "{length}");
        assert!(annotate(&["--only", "friend"], &text).is_empty() == is_whole, "{length}");
        let numbered = [b"1:before\n2:", &annotated[..], b"3:behind\n"].concat();
        assert!(annotate(&["-n"], &text) == numbered, "{length}");
    }
    // A line without a field that is longer than can be held is written, and whole.
    let without = long(most * 2 + 12_345, "");
    assert!(annotate(&["--only", "error"], &[b"x\n", &without[..], b"ret=5\n"].concat()) == without);
}

#[test]
fn lines_held_for_context_keep_to_their_memory() {
    let mut child = binary()
        .args(["--only=error", "-B", "999999999"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    for _ in 0..40 {
        stdin.write_all(&b"\n".repeat(1 << 20)).unwrap();
    }
    stdin.write_all(b"ret=-1\n").unwrap();
    let output = read_until(&mut stdout, b"(general: failure)\n");
    assert!(output.len() > 100_000);
    assert!(peak_kib(child.id()).is_none_or(|kib| kib < 64 * 1024));
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn each_line_comes_at_once() {
    let mut command = binary();
    command.args(["-n", "--only", "error", "-A1"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    for (index, line) in ["x\nret=-1\n", "behind\n", "y\nret=-1 again\n"].iter().enumerate() {
        stdin.write_all(line.as_bytes()).unwrap();
        let expected =
            ["2:ret=-1 (general: failure)\n", "3-behind\n", "5:ret=-1 (general: failure) again\n"][index];
        read_until(&mut stdout, expected.as_bytes());
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn colour_stays_with_the_notes() {
    let args = ["--color=always", "--only", "error", "-n"];
    let output = annotate(&args, b"x \x1b[32m\n\x1b[33mret=-1 y\x1b[m\n");
    assert_eq!(
        output.escape_ascii().to_string(),
        r"2:\x1b[33mret=-1\x1b[0m \x1b[31m(general: failure)\x1b[0m\x1b[33m y\x1b[m\n"
    );
}

#[test]
fn nuls_at_the_beginning_of_a_line_are_no_part_of_it_where_lines_are_chosen() {
    let log = b"\0\0\0 first ret=-1\nb\0c ret=-204\n\0\0\n\0d ret=-1\n\0\0\0";
    let [first, second, last] = [
        "first ret=-1 (general: failure)",
        "b\0c ret=-204 (auth: user session is failure!)",
        "d ret=-1 (general: failure)",
    ];
    for (args, expected) in [
        (&["--only=error"][..], format!(" {first}\n{second}\n{last}\n")),
        (&["--only=error", "-n"], format!("1: {first}\n2:{second}\n4:{last}\n")),
        (&["--only=-204", "-n", "-C1"], format!("1- {first}\n2:{second}\n3-\n")),
        (&["--only=-204", "-A9"], format!("{second}\n\n{last}\n")),
    ] {
        assert_eq!(String::from_utf8(annotate(args, log)).unwrap(), expected, "{args:?}");
    }
    // Without a choice, all is written.
    assert!(annotate(&["-n"], log).starts_with(b"1:\0\0\0 first ret=-1"));
    assert_eq!(annotate(&["--strip"], &annotate(&[], log)), log);
}

#[test]
fn a_long_run_of_nuls_is_neither_written_nor_held() {
    let mut command = binary();
    let mut child =
        command.args(["--only=error", "-n"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    stdin.write_all(b"one\n").unwrap();
    for _ in 0..100 {
        stdin.write_all(&vec![0; 1 << 20]).unwrap();
    }
    stdin.write_all(b"two ret=-204\n").unwrap();
    let output = read_until(&mut stdout, b"\n");
    assert_eq!(output.escape_ascii().to_string(), r"2:two ret=-204 (auth: user session is failure!)\n");
    assert!(peak_kib(child.id()).is_none_or(|kib| kib < 32 * 1024));
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn names_without_numbers_stand_before_the_same_lines() {
    let folder = tempfile::tempdir().unwrap();
    // Several blocks for the threads, and a last line without a newline.
    let text = "login\nret=-204 ret=1\n\nlogout\nret=-31337 \u{9519}\n".repeat(15_000) + "ret=5";
    std::fs::write(folder.path().join("a.log"), &text).unwrap();
    std::fs::write(folder.path().join("b-1:2.log"), "ret=-1\nx\n").unwrap();
    let written = |args: &[&str]| {
        let output = output_of(binary().args(args).current_dir(&folder), b"");
        assert!(output.status.success() && output.stderr.is_empty(), "{args:?}: {output:?}");
        output.stdout
    };
    let without_numbers = |line: &[u8]| {
        let name = ["a.log", "b-1:2.log"].into_iter().find(|name| line.starts_with(name.as_bytes())).unwrap();
        let rest = &line[name.len() + 1..];
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        assert!(digits > 0 && rest[digits] == line[name.len()], "{}", line.escape_ascii());
        [&line[..=name.len()], &rest[digits + 1..]].concat()
    };
    for args in [&[][..], &["--only", "error"], &["--only", "auth", "-C1"], &["--only", "any", "-m3"]] {
        for threads in ["-j1", "-j3"] {
            for files in [&["a.log"][..], &["a.log", "b-1:2.log"]] {
                let args = [args, &[threads, "-H"], files].concat();
                let named = written(&args);
                let numbered = written(&[&args[..], &["-n"]].concat());
                let lines = numbered.split_inclusive(|byte| *byte == b'\n');
                let expected =
                    lines.map(|line| if line == b"--\n" { line.to_vec() } else { without_numbers(line) });
                assert!(named == expected.collect::<Vec<_>>().concat(), "{args:?}");
            }
        }
    }
    assert_eq!(written(&["-H", "-c", "a.log"]), b"a.log:30001\n");
    let output = output_of(binary().arg("-H"), b"ret=1\n");
    assert_eq!(output.stdout, b"(standard input):ret=1 (success: success)\n", "{output:?}");
}
