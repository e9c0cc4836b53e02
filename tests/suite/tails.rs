//! Streams that `tail` has made of several files: the names in its headers are those of the lines behind them.

use crate::command::{annotate, binary, output_of, read_until};
use crate::packed::pack;
use crate::signals::{send, start};
use rustix::process::Signal;
use std::fs::{self, File};
use std::process::Command;

/// Two files with an empty line in the first one, as `tail a.log b.log` writes them, and the first file again.
const TAILED: &str =
    "==> a.log <==\na1 ret=-204\n\n\n==> b.log <==\nb1\nb2 ret=-1\n\n==> a.log <==\na3 ret=5\n";
const NUMBERED: &str = "a.log:1:a1 ret=-204 (auth: user session is failure!)\na.log:2:\nb.log:1:b1\n\
                        b.log:2:b2 ret=-1 (general: failure)\na.log:3:a3 ret=5 (action: need google authcode)\n";

fn text(args: &[&str], input: &str) -> String {
    String::from_utf8(annotate(args, input.as_bytes())).unwrap()
}

#[test]
fn numbers_have_the_names_of_the_headers() {
    assert_eq!(text(&["-n"], TAILED), NUMBERED);
    assert_eq!(text(&["-n", "--name", "app"], TAILED), NUMBERED);
    let named =
        [":1:", ":2:", ":3:"].iter().fold(NUMBERED.to_owned(), |text, number| text.replace(number, ":"));
    assert_eq!(text(&["-H"], TAILED), named);
    assert_eq!(text(&["-n", "--only", "-1"], TAILED), "b.log:2:b2 ret=-1 (general: failure)\n");
    let around = "b.log-1-b1\nb.log:2:b2 ret=-1 (general: failure)\n";
    assert_eq!(text(&["-n", "--only", "-1", "-C1"], TAILED), around);
}

#[test]
fn headers_of_chosen_lines_are_kept() {
    let expected = "==> b.log <==\nb2 ret=-1 (general: failure)\n\n==> a.log <==\na3 ret=5 (action: need google authcode)\n";
    assert_eq!(text(&["--only", "-1,5"], TAILED), expected);
    // Lines of one file follow each other where nothing of the other file is chosen.
    let expected = "==> a.log <==\na1 ret=-204 (auth: user session is failure!)\na3 ret=5 (action: need google authcode)\n";
    assert_eq!(text(&["--only", "-204,5"], TAILED), expected);
    assert_eq!(text(&["--only", "-402"], TAILED), "");
    // Without a choice, all is as it came.
    let all = text(&[], TAILED);
    assert_eq!(text(&["--strip"], &all), TAILED);
    assert_eq!(text(&["--report", "json=/dev/null"], TAILED), all);
}

#[test]
fn reports_name_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let saved = folder.path().join("saved");
    fs::write(&saved, TAILED).unwrap();
    let of_file = output_of(binary().args(["-q", "--report", "text=-"]).arg(&saved), b"");
    let of_stream = text(&["-q", "--report", "text=-"], TAILED);
    assert_eq!(String::from_utf8(of_file.stdout).unwrap(), of_stream);
    for expected in [
        "3 fields with known codes in 5 lines of 2 inputs\n",
        " a.log:1: a1 ",
        " b.log:2: b2 ",
        " a.log:3: a3 ",
    ] {
        assert!(of_stream.contains(expected), "{expected}: {of_stream}");
    }
}

/// A log that mentions a header is none of `tail`, and neither is one whose first line is not quite a header.
#[test]
fn other_logs_are_one_file() {
    for log in [
        "x\n\n==> a.log <==\nret=-1\n",
        "\n==> a.log <==\nret=-1\n",
        "==> a.log <== \nret=-1\n",
        "==>  <==\n",
        "==> a.log <==",
        "==> a",
        "=",
        "",
    ] {
        let numbered: String =
            (1..).zip(log.lines()).map(|(number, line)| format!("{number}:{line}\n")).collect();
        assert_eq!(text(&["-n"], log).replace(" (general: failure)", ""), numbered, "{log:?}");
    }
    // A header is a whole line, also where `tail` has left out the empty line behind a line without an end.
    let odd = "==> a <==\n==> b <== x\n=\n\n==> b\n==> b <==\nret=5\n";
    let expected = "a:1:==> b <== x\na:2:=\na:3:\na:4:==> b\nb:1:ret=5 (action: need google authcode)\n";
    assert_eq!(text(&["-n"], odd), expected);
}

#[test]
fn lines_come_while_the_stream_goes_on() {
    for args in [&["-n"][..], &["-n", "--line-buffered"], &["-n", "-j2"]] {
        let mut run = start(binary().args(args));
        run.feed(b"==> a.log <==\na1 ret=-204\n");
        let line = b"a.log:1:a1 ret=-204 (auth: user session is failure!)\n";
        assert_eq!(read_until(&mut run.stdout, b"\n"), line);
        // An empty line could belong to a header, which would come at once.
        run.feed(b"\n");
        assert_eq!(read_until(&mut run.stdout, b"\n"), b"a.log:2:\n");
        run.feed(b"\n==> b.log <==\nb1\nret=");
        assert_eq!(read_until(&mut run.stdout, b"\n"), b"b.log:1:b1\n");
        run.feed(b"5\n\n==> a.log <==\nlast");
        assert_eq!(read_until(&mut run.stdout, b"\n"), b"b.log:2:ret=5 (action: need google authcode)\n");
        assert_eq!(run.ended_in_order(), b"a.log:3:last\n");
    }
}

#[test]
fn a_signal_is_the_end_of_the_stream() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("r.txt");
    let mut run = start(binary().args(["-n", "--report"]).arg(&report));
    run.feed(TAILED.as_bytes());
    run.feed(b"incomplete");
    assert_eq!(read_until(&mut run.stdout, b"authcode)\n"), NUMBERED.as_bytes());
    send(&run.child, Signal::TERM);
    assert_eq!(run.ended_by(Signal::TERM, "tailed"), b"");
    let report = fs::read_to_string(&report).unwrap();
    assert!(report.contains("5 lines of 2 inputs") && report.contains("a.log:3: a3"), "{report}");
}

/// Sections that are longer than all buffers, through pipes and from a file, by one thread and by several.
#[test]
fn long_sections_are_the_same_by_any_way() {
    let (mut tailed, mut expected, mut numbers) = (String::new(), String::new(), [0; 3]);
    for section in 0..30_usize {
        let file = section % 3;
        tailed += &format!("{}==> {file}.log <==\n", if section == 0 { "" } else { "\n" });
        for line in 0..section * 500 {
            numbers[file] += 1;
            let line = if line % 7 == 0 { String::new() } else { format!("line {line} of {section}") };
            tailed += &format!("{line}\n");
            expected += &format!("{file}.log:{}:{line}\n", numbers[file]);
        }
    }
    assert!(tailed.len() > 1_500_000);
    let folder = tempfile::tempdir().unwrap();
    let saved = folder.path().join("saved");
    fs::write(&saved, &tailed).unwrap();
    for threads in ["-j1", "-j3"] {
        assert!(text(&["-n", threads], &tailed) == expected, "{threads}");
        let output = output_of(binary().args(["-n", threads]).arg(&saved), b"");
        assert!(output.stdout == expected.as_bytes(), "{threads}");
        let output = binary().args(["-n", threads]).stdin(File::open(&saved).unwrap()).output().unwrap();
        assert!(output.stdout == expected.as_bytes(), "{threads}");
        for format in ["gzip", "zstd"] {
            let packed = folder.path().join(format);
            fs::write(&packed, pack(format, tailed.as_bytes())).unwrap();
            let output = output_of(binary().args(["-n", threads]).args([&packed, &packed]), b"");
            assert_eq!(output.stdout.len(), 2 * expected.len(), "{threads} {format}");
            assert!(output.stdout.starts_with(expected.as_bytes()), "{threads} {format}");
        }
    }
}

#[test]
fn names_do_not_act_on_terminals() {
    let numbered = text(&["-n"], "==> \x1b[31mred <==\nx\n");
    assert!(!numbered.contains('\x1b') && numbered.ends_with("red\":1:x\n"), "{numbered:?}");
}

/// The options with which a stream stays one input: its lines are counted or bounded together.
#[test]
fn counts_and_bounds_are_those_of_the_stream() {
    assert_eq!(text(&["-c", "--only", "any"], TAILED), "3\n");
    let first = "==> b.log <==\n";
    let bounded = text(&["--only", "any", "-m1"], TAILED);
    assert!(bounded.starts_with("a1 ") && !bounded.contains(first), "{bounded}");
}

#[test]
fn what_tail_writes_is_understood() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.log"), "0\na1 ret=-204\n\n").unwrap();
    fs::write(folder.path().join("b c.log"), "b1 ret=-1\n").unwrap();
    for args in [&["-n2"][..], &["-v", "-n2"], &["-n2", "-F", "--pid=999999999", "-s0.1"]] {
        let mut tail = Command::new("tail");
        let Ok(output) = tail.args(args).args(["a.log", "b c.log"]).current_dir(&folder).output() else {
            println!("skipped: there is no `tail`");
            return;
        };
        if !output.status.success() {
            println!("skipped: `tail` has no {args:?}");
            continue;
        }
        let expected = "a.log:1:a1 ret=-204 (auth: user session is failure!)\na.log:2:\nb c.log:1:b1 ret=-1 (general: failure)\n";
        assert_eq!(text(&["-n"], &String::from_utf8(output.stdout).unwrap()), expected, "{args:?}");
    }
}
