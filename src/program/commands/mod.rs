//! Commands: one file or folder for each mode of the program. A command takes resolved values, and does not see the
//! arguments.

mod accept_file;
mod alarm_command;
mod alarms;
pub(crate) mod annotate;
pub(crate) mod check_catalog;
pub(crate) mod lines_to;
mod live;
mod load_catalog;
mod load_zstd_dictionary;
pub(crate) mod lookup;
pub(crate) mod merge;
mod metrics_file;
mod open_report;
mod operand_hint;
mod other_names;
mod parts;
mod read_named;
mod report_choice;
mod said_trouble;
mod triage;
mod uses;

pub(crate) use accept_file::{AcceptTarget, load_accepted};
pub(crate) use alarm_command::AlarmCommand;
pub(crate) use alarms::Alarms;
pub(crate) use lines_to::LinesTo;
pub(crate) use load_catalog::load_catalog;
pub(crate) use load_zstd_dictionary::load_zstd_dictionary;
pub(crate) use metrics_file::MetricsChoice;
pub(crate) use operand_hint::codes_in;
pub(crate) use report_choice::ReportChoice;
pub(crate) use triage::{Triage, load_baseline};
pub(crate) use uses::Uses;

use crate::program::output::Destination;
use crate::program::system::signals::Signals;
use crate::program::terminal::exit_status::ExitStatus;
use crate::program::terminal::messages::{Messages, STDOUT_NAME, say_if_not_written};
use std::io::Write;

/// The command of a run, with all values that it needs.
pub(crate) enum Mode {
    /// Prints a text: help, version, the manual, or completions.
    Print(Vec<u8>),
    CheckCatalog(check_catalog::CheckCatalog),
    LookUp(Box<lookup::LookUp>),
    Merge(Box<merge::Merge>),
    Annotate(Box<annotate::Annotate>),
}

impl Mode {
    /// Runs the command, and returns the exit status. Reports trouble on standard error.
    pub(crate) fn run(self, signals: &Signals, messages: &Messages) -> ExitStatus {
        match self {
            Self::Print(text) => print(&text, signals, messages),
            Self::CheckCatalog(command) => command.run(signals, messages),
            Self::LookUp(command) => command.run(messages),
            Self::Merge(command) => command.run(signals, messages),
            Self::Annotate(command) => {
                let status = command.run();
                // The command has messages of its own; trouble from before it counts, too.
                status.max(ExitStatus::of(messages, false))
            }
        }
    }
}

fn print(text: &[u8], signals: &Signals, messages: &Messages) -> ExitStatus {
    let written = Destination::stdout(signals).and_then(|mut wtr| wtr.write_all(text));
    say_if_not_written(messages, STDOUT_NAME, written);
    ExitStatus::of(messages, false)
}
