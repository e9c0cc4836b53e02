//! Rights: no output file and no output folder has more rights than its input.

use crate::command::{binary, isolated, output_of};
use crate::in_folder::{folder_with, mode, run, set_mode, settle, succeed};
use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt, chown, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

/// A user and group without rights.
const NOBODY: u32 = 65534;

/// Gives a file or folder to another user, where the tests run as the superuser. Prints a message elsewhere.
fn give_away(path: &Path) {
    if chown(path, Some(NOBODY), Some(NOBODY)).is_err() {
        println!("not tried with files of others: that takes the superuser");
    }
}

#[test]
fn no_output_has_the_special_bits_of_another_file() {
    for bits in [0o6755, 0o4755, 0o2755, 0o1755, 0o7777, 0o6640, 0o4600] {
        let folder = folder_with(&["in/a.log", "replaced.log", "report.txt"]);
        let folder = folder.path();
        for path in ["in/a.log", "replaced.log", "report.txt"] {
            give_away(&folder.join(path));
            set_mode(folder.join(path), bits);
        }
        succeed(folder, &["--output-dir", "out", "in"]);
        succeed(folder, &["-o", "replaced.log", "in"]);
        succeed(folder, &["-q", "--report", "text=report.txt", "in"]);
        succeed(folder, &["--merge-reports", "--report", "json=report.txt", &report(folder)]);
        for path in ["out/a.log", "replaced.log", "report.txt"] {
            assert_eq!(mode(folder.join(path)), bits & 0o777, "{path} {bits:o}");
        }
    }
}

/// Writes a JSON report on `in`, and returns its name.
fn report(folder: &Path) -> String {
    succeed(folder, &["-q", "--report", "json=parts.json", "in"]);
    "parts.json".to_owned()
}

#[test]
fn folders_are_as_private_as_those_of_the_inputs() {
    let folder = folder_with(&[
        "in/a.log",
        "in/priv/b.log",
        "in/priv/deep/c.log",
        "in/read-only/d.log",
        "in/tmp/e.log",
    ]);
    let folder = folder.path();
    for (path, mode) in [
        ("in", 0o755),
        ("in/priv", 0o700),
        ("in/priv/deep", 0o755),
        ("in/read-only", 0o555),
        ("in/tmp", 0o1777),
    ] {
        set_mode(folder.join(path), mode);
    }
    let program = binary().get_program().to_owned();
    for mask in [0o022, 0o000, 0o027, 0o077] {
        for threads in ["-j1", "-j8"] {
            let script = format!("umask {mask:03o}; exec \"$0\" {threads} --output-dir new/out in");
            let output =
                output_of(isolated("sh").args(["-c", &script]).arg(&program).current_dir(folder), b"");
            assert!(output.status.success(), "{output:?}");
            let made = |path: &str| mode(folder.join("new/out").join(path));
            assert_eq!(made(""), 0o755 & !mask);
            assert_eq!(made("priv"), 0o700 & !mask);
            assert_eq!(made("priv/deep"), 0o755 & !mask);
            // The folder must be writable, because files are made in it.
            assert_eq!(made("read-only"), 0o755 & !mask);
            // The folder gets no write permission for others: without the sticky bit, they could remove its files.
            assert_eq!(made("tmp"), 0o755 & !mask);
            fs::remove_dir_all(folder.join("new")).unwrap();
        }
    }
    set_mode(folder.join("in/read-only"), 0o755);
}

#[test]
fn the_output_folder_itself_is_as_private_as_what_is_read() {
    let folder = folder_with(&["private/a.log", "public/b.log", "private/x/c.log", "public/x/d.log"]);
    let folder = folder.path();
    set_mode(folder.join("private"), 0o700);
    set_mode(folder.join("public"), 0o755);
    set_mode(folder.join("private/x"), 0o750);
    set_mode(folder.join("public/x"), 0o705);
    let made = |args: &[&str]| {
        succeed(folder, args);
        let modes = (mode(folder.join("out")), mode(folder.join("out/x")));
        fs::remove_dir_all(folder.join("out")).unwrap();
        modes
    };
    assert_eq!(made(&["--output-dir", "out", "private"]), (0o700, 0o750));
    assert_eq!(made(&["--output-dir", "out", "private", "public"]), (0o700, 0o700));
    assert_eq!(made(&["--output-dir", "out", "public", "private"]), (0o700, 0o700));
    succeed(folder, &["--output-dir", "out", "private/a.log"]);
    assert_eq!(mode(folder.join("out")), 0o700);
    // An existing folder keeps its mode.
    set_mode(folder.join("out"), 0o755);
    succeed(folder, &["--output-dir", "out", "private/a.log"]);
    assert_eq!(mode(folder.join("out")), 0o755);
}

#[test]
fn a_private_folder_is_private_from_the_moment_it_is_made() {
    let folder = folder_with(&["in/priv/a.log"]);
    set_mode(folder.path().join("in/priv"), 0o700);
    let mut strace = Command::new("strace");
    let program = binary().get_program().to_owned();
    strace.args(["-f", "-e", "trace=mkdir,mkdirat", "-o", "trace"]).arg(program).args([
        "--output-dir",
        "out",
        "in",
    ]);
    match strace.env("IMSDK_ANNOTATE_CONFIG", "").current_dir(&folder).stdin(Stdio::null()).output() {
        Ok(output) if output.status.success() => {
            let trace = fs::read_to_string(folder.path().join("trace")).unwrap();
            let line = trace.lines().find(|line| line.contains("\"priv\"")).unwrap();
            assert!(line.contains(", 0700)"), "{trace}");
        }
        other => println!("skipped: strace is needed: {other:?}"),
    }
}

#[test]
fn a_link_to_a_private_log_gives_a_private_folder() {
    let folder = folder_with(&["private/a.log", "public/sub/b.log", "open/c.log", "more/d.log"]);
    let folder = folder.path();
    for (path, mode) in [
        ("private", 0o700),
        ("public", 0o755),
        ("public/sub", 0o755),
        ("open", 0o777),
        ("private/a.log", 0o644),
    ] {
        set_mode(folder.join(path), mode);
    }
    symlink("../../private/a.log", folder.join("public/sub/link.log")).unwrap();
    symlink("../public/sub/link.log", folder.join("more/chain.log")).unwrap();
    symlink("../public/sub/b.log", folder.join("open/b.log")).unwrap();
    let made = |args: &[&str], path: &str| {
        let output = run(folder, args);
        assert!(output.status.success(), "{args:?}: {output:?}");
        let mode = mode(folder.join(path));
        fs::remove_dir_all(folder.join("out")).unwrap();
        mode
    };
    assert_eq!(made(&["--output-dir", "out", "public"], "out/sub"), 0o700);
    assert_eq!(made(&["--output-dir", "out", "public/sub/link.log"], "out"), 0o700);
    assert_eq!(made(&["--output-dir", "out", "more"], "out"), 0o700);
    // A file behind a link gets no more rights than the link's folder, and no fewer than both folders give.
    assert_eq!(made(&["--output-dir", "out", "open"], "out"), 0o755);
    assert_eq!(made(&["--output-dir", "out", "public/sub/b.log"], "out"), 0o755);
}

#[test]
fn an_output_with_more_rights_than_its_input_is_not_taken_as_whole() {
    let folder = folder_with(&["in/a.log", "in/b.db"]);
    let folder = folder.path();
    fs::write(folder.join("in/b.db"), b"no\0text").unwrap();
    for path in ["in/a.log", "in/b.db"] {
        set_mode(folder.join(path), 0o640);
    }
    settle(folder.join("in"));
    let resume = || assert!(run(folder, &["--resume", "--output-dir", "out", "in"]).status.success());
    resume();
    for name in ["a.log", "b.db"] {
        let path = folder.join("out").join(name);
        let is_made_anew = |given: u32| {
            set_mode(&path, given);
            let before = fs::metadata(&path).unwrap().ino();
            // Holds the file open, so that no new file can have its inode number.
            let _held = File::open(&path);
            resume();
            fs::metadata(&path).unwrap().ino() != before
        };
        for more in [0o4640, 0o2640, 0o1640, 0o644, 0o660, 0o740, 0o4755] {
            assert!(is_made_anew(more), "{name} {more:o}");
            assert_eq!(mode(&path), 0o640, "{name} {more:o}");
        }
        for less in [0o640, 0o600, 0o400] {
            assert!(!is_made_anew(less), "{name} {less:o}");
            assert_eq!(mode(&path), less, "{name} {less:o}");
        }
    }
}
