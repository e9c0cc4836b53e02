//! Reports and checks of a run: opened before the work starts, written when it is done.

use super::accept_file::{AcceptTarget, OpenAcceptFile};
use super::lines_to::written_twice;
use super::read_named::read_named;
use super::{LinesTo, ReportChoice};
use crate::program::input::REPORT;
use crate::program::output::{Destination, FilesInUse, OutputFolder, Promised, resolve};
use crate::program::report::{
    Baseline, Counter, InputNames, Judgement, Report, ReportFormat, Tally, ValueHasher, load,
};
use crate::program::system::signals::Signals;
use crate::program::system::standard_error::StandardError;
use crate::program::system::standard_streams::{STDOUT, descriptor_of};
use crate::program::terminal::coloring::Coloring;
use crate::program::terminal::input_name::InputName;
use crate::program::terminal::messages::STDOUT_NAME;
use crate::program::terminal::messages::{Messages, output_trouble};
use crate::program::terminal::progress::Progress;
use crate::program::terminal::screen::Screen;
use crate::{Annotator, Catalog, Language};
use std::io::{self, BufWriter, ErrorKind, IsTerminal, Write};
use std::path::Path;

/// The most accepted codes to look at that messages name; the report names all.
const REMARKS_MAX: usize = 10;
/// The name of standard error in messages.
const STDERR_NAME: &str = "standard error";

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
    /// The reports that are open.
    pub(crate) reports: Vec<OpenReport>,
}

/// A report that is open, and still to be written.
pub(crate) struct OpenReport {
    format: ReportFormat,
    /// The name of the destination in messages.
    promised: Promised,
    /// True if the report goes to standard output, directly or by a path of it (`/dev/stdout`).
    is_to_stdout: bool,
    target: ReportTarget,
    screen: Screen,
}

/// The open destination of a report.
enum ReportTarget {
    /// Standard error. An empty line comes before the report if the lines are on the same terminal.
    Stderr {
        stderr: StandardError,
        below_lines: bool,
    },
    Destination(Destination),
}

impl Triage {
    /// Returns true if a report, a check or the list of accepted codes needs the counts of fields.
    pub(crate) fn counts(&self) -> bool {
        let writes_accepted = self.accept_target.is_some() || self.accept_file.is_some();
        self.reports_or_checks() || writes_accepted
    }

    /// Returns true if there is a report to write or a check to decide.
    pub(crate) fn reports_or_checks(&self) -> bool {
        !self.report_choices.is_empty() || !self.judgement.checks.is_empty()
    }

    /// Returns true if a check fails that more input cannot mend.
    pub(super) fn has_failed(&self, tally: &Tally) -> bool {
        let mut so_far = tally.clone();
        so_far.complete = false;
        let names = InputNames::new();
        let report = Report::new(&so_far, &names, &self.catalog, &self.judgement, self.language);
        !report.failures().is_empty()
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
        if let Some(target) = self.accept_target.take() {
            if taken.contains(&target.place()) {
                return Err(written_twice(&target.place()));
            }
            self.accept_file = Some(target.open(files_in_use, folder, signals)?);
        }
        Ok(())
    }

    /// Puts the name of the job before the names of inputs, as reports have them: `shard1:server.log`.
    pub(super) fn label_names(&self, names: &mut InputNames) {
        if let Some(label) = &self.label {
            names.values_mut().for_each(|name| *name = format!("{label}:{name}"));
        }
    }

    /// Returns a counter of the fields that the reports and checks need, and of near misses if a report shows them.
    pub(crate) fn counter(&self, annotator: &Annotator) -> Counter {
        let shows_near = self.report_choices.iter().any(|choice| choice.format.shows_near());
        let selectors = self.judgement.checks.iter().map(|check| check.selector.clone()).collect();
        Counter::new(&self.catalog, selectors)
            .with_near(shows_near.then(|| annotator.near_scanner()))
            .with_values(self.users.clone(), self.trace.clone(), &self.catalog)
    }

    /// Writes the reports, and prints a line for each check that has not passed. Returns true if any has failed. It is
    /// trouble if there was no input, or a check cannot be decided from the reports of parts.
    pub(crate) fn finish(self, tally: &Tally, names: &InputNames, messages: &Messages) -> bool {
        if !self.counts() {
            return false;
        }
        let Self { catalog, language, judgement, top, reports, accept_file, .. } = self;
        let report = Report::new(tally, names, &catalog, &judgement, language).with_top(top);
        for OpenReport { format, promised, is_to_stdout, target, screen } in reports {
            match target.write(&report, format, screen) {
                // The reader has read enough (`| head`).
                Err(error) if is_to_stdout && error.kind() == ErrorKind::BrokenPipe => {}
                Err(error) => messages.output(promised.name(), &error),
                Ok(()) => {}
            }
        }
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

impl OpenReport {
    /// Opens the destination of a report, and promises the report.
    ///
    /// # Errors
    ///
    /// Returns the message if the destination is refused or cannot be opened.
    fn open(
        choice: &ReportChoice,
        coloring: Coloring,
        lines_to: &LinesTo,
        files_in_use: &FilesInUse<'_>,
        folder: Option<&OutputFolder>,
        signals: &Signals,
    ) -> Result<Self, String> {
        let format = choice.format;
        let Some(path) = &choice.path else {
            let on_terminal = io::stderr().is_terminal();
            let below_lines = on_terminal && lines_to.is_stdout() && io::stdout().is_terminal();
            let stderr =
                StandardError::for_reports(signals).map_err(|error| output_trouble(STDERR_NAME, &error))?;
            let screen = Screen::of(&io::stderr(), coloring);
            let (target, promised) =
                (ReportTarget::Stderr { stderr, below_lines }, Promised::new(STDERR_NAME));
            return Ok(Self { format, promised, is_to_stdout: false, target, screen });
        };
        let is_to_stdout = choice.is_to_stdout() || descriptor_of(path) == Some(STDOUT);
        if is_to_stdout && lines_to.reaches_stdout() {
            return Err(format!(
                "--report {}={}: the lines go to standard output; add --quiet",
                format.name(),
                name_of(path)
            ));
        }
        if choice.is_to_stdout() {
            let stdout = Destination::stdout(signals).map_err(|error| output_trouble(STDOUT_NAME, &error))?;
            let target = ReportTarget::Destination(stdout);
            let screen = Screen::of(&io::stdout(), coloring);
            let promised = Promised::new(STDOUT_NAME);
            return Ok(Self { format, promised, is_to_stdout, target, screen });
        }
        let name = name_of(path);
        let place = choice.place(folder).unwrap_or_else(|| resolve(path));
        files_in_use.refuse_output(path, &place)?;
        // Promised before it is opened: opening a named pipe waits for its reader.
        let promised = Promised::new(&name);
        let below = folder.and_then(|folder| Some((folder, folder.relative(path)?)));
        let destination = match below {
            Some((folder, relative)) => Destination::below(folder, &relative, signals),
            None => Destination::file(path, &Progress::hidden(), signals),
        };
        let destination = destination.map_err(|error| output_trouble(&name, &error))?;
        let screen = Screen::of_file(coloring);
        Ok(Self { format, promised, is_to_stdout, target: ReportTarget::Destination(destination), screen })
    }
}

impl ReportTarget {
    fn write(self, report: &Report<'_>, format: ReportFormat, screen: Screen) -> io::Result<()> {
        match self {
            Self::Stderr { mut stderr, below_lines } => {
                let mut text = if below_lines { b"\n".to_vec() } else { Vec::new() };
                report.write(format, screen, &mut text)?;
                stderr.write_all(&text)
            }
            Self::Destination(destination) => {
                let mut wtr = BufWriter::new(destination);
                report.write(format, screen, &mut wtr)?;
                wtr.into_inner().map_err(io::IntoInnerError::into_error)?.finish(true).map(drop)
            }
        }
    }
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

fn name_of(path: &Path) -> String {
    InputName::File(path.to_owned()).to_string()
}
