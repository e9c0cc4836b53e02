//! Patterns: regular expressions for codes that no key stands before.

mod scanner;

pub(crate) use scanner::{PatternScanner, PatternSearch};

use regex::bytes::{CaptureLocations, Regex, RegexBuilder};
use regex_syntax::hir::{Class, Hir, HirKind, Look};
use std::fmt;
use std::ops::Range;
use std::str::FromStr;

/// The name of the group that matches the code.
const GROUP: &str = "code";

/// A regular expression with a group `code`, behind which the note stands.
///
/// A pattern is searched for in each line on its own, and in the line without its notes: `^` and `$` match the ends of
/// the line. The match of the group is a code if it is an integer as in any field: `-` or nothing, then 1 to 9 digits,
/// the first not `0`.
///
/// ```
/// use imsdk_annotate::{Annotator, Pattern};
///
/// let pattern = Pattern::parse(r"returned (?<code>-?\d+)")?;
/// let annotator = Annotator::builder().patterns(vec![pattern]).build();
/// assert_eq!(annotator.annotate(b"bind returned -1."), b"bind returned -1 (general: failure).");
/// # Ok::<(), imsdk_annotate::PatternError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Pattern {
    regex: Regex,
    /// The number of the group `code`.
    group: usize,
}

/// The progress of a search for a pattern in a text.
#[derive(Clone, Debug)]
struct GroupSearch {
    locations: CaptureLocations,
    /// The byte offset at which the next match may begin; beyond the end of the text where no match is left.
    at: usize,
}

/// The error of a text that is no pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PatternError {
    /// The text is no regular expression. The message of the error may have several lines.
    Syntax(String),
    /// The expression has no group that is called `code`.
    NoGroup,
    /// The expression could match a newline, but each line is searched on its own.
    Newline,
    /// The expression matches the beginning or the end of the whole text, which a stream does not have.
    TextAnchor,
}

impl Pattern {
    /// Reads a pattern, in the syntax of the regex crate.
    ///
    /// # Errors
    ///
    /// Fails where the text is no regular expression, has no group `code`, could match a newline, or has `\A` or `\z`.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let hir = regex_syntax::ParserBuilder::new()
            .utf8(false)
            .multi_line(true)
            .crlf(true)
            .build()
            .parse(text)
            .map_err(|error| PatternError::Syntax(error.to_string()))?;
        refuse_other_lines(&hir)?;
        let regex = RegexBuilder::new(text)
            .multi_line(true)
            .crlf(true)
            .build()
            .map_err(|error| PatternError::Syntax(error.to_string()))?;
        let group = regex.capture_names().position(|name| name == Some(GROUP));
        Ok(Self { group: group.ok_or(PatternError::NoGroup)?, regex })
    }

    /// Returns a search for the group in a text of whole lines, from its beginning.
    fn search(&self) -> GroupSearch {
        GroupSearch { locations: self.regex.capture_locations(), at: 0 }
    }

    /// Returns the byte range of the next match of the group in the text; `None` where no match is left.
    fn next_group(&self, text: &[u8], search: &mut GroupSearch) -> Option<Range<usize>> {
        while search.at <= text.len()
            && let Some(found) = self.regex.captures_read_at(&mut search.locations, text, search.at)
        {
            search.at = found.end() + usize::from(found.is_empty());
            if let Some((start, end)) = search.locations.get(self.group) {
                return Some(start..end);
            }
        }
        search.at = text.len() + 1;
        None
    }
}

impl FromStr for Pattern {
    type Err = PatternError;

    /// Reads a pattern, as [`Pattern::parse`] does.
    fn from_str(text: &str) -> Result<Self, PatternError> {
        Self::parse(text)
    }
}

/// Refuses an expression that could match beyond the line.
fn refuse_other_lines(hir: &Hir) -> Result<(), PatternError> {
    let has_newline = match hir.kind() {
        HirKind::Literal(literal) => literal.0.contains(&b'\n'),
        HirKind::Class(Class::Unicode(class)) => {
            class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&'\n'))
        }
        HirKind::Class(Class::Bytes(class)) => {
            class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&b'\n'))
        }
        HirKind::Look(Look::Start | Look::End) => return Err(PatternError::TextAnchor),
        HirKind::Empty | HirKind::Look(_) => false,
        HirKind::Repetition(repetition) => return refuse_other_lines(&repetition.sub),
        HirKind::Capture(capture) => return refuse_other_lines(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            return parts.iter().try_for_each(refuse_other_lines);
        }
    };
    if has_newline { Err(PatternError::Newline) } else { Ok(()) }
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(error) => f.write_str(error),
            Self::NoGroup => write!(f, "the pattern has no group for the code: write (?<code>-?\\d+)"),
            Self::Newline => write!(
                f,
                "the pattern could match a newline, and lines are looked at one by one: write [ \\t] for \\s, \
                 [^\"\\n] for [^\"]"
            ),
            Self::TextAnchor => write!(f, "the pattern has \\A or \\z; write ^ and $ for the ends of a line"),
        }
    }
}

impl std::error::Error for PatternError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_pattern_is_refused() {
        for (text, expected) in [
            (r"(?<code>\d+", "unclosed group"),
            (r"ret=-?\d+", "the pattern has no group for the code"),
            (r"(?<Code>\d+)", "the pattern has no group for the code"),
            ("a\n(?<code>1)", "the pattern could match a newline"),
            (r"a\n(?<code>1)", "the pattern could match a newline"),
            (r"a\s(?<code>1)", "the pattern could match a newline"),
            (r"a[^b](?<code>1)", "the pattern could match a newline"),
            (r"(?s)a.(?<code>1)", "the pattern could match a newline"),
            (r"(?s-u)a.(?<code>1)", "the pattern could match a newline"),
            (r"(?:x|(?:\W{2})*)(?<code>1)", "the pattern could match a newline"),
            (r"\x0a(?<code>1)", "the pattern could match a newline"),
            (r"\A(?<code>1)", "the pattern has \\A or \\z"),
            (r"(?<code>1)\z", "the pattern has \\A or \\z"),
            (r"(?-m)^(?<code>1)", "the pattern has \\A or \\z"),
        ] {
            let error = Pattern::parse(text).expect_err(text).to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }

    #[test]
    fn groups_are_found_line_by_line() {
        let groups = |pattern: &str, text: &[u8]| {
            let pattern = Pattern::parse(pattern).unwrap();
            let mut search = pattern.search();
            let groups = std::iter::from_fn(|| pattern.next_group(text, &mut search));
            groups.map(|group| (group.start, group.end)).collect::<Vec<_>>()
        };
        assert_eq!(groups(r"^(?<code>\d+)$", b"12\r\n3\n4x\n5"), [(0, 2), (4, 5), (9, 10)]);
        assert_eq!(groups(r"a(?P<code>\d*)", b"aa1"), [(1, 1), (2, 3)]);
        assert_eq!(groups(r"a|(?<code>\d)", b"a1a"), [(1, 2)]);
        assert_eq!(groups(r"\b.(?<code>1)[^\n]", b"\xff1\n\xc3\xa91x"), [(5, 6)]);
    }
}
