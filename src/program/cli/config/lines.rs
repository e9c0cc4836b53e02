//! The lines of a configuration file: each holds one option, and is parsed once.

use super::grammar::{Grammar, PROGRAM, typed_ids};
use crate::program::cli::conflicts::FOR_ONE_RUN;
use crate::program::terminal::visible::visible;
use clap::error::ErrorKind;
use clap::{ArgMatches, Id};
use std::ffi::OsString;

/// The reason for refusing an option for a single run.
const ONLY_TYPED: &str = "has no place in a configuration; type it";

/// A line of a configuration file that holds an option.
#[derive(Debug)]
pub(super) struct ConfigLine {
    /// The number of the line, from 1.
    pub(super) number: usize,
    /// The option as the arguments that a user would type.
    pub(super) args: Vec<OsString>,
    /// The identifiers of the options in the line.
    pub(super) ids: Vec<Id>,
    /// True if the option needs another option.
    pub(super) needs_others: bool,
}

impl ConfigLine {
    /// Returns the name of the option, without leading dashes and value.
    pub(super) fn option(&self) -> &str {
        let option = self.args.first().and_then(|option| option.to_str()).unwrap_or_default();
        without_dashes(option.split('=').next().unwrap_or_default())
    }
}

/// Returns the name of an option as it is typed, without its dashes.
pub(super) fn without_dashes(option: &str) -> &str {
    option.trim_start_matches('-')
}

/// Parses typed arguments, of which the first is the program's name, behind lines of the configuration.
///
/// # Errors
///
/// Returns clap's error if the arguments cannot be used together.
pub(super) fn parse_with(
    typed: &[OsString],
    lines: &[&ConfigLine],
    grammar: &mut Grammar,
) -> Result<ArgMatches, clap::Error> {
    grammar.parse_behind(typed, lines.iter().flat_map(|line| &line.args))
}

/// Parses the lines of a configuration file. `name` is the name of the file in messages.
///
/// # Errors
///
/// Returns a message for each faulty line or, if there is none, for the first line that cannot be used with the lines
/// before it.
pub(super) fn read_lines(
    name: &str,
    text: &[u8],
    grammar: &mut Grammar,
) -> Result<Vec<ConfigLine>, Vec<String>> {
    let (mut lines, mut wrong) = (Vec::new(), Vec::new());
    for (number, line) in (1..).zip(text.split(|&byte| byte == b'\n')) {
        match parse_line(number, line, grammar) {
            Ok(line) => lines.extend(line),
            Err(error) => wrong.push(format!("{name}:{number}: {error}")),
        }
    }
    if wrong.is_empty() {
        wrong.extend(
            first_conflict(&lines, grammar).map(|(number, error)| format!("{name}:{number}: {error}")),
        );
    }
    if wrong.is_empty() { Ok(lines) } else { Err(wrong) }
}

/// Returns the arguments of a line; none if the line is empty or a comment. The first white space or `=` ends the
/// name of the option; the value behind it is taken as it is.
///
/// # Errors
///
/// Returns the reason if the line holds something other than an option.
fn arguments(line: &[u8]) -> Result<Vec<OsString>, String> {
    let text = str::from_utf8(line).map_err(|_| "is not UTF-8; save the file as UTF-8".to_owned())?;
    // Some programs write a byte order mark before UTF-8.
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() || text.starts_with('#') {
        return Ok(Vec::new());
    }
    if !text.starts_with('-') || text.chars().all(|char| char == '-') {
        return Err(format!("{}: is no option; write one option a line: --color never", visible(text)));
    }
    if let Some((option, value)) = text.split_once(char::is_whitespace)
        && is_in_quotes(value.trim_start())
        && !option.contains('=')
    {
        let unquoted = value.trim_start().trim_matches(['"', '\'']);
        return Err(format!(
            "{}: quotes are not taken away here; write {}={}",
            visible(text),
            visible(option),
            visible(unquoted)
        ));
    }
    Ok(match text.split_once(char::is_whitespace) {
        Some((option, value)) if option.starts_with("--") && !option.contains('=') => {
            vec![format!("{option}={}", value.trim_start()).into()]
        }
        Some((option, value)) if !option.starts_with("--") => vec![option.into(), value.trim_start().into()],
        _ => vec![text.into()],
    })
}

/// Returns the arguments of a file in which each line is certainly one option, with its value or without one, so that
/// clap parses all lines together as it would parse each alone. Returns `None` if a line needs a closer look.
pub(super) fn plain_arguments(text: &[u8], grammar: &Grammar) -> Option<Vec<OsString>> {
    let mut all = Vec::new();
    for line in text.split(|&byte| byte == b'\n') {
        let args = arguments(line).ok()?;
        if !args.is_empty() && !grammar.is_one_option(&args, &FOR_ONE_RUN) {
            return None;
        }
        all.extend(args);
    }
    Some(all)
}

/// Parses a line. Returns `None` if the line is empty or a comment.
///
/// # Errors
///
/// Returns the reason why the line cannot be used.
fn parse_line(number: usize, line: &[u8], grammar: &mut Grammar) -> Result<Option<ConfigLine>, String> {
    let args = arguments(line)?;
    if args.is_empty() {
        return Ok(None);
    }
    let text = || visible(String::from_utf8_lossy(line).trim_start_matches('\u{feff}').trim());
    match grammar.parse_behind(&[PROGRAM.into()], args.iter()) {
        Ok(matches) => {
            let ids = typed_ids(&matches);
            match refusal(&ids) {
                Some(refusal) => Err(format!("{}: {refusal}", text())),
                None => Ok(Some(ConfigLine { number, args, ids, needs_others: false })),
            }
        }
        Err(error) => match error.kind() {
            ErrorKind::MissingRequiredArgument => {
                // The next argument behind an option without a value is an option, too.
                let named = args.iter().filter_map(|arg| grammar.id_of(arg.to_str()?));
                let ids: Vec<Id> = named.collect();
                if let Some(refusal) = refusal(&ids) {
                    return Err(format!("{}: {refusal}", text()));
                }
                Ok(Some(ConfigLine { number, args, ids, needs_others: true }))
            }
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Err(format!("{}: {ONLY_TYPED}", text())),
            _ => Err(first_words(&error)),
        },
    }
}

/// Returns true if a value begins and ends with the same kind of quote.
fn is_in_quotes(value: &str) -> bool {
    let quotes = ['"', '\''];
    value.len() > 1 && quotes.into_iter().any(|quote| value.starts_with(quote) && value.ends_with(quote))
}

/// Returns the reason why the options of a line are refused in a configuration; `None` if they are allowed.
fn refusal(ids: &[Id]) -> Option<&'static str> {
    if ids.iter().any(|id| id == "files") {
        return Some("names a file, or has a value too many; write one option a line: --color never");
    }
    ids.iter().any(|id| FOR_ONE_RUN.contains(&id.as_str())).then_some(ONLY_TYPED)
}

/// Returns the number of the first line that cannot be used with the lines before it, and the reason.
fn first_conflict(lines: &[ConfigLine], grammar: &mut Grammar) -> Option<(usize, String)> {
    let mut before: Vec<Id> = Vec::new();
    for (count, line) in (1..).zip(lines) {
        if grammar.conflict(&line.ids, &before) {
            let together: Vec<&ConfigLine> = lines[..count].iter().collect();
            let error = parse_with(&[PROGRAM.into()], &together, grammar).err()?;
            return Some((line.number, first_words(&error)));
        }
        before.extend(line.ids.iter().filter(|id| !before.contains(id)).cloned().collect::<Vec<_>>());
    }
    None
}

/// Returns clap's text for an error on one line, without its advice about command lines.
fn first_words(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let lines =
        text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("tip: to pass"));
    let said: Vec<&str> =
        lines.take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more")).collect();
    visible(said.join("; ").trim_start_matches("error: "))
}
