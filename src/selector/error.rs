//! Why a text is no selector, with what may have been meant.

use crate::catalog::{Catalog, CodesError, Severity};
use std::fmt;

const NAMES_OF_SETS: [&str; 3] = ["any", "unknown", "new"];
/// How many names are suggested for one that there is not.
const SUGGESTIONS_MAX: usize = 3;
/// How many letters a suggestion may differ in.
const SUGGESTION_DISTANCE_MAX: usize = 2;

/// Why a text is no selector.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SelectorError {
    /// Two commas with nothing between, or nothing at all.
    MissingTerm,
    /// A term that names nothing, with the names that are nearest to it.
    UnknownTerm {
        /// What was written.
        term: String,
        /// Names and codes that are nearly written so; perhaps none.
        nearest: Vec<String>,
        /// All names that there are.
        names: Vec<String>,
    },
    /// A code that the catalog lacks, with those that are nearest to it.
    UnknownCode {
        /// What was written.
        code: i32,
        /// Codes that are nearly written so; perhaps none.
        nearest: Vec<String>,
    },
    /// A number that is too long for a code.
    TooManyDigits {
        /// The number as it was written.
        code: String,
    },
    /// A range that holds no code.
    EmptyRange {
        /// What was written.
        range: String,
        /// Whether its higher end stands first.
        is_reversed: bool,
    },
    /// `new`, where no earlier run is known.
    NoBaseline,
}

/// The names of severities, categories in the catalog, and sets, each once.
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

/// The names and codes that are nearly written so, the nearest first.
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

/// One line, with texts as they were written: where they could act, on a terminal for example, the reader must see to that.
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
