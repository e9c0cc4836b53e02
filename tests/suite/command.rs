//! Runs the binary in a clean environment. A failure shows the command, the input and both outputs.

use rustix::process::Signal;
use std::ffi::OsStr;
use std::fs;
use std::io::{Read, Write};
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Once};

/// The variables by which CI services are told.
pub(crate) const SERVICES: [&str; 6] =
    ["GITHUB_ACTIONS", "TEAMCITY_VERSION", "TF_BUILD", "JENKINS_URL", "BUILDKITE", "GITLAB_CI"];

/// Returns a command for the binary, with nothing in its environment that could change its behaviour.
pub(crate) fn binary() -> Command {
    isolated(env!("CARGO_BIN_EXE_imsdk-annotate"))
}

/// Returns a command for a program that may run the binary, with nothing in its environment that could change the
/// binary's behaviour.
pub(crate) fn isolated(program: impl AsRef<OsStr>) -> Command {
    have_usual_signals();
    let mut command = Command::new(program);
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "TERM"].into_iter().chain(SERVICES) {
        command.env_remove(name);
    }
    // The empty name stands for no file: the configuration of the user who runs the tests is not read.
    command.env("IMSDK_ANNOTATE_CONFIG", "");
    command
}

/// Lets programs start with the usual treatment of signals. A signal that the tests were started to ignore (`nohup cargo test &`)
/// would be ignored by each program that they start, and a test that sends it would wait for ever. A signal with a handler has its
/// usual treatment in the program again.
fn have_usual_signals() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Only Linux tells which signals are ignored.
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let mask = mask.map_or(0, |mask| u64::from_str_radix(mask.trim(), 16).unwrap());
        for signal in [Signal::HUP, Signal::INT, Signal::QUIT, Signal::TERM, Signal::USR1].map(Signal::as_raw)
        {
            if mask >> (signal - 1) & 1 == 1 {
                signal_hook::flag::register(signal, Arc::default()).unwrap();
            }
        }
    });
}

/// Runs a command with an input, waits for its end, and returns its status and outputs.
pub(crate) fn output_of(command: &mut Command, input: &[u8]) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let mut stdin = child.stdin.take().unwrap();
    std::thread::scope(|scope| {
        // A program that does not read all input shows it by its status.
        scope.spawn(move || drop(stdin.write_all(input)));
        child.wait_with_output().unwrap()
    })
}

/// Returns the standard output of the binary for an input. Panics if the run fails or prints a message.
pub(crate) fn annotate(args: &[&str], input: &[u8]) -> Vec<u8> {
    let mut command = binary();
    let output = output_of(command.args(args), input);
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{command:?}\n{:?}\nstdin:  {}\nstdout: {}\nstderr: {}",
        output.status,
        input.escape_ascii(),
        output.stdout.escape_ascii(),
        output.stderr.escape_ascii(),
    );
    output.stdout
}

/// Reads until the bytes read end with `end`, and returns them. Waits as long as the test runner does.
pub(crate) fn read_until(rdr: &mut impl Read, end: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    let mut buffer = [0; 4096];
    while !text.ends_with(end) {
        let count = rdr.read(&mut buffer).unwrap();
        assert!(count > 0, "ended early: {}", text.escape_ascii());
        text.extend_from_slice(&buffer[..count]);
    }
    text
}

/// Returns the peak memory of a process in KiB, where the system reports it.
pub(crate) fn peak_kib(id: u32) -> Option<u64> {
    kib(id, "VmHWM:")
}

/// Returns the peak memory of a process in KiB without the pages of files that are mapped. These are the program and its
/// libraries, of which the system maps as many pages as it has at hand: 200 KiB more in one run than in another.
pub(crate) fn own_peak_kib(id: u32) -> Option<u64> {
    Some(peak_kib(id)?.saturating_sub(kib(id, "RssFile:")?))
}

/// Returns an amount of memory from the status of a process, where the system reports it.
fn kib(id: u32, name: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let amount = status.lines().find_map(|line| line.strip_prefix(name))?;
    amount.trim().trim_end_matches(" kB").parse().ok()
}
