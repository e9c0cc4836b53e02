//! --exec-on-fail: the command that runs when a check fails, with what has failed in its environment.

use crate::command::{binary, output_of};
use crate::follow::{Following, POLLING};
use crate::in_folder::refusal;
use crate::signals::{Run, start, wait_until};
use rustix::io::Errno;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Output;
use std::thread::sleep;
use std::time::{Duration, Instant};
use std::{fs, io};

/// A command that writes its environment to the file `env`, which appears when it is whole.
const SAVE_ENVIRONMENT: &str = "sh -c 'env -0 > part && mv part env'";
/// A command that adds a line to the file `runs`.
const COUNT: &str = "sh -c 'echo run >> runs'";

/// Runs the binary in a folder, on a log that it reads from a file.
fn run(folder: &Path, log: &[u8], args: &[&str]) -> Output {
    fs::write(folder.join("a.log"), log).unwrap();
    output_of(binary().current_dir(folder).args(args).arg("a.log"), b"")
}

/// Starts the binary in a folder, on a stream.
fn stream(folder: &Path, args: &[&str]) -> Run {
    start(binary().current_dir(folder).arg("-q").args(args))
}

/// Returns the variables that a command has saved.
fn environment(folder: &Path) -> BTreeMap<String, String> {
    let saved = String::from_utf8(fs::read(folder.join("env")).unwrap()).unwrap();
    let pairs = saved.split('\0').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn runs(folder: &Path) -> usize {
    fs::read_to_string(folder.join("runs")).unwrap_or_default().lines().count()
}

#[test]
fn the_environment_says_what_has_failed_and_a_log_says_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let hostile = "2026-05-01 10:00:30 ret=-204 $(touch x) `touch x` '; touch x; \" \\ \u{1b}[31m 码 ";
    let log = format!("2026-05-01 10:00:00 ret=-1\n{hostile}\0!\r\n2026-05-01 10:00:10 ret=5\n");
    let args = ["--exec-on-fail", SAVE_ENVIRONMENT, "--fail-on", "error>1/1m"];
    let output = run(folder, log.as_bytes(), &args);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let environment = environment(folder);
    for (name, value) in [
        ("IMSDK_CHECK", "error>1/1m"),
        ("IMSDK_COUNT", "2"),
        ("IMSDK_FROM", "2026-05-01T10:00:00"),
        ("IMSDK_CODE", "-204"),
        ("IMSDK_MESSAGE", "user session is failure!"),
        ("IMSDK_FILE", "a.log"),
        ("IMSDK_LINE", &format!("{hostile}\u{fffd}!")),
    ] {
        assert_eq!(environment[name], value, "{name}");
    }
    let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["a.log", "env"]);
    // Nothing of the program's own environment stands in place of what is not known.
    let mut command = binary();
    command.current_dir(folder).env("IMSDK_FROM", "old").arg("-q").args([
        "--exec-on-fail",
        SAVE_ENVIRONMENT,
        "--fail-on",
        "error",
    ]);
    assert_eq!(output_of(&mut command, b"ret=-402\n").status.code(), Some(1));
    let environment = self::environment(folder);
    assert_eq!((&environment["IMSDK_FROM"][..], &environment["IMSDK_FILE"][..]), ("", "(standard input)"));
}

#[test]
fn a_check_has_one_alarm_and_each_check_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let args =
        ["--exec-on-fail", COUNT, "--fail-on", "error>1", "--fail-on", "-402", "--fail-on", "friend>9"];
    let mut run = stream(folder, &[&args[..], &["--expect", "any>99"]].concat());
    run.feed(b"ret=-204\n");
    sleep(Duration::from_millis(1500));
    assert_eq!(runs(folder), 0);
    run.feed(b"ret=-204\n");
    wait_until(|| runs(folder) == 1);
    run.feed(b"ret=-402\nret=-204\n");
    wait_until(|| runs(folder) == 2);
    run.feed(&b"ret=-402\n".repeat(5));
    sleep(Duration::from_millis(2500));
    assert_eq!(run.end().0, Some(1));
    assert_eq!(runs(folder), 2);
}

#[test]
fn a_rate_has_an_alarm_at_most_once_a_window() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let mut run = stream(folder, &["--exec-on-fail", COUNT, "--fail-on", "error>2/3s"]);
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(8) {
        run.feed(b"ret=-204\n");
        sleep(Duration::from_millis(50));
    }
    let (status, _, said) = run.end();
    assert_eq!(status, Some(1), "{said}");
    let most = start.elapsed().as_secs() / 3 + 1;
    assert!((2..=most as usize).contains(&runs(folder)), "{} {most} {said}", runs(folder));
}

/// A log of the past is one alarm, not one for each window that was too full.
#[test]
fn windows_that_come_together_are_one_alarm() {
    let folder = tempfile::tempdir().unwrap();
    let log: String =
        (0..60).map(|minute| format!("2026-05-01 10:{minute:02}:00 ret=-204 ret=-204\n")).collect();
    let args = ["-q", "--exec-on-fail", COUNT, "--fail-on", "error>1/1s", "--fail-on", "error>2/1m"];
    assert_eq!(run(folder.path(), log.as_bytes(), &args).status.code(), Some(1));
    assert_eq!(runs(folder.path()), 1);
}

/// A clock that was wrong for a moment silences no later alarm, and what had its alarm has no second one.
#[test]
fn each_window_that_shares_nothing_with_others_has_its_alarm_in_any_order() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let mut run = stream(folder, &["--exec-on-fail", COUNT, "--fail-on", "error>1/1s"]);
    run.feed(b"2030-01-01 10:00:00 ret=-204 ret=-204\n");
    wait_until(|| runs(folder) == 1);
    run.feed(b"2026-05-01 10:00:00 ret=-204 ret=-204\n");
    wait_until(|| runs(folder) == 2);
    // More in the same windows, and too little in another one.
    run.feed(b"2026-05-01 10:00:00.9 ret=-204 ret=-204\n2030-01-01 09:59:59.5 ret=-1\n2026-05-01 10:00:05 ret=-1\n");
    sleep(Duration::from_millis(2500));
    assert_eq!(runs(folder), 2);
    run.feed(b"2026-05-01 10:00:05 ret=-1\n");
    wait_until(|| runs(folder) == 3);
    assert_eq!(run.end().0, Some(1));
    assert_eq!(runs(folder), 3);
}

#[test]
fn a_command_that_cannot_be_run_is_trouble_and_the_work_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("no-right"), "").unwrap();
    for (command, cause) in [("nosuch-command x", Errno::NOENT), ("./no-right", Errno::ACCESS)] {
        let args = ["--exec-on-fail", command, "--fail-on", "error", "--fail-on", "-1"];
        let output = run(folder, b"ret=-1\n", &args);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert_eq!(output.stdout, b"ret=-1 (general: failure)\n");
        let name = command.split(' ').next().unwrap();
        let expected =
            format!("imsdk-annotate: --exec-on-fail {name}: cannot be run: {}", io::Error::from(cause));
        assert_eq!(said.matches(&expected).count(), 1, "{said}");
    }
}

#[test]
fn a_command_that_fails_is_said_and_changes_no_status() {
    let folder = tempfile::tempdir().unwrap();
    for (command, ending) in
        [("sh -c 'exit 3'", "has ended with status 3"), ("sh -c 'kill -9 $$'", "was ended by signal 9")]
    {
        let args = ["-q", "--exec-on-fail", command, "--fail-on", "error"];
        let output = run(folder.path(), b"ret=-1\n", &args);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(&format!("imsdk-annotate: --exec-on-fail sh: {ending}\n")), "{said}");
    }
}

#[test]
fn a_slow_command_holds_nothing_up_and_is_not_started_again_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let slow = "sh -c 'echo run >> runs; echo said; until [ -e go ]; do sleep 0.05; done; echo end >> ended'";
    let mut run =
        start(binary().current_dir(folder).args(["--exec-on-fail", slow, "--fail-on", "error>0/1s"]));
    run.feed(b"ret=-1\n");
    wait_until(|| runs(folder) == 1);
    for _ in 0..30 {
        run.feed(b"ret=-1\n");
        sleep(Duration::from_millis(100));
    }
    assert_eq!(runs(folder), 1);
    fs::write(folder.join("go"), "").unwrap();
    wait_until(|| folder.join("ended").exists());
    let (status, written, said) = run.end();
    assert_eq!(status, Some(1), "{said}");
    // The command's words are not among the lines.
    assert_eq!(written, b"ret=-1 (general: failure)\n".repeat(31));
    assert!(said.contains("said\n"), "{said}");
    let still =
        "imsdk-annotate: --exec-on-fail sh: still runs, and is not started again until it has ended\n";
    assert_eq!(said.matches(still).count(), 1, "{said}");
}

#[test]
fn a_command_is_waited_for_at_the_end_but_not_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let args = |command: &'static str| ["-q", "--exec-on-fail", command, "--fail-on", "error"];
    let output = run(folder, b"ret=-1\n", &args("sh -c 'sleep 1.5; echo run >> runs'"));
    assert_eq!((output.status.code(), runs(folder)), (Some(1), 1));
    let start = Instant::now();
    let output = run(folder, b"ret=-1\n", &args("sh -c 'exec sleep 60 > /dev/null 2>&1'"));
    assert!((9..50).contains(&start.elapsed().as_secs()));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("sh: still runs 10 s after the end, and is left to itself\n"), "{said}");
}

#[test]
fn a_file_that_is_followed_has_alarms_and_goes_on() {
    let mut following = Following::new();
    following.write("a.log", "");
    let [poll, every] = POLLING;
    let args = ["-F", "a.log", poll, every, "--exec-on-fail", SAVE_ENVIRONMENT, "--fail-on", "error>1/1m"];
    following.start(&args);
    following.append("a.log", "ret=-1\n");
    following.append("a.log", "ret=-402 last\n");
    following.expect("last");
    let folder = following.folder.path().to_owned();
    wait_until(|| folder.join("env").exists());
    let environment = environment(&folder);
    assert_eq!((&environment["IMSDK_COUNT"][..], &environment["IMSDK_CHECK"][..]), ("2", "error>1/1m"));
    assert_eq!(environment["IMSDK_FILE"], "a.log");
    following.append("a.log", "ret=-1 more\n");
    following.expect("more");
    following.stop();
    // With --until-fail, the command runs before the program ends.
    let mut following = Following::new();
    following.write("a.log", "ret=-1\n");
    following.start(&[&args[..], &["--until-fail", "--fail-on", "error"]].concat());
    let folder = following.folder.path().to_owned();
    wait_until(|| folder.join("env").exists());
    assert_eq!(self::environment(&folder)["IMSDK_CHECK"], "error");
    assert_eq!(following.wait().0.code(), Some(1));
}

/// The command has the signals that a program usually has, though this program handles some and ignores SIGPIPE.
#[cfg(target_os = "linux")]
#[test]
fn the_command_has_the_usual_signals() {
    let folder = tempfile::tempdir().unwrap();
    let args =
        ["-q", "--exec-on-fail", "sh -c 'exec grep Sig /proc/self/status > signals'", "--fail-on", "error"];
    assert_eq!(run(folder.path(), b"ret=-1\n", &args).status.code(), Some(1));
    let signals = fs::read_to_string(folder.path().join("signals")).unwrap();
    let mask = |name: &str| {
        let line = signals.lines().find(|line| line.starts_with(name)).unwrap();
        u64::from_str_radix(line.split_whitespace().nth(1).unwrap(), 16).unwrap()
    };
    let pipe = 1 << 12;
    assert_eq!((mask("SigBlk"), mask("SigIgn") & pipe), (0, 0), "{signals}");
}

#[test]
fn what_cannot_be_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("a.log"), "ret=-1\n").unwrap();
    for (args, expected) in [
        (&["--exec-on-fail", "true"][..], "--fail-on"),
        (&["--fail-on", "error", "--exec-on-fail", "sh -c 'x"], "a quote is not closed"),
        (&["--fail-on", "error", "--exec-on-fail", " "], "which command?"),
        (&["--fail-on", "error", "--exec-on-fail", "true", "--merge-reports"], "cannot be used with"),
    ] {
        let said = refusal(folder, &[args, &["a.log"]].concat());
        assert!(said.contains(expected), "{args:?}: {said}");
    }
    // Whoever writes a configuration must not run commands in the name of others.
    for line in
        ["--exec-on-fail=touch x", "--exec-on-fail touch x", "-q --exec-on-fail=touch", "-n --exec-on-fail"]
    {
        for (config, number) in
            [(format!("--fail-on=error\n{line}\n"), 2), (format!("{line}\n--fail-on error"), 1)]
        {
            fs::write(folder.join("config"), config).unwrap();
            let mut command = binary();
            command.current_dir(folder).env("IMSDK_ANNOTATE_CONFIG", folder.join("config"));
            let output = output_of(command.args(["--fail-on", "error", "a.log"]), b"");
            let said = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(2), "{said}");
            assert!(said.contains(&format!("config:{number}: ")) && said.contains("exec-on-fail"), "{said}");
            assert!(output.stdout.is_empty() && !folder.join("x").exists());
        }
    }
}
