//! Compressed input: whole, of several members, cut off, damaged.

use crate::command::{annotate, binary, output_of, read_until};
use crate::packed::{FORMATS, pack, unpack_with_library};
use imsdk_annotate::Annotator;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Output, Stdio};

/// Returns lines without fields, so that the output is the decoded input. The lines vary, so that they do not compress
/// to nearly nothing.
fn plain_text(lines: usize) -> Vec<u8> {
    (0..lines).flat_map(|line| format!("{line} {:x}\n", line * line * 7919).into_bytes()).collect()
}

fn with_fields(lines: usize) -> Vec<u8> {
    (0..lines).flat_map(|line| format!("{} ret=-204 {line}\n", line * 7919).into_bytes()).collect()
}

/// A skippable frame of zstd and lz4, which holds no text.
const SKIPPABLE: &[u8] = b"\x5a\x2a\x4d\x18\x03\0\0\0\x28\xb5\x2f";

#[test]
fn the_fixtures_of_the_formats_own_tools_are_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/compressed");
    for (format, extension) in FORMATS {
        let path = folder.join(format!("members.log.{extension}"));
        let expected = "ret=-204 (auth: user session is failure!) first member\n\
                        code: -705 (migrate: ConfireCode unavail) second member\n";
        let annotated = annotate(&[path.to_str().unwrap()], b"");
        assert_eq!(String::from_utf8(annotated).unwrap(), expected, "{format}");
    }
}

#[test]
fn members_follow_each_other_under_any_name_and_on_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log.txt");
    let texts = [with_fields(20_000), Vec::new(), b"ret=-1\nno newline at the end".to_vec(), with_fields(1)];
    let expected = Annotator::new().annotate(&texts.concat());
    for (format, _) in FORMATS {
        let members: Vec<Vec<u8>> = texts.iter().map(|text| pack(format, text)).collect();
        let mut inputs = vec![members.concat(), [&members.concat()[..], &[0; 4096]].concat()];
        if ["zstd", "lz4"].contains(&format) {
            inputs.push([SKIPPABLE, &members.join(SKIPPABLE), SKIPPABLE].concat());
        }
        for input in inputs {
            fs::write(&file, &input).unwrap();
            for args in [&["-j1", file.to_str().unwrap()][..], &["-j4", file.to_str().unwrap()], &["-"]] {
                assert!(annotate(args, &input) == expected, "{format} {args:?}");
            }
        }
    }
}

#[test]
fn nothing_is_nothing() {
    for (format, _) in FORMATS {
        assert_eq!(annotate(&[], &pack(format, b"")), b"", "{format}");
    }
    assert_eq!(annotate(&[], SKIPPABLE), b"");
}

#[test]
fn compressed_input_can_be_left_as_it_is() {
    let packed = pack("gzip", &with_fields(100));
    assert_eq!(annotate(&["--no-decompress"], &packed), packed);
}

fn message(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn what_could_be_decoded_of_cut_off_data_is_written_and_the_place_is_told() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("b.log"), "ret=-1\n").unwrap();
    let text = plain_text(40_000);
    for (format, _) in FORMATS {
        let packed = [pack(format, &text[..text.len() / 2]), pack(format, &text[text.len() / 2..])].concat();
        let mut whole_at = Vec::new();
        // Cuts at each of the first and last bytes, and at many places between.
        let lengths = (12..40)
            .chain((40..packed.len()).step_by(packed.len() / 40))
            .chain(packed.len() - 20..packed.len());
        for length in lengths {
            let cut = &packed[..length];
            fs::write(folder.path().join("a.log"), cut).unwrap();
            let output = output_of(binary().current_dir(&folder).args(["a.log", "b.log"]), b"");
            let mut decoded = output.stdout.strip_suffix(b"ret=-1 (general: failure)\n").unwrap();
            if !text.starts_with(decoded) {
                // The data was cut within a line, behind which the next input begins on a line of its own.
                decoded = decoded.strip_suffix(b"\n").unwrap();
            }
            assert!(text.starts_with(decoded), "{format} {length}");
            assert!(decoded.len() >= unpack_with_library(format, cut).len(), "{format} {length}");
            if output.status.success() {
                whole_at.push(decoded.len());
                continue;
            }
            assert_eq!(output.status.code(), Some(3));
            let expected = format!(
                "imsdk-annotate: a.log: {format} data ends early, at byte {length}; \
                 what came before has been annotated\n"
            );
            assert_eq!(message(&output), expected);
        }
        // Cut data is whole only between its members.
        assert!(whole_at.iter().all(|&length| length == text.len() / 2), "{format} {whole_at:?}");
    }
}

#[test]
fn damage_is_told_and_never_taken_for_a_whole_file() {
    let text = plain_text(3000);
    for (format, _) in FORMATS {
        let packed = pack(format, &text);
        for place in (0..30).chain((30..packed.len()).step_by(packed.len() / 60)) {
            let mut damaged = packed.clone();
            damaged[place] ^= 0x10;
            let output = output_of(&mut binary(), &damaged);
            if output.status.success() {
                // The changed byte is a part of the header that carries no meaning, or of the mark of a compressed
                // file.
                let is_same = output.stdout == text || output.stdout == damaged;
                assert!(is_same && place < 30, "{format} {place}");
            } else {
                let message = message(&output);
                assert_eq!(output.status.code(), Some(3), "{format} {place} {message}");
                assert!(message.starts_with(&format!("imsdk-annotate: standard input: {format} data ")));
                assert!(message.contains(" at byte ") && message.lines().count() == 1, "{message}");
            }
        }
    }
}

/// Damage behind the first of two megabytes leaves the first one whole.
#[test]
fn what_stands_before_the_damage_is_written() {
    let text = plain_text(120_000);
    for (format, _) in FORMATS {
        let (front, back) = (pack(format, &text), pack(format, &text));
        let mut damaged = [front, back].concat();
        let place = damaged.len() * 3 / 4;
        damaged[place] ^= 0x55;
        let output = output_of(&mut binary(), &damaged);
        assert_eq!(output.status.code(), Some(3), "{format}");
        assert!(output.stdout.len() >= text.len(), "{format}");
        assert!(output.stdout.starts_with(&text), "{format}");
    }
}

/// The data comes as from `tail -f x | gzip`, if gzip flushed each line.
#[test]
fn a_line_comes_while_a_compressed_pipe_stays_open() {
    let mut child = binary().stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let mut encoder = flate2::write::GzEncoder::new(stdin, flate2::Compression::default());
    for _ in 0..50 {
        encoder.write_all(b"ret=-1\n").unwrap();
        encoder.flush().unwrap();
        assert_eq!(read_until(&mut stdout, b"\n"), b"ret=-1 (general: failure)\n");
    }
    encoder.finish().unwrap();
    assert!(child.wait().unwrap().success());
}

/// A code at the end of damaged data is none: its digits may go on in bytes that cannot be read.
#[test]
fn a_code_that_the_end_of_damaged_data_touches_is_none() {
    let cut = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/found/cut.gz");
    for args in
        [&[][..], &["-j1"], &["--fields"], &["--only", "any"], &["-n"], &["--pattern", r"=(?<code>-\d+)"]]
    {
        let output = output_of(binary().args(args).args([cut, "--fail-on", "any", "--report", "json"]), b"");
        assert_eq!(output.status.code(), Some(3), "{args:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(!text.contains("failure"), "{args:?} {text}");
        assert!(String::from_utf8(output.stderr).unwrap().contains("\"fields\": 0"), "{args:?}");
    }
    // The bytes behind the code decide: no bytes, the beginning of more digits, or a newline.
    for (text, is_field) in [
        ("ret=-1", false),
        ("\"ret\":\"-1\"", false),
        ("ret=-1.", false),
        ("ret=-1:", false),
        ("ret=-1,", false),
        ("ret=-1,000", false),
        ("ret=-1,0000", true),
        ("ret=-1,x", true),
        ("ret=-1 ", true),
        ("ret=-1\n", true),
        ("ret=-1;", true),
    ] {
        let whole = pack("gzip", text.as_bytes());
        // The data lacks its checksum and length.
        let output = output_of(&mut binary(), &whole[..whole.len() - 8]);
        assert_eq!(output.status.code(), Some(3));
        let annotated = String::from_utf8(output.stdout).unwrap();
        assert_eq!(annotated.contains("failure"), is_field, "{text}");
        assert_eq!(annotated.replace(" (general: failure)", ""), text);
    }
}

/// A whole note before the beginning of a note would be a second note.
#[test]
fn a_note_that_the_end_of_damaged_data_cuts_stays_alone() {
    for (args, line) in [
        (&[][..], "ret=-204"),
        (&["--color", "always"], "ret=-204"),
        (&["--pattern", r"x(?<code>-\d+)"], "x-204"),
        (&["--fields"], "ret=-204"),
        (&["--fields"], "{\"ret\":-204"),
        (&["--fields"], "code: -204"),
        (&["--note", " ({message}, as is ret=-1, too)"], "ret=-204"),
    ] {
        let whole = annotate(args, line.as_bytes());
        // A comma and a quote begin any member of JSON, so that it takes a third byte to tell the note.
        let told_bytes = if line.starts_with('{') { 3 } else { 2 };
        for end in line.len() + told_bytes..=whole.len() {
            let packed = pack("gzip", &whole[..end]);
            let output = output_of(binary().args(args), &packed[..packed.len() - 8]);
            assert_eq!(output.status.code(), Some(3));
            let (found, cut) = (output.stdout.escape_ascii(), whole[..end].escape_ascii());
            assert_eq!(found.to_string(), cut.to_string(), "{args:?}");
        }
    }
    for end in ["", ",", ",\""] {
        let packed = pack("gzip", format!("{{\"ret\":-204 {end}").as_bytes());
        let output = output_of(binary().arg("--fields"), &packed[..packed.len() - 8]);
        assert!(output.stdout.starts_with(b"{\"ret\":-204,\"ret_category\":"), "{end}");
    }
}
