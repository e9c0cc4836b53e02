//! `--compress` in each format that is written, and `--level`.

use crate::command::{binary, output_of};
use crate::packed::{FORMATS, unpack_with_library};
use std::fs;

fn text() -> Vec<u8> {
    (0..60_000_u32).flat_map(|line| format!("{line} {:x}\n", line.wrapping_mul(line)).into_bytes()).collect()
}

#[test]
fn each_format_is_written_to_each_destination() {
    let folder = tempfile::tempdir().unwrap();
    let text = text();
    fs::write(folder.path().join("a.log"), &text).unwrap();
    for (format, extension) in FORMATS {
        let run = |args: &[&str]| {
            let output = output_of(binary().current_dir(&folder).args(args).arg("a.log"), b"");
            let message = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success() && message.is_empty(), "{format} {message}");
            output.stdout
        };
        let stream = run(&["--compress", format]);
        assert!(unpack_with_library(format, &stream) == text, "{format}");
        run(&["--compress", format, "--output-dir", "out"]);
        let written = fs::read(folder.path().join(format!("out/a.log.{extension}"))).unwrap();
        assert!(unpack_with_library(format, &written) == text, "{format}");
        let name = format!("b.{extension}");
        run(&["-o", &name]);
        assert!(fs::read(folder.path().join(name)).unwrap() == written, "{format}");
    }
}

#[test]
fn levels_change_outputs_and_their_format_is_named_by_compress_or_by_the_name() {
    let folder = tempfile::tempdir().unwrap();
    let text = text();
    fs::write(folder.path().join("a.log"), &text).unwrap();
    for (format, extension, least, most) in [
        ("gzip", "gz", "1", "9"),
        ("zstd", "zst", "1", "19"),
        ("xz", "xz", "0", "9"),
        ("bzip2", "bz2", "1", "9"),
    ] {
        let mut lengths = Vec::new();
        for level in [least, most] {
            let name = format!("{level}.{extension}");
            for args in [&["-o", &name][..], &["--compress", format, "--output-dir", "out"]] {
                let mut command = binary();
                command.current_dir(&folder).args(["--level", level]).args(args).arg("a.log");
                let output = output_of(&mut command, b"");
                assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            }
            let written = fs::read(folder.path().join(name)).unwrap();
            assert!(unpack_with_library(format, &written) == text);
            assert!(fs::read(folder.path().join(format!("out/a.log.{extension}"))).unwrap() == written);
            lengths.push(written.len());
        }
        // Larger blocks of bzip2 need not be smaller together.
        let is_smaller = lengths[1] < lengths[0];
        assert!(is_smaller || format == "bzip2" && lengths[0] != lengths[1], "{format} {lengths:?}");
    }
}

#[test]
fn a_level_that_a_format_does_not_have_is_refused_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    for (args, why) in [
        (&["--level", "0", "--compress", "gzip"][..], "--level 0: the levels of gzip are 1 to 9"),
        (&["--level", "20", "-o", "a.zst"], "--level 20: the levels of zstd are 1 to 19"),
        (&["--level", "10", "-o", "a.xz"], "--level 10: the levels of xz are 0 to 9"),
        (&["--level", "10", "--compress", "bzip2"], "--level 10: the levels of bzip2 are 1 to 9"),
        (&["--level", "1", "-o", "a.lz4"], "--level 1: lz4 has no levels; leave --level out"),
        (
            &["--level", "1", "-o", "a.log"],
            "--level 1: no format is named; add --compress, or end the name of --output in .gz",
        ),
        (
            &["--level", "1", "--compress", "none"],
            "--level 1: no format is named; add --compress, or end the name of --output in .gz",
        ),
        (
            &["-o", "a.log.Z"],
            "a.log.Z: compress is read and not written; end the name in .gz, or choose --compress",
        ),
        (&["-o", "a.br"], "a.br: brotli is read and not written; end the name in .zst, or choose --compress"),
    ] {
        let output = output_of(binary().current_dir(&folder).args(args), b"ret=-1\n");
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), message), (Some(2), format!("imsdk-annotate: {why}\n")));
        assert!(output.stdout.is_empty() && fs::read_dir(folder.path()).unwrap().next().is_none());
    }
}
