//! Archives as inputs: their members are inputs of their own, in the order of the archive.

use crate::bundled::{header, tar_of, zip_of};
use crate::command::{annotate, binary, output_of};
use crate::in_folder::run;
use crate::packed::{FORMATS, pack};
use serde_json::Value;
use std::fs;
use std::path::Path;
use tar::EntryType;
use zip::CompressionMethod;

/// The members of an archive, the last but one without a newline at its end.
const MEMBERS: [(&str, &[u8]); 4] = [
    ("logs/b.log", b"no field\nret=-1\n"),
    ("logs/a.log", b"ret=-204 x\nret=-705"),
    ("core", b"\x7fELF\0ret=-1\n"),
    ("c.log", b"code: -602"),
];

/// The texts of the members, one after the other.
const TEXTS: &[u8] = b"no field\nret=-1\nret=-204 x\nret=-705\ncode: -602";

const LEFT_OUT: &str = "1 file is no text and was left out: ";

fn archives() -> Vec<(String, Vec<u8>)> {
    let tar = tar_of(&MEMBERS);
    let mut archives: Vec<(String, Vec<u8>)> = FORMATS
        .iter()
        .map(|(format, extension)| (format!("x.tar.{extension}"), pack(format, &tar)))
        .collect();
    archives.push(("x.tar".to_owned(), tar));
    for (name, method) in [
        ("stored.zip", CompressionMethod::Stored),
        ("x.zip", CompressionMethod::Deflated),
        ("zstd.zip", CompressionMethod::Zstd),
    ] {
        archives.push((name.to_owned(), zip_of(&MEMBERS, method)));
    }
    archives.push(("x.zip.gz".to_owned(), pack("gzip", &zip_of(&MEMBERS, CompressionMethod::Deflated))));
    archives
}

#[test]
fn members_are_read_in_their_order_however_they_are_packed() {
    let folder = tempfile::tempdir().unwrap();
    let expected = annotate(&[], TEXTS);
    for (name, archive) in archives() {
        fs::write(folder.path().join(&name), &archive).unwrap();
        for threads in ["-j1", "-j4"] {
            let output = run(folder.path(), &[threads, &name]);
            let message = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.stdout, expected, "{name}");
            assert!(message.contains(&format!("{LEFT_OUT}{name}:core")), "{message}");
            assert_eq!(output.status.code(), Some(0));
            let output = output_of(binary().arg(threads), &archive);
            let message = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.stdout, expected, "{name} on standard input");
            assert!(message.contains(&format!("{LEFT_OUT}(standard input):core")), "{message}");
        }
    }
}

#[test]
fn members_are_named_in_reports_and_before_lines() {
    let folder = tempfile::tempdir().unwrap();
    for (name, archive) in archives() {
        fs::write(folder.path().join(&name), &archive).unwrap();
        let output = run(folder.path(), &["-n", "--only", "-705", &name]);
        let expected = format!("{name}:logs/a.log:2:ret=-705 (migrate: ConfireCode unavail)\n");
        assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
        let output = run(folder.path(), &["-q", "--report", "json=-", &name]);
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["input"]["files"], 3, "{report}");
        assert_eq!(report["input"]["lines"], 5, "{report}");
        let codes = report["codes"].as_array().unwrap();
        let place = |code: i64| {
            let row = codes.iter().find(|row| row["code"] == code).unwrap();
            format!("{}:{}", row["first"]["file"].as_str().unwrap(), row["first"]["line"])
        };
        assert_eq!(place(-1), format!("{name}:logs/b.log:2"));
        assert_eq!(place(-204), format!("{name}:logs/a.log:1"));
        assert_eq!(place(-602), format!("{name}:c.log:1"));
    }
}

#[test]
fn places_are_in_the_order_of_inputs_and_members_for_any_threads() {
    let folder = tempfile::tempdir().unwrap();
    let log = |code: &str| format!("ret={code}\n").repeat(60_000);
    let bundle = tar_of(&[("1", log("-1").as_bytes()), ("2", log("-204").as_bytes())]);
    fs::write(folder.path().join("a.log"), log("-204")).unwrap();
    fs::write(folder.path().join("b.tar"), &bundle).unwrap();
    fs::write(folder.path().join("c.zip"), zip_of(&[("1", &bundle)], CompressionMethod::Deflated)).unwrap();
    fs::write(folder.path().join("d.log"), log("-1")).unwrap();
    let report = |threads: &str| {
        let args = [threads, "--report", "json=-", "-q", "a.log", "b.tar", "c.zip", "d.log"];
        String::from_utf8(run(folder.path(), &args).stdout).unwrap()
    };
    let alone = report("-j1");
    assert!(alone.contains("\"c.zip:1:2\"") && alone.contains("\"b.tar:1\""), "{alone}");
    for threads in ["-j2", "-j8"] {
        assert_eq!(report(threads), alone);
    }
}

#[test]
fn archives_in_archives_are_entered_to_depth_three() {
    let folder = tempfile::tempdir().unwrap();
    let mut archive = tar_of(&[("a.log", b"ret=-1\n")]);
    for depth in 2..=4 {
        let packed = pack("gzip", &archive);
        archive = if depth % 2 == 0 {
            zip_of(&[("in.tgz", &packed)], CompressionMethod::Deflated)
        } else {
            tar_of(&[("in.zip", &archive)])
        };
        let name = format!("{depth}.bundle");
        fs::write(folder.path().join(&name), &archive).unwrap();
        let output = run(folder.path(), &[&name]);
        let message = String::from_utf8(output.stderr).unwrap();
        if depth < 4 {
            assert_eq!((output.status.code(), &output.stdout[..6]), (Some(0), &b"ret=-1"[..]), "{message}");
        } else {
            assert!(output.stdout.is_empty() && output.status.code() != Some(0), "{message}");
            assert!(message.contains("is an archive within three others"), "{message}");
        }
    }
}

#[test]
fn archives_are_bytes_if_that_is_asked_for() {
    let archive = tar_of(&[("a.log", b"ret=-1\n")]);
    for args in [&["--no-archives"][..], &["--no-decompress"]] {
        let output = annotate(args, &archive);
        assert_eq!(output.len(), archive.len() + " (general: failure)".len(), "{args:?}");
    }
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("in")).unwrap();
    fs::write(folder.path().join("in/x.tar"), &archive).unwrap();
    let output = run(folder.path(), &["--no-archives", "in", "--output-dir", "out"]);
    assert!(output.status.success());
    assert!(fs::read(folder.path().join("out/x.tar")).unwrap() == archive);
}

#[test]
fn what_is_no_regular_file_has_no_text() {
    let mut builder = tar::Builder::new(Vec::new());
    for (kind, name) in [
        (EntryType::Directory, "dir/"),
        (EntryType::Fifo, "pipe"),
        (EntryType::Char, "null"),
        (EntryType::Block, "disk"),
    ] {
        builder.append_data(&mut header(kind, 0, 0o755), name, &b""[..]).unwrap();
    }
    builder.append_link(&mut header(EntryType::Symlink, 0, 0o777), "link", Path::new("a.log")).unwrap();
    builder.append_link(&mut header(EntryType::Link, 0, 0o644), "hard", Path::new("a.log")).unwrap();
    let long = "n/".repeat(80) + "a.log";
    builder.append_data(&mut header(EntryType::Regular, 7, 0o644), &long, &b"ret=-1\n"[..]).unwrap();
    let archive = builder.into_inner().unwrap();
    let output = output_of(binary().arg("-n"), &archive);
    let expected = format!("(standard input):{long}:1:ret=-1 (general: failure)\n");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
    assert!(output.stderr.is_empty() && output.status.success());
}

#[test]
fn names_that_would_act_on_a_terminal_are_escaped() {
    let output =
        output_of(binary().args(["-q", "--report", "text"]), &tar_of(&[("a\u{1b}[31m.log", b"ret=-1\n")]));
    let report = String::from_utf8(output.stderr).unwrap();
    assert!(report.contains("\\u{1b}[31m.log") && !report.contains('\u{1b}'), "{report}");
}

#[test]
fn names_of_zip_members_in_gbk_are_read() {
    let mut archive = zip_of(&[("##.log", b"ret=-1\n")], CompressionMethod::Stored);
    let places: Vec<usize> =
        (0..archive.len() - 1).filter(|&place| archive[place..].starts_with(b"##")).collect();
    assert_eq!(places.len(), 2);
    places.iter().for_each(|&place| archive[place..place + 2].copy_from_slice(b"\xc2\xeb"));
    let output = output_of(binary().arg("-n"), &archive);
    assert!(output.stdout.starts_with("(standard input):码.log:1:".as_bytes()), "{output:?}");
}

#[test]
fn two_archives_in_one_file_are_read_on() {
    let both = [tar_of(&[("a.log", b"ret=-1\n")]), tar_of(&[("b.log", b"ret=-204\n")])].concat();
    assert_eq!(annotate(&[], &both), annotate(&[], b"ret=-1\nret=-204\n"));
}

#[test]
fn encodings_are_told_for_each_member() {
    let utf16: Vec<u8> = "\u{feff}ret=-1".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let archive = tar_of(&[("a", &utf16), ("b", b"ret=-204")]);
    let newline = b"\n\0";
    let expected = [&annotate(&[], &utf16)[..], newline, &annotate(&[], b"ret=-204")].concat();
    assert_eq!(annotate(&[], &archive), expected);
}

#[test]
fn members_are_chosen_as_files_of_folders_are() {
    let folder = tempfile::tempdir().unwrap();
    for (name, archive) in archives() {
        fs::write(folder.path().join(&name), &archive).unwrap();
        for (args, expected) in [
            (&["--include", "*.log", "--exclude", "logs"][..], &b"code: -602"[..]),
            (&["--include", "logs/a.log"], b"ret=-204 x\nret=-705"),
            (&["--exclude", "*.log", "--exclude", "core"], b""),
        ] {
            let output = run(folder.path(), &[args, &[&name]].concat());
            assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
            assert_eq!(output.stdout, annotate(&[], expected), "{name} {args:?}");
        }
    }
    let output = run(folder.path(), &["--include", "c.log", "-o", "y.tar", "x.tar"]);
    assert!(output.status.success(), "{output:?}");
    let files = crate::bundled::files_of_tar(&fs::read(folder.path().join("y.tar")).unwrap());
    let expected: Vec<_> = MEMBERS
        .iter()
        .map(|(name, text)| {
            let text = if *name == "c.log" { annotate(&[], text) } else { text.to_vec() };
            ((*name).to_owned(), text)
        })
        .collect();
    assert_eq!(files, expected);
}

/// A zip archive that comes through a pipe is kept, beyond 4 MiB in a temporary file, because its list of members is at its end.
#[test]
fn a_large_archive_that_comes_through_a_pipe_needs_a_folder_for_temporary_files() {
    let archive = zip_of(&[("a.log", &b"no field\n".repeat(1 << 19))], CompressionMethod::Stored);
    let whole = output_of(&mut binary(), &archive);
    assert!(whole.status.success() && whole.stdout == b"no field\n".repeat(1 << 19), "{:?}", whole.status);
    let output = output_of(binary().env("TMPDIR", "/nosuch/folder"), &archive);
    let expected = "imsdk-annotate: standard input: a temporary file is needed, and cannot be made in \"/nosuch/folder\": \
                    entity not found; name a folder with TMPDIR\n";
    assert_eq!(String::from_utf8(output.stderr).unwrap(), expected);
    assert_eq!(output.status.code(), Some(3));
}
