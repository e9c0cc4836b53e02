//! Names of inputs, as operands, messages, reports and lines have them.

use super::visible::acts_on_terminals;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

/// The name of standard input in reports and lines, as in `grep`.
const GREPS_STDIN: &str = "(standard input)";

/// The name of an input.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum InputName {
    /// Standard input, with the name that `--name` gives it, if any.
    Stdin(Option<Box<str>>),
    File(PathBuf),
}

impl InputName {
    /// Standard input, without a name of its own.
    pub(crate) const STDIN: Self = Self::Stdin(None);

    /// Returns true if the input is standard input.
    pub(crate) fn is_stdin(&self) -> bool {
        matches!(self, Self::Stdin(_))
    }

    /// Returns the input that an operand names: standard input for `-`, and else a file.
    pub(crate) fn from_operand(operand: OsString) -> Self {
        if operand == "-" { Self::STDIN } else { Self::File(operand.into()) }
    }

    /// Returns the name of a member of this archive: `bundle.tar.gz:logs/server.log`. It is no path that can be opened.
    pub(crate) fn member(&self, member: &[u8]) -> Self {
        let archive = match self {
            Self::Stdin(_) => OsString::from(self.in_reports()),
            Self::File(path) => path.clone().into_os_string(),
        };
        let mut name = archive;
        name.push(":");
        name.push(OsStr::from_bytes(member));
        Self::File(name.into())
    }

    /// Returns the name for reports, in which standard input without a name has the one that `grep` gives it.
    pub(crate) fn in_reports(&self) -> String {
        match self {
            Self::Stdin(None) => GREPS_STDIN.to_owned(),
            Self::Stdin(Some(_)) | Self::File(_) => self.to_string(),
        }
    }

    /// Returns the name for the beginnings of lines, as `grep` writes it: the bytes of a file's name, even if they
    /// are not UTF-8. A name that could act on a terminal is written as in messages.
    pub(crate) fn before_lines(&self) -> Vec<u8> {
        match self {
            Self::File(path) if !path.to_string_lossy().contains(acts_on_terminals) => {
                path.as_os_str().as_bytes().to_vec()
            }
            _ => self.in_reports().into_bytes(),
        }
    }
}

/// Writes the name for messages, on one line: in quotes and with escapes, if it has characters that act on terminals.
impl fmt::Display for InputName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdin(name) => f.write_str(name.as_deref().unwrap_or("standard input")),
            Self::File(path) => {
                let name = path.to_string_lossy();
                if name.contains(acts_on_terminals) { write!(f, "{name:?}") } else { f.write_str(&name) }
            }
        }
    }
}
