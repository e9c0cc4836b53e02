//! Adds up JSON reports, each of a part of the logs.

use super::parts::Parts;
use super::{LinesTo, Triage, Uses};
use crate::Catalog;
use crate::program::input::{ListingRules, REPORT, read_whole};
use crate::program::output::{self, UsedAs};
use crate::program::report::{ReportSum, load};
use crate::program::system::signals::Signals;
use crate::program::terminal::exit_status::{ExitStatus, refuse};
use crate::program::terminal::input_name::InputName;
use crate::program::terminal::messages::Messages;
use std::collections::HashSet;

/// Adds up reports, and writes the reports and checks of the sum.
pub(crate) struct Merge {
    /// The reports, and folders of reports, in the order in which they are added up.
    pub(crate) inputs: Vec<InputName>,
    /// The rules by which the reports of folders are listed.
    pub(crate) listing_rules: ListingRules,
    pub(crate) triage: Triage,
    pub(crate) uses: Uses,
    /// Warnings, of one line each, about options that were probably meant otherwise.
    pub(crate) warnings: Vec<String>,
}

impl Merge {
    /// Reads the reports, and writes the reports and checks of their sum. Returns the exit status. A report that
    /// cannot be read is left out with a message, and makes the sum incomplete.
    pub(super) fn run(self, signals: &Signals, messages: &Messages) -> ExitStatus {
        let Self { inputs, listing_rules, mut triage, uses, warnings } = self;
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
        let Parts { reports, complete } = Parts::list(&inputs, &listing_rules, messages);
        let opened = uses
            .files_in_use(|in_use| reports.iter().for_each(|name| in_use.add(name, UsedAs::Report)))
            .and_then(|files_in_use| triage.open_reports(&LinesTo::Nowhere, &files_in_use, None, signals));
        if let Err(refusal) = opened {
            return refuse(messages, &refusal);
        }
        let mut sum = ReportSum::default();
        sum.tally.complete = complete;
        let mut damaged = HashSet::new();
        for name in &reports {
            // A part that is named twice is said once.
            if !damaged.contains(name) && !add_part(&mut sum, name, &triage.catalog, signals, messages) {
                damaged.insert(name);
                sum.tally.complete = false;
            }
        }
        for missing in sum.missing_at_ends() {
            // The report of a part is added up further; nobody decides anything by it yet.
            if triage.is_for_further_sums() {
                messages.mention(&missing);
            } else {
                messages.say_of_input(&missing);
                sum.tally.complete = false;
            }
        }
        let ReportSum { tally, mut names, .. } = sum;
        triage.label_names(&mut names);
        let has_failed = triage.finish(&tally, &names, messages);
        ExitStatus::of(messages, has_failed)
    }
}

/// Reads a report and adds it to the sum. Returns false, with a message, if it cannot be read or cannot be added, or if
/// something is missing before it.
fn add_part(
    sum: &mut ReportSum,
    name: &InputName,
    catalog: &Catalog,
    signals: &Signals,
    messages: &Messages,
) -> bool {
    let text = match read_whole(name, REPORT, signals) {
        Ok(text) => text,
        Err(error) => {
            messages.input(name, &error);
            return false;
        }
    };
    let report = match load(&text, catalog) {
        Ok(report) => report,
        Err(error) => {
            messages.say_of_input(&format!("{name}: {error}"));
            return false;
        }
    };
    if !report.tally.complete {
        messages.say_of_input(&format!("{name}: is of inputs that could not all be read"));
    }
    if let Some(refusal) = sum.refusal(&report) {
        messages.say(&format!("{name}: {refusal}"));
        return false;
    }
    if let Some(missing) = sum.append(report) {
        messages.say_of_input(&format!("{name}: {missing}"));
        return false;
    }
    true
}
