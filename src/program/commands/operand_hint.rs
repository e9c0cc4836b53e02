//! Hints for operands that name no file but are codes, or words that are commands in other programs.

use crate::catalog::{Codes, CodesError};
use std::ffi::OsStr;

/// Words that are commands in other programs, with the options that do the same here.
const WORDS: [(&str, &str); 6] = [
    ("explain", "--explain -204"),
    ("list", "--list"),
    ("search", "--search WORDS"),
    ("help", "--help"),
    ("version", "--version"),
    ("strip", "--strip"),
];

/// Returns a hint for an operand that names no file; `None` unless it is a code or one of the known words.
pub(super) fn hint_for_operand(operand: &OsStr) -> Option<String> {
    let operand = operand.to_str()?;
    if let Some(codes) = codes_in(operand) {
        return Some(format!("to explain a code: imsdk-annotate --explain {codes}"));
    }
    let (_, option) = WORDS.into_iter().find(|(word, _)| *word == operand)?;
    Some(format!("is an option here: imsdk-annotate {option}"))
}

/// Returns the codes and ranges that a text consists of, without white space (`-204,-299..-201`); `None` for any
/// other text.
pub(crate) fn codes_in(text: &str) -> Option<String> {
    let is_codes = |text: &str| matches!(Codes::parse(text), Ok(_) | Err(CodesError::Reversed { .. }));
    text.split(',').all(is_codes).then(|| text.split_whitespace().collect())
}
