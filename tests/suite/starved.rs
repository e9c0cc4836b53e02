//! Scarce resources: little memory, few open files, no threads, a full disk, a folder that is gone, no environment.

use crate::command::{binary, isolated, output_of};
use crate::in_folder::outputs;
use crate::packed::pack;
use imsdk_annotate::Annotator;
use rustix::io::Errno;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

const LINE: &[u8] = b"ret=-1\n";
const ANNOTATED: &[u8] = b"ret=-1 (general: failure)\n";
/// A user without rights, for tests that the superuser runs.
const NOBODY: u32 = 65534;
/// The exit status of a script that could not set a limit.
const SKIP: i32 = 77;

fn log(lines: usize) -> Vec<u8> {
    (0..lines).flat_map(|line| format!("{line} ret=-204 {}\n", line * 7919).into_bytes()).collect()
}

/// Returns a folder with a plain log of many blocks and three compressed ones, and their outputs, one behind the other.
fn folder_with_logs() -> (TempDir, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    let text = log(150_000);
    fs::write(folder.path().join("a.log"), &text).unwrap();
    fs::write(folder.path().join("b.gz"), pack("gzip", &text)).unwrap();
    fs::write(folder.path().join("c.zst"), pack("zstd", &text)).unwrap();
    fs::write(folder.path().join("d.xz"), pack("xz", &text)).unwrap();
    let annotated = Annotator::new().annotate(&text);
    (folder, annotated.repeat(4))
}

/// Runs a shell script in the folder, in which `"$0"` is the binary. Returns `None` where a limit cannot be set.
fn shell(folder: &Path, script: &str) -> Option<Output> {
    run(isolated("sh").args(["-c", script]).arg(binary().get_program()).current_dir(folder))
}

fn run(command: &mut Command) -> Option<Output> {
    let output = output_of(command, LINE);
    if output.status.code() == Some(SKIP) {
        println!("skipped: {command:?}");
        return None;
    }
    Some(output)
}

fn assert_goes_well(output: &Output, what: &str) {
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && message.is_empty(), "{what}: {:?} {message}", output.status);
}

/// With an address space of 128 MiB, the program starts fewer threads.
#[test]
fn little_memory_means_fewer_threads() {
    let (folder, expected) = folder_with_logs();
    for threads in ["-j1", "-j2", "-j8", "-j64"] {
        let script = format!("ulimit -v 131072 || exit {SKIP}; \"$0\" {threads} a.log b.gz c.zst d.xz");
        let Some(output) = shell(folder.path(), &script) else {
            return;
        };
        assert_goes_well(&output, threads);
        assert!(output.stdout == expected, "{threads}");
        let script = format!(
            "ulimit -v 131072; \"$0\" {threads} --compress none --output-dir out a.log b.gz c.zst d.xz && cat out/*"
        );
        let output = shell(folder.path(), &script).unwrap();
        assert_goes_well(&output, threads);
        assert!(output.stdout == expected, "{threads}");
        fs::remove_dir_all(folder.path().join("out")).unwrap();
    }
    let script = "ulimit -v 131072; exec \"$0\"";
    assert_eq!(shell(folder.path(), script).unwrap().stdout, ANNOTATED);
}

/// An input, an output and a few more files are enough: fewer threads have fewer files open.
#[test]
fn few_open_files_mean_fewer_threads() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("logs")).unwrap();
    for file in 0..200 {
        fs::write(folder.path().join(format!("logs/{file:03}")), log(300)).unwrap();
    }
    let expected = Annotator::new().annotate(&log(300)).repeat(200);
    for command in ["\"$0\" -j64 logs", "\"$0\" -j64 --output-dir out logs && cat out/*"] {
        let script = format!("ulimit -n 20 || exit {SKIP}; {command}");
        let output = shell(folder.path(), &script).unwrap();
        assert_goes_well(&output, command);
        assert!(output.stdout == expected, "{command}");
    }
}

/// The limit allows one file beside the standard streams, which the start of any program needs. A stream and a file are
/// annotated; a run that needs more files fails with a message.
#[test]
fn no_open_file_but_the_standard_streams() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.log"), LINE).unwrap();
    let limited = format!("ulimit -n 4 || exit {SKIP}; exec \"$0\"");
    for args in ["", " a.log", " a.log -"] {
        let output = shell(folder.path(), &(limited.clone() + args)).unwrap();
        assert_goes_well(&output, args);
        assert_eq!(output.stdout, ANNOTATED.repeat(args.split_whitespace().count().max(1)));
    }
    // The folder is locked, so that the run has no file left for the journal.
    let too_many = io::Error::from(Errno::MFILE);
    for (args, status, name) in
        [(" -o out.log a.log", 3, "a.log"), (" --output-dir out a.log", 2, "out/.imsdk-annotate.jsonl")]
    {
        let output = shell(folder.path(), &(limited.clone() + args)).unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(status), "{args}: {said}");
        assert!(
            said.starts_with(&format!("imsdk-annotate: {name}: {too_many}")) && said.lines().count() == 1,
            "{args}: {said}"
        );
    }
    assert_eq!(outputs(&folder), ["a.log", "out"]);
    assert!(outputs(folder.path().join("out")).is_empty());
}

/// Runs a shell script as a user without rights, in a folder where only `mine` can be written to: limits do not bind
/// the superuser. Returns `None` where a limit cannot be set.
fn as_nobody(folder: &Path, script: &str) -> Option<Output> {
    run(&mut command_as_nobody(folder, script))
}

/// Returns the command of [`as_nobody`], not yet started.
pub(crate) fn command_as_nobody(folder: &Path, script: &str) -> Command {
    let program = folder.join("imsdk-annotate");
    if !program.exists() {
        fs::copy(binary().get_program(), &program).unwrap();
        fs::create_dir(folder.join("mine")).unwrap();
        fs::set_permissions(folder.join("mine"), Permissions::from_mode(0o777)).unwrap();
        fs::set_permissions(folder, Permissions::from_mode(0o555)).unwrap();
    }
    let mut command = isolated("sh");
    command.args(["-c", script]).arg(program).current_dir(folder);
    if rustix::process::geteuid().is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

#[test]
fn where_no_thread_can_be_had_the_one_there_is_does_all() {
    let (folder, expected) = folder_with_logs();
    // The name of the option differs between shells.
    let limited = format!("ulimit -u 0 2>&- || ulimit -p 0 2>&- || exit {SKIP}; exec \"$0\" -j8");
    for args in
        ["a.log b.gz c.zst d.xz", "b.gz a.log c.zst d.xz", "--report json=mine/r a.log b.gz c.zst d.xz"]
    {
        let Some(output) = as_nobody(folder.path(), &format!("{limited} {args}")) else {
            return;
        };
        assert_goes_well(&output, args);
        assert!(output.stdout == expected, "{args}");
    }
    for args in
        ["-o mine/all a.log b.gz c.zst d.xz", "--compress none --output-dir mine/out a.log b.gz c.zst d.xz"]
    {
        let output = as_nobody(folder.path(), &format!("{limited} {args}")).unwrap();
        assert_goes_well(&output, args);
    }
    assert!(fs::read(folder.path().join("mine/all")).unwrap() == expected);
    assert!(fs::read(folder.path().join("mine/out/d")).unwrap() == expected[..expected.len() / 4]);
}

#[test]
fn a_folder_that_may_not_be_written() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("logs")).unwrap();
    fs::write(folder.path().join("logs/a"), LINE).unwrap();
    fs::write(folder.path().join("logs/b"), LINE).unwrap();
    let needed = "permission denied; write access is needed";
    for (args, said) in [
        ("-o out.log logs", vec!["out.log"]),
        ("-o logs/out.log logs", vec!["logs/out.log"]),
        ("--output-dir out logs", vec!["out"]),
        ("--output-dir . logs", vec!["./a", "./b"]),
        ("--report json=report.json logs", vec!["report.json"]),
    ] {
        let output = as_nobody(folder.path(), &format!("exec \"$0\" -j1 {args}")).unwrap();
        let message: String = said.iter().map(|name| format!("imsdk-annotate: {name}: {needed}\n")).collect();
        assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap()), (Some(2), message));
        assert!(output.stdout.is_empty(), "{args}");
    }
    let mut names: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["imsdk-annotate", "logs", "mine"]);
}

#[test]
fn a_report_that_finds_no_room() {
    if !Path::new("/dev/full").exists() {
        println!("skipped: there is no /dev/full");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let output = shell(folder.path(), "exec \"$0\" --report json=/dev/full --report text=r.txt").unwrap();
    let message = "imsdk-annotate: /dev/full: no space left; free some, or write elsewhere\n";
    assert_eq!((output.status.code(), &output.stderr[..]), (Some(2), message.as_bytes()));
    assert_eq!(output.stdout, ANNOTATED);
    // The other report is written nevertheless, even if the stream itself has no room.
    let report = fs::read_to_string(folder.path().join("r.txt")).unwrap();
    assert!(report.starts_with("1 field with known codes in 1 line"), "{report}");
    let output = shell(folder.path(), "exec \"$0\" --report text=s.txt > /dev/full").unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(fs::read_to_string(folder.path().join("s.txt")).unwrap(), report);
}

#[test]
fn no_environment_and_no_place_for_temporary_files() {
    let (folder, expected) = folder_with_logs();
    let command = |args: &[&str]| {
        let mut command = Command::new(binary().get_program());
        command.env_clear().current_dir(folder.path()).args(args);
        command
    };
    let logs = ["-j3", "a.log", "b.gz", "c.zst", "d.xz"];
    for (name, value) in [
        ("TMPDIR", "/nosuch/folder"),
        ("TMPDIR", ""),
        ("HOME", ""),
        ("HOME", "/nosuch/home"),
        ("XDG_CONFIG_HOME", "not/absolute"),
        ("TERM", ""),
        ("TERM", "nosuch-terminal"),
        ("LC_ALL", "xx_YY.nosuch"),
        ("LANG", "C"),
    ] {
        let output = output_of(command(&logs).env(name, value), b"");
        assert_goes_well(&output, name);
        assert!(output.stdout == expected, "{name}={value}");
    }
    let output = output_of(&mut command(&[]), LINE);
    assert_goes_well(&output, "nothing at all");
    assert_eq!(output.stdout, ANNOTATED);
    // The current folder need not exist.
    let script = "mkdir gone && cd gone && rmdir ../gone; exec \"$0\"";
    assert_eq!(shell(folder.path(), script).unwrap().stdout, ANNOTATED);
}

#[test]
fn whether_sigpipe_is_ignored_makes_no_difference() {
    let folder = tempfile::tempdir().unwrap();
    for trap in ["trap '' PIPE;", "trap - PIPE;"] {
        for args in ["", "--line-buffered", "-q --report text=-"] {
            let feed = "{ yes ret=-1 | head -n 200000; } 2> /dev/null";
            let script =
                format!("{trap} {{ {feed} | \"$0\" {args}; echo $? >&2; }} | head -c 20 > /dev/null");
            let mut command = isolated("sh");
            command.args(["-c", &script]).arg(binary().get_program()).current_dir(&folder);
            let output = output_of(&mut command, b"");
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(said, "0\n", "{trap} {args}");
        }
    }
}
