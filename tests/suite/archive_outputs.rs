//! Archives as outputs: an archive becomes an archive with the same members, of which the texts are annotated.

use crate::bundled::{MEMBER_TIME, files_of_tar, files_of_zip, header, tar_of, zip_of};
use crate::command::annotate;
use crate::in_folder::run;
use crate::packed::{pack, unpack_with_library};
use std::fs;
use std::path::Path;
use std::process::Command;
use tar::EntryType;
use zip::CompressionMethod;

const MEMBERS: [(&str, &[u8]); 4] = [
    ("b.log", b"ret=-1\n"),
    ("core", b"\x7fELF\0ret=-1\n"),
    ("a.log", b"ret=-204 x\nret=-705"),
    ("empty", b""),
];

/// Returns the members as they are to be in an output.
fn annotated(members: &[(&str, &[u8])]) -> Vec<(String, Vec<u8>)> {
    let content =
        |content: &[u8]| if content.contains(&0) { content.to_vec() } else { annotate(&[], content) };
    members.iter().map(|(name, text)| ((*name).to_owned(), content(text))).collect()
}

/// Runs the binary in a folder; it must succeed.
fn succeed(folder: &Path, args: &[&str]) -> String {
    let output = run(folder, args);
    assert!(output.status.success(), "{args:?} {output:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn an_archive_becomes_an_archive_in_the_same_packing() {
    let folder = tempfile::tempdir().unwrap();
    let tar = tar_of(&MEMBERS);
    fs::create_dir(folder.path().join("in")).unwrap();
    let write = |name: &str, content: &[u8]| fs::write(folder.path().join("in").join(name), content).unwrap();
    write("x.tar", &tar);
    write("x.tar.gz", &pack("gzip", &tar));
    write("x.tar.zst", &pack("zstd", &tar));
    write("x.zip", &zip_of(&MEMBERS, CompressionMethod::Deflated));
    write("stored.zip", &zip_of(&MEMBERS, CompressionMethod::Stored));
    for threads in ["-j1", "-j3"] {
        let message = succeed(folder.path(), &[threads, "--output-dir", "out", "in"]);
        assert!(message.contains("5 files are no text and were copied as they are"), "{message}");
        let read = |name: &str| fs::read(folder.path().join("out").join(name)).unwrap();
        assert_eq!(files_of_tar(&read("x.tar")), annotated(&MEMBERS));
        assert_eq!(files_of_tar(&unpack_with_library("gzip", &read("x.tar.gz"))), annotated(&MEMBERS));
        assert_eq!(files_of_tar(&unpack_with_library("zstd", &read("x.tar.zst"))), annotated(&MEMBERS));
        assert_eq!(files_of_zip(&read("x.zip")), annotated(&MEMBERS));
        assert_eq!(files_of_zip(&read("stored.zip")), annotated(&MEMBERS));
    }
    // Stripped, a tar archive is the input again, byte for byte.
    succeed(folder.path(), &["--strip", "-o", "back.tar", "out/x.tar"]);
    assert!(fs::read(folder.path().join("back.tar")).unwrap() == tar);
    succeed(folder.path(), &["--strip", "-o", "back.zip", "out/x.zip"]);
    let back = fs::read(folder.path().join("back.zip")).unwrap();
    let members: Vec<_> = MEMBERS.iter().map(|(name, text)| ((*name).to_owned(), text.to_vec())).collect();
    assert_eq!(files_of_zip(&back), members);
}

/// The line between groups of lines stands between those of one text alone.
#[test]
fn chosen_lines_of_each_member_begin_a_text_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let members = [("a.log", &b"x\nret=-1\ny\ny\nret=-1\n"[..]), ("b.log", b"x\nret=-204\n")];
    let options = ["--only", "any", "-B1"];
    let expected: Vec<_> =
        members.iter().map(|(name, text)| ((*name).to_owned(), annotate(&options, text))).collect();
    fs::write(folder.path().join("x.tar"), tar_of(&members)).unwrap();
    fs::write(folder.path().join("x.zip"), zip_of(&members, CompressionMethod::Deflated)).unwrap();
    for threads in ["-j1", "-j2"] {
        let args = [&options[..], &[threads, "--output-dir", "out", "x.tar", "x.zip"]].concat();
        succeed(folder.path(), &args);
        let read = |name: &str| fs::read(folder.path().join("out").join(name)).unwrap();
        assert_eq!(files_of_tar(&read("x.tar")), expected);
        assert_eq!(files_of_zip(&read("x.zip")), expected);
        fs::remove_dir_all(folder.path().join("out")).unwrap();
        succeed(folder.path(), &[&args[..], &["--unpack"]].concat());
        assert_eq!(read("x.tar/b.log"), expected[1].1);
        fs::remove_dir_all(folder.path().join("out")).unwrap();
        let texts = run(folder.path(), &[&options[..], &[threads, "x.tar", "x.zip"]].concat()).stdout;
        let groups = expected.iter().map(|(_, text)| &text[..]).collect::<Vec<_>>().join(&b"--\n"[..]);
        assert_eq!(texts, [&groups[..], &groups].join(&b"--\n"[..]), "{threads}");
    }
}

#[test]
fn one_output_is_an_archive_if_the_only_input_is_one() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("x.tar"), tar_of(&MEMBERS)).unwrap();
    succeed(folder.path(), &["-o", "y.tar.gz", "x.tar"]);
    let packed = fs::read(folder.path().join("y.tar.gz")).unwrap();
    assert_eq!(files_of_tar(&unpack_with_library("gzip", &packed)), annotated(&MEMBERS));
    succeed(folder.path(), &["-o", "all.log", "x.tar", "x.tar"]);
    let texts = b"ret=-1\nret=-204 x\nret=-705\n".repeat(2);
    let expected = annotate(&[], texts.strip_suffix(b"\n").unwrap());
    assert_eq!(fs::read(folder.path().join("all.log")).unwrap(), expected);
}

#[test]
fn a_name_of_another_kind_is_refused_and_nothing_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("x.tar"), tar_of(&MEMBERS)).unwrap();
    fs::write(folder.path().join("y.zip"), "kept").unwrap();
    let output = run(folder.path(), &["-o", "y.zip", "x.tar"]);
    let said = "imsdk-annotate: x.tar: is a tar archive, and the output would be one with the name of a zip archive; \
                name the output as the input\n";
    assert_eq!(String::from_utf8(output.stderr).unwrap(), said);
    assert!(!output.status.success());
    assert_eq!(fs::read(folder.path().join("y.zip")).unwrap(), b"kept");
}

#[test]
fn compress_packs_a_tar_archive_anew_and_leaves_the_members_of_a_zip_archive() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("x.tar.gz"), pack("gzip", &tar_of(&MEMBERS))).unwrap();
    fs::write(folder.path().join("x.zip"), zip_of(&MEMBERS, CompressionMethod::Stored)).unwrap();
    succeed(folder.path(), &["--compress", "zstd", "--output-dir", "out", "x.tar.gz", "x.zip"]);
    let read = |name: &str| fs::read(folder.path().join("out").join(name)).unwrap();
    assert_eq!(files_of_tar(&unpack_with_library("zstd", &read("x.tar.zst"))), annotated(&MEMBERS));
    assert_eq!(files_of_zip(&read("x.zip")), annotated(&MEMBERS));
}

#[test]
fn packed_members_and_archives_within_stay_what_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let packed = pack("gzip", b"ret=-1\n");
    let inner = zip_of(&[("c.log", b"ret=-204\n")], CompressionMethod::Deflated);
    fs::write(folder.path().join("x.tar"), tar_of(&[("a.log.gz", &packed), ("b.zip", &inner)])).unwrap();
    succeed(folder.path(), &["-o", "y.tar", "x.tar"]);
    let files = files_of_tar(&fs::read(folder.path().join("y.tar")).unwrap());
    assert_eq!(unpack_with_library("gzip", &files[0].1), annotate(&[], b"ret=-1\n"));
    assert_eq!(files_of_zip(&files[1].1), annotated(&[("c.log", b"ret=-204\n")]));
}

#[test]
fn entries_keep_all_but_their_length_and_set_id_bits() {
    let folder = tempfile::tempdir().unwrap();
    let long = "long/".repeat(40) + "a.log";
    let mut builder = tar::Builder::new(Vec::new());
    builder.append_data(&mut header(EntryType::Directory, 0, 0o2755), "dir/", &b""[..]).unwrap();
    builder.append_pax_extensions([("size", &b"7"[..]), ("comment", b"kept")]).unwrap();
    let mut sized = header(EntryType::Regular, 7, 0o4640);
    builder.append_data(&mut sized, "dir/a.log", &b"ret=-1\n"[..]).unwrap();
    builder.append_link(&mut header(EntryType::Symlink, 0, 0o777), "link", Path::new("dir/a.log")).unwrap();
    builder.append_data(&mut header(EntryType::Regular, 7, 0o600), &long, &b"ret=-1\n"[..]).unwrap();
    fs::write(folder.path().join("x.tar"), builder.into_inner().unwrap()).unwrap();
    succeed(folder.path(), &["-o", "y.tar", "x.tar"]);
    let archive = fs::read(folder.path().join("y.tar")).unwrap();
    let mut archive = tar::Archive::new(&archive[..]);
    let entries: Vec<_> = archive
        .entries()
        .unwrap()
        .map(|entry| {
            let mut entry = entry.unwrap();
            let records: Vec<String> = entry.pax_extensions().unwrap().map_or_else(Vec::new, |records| {
                records
                    .map(|record| record.unwrap())
                    .map(|record| format!("{}={}", record.key().unwrap(), record.value().unwrap()))
                    .collect()
            });
            let header = entry.header();
            assert_eq!((header.mtime().unwrap(), header.uid().unwrap()), (MEMBER_TIME, 1234));
            assert_eq!(header.username().unwrap(), Some("logger"));
            let path = entry.path().unwrap().to_str().unwrap().to_owned();
            (path, header.mode().unwrap(), entry.size(), records)
        })
        .collect();
    let length = 7 + " (general: failure)".len() as u64;
    let records = vec![format!("size={length}"), "comment=kept".to_owned()];
    assert_eq!(
        entries,
        [
            ("dir/".to_owned(), 0o755, 0, vec![]),
            ("dir/a.log".to_owned(), 0o640, length, records),
            ("link".to_owned(), 0o777, 0, vec![]),
            (long, 0o600, length, vec![]),
        ]
    );
}

#[test]
fn other_programs_accept_the_archives() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("x.tar.gz"), pack("gzip", &tar_of(&MEMBERS))).unwrap();
    fs::write(folder.path().join("x.zip"), zip_of(&MEMBERS, CompressionMethod::Deflated)).unwrap();
    succeed(folder.path(), &["--output-dir", "out", "x.tar.gz", "x.zip"]);
    for (program, args) in [
        ("tar", &["-tzf", "out/x.tar.gz"][..]),
        ("bsdtar", &["-tf", "out/x.tar.gz"]),
        ("bsdtar", &["-tf", "out/x.zip"]),
        ("unzip", &["-tq", "out/x.zip"]),
        ("7z", &["t", "out/x.zip"]),
    ] {
        match Command::new(program).args(args).current_dir(folder.path()).output() {
            Ok(output) => assert!(output.status.success(), "{program} {output:?}"),
            Err(_) => println!("skipped: {program} is not installed"),
        }
    }
}
