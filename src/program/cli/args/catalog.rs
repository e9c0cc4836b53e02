//! The arguments that say what codes mean, and the catalog that is in force with them.

use crate::program::cli::conflicts::FOR_LOGS;
use clap::Args;
use std::path::PathBuf;

/// Options for catalogs of one's own.
#[derive(Debug, Args)]
pub(crate) struct CatalogArgs {
    /// Take codes from FILE, over the built-in ones; may be given several times, and the last one wins
    ///
    /// A Markdown table like the vendor's, rows of PHP like those of the vendor's later edition (`-2 => "message", //
    /// explanation`, also in HTML and Markdown), CSV or TSV with a header, or JSON: an array of objects, or an object by
    /// code. The name says which (.md, .markdown, .php, .csv, .tsv, .json), or else the content.
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
