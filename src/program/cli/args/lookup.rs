//! The arguments that look codes up in the catalog instead of reading logs.

use crate::program::cli::conflicts::FOR_LOGS;
use crate::program::commands::lookup::{Lookup, Wanted};
use clap::Args;
use std::ffi::{OsStr, OsString};

const EXPLAIN: &str = "--explain";
const LIST: &str = "--list";

/// Options for reading the catalog.
#[derive(Debug, Args)]
pub(crate) struct LookupArgs {
    /// Explain codes in full: category, severity, message, explanation
    ///
    /// CODE is a code (-204), a range (-299..-201), a field as it stands in a log ('ret=-204'), or `-`, which reads log
    /// lines from standard input. Each code is explained once. Fields are found as in logs, with --key, --pattern and
    /// --strict. Status 1 where a code is not in the catalog; codes near it are printed.
    #[arg(
        long,
        value_name = "CODE",
        num_args = 1..,
        value_parser = Wanted::parse_list,
        group = "lookup",
        conflicts_with_all = FOR_LOGS,
        conflicts_with = "check_catalog",
        help_heading = "Look-ups"
    )]
    pub(crate) explain: Vec<Vec<Wanted>>,

    /// List the catalog as a table, or what is selected of it
    ///
    /// SELECT is as for --only: --list 'error,!auth'. Status 1 where it selects nothing.
    #[arg(
        long,
        value_name = "SELECT",
        num_args = 0..=1,
        default_missing_value = "any",
        group = "lookup",
        conflicts_with_all = FOR_LOGS,
        conflicts_with = "check_catalog",
        help_heading = "Look-ups"
    )]
    pub(crate) list: Option<String>,

    /// List the codes that have all these words in message, explanation or category
    ///
    /// English or Chinese, parts of words as well, in upper or lower case. Status 1 where there are none.
    #[arg(
        long,
        value_name = "WORDS",
        num_args = 1..,
        group = "lookup",
        conflicts_with_all = FOR_LOGS,
        conflicts_with = "check_catalog",
        help_heading = "Look-ups"
    )]
    pub(crate) search: Vec<String>,

    /// With --explain, --list or --search, write JSON: a list of objects
    #[arg(long, requires = "lookup", help_heading = "Look-ups")]
    pub(crate) json: bool,
}

impl LookupArgs {
    /// Returns the look-up that was asked for, if one was.
    pub(crate) fn lookup(&self) -> Option<Lookup> {
        match (&self.explain[..], &self.list, &self.search[..]) {
            (wanted @ [_, ..], ..) => Some(Lookup::Explain(wanted.concat())),
            (_, Some(select), _) => Some(Lookup::List(select.clone())),
            (.., words @ [_, ..]) => Some(Lookup::Search(words.to_vec())),
            _ => None,
        }
    }
}

/// The command line with the codes that follow `--explain` and `--list` put to them, each with a `=`: clap would take
/// `-299..-201` for short options, or else all options that follow for codes. With `--explain`, negative numbers are
/// codes wherever they stand.
pub(crate) fn attach_codes(argv: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut argv: Vec<OsString> = argv.into_iter().collect();
    let behind_options = argv.iter().position(|arg| arg == "--").unwrap_or(argv.len());
    let operands = argv.split_off(behind_options);
    let explains = argv.iter().any(|arg| arg.to_str().is_some_and(|arg| arg.starts_with(EXPLAIN)));
    let mut attached = Vec::new();
    let mut rest = argv.into_iter().peekable();
    while let Some(arg) = rest.next() {
        let values_max = match arg.to_str() {
            Some(EXPLAIN) => usize::MAX,
            Some(LIST) => 1,
            _ => 0,
        };
        let values: Vec<_> = (0..values_max).map_while(|_| rest.next_if(|next| is_no_option(next))).collect();
        if explains && is_negative(&arg) {
            attached.push(attach(EXPLAIN, &arg));
        } else if values.is_empty() {
            attached.push(arg);
        } else {
            attached.extend(values.iter().map(|value| attach(&arg, value)));
        }
    }
    let is_explained = |arg: &OsString| arg.as_encoded_bytes().starts_with(b"--explain=");
    if attached.iter().any(is_explained) {
        attached.retain(|arg| arg != EXPLAIN);
    }
    attached.extend(operands);
    attached
}

fn attach(option: impl AsRef<OsStr>, value: &OsStr) -> OsString {
    let mut both = option.as_ref().to_owned();
    both.push("=");
    both.push(value);
    both
}

fn is_negative(arg: &OsStr) -> bool {
    matches!(arg.as_encoded_bytes(), [b'-', b'0'..=b'9', ..])
}

fn is_no_option(arg: &OsStr) -> bool {
    match arg.as_encoded_bytes() {
        [b'-', next, ..] => next.is_ascii_digit(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_attached_and_options_are_not() {
        for (typed, expected) in [
            ("x --explain -204 5", "x --explain=-204 --explain=5"),
            (
                "x --json --explain -299..-201 - --color never",
                "x --json --explain=-299..-201 --explain=- --color never",
            ),
            ("x --explain --json", "x --explain --json"),
            ("x --list -204 -205", "x --list=-204 -205"),
            ("x --list --json", "x --list --json"),
            ("x --explain --lang zh -204", "x --lang zh --explain=-204"),
            ("x -204 --explain 5", "x --explain=-204 --explain=5"),
            ("x --explain=-204 -205", "x --explain=-204 --explain=-205"),
            ("x -- --explain -204", "x -- --explain -204"),
            ("x --explain -1 -- -2", "x --explain=-1 -- -2"),
            ("x -q a.log", "x -q a.log"),
        ] {
            let attached = attach_codes(typed.split(' ').map(OsString::from));
            assert_eq!(attached.join(OsStr::new(" ")), expected, "{typed}");
        }
    }
}
