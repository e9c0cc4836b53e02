//! Runs the binary in a clean environment; a failure shows command, input and both outputs.

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::process::{Command, Output, Stdio};

/// The binary, with nothing in its environment that could change what it does.
pub(crate) fn binary() -> Command {
    isolated(env!("CARGO_BIN_EXE_imsdk-annotate"))
}

/// A program that may run the binary, with nothing in its environment that could change what that does.
pub(crate) fn isolated(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "TERM"] {
        command.env_remove(name);
    }
    // The empty name is that of no file: the configuration of who runs the tests is left alone.
    command.env("IMSDK_ANNOTATE_CONFIG", "");
    command
}

/// Runs a command with an input and waits for its end.
pub(crate) fn output_of(command: &mut Command, input: &[u8]) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let mut stdin = child.stdin.take().unwrap();
    std::thread::scope(|scope| {
        // Who does not read all of it says so in its status.
        scope.spawn(move || drop(stdin.write_all(input)));
        child.wait_with_output().unwrap()
    })
}

/// What the binary makes of an input; that it went well is checked.
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

/// Reads until what has come ends with `end`. The test runner's patience is the limit.
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

/// The most memory that a process has had in use so far, in KiB, where the system tells.
pub(crate) fn peak_kib(id: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    peak.trim().trim_end_matches(" kB").parse().ok()
}
