//! Outputs that are files: their names, contents and times, refused outputs, and runs that are resumed.

use crate::command::{annotate, binary, output_of};
use crate::in_folder::settle;
use crate::nameless::{new_file_paths, new_files};
use crate::packed::{FORMATS, pack, unpack_with_library};
use crate::signals::wait_until;
use std::fs::{self, File, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Output;
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

const LINE: &[u8] = b"ret=-1\n";
const ANNOTATED: &[u8] = b"ret=-1 (general: failure)\n";

fn run(folder: &TempDir, args: &[&str]) -> Output {
    output_of(binary().current_dir(folder).args(args), b"")
}

fn succeed(folder: &TempDir, args: &[&str]) {
    let output = run(folder, args);
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && message.is_empty() && output.stdout.is_empty(), "{args:?} {message}");
}

/// Returns the paths of all files below a folder, hidden files included.
fn files(folder: &Path) -> Vec<String> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.is_symlink() {
            paths.extend(files(&path));
        } else if !path.ends_with(".imsdk-annotate.jsonl") {
            paths.push(path.to_str().unwrap().to_owned());
        }
    }
    paths.sort();
    paths
}

/// Returns a folder `logs` with a file in each format, and the same text as a plain file.
fn folder_with_logs() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("logs/sub")).unwrap();
    fs::write(folder.path().join("logs/sub/a.log"), LINE).unwrap();
    for (index, (format, extension)) in FORMATS.into_iter().enumerate() {
        fs::write(folder.path().join(format!("logs/s.log.{index}.{extension}")), pack(format, LINE)).unwrap();
    }
    folder
}

#[test]
fn each_input_has_its_file_compressed_as_it_is() {
    for threads in ["-j1", "-j2", "-j8"] {
        let folder = folder_with_logs();
        let at = SystemTime::UNIX_EPOCH + Duration::new(1_000_000_000, 123_456_789);
        let secret = folder.path().join("logs/sub/a.log");
        File::options().append(true).open(&secret).unwrap().set_modified(at).unwrap();
        fs::set_permissions(&secret, Permissions::from_mode(0o640)).unwrap();
        succeed(&folder, &[threads, "--output-dir", "out/put", "logs"]);
        let out = folder.path().join("out/put");
        assert_eq!(files(&out).len(), 6);
        for (index, (format, extension)) in FORMATS.into_iter().enumerate() {
            let packed = fs::read(out.join(format!("s.log.{index}.{extension}"))).unwrap();
            assert!(packed != ANNOTATED && unpack_with_library(format, &packed) == ANNOTATED, "{format}");
        }
        assert_eq!(fs::read(out.join("sub/a.log")).unwrap(), ANNOTATED);
        let metadata = fs::metadata(out.join("sub/a.log")).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o7777, 0o640);
        assert_eq!(metadata.modified().unwrap(), at);
    }
}

#[test]
fn compress_says_how_and_names_follow() {
    let folder = folder_with_logs();
    let names = |out: &str| {
        let out = folder.path().join(out);
        files(&out)
            .into_iter()
            .map(|path| path[out.to_str().unwrap().len() + 1..].to_owned())
            .collect::<Vec<_>>()
    };
    succeed(&folder, &["--compress", "zstd", "--output-dir", "z", "logs"]);
    let expected =
        ["s.log.0.zst", "s.log.1.zst", "s.log.2.zst", "s.log.3.zst", "s.log.4.zst", "sub/a.log.zst"];
    assert_eq!(names("z"), expected);
    for name in expected {
        let packed = fs::read(folder.path().join("z").join(name)).unwrap();
        assert_eq!(unpack_with_library("zstd", &packed), ANNOTATED);
    }
    succeed(&folder, &["--compress", "none", "--output-dir", "n", "logs"]);
    assert_eq!(names("n"), ["s.log.0", "s.log.1", "s.log.2", "s.log.3", "s.log.4", "sub/a.log"]);
    assert_eq!(fs::read(folder.path().join("n/s.log.2")).unwrap(), ANNOTATED);
    succeed(&folder, &["--compress", "gzip", "--output-dir", "g", "logs/sub"]);
    assert_eq!(names("g"), ["a.log.gz"]);
    let stdout = annotate(&["--compress", "gzip"], LINE);
    assert_eq!(unpack_with_library("gzip", &stdout), ANNOTATED);
}

#[test]
fn one_file_for_all_inputs() {
    let folder = folder_with_logs();
    succeed(&folder, &["-o", "all.log", "logs", "logs/sub/a.log"]);
    assert_eq!(fs::read(folder.path().join("all.log")).unwrap(), ANNOTATED.repeat(7));
    for (format, extension) in FORMATS {
        let name = format!("all.{extension}");
        succeed(&folder, &["--output", &name, "logs"]);
        let packed = fs::read(folder.path().join(&name)).unwrap();
        assert_eq!(unpack_with_library(format, &packed), ANNOTATED.repeat(6), "{format}");
    }
    // The same as with `> all.log`, except that a file that is replaced keeps its mode.
    fs::set_permissions(folder.path().join("all.log"), Permissions::from_mode(0o600)).unwrap();
    symlink("all.log", folder.path().join("link")).unwrap();
    succeed(&folder, &["--output", "link", "logs/sub/a.log"]);
    assert_eq!(fs::read(folder.path().join("all.log")).unwrap(), ANNOTATED);
    assert!(folder.path().join("link").is_symlink());
    assert_eq!(fs::metadata(folder.path().join("all.log")).unwrap().permissions().mode() & 0o777, 0o600);
    succeed(&folder, &["--output", "/dev/null", "logs"]);
    assert!(!fs::metadata("/dev/null").unwrap().is_file());
    assert_eq!(run(&folder, &["-o", "-", "logs/sub"]).stdout, ANNOTATED);
    assert!(files(folder.path()).iter().all(|path| !path.contains("/.imsdk-annotate")));
}

#[test]
fn what_would_overwrite_something_is_refused_before_any_work() {
    let folder = tempfile::tempdir().unwrap();
    for path in ["a/x.log", "b/x.log", "c/x.log/y", "d/y.log", "i/a/x.log", "i/b/x.log"] {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, LINE).unwrap();
    }
    symlink("a", folder.path().join("a-link")).unwrap();
    symlink("a/x.log", folder.path().join("x-link")).unwrap();
    fs::hard_link(folder.path().join("a/x.log"), folder.path().join("x-hard")).unwrap();
    for name in ["e", "h"] {
        fs::create_dir(folder.path().join(name)).unwrap();
    }
    symlink("a", folder.path().join("h/b")).unwrap();
    fs::hard_link(folder.path().join("a/x.log"), folder.path().join("e/y.log")).unwrap();
    let before = files(folder.path());
    let cases: [(&[&str], &str); 18] = [
        (&["--output-dir", "o", "a", "b"], "o/x.log: both a/x.log and b/x.log would be written there"),
        (
            &["--output-dir", "o", "a/x.log", "a/x.log"],
            "o/x.log: both a/x.log and a/x.log would be written there",
        ),
        (
            &["--output-dir", "o", "a", "c"],
            "o/x.log/y: c/x.log/y would be written there, and a/x.log to a folder of it",
        ),
        (&["--output-dir", "a/o", "a"], "a/o: lies in a, which is read; choose another folder"),
        (&["--output-dir", "o/../a/p", "a"], "o/../a/p: lies in a, which is read; choose another folder"),
        (&["--output-dir", "a", "a"], "a: lies in a, which is read; choose another folder"),
        (&["--output-dir", "a-link/o", "a"], "a-link/o: lies in a, which is read; choose another folder"),
        (&["--output-dir", "a", "a/x.log"], "a/x.log: is the input a/x.log; write to another file"),
        (&["--output-dir", "e", "d", "a"], "e/y.log: is the input a/x.log; write to another file"),
        (
            &["--output-dir", "o", "a/x.log", "-"],
            "standard input has no name to go by in a folder; use --output",
        ),
        (&["-o", "nope/../a/x.log", "a"], "nope/../a/x.log: is the input a/x.log; write to another file"),
        (
            &["--output-dir", "nope/../a", "a/x.log"],
            "nope/../a/x.log: is the input a/x.log; write to another file",
        ),
        (
            &["--output-dir", "h", "i"],
            "h/b/x.log: the folder h/b is a link to a, which is not followed; remove it, or choose another folder",
        ),
        (&["-o", "a/", "a"], "a/: is a directory; name a file in it, or use --output-dir"),
        (&["-o", "a", "b"], "a: is a directory; name a file in it, or use --output-dir"),
        (&["-o", "a/x.log", "a"], "a/x.log: is the input a/x.log; write to another file"),
        (&["-o", "x-link", "b", "a"], "x-link: is the input a/x.log; write to another file"),
        (&["-o", "x-hard", "a/x.log"], "x-hard: is the input a/x.log; write to another file"),
    ];
    for (args, message) in cases {
        let output = run(&folder, args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert_eq!(
            String::from_utf8(output.stderr).unwrap(),
            format!("imsdk-annotate: {message}\n"),
            "{args:?}"
        );
        assert_eq!(files(folder.path()), before, "{args:?}");
    }
    assert_eq!(fs::read(folder.path().join("a/x.log")).unwrap(), LINE);
}

#[test]
fn what_is_whole_is_left_alone_and_what_is_not_is_done_again() {
    let folder = folder_with_logs();
    let (out, log) = (folder.path().join("out"), folder.path().join("logs/sub/a.log"));
    settle(folder.path().join("logs"));
    let resume = || run(&folder, &["--resume", "--output-dir", "out", "logs"]);
    assert!(resume().status.success());
    // Marks in the outputs show which of them are written again.
    let mark = |name: &str| {
        let path = out.join(name);
        let (metadata, mut text) = (fs::metadata(&path).unwrap(), b"mark".to_vec());
        let modified = metadata.modified().unwrap();
        text.resize(metadata.len() as usize, b'.');
        fs::write(&path, text).unwrap();
        File::options().append(true).open(&path).unwrap().set_modified(modified).unwrap();
    };
    let is_marked = |name: &str| fs::read(out.join(name)).unwrap().starts_with(b"mark");
    mark("sub/a.log");
    mark("s.log.0.gz");
    fs::remove_file(out.join("s.log.2.xz")).unwrap();
    assert!(resume().status.success());
    assert!(is_marked("sub/a.log") && is_marked("s.log.0.gz"));
    assert_eq!(unpack_with_library("xz", &fs::read(out.join("s.log.2.xz")).unwrap()), ANNOTATED);
    // An input that has changed since its output was written.
    fs::write(&log, LINE.repeat(2)).unwrap();
    assert!(resume().status.success());
    assert!(is_marked("s.log.0.gz"));
    assert_eq!(fs::read(out.join("sub/a.log")).unwrap(), ANNOTATED.repeat(2));
    // Without `--resume`, all outputs are written again.
    succeed(&folder, &["--output-dir", "out", "logs"]);
    assert!(!is_marked("s.log.0.gz"));
}

#[test]
fn what_could_be_read_of_a_damaged_input_is_written_and_not_taken_for_whole() {
    let folder = tempfile::tempdir().unwrap();
    let packed = [pack("gzip", LINE), pack("gzip", LINE)].concat();
    fs::create_dir(folder.path().join("logs")).unwrap();
    fs::write(folder.path().join("logs/a.gz"), &packed[..packed.len() - 3]).unwrap();
    fs::write(folder.path().join("logs/b.log"), LINE).unwrap();
    settle(folder.path());
    for (annotated, kept) in [(1, 0), (0, 1)] {
        let output = run(&folder, &["--resume", "--output-dir", "out", "logs", "nosuch"]);
        assert_eq!(output.status.code(), Some(3));
        let message = String::from_utf8(output.stderr).unwrap();
        let mut lines: Vec<&str> = message.lines().collect();
        lines.sort_unstable();
        let place = packed.len() - 3;
        let early = format!(
            "imsdk-annotate: logs/a.gz: gzip data ends early, at byte {place}; what came before has been annotated"
        );
        let noun = if annotated == 1 { "file" } else { "files" };
        let done = if annotated == 1 { 7 } else { 0 };
        let summary = format!(
            "imsdk-annotate: {annotated} {noun} annotated, 0 copied, {kept} left out, 2 failed (logs/a.gz, nosuch); {done} B done"
        );
        assert_eq!(lines, [&summary, &early, "imsdk-annotate: nosuch: no such file; check the name"]);
        let written = fs::read(folder.path().join("out/a.gz")).unwrap();
        assert_eq!(unpack_with_library("gzip", &written), ANNOTATED.repeat(2));
        assert_eq!(fs::read(folder.path().join("out/b.log")).unwrap(), ANNOTATED);
        assert_eq!(files(&folder.path().join("out")).len(), 2);
    }
}

#[test]
fn an_output_that_cannot_be_written_does_not_stop_the_others() {
    let folder = folder_with_logs();
    fs::create_dir(folder.path().join("out")).unwrap();
    fs::write(folder.path().join("out/sub"), "in the way").unwrap();
    let output = run(&folder, &["--output-dir", "out", "logs"]);
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8(output.stderr).unwrap();
    let expected = "out/sub/a.log: out/sub is no folder; remove it, or choose another folder";
    assert_eq!(message, format!("imsdk-annotate: {expected}\n"));
    assert_eq!(files(&folder.path().join("out")).len(), 6);
    let output = run(&folder, &["--output-dir", "out/sub", "logs/sub/a.log"]);
    let expected = "imsdk-annotate: out/sub: is no folder; choose another folder\n";
    assert_eq!(String::from_utf8(output.stderr).unwrap(), expected);
    let output = run(&folder, &["-o", "out/sub/x", "logs"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn nobody_else_can_read_what_becomes_of_a_private_file() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("a.log");
    let mkfifo = std::process::Command::new("mkfifo").args(["-m", "600"]).arg(&log).status().unwrap();
    assert!(mkfifo.success());
    let mut child = binary().current_dir(&folder).args(["--output-dir", "out", "a.log"]).spawn().unwrap();
    let wtr = File::options().write(true).open(&log).unwrap();
    std::io::Write::write_all(&mut &wtr, &pack("gzip", LINE)).unwrap();
    let out = folder.path().join("out");
    wait_until(|| out.exists() && new_files(child.id(), &out) > 0);
    let begun = new_file_paths(child.id(), &out);
    assert_eq!(fs::metadata(&begun[0]).unwrap().permissions().mode() & 0o777, 0o600);
    drop(wtr);
    assert!(child.wait().unwrap().success());
    // The data of a pipe is packed in its own format, too.
    let packed = fs::read(out.join("a.log")).unwrap();
    assert_eq!(unpack_with_library("gzip", &packed), ANNOTATED);
}

#[test]
fn a_file_is_not_replaced_by_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.log");
    fs::write(&out, "before").unwrap();
    assert_eq!(run(&folder, &["-o", "out.log", "nosuch"]).status.code(), Some(3));
    assert_eq!(fs::read(&out).unwrap(), b"before");
    fs::write(folder.path().join("a.log"), LINE).unwrap();
    assert_eq!(run(&folder, &["-o", "out.log", "nosuch", "a.log"]).status.code(), Some(3));
    assert_eq!(fs::read(&out).unwrap(), ANNOTATED);
}

#[test]
fn what_is_not_decompressed_keeps_its_extension() {
    let folder = tempfile::tempdir().unwrap();
    let packed = pack("gzip", LINE);
    fs::write(folder.path().join("a.gz"), &packed).unwrap();
    succeed(&folder, &["--no-decompress", "--compress", "none", "--output-dir", "out", "a.gz"]);
    assert_eq!(fs::read(folder.path().join("out/a.gz")).unwrap(), packed);
    succeed(&folder, &["--no-decompress", "--compress", "gzip", "--output-dir", "out", "a.gz"]);
    let twice = fs::read(folder.path().join("out/a.gz.gz")).unwrap();
    assert_eq!(unpack_with_library("gzip", &twice), packed);
}

#[test]
fn pauses_of_the_input_do_not_show_in_compressed_files() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = binary()
        .current_dir(&folder)
        .args(["-o", "out.gz"])
        .stdin(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    for _ in 0..100 {
        std::io::Write::write_all(&mut stdin, LINE).unwrap();
        std::thread::sleep(Duration::from_millis(1));
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
    let packed = fs::read(folder.path().join("out.gz")).unwrap();
    assert_eq!(unpack_with_library("gzip", &packed), ANNOTATED.repeat(100));
    assert!(packed.len() < 200, "{}", packed.len());
}
