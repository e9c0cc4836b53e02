//! Completions for shells, with the values of options: formats of reports, and what a SELECT can be.

use super::args::Args;
use crate::colors::appearance_names;
use crate::program::report::ReportFormat;
use crate::{Catalog, Category, Severity};
use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Command, CommandFactory};
use clap_complete::Shell;
use std::collections::BTreeSet;

/// The options whose values are a SELECT or a code, and may begin with `-`.
const FOR_SELECTS: [&str; 5] = ["only", "fail_on", "expect", "list", "explain"];

/// The look at the word before the cursor in clap's script for bash, and our own: behind a `=`, bash has the option one word
/// earlier.
const BASH_PREVIOUS: [&str; 2] = [
    "prev=\"$3\"\n",
    "prev=\"$3\"\n    if [[ ${prev} == \"=\" ]] ; then\n        prev=\"${COMP_WORDS[COMP_CWORD-2]}\"\n    fi\n    \
     [[ ${cur} == \"=\" ]] && cur=\"\"\n",
];

/// The condition for offering options in clap's script for bash, and our own: behind an option that takes codes, a word that
/// begins with `-` is a code.
const BASH_OPTIONS: [&str; 2] =
    ["if [[ ${cur} == -* ||", "if [[ ${cur} == -* && ! ${prev} =~ ^--(only|fail-on|expect|list|explain)$ ||"];

/// Returns the script with which a shell completes options and their values. Codes are those of the built-in catalog.
pub(super) fn completions(shell: Shell) -> Vec<u8> {
    let mut command = with_values(Args::command());
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, name, &mut script);
    if shell == Shell::Bash {
        for [theirs, ours] in [BASH_PREVIOUS, BASH_OPTIONS] {
            script = String::from_utf8_lossy(&script).replacen(theirs, ours, 1).into_bytes();
        }
    }
    script
}

/// Returns the command with the values that options can have, as far as they can be listed. It can no longer parse.
fn with_values(command: Command) -> Command {
    let formats = ReportFormat::all_names().map(PossibleValue::new);
    let command = command.mut_arg("report", |arg| arg.value_parser(PossibleValuesParser::new(formats)));
    let command = command.mut_arg("colors", |arg| arg.value_parser(PossibleValuesParser::new(colors())));
    FOR_SELECTS.iter().fold(command, |command, id| {
        let terms = if *id == "explain" { codes() } else { terms() };
        command.mut_arg(id, |arg| arg.value_parser(PossibleValuesParser::new(terms)))
    })
}

/// Returns a colour for each severity and each name of a colour, and for each style: what can be typed without quotes.
fn colors() -> Vec<PossibleValue> {
    let severities = [("error", "errors"), ("action", "actions"), ("success", "success")];
    let values = severities.into_iter().flat_map(|(severity, of)| {
        appearance_names().map(move |name| {
            PossibleValue::new(lasting(&format!("{severity}={name}"))).help(format!("colour of {of}"))
        })
    });
    values.collect()
}

/// Returns the terms of a SELECT: words, severities, categories, codes.
fn terms() -> Vec<PossibleValue> {
    let words = [
        ("any", "all codes"),
        ("unknown", "negative codes that are in no catalog"),
        ("new", "codes that --baseline and --accept lack"),
    ];
    let words = words.map(|(word, help)| PossibleValue::new(word).help(help));
    let severities = Severity::ALL.map(|severity| PossibleValue::new(severity.name()).help("severity"));
    let mut taken: BTreeSet<String> = severities.iter().map(|value| value.get_name().to_owned()).collect();
    let mut terms = [words, severities].concat();
    for entry in Catalog::builtin().entries() {
        let category = entry.category();
        if taken.insert(category.name().to_owned()) {
            terms.push(category_term(category));
        }
    }
    terms.extend(codes());
    terms
}

fn category_term(category: &Category) -> PossibleValue {
    PossibleValue::new(lasting(category.name())).help(format!("category {}", category.chinese_name()))
}

/// Returns the codes of the built-in catalog, each with its message.
fn codes() -> Vec<PossibleValue> {
    let catalog = Catalog::builtin();
    let codes = catalog
        .entries()
        .iter()
        .map(|entry| PossibleValue::new(lasting(&entry.code().to_string())).help(entry.message().to_owned()));
    codes.collect()
}

/// Returns a copy of a text that lasts as long as the program, which ends when the script is printed: clap takes no other.
fn lasting(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_for_bash_has_what_is_replaced() {
        let mut plain = Vec::new();
        clap_complete::generate(Shell::Bash, &mut Args::command(), "imsdk-annotate", &mut plain);
        let (plain, script) =
            (String::from_utf8(plain).unwrap(), String::from_utf8(completions(Shell::Bash)).unwrap());
        for [theirs, ours] in [BASH_PREVIOUS, BASH_OPTIONS] {
            assert!(plain.contains(theirs) && script.contains(ours), "{theirs}");
        }
    }

    #[test]
    fn options_with_codes_are_those_that_bash_knows() {
        let names = FOR_SELECTS.map(|id| id.replace('_', "-")).join("|");
        assert!(BASH_OPTIONS[1].contains(&format!("({names})")), "{names}");
    }
}
