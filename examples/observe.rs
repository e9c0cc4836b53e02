//! Copies standard input to standard output with notes, and prints the number of fields with each code to standard
//! error.
//!
//! ```text
//! $ cargo run --example observe < server.log > annotated.log
//! ```

use imsdk_annotate::{Annotator, Observer, Part, StreamError};
use std::collections::BTreeMap;
use std::io;

/// The number of fields with each code.
#[derive(Default)]
struct Counts(BTreeMap<i32, u64>);

impl Observer for Counts {
    fn observe(&mut self, part: Part<'_>) {
        for field in part.fields() {
            *self.0.entry(field.code()).or_default() += 1;
        }
    }
}

fn main() -> Result<(), StreamError> {
    // With `unknown`, negative codes that the catalog lacks are found as well. They get no note.
    let annotator = Annotator::builder().unknown(true).build();
    let mut counts = Counts::default();
    let known = annotator.observe_stream(io::stdin(), io::stdout(), &mut counts)?;

    eprintln!("{known} fields have a code of the catalog");
    for (code, count) in counts.0 {
        let message = annotator.catalog().get(code).map_or("in no catalog", |entry| entry.message());
        eprintln!("{count} x {code}: {message}");
    }
    Ok(())
}
