//! The meaning of a code as JSON: within reports, and as a list that is a catalog.

use super::format::Harmless;
use crate::Entry;
use serde::Serialize;
use serde_json::ser::Serializer;
use std::io::{self, Write};

/// The catalog's entry for a code, in all languages.
#[derive(Serialize)]
pub(super) struct Meaning {
    category: String,
    category_zh: String,
    severity: &'static str,
    message: String,
    explanation: String,
}

#[derive(Serialize)]
struct CodeMeaning {
    code: i32,
    #[serde(flatten)]
    meaning: Meaning,
}

impl Meaning {
    pub(super) fn of_entry(entry: &Entry) -> Self {
        Self {
            category: entry.category().name().to_owned(),
            category_zh: entry.category().chinese_name().to_owned(),
            severity: entry.severity().name(),
            message: entry.message().to_owned(),
            explanation: entry.explanation().to_owned(),
        }
    }
}

/// Writes codes with their meanings as a list of objects, which is empty for no codes.
///
/// # Errors
///
/// Fails where the writer does.
pub(crate) fn write_entries(entries: &[&Entry], wtr: &mut impl Write) -> io::Result<()> {
    let codes =
        entries.iter().map(|entry| CodeMeaning { code: entry.code(), meaning: Meaning::of_entry(entry) });
    let mut serializer = Serializer::with_formatter(&mut *wtr, Harmless::default());
    serde::Serializer::collect_seq(&mut serializer, codes)?;
    wtr.write_all(b"\n")
}
