//! `--dry-run`: what would be done with each input, and nothing else.

use crate::bundled::tar_of;
use crate::command::output_of;
use crate::in_folder::{LINE, folder_with, make_pipe, run, settle, succeed};
use crate::journal::JOURNAL;
use crate::starved::command_as_nobody;
use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::Path;

/// Runs the program with `--dry-run`, which must end with `status`, and returns what it prints.
fn foretold(folder: &Path, status: i32, args: &[&str]) -> (Vec<String>, String) {
    let output = run(folder, &[&["--dry-run", "--output-dir", "out"], args].concat());
    assert_eq!(output.status.code(), Some(status), "{args:?}: {output:?}");
    let lines = String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect();
    (lines, String::from_utf8(output.stderr).unwrap())
}

#[test]
fn each_input_has_a_line_and_nothing_is_written() {
    let folder = folder_with(&["in/a.log", "in/sub/c.log", "in/z.gz"]);
    let folder = folder.path();
    fs::write(folder.join("in/b.db"), "no\0text").unwrap();
    fs::write(folder.join("in/d.tar"), tar_of(&[("x.log", LINE.as_bytes())])).unwrap();
    make_pipe(folder.join("pipe"));
    settle(folder);
    let report = ["--report", "json=out/r.json", "--fail-on", "error"];
    let (lines, said) = foretold(folder, 0, &[&report[..], &["--compress=gzip", "in", "pipe"]].concat());
    let expected = [
        "annotate in/a.log -> out/a.log.gz",
        "copy in/b.db -> out/b.db",
        "annotate in/d.tar -> out/d.tar.gz",
        "annotate in/sub/c.log -> out/sub/c.log.gz",
        "annotate in/z.gz -> out/z.gz",
        "annotate pipe -> out/pipe.gz",
    ];
    assert_eq!((lines, said.as_str()), (expected.map(str::to_owned).to_vec(), ""));
    assert!(!folder.join("out").exists());
    let (lines, _) = foretold(folder, 0, &["--unpack", "in/d.tar"]);
    assert_eq!(lines, ["unpack in/d.tar -> out/d.tar"]);
}

#[test]
fn what_is_done_is_skipped_and_what_cannot_be_is_refused() {
    let folder = folder_with(&["in/a.log", "in/b.log", "in/c.log", "in/d.log", "out/c.log/x"]);
    let folder = folder.path();
    settle(folder);
    fs::remove_dir_all(folder.join("out")).unwrap();
    succeed(folder, &["--output-dir", "out", "in/a.log", "in/b.log"]);
    fs::write(folder.join("in/b.log"), LINE.repeat(2)).unwrap();
    fs::remove_file(folder.join("in/d.log")).unwrap();
    fs::create_dir(folder.join("out/c.log")).unwrap();
    let before = fs::read(folder.join("out/.imsdk-annotate.jsonl")).unwrap();
    fs::write(folder.join("out/.imsdk-annotate.jsonl"), [&before[..], b"{\"rest"].concat()).unwrap();
    let inputs = ["in/a.log", "in/b.log", "in/c.log", "in/d.log"];
    let (lines, said) = foretold(folder, 2, &[&["--resume"], &inputs[..]].concat());
    let expected = [
        "skip in/a.log -> out/a.log",
        "annotate in/b.log -> out/b.log",
        "refuse in/c.log -> out/c.log",
        "refuse in/d.log -> out/d.log",
    ];
    assert_eq!(lines, expected);
    let messages = [
        "imsdk-annotate: out/c.log: is a folder, which no file replaces; remove it, or choose another folder\n",
        "imsdk-annotate: in/d.log: no such file; check the name\n",
    ];
    assert_eq!(said, messages.concat());
    // Not even the rest of a line is cut off.
    assert!(fs::read(folder.join("out/.imsdk-annotate.jsonl")).unwrap().ends_with(b"{\"rest"));
    let (lines, _) = foretold(folder, 0, &["--no-clobber", "in/a.log", "in/b.log"]);
    assert_eq!(lines, ["skip in/a.log -> out/a.log", "skip in/b.log -> out/b.log"]);
    let (lines, _) = foretold(folder, 0, &["in/a.log"]);
    assert_eq!(lines, ["annotate in/a.log -> out/a.log"]);
    // A dry run refuses all that a real run refuses.
    symlink("/nowhere", folder.join("out/sub")).unwrap();
    fs::create_dir(folder.join("in/sub")).unwrap();
    fs::write(folder.join("in/sub/x.log"), LINE).unwrap();
    let (lines, said) = foretold(folder, 2, &["in"]);
    assert!(lines.is_empty() && said.contains("is a link to /nowhere, which is not followed"), "{said}");
}

#[test]
fn no_lock_is_needed() {
    let folder = folder_with(&["in/a.log", "in/b.log"]);
    let folder = folder.path();
    settle(folder);
    succeed(folder, &["--output-dir", "out", "in/a.log"]);
    let held = ["out", JOURNAL].map(|path| File::open(folder.join(path)).unwrap());
    held.iter().for_each(|file| file.lock().unwrap());
    let (lines, said) = foretold(folder, 0, &["--resume", "in"]);
    assert_eq!(lines, ["skip in/a.log -> out/a.log", "annotate in/b.log -> out/b.log"]);
    assert_eq!(said, "");
}

#[test]
fn what_cannot_be_written_is_said_as_the_run_itself_says_it() {
    let folder = folder_with(&["in/a.log", "in/sub/b.log"]);
    settle(folder.path().join("in"));
    let as_nobody = |script: &str| {
        let output = output_of(&mut command_as_nobody(folder.path(), script), b"");
        assert_eq!(output.status.code(), Some(2), "{script}: {output:?}");
        [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap())
    };
    let needed = "permission denied; write access is needed";
    let refused = "refuse in/a.log -> ./a.log\nrefuse in/sub/b.log -> ./sub/b.log\n";
    let skipped = "skip in/a.log -> mine/out/a.log\nskip in/sub/b.log -> mine/out/sub/b.log\n";
    let done = "\"$0\" --output-dir mine/out in && chmod 400 mine/out/.imsdk-annotate.jsonl;";
    for (before, args, lines, names) in [
        ("", "--output-dir out in", "", vec!["out"]),
        ("", "--output-dir below/this/out in", "", vec!["below/this/out"]),
        ("", "--output-dir . in", refused, vec!["./a.log", "./sub/b.log"]),
        (done, "--resume --output-dir mine/out in", skipped, vec!["mine/out/.imsdk-annotate.jsonl"]),
    ] {
        let expected: String =
            names.iter().map(|name| format!("imsdk-annotate: {name}: {needed}\n")).collect();
        let run = |dry: &str| as_nobody(&format!("{before} exec \"$0\" -j1 {dry} {args}"));
        assert_eq!(run("--dry-run"), [lines, &expected], "{args}");
        let [_, said] = run("");
        assert_eq!(said.lines().take(names.len()).collect::<Vec<_>>().join("\n") + "\n", expected, "{args}");
    }
}

#[test]
fn a_folder_that_an_archive_cannot_be_unpacked_to_is_said() {
    let folder = folder_with(&["in/a.log"]);
    let folder = folder.path();
    for name in ["d.tar", "e.tar", "f.tar"] {
        fs::write(folder.join("in").join(name), tar_of(&[("x.log", LINE.as_bytes())])).unwrap();
    }
    fs::create_dir_all(folder.join("out/f.tar")).unwrap();
    fs::write(folder.join("out/d.tar"), "before").unwrap();
    symlink("/nowhere", folder.join("out/e.tar")).unwrap();
    let (lines, said) = foretold(folder, 2, &["--unpack", "in"]);
    let expected = [
        "annotate in/a.log -> out/a.log",
        "refuse in/d.tar -> out/d.tar",
        "refuse in/e.tar -> out/e.tar",
        "unpack in/f.tar -> out/f.tar",
    ];
    assert_eq!(lines, expected);
    let messages = "\
imsdk-annotate: out/d.tar: out/d.tar is no folder; remove it, or choose another folder
imsdk-annotate: out/e.tar: the folder out/e.tar is a link to /nowhere, which is not followed; remove it, or choose another folder
";
    assert_eq!(said, messages);
    let output = run(folder, &["-j1", "--unpack", "--output-dir", "out", "in"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert_eq!(String::from_utf8(output.stderr).unwrap(), messages);
    assert!(
        folder.join("out/f.tar/x.log").exists() && fs::read(folder.join("out/d.tar")).unwrap() == b"before"
    );
}
