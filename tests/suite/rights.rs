//! Rights: no output and no folder of outputs gives more of them than its input.

use crate::command::{binary, isolated, output_of};
use crate::in_folder::{folder_with, mode, set_mode, succeed};
use std::fs;
use std::os::unix::fs::chown;
use std::path::Path;
use std::process::{Command, Stdio};

/// A user and group without rights.
const NOBODY: u32 = 65534;

/// Gives a file or folder to another user, where the tests run as the superuser.
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

/// The name of a JSON report in the folder.
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
            // Files must be made in it.
            assert_eq!(made("read-only"), 0o755 & !mask);
            // Without the sticky bit, others could remove what is in it.
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
    // A folder that is there is left as it is.
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
