//! Links below the output folder, none of which is followed, and other obstacles to an output.

use crate::command::binary;
use crate::in_folder::{ANNOTATED, LINE, folder_with, make_pipe, outputs, refusal, run, succeed};
use crate::nameless::new_files;
use crate::signals::wait_until;
use rustix::process::{Pid, Signal, kill_process};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::unix::fs::symlink;
use std::process::Stdio;
use std::time::{Duration, SystemTime};

#[test]
fn a_link_in_the_place_of_an_output_is_replaced() {
    let folder = folder_with(&["in/a.log", "in/b.log", "in/c.log", "victim"]);
    let folder = folder.path();
    fs::create_dir(folder.join("out")).unwrap();
    let out = folder.join("out");
    symlink("../victim", out.join("a.log")).unwrap();
    symlink("../elsewhere/x", out.join("b.log")).unwrap();
    symlink("../in", out.join("c.log")).unwrap();
    succeed(folder, &["--output-dir", "out", "in"]);
    assert_eq!(fs::read_to_string(folder.join("victim")).unwrap(), LINE);
    assert!(!folder.join("elsewhere").exists());
    for name in ["a.log", "b.log", "c.log"] {
        assert!(!out.join(name).is_symlink(), "{name}");
        assert_eq!(fs::read_to_string(out.join(name)).unwrap(), ANNOTATED, "{name}");
    }
    assert_eq!(outputs(&out).len(), 3);
    // The same with a link to the output folder.
    symlink("out", folder.join("link")).unwrap();
    fs::remove_file(out.join("a.log")).unwrap();
    symlink("../victim", out.join("a.log")).unwrap();
    succeed(folder, &["--output-dir", "link", "in"]);
    assert!(folder.join("link").is_symlink() && !out.join("a.log").is_symlink());
    assert_eq!(fs::read_to_string(folder.join("victim")).unwrap(), LINE);
    // A dangling link: the folder that it leads to is made.
    symlink("made", folder.join("dangling")).unwrap();
    succeed(folder, &["--output-dir", "dangling", "in"]);
    assert_eq!(fs::read_to_string(folder.join("made/a.log")).unwrap(), ANNOTATED);
}

#[test]
fn nothing_is_written_behind_a_linked_folder() {
    let folder = folder_with(&["in/a.log", "in/sub/b.log", "in/sub/deep/c.log", "elsewhere/kept"]);
    let folder = folder.path();
    fs::create_dir_all(folder.join("out/sub")).unwrap();
    symlink("../../elsewhere", folder.join("out/sub/deep")).unwrap();
    let expected = "imsdk-annotate: out/sub/deep/c.log: the folder out/sub/deep is a link to ../../elsewhere, which is not \
                    followed; remove it, or choose another folder\n";
    assert_eq!(refusal(folder, &["--output-dir", "out", "in"]), expected);
    assert_eq!(refusal(folder, &["--resume", "--output-dir", "out", "in"]), expected);
    fs::remove_dir_all(folder.join("out/sub")).unwrap();
    symlink("../nosuch", folder.join("out/sub")).unwrap();
    let message = refusal(folder, &["--output-dir", "out", "in"]);
    assert!(message.contains("the folder out/sub is a link to ../nosuch"), "{message}");
    // No output was begun, and nothing was made where the links lead.
    assert_eq!(fs::read_dir(folder.join("out")).unwrap().count(), 1);
    assert_eq!(fs::read_dir(folder.join("elsewhere")).unwrap().count(), 1);
    assert!(!folder.join("nosuch").exists());
}

/// The link is made after the run has looked for links, while the run waits for an input.
#[test]
fn a_link_that_comes_later_is_not_followed_either() {
    let folder = folder_with(&["in/sub/b.log", "in/z.log", "elsewhere/kept"]);
    let folder = folder.path();
    make_pipe(folder.join("a.log"));
    fs::create_dir(folder.join("out")).unwrap();
    let mut command = binary();
    command.current_dir(folder).args(["-j1", "--output-dir", "out", "a.log", "in"]).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // The open returns when the program has opened the other end.
    let wtr = File::options().write(true).open(folder.join("a.log")).unwrap();
    symlink("../elsewhere", folder.join("out/sub")).unwrap();
    drop(wtr);
    let mut message = String::new();
    child.stderr.take().unwrap().read_to_string(&mut message).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(2));
    assert!(
        message.starts_with("imsdk-annotate: out/sub/b.log: the folder out/sub is a link to ../elsewhere"),
        "{message}"
    );
    assert_eq!(message.lines().count(), 1);
    assert_eq!(fs::read_dir(folder.join("elsewhere")).unwrap().count(), 1);
    assert_eq!(fs::read_to_string(folder.join("out/z.log")).unwrap(), ANNOTATED);
}

#[test]
fn a_link_is_not_taken_for_a_whole_output() {
    let folder = folder_with(&["in/a.log", "in/sub/b.log", "other"]);
    let folder = folder.path();
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    for path in ["in/a.log", "other"] {
        File::options().append(true).open(folder.join(path)).unwrap().set_modified(at).unwrap();
    }
    fs::create_dir(folder.join("out")).unwrap();
    symlink("../other", folder.join("out/a.log")).unwrap();
    assert!(run(folder, &["--output-dir", "out", "in"]).status.success());
    // The link has the place of a whole output.
    fs::remove_file(folder.join("out/a.log")).unwrap();
    symlink("../other", folder.join("out/a.log")).unwrap();
    assert!(run(folder, &["--resume", "--output-dir", "out", "in"]).status.success());
    assert!(!folder.join("out/a.log").is_symlink());
    assert_eq!(fs::read_to_string(folder.join("out/a.log")).unwrap(), ANNOTATED);
}

#[test]
fn what_no_file_replaces_stays_and_the_others_are_written() {
    let folder = folder_with(&["in/a.log", "in/b.log", "in/c.log", "out/b.log/x"]);
    let folder = folder.path();
    make_pipe(folder.join("out/a.log"));
    let mut message: Vec<String> =
        refusal(folder, &["--output-dir", "out", "in"]).lines().map(str::to_owned).collect();
    message.sort();
    assert_eq!(
        message,
        [
            "imsdk-annotate: out/a.log: is a device or pipe, which no file replaces; remove it, or choose another folder",
            "imsdk-annotate: out/b.log: is a folder, which no file replaces; remove it, or choose another folder",
        ]
    );
    assert_eq!(fs::read_to_string(folder.join("out/c.log")).unwrap(), ANNOTATED);
    assert_eq!(outputs(folder.join("out")).len(), 3);
}

/// A signal removes partial files even if the output folder was renamed meanwhile.
#[test]
fn a_signal_finds_files_in_a_folder_that_was_renamed() {
    let folder = folder_with(&["b.log"]);
    let folder = folder.path();
    make_pipe(folder.join("a.log"));
    let mut command = binary();
    let mut child =
        command.current_dir(folder).args(["-j1", "--output-dir", "out/put", "a.log"]).spawn().unwrap();
    let wtr = File::options().write(true).open(folder.join("a.log")).unwrap();
    // The program reads the input's first bytes before it begins the output.
    (&wtr).write_all(&LINE.repeat(100).into_bytes()).unwrap();
    let out = folder.join("out/put");
    wait_until(|| out.exists() && new_files(child.id(), &out) > 0);
    fs::rename(folder.join("out"), folder.join("moved")).unwrap();
    // Unlike SIGTERM, this signal does not count as the end of a stream.
    kill_process(Pid::from_child(&child), Signal::ALARM).unwrap();
    child.wait().unwrap();
    drop(wtr);
    assert_eq!(outputs(folder.join("moved/put")).len(), 0);
    assert!(!folder.join("out").exists());
}

#[test]
fn a_report_below_the_output_folder_follows_no_link_either() {
    let folder = folder_with(&["in/a.log", "in/sub/b.log", "elsewhere/kept", "victim"]);
    let folder = folder.path();
    fs::create_dir(folder.join("out")).unwrap();
    symlink("../elsewhere", folder.join("out/sub")).unwrap();
    symlink("out", folder.join("link")).unwrap();
    for dir in ["out", "./out", "link"] {
        for path in ["out/sub/r.json", "./out/sub/r.json", "link/sub/r.json", "in/../out/sub/r.json"] {
            let report = format!("json={path}");
            let expected = format!(
                "imsdk-annotate: {path}: the folder {dir}/sub is a link to ../elsewhere, which is not followed; \
                 remove it, or choose another folder\n"
            );
            assert_eq!(refusal(folder, &["--output-dir", dir, "--report", &report, "in/a.log"]), expected);
        }
    }
    assert_eq!(fs::read_dir(folder.join("elsewhere")).unwrap().count(), 1);
    assert_eq!(fs::read_dir(folder.join("out")).unwrap().count(), 1);
    // A link in the place of the report is replaced.
    for path in ["out/r.json", "link/r.json"] {
        symlink("../victim", folder.join("out/r.json")).unwrap();
        succeed(folder, &["--output-dir", "out", "--report", &format!("json={path}"), "in/a.log"]);
        assert!(fs::symlink_metadata(folder.join("out/r.json")).unwrap().is_file(), "{path}");
        assert_eq!(fs::read_to_string(folder.join("victim")).unwrap(), LINE);
        fs::remove_file(folder.join("out/r.json")).unwrap();
    }
    // Two paths to one place, because the link leads there.
    symlink("../victim", folder.join("out/r.json")).unwrap();
    let two = ["--report", "json=out/r.json", "--report", "text=link/r.json"];
    assert!(
        refusal(folder, &[&["--output-dir", "out"], &two[..], &["in/a.log"]].concat())
            .contains("is written twice")
    );
    let message = refusal(folder, &["--output-dir", "out", "--report", "json=out/new/r.json", "in/a.log"]);
    assert!(message.contains("out/new; make it first: only --output-dir makes folders"), "{message}");
    assert!(
        refusal(folder, &["--output-dir", "out", "--report", "json=out/", "in/a.log"])
            .contains("is a directory")
    );
    // A pipe below the folder, and a path that leads out of the folder by its name alone.
    make_pipe(folder.join("out/pipe"));
    let mut command = binary();
    command.current_dir(folder).args(["--output-dir", "out", "--report", "text=out/pipe", "in/a.log"]);
    let child = command.stdin(Stdio::null()).spawn().unwrap();
    assert!(fs::read_to_string(folder.join("out/pipe")).unwrap().contains("-1"));
    assert!(child.wait_with_output().unwrap().status.success());
    succeed(folder, &["--output-dir", "out", "--report", "text=out/../victim", "in/a.log"]);
    assert_ne!(fs::read_to_string(folder.join("victim")).unwrap(), LINE);
}

#[test]
fn a_folder_that_cannot_be_opened_is_told_once() {
    let folder = folder_with(&["in/a.log", "in/b.log", "file"]);
    let folder = folder.path();
    symlink("loop", folder.join("loop")).unwrap();
    symlink("ping", folder.join("pong")).unwrap();
    symlink("pong", folder.join("ping")).unwrap();
    for (output, words) in [
        ("loop", "leads from link to link without end"),
        ("loop/new", "leads from link to link without end"),
        ("ping", "leads from link to link without end"),
        ("file", "is no folder"),
        ("file/new", "lies below what is no folder"),
    ] {
        let expected = format!("imsdk-annotate: {output}: {words}; choose another folder\n");
        assert_eq!(refusal(folder, &["--output-dir", output, "in"]), expected);
        let resumed = refusal(folder, &["--resume", "--output-dir", output, "in"]);
        assert_eq!(resumed, expected);
    }
}
