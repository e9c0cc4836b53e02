//! Exit statuses.

use std::process::ExitCode;

/// How the program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExitStatus {
    /// All went well, also when the reader of the output has gone away.
    Success,
    /// Bad usage, an input that cannot be read, output that cannot be written.
    Trouble,
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        match status {
            ExitStatus::Success => Self::from(0),
            ExitStatus::Trouble => Self::from(2),
        }
    }
}
