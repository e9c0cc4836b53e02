//! Reports and checks of a run: opened before the work starts, written when it is done.

use super::accept_file::{AcceptTarget, OpenAcceptFile};
use super::alarms::Alarms;
use super::lines_to::written_twice;
use super::metrics_file::{MetricsChoice, MetricsFile};
use super::open_report::{OpenReport, name_of};
use super::read_named::read_named;
use super::{LinesTo, ReportChoice};
use crate::program::input::REPORT;
use crate::program::output::{FilesInUse, OutputFolder, resolve};
use crate::program::report::{
    Baseline, Check, Counter, InputNames, Judgement, LiveTable, Report, SoFar, Tally, ValueHasher, load,
};
use crate::program::system::signals::Signals;
use crate::program::terminal::coloring::Coloring;
use crate::program::terminal::messages::Messages;
use crate::program::terminal::screen::{Screen, rows_of};
use crate::{Annotator, Catalog, Language};
use jiff::Timestamp;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The most accepted codes to look at that messages name; the report names all.
const REMARKS_MAX: usize = 10;

/// The reports and checks to make of the counts.
pub(crate) struct Triage {
    pub(crate) catalog: Catalog,
    pub(crate) language: Language,
    pub(crate) coloring: Coloring,
    pub(crate) judgement: Judgement,
    /// The finders of the users of codes, and of the requests that failed; `None` if they are not counted.
    pub(crate) users: Option<ValueHasher>,
    pub(crate) trace: Option<ValueHasher>,
    /// The file to which new codes are added, until it is opened.
    pub(crate) accept_target: Option<AcceptTarget>,
    /// The file to which new codes are added, once it is open.
    pub(crate) accept_file: Option<OpenAcceptFile>,
    /// The most codes in each list of a report.
    pub(crate) top: Option<usize>,
    /// The reports that the options ask for.
    pub(crate) report_choices: Vec<ReportChoice>,
    /// The name of the job, which stands before the names of inputs in reports.
    pub(crate) label: Option<String>,
    /// The resolved paths of the outputs that are regular files, once they are open.
    pub(crate) own_outputs: Vec<PathBuf>,
    /// The reports that are open.
    pub(crate) reports: Vec<OpenReport>,
    /// The interval at which reports are written while the run goes on; `None` if they are written at the end alone.
    pub(crate) report_every: Option<Duration>,
    /// The table on the terminal; `None` if there is none.
    pub(crate) live_table: Option<LiveTable>,
    /// The command that runs when a check fails; `None` if there is none.
    pub(crate) alarms: Option<Alarms>,
    /// The file of metrics, until it is opened.
    pub(crate) metrics: Option<MetricsChoice>,
    /// The file of metrics, once it is open.
    pub(crate) metrics_file: Option<MetricsFile>,
}

/// The checks of a run, to be made while it goes on.
pub(crate) struct ChecksSoFar {
    catalog: Catalog,
    judgement: Judgement,
    language: Language,
}

impl ChecksSoFar {
    /// Returns true if a check fails that more input cannot mend.
    pub(super) fn any_fails(&self, so_far: &Tally) -> bool {
        debug_assert!(!so_far.complete, "more is to come");
        let names = InputNames::new();
        let Self { catalog, judgement, language } = self;
        !Report::new(so_far, &names, catalog, judgement, *language).failures().is_empty()
    }
}

impl Triage {
    /// Returns true if a report, a table, metrics, a check or the list of accepted codes needs the counts of fields.
    pub(crate) fn counts(&self) -> bool {
        self.shows_counts() || self.reports_or_checks()
    }

    /// Returns true if a report, a table, metrics or the list of accepted codes shows the counts of fields.
    fn shows_counts(&self) -> bool {
        let writes_accepted = self.accept_target.is_some() || self.accept_file.is_some();
        let has_metrics = self.metrics.is_some() || self.metrics_file.is_some();
        !self.report_choices.is_empty() || has_metrics || self.live_table.is_some() || writes_accepted
    }

    /// Returns true if there is a report to write or a check to decide.
    pub(crate) fn reports_or_checks(&self) -> bool {
        !self.report_choices.is_empty() || !self.judgement.checks.is_empty()
    }

    /// Returns the checks, to be made while the run goes on.
    pub(super) fn checks_so_far(&self) -> ChecksSoFar {
        let Self { catalog, judgement, language, .. } = self;
        ChecksSoFar { catalog: catalog.clone(), judgement: judgement.clone(), language: *language }
    }

    /// Opens the reports, so that a place that cannot be written is known before the work starts. `folder` is the
    /// folder of `--output-dir`.
    ///
    /// # Errors
    ///
    /// Returns the message if a report cannot be opened, or two outputs have one place.
    pub(super) fn open_reports(
        &mut self,
        lines_to: &LinesTo,
        files_in_use: &FilesInUse<'_>,
        folder: Option<&OutputFolder>,
        signals: &Signals,
    ) -> Result<(), String> {
        let mut taken = Vec::new();
        if let LinesTo::File(path) = lines_to {
            taken.push(resolve(path));
        }
        for choice in &self.report_choices {
            if let Some(place) = choice.place(folder) {
                if taken.contains(&place) {
                    return Err(written_twice(&place));
                }
                taken.push(place);
            }
            self.reports.push(OpenReport::open(
                choice,
                self.coloring,
                lines_to,
                files_in_use,
                folder,
                signals,
            )?);
        }
        if let Some(choice) = self.metrics.take() {
            if let Some(place) = choice.place(folder) {
                if taken.contains(&place) {
                    return Err(written_twice(&place));
                }
                taken.push(place);
            }
            let file = MetricsFile::open(choice, &self.catalog, lines_to, files_in_use, folder, signals)?;
            self.metrics_file = Some(file);
        }
        if let Some(target) = self.accept_target.take() {
            if taken.contains(&target.place()) {
                return Err(written_twice(&target.place()));
            }
            taken.push(target.place());
            self.accept_file = Some(target.open(files_in_use, folder, signals)?);
        }
        self.own_outputs = taken;
        Ok(())
    }

    /// Returns true if the counts only go into JSON reports, which may be added up further, and nothing is decided by them.
    pub(super) fn is_for_further_sums(&self) -> bool {
        let are_json = self.report_choices.iter().all(|choice| choice.format.is_json());
        are_json
            && self.judgement.checks.is_empty()
            && self.accept_target.is_none()
            && self.accept_file.is_none()
    }

    /// Puts the name of the job before the names of inputs, as reports have them: `shard1:server.log`.
    pub(super) fn label_names(&self, names: &mut InputNames) {
        if let Some(label) = &self.label {
            names.values_mut().for_each(|name| *name = format!("{label}:{name}"));
        }
    }

    /// Returns true if the numbers of fields with each code are all that the run needs: for checks that count fields, with
    /// no report, table, metrics, command or list that shows more. `keeps_counts` is true if a journal keeps the counts.
    fn needs_codes_alone(&self, keeps_counts: bool) -> bool {
        let counts_more = self.alarms.is_some() || self.users.is_some() || self.trace.is_some();
        !(keeps_counts || counts_more || self.shows_counts())
            && self.judgement.checks.iter().all(Check::counts_fields_alone)
    }

    /// Returns a counter of the fields that the reports and checks need, and of near misses if a report shows them.
    /// `keeps_counts` is true if a journal keeps the counts.
    pub(crate) fn counter(&self, annotator: &Annotator, keeps_counts: bool) -> Counter {
        let shows_near = self.report_choices.iter().any(|choice| choice.format.shows_near());
        let selectors = self.judgement.checks.iter().map(|check| check.selector.clone()).collect();
        Counter::new(&self.catalog, selectors)
            .of_codes_alone(self.needs_codes_alone(keeps_counts))
            .with_rates(self.judgement.rates())
            .with_near(shows_near.then(|| annotator.near_scanner()))
            .with_values(self.users.clone(), self.trace.clone(), &self.catalog)
    }

    /// Returns the lines of the table on the terminal of standard output, for its window as it is now; `None` if there is no
    /// such table.
    pub(super) fn live_lines(
        &mut self,
        tally: &Tally,
        names: &InputNames,
        troubled_inputs: u64,
    ) -> Option<Vec<String>> {
        let Self { catalog, language, judgement, live_table, coloring, .. } = self;
        let report = Report::new(tally, names, catalog, judgement, *language);
        let (screen, rows) = (Screen::of(&io::stdout(), *coloring), rows_of(io::stdout()));
        live_table.as_mut().map(|table| table.lines(&report, troubled_inputs, screen, rows))
    }

    /// Writes the reports on a run that goes on, which covers the time that `so_far` tells. Returns true if there is one that
    /// can be written before the end.
    pub(super) fn write_so_far(
        &mut self,
        tally: &Tally,
        names: &InputNames,
        so_far: &SoFar,
        messages: &Messages,
    ) -> bool {
        let Self { catalog, language, judgement, top, reports, .. } = self;
        let report = Report::new(tally, names, catalog, judgement, *language).with_top(*top);
        let report = report.on_run_that_goes_on(Some(so_far));
        let heading = heading(so_far.time());
        let mut any = false;
        for open in reports.iter_mut().filter(|open| open.can_go_on()) {
            open.write_so_far(&report, &heading, messages);
            any = true;
        }
        any
    }

    /// Writes the reports, and prints a line for each check that has not passed. Returns true if any has failed. It is
    /// trouble if there was no input, or a check cannot be decided from the reports of parts.
    pub(crate) fn finish(self, tally: &Tally, names: &InputNames, messages: &Messages) -> bool {
        if !self.counts() {
            return false;
        }
        let Self { catalog, language, judgement, top, reports, accept_file, .. } = self;
        let report = Report::new(tally, names, &catalog, &judgement, language).with_top(top);
        let heading = self.report_every.map(|_| heading(&now()));
        reports.into_iter().for_each(|open| open.finish(&report, heading.as_deref(), messages));
        if let Some(accept_file) = accept_file {
            accept_file.write(&report, messages);
        }
        let remarks = report.accept_remarks();
        remarks.iter().take(REMARKS_MAX).for_each(|remark| messages.mention(remark));
        if remarks.len() > REMARKS_MAX {
            messages.mention(&format!("{} more accepted codes to look at", remarks.len() - REMARKS_MAX));
        }
        if tally.complete && !tally.is_whole() {
            messages.say_of_input("there was no input to report on; name a file, or a folder that has some");
        }
        let (failures, undecided) = (report.failures(), report.undecided());
        if report.lacks_something() {
            undecided.iter().for_each(|line| messages.say(line));
        } else {
            undecided.iter().for_each(|line| messages.mention(line));
        }
        failures.iter().for_each(|line| messages.mention(line));
        !failures.is_empty()
    }
}

/// Returns the line that parts reports which follow each other: `-- 2026-05-01T10:00:00Z --`.
fn heading(time: &str) -> String {
    format!("-- {time} --\n")
}

/// Returns the time now, in UTC and in whole seconds, as text.
pub(super) fn now() -> String {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now).to_string()
}

/// Reads the report of an earlier run, to compare with.
///
/// # Errors
///
/// Returns the message if the report cannot be read, or is not complete.
pub(crate) fn load_baseline(path: &Path, catalog: &Catalog, signals: &Signals) -> Result<Baseline, String> {
    let text = read_named("--baseline", path, REPORT, signals)?;
    let name = name_of(path);
    let report = load(&text, catalog).map_err(|error| format!("--baseline {name}: {error}"))?;
    if !report.tally.complete {
        return Err(format!(
            "--baseline {name}: is of inputs that could not all be read; make it anew (--report json=FILE)"
        ));
    }
    Ok(Baseline::new(&report.tally))
}
