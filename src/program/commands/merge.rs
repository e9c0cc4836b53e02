//! Adds up JSON reports of parts.

use super::triage::Triage;
use super::write_to::files_in_use;
use crate::program::cli::args::Args;
use crate::program::input::{REPORT, read_whole};
use crate::program::output::{self, UsedAs};
use crate::program::report::{LoadedReport, Tally, load};
use crate::program::system::signals;
use crate::program::terminal::exit_status::ExitStatus;
use crate::program::terminal::messages::Messages;
use crate::program::terminal::progress::Progress;

/// Reads the reports that the operands name, in their order, and writes what was asked for of their sum. What
/// cannot be read is said, and left out.
pub(crate) fn merge_reports(args: &Args, mut triage: Triage) -> ExitStatus {
    let messages = Messages::new(Progress::hidden());
    if !args.triage.counts() {
        messages.say("--merge-reports needs a --report to write, or a --fail-on to check");
        return ExitStatus::Trouble;
    }
    if args.makes_files() {
        // Without that, an interruption leaves a file with a temporary name.
        let _ = signals::watch_with(output::remove_new_files);
    }
    args.triage.warnings().for_each(|warning| messages.mention(&warning));
    let inputs = args.inputs();
    let opened = files_in_use(args, inputs.iter(), UsedAs::Report)
        .and_then(|files_in_use| triage.open_reports(args, &files_in_use, None));
    if let Err(refusal) = opened {
        messages.say(&refusal);
        return ExitStatus::Trouble;
    }
    let mut sum = LoadedReport { tally: Tally::new(), names: Vec::new() };
    for name in inputs {
        match read_whole(&name, REPORT) {
            Err(error) => messages.input(&name, &error),
            Ok(text) => match load(&text, &triage.catalog) {
                Ok(report) => {
                    if !report.tally.complete {
                        messages.say(&format!("{name}: is of inputs that could not all be read"));
                    }
                    sum.append(report);
                    continue;
                }
                Err(error) => messages.say(&format!("{name}: {error}")),
            },
        }
        sum.tally.complete = false;
    }
    triage.select_unknown(&mut sum.tally, &messages);
    let has_failed = triage.finish(&sum.tally, &sum.names, &messages);
    ExitStatus::of(&messages, has_failed)
}
