//! Members behind each other in one file, which threads decode side by side: the output, the messages and the status are those of
//! one thread, whatever the members are.

use crate::command::{binary, isolated, output_of};
use crate::packed::pack;
use std::fs;
use std::path::Path;
use std::process::Command;

/// The formats whose members are decoded side by side.
const FORMATS: [(&str, &str); 4] = [("gzip", "gz"), ("zstd", "zst"), ("xz", "xz"), ("bzip2", "bz2")];

/// Returns a text of this number of lines.
fn text(lines: u64, seed: u64) -> Vec<u8> {
    (0..lines)
        .flat_map(|line| {
            let number = (line + seed).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            let code = if number >> 60 == 0 { "ret=-204" } else { "ret=0" };
            format!("{line} {number:x} a line of the log {code}\n").into_bytes()
        })
        .collect()
}

/// Runs the binary on a file. Returns its status, output and messages.
fn result(file: &Path, args: &[&str]) -> (Option<i32>, Vec<u8>, String) {
    let output = output_of(binary().args(args).arg(file), b"");
    (output.status.code(), output.stdout, String::from_utf8(output.stderr).unwrap())
}

/// Holds that data gives the same with one thread and with several. Returns the status.
fn assert_same(data: &[u8], name: &str, args: &[&str]) -> Option<i32> {
    assert_same_on(&["-j2", "-j8"], data, name, args)
}

fn assert_same_on(threads: &[&str], data: &[u8], name: &str, args: &[&str]) -> Option<i32> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a");
    fs::write(&file, data).unwrap();
    let expected = result(&file, &[&["-j1"], args].concat());
    for threads in threads {
        let found = result(&file, &[&[*threads], args].concat());
        assert!(found == expected, "{name} {threads}: {:?} {:?}", found.2, expected.2);
    }
    expected.0
}

/// Returns members of several sizes, of more than one unit together.
fn members(format: &str) -> Vec<Vec<u8>> {
    [30_000, 1, 50_000, 0, 3, 60_000, 20_000]
        .into_iter()
        .enumerate()
        .map(|(seed, lines)| pack(format, &text(lines, seed as u64)))
        .collect()
}

#[test]
fn whole_members_give_the_same_with_anything_between_and_behind_them() {
    for (format, _) in FORMATS {
        let members = members(format);
        let packed = members.concat();
        let other = pack(if format == "zstd" { "lz4" } else { "zstd" }, b"ret=-204\n");
        for (name, data, status) in [
            ("whole", packed.clone(), 0),
            ("zeros between", members.join(&[0; 64][..]), 0),
            ("zeros behind", [&packed[..], &[0; 5000]].concat(), 0),
            ("text behind", [&packed[..], b"ret=-204\nret=-1"].concat(), 0),
            ("text between", [&packed[..], b"ret=-204\n", &packed[..]].concat(), 0),
            ("another format", [&packed[..], &other, &packed[..]].concat(), 0),
            ("a skippable frame", [&packed[..], b"\x50\x2a\x4d\x18\x03\0\0\0abc", &packed[..]].concat(), 0),
            ("half a skippable frame", [&packed[..], b"\x50\x2a\x4d\x18\x03\0\0\0ab"].concat(), 3),
            ("something else", [&packed[..], b"\xff\0\xff"].concat(), 3),
        ] {
            assert_eq!(
                assert_same(&data, &format!("{format}, {name}"), &[]),
                Some(status),
                "{format} {name}"
            );
        }
    }
}

/// Damages each member at its beginning, in its middle and at its end, and cuts the data there.
#[test]
fn damaged_members_give_the_same_output_messages_and_status() {
    for (format, _) in FORMATS {
        let members = members(format);
        let packed = members.concat();
        let mut start = 0;
        for (number, member) in members.iter().enumerate() {
            let (length, step) = (member.len(), 1 + member.len() / 4);
            let few = [3, length.saturating_sub(6)];
            for at in (0..length).step_by(step).chain(few).filter(|&at| at < length) {
                let mut damaged = packed.clone();
                damaged[start + at] ^= 0x11;
                let name = format!("{format} {number} {at}");
                assert_same_on(&["-j8"], &damaged, &name, &[]);
                assert_same_on(&["-j8"], &packed[..start + at], &format!("{name}, cut"), &[]);
            }
            start += length;
        }
    }
}

/// A member that is too large to be held is decoded as it comes, and so is all behind it.
#[test]
fn a_large_member_between_small_ones() {
    let large: Vec<u8> = (0..1_100_000_u64)
        .flat_map(|line| {
            format!(
                "{:016x}\n",
                line.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(17) ^ (line * line * line)
            )
            .into_bytes()
        })
        .collect();
    let empty = vec![b'\n'; 65 << 20];
    for format in ["gzip", "zstd"] {
        let small = pack(format, &text(30_000, 1));
        for large in [pack(format, &large), pack(format, &empty)] {
            let data = [&small[..], &small, &large, &small].concat();
            assert_eq!(assert_same(&data, format, &["--only", "any"]), Some(0), "{format}");
            let cut = &data[..data.len() - small.len() - 5];
            assert_eq!(assert_same(cut, format, &["--only", "any"]), Some(3), "{format}");
        }
    }
}

/// A text with gzip data in it, which is packed as it is: members seem to begin within the member.
#[test]
fn what_looks_like_a_member_in_a_member_is_none() {
    let inner = pack("gzip", &text(2000, 9));
    let odd = pack("gzip", &[&text(10_000, 1)[..], &inner, b"\n", &inner, &text(10_000, 2)].concat());
    let usual = pack("gzip", &text(60_000, 3));
    for data in [odd.repeat(3), [&usual[..], &odd, &usual].concat(), [&usual[..], &usual, &odd].concat()] {
        assert_eq!(assert_same(&data, "odd", &[]), Some(0));
    }
}

#[test]
fn standard_input_that_is_a_file_of_members_is_left_at_its_end() {
    let folder = tempfile::tempdir().unwrap();
    for (format, _) in FORMATS {
        fs::write(folder.path().join("a"), members(format).concat()).unwrap();
        for threads in ["-j1", "-j8"] {
            let script = "{ \"$0\" \"$1\" > out && cat; } < a";
            let mut command = isolated("sh");
            command.args(["-c", script]).arg(binary().get_program()).arg(threads).current_dir(&folder);
            let output = output_of(&mut command, b"");
            assert!(output.status.success() && output.stdout.is_empty(), "{format} {threads}");
        }
    }
}

#[test]
fn frames_that_need_a_dictionary_are_read_with_it_and_refused_without() {
    let folder = tempfile::tempdir().unwrap();
    let dictionary = folder.path().join("dictionary");
    fs::write(&dictionary, text(100, 77)).unwrap();
    let frame = |lines| {
        let mut command = Command::new("zstd");
        command.args(["-q", "-c", "-D"]).arg(&dictionary);
        output_of(&mut command, &text(lines, 5)).stdout
    };
    if Command::new("zstd").arg("--version").output().is_err() {
        println!("skipped: there is no zstd");
        return;
    }
    let usual = pack("zstd", &text(40_000, 6));
    for data in [[frame(40_000), frame(40_000)].concat(), [&usual[..], &usual, &frame(90)].concat()] {
        assert_same(&data, "without", &[]);
        assert_same(&data, "with", &["--zstd-dictionary", dictionary.to_str().unwrap()]);
    }
}

/// Bytes that are read ahead or twice count once.
#[test]
fn progress_counts_the_bytes_that_one_thread_counts() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a");
    let counted = |threads: &str| {
        let (_, _, messages) = result(&file, &["--progress", "always", threads]);
        let line = messages.lines().find(|line| line.contains(" of 1 files"));
        line.unwrap().split_once(',').unwrap().0.to_owned()
    };
    for (format, _) in FORMATS {
        let packed = members(format).concat();
        let mut damaged = packed.clone();
        damaged[packed.len() / 2] ^= 0x11;
        for (name, data) in
            [("single", pack(format, &text(50_000, 1))), ("whole", packed), ("damaged", damaged)]
        {
            fs::write(&file, data).unwrap();
            let expected = counted("-j1");
            for threads in ["-j2", "-j8"] {
                assert_eq!(counted(threads), expected, "{format} {name} {threads}");
            }
        }
    }
}
