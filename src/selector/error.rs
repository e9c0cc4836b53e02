//! The errors of selectors, with suggestions of names that may have been meant.

use crate::catalog::{Catalog, CodesError, Severity};
use std::fmt;

/// The terms that are no severity, category, code or range.
const NAMES_OF_SETS: [&str; 3] = ["any", "unknown", "new"];
/// The most names that are suggested in place of an unknown name.
const SUGGESTIONS_MAX: usize = 3;
/// The most edits between an unknown name and a suggestion: letters added, left out, changed, or swapped with a
/// neighbour.
const SUGGESTION_DISTANCE_MAX: usize = 2;

/// The error of a text that is no selector.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SelectorError {
    /// A term is empty: two commas have nothing between them, or the text is empty.
    MissingTerm,
    /// A term names nothing in the catalog.
    UnknownTerm {
        /// The term as it was written, in lower case.
        term: String,
        /// Names and codes that are spelled much like the term, the nearest first; perhaps none.
        nearest: Vec<String>,
        /// All names that a term can have.
        names: Vec<String>,
    },
    /// The catalog lacks the code.
    UnknownCode {
        /// The code.
        code: i32,
        /// Names and codes that are spelled much like the code, the nearest first; perhaps none.
        nearest: Vec<String>,
    },
    /// A number has more digits than a code can have.
    TooManyDigits {
        /// The number as it was written.
        code: String,
    },
    /// A range has its higher end first, or has no code of the catalog.
    EmptyRange {
        /// The range as it was written.
        range: String,
        /// True if the higher end of the range stands first.
        is_reversed: bool,
    },
    /// The term `new` stands where there is no earlier run to compare with.
    NoBaseline,
}

/// Returns the names of sets, severities, and categories of the catalog, each once.
pub(super) fn names(catalog: &Catalog) -> Vec<String> {
    let mut names: Vec<&str> = NAMES_OF_SETS.into();
    names.extend(Severity::ALL.map(Severity::name));
    for entry in catalog.entries() {
        let name = entry.category().name();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.into_iter().map(str::to_owned).collect()
}

/// Returns the names and codes that are spelled much like `written`, the nearest first, at most [`SUGGESTIONS_MAX`].
pub(super) fn nearest(written: &str, catalog: &Catalog) -> Vec<String> {
    let codes = catalog.entries().iter().map(|entry| entry.code().to_string());
    let mut near: Vec<(usize, String)> = names(catalog)
        .into_iter()
        .chain(codes)
        .map(|name| (strsim::damerau_levenshtein(written, &name), name))
        .filter(|&(distance, ref name)| distance <= SUGGESTION_DISTANCE_MAX && distance < name.len())
        .collect();
    near.sort();
    near.into_iter().take(SUGGESTIONS_MAX).map(|(_, name)| name).collect()
}

/// Writes one line that quotes the text of the selector. A caller that shows the line where control characters act,
/// such as on a terminal, must escape them.
impl fmt::Display for SelectorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let did_you_mean = |nearest: &[String]| match nearest {
            [] => String::new(),
            [rest @ .., last] if !rest.is_empty() => format!("; did you mean {} or {last}?", rest.join(", ")),
            [only, ..] => format!("; did you mean {only}?"),
        };
        match self {
            Self::MissingTerm => {
                write!(f, "a term is missing; write terms with commas between: 'error,!auth'")
            }
            Self::TooManyDigits { code } => CodesError::TooManyDigits { code: code.clone() }.fmt(f),
            Self::UnknownTerm { term, nearest, names } => {
                let there_are = if nearest.is_empty() { "; there are" } else { " There are" };
                write!(
                    f,
                    "nothing is called {term:?}{}{there_are}: {}, a code (-204), a range (-299..-201); !term takes away",
                    did_you_mean(nearest),
                    names.join(", ")
                )
            }
            Self::UnknownCode { code, nearest } => {
                let mean = did_you_mean(nearest);
                write!(f, "the catalog has no {code}{mean}")?;
                let then = if nearest.is_empty() { "; for" } else { " For" };
                match code {
                    ..0 => write!(f, "{then} a code that is in no catalog, write {code}..{code}"),
                    _ => Ok(()),
                }
            }
            Self::EmptyRange { range, is_reversed: true } => {
                CodesError::Reversed { range: range.clone() }.fmt(f)
            }
            Self::EmptyRange { range, is_reversed: false } => {
                write!(f, "no code of the catalog is in {range}")
            }
            Self::NoBaseline => write!(f, "\"new\" needs an earlier run to compare with"),
        }
    }
}

impl std::error::Error for SelectorError {}
