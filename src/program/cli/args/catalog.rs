//! The arguments that say what codes mean, and the catalog that is in force with them.

use super::lookup::FOR_LOGS;
use crate::program::input::{CATALOG, InputName, read_whole};
use crate::program::terminal::messages::Messages;
use crate::program::terminal::visible::visible;
use crate::{BadRow, Catalog, CatalogFormat, Entry};
use clap::Args;
use std::path::{Path, PathBuf};

/// Of one file, no more bad rows are said one by one.
const BAD_ROWS_MAX: usize = 100;

/// Options for catalogs of one's own.
#[derive(Debug, Args)]
pub(crate) struct CatalogArgs {
    /// Take codes from FILE, over the built-in ones; may be given several times, and the last one wins
    ///
    /// A Markdown table like the vendor's (so a newer edition of that), CSV or TSV with a header, or JSON: an array of
    /// objects, or an object by code. The name says which (.md, .markdown, .csv, .tsv, .json), or else the content.
    /// Columns: code, message; and, where wanted, explanation, category, severity (success, action, error). If any
    /// row is bad, all that are bad are said, and nothing is done.
    #[arg(long, value_name = "FILE", help_heading = "Catalog")]
    pub(crate) catalog: Vec<PathBuf>,

    /// Leave out the built-in codes
    #[arg(long, requires = "catalog", help_heading = "Catalog")]
    pub(crate) no_builtin: bool,

    /// Read no logs; say what FILE as one more --catalog would add and change
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = FOR_LOGS,
        help_heading = "Catalog"
    )]
    pub(crate) check_catalog: Option<PathBuf>,
}

impl CatalogArgs {
    /// The catalog that is in force: what each code means. Nothing where a file is not as it must be; then all that
    /// is wrong in any file has been said.
    pub(crate) fn in_force(&self, messages: &Messages) -> Option<Catalog> {
        let loaded: Vec<_> = self.catalog.iter().map(|path| load(path, messages)).collect();
        let mut newer: Vec<Entry> = Vec::new();
        for entries in loaded {
            // A large one is not copied.
            if newer.is_empty() { newer = entries? } else { newer.extend(entries?) }
        }
        Some(match self.no_builtin {
            _ if self.catalog.is_empty() => Catalog::builtin(),
            true => Catalog::of_entries(newer),
            false => Catalog::builtin().overlaid(newer),
        })
    }
}

/// Reads a catalog's file, or says what is wrong with it.
pub(crate) fn load(path: &Path, messages: &Messages) -> Option<Vec<Entry>> {
    let name = InputName::File(path.to_owned());
    let text = read_whole(&name, CATALOG).map_err(|error| messages.input(&name, &error)).ok()?;
    let format = CatalogFormat::of_name(path).unwrap_or_else(|| CatalogFormat::of_content(&text));
    format.parse(&text).map_err(|bad| say_bad_rows(&name, &bad, messages)).ok()
}

fn say_bad_rows(name: &InputName, bad: &[BadRow], messages: &Messages) {
    for row in bad.iter().take(BAD_ROWS_MAX) {
        messages.say(&format!("{name}:{}: {}", row.line(), visible(row.reason())));
    }
    if bad.len() > BAD_ROWS_MAX {
        messages.say(&format!("{name}: and {} more bad rows", bad.len() - BAD_ROWS_MAX));
    }
}
