//! Members of archives that are copied as they are, sparse, or not what their names say.

use crate::bundled::{WithName, files_of_tar, files_of_zip, header, tar_of, zip_of};
use crate::command::{annotate, binary, output_of};
use crate::hostile_archives::trouble;
use crate::in_folder::run;
use crate::packed::pack;
use std::fs;
use std::path::Path;
use tar::{Builder, EntryType, Header};
use zip::CompressionMethod;

const LINE: &[u8] = b"ret=-1\n";

/// Runs the program, which must end with trouble of an input, and returns its messages.
fn told(folder: &Path, args: &[&str]) -> String {
    let output = run(folder, args);
    assert_eq!(output.status.code(), Some(3), "{args:?}: {output:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// A byte of a text has become NUL, so that the text is taken for no text, and its checksum is wrong.
#[test]
fn damage_of_a_member_that_is_copied_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let long = LINE.repeat(20_000);
    let archive = zip_of(&[("a.log", &long), ("b.log", LINE)], CompressionMethod::Stored);
    for place in [20, 100_000] {
        let mut damaged = archive.clone();
        let start = archive.windows(7).position(|window| window == LINE).unwrap();
        damaged[start + 2] = 0;
        damaged[start + place] ^= 1;
        fs::write(folder.join("x.zip"), &damaged).unwrap();
        for args in [
            &["-o", "y.zip", "x.zip"][..],
            &["--output-dir", "out", "x.zip"],
            &["--unpack", "--output-dir", "f", "x.zip"],
        ] {
            let said = told(folder, args);
            let why = "imsdk-annotate: x.zip:a.log: zip member is damaged: invalid checksum\n";
            assert_eq!(said.matches("zip member is damaged").count(), 1, "{said}");
            assert!(said.contains(why), "{args:?}: {said}");
        }
        let written = fs::read(folder.join("y.zip")).unwrap();
        assert!(written.windows(50_000).any(|window| *window == damaged[start..start + 50_000]));
        assert_eq!(fs::read(folder.join("f/x.zip/b.log")).unwrap(), annotate(&[], LINE));
    }
}

/// Returns an archive with a sparse member `a.log` in each form, and `b.log` behind it.
fn sparse_archives() -> Vec<Vec<u8>> {
    let regular = |builder: &mut Builder<Vec<u8>>, name: &str| {
        builder.append(&header(EntryType::Regular, 7, 0o644).with_name(name), LINE).unwrap();
    };
    let records: [&[(&str, &[u8])]; 3] = [
        &[("GNU.sparse.size", b"512"), ("GNU.sparse.numblocks", b"1"), ("GNU.sparse.offset", b"0")],
        &[("GNU.sparse.name", b"a.log"), ("GNU.sparse.size", b"512"), ("GNU.sparse.map", b"0,7")],
        &[("GNU.sparse.major", b"1"), ("GNU.sparse.name", b"a.log"), ("GNU.sparse.realsize", b"7")],
    ];
    let with_records = records.into_iter().zip(["a.log", "GNUSparseFile.1/a.log", "GNUSparseFile.1/a.log"]);
    let mut archives: Vec<Vec<u8>> = with_records
        .map(|(records, name)| {
            let mut builder = Builder::new(Vec::new());
            builder.append_pax_extensions(records.iter().copied()).unwrap();
            regular(&mut builder, name);
            regular(&mut builder, "b.log");
            builder.into_inner().unwrap()
        })
        .collect();
    for maps in 0..3 {
        let mut old = Header::new_gnu();
        old.set_entry_type(EntryType::GNUSparse);
        old.set_size(7);
        old.set_mode(0o644);
        old.as_gnu_mut().unwrap().isextended[0] = u8::from(maps > 0);
        let old = old.with_name("a.log");
        let mut archive = old.as_bytes().to_vec();
        for map in 0..maps {
            let mut block = [b'0'; 512];
            block[504] = u8::from(map + 1 < maps);
            archive.extend_from_slice(&block);
        }
        archive.extend_from_slice(LINE);
        archive.resize(archive.len().next_multiple_of(512), 0);
        archive.extend_from_slice(&tar_of(&[("b.log", LINE)]));
        archives.push(archive);
    }
    archives
}

#[test]
fn a_sparse_member_is_told_and_copied_and_the_rest_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (number, archive) in sparse_archives().into_iter().enumerate() {
        let why = "a.log: is stored as a sparse file, which is not read here; unpack it with tar -x\n";
        let (output, said) = trouble(&archive);
        assert_eq!(output, annotate(&[], LINE), "{number}");
        assert_eq!(said, format!("imsdk-annotate: (standard input):{why}"), "{number}");
        fs::write(folder.join("x.tar"), &archive).unwrap();
        assert_eq!(told(folder, &["-o", "y.tar", "x.tar"]), format!("imsdk-annotate: x.tar:{why}"));
        let written = fs::read(folder.join("y.tar")).unwrap();
        assert!(written.windows(26).any(|window| window == annotate(&[], LINE)), "{number}");
        told(folder, &["--strip", "-o", "z.tar", "y.tar"]);
        assert!(fs::read(folder.join("z.tar")).unwrap() == archive, "{number}");
    }
}

#[test]
fn an_archive_within_an_archive_that_does_not_begin_as_one_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let mut inner = tar_of(&[("a.log", LINE)]);
    inner[3] ^= 1;
    for (name, content) in
        [("in.tar", inner.clone()), ("in.tgz", pack("gzip", &inner)), ("in.zip", b"no archive\n".to_vec())]
    {
        let archive = tar_of(&[(name, &content), ("empty.tar", b""), ("b.log", LINE)]);
        fs::write(folder.join("x.tar"), &archive).unwrap();
        let kind = if name == "in.zip" { "zip" } else { "tar" };
        let why = format!(
            "imsdk-annotate: x.tar:{name}: has the name of a {kind} archive, but does not begin as one; --no-archives takes it as it is\n"
        );
        assert!(told(folder, &["x.tar"]).contains(&why), "{name}");
        assert!(told(folder, &["-o", "y.tar", "x.tar"]).contains(&why), "{name}");
        assert!(told(folder, &["--unpack", "--output-dir", "out", "x.tar"]).contains(&why), "{name}");
        let written = files_of_tar(&fs::read(folder.join("y.tar")).unwrap());
        assert!(written[0] == (name.to_owned(), content.clone()) && written[2].1 == annotate(&[], LINE));
        assert!(fs::read(folder.join("out/x.tar").join(name)).unwrap() == content, "{name}");
    }
}

/// A program that unpacks itself is a zip archive behind other bytes. The list at its end has the places of members.
#[test]
fn a_zip_archive_behind_other_bytes_is_told_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::create_dir(folder.join("in")).unwrap();
    let script = b"echo ret=-204\n".repeat(1_000);
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        let zip = zip_of(&[("a.log", LINE), ("b.log", &LINE.repeat(9_000))], method);
        for before in [&b"MZ\0 program"[..], b"MZ", &script] {
            let archive = [before, &zip].concat();
            fs::write(folder.join("in/setup.exe"), &archive).unwrap();
            let kept = |output: &str| fs::read(folder.join(output)).unwrap() == archive;
            // One of several files in a folder is copied as it is, or left out.
            for args in [&["--output-dir", "out", "in"][..], &["--no-archives", "--output-dir", "out", "in"]]
            {
                let output = run(folder, args);
                let said = String::from_utf8(output.stderr).unwrap();
                let copied = "1 file is no text and was copied as it is: in/setup.exe";
                assert!(output.status.success() && said.contains(copied), "{said}");
                assert!(kept("out/setup.exe"));
                fs::remove_dir_all(folder.join("out")).unwrap();
            }
            let output = run(folder, &["in"]);
            let said = String::from_utf8(output.stderr).unwrap();
            assert!(output.stdout.is_empty() && said.contains("left out: in/setup.exe"), "{said}");
            // A file that is named is refused.
            let why = "in/setup.exe: holds a zip archive behind other bytes, which notes would destroy";
            for args in [
                &["--output-dir", "out", "in/setup.exe"][..],
                &["-o", "new.exe", "in/setup.exe"],
                &["in/setup.exe"],
                &["-q", "--report", "text=/dev/null", "in/setup.exe"],
            ] {
                assert!(told(folder, args).contains(why), "{args:?}");
            }
            assert!(!folder.join("out/setup.exe").exists());
            let file = fs::File::open(folder.join("in/setup.exe")).unwrap();
            let output = binary().stdin(file).output().unwrap();
            assert_eq!((output.status.code(), &output.stdout[..]), (Some(3), &b""[..]));
            assert!(told(folder, &["-a", "--output-dir", "out", "in"]).contains(why));
            // Said outright, the file is no archive; it is not annotated where an archive would not be.
            assert!(run(folder, &["--no-archives", "-o", "a.exe", "in/setup.exe"]).status.success());
            assert_eq!(fs::read(folder.join("a.exe")).unwrap(), annotate(&["--no-archives"], &archive));
            let no_archives = ["--no-archives", "--output-dir", "out", "in/setup.exe"];
            assert!(run(folder, &no_archives).status.success() && kept("out/setup.exe"));
            fs::remove_dir_all(folder.join("out")).unwrap();
            // Its name has it be told as a damaged one.
            fs::rename(folder.join("in/setup.exe"), folder.join("in/setup.zip")).unwrap();
            assert!(told(folder, &["in"]).contains("in/setup.zip: has the name of a zip archive"));
            assert!(told(folder, &["in/setup.zip"]).contains("in/setup.zip: "));
            fs::remove_file(folder.join("in/setup.zip")).unwrap();
        }
    }
}

/// Returns the bytes with `to` in place of each `from`, which must be as long.
fn replaced(mut bytes: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    let places = (0..bytes.len() - from.len()).filter(|&place| bytes[place..].starts_with(from));
    let places: Vec<usize> = places.collect();
    assert_eq!(places.len(), 2, "in front of the content and in the list");
    places.into_iter().for_each(|place| bytes[place..place + to.len()].copy_from_slice(to));
    bytes
}

#[test]
fn members_of_one_name_are_all_read_and_written_in_their_order() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let codes = ["-1", "-204", "-2"].map(|code| format!("ret={code}\n"));
    for (one, others) in [("a.log", ["b.log", "c.log"]), ("\u{65e5}.log", ["\u{5fd7}.log", "\u{6708}.log"])] {
        let names = [one, others[0], others[1]];
        let members: Vec<(&str, &[u8])> =
            names.into_iter().zip(codes.iter().map(|code| code.as_bytes())).collect();
        let distinct = zip_of(&members, CompressionMethod::Deflated);
        let archive = others
            .iter()
            .fold(distinct.clone(), |archive, other| replaced(archive, other.as_bytes(), one.as_bytes()));
        let output = output_of(binary().arg("-n"), &archive);
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
        let lines = codes.iter().map(|code| {
            [format!("(standard input):{one}:1:").into_bytes(), annotate(&[], code.as_bytes())].concat()
        });
        assert_eq!(output.stdout, lines.collect::<Vec<_>>().concat());
        // The archive that is written is that of three names, but for these.
        for (name, archive) in [("same.zip", &archive), ("distinct.zip", &distinct)] {
            fs::write(folder.join(name), archive).unwrap();
            let output = run(folder, &["--output-dir", "out", name]);
            assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
        }
        let written =
            ["same.zip", "distinct.zip"].map(|name| fs::read(folder.join("out").join(name)).unwrap());
        assert_eq!(files_of_zip(&written[1]).len(), 3);
        let expected = others
            .iter()
            .fold(written[1].clone(), |archive, other| replaced(archive, other.as_bytes(), one.as_bytes()));
        assert!(written[0] == expected, "{one}");
        let said = told(folder, &["--unpack", "--output-dir", "files", "same.zip"]);
        assert_eq!(
            said.matches(": has the name of another member before it, and is left out").count(),
            2,
            "{said}"
        );
        let unpacked = fs::read(folder.join("files/same.zip").join(one)).unwrap();
        assert_eq!(unpacked, annotate(&[], codes[0].as_bytes()));
        fs::remove_dir_all(folder.join("files")).unwrap();
    }
}

/// The names by which members of one name are told apart must be as long as that name.
#[test]
fn more_members_of_a_short_name_than_can_be_told_apart_are_told() {
    let names: Vec<String> = (0..12).map(|number| format!("{}", char::from(b'a' + number))).collect();
    let members: Vec<(&str, &[u8])> = names.iter().map(|name| (&name[..], LINE)).collect();
    let mut archive = zip_of(&members, CompressionMethod::Stored);
    let heads: Vec<usize> = (0..archive.len() - 47)
        .filter_map(|place| match &archive[place..place + 4] {
            b"PK\x03\x04" => Some(place + 30),
            b"PK\x01\x02" => Some(place + 46),
            _ => None,
        })
        .collect();
    // Ten names can be told from the first.
    heads
        .iter()
        .filter(|&&place| archive[place] != b'l')
        .copied()
        .collect::<Vec<_>>()
        .into_iter()
        .for_each(|place| archive[place] = b'a');
    let output = output_of(&mut binary(), &archive);
    assert_eq!(output.stdout, annotate(&[], &LINE.repeat(12)), "{output:?}");
    heads.iter().for_each(|&place| archive[place] = b'a');
    let (output, said) = trouble(&archive);
    assert!(output.is_empty() && said.contains("zip archive has too many members of one name"), "{said}");
}
