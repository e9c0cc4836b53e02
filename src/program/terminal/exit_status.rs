//! Exit statuses.

use crate::program::terminal::messages::Messages;
use std::process::ExitCode;

/// How the program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExitStatus {
    /// All went well, also when the reader of the output has gone away.
    Success,
    /// A check that was asked for has failed.
    Failure,
    /// Bad usage, an input that cannot be read, output that cannot be written.
    Trouble,
}

impl ExitStatus {
    /// Trouble wins: what could not be read may have failed, too.
    pub(crate) fn of(messages: &Messages, has_failed: bool) -> Self {
        match (messages.any(), has_failed) {
            (true, _) => Self::Trouble,
            (false, true) => Self::Failure,
            (false, false) => Self::Success,
        }
    }
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        match status {
            ExitStatus::Success => Self::from(0),
            ExitStatus::Failure => Self::from(1),
            ExitStatus::Trouble => Self::from(2),
        }
    }
}

/// Says why nothing is done.
pub(crate) fn refuse(messages: &Messages, refusal: &str) -> ExitStatus {
    messages.say(refusal);
    ExitStatus::Trouble
}
