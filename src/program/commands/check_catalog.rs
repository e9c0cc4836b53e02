//! Checks a catalog: shows the changes that it would make to the catalog in force.

use super::{Uses, load_catalog};
use crate::program::output::Destination;
use crate::program::system::signals::Signals;
use crate::program::terminal::exit_status::{ExitStatus, refuse};
use crate::program::terminal::messages::{Messages, STDOUT_NAME, say_if_not_written};
use crate::program::terminal::visible::visible;
use crate::{Catalog, Entry};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;

/// Compares the file of a catalog with the catalog in force.
pub(crate) struct CheckCatalog {
    pub(crate) path: PathBuf,
    pub(crate) in_force: Catalog,
    pub(crate) uses: Uses,
}

impl CheckCatalog {
    /// Reads the file, and writes the codes that it adds to the catalog in force and the changes to codes that are
    /// there. Returns the exit status.
    pub(super) fn run(&self, signals: &Signals, messages: &Messages) -> ExitStatus {
        if let Err(refusal) = self.uses.files_in_use(|_| ()) {
            return refuse(messages, &refusal);
        }
        if let Some(entries) = load_catalog(&self.path, signals, messages) {
            let text = comparison(&self.in_force, &Catalog::of_entries(entries));
            let written = Destination::stdout(signals).and_then(|mut wtr| wtr.write_all(text.as_bytes()));
            say_if_not_written(messages, STDOUT_NAME, written);
        }
        ExitStatus::of(messages, false)
    }
}

/// Returns a line for each code that is new or has another meaning, and a last line with the counts.
fn comparison(in_force: &Catalog, newer: &Catalog) -> String {
    let mut text = String::new();
    let (mut added, mut changed) = (0, 0);
    for entry in newer.entries() {
        let line = match in_force.get(entry.code()) {
            None => {
                added += 1;
                format!("added {}: {}", entry.code(), columns(entry))
            }
            Some(older) if older != entry => {
                changed += 1;
                format!("changed {}: {}", entry.code(), changes(older, entry))
            }
            Some(_) => continue,
        };
        // Writing to a `String` does not fail.
        let _ = writeln!(text, "{}", visible(&line));
    }
    let same = newer.entries().len() - added - changed;
    let _ = writeln!(text, "{added} added, {changed} changed, {same} same");
    text
}

/// Returns the columns of an entry besides its code, as pairs of title and cell.
fn cells(entry: &Entry) -> [(&'static str, &str); 4] {
    [
        ("message", entry.message()),
        ("explanation", entry.explanation()),
        ("category", entry.category().name()),
        ("severity", entry.severity().name()),
    ]
}

fn columns(entry: &Entry) -> String {
    let cells = cells(entry).into_iter().filter(|(_, cell)| !cell.is_empty());
    cells.map(|(column, cell)| format!("{column} \"{cell}\"")).collect::<Vec<_>>().join(", ")
}

fn changes(older: &Entry, newer: &Entry) -> String {
    let pairs = cells(older).into_iter().zip(cells(newer)).filter(|(old, new)| old != new);
    let changes = pairs.map(|((column, old), (_, new))| format!("{column} \"{old}\" is now \"{new}\""));
    changes.collect::<Vec<_>>().join(", ")
}
