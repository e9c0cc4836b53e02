//! Selectors: the small language for choosing codes, such as `error,!auth,-705`.

mod error;
#[cfg(feature = "cli")]
mod ranges;

pub use error::SelectorError;

use crate::catalog::{Catalog, Category, Codes, CodesError, Entry, Severity};
use error::{names, nearest};
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

/// A choice of codes, written as terms with commas between them.
///
/// | term | chooses |
/// | --- | --- |
/// | `any` | every code |
/// | `error`, `action`, `success` | the codes of a severity |
/// | `auth` | the codes of a category |
/// | `-204` | a code of the catalog |
/// | `-299..-201` | the codes from the first to the last, in the catalog or not |
/// | `unknown` | negative codes that the catalog lacks |
/// | `new` | codes that an earlier run did not have |
/// | `!term` | takes away what `term` chooses |
///
/// A code is chosen if a term chooses it and no term takes it away. Terms that take away do so from `any` where no
/// other terms are present. The order of the terms makes no difference.
///
/// ```
/// use imsdk_annotate::{Catalog, Selector};
///
/// let catalog = Catalog::builtin();
/// let selector = Selector::parse("error,!auth", &catalog, None)?;
/// assert!(selector.selects(-705, catalog.get(-705)));
/// assert!(!selector.selects(-204, catalog.get(-204)));
/// # Ok::<(), imsdk_annotate::SelectorError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Selector {
    chosen: Vec<Term>,
    taken_away: Vec<Term>,
}

/// The codes that an earlier run had, for the term `new` of a [`Selector`].
///
/// ```
/// use imsdk_annotate::{Catalog, EarlierCodes, Selector};
///
/// let (catalog, earlier) = (Catalog::builtin(), EarlierCodes::new([-204, 5]));
/// let selector = Selector::parse("new", &catalog, Some(&earlier))?;
/// assert!(selector.selects(-705, catalog.get(-705)));
/// assert!(!selector.selects(-204, catalog.get(-204)));
/// # Ok::<(), imsdk_annotate::SelectorError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct EarlierCodes {
    codes: BTreeSet<i32>,
    /// Ranges of codes that count as codes that the run had.
    ranges: Vec<RangeInclusive<i32>>,
    /// The lowest code of which it is known whether the run had it; `None` where this is known of all codes.
    known_from: Option<i32>,
}

/// A term without its `!`: a set of codes.
#[derive(Clone, Debug)]
enum Term {
    Any,
    /// The codes that the catalog lacks.
    Unknown,
    /// The codes that the earlier run did not have.
    New(EarlierCodes),
    Severity(Severity),
    Category(Category),
    Codes(RangeInclusive<i32>),
}

impl Selector {
    /// Reads a selector. `earlier` has the codes of an earlier run, if there is a run to compare with.
    ///
    /// # Errors
    ///
    /// Fails where a term is missing, malformed or names nothing in the catalog, and where `new` has no earlier run to
    /// compare with.
    pub fn parse(
        text: &str,
        catalog: &Catalog,
        earlier: Option<&EarlierCodes>,
    ) -> Result<Self, SelectorError> {
        let (mut chosen, mut taken_away) = (Vec::new(), Vec::new());
        for term in text.split(',') {
            let term = term.trim();
            let (terms, name) = match term.strip_prefix('!') {
                Some(name) => (&mut taken_away, name.trim_start()),
                None => (&mut chosen, term),
            };
            terms.push(Term::parse(&name.to_ascii_lowercase(), catalog, earlier)?);
        }
        if chosen.is_empty() {
            chosen.push(Term::Any);
        }
        Ok(Self { chosen, taken_away })
    }

    /// Returns true if a code is chosen. `entry` is the entry of the code; `None` for a code that the catalog lacks.
    pub fn selects(&self, code: i32, entry: Option<&Entry>) -> bool {
        let is_in = |terms: &[Term]| terms.iter().any(|term| term.has(code, entry));
        is_in(&self.chosen) && !is_in(&self.taken_away)
    }
}

impl Term {
    /// Reads a term without its `!`. `name` must be in lower case.
    fn parse(name: &str, catalog: &Catalog, earlier: Option<&EarlierCodes>) -> Result<Self, SelectorError> {
        let has_name = |category: &&Category| category.name().eq_ignore_ascii_case(name);
        let category = catalog.entries().iter().map(Entry::category).find(has_name);
        match name {
            "" => Err(SelectorError::MissingTerm),
            "any" => Ok(Self::Any),
            "unknown" => Ok(Self::Unknown),
            "new" => earlier.cloned().map(Self::New).ok_or(SelectorError::NoBaseline),
            _ => match (name.parse::<Severity>(), category) {
                (Ok(severity), _) => Ok(Self::Severity(severity)),
                (_, Some(category)) => Ok(Self::Category(category.clone())),
                (Err(_), None) => Self::parse_codes(name, catalog),
            },
        }
    }

    /// Reads a code of the catalog, or a range that has a negative code or a code of the catalog.
    fn parse_codes(name: &str, catalog: &Catalog) -> Result<Self, SelectorError> {
        match Codes::parse(name) {
            Ok(Codes::One(code)) if catalog.get(code).is_some() => Ok(Self::Codes(code..=code)),
            Ok(Codes::One(code)) => Err(SelectorError::UnknownCode { code, nearest: nearest(name, catalog) }),
            Ok(Codes::Range(range)) => {
                let in_catalog = || catalog.entries().iter().any(|entry| range.contains(&entry.code()));
                // A log may have any negative code, even a code that the catalog lacks.
                if *range.start() < 0 || in_catalog() {
                    Ok(Self::Codes(range))
                } else {
                    Err(SelectorError::EmptyRange { range: name.to_owned(), is_reversed: false })
                }
            }
            Err(CodesError::TooManyDigits { code }) => Err(SelectorError::TooManyDigits { code }),
            Err(CodesError::Reversed { range }) => {
                Err(SelectorError::EmptyRange { range, is_reversed: true })
            }
            Err(CodesError::OtherForm) => Err(SelectorError::UnknownTerm {
                term: name.to_owned(),
                nearest: nearest(name, catalog),
                names: names(catalog),
            }),
        }
    }

    /// Returns true if the term chooses a code.
    fn has(&self, code: i32, entry: Option<&Entry>) -> bool {
        match self {
            Self::Any => true,
            Self::Unknown => entry.is_none(),
            Self::New(earlier) => !earlier.may_have(code),
            Self::Severity(severity) => entry.is_some_and(|entry| entry.severity() == *severity),
            Self::Category(category) => entry.is_some_and(|entry| entry.category() == category),
            Self::Codes(range) => range.contains(&code),
        }
    }
}

impl EarlierCodes {
    /// Takes all codes that the earlier run had.
    pub fn new(codes: impl IntoIterator<Item = i32>) -> Self {
        Self { codes: codes.into_iter().collect(), ranges: Vec::new(), known_from: None }
    }

    /// Sets the lowest code of which it is known whether the run had it. Lower codes count as codes that the run had,
    /// so that none of them is new. This is needed for a run that tells only a limited number of unknown codes apart:
    /// the codes nearest to zero.
    #[must_use]
    pub fn known_from(self, code: i32) -> Self {
        Self { known_from: Some(code), ..self }
    }

    /// Takes the codes of a range, too: none of them is new. Codes that somebody has accepted are of this kind.
    ///
    /// ```
    /// use imsdk_annotate::{Catalog, EarlierCodes, Selector};
    ///
    /// let (catalog, earlier) = (Catalog::builtin(), EarlierCodes::new([5]).with_range(-299..=-201));
    /// let selector = Selector::parse("new", &catalog, Some(&earlier))?;
    /// assert!(!selector.selects(-204, catalog.get(-204)));
    /// # Ok::<(), imsdk_annotate::SelectorError>(())
    /// ```
    #[must_use]
    pub fn with_range(mut self, codes: RangeInclusive<i32>) -> Self {
        self.ranges.push(codes);
        self
    }

    /// Returns true if the run had a code, or if this is not known.
    pub(crate) fn may_have(&self, code: i32) -> bool {
        self.codes.contains(&code)
            || self.ranges.iter().any(|range| range.contains(&code))
            || self.known_from.is_some_and(|from| code < from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the codes of a sample that a selector chooses, or the message of the selector's error.
    fn chosen(text: &str) -> Result<Vec<i32>, String> {
        let catalog = Catalog::builtin();
        let earlier = EarlierCodes::new([-204, 5, -9999]);
        let selector = Selector::parse(text, &catalog, Some(&earlier)).map_err(|error| error.to_string())?;
        let codes = [1, 2, 5, -1, -200, -201, -204, -232, -299, -300, -705, -9999];
        Ok(codes.into_iter().filter(|&code| selector.selects(code, catalog.get(code))).collect())
    }

    #[test]
    fn each_term_chooses_what_it_names() {
        for (text, expected) in [
            ("any", &[1, 2, 5, -1, -200, -201, -204, -232, -299, -300, -705, -9999][..]),
            ("error", &[-1, -201, -204, -705]),
            ("action", &[2, 5]),
            ("success", &[1]),
            ("auth", &[-201, -204]),
            ("AUTH", &[-201, -204]),
            ("-204", &[-204]),
            ("5", &[5]),
            ("005", &[5]),
            ("-299 .. -201", &[-201, -204, -232, -299]),
            ("-299..-201", &[-201, -204, -232, -299]),
            ("-204..-204", &[-204]),
            ("-9999..-9999", &[-9999]),
            ("1..2", &[1, 2]),
            ("unknown", &[-200, -232, -299, -300, -9999]),
            ("new", &[1, 2, -1, -200, -201, -232, -299, -300, -705]),
            ("error,!auth", &[-1, -705]),
            ("!auth , error", &[-1, -705]),
            ("!error,! unknown", &[1, 2, 5]),
            ("auth,!auth", &[]),
            ("auth,-705", &[-201, -204, -705]),
            ("new,!unknown", &[1, 2, -1, -201, -705]),
        ] {
            assert_eq!(chosen(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_names_nothing_is_refused_with_what_is_near() {
        for (text, expected) in [
            ("", "a term is missing"),
            ("error,", "a term is missing"),
            ("!", "a term is missing"),
            (
                "eror",
                "nothing is called \"eror\"; did you mean error? There are: any, unknown, new, success,",
            ),
            ("auht", "did you mean auth?"),
            ("sever-api", "did you mean server-api?"),
            ("x..y", "nothing is called \"x..y\"; there are: any"),
            (
                "-31337000",
                "the catalog has no -31337000; for a code that is in no catalog, write -31337000..",
            ),
            ("-2004", "the catalog has no -2004; did you mean -204, -1001 or -104? For a code that"),
            ("7", "the catalog has no 7"),
            ("+5", "nothing is called \"+5\"; there are: any"),
            ("+1..+5", "nothing is called \"+1..+5\""),
            ("-201..-299", "no code is in -201..-299; write the lower one first"),
            ("6..9", "no code of the catalog is in 6..9"),
            ("2147483648", "2147483648 is no code: a code has up to 9 digits"),
            ("99999999999999999999", "99999999999999999999 is no code: a code has up to 9 digits"),
            ("-2147483648..-1", "-2147483648 is no code: a code has up to 9 digits"),
            ("1..1000000000", "1000000000 is no code: a code has up to 9 digits"),
        ] {
            let error = chosen(text).expect_err(text);
            assert!(error.contains(expected), "{text}: {error}");
        }
        let error = Selector::parse("new", &Catalog::builtin(), None).unwrap_err();
        assert_eq!(error, SelectorError::NoBaseline);
    }
}
