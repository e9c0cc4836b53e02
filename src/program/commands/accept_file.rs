//! The files of accepted codes: the one of `--accept`, which is read, and the one of `--write-accept`, to which new codes are
//! added.

use super::read_named::read_named;
use crate::program::input::CONFIGURATION;
use crate::program::output::{Destination, FilesInUse, OutputFolder, Promised, resolve};
use crate::program::report::{AcceptList, Report};
use crate::program::system::signals::Signals;
use crate::program::terminal::input_name::InputName;
use crate::program::terminal::messages::{Messages, output_trouble};
use crate::program::terminal::progress::Progress;
use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

const OPTION: &str = "--write-accept";
/// The first line of a new file.
const HEADER: &str = "# Accepted codes, a code or a range a line: CODE [until YYYY-MM-DD] # reason\n";

/// The file to which new codes are added, as it was before.
pub(crate) struct AcceptTarget {
    path: PathBuf,
    /// The text that stays; empty if there is no file.
    text: Vec<u8>,
    list: AcceptList,
}

/// The file to which new codes are added, open to be replaced.
pub(crate) struct OpenAcceptFile {
    target: AcceptTarget,
    promised: Promised,
    destination: Destination,
}

/// Reads the list of `--accept`.
///
/// # Errors
///
/// Returns the message if the file cannot be read or has a line that is wrong.
pub(crate) fn load_accepted(path: &Path, signals: &Signals) -> Result<AcceptList, String> {
    let text = read_named("--accept", path, CONFIGURATION, signals)?;
    parse("--accept", path, &text)
}

/// Reads the text of the list that an option names.
fn parse(option: &str, path: &Path, text: &[u8]) -> Result<AcceptList, String> {
    let name = InputName::File(path.to_owned()).to_string();
    AcceptList::parse(text, &name, today()).map_err(|error| format!("{option} {error}"))
}

/// Returns the day in UTC, so that a run has one result everywhere.
fn today() -> Date {
    TimeZone::UTC.to_datetime(Timestamp::now()).date()
}

impl AcceptTarget {
    /// Reads the file, if it is there and a regular file.
    ///
    /// # Errors
    ///
    /// Returns the message if the file cannot be read or has a line that is wrong.
    pub(crate) fn read(path: &Path, signals: &Signals) -> Result<Self, String> {
        let is_file = fs::metadata(path).is_ok_and(|metadata| metadata.is_file());
        let text = if is_file { read_named(OPTION, path, CONFIGURATION, signals)? } else { Vec::new() };
        let list = parse(OPTION, path, &text)?;
        Ok(Self { path: path.to_owned(), text, list })
    }

    /// Opens the file. `folder` is the folder of `--output-dir`.
    ///
    /// # Errors
    ///
    /// Returns the message if the file cannot be opened, is one that the run reads, or is in the folder.
    pub(super) fn open(
        self,
        files_in_use: &FilesInUse<'_>,
        folder: Option<&OutputFolder>,
        signals: &Signals,
    ) -> Result<OpenAcceptFile, String> {
        let name = InputName::File(self.path.clone()).to_string();
        if folder.is_some_and(|folder| folder.relative(&self.path).is_some()) {
            return Err(format!("{OPTION} {name}: is in the folder of --output-dir; name a file elsewhere"));
        }
        files_in_use.refuse_output(&self.path, &self.place())?;
        let promised = Promised::new(&name);
        let destination = Destination::file(&self.path, &Progress::hidden(), signals)
            .map_err(|error| output_trouble(&name, &error))?;
        Ok(OpenAcceptFile { target: self, promised, destination })
    }

    /// Returns the path, for the check that no two outputs have one place.
    pub(super) fn place(&self) -> PathBuf {
        resolve(&self.path)
    }

    /// Returns the text of the file with a line for each new code that it does not accept yet.
    fn with_new_codes(&self, report: &Report<'_>) -> Vec<u8> {
        let mut text = self.text.clone();
        if text.is_empty() {
            text.extend_from_slice(HEADER.as_bytes());
        } else if !text.ends_with(b"\n") {
            text.push(b'\n');
        }
        let new = report.new_codes();
        for (_, line) in new.iter().filter(|(code, _)| self.list.entry_of(*code).is_none()) {
            text.extend_from_slice(line.as_bytes());
            text.push(b'\n');
        }
        text
    }
}

impl OpenAcceptFile {
    /// Replaces the file. Says so if that fails.
    pub(super) fn write(mut self, report: &Report<'_>, messages: &Messages) {
        let text = self.target.with_new_codes(report);
        let written = self.destination.write_all(&text).and_then(|()| self.destination.finish(true));
        if let Err(error) = written {
            messages.output(self.promised.name(), &error);
        }
    }
}
