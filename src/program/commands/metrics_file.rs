//! The file of metrics: written again and again while the run goes on, replaced as a whole.

use super::open_report::name_of;
use super::said_trouble::SaidTrouble;
use super::{LinesTo, ReportChoice};
use crate::Catalog;
use crate::program::output::{Destination, FilesInUse, OutputFolder, resolve};
use crate::program::report::{Metrics, Tally};
use crate::program::system::signals::Signals;
use crate::program::system::standard_streams::{STDOUT, descriptor_of};
use crate::program::terminal::messages::Messages;
use crate::program::terminal::progress::Progress;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The file of metrics that an option asks for, and the interval at which it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MetricsChoice {
    pub(crate) path: PathBuf,
    pub(crate) every: Duration,
}

/// The file of metrics of a run.
pub(crate) struct MetricsFile {
    choice: MetricsChoice,
    metrics: Metrics,
    /// The destination: a stream to which each text is written, or a file that is never finished, and shows the place of those
    /// that are; `None` as long as it cannot be opened.
    destination: Option<Destination>,
    /// The path below the folder of `--output-dir`; such a file is opened once.
    is_below: bool,
    signals: Signals,
    said: SaidTrouble,
}

impl MetricsChoice {
    /// Returns the path of the regular file, as [`ReportChoice::place`] does for reports.
    pub(super) fn place(&self, folder: Option<&OutputFolder>) -> Option<PathBuf> {
        ReportChoice::place_of(&self.path, folder)
    }
}

impl MetricsFile {
    /// Opens the file. One that cannot be opened is tried again at each write, because metrics must not stop the work.
    ///
    /// # Errors
    ///
    /// Returns the message if the file is in use, or is standard output and has the lines.
    pub(super) fn open(
        choice: MetricsChoice,
        catalog: &Catalog,
        lines_to: &LinesTo,
        files_in_use: &FilesInUse<'_>,
        folder: Option<&OutputFolder>,
        signals: &Signals,
    ) -> Result<Self, String> {
        let path = &choice.path;
        if descriptor_of(path) == Some(STDOUT) && lines_to.reaches_stdout() {
            let name = name_of(path);
            return Err(format!("--metrics {name}: the lines go to standard output; add --quiet"));
        }
        let place = choice.place(folder).unwrap_or_else(|| resolve(path));
        files_in_use.refuse_output(path, &place)?;
        let below = folder.and_then(|folder| Some((folder, folder.relative(path)?)));
        let is_below = below.is_some();
        let destination = match below {
            Some((folder, relative)) => Destination::below(folder, &relative, signals),
            None => Destination::file(path, &Progress::hidden(), signals),
        };
        let start = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        Ok(Self {
            metrics: Metrics::new(catalog, start),
            destination: destination.ok(),
            is_below,
            signals: signals.clone(),
            said: SaidTrouble::default(),
            choice,
        })
    }

    /// Returns the interval at which the file is written.
    pub(super) fn every(&self) -> Duration {
        self.choice.every
    }

    /// Writes the metrics of the counts so far. Trouble is said once an hour.
    pub(super) fn write(&mut self, tally: &Tally, troubles: u64, catalog: &Catalog, messages: &Messages) {
        let text = self.metrics.text(tally, troubles, catalog);
        if let Err(error) = self.write_text(text.as_bytes()) {
            self.said.say(messages, &format!("--metrics {}", name_of(&self.choice.path)), &error);
        }
    }

    /// Writes a text in place of the one before. A file of node_exporter is read at any time, so that it must be whole; until
    /// it is, its name does not end in `.prom`.
    fn write_text(&mut self, text: &[u8]) -> io::Result<()> {
        let opened = match &mut self.destination {
            Some(opened) => opened,
            None if self.is_below => return Err(io::ErrorKind::NotFound.into()),
            none => none.insert(Destination::file(&self.choice.path, &Progress::hidden(), &self.signals)?),
        };
        match opened.again(true)? {
            Some(mut file) => {
                file.write_all(text)?;
                file.finish(true).map(drop)
            }
            None => opened.write_all(text),
        }
    }
}
