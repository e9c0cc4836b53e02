//! Adds up JSON reports, each of a part of the logs.

use super::{LinesTo, Triage, Uses};
use crate::program::input::{REPORT, read_whole};
use crate::program::output::{self, UsedAs};
use crate::program::report::{LoadedReport, Tally, load};
use crate::program::system::signals::Signals;
use crate::program::terminal::exit_status::{ExitStatus, refuse};
use crate::program::terminal::input_name::InputName;
use crate::program::terminal::messages::Messages;

/// Adds up reports, and writes the reports and checks of the sum.
pub(crate) struct Merge {
    /// The reports, in the order in which they are added up.
    pub(crate) inputs: Vec<InputName>,
    pub(crate) triage: Triage,
    pub(crate) uses: Uses,
    /// Warnings, of one line each, about options that were probably meant otherwise.
    pub(crate) warnings: Vec<String>,
}

impl Merge {
    /// Reads the reports, and writes the reports and checks of their sum. Returns the exit status. A report that
    /// cannot be read is left out with a message, and makes the sum incomplete.
    pub(super) fn run(self, signals: &Signals, messages: &Messages) -> ExitStatus {
        let Self { inputs, mut triage, uses, warnings } = self;
        if !triage.counts() {
            return refuse(
                messages,
                "--merge-reports needs a --report to write, or a --fail-on or --expect to check",
            );
        }
        if uses.makes_files {
            // If this fails, an interruption leaves a file with a temporary name behind.
            let _ = signals.watch_with(output::remove_new_files);
        }
        warnings.iter().for_each(|warning| messages.mention(warning));
        let opened = uses
            .files_in_use(|in_use| inputs.iter().for_each(|name| in_use.add(name, UsedAs::Report)))
            .and_then(|files_in_use| triage.open_reports(&LinesTo::Nowhere, &files_in_use, None, signals));
        if let Err(refusal) = opened {
            return refuse(messages, &refusal);
        }
        let mut sum = LoadedReport { tally: Tally::new(), names: Vec::new() };
        for name in &inputs {
            match read_whole(name, REPORT, signals) {
                Err(error) => messages.input(name, &error),
                Ok(text) => match load(&text, &triage.catalog) {
                    Ok(report) => {
                        if !report.tally.complete {
                            messages
                                .say_of_input(&format!("{name}: is of inputs that could not all be read"));
                        }
                        sum.append(report);
                        continue;
                    }
                    Err(error) => messages.say_of_input(&format!("{name}: {error}")),
                },
            }
            sum.tally.complete = false;
        }
        let has_failed = triage.finish(&sum.tally, &sum.names.into_iter().enumerate().collect(), messages);
        ExitStatus::of(messages, has_failed)
    }
}
