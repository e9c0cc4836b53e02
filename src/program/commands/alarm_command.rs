//! The command of `--exec-on-fail`: its words, and its start with what has failed in its environment.

use crate::program::terminal::visible::visible;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::process::{Child, Command, Stdio};

/// The most bytes of a value in the environment.
const VALUE_MAX_BYTES: usize = 4096;

/// A command that is run without a shell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AlarmCommand {
    program: OsString,
    args: Vec<OsString>,
}

/// A failed check, for the environment of the command. Texts come from logs, catalogs and names of files.
#[derive(Clone, Copy, Debug)]
pub(super) struct AlarmFacts<'a> {
    /// The check as it was written: `error>100/1m`.
    pub(super) check: &'a str,
    pub(super) count: u64,
    /// The time at which the window of a rate begins; empty for another check.
    pub(super) from: &'a str,
    /// The selected code of the latest line, and its message; `None` if the code is not told apart from others.
    pub(super) code: Option<i32>,
    pub(super) message: &'a str,
    pub(super) file: &'a str,
    pub(super) line: &'a str,
}

impl AlarmCommand {
    /// Divides a text into words as a shell does: by blanks that are not within quotes. Nothing is expanded.
    ///
    /// # Errors
    ///
    /// Returns the message about a quote that is not closed, and a text without words.
    pub(crate) fn parse(text: &OsStr) -> Result<Self, String> {
        let words = shlex::bytes::split(text.as_bytes())
            .ok_or("a quote is not closed, or nothing follows a backslash")?;
        let mut words = words.into_iter().map(OsString::from_vec);
        let program = words.next().filter(|program| !program.is_empty()).ok_or("which command?")?;
        Ok(Self { program, args: words.collect() })
    }

    /// Starts the command. It reads nothing, and what it writes goes to standard error.
    ///
    /// # Errors
    ///
    /// Fails where the program is not there or cannot be run.
    pub(super) fn start(&self, facts: &AlarmFacts<'_>) -> io::Result<Child> {
        let stderr = io::stderr();
        let stdout = stderr.as_fd().try_clone_to_owned().map_or_else(|_| Stdio::null(), Stdio::from);
        let code = facts.code.map_or(String::new(), |code| code.to_string());
        let values = [
            ("IMSDK_CHECK", facts.check),
            ("IMSDK_COUNT", &facts.count.to_string()),
            ("IMSDK_FROM", facts.from),
            ("IMSDK_CODE", &code),
            ("IMSDK_MESSAGE", facts.message),
            ("IMSDK_FILE", facts.file),
            ("IMSDK_LINE", facts.line),
        ];
        let mut command = Command::new(&self.program);
        command.args(&self.args).envs(values.map(|(name, value)| (name, value_of(value))));
        command.stdin(Stdio::null()).stdout(stdout).spawn()
    }
}

/// Returns a text as it can stand in the environment: without NUL, and of a bounded length.
fn value_of(text: &str) -> String {
    let mut ends = (0..=text.len().min(VALUE_MAX_BYTES)).rev();
    let end = ends.find(|&end| text.is_char_boundary(end)).unwrap_or(0);
    text[..end].replace('\0', "\u{fffd}")
}

/// Writes the program as messages name it.
impl fmt::Display for AlarmCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&visible(&self.program.to_string_lossy()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_a_shell_and_nothing_is_expanded() {
        for (text, words) in [
            ("notify", &["notify"][..]),
            (" notify  -t 5\t", &["notify", "-t", "5"]),
            (r#"sh -c 'mail "$1" < x' - "a b""#, &["sh", "-c", "mail \"$1\" < x", "-", "a b"]),
            (r"a\ b $HOME * ~ '' `x`", &["a b", "$HOME", "*", "~", "", "`x`"]),
        ] {
            let AlarmCommand { program, args } = AlarmCommand::parse(text.as_ref()).unwrap();
            let found: Vec<_> = std::iter::once(program).chain(args).collect();
            assert_eq!(found, words, "{text}");
        }
        for text in ["", "  ", "''", "a 'b", "a \"b", "a \\", "# x"] {
            assert!(AlarmCommand::parse(text.as_ref()).is_err(), "{text}");
        }
    }

    #[test]
    fn values_have_no_nul_and_an_end() {
        assert_eq!(value_of("a\0b\n'$(x)"), "a\u{fffd}b\n'$(x)");
        assert_eq!(value_of(&"码".repeat(2000)).len(), VALUE_MAX_BYTES / 3 * 3);
    }
}
