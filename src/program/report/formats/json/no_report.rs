//! Says what a text is that cannot be read as a report, and what to do: another version, another JSON, no JSON, damage.

use super::{DOCUMENT_FORMAT, VERSION};
use serde::Deserialize;
use serde_json::Value;
use serde_json::error::Category;

/// The number of characters of a text that is no report which messages quote.
const QUOTED_CHARS: usize = 40;
/// The number of bytes in which a report that is cut off has the name of its format.
const HEAD_BYTES: usize = 200;

/// The members by which any version of a report is told.
#[derive(Deserialize)]
struct Head {
    format: Option<Value>,
    version: Option<Value>,
}

/// Returns the reason why a text is no report that can be read, with the remedy: `is a report of version 0, ...`.
/// `error` is the error of reading it.
pub(super) fn reason(text: &[u8], error: &serde_json::Error) -> String {
    match serde_json::from_slice::<Head>(text) {
        Ok(Head { format: Some(Value::String(format)), version }) if format == DOCUMENT_FORMAT => {
            of_version(version.as_ref()).unwrap_or_else(|| damaged(error))
        }
        Err(head) if head.classify() != Category::Data && is_begun(text) => damaged(error),
        _ => no_report(text),
    }
}

/// Returns the reason why a report of another version is not read; `None` if the version is the one that is read.
pub(super) fn of_version(version: Option<&Value>) -> Option<String> {
    let number = version.and_then(Value::as_u64);
    let (written, from, remedy) = match number {
        Some(VERSION) => return None,
        Some(newer) if newer > VERSION => (
            newer.to_string(),
            "a newer",
            "update this program, or make the report anew with it (--report json=FILE)",
        ),
        Some(older) => (older.to_string(), "an older", "make it anew (--report json=FILE)"),
        None => return Some(damaged(&"its \"version\" is no number")),
    };
    Some(format!(
        "is a report of version {written}, from {from} version of this program; this program reads version {VERSION}; \
         {remedy}"
    ))
}

/// Returns the reason why a report with a fault is not read.
pub(super) fn damaged(error: &dyn std::fmt::Display) -> String {
    format!("is a damaged report: {error}; make it anew (--report json=FILE)")
}

/// Returns what a text is that is no report.
fn no_report(text: &[u8]) -> String {
    let packed = [
        (&b"PK\x03\x04"[..], "a zip archive; unpack it, and name the report that is in it"),
        (b"\x1f\x8b", "packed with gzip; unpack it with gunzip"),
        (b"\x28\xb5\x2f\xfd", "packed with zstd; unpack it with unzstd"),
    ];
    if let Some((_, packing)) = packed.iter().find(|(signature, _)| text.starts_with(signature)) {
        return format!("is no JSON report: it is {packing}");
    }
    let remedy = "name a file that --report json=FILE has made";
    // The end of the part may be within a character.
    let head = String::from_utf8_lossy(&text[..text.len().min(4 * QUOTED_CHARS)]);
    let head = head.trim_start();
    if head.is_empty() {
        return format!("is no JSON report: it is empty; {remedy}");
    }
    let begins: String = head.chars().take(QUOTED_CHARS).collect();
    format!("is no JSON report: it begins with {begins:?}; {remedy}")
}

/// Returns true if a text begins as a report does.
fn is_begun(text: &[u8]) -> bool {
    let head = &text[..text.len().min(HEAD_BYTES)];
    head.trim_ascii_start().starts_with(b"{")
        && memchr::memmem::find(head, DOCUMENT_FORMAT.as_bytes()).is_some()
}
