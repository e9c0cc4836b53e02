//! Look-ups: what the catalog says, without a log.

mod explain;
mod form;
mod nearest;
mod search;
mod wanted;

pub(crate) use wanted::Wanted;

use crate::program::cli::args::Args;
use crate::program::output::Output;
use crate::program::report::write_entries;
use crate::program::terminal::exit_status::ExitStatus;
use crate::program::terminal::exit_status::refuse;
use crate::program::terminal::messages::Messages;
use crate::program::terminal::messages::{STDOUT_NAME, say_if_not_written};
use crate::{AnnotatorBuilder, Catalog, Entry, Language, Selector, SelectorError};
use nearest::not_in_catalog;
use std::io::{self, BufWriter, IsTerminal, Write};

/// What is looked up.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Lookup<'a> {
    Explain(&'a [Wanted]),
    /// A selector.
    List(&'a str),
    /// Words, which may have blanks between them.
    Search(&'a [String]),
}

/// What came of a look-up.
#[derive(Debug, Default)]
struct Found<'a> {
    entries: Vec<&'a Entry>,
    /// What to say about what was not found.
    missing: Vec<String>,
}

/// Looks up, and writes what was found to standard output. The annotator finds codes in log lines.
pub(crate) fn look_up(
    lookup: Lookup<'_>,
    args: &Args,
    catalog: &Catalog,
    annotator: AnnotatorBuilder,
    messages: &Messages,
) -> ExitStatus {
    let language = args.notes.lang.language();
    let found = match lookup {
        Lookup::Explain(wanted) => Ok(explain::explain(wanted, args, catalog, annotator, messages)),
        Lookup::List(select) => list(select, catalog, language),
        Lookup::Search(words) => search::search(words, catalog),
    };
    let found = match found {
        Ok(found) => found,
        Err(refusal) => return refuse(messages, &refusal),
    };
    let color = args.color.is_on(io::stdout().is_terminal());
    let written = Output::stdout().and_then(|stdout| {
        let mut wtr = BufWriter::new(stdout);
        match lookup {
            _ if args.lookup.json => write_entries(&found.entries, &mut wtr)?,
            Lookup::Explain(_) => form::write_blocks(&found.entries, language, color, &mut wtr)?,
            Lookup::List(_) | Lookup::Search(_) => {
                form::write_table(&found.entries, language, color, &mut wtr)?;
            }
        }
        wtr.flush()
    });
    say_if_not_written(messages, STDOUT_NAME, written);
    for missing in &found.missing {
        messages.mention(missing);
    }
    ExitStatus::of(messages, !found.missing.is_empty())
}

fn list<'a>(select: &str, catalog: &'a Catalog, language: Language) -> Result<Found<'a>, String> {
    let selector = Selector::parse(select, catalog, None).map_err(|error| match error {
        SelectorError::NoBaseline => {
            format!("--list {select}: \"new\" is for --only and --fail-on; nothing in a catalog is new")
        }
        SelectorError::UnknownTerm { term, nearest, mut names } => {
            names.retain(|name| name != "new" && name != "unknown");
            format!("--list {select}: {}", SelectorError::UnknownTerm { term, nearest, names })
        }
        // The words of the error itself for an unknown code are for logs.
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
