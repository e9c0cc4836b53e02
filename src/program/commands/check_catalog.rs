//! What a catalog would change if it were in force.

use crate::program::cli::args::catalog::load;
use crate::program::output::Output;
use crate::program::terminal::exit_status::ExitStatus;
use crate::program::terminal::messages::Messages;
use crate::program::terminal::messages::{STDOUT_NAME, say_if_not_written};
use crate::program::terminal::visible::visible;
use crate::{Catalog, Entry};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

/// Reads the catalog's file, and writes which codes it adds to the catalog in force and what it changes there.
pub(crate) fn check_catalog(path: &Path, in_force: &Catalog, messages: &Messages) -> ExitStatus {
    if let Some(entries) = load(path, messages) {
        let text = comparison(in_force, &Catalog::of_entries(entries));
        let written = Output::stdout().and_then(|mut wtr| wtr.write_all(text.as_bytes()));
        say_if_not_written(messages, STDOUT_NAME, written);
    }
    ExitStatus::of(messages, false)
}

/// A line for each code that is new or means something else, and one with the counts.
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
        // Writing to a text does not fail.
        let _ = writeln!(text, "{}", visible(&line));
    }
    let same = newer.entries().len() - added - changed;
    let _ = writeln!(text, "{added} added, {changed} changed, {same} same");
    text
}

/// What a row of a catalog says of its code, by column.
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
