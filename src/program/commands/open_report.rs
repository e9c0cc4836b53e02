//! Reports that are open: written once at the end, and before, as often as the run is asked for its counts so far.

use super::said_trouble::SaidTrouble;
use super::{LinesTo, ReportChoice};
use crate::program::output::{Destination, FilesInUse, OutputFolder, Promised, resolve};
use crate::program::report::{Report, ReportFormat};
use crate::program::system::signals::Signals;
use crate::program::system::standard_error::StandardError;
use crate::program::system::standard_streams::{STDOUT, descriptor_of};
use crate::program::terminal::coloring::Coloring;
use crate::program::terminal::input_name::InputName;
use crate::program::terminal::messages::{Messages, STDOUT_NAME, output_trouble};
use crate::program::terminal::progress::Progress;
use crate::program::terminal::screen::Screen;
use std::io::{self, BufWriter, ErrorKind, IsTerminal, Write};
use std::path::Path;

/// The name of standard error in messages.
const STDERR_NAME: &str = "standard error";
/// A report that is open, and still to be written.
pub(crate) struct OpenReport {
    format: ReportFormat,
    /// The name of the destination in messages.
    promised: Promised,
    /// True if the report goes to standard output, directly or by a path of it (`/dev/stdout`).
    is_to_stdout: bool,
    target: ReportTarget,
    screen: Screen,
    said: SaidTrouble,
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

impl OpenReport {
    /// Opens the destination of a report, and promises the report.
    ///
    /// # Errors
    ///
    /// Returns the message if the destination is refused or cannot be opened.
    pub(super) fn open(
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
            return Ok(Self {
                format,
                promised,
                is_to_stdout: false,
                target,
                screen,
                said: SaidTrouble::default(),
            });
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
            return Ok(Self { format, promised, is_to_stdout, target, screen, said: SaidTrouble::default() });
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
        Ok(Self {
            format,
            promised,
            is_to_stdout,
            target: ReportTarget::Destination(destination),
            screen,
            said: SaidTrouble::default(),
        })
    }

    /// Writes the report at the end of the run. `heading` is the line before a text on standard error, if several reports
    /// follow each other in a stream.
    pub(super) fn finish(self, report: &Report<'_>, heading: Option<&str>, messages: &Messages) {
        let Self { format, promised, is_to_stdout, target, screen, .. } = self;
        match target.write(report, format, screen, heading) {
            // The reader has read enough (`| head`).
            Err(error) if is_to_stdout && error.kind() == ErrorKind::BrokenPipe => {}
            Err(error) => messages.output(promised.name(), &error),
            Ok(()) => {}
        }
    }

    /// Returns true if the report can be written while the run goes on: a file is replaced as a whole, and to a stream, texts
    /// and lines of JSON can be added. Other formats have one document in a stream, at the end.
    pub(super) fn can_go_on(&self) -> bool {
        let is_file = matches!(&self.target, ReportTarget::Destination(destination) if destination.is_new());
        is_file || matches!(self.format, ReportFormat::Text | ReportFormat::Json)
    }

    /// Writes the report on a run that goes on. Trouble is said once an hour.
    pub(super) fn write_so_far(&mut self, report: &Report<'_>, heading: &str, messages: &Messages) {
        let (format, screen) = (self.format, self.screen);
        let written = match &mut self.target {
            ReportTarget::Stderr { stderr, below_lines } => {
                write_to_stderr(stderr, *below_lines, report, (format, screen), Some(heading))
            }
            ReportTarget::Destination(destination) => match destination.again(false) {
                Ok(Some(again)) => write_whole(again, report, (format, screen)),
                Ok(None) => {
                    report_in_stream(report, (format, screen)).and_then(|text| destination.write_all(&text))
                }
                Err(error) => Err(error),
            },
        };
        match written {
            Err(error) if self.is_to_stdout && error.kind() == ErrorKind::BrokenPipe => {}
            Err(error) => self.said.say(messages, self.promised.name(), &error),
            Ok(()) => {}
        }
    }
}

impl ReportTarget {
    fn write(
        self,
        report: &Report<'_>,
        format: ReportFormat,
        screen: Screen,
        heading: Option<&str>,
    ) -> io::Result<()> {
        match self {
            Self::Stderr { mut stderr, below_lines } => {
                write_to_stderr(&mut stderr, below_lines, report, (format, screen), heading)
            }
            Self::Destination(mut destination) if heading.is_some() && !destination.is_new() => {
                destination.write_all(&report_in_stream(report, (format, screen))?)
            }
            Self::Destination(destination) => write_whole(destination, report, (format, screen)),
        }
    }
}

/// Writes a report to standard error in one piece.
fn write_to_stderr(
    stderr: &mut StandardError,
    below_lines: bool,
    report: &Report<'_>,
    (format, screen): (ReportFormat, Screen),
    heading: Option<&str>,
) -> io::Result<()> {
    let mut text = if below_lines { b"\n".to_vec() } else { Vec::new() };
    match heading {
        Some(heading) if format == ReportFormat::Text => text.extend_from_slice(heading.as_bytes()),
        _ => {}
    }
    match heading {
        Some(_) => text.extend(report_in_stream(report, (format, screen))?),
        None => report.write(format, screen, &mut text)?,
    }
    stderr.write_all(&text)
}

/// Returns a report as one of several in a stream: JSON as one line.
fn report_in_stream(report: &Report<'_>, (format, screen): (ReportFormat, Screen)) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    report.write(format, screen, &mut text)?;
    if format == ReportFormat::Json {
        // No string of JSON has a newline, so that only the layout goes.
        let lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_start);
        text = lines.collect::<Vec<_>>().concat();
        text.push(b'\n');
    }
    Ok(text)
}

/// Writes a report to a destination, which ends with it.
fn write_whole(
    destination: Destination,
    report: &Report<'_>,
    (format, screen): (ReportFormat, Screen),
) -> io::Result<()> {
    let mut wtr = BufWriter::new(destination);
    report.write(format, screen, &mut wtr)?;
    wtr.into_inner().map_err(io::IntoInnerError::into_error)?.finish(true).map(drop)
}

pub(super) fn name_of(path: &Path) -> String {
    InputName::File(path.to_owned()).to_string()
}
