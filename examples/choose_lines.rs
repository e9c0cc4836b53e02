//! Writes the lines of standard input that have a selected code, each with its number and the line before it.
//!
//! ```text
//! $ cargo run --example choose_lines 'error,!auth' < server.log
//! ```

use imsdk_annotate::{Annotator, Catalog, Context, Lines, Selector};
use std::error::Error;
use std::{env, io};

fn main() -> Result<(), Box<dyn Error>> {
    let select = env::args().nth(1).unwrap_or_else(|| "error".to_owned());
    let selector = Selector::parse(&select, &Catalog::builtin(), None)?;
    let lines = Lines::new().only(selector).context(Context::new().before(1)).numbered(true);
    let annotator = Annotator::builder().unknown(true).lines(lines).build();
    annotator.annotate_stream(io::stdin(), io::stdout())?;
    Ok(())
}
