//! Messages about a command line that cannot be understood: clap's words, made harmless, with hints at what was meant.

use super::args::Args;
use crate::program::terminal::visible::visible;
use crate::{Codes, CodesError};
use clap::CommandFactory;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::ffi::{OsStr, OsString};

/// Options that programs for logs have and this one has not, as clap names them where more letters or a value follow.
const FOLLOW: [&str; 3] = ["-f", "-F", "--follow"];

/// Words that are typed as the first operand where other programs have commands, and the options that do it here.
const WORDS: [(&str, &str); 6] = [
    ("explain", "--explain -204"),
    ("list", "--list"),
    ("search", "--search WORDS"),
    ("help", "--help"),
    ("version", "--version"),
    ("strip", "--strip"),
];

/// Returns what to say of a usage error: lines as clap writes them, without colour, and a hint at what was meant where that
/// is known. Arguments in it are made visible before clap puts them in its lines, so that none makes a line of its own.
pub(crate) fn message(mut error: clap::Error, typed: &[OsString]) -> String {
    let hint = hint(&error, typed);
    let texts: Vec<(ContextKind, ContextValue)> = error
        .context()
        .filter_map(|(kind, value)| match value {
            ContextValue::String(text) => Some((kind, ContextValue::String(visible(text)))),
            ContextValue::Strings(texts) => {
                Some((kind, ContextValue::Strings(texts.iter().map(|text| visible(text)).collect())))
            }
            ContextValue::StyledStrs(texts) => {
                let texts = texts.iter().map(|text| visible(&text.to_string()).into());
                Some((kind, ContextValue::StyledStrs(texts.collect())))
            }
            _ => None,
        })
        .collect();
    for (kind, value) in texts {
        error.insert(kind, value);
    }
    if let Some(hint) = hint {
        // In place of clap's own: to pass it as the name of a file, or an option that is written nearly so, with its usage.
        error.remove(ContextKind::SuggestedArg);
        error.insert(ContextKind::Usage, ContextValue::StyledStr(Args::command().render_usage()));
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![hint.into()]));
    }
    error.render().to_string()
}

/// Returns what was meant by options that there are not, where that is known: codes, and following a file.
fn hint(error: &clap::Error, typed: &[OsString]) -> Option<String> {
    if error.kind() != ErrorKind::UnknownArgument {
        return None;
    }
    let Some(ContextValue::String(unknown)) = error.get(ContextKind::InvalidArg) else { return None };
    if FOLLOW.contains(&&unknown[..]) {
        return Some("to follow a file as it grows: tail -F FILE | imsdk-annotate".to_owned());
    }
    if !matches!(unknown.as_bytes(), [b'-', b'0'..=b'9', ..]) {
        return None;
    }
    let args = typed.iter().skip(1).take_while(|arg| *arg != "--").filter_map(|arg| arg.to_str());
    let codes: Vec<String> = args.filter(|arg| arg.starts_with('-')).filter_map(codes_in).collect();
    (!codes.is_empty()).then(|| format!("to explain codes: imsdk-annotate --explain {}", codes.join(" ")))
}

/// Returns what to do where an operand names no file, though it is a code or what other programs call a command.
pub(crate) fn hint_for_operand(operand: &OsStr) -> Option<String> {
    let operand = operand.to_str()?;
    if let Some(codes) = codes_in(operand) {
        return Some(format!("to explain a code: imsdk-annotate --explain {codes}"));
    }
    let (_, option) = WORDS.into_iter().find(|(word, _)| *word == operand)?;
    Some(format!("is an option here: imsdk-annotate {option}"))
}

/// Returns the codes and ranges that a text consists of, `-204,-299..-201`, without blanks; `None` for any other text.
fn codes_in(text: &str) -> Option<String> {
    let is_codes = |text: &str| matches!(Codes::parse(text), Ok(_) | Err(CodesError::Reversed { .. }));
    text.split(',').all(is_codes).then(|| text.split_whitespace().collect())
}
