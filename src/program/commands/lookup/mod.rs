//! Look-ups in the catalog, without a log.

mod explain;
mod form;
mod nearest;
mod search;
mod wanted;

pub(crate) use wanted::Wanted;

use super::Uses;
use crate::program::input::Reading;
use crate::program::output::Destination;
use crate::program::output::{FilesInUse, UsedAs};
use crate::program::report::write_entries;
use crate::program::terminal::coloring::Coloring;
use crate::program::terminal::exit_status::ExitStatus;
use crate::program::terminal::exit_status::refuse;
use crate::program::terminal::input_name::InputName;
use crate::program::terminal::messages::Messages;
use crate::program::terminal::messages::{STDOUT_NAME, say_if_not_written};
use crate::{Annotator, Catalog, Entry, Language, Selector, SelectorError};
use nearest::not_in_catalog;
use std::io::{self, BufWriter, IsTerminal, Write};

/// Looks codes up in the catalog.
pub(crate) struct LookUp {
    pub(crate) wanted: Lookup,
    pub(crate) catalog: Catalog,
    /// Finds the codes in log lines. It writes no lines, and lists unknown codes, too.
    pub(crate) annotator: Annotator,
    /// The settings for reading log lines from standard input.
    pub(crate) reading: Reading,
    pub(crate) language: Language,
    pub(crate) coloring: Coloring,
    /// True if the output is JSON in place of text.
    pub(crate) json: bool,
    pub(crate) uses: Uses,
}

/// The codes that are looked up.
#[derive(Clone, Debug)]
pub(crate) enum Lookup {
    Explain(Vec<Wanted>),
    /// The codes that a selector selects.
    List(String),
    /// The codes whose entries have all words. A text may hold several words, with white space between them.
    Search(Vec<String>),
}

/// The result of a look-up.
#[derive(Debug, Default)]
struct Found<'a> {
    entries: Vec<&'a Entry>,
    /// A message for each code, range or selection that was not found.
    missing: Vec<String>,
}

impl LookUp {
    /// Looks the codes up, and writes their entries to standard output. Returns the exit status.
    pub(super) fn run(&self, messages: &Messages) -> ExitStatus {
        let reads_stdin =
            matches!(&self.wanted, Lookup::Explain(wanted) if wanted.contains(&Wanted::LogLines));
        let add_input = |in_use: &mut FilesInUse<'_>| {
            if reads_stdin {
                in_use.add(&InputName::STDIN, UsedAs::Input);
            }
        };
        if let Err(refusal) = self.uses.files_in_use(add_input) {
            return refuse(messages, &refusal);
        }
        let found = match &self.wanted {
            Lookup::Explain(wanted) => self.explain(wanted, messages),
            Lookup::List(select) => list(select, &self.catalog, self.language),
            Lookup::Search(words) => search::search(words, &self.catalog),
        };
        let found = match found {
            Ok(found) => found,
            Err(refusal) => return refuse(messages, &refusal),
        };
        say_if_not_written(messages, STDOUT_NAME, self.write(&found));
        for missing in &found.missing {
            messages.mention(missing);
        }
        ExitStatus::of(messages, !found.missing.is_empty())
    }

    /// Writes the found entries to standard output, as JSON, as blocks or as a table.
    fn write(&self, found: &Found<'_>) -> io::Result<()> {
        let colors = self.coloring.colors_on(io::stdout().is_terminal());
        let mut wtr = BufWriter::new(Destination::stdout(&self.reading.signals)?);
        match &self.wanted {
            _ if self.json => write_entries(&found.entries, &mut wtr)?,
            Lookup::Explain(_) => form::write_blocks(&found.entries, self.language, colors, &mut wtr)?,
            Lookup::List(_) | Lookup::Search(_) => {
                form::write_table(&found.entries, self.language, colors, &mut wtr)?;
            }
        }
        wtr.flush()
    }
}

/// Finds the entries that a selector selects.
///
/// # Errors
///
/// Returns the message if the selector cannot be used for a catalog.
fn list<'a>(select: &str, catalog: &'a Catalog, language: Language) -> Result<Found<'a>, String> {
    let selector = Selector::parse(select, catalog, None).map_err(|error| match error {
        SelectorError::NoBaseline => {
            format!("--list {select}: \"new\" is for --only and --fail-on; nothing in a catalog is new")
        }
        SelectorError::UnknownTerm { term, nearest, mut names } => {
            names.retain(|name| name != "new" && name != "unknown");
            format!("--list {select}: {}", SelectorError::UnknownTerm { term, nearest, names })
        }
        // The error's own text for an unknown code is meant for logs.
        SelectorError::UnknownCode { code, .. } => {
            format!("--list {}", not_in_catalog(&code.to_string(), &(code..=code), catalog, language))
        }
        error => format!("--list {select}: {error}"),
    })?;
    let is_selected = |entry: &&Entry| selector.selects(entry.code(), Some(entry));
    let entries: Vec<_> = catalog.entries().iter().filter(is_selected).collect();
    let missing = entries.is_empty().then(|| format!("--list {select}: selects no code of the catalog"));
    Ok(Found { entries, missing: missing.into_iter().collect() })
}
