//! Messages about a command line that cannot be understood: clap's words, made harmless, with hints at what was meant.

use crate::visible::visible;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use imsdk_annotate::Entry;
use std::ffi::{OsStr, OsString};

/// Options that programs for logs have and this one has not.
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
pub(super) fn message(mut error: clap::Error, typed: &[OsString]) -> String {
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
        // In place of clap's own, which is to pass it as the name of a file.
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![hint.into()]));
    }
    error.render().to_string()
}

/// Returns what was meant by options that there are not, where that is known: codes, and following a file.
fn hint(error: &clap::Error, typed: &[OsString]) -> Option<String> {
    if error.kind() != ErrorKind::UnknownArgument {
        return None;
    }
    let args = || typed.iter().skip(1).take_while(|arg| *arg != "--").filter_map(|arg| arg.to_str());
    if args().any(|arg| FOLLOW.contains(&arg)) {
        return Some("to follow a file as it grows: tail -F FILE | imsdk-annotate".to_owned());
    }
    let codes: Vec<&str> = args().filter(|arg| arg.starts_with('-') && is_code_or_range(arg)).collect();
    (!codes.is_empty()).then(|| format!("to explain codes: imsdk-annotate --explain {}", codes.join(" ")))
}

/// Returns what to do where an operand names no file, though it is a code or what other programs call a command.
pub(super) fn hint_for_operand(operand: &OsStr) -> Option<String> {
    let operand = operand.to_str()?;
    if is_code_or_range(operand) {
        return Some(format!("to explain a code: imsdk-annotate --explain {operand}"));
    }
    let (_, option) = WORDS.into_iter().find(|(word, _)| *word == operand)?;
    Some(format!("is an option here: imsdk-annotate {option}"))
}

fn is_code_or_range(text: &str) -> bool {
    let (first, last) = text.split_once("..").unwrap_or((text, text));
    Entry::parse_code(first).is_some() && Entry::parse_code(last).is_some()
}
