//! Exit statuses of the program.

use crate::program::terminal::messages::Messages;
use std::process::ExitCode;

/// The exit status of the program, from the least to the gravest: of several that apply, the gravest counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ExitStatus {
    /// All went well, also if the reader of the output has gone away.
    Success,
    /// A check has failed, or a look-up has not found all.
    Failure,
    /// Inputs that are damaged or cannot be read; outputs are whole but for them.
    InputTrouble,
    /// Bad usage or configuration, or an output that cannot be written.
    Trouble,
}

impl ExitStatus {
    /// Returns the status of a run, in which a check `has_failed` or not. Reported trouble comes first, because input
    /// that could not be read might have changed the outcome of the check.
    pub(crate) fn of(messages: &Messages, has_failed: bool) -> Self {
        if messages.any_other() {
            Self::Trouble
        } else if messages.any_of_inputs() {
            Self::InputTrouble
        } else if has_failed {
            Self::Failure
        } else {
            Self::Success
        }
    }
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        match status {
            ExitStatus::Success => Self::from(0),
            ExitStatus::Failure => Self::from(1),
            ExitStatus::Trouble => Self::from(2),
            ExitStatus::InputTrouble => Self::from(3),
        }
    }
}

/// Reports the reason why nothing is done, and returns [`ExitStatus::Trouble`].
pub(crate) fn refuse(messages: &Messages, refusal: &str) -> ExitStatus {
    messages.say(refusal);
    ExitStatus::Trouble
}
