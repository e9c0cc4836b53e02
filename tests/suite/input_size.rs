//! `--input-size`: standard input that ends too early, or has more bytes, is trouble and not the end of a log.

use crate::command::{binary, output_of};
use crate::packed::{FORMATS, pack};
use crate::signals::{send, start};
use rustix::process::Signal;
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread;

const TEXT: &[u8] = b"ok ret=-1\nx ret=-204";
const NOTED: &str = "ok ret=-1 (general: failure)\nx ret=-204 (auth: user session is failure!)";

/// The ways in which standard input can be fed.
const WAYS: [Way; 3] = [Way::Pipe, Way::Socket, Way::File];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Pipe,
    Socket,
    File,
}

fn command(folder: &Path, bytes: u64, args: &[&str]) -> Command {
    let mut command = binary();
    command.current_dir(folder).args(args).arg("--input-size").arg(bytes.to_string());
    command
}

/// Runs the binary on bytes that come on standard input in one of the ways.
fn fed(folder: &Path, way: Way, bytes: u64, args: &[&str], input: &[u8]) -> Output {
    let mut command = command(folder, bytes, args);
    match way {
        Way::Pipe => output_of(&mut command, input),
        Way::Socket => {
            let (mut feeder, stdin) = UnixStream::pair().unwrap();
            command.stdin(Stdio::from(OwnedFd::from(stdin)));
            let run = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
            drop(command);
            thread::scope(|scope| {
                scope.spawn(move || drop(feeder.write_all(input)));
                run.wait_with_output().unwrap()
            })
        }
        Way::File => {
            let path = folder.join("standard input");
            fs::write(&path, input).unwrap();
            command.stdin(File::open(path).unwrap()).output().unwrap()
        }
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn complete(folder: &Path) -> bool {
    let report: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.join("r.json")).unwrap()).unwrap();
    report["complete"].as_bool().unwrap()
}

#[test]
fn an_input_of_the_size_is_whole_and_one_byte_less_or_more_is_trouble() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let length = TEXT.len() as u64;
    let short = |size: u64| {
        format!("ended at byte 20 of {size} (--input-size); what feeds it has failed: run it again")
    };
    let long = |size: u64| {
        format!("has more bytes than --input-size {size} says, and they were not read; check the size")
    };
    let args = ["--name=app.log", "--report=json=r.json"];
    for way in WAYS {
        for threads in ["-j1", "-j2"] {
            // A code that the end of the bytes touches is none: it may go on.
            for (size, noted, message) in [
                (0, "", Some(long(0))),
                (1, "o", Some(long(1))),
                (length - 1, "ok ret=-1 (general: failure)\nx ret=-20", Some(long(length - 1))),
                (length, NOTED, None),
                (length + 1, "ok ret=-1 (general: failure)\nx ret=-204", Some(short(length + 1))),
                (u64::MAX, "ok ret=-1 (general: failure)\nx ret=-204", Some(short(u64::MAX))),
            ] {
                let case = format!("{way:?} {threads} {size}");
                let output = fed(folder, way, size, &[&args[..], &[threads]].concat(), TEXT);
                let expected = message.as_ref().map(|it| format!("imsdk-annotate: app.log: {it}\n"));
                assert_eq!(text(&output.stderr), expected.unwrap_or_default(), "{case}");
                assert_eq!(text(&output.stdout), noted, "{case}");
                assert_eq!(output.status.code(), Some(if message.is_some() { 3 } else { 0 }), "{case}");
                assert_eq!(complete(folder), message.is_none(), "{case}");
            }
            let empty = fed(folder, way, 0, &[threads], b"");
            assert_eq!((empty.status.code(), &empty.stderr[..]), (Some(0), &b""[..]), "{way:?}");
            let missing = fed(folder, way, 1, &[threads], b"");
            assert!(text(&missing.stderr).contains("ended at byte 0 of 1 "), "{way:?}");
            assert_eq!(missing.status.code(), Some(3), "{way:?}");
        }
    }
}

#[test]
fn an_output_file_gets_its_name_only_if_the_size_is_met() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let length = TEXT.len() as u64;
    for way in WAYS {
        for size in [0, length - 1, length + 1] {
            for (input, size) in [(TEXT, size), (b"", length)] {
                fs::write(folder.join("out.log"), "earlier").unwrap();
                let output = fed(folder, way, size, &["-o", "out.log"], input);
                let messages = text(&output.stderr);
                let last = "imsdk-annotate: out.log: is not written, because standard input has not the size of \
                            --input-size\n";
                assert!(
                    messages.ends_with(last) && messages.lines().count() == 2,
                    "{way:?} {size}: {messages}"
                );
                assert_eq!(output.status.code(), Some(2), "{way:?} {size}");
                assert_eq!(fs::read_to_string(folder.join("out.log")).unwrap(), "earlier", "{way:?} {size}");
                let others = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
                assert!(others.into_iter().all(|name| name == "out.log" || name == "standard input"));
            }
        }
        let output = fed(folder, way, length, &["-o", "out.log"], TEXT);
        assert!(output.status.success() && output.stderr.is_empty(), "{way:?}");
        assert_eq!(fs::read_to_string(folder.join("out.log")).unwrap(), NOTED, "{way:?}");
    }
}

#[test]
fn the_bytes_of_a_packed_input_count_as_they_come_and_its_fault_is_said_once() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let lines: Vec<u8> = (0..25_000_u64)
        .flat_map(|n| format!("{:x} ret=-204\n", n.wrapping_mul(0x9E37_79B9_7F4A_7C15)).into_bytes())
        .collect();
    let noted = imsdk_annotate::Annotator::new().annotate(&lines);
    for (format, _) in FORMATS {
        let packed = pack(format, &lines);
        let length = packed.len();
        for (way, threads) in [(Way::Pipe, "-j1"), (Way::File, "-j1"), (Way::File, "-j4")] {
            let run = |size: usize, input: &[u8]| fed(folder, way, size as u64, &[threads], input);
            let whole = run(length, &packed);
            assert!(whole.status.success() && whole.stdout == noted, "{format} {way:?}");
            // Within the packed text, and behind all of it.
            for (size, here) in
                [(length, length / 2), (length, length - 1), (length + 1, length), (length - 1, length)]
            {
                let output = run(size, &packed[..here]);
                let messages = text(&output.stderr);
                assert_eq!(messages.lines().count(), 1, "{format} {way:?} {size} {here}: {messages}");
                assert!(messages.contains("--input-size"), "{format} {way:?}: {messages}");
                assert_eq!(output.status.code(), Some(3), "{format} {way:?} {size} {here}");
                assert!(noted.starts_with(&output.stdout), "{format} {way:?} {size} {here}");
                assert!(here < length || output.stdout == noted, "{format} {way:?} {size} {here}");
            }
            // Damage alone: the input has its size, and the output is whole but for it.
            let mut damaged = packed.clone();
            damaged[length / 2..length / 2 + 40].fill(0xa5);
            let output = fed(folder, way, length as u64, &[threads, "-o", "damaged.log"], &damaged);
            let messages = text(&output.stderr);
            assert!(
                messages.lines().count() == 1 && !messages.contains("--input-size"),
                "{format}: {messages}"
            );
            assert_eq!(output.status.code(), Some(3), "{format} {way:?}: {messages}");
            assert!(folder.join("damaged.log").exists(), "{format} {way:?}");
            fs::remove_file(folder.join("damaged.log")).unwrap();
        }
    }
}

#[test]
fn large_files_give_the_same_on_one_thread_and_on_several() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let lines: Vec<u8> =
        (0..80_000).flat_map(|n| format!("{n} ret=-204 openid={n}\n").into_bytes()).collect();
    let (length, at) = (lines.len() as u64, lines.len() / 5);
    fs::write(folder.join("a.log"), &lines).unwrap();
    // A file counts from the position on that standard input has in it.
    for position in [0, at as u64] {
        let left = length - position;
        for size in [left - 1, left, left + 1, left / 2, 2 * left] {
            let run = |threads: &str, report: &str| {
                let mut file = File::open(folder.join("a.log")).unwrap();
                file.seek(SeekFrom::Start(position)).unwrap();
                command(folder, size, &[threads, report]).stdin(file).output().unwrap()
            };
            let [one, several] = [run("-j1", "--report=json=1.json"), run("-j4", "--report=json=4.json")];
            assert_eq!(one.status.code(), Some(if size == left { 0 } else { 3 }), "{position} {size}");
            assert!(one == several, "{position} {size}: {}", text(&several.stderr));
            let reports = ["1.json", "4.json"].map(|name| fs::read(folder.join(name)).unwrap());
            assert!(reports[0] == reports[1], "{position} {size}");
            let whole = size.min(left) as usize;
            let read = &lines[position as usize..][..whole];
            let stripped = output_of(binary().arg("--strip"), &one.stdout).stdout;
            assert!(stripped == read, "{position} {size}");
        }
    }
}

/// A file that has the size at first, and changes while it is read.
#[test]
fn a_file_that_shrinks_while_it_is_read_has_not_the_size() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let lines = b"ret=-204 openid=7\n".repeat(400_000);
    for threads in ["-j1", "-j4"] {
        fs::write(folder.join("a.log"), &lines).unwrap();
        let args = [threads, "--report=json=r.json", "-o", "/dev/stdout"];
        let mut command = command(folder, lines.len() as u64, &args);
        command
            .stdin(File::open(folder.join("a.log")).unwrap())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut run = command.spawn().unwrap();
        let mut stdout = run.stdout.take().unwrap();
        stdout.read_exact(&mut [0; 100]).unwrap();
        OpenOptions::new().write(true).open(folder.join("a.log")).unwrap().set_len(100).unwrap();
        std::io::copy(&mut stdout, &mut std::io::sink()).unwrap();
        let output = run.wait_with_output().unwrap();
        assert!(text(&output.stderr).contains("became shorter"), "{threads}: {}", text(&output.stderr));
        assert_eq!((output.status.code(), complete(folder)), (Some(3), false), "{threads}");
    }
}

#[test]
fn texts_in_other_encodings_and_archives_are_counted_too() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let units = "\u{feff}x\nret=-204 y\n".encode_utf16();
    let utf16: Vec<u8> = units.flat_map(u16::to_le_bytes).collect();
    let tar = crate::bundled::tar_of(&[("m.log", b"ret=-301\n"), ("n.log", b"ret=-1\n")]);
    let zip = crate::bundled::zip_of(&[("m.log", b"ret=-301\n")], zip::CompressionMethod::Deflated);
    let tar_gz = pack("gzip", &tar);
    // Too few bytes for a beginning of a packing to be known.
    for input in [&utf16[..], &tar, &zip, &tar_gz, b"BZh"] {
        let length = input.len() as u64;
        for way in WAYS {
            let whole = fed(folder, way, length, &["-q", "--report=json=r.json"], input);
            assert!(whole.status.success() && complete(folder), "{way:?}: {}", text(&whole.stderr));
            for size in [length - 1, length + 1] {
                let output = fed(folder, way, size, &["-q", "--report=json=r.json"], input);
                let messages = text(&output.stderr);
                assert!(messages.contains("--input-size"), "{way:?} {size}: {messages}");
                assert_eq!((output.status.code(), complete(folder)), (Some(3), false), "{way:?} {size}");
            }
        }
    }
    assert_eq!(fed(folder, Way::Pipe, 9, &[], b"BZh").stdout, b"BZh");
}

/// A filter that stops reading by itself does not know the size, and does not ask for it.
#[test]
fn an_input_that_is_not_read_to_its_end_is_not_checked() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let input = b"ret=-204\n".repeat(50_000);
    for args in [&["--only=any", "-m1"][..], &["-l"], &["-q", "--only=any"]] {
        let output = fed(folder, Way::Pipe, 1_000_000_000, args, &input);
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()), "{args:?}");
    }
}

/// Without a size, a signal is the end of a stream, whose output then gets its name.
#[test]
fn a_signal_before_the_size_is_met_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (size, is_named) in [(None, true), (Some(1000), false)] {
        let mut command = binary();
        command.current_dir(folder).args(["-o", "out.log", "--report=json=r.json"]);
        command.args(size.map(|size: u64| format!("--input-size={size}")));
        let mut run = start(&mut command);
        run.stdin_wtr.write_all(b"ret=-204\n").unwrap();
        run.wait_for_read();
        send(&run.child, Signal::TERM);
        let output = run.child.wait_with_output().unwrap();
        assert_eq!(output.status.signal(), Some(Signal::TERM.as_raw()));
        assert_eq!(folder.join("out.log").exists(), is_named, "{size:?}: {}", text(&output.stderr));
        assert!(!complete(folder) || is_named, "{size:?}");
        let _ = fs::remove_file(folder.join("out.log"));
    }
}

#[test]
fn sizes_that_have_no_use_or_are_none_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("a.log"), "ret=-1\n").unwrap();
    fs::write(folder.join("list"), "a.log\n").unwrap();
    let refused = "imsdk-annotate: --input-size 5: standard input is not read; leave out --input-size\n";
    for args in [&["a.log"][..], &["--files-from=list"], &["--files-from=-"]] {
        let output = fed(folder, Way::Pipe, 5, args, b"a.log");
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(2), refused.to_owned()), "{args:?}");
    }
    let twice = fed(folder, Way::Pipe, 5, &["-", "a.log", "-"], b"");
    assert_eq!(
        text(&twice.stderr),
        "imsdk-annotate: --input-size 5: standard input is named several times; name it once\n"
    );
    for args in
        [&["-F", "a.log"][..], &["--explain=-204"], &["--list"], &["--merge-reports", "-", "--report=text"]]
    {
        let output = fed(folder, Way::Pipe, 5, args, b"");
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(text(&output.stderr).contains("cannot be used with"), "{args:?}: {}", text(&output.stderr));
    }
    for size in ["", "-1", "+5", "5k", "0x5", " 5", "5.0", "18446744073709551616"] {
        let output = output_of(binary().arg(format!("--input-size={size}")), b"");
        assert_eq!(output.status.code(), Some(2), "{size:?}");
        let reason = "is no number of bytes from 0 to 18446744073709551615; write digits alone: 1048576";
        let is_said = text(&output.stderr).contains(reason) || size.is_empty();
        assert!(is_said, "{size:?}: {}", text(&output.stderr));
    }
    // One input has its size, others beside it have any.
    let beside = fed(folder, Way::Pipe, 9, &["a.log", "-"], b"ret=-204\n");
    assert!(beside.status.success(), "{}", text(&beside.stderr));
    fs::write(folder.join("config"), "--input-size 5").unwrap();
    let mut command = binary();
    command.env("IMSDK_ANNOTATE_CONFIG", folder.join("config"));
    assert_eq!(output_of(&mut command, b"12345").status.code(), Some(2));
}

#[test]
fn input_that_cannot_be_opened_gives_no_file_its_name() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("out.log"), "older").unwrap();
    let script = "\"$0\" --input-size 5 -o out.log <&-";
    let output = crate::command::isolated("sh")
        .arg("-c")
        .arg(script)
        .arg(env!("CARGO_BIN_EXE_imsdk-annotate"))
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(text(&output.stderr).contains("standard input: is closed"), "{output:?}");
    assert_eq!(fs::read(folder.path().join("out.log")).unwrap(), b"older");
}
