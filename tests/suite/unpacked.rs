//! --unpack: the members of an archive become files, and nothing is written outside their folder.

use crate::bundled::{MEMBER_TIME, tar_of, tar_of_name, zip_of};
use crate::command::annotate;
use crate::in_folder::{mode, run};
use crate::packed::{pack, unpack_with_library};
use std::fs;
use std::os::unix::fs::MetadataExt;
use zip::CompressionMethod;

#[test]
fn members_become_files_with_their_modes_and_times() {
    let folder = tempfile::tempdir().unwrap();
    let inner = zip_of(&[("d.log", b"ret=-1\n")], CompressionMethod::Deflated);
    let archive = tar_of(&[
        ("logs/a.log", b"ret=-204"),
        ("./logs/b.log.gz", &pack("gzip", b"ret=-1\n")),
        ("c.db", b"x\0ret=-1"),
        ("in.zip", &inner),
    ]);
    fs::write(folder.path().join("x.tar.gz"), pack("gzip", &archive)).unwrap();
    let output = run(folder.path(), &["--unpack", "--output-dir", "out", "x.tar.gz"]);
    assert!(output.status.success(), "{output:?}");
    let base = folder.path().join("out/x.tar.gz");
    assert_eq!(fs::read(base.join("logs/a.log")).unwrap(), annotate(&[], b"ret=-204"));
    let packed = fs::read(base.join("logs/b.log.gz")).unwrap();
    assert_eq!(unpack_with_library("gzip", &packed), annotate(&[], b"ret=-1\n"));
    assert_eq!(fs::read(base.join("c.db")).unwrap(), b"x\0ret=-1");
    assert_eq!(fs::read(base.join("in.zip/d.log")).unwrap(), annotate(&[], b"ret=-1\n"));
    for name in ["logs/a.log", "logs/b.log.gz", "c.db"] {
        let metadata = fs::metadata(base.join(name)).unwrap();
        assert_eq!((mode(base.join(name)), metadata.mtime()), (0o640, MEMBER_TIME as i64), "{name}");
    }
    let output = run(folder.path(), &["--unpack", "--compress", "none", "--output-dir", "plain", "x.tar.gz"]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(
        fs::read(folder.path().join("plain/x.tar.gz/logs/b.log")).unwrap(),
        annotate(&[], b"ret=-1\n")
    );
}

#[test]
fn nothing_is_written_outside_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let text = b"ret=-1\n";
    let absolute = folder.path().join("absolute");
    let names: [&[u8]; 8] = [
        b"../up",
        b"a/../../up",
        absolute.as_os_str().as_encoded_bytes(),
        b"c:drive",
        b"..\\up",
        b"\\up",
        b"..",
        b".",
    ];
    for (number, name) in names.iter().enumerate() {
        let archive = [tar_of_name(name, text), tar_of(&[("good.log", text)])].concat();
        let base = folder.path().join(number.to_string());
        fs::create_dir_all(base.join("in")).unwrap();
        fs::write(base.join("in/x.tar"), archive).unwrap();
        let output = run(&base.join("in"), &["--unpack", "--output-dir", "../out", "x.tar"]);
        let message = String::from_utf8(output.stderr).unwrap();
        assert_ne!(output.status.code(), Some(0), "{message}");
        assert!(message.contains("is left out") || message.contains("and is left out"), "{message}");
        let mut files: Vec<_> =
            walkdir::WalkDir::new(&base).into_iter().map(|entry| entry.unwrap().into_path()).collect();
        files.retain(|path| path.is_file() && !path.ends_with("out/.imsdk-annotate.jsonl"));
        files.sort();
        assert_eq!(files, [base.join("in/x.tar"), base.join("out/x.tar/good.log")], "{message}");
    }
    assert!(!absolute.exists());
}

#[test]
fn two_members_for_one_place_are_trouble() {
    let folder = tempfile::tempdir().unwrap();
    let archive = [
        tar_of(&[("a", b"ret=-1\n"), ("./a", b"ret=-204\n"), ("a/b", b"ret=-1\n")]),
        tar_of(&[("d/e", b"ret=-705\n"), ("d", b"ret=-1\n")]),
    ]
    .concat();
    fs::write(folder.path().join("x.tar"), archive).unwrap();
    let output = run(folder.path(), &["--unpack", "--output-dir", "out", "x.tar"]);
    let message = String::from_utf8(output.stderr).unwrap();
    for part in [
        "x.tar:a: has the name of another member before it",
        "x.tar:a/b: is a file in the place of a folder",
        "x.tar:d: is a file in the place of a folder",
    ] {
        assert!(message.contains(part), "{message}");
    }
    assert_eq!(fs::read(folder.path().join("out/x.tar/a")).unwrap(), annotate(&[], b"ret=-1\n"));
    assert_eq!(fs::read(folder.path().join("out/x.tar/d/e")).unwrap(), annotate(&[], b"ret=-705\n"));
}

#[test]
fn links_in_the_archive_and_in_the_folder_are_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let mut builder = tar::Builder::new(Vec::new());
    let mut link = crate::bundled::header(tar::EntryType::Symlink, 0, 0o777);
    builder.append_link(&mut link, "logs", folder.path().join("elsewhere")).unwrap();
    let archive = builder.into_inner().unwrap();
    let archive = [archive, tar_of(&[("logs/a.log", b"ret=-1\n")])].concat();
    fs::write(folder.path().join("x.tar"), archive).unwrap();
    fs::create_dir(folder.path().join("elsewhere")).unwrap();
    let output = run(folder.path(), &["--unpack", "--output-dir", "out", "x.tar"]);
    assert!(output.status.success(), "{output:?}");
    assert!(fs::symlink_metadata(folder.path().join("out/x.tar/logs")).unwrap().is_dir());
    assert_eq!(fs::read_dir(folder.path().join("elsewhere")).unwrap().count(), 0);
    // A link that was there before.
    fs::remove_dir_all(folder.path().join("out/x.tar/logs")).unwrap();
    std::os::unix::fs::symlink("../../elsewhere", folder.path().join("out/x.tar/logs")).unwrap();
    let output = run(folder.path(), &["--unpack", "--output-dir", "out", "x.tar"]);
    assert!(!output.status.success());
    assert_eq!(fs::read_dir(folder.path().join("elsewhere")).unwrap().count(), 0);
}
