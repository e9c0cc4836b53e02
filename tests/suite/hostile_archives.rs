//! Archives that are damaged or made to harm: the fault is told, and the rest goes on.

use crate::bundled::{WithName, files_of_zip, header, tar_of, zip_of};
use crate::command::{annotate, binary, output_of};
use crate::in_folder::run;
use std::fs;
use tar::EntryType;
use zip::CompressionMethod;

const LINE: &[u8] = b"ret=-1\n";

/// Returns the output and the messages for an archive on standard input, and asserts that there was trouble.
pub(crate) fn trouble(archive: &[u8]) -> (Vec<u8>, String) {
    let output = output_of(&mut binary(), archive);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_ne!(output.status.code(), Some(0), "{message}");
    (output.stdout, message)
}

#[test]
fn a_tar_archive_is_read_on_behind_damage() {
    let texts: Vec<(String, Vec<u8>)> =
        (0..9).map(|number| (format!("{number}.log"), LINE.repeat(100))).collect();
    let members: Vec<(&str, &[u8])> = texts.iter().map(|(name, text)| (&name[..], &text[..])).collect();
    let archive = tar_of(&members);
    let mut damaged = archive.clone();
    // The header of the third member.
    damaged[2 * (512 + 1024) + 5] ^= 1;
    let (output, message) = trouble(&damaged);
    assert_eq!(output, annotate(&[], &LINE.repeat(800)));
    assert_eq!(
        message,
        "imsdk-annotate: standard input: tar archive is damaged at byte 3072: 1536 bytes there are no member\n"
    );
    let (output, message) = trouble(&archive[..3 * 1536 + 512 + 350]);
    assert_eq!(output, annotate(&[], &LINE.repeat(350)));
    let expected = "imsdk-annotate: (standard input):3.log: tar archive ends early, at byte 5470\n";
    assert_eq!(message, expected);
    // An archive that is written keeps damaged bytes as they are.
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("x.tar"), &damaged).unwrap();
    let output = run(folder.path(), &["--output-dir", "out", "x.tar"]);
    assert_ne!(output.status.code(), Some(0));
    run(folder.path(), &["--strip", "-o", "back.tar", "out/x.tar"]);
    assert!(fs::read(folder.path().join("back.tar")).unwrap() == damaged);
}

#[test]
fn the_size_of_a_file_does_not_count_for_a_header_before_it() {
    let mut builder = tar::Builder::new(Vec::new());
    builder.append_pax_extensions([("size", &b"1024"[..])]).unwrap();
    let long = b"hidden.log\0";
    builder
        .append(&header(EntryType::GNULongName, long.len(), 0o644).with_name("././@LongLink"), &long[..])
        .unwrap();
    builder
        .append(&header(EntryType::Regular, 1024, 0o644).with_name("a.log"), &LINE.repeat(147)[..1024])
        .unwrap();
    builder.append(&header(EntryType::Regular, 7, 0o644).with_name("b.log"), LINE).unwrap();
    let (output, message) = trouble(&builder.into_inner().unwrap());
    assert_eq!(output, annotate(&[], LINE));
    assert!(message.contains(":hidden.log: has the size of a file before a header"), "{message}");
}

#[test]
fn damage_in_one_member_of_a_zip_archive_leaves_the_others() {
    let members: [(&str, &[u8]); 3] = [("a", LINE), ("b", &LINE.repeat(50)), ("c", LINE)];
    let archive = zip_of(&members, CompressionMethod::Stored);
    let mut damaged = archive.clone();
    let place = archive.windows(7).skip(60).position(|window| window == LINE).unwrap() + 60;
    damaged[place + 100] ^= 1;
    let (output, message) = trouble(&damaged);
    assert!(message.contains("(standard input):b: zip member is damaged"), "{message}");
    assert!(output.starts_with(&annotate(&[], LINE)) && output.ends_with(&annotate(&[], LINE)));
    // The archive that is written has all members.
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("x.zip"), &damaged).unwrap();
    let output = run(folder.path(), &["--output-dir", "out", "x.zip"]);
    assert_ne!(output.status.code(), Some(0));
    let names: Vec<String> = files_of_zip(&fs::read(folder.path().join("out/x.zip")).unwrap())
        .into_iter()
        .map(|file| file.0)
        .collect();
    assert_eq!(names, ["a", "b", "c"]);
}

#[test]
fn a_zip_archive_that_contradicts_itself_is_not_trusted() {
    let archive = zip_of(&[("first", LINE), ("other", LINE)], CompressionMethod::Stored);
    let places: Vec<usize> =
        (0..archive.len() - 5).filter(|&place| archive[place..].starts_with(b"other")).collect();
    let mut renamed = archive.clone();
    renamed[places[0]] = b'O';
    let (output, message) = trouble(&renamed);
    assert_eq!(output, annotate(&[], LINE));
    assert!(message.contains(":other: has another name in front of its content"), "{message}");
    // The second member in the list begins where the first does.
    let list = archive.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    let mut overlapping = archive.clone();
    let second = list + 46 + 5;
    overlapping[second + 42..second + 46].fill(0);
    let (output, message) = trouble(&overlapping);
    assert!(output.is_empty() && message.contains("shares bytes with another member"), "{message}");
    // A size that lies.
    for (at, why) in [(6_u8, "larger than its declared"), (8, "fewer bytes than the list says")] {
        let mut lying = archive.clone();
        lying[second + 24] = at;
        let (_, message) = trouble(&lying);
        assert!(message.contains(why), "{message}");
    }
}

#[test]
fn an_archive_that_ends_within_a_member_that_is_no_text_is_told() {
    let binary_member = [&b"\x7fELF\0"[..], &[7; 20_000]].concat();
    let archive = tar_of(&[("a.bin", &binary_member), ("b.log", LINE)]);
    let folder = tempfile::tempdir().unwrap();
    for length in [600, 4000, 12_000, 20_000] {
        let (output, message) = trouble(&archive[..length]);
        assert!(output.is_empty() && message.contains("tar archive ends early"), "{length} {message}");
        fs::write(folder.path().join("x.tar"), &archive[..length]).unwrap();
        for args in [&["--output-dir", "out", "x.tar"][..], &["--unpack", "--output-dir", "files", "x.tar"]] {
            let output = run(folder.path(), args);
            assert_eq!(output.status.code(), Some(3), "{length} {output:?}");
        }
    }
}

#[test]
fn records_and_labels_are_read_as_tar_reads_them() {
    let mut builder = tar::Builder::new(Vec::new());
    builder.append(&header(EntryType::new(b'V'), 0, 0o644).with_name("label"), &b""[..]).unwrap();
    builder.append_pax_extensions([("comment", &b"x\n13 size=4096\n14 path=../evil"[..])]).unwrap();
    builder.append(&header(EntryType::Regular, 7, 0o644).with_name("a.log"), LINE).unwrap();
    let mut archive = builder.into_inner().unwrap();
    // GNU tar leaves the size of a label empty.
    let mut label = tar::Header::from_byte_slice(&archive[..512]).clone();
    label.as_old_mut().size = [0; 12];
    label.set_cksum();
    archive[..512].copy_from_slice(label.as_bytes());
    let output = output_of(binary().arg("-n"), &archive);
    assert_eq!(output.stdout, b"(standard input):a.log:1:ret=-1 (general: failure)\n");
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("x.tar"), &archive).unwrap();
    run(folder.path(), &["-o", "y.tar", "x.tar"]);
    run(folder.path(), &["--strip", "-o", "z.tar", "y.tar"]);
    assert!(fs::read(folder.path().join("z.tar")).unwrap() == archive);
}

#[test]
fn a_zip_archive_behind_another_is_read() {
    let zip = |name: &str| zip_of(&[(name, LINE)], CompressionMethod::Deflated);
    let output = output_of(binary().arg("-n"), &[zip("a.log"), zip("b.log")].concat());
    assert_eq!(output.stdout, b"(standard input):b.log:1:ret=-1 (general: failure)\n", "{output:?}");
}

#[test]
fn a_file_with_the_name_of_an_archive_that_is_none_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut archive = tar_of(&[("a.log", LINE), ("b.log", LINE)]);
    archive[3] ^= 1;
    fs::create_dir(folder.path().join("in")).unwrap();
    fs::write(folder.path().join("in/x.tar"), &archive).unwrap();
    fs::write(folder.path().join("in/empty.zip"), b"").unwrap();
    for args in [&["in/x.tar"][..], &["in"], &["--output-dir", "out", "in"]] {
        let output = run(folder.path(), args);
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(3), 0), "{message}");
        assert!(
            message.contains("in/x.tar: has the name of a tar archive, but does not begin as one"),
            "{message}"
        );
    }
    let output = run(folder.path(), &["--no-archives", "in/x.tar"]);
    assert!(output.status.success() && !output.stdout.is_empty());
}

#[test]
fn what_is_encrypted_is_told() {
    let mut archive = zip_of(&[("a", LINE), ("b", LINE)], CompressionMethod::Stored);
    let list = archive.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    archive[6] |= 1;
    archive[list + 8] |= 1;
    let (output, message) = trouble(&archive);
    assert_eq!(output, annotate(&[], LINE));
    assert_eq!(message, "imsdk-annotate: (standard input):a: is encrypted; decrypt it, with 7z x\n");
}

#[test]
fn a_zip_archive_without_its_list_is_told_and_copied() {
    let archive = zip_of(&[("a", LINE)], CompressionMethod::Stored);
    let cut = &archive[..60];
    let (output, message) = trouble(cut);
    assert!(output.is_empty() && message.contains("zip archive is damaged"), "{message}");
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("x.zip"), cut).unwrap();
    let output = run(folder.path(), &["--output-dir", "out", "x.zip"]);
    assert_ne!(output.status.code(), Some(0));
    assert!(fs::read(folder.path().join("out/x.zip")).unwrap() == cut);
}

#[test]
fn a_list_of_ten_million_members_is_not_read() {
    let mut end = b"PK\x06\x06".to_vec();
    end.extend_from_slice(&44_u64.to_le_bytes());
    end.extend_from_slice(&[45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for number in [10_000_000_u64, 10_000_000, 0, 0] {
        end.extend_from_slice(&number.to_le_bytes());
    }
    end.extend_from_slice(b"PK\x06\x07\0\0\0\0");
    end.extend_from_slice(&4_u64.to_le_bytes());
    end.extend_from_slice(&1_u32.to_le_bytes());
    end.extend_from_slice(b"PK\x05\x06\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0");
    let (_, message) = trouble(&[b"PK\x03\x04", &end[..]].concat());
    assert!(message.contains("lists 10000000 members, of which 1,000,000 are read at most"), "{message}");
}

#[test]
fn many_troubles_of_one_archive_are_told_in_few_lines() {
    let members: Vec<(String, &[u8])> = (0..150).map(|number| (number.to_string(), LINE)).collect();
    let members: Vec<(&str, &[u8])> = members.iter().map(|(name, text)| (&name[..], *text)).collect();
    let mut archive = zip_of(&members, CompressionMethod::Stored);
    let places: Vec<usize> =
        (0..archive.len() - 4).filter(|&place| archive[place..].starts_with(b"PK\x01\x02")).collect();
    places.iter().for_each(|place| archive[place + 8] |= 1);
    let (_, message) = trouble(&archive);
    assert_eq!(message.lines().count(), 101);
    assert!(message.ends_with("standard input: 50 more members could not be read\n"), "{message}");
}
