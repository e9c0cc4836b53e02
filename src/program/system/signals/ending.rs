//! Signals that end a program unless it handles them, and the way in which they end it.

use rustix::process::Signal;
use signal_hook::consts::{
    SIGABRT, SIGALRM, SIGBUS, SIGHUP, SIGINT, SIGIO, SIGPROF, SIGQUIT, SIGSYS, SIGTERM, SIGTRAP, SIGVTALRM,
    SIGXCPU,
};
use signal_hook::low_level;
use std::ffi::c_int;
use std::fs::File;
use std::io::Read;
use std::ops::RangeInclusive;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// Signals that ask for an end in order.
const ASKING: [c_int; 3] = [SIGHUP, SIGINT, SIGTERM];

/// Signals that end a program at once. The list lacks SIGKILL, which cannot be caught; SIGSEGV, SIGILL and SIGFPE,
/// which must not be caught, because the faulty instruction would be repeated; SIGPIPE, which Rust's runtime ignores;
/// SIGXFSZ, which is an error of the write; and SIGUSR1 and SIGUSR2, which end nothing here.
const ABRUPT: [c_int; 10] =
    [SIGABRT, SIGALRM, SIGBUS, SIGIO, SIGPROF, SIGQUIT, SIGSYS, SIGTRAP, SIGVTALRM, SIGXCPU];

/// Further signals that end a program at once, which only Linux has.
#[cfg(target_os = "linux")]
const LINUX_ABRUPT: [Signal; 2] = [Signal::STKFLT, Signal::POWER];
#[cfg(not(target_os = "linux"))]
const LINUX_ABRUPT: [Signal; 0] = [];

/// Realtime signals, as far as the C library leaves them to programs.
#[cfg(target_os = "linux")]
const REALTIME: RangeInclusive<c_int> = 34..=64;
#[cfg(not(target_os = "linux"))]
#[allow(clippy::reversed_empty_ranges)]
const REALTIME: RangeInclusive<c_int> = 1..=0;

/// The number that, added to the signal's, makes the exit status of a program that a signal ended, as in shells.
const STATUS_OF_SIGNAL: c_int = 128;

/// Returns the signals that ask for an end in order, without ignored ones: a signal that was ignored from the start
/// (`nohup`) stays ignored.
pub(super) fn asking() -> Vec<c_int> {
    not_ignored(ASKING.to_vec())
}

/// Returns all signals that end a program and can be caught, without ignored ones.
pub(super) fn all() -> Vec<c_int> {
    let linux = LINUX_ABRUPT.into_iter().map(Signal::as_raw);
    not_ignored(ASKING.into_iter().chain(ABRUPT).chain(linux).chain(REALTIME).collect())
}

/// Returns true if a signal ends a program at once.
pub(super) fn is_abrupt(signal: c_int) -> bool {
    !ASKING.contains(&signal)
}

/// Ends the program as the signal does by default. For signals for which no safe code can do so (realtime signals,
/// SIGIO, SIGPWR, SIGSTKFLT), the program exits with the status that a shell reports for the signal.
pub(super) fn end_by(signal: c_int) -> ! {
    let _ = low_level::emulate_default_handler(signal);
    low_level::exit(STATUS_OF_SIGNAL + signal)
}

/// Returns the signals without those that are ignored.
///
/// `sigaction` would report the action on each Unix, but no crate has it as a safe call: nix's, libc's and
/// `kernel_sigaction` of rustix (`runtime`, which is not for general use) are unsafe; signal-hook-registry asks for the
/// previous action and keeps the answer to itself; ctrlc reports only that one of its three signals has a handler;
/// yash-env has a safe call on a system that only unsafe code can make. Linux has the answer in `/proc`; where that is
/// missing, as on macOS, a shell is asked.
fn not_ignored(mut signals: Vec<c_int>) -> Vec<c_int> {
    // The signals that were ignored from the start do not change: the shell is asked once.
    static IGNORED: OnceLock<u64> = OnceLock::new();
    let ignored = IGNORED.get_or_init(|| {
        ignored_by_proc().unwrap_or_else(|| ignored_by_shell(Command::new("/bin/sh").args(["-c", KILLS])))
    });
    signals.retain(|signal| ignored >> (signal - 1) & 1 == 0);
    signals
}

/// Returns the ignored signals as bits, the lowest for signal 1, as `/proc` tells them; `None` where it does not.
fn ignored_by_proc() -> Option<u64> {
    // Capacity for the whole file at once: reads into a growing buffer would take longer than all else here.
    let mut status = String::with_capacity(4096);
    File::open("/proc/self/status").ok()?.take(4096).read_to_string(&mut status).ok()?;
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
    u64::from_str_radix(mask.trim(), 16).ok()
}

/// A script that prints those of [`ASKING`] that are ignored: a shell that sends itself a signal lives on only where the
/// signal is ignored, because a program that is run inherits this. The others that end a program are not sent, because
/// they write core files.
const KILLS: &str = "for signal in 1 2 15; do /bin/sh -c \"kill -$signal \\$\\$\" && echo $signal; done";

/// Returns the ignored signals as [`ignored_by_proc`] does, by a shell that runs [`KILLS`]; none where it cannot be run.
fn ignored_by_shell(shell: &mut Command) -> u64 {
    let output = shell.stdin(Stdio::null()).stderr(Stdio::null()).output();
    let printed = output.map(|output| output.stdout).unwrap_or_default();
    let numbers = String::from_utf8_lossy(&printed);
    numbers
        .lines()
        .filter_map(|line| line.parse::<u32>().ok())
        .fold(0, |mask, signal| mask | 1 << (signal - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_tells_which_signals_are_ignored() {
        assert_eq!(ASKING, [1, 2, 15]);
        for (traps, expected) in [("", 0), ("trap '' HUP;", 1), ("trap '' INT TERM;", 1 << 1 | 1 << 14)] {
            // The test itself may run with ignored signals, as under `nohup`.
            let ignored = ignored_by_proc().unwrap_or(0) & (1 | 1 << 1 | 1 << 14);
            let script = format!("{traps} exec /bin/sh -c '{KILLS}'");
            assert_eq!(
                ignored_by_shell(Command::new("/bin/sh").args(["-c", &script])),
                expected | ignored,
                "{traps}"
            );
        }
    }
}
