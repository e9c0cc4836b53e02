//! Exit statuses of the program.

use crate::program::terminal::messages::Messages;
use std::process::ExitCode;

/// The exit status of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExitStatus {
    /// All went well, also if the reader of the output has gone away.
    Success,
    /// A check has failed, or a look-up has not found all.
    Failure,
    /// Bad usage or configuration, an input that cannot be read, or an output that cannot be written.
    Trouble,
}

impl ExitStatus {
    /// Returns the status of a run, in which a check `has_failed` or not. Reported trouble comes first, because input
    /// that could not be read might have changed the outcome of the check.
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

/// Reports the reason why nothing is done, and returns [`ExitStatus::Trouble`].
pub(crate) fn refuse(messages: &Messages, refusal: &str) -> ExitStatus {
    messages.say(refusal);
    ExitStatus::Trouble
}
