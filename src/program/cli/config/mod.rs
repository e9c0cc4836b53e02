//! The configuration file: its options count as if they stood before the options of the command line.

mod file;
mod grammar;
mod lines;

pub(super) use file::place;

use super::args::Args;
use super::needs;
use crate::program::system::signals::Signals;
use clap::error::ErrorKind;
use clap::{ArgMatches, Command, CommandFactory, Id};
use file::read;
use grammar::{Grammar, PROGRAM};
use lines::{ConfigLine, parse_with, plain_arguments, read_lines, without_dashes};
use std::ffi::OsString;

/// The reason why the arguments are refused.
#[derive(Debug)]
pub(super) enum Refusal {
    /// An error in the typed arguments. Help and version are errors to clap, too.
    Usage(clap::Error),
    /// Messages about the configuration file, one for each faulty line.
    Config(Vec<String>),
}

/// Parses typed arguments, of which the first is the program's name, behind the options of the configuration file.
/// The file is not read if the arguments leave it out (`--no-config`) or print a text about the program (`--man`).
///
/// # Errors
///
/// Returns the refusal if the typed arguments or the file are faulty.
pub(super) fn parse(typed: &[OsString], signals: &Signals) -> Result<ArgMatches, Refusal> {
    // An option that is typed twice is a mistake; an option that is typed and in the file is not.
    let alone = with_option_names(Args::command()).try_get_matches_from(typed);
    if let Some(error) = alone.as_ref().ok().and_then(needs::error) {
        return Err(Refusal::Usage(error));
    }
    match &alone {
        // The missing option may be in the file.
        Err(error) if error.kind() != ErrorKind::MissingRequiredArgument => {
            return alone.map_err(Refusal::Usage);
        }
        Ok(matches) if matches.get_flag("man") || matches.contains_id("completions") => {
            return alone.map_err(Refusal::Usage);
        }
        _ if options(typed).any(|arg| arg == "--no-config") => return alone.map_err(Refusal::Usage),
        _ => {}
    }
    let Some((name, text)) = read(signals).map_err(|message| Refusal::Config(vec![message]))? else {
        return alone.map_err(Refusal::Usage);
    };
    let mut grammar = Grammar::new(with_option_names(Args::command()));
    let left_out = left_out(typed);
    // Nearly always, all lines can be used, and are parsed together.
    if left_out.is_empty()
        && let Some(args) = plain_arguments(&text, &grammar)
        && let Ok(matches) = grammar.parse_behind(typed, args.iter())
        && !(seeks(&matches) && alone.as_ref().is_ok_and(|alone| !seeks(alone)))
    {
        return Ok(matches);
    }
    usable(typed, alone.ok(), &left_out, (&name, &text), &mut grammar)
}

/// Parses `typed` behind the lines of the file that can be used with it: lines that are not left out, do not conflict
/// with `typed`, and have the options that they need. `alone` is the result of parsing `typed` alone; `None` if
/// `typed` needs an option of the file.
fn usable(
    typed: &[OsString],
    alone: Option<ArgMatches>,
    left_out: &[&str],
    (name, text): (&str, &[u8]),
    grammar: &mut Grammar,
) -> Result<ArgMatches, Refusal> {
    let mut lines = read_lines(name, text, grammar).map_err(Refusal::Config)?;
    lines.retain(|line| !left_out.contains(&line.option()));
    if let Some(alone) = alone {
        let ids = grammar::typed_ids(&alone);
        lines.retain(|line| !grammar.conflict(&line.ids, &ids) && !changes_meaning(&line.ids, &ids));
    } else {
        lines.retain(|line| !fails(grammar, typed, &[line], ErrorKind::ArgumentConflict));
    }
    with_lines(typed, &lines, grammar).map_err(Refusal::Usage)
}

/// Checks a configuration file: each line, and all options that can be used together.
///
/// # Errors
///
/// Returns a message for each faulty line: `config:3: is not UTF-8; save the file as UTF-8`.
pub fn check(name: &str, text: &[u8]) -> Result<(), Vec<String>> {
    let mut grammar = Grammar::new(Args::command());
    let lines = read_lines(name, text, &mut grammar)?;
    let parsed = with_lines(&[PROGRAM.into()], &lines, &mut grammar);
    parsed.map(drop).map_err(|error| vec![error.to_string()])
}

/// Returns true if arguments seek a selected line: `--quiet` with `--only`.
fn seeks(matches: &ArgMatches) -> bool {
    matches.get_flag("quiet") && matches.contains_id("only")
}

/// Returns true if an option of the file would make another thing of an option that is typed: `--quiet` writes no lines,
/// and with `--only` it seeks one.
fn changes_meaning(ids: &[Id], typed: &[Id]) -> bool {
    let has = |ids: &[Id], id: &str| ids.iter().any(|other| other == id);
    has(ids, "quiet") && has(typed, "only") || has(ids, "only") && has(typed, "quiet")
}

/// Parses `typed` behind lines of the file. Leaves out each line that needs an option which is neither typed nor in
/// the file.
///
/// # Errors
///
/// Returns clap's error if the arguments cannot be used together.
fn with_lines(
    typed: &[OsString],
    lines: &[ConfigLine],
    grammar: &mut Grammar,
) -> Result<ArgMatches, clap::Error> {
    let all: Vec<&ConfigLine> = lines.iter().collect();
    match parse_with(typed, &all, grammar) {
        Err(error) if error.kind() == ErrorKind::MissingRequiredArgument => {}
        parsed => return parsed,
    }
    let free: Vec<&ConfigLine> = all.iter().copied().filter(|line| !line.needs_others).collect();
    let mut usable = all;
    usable.retain(|line| {
        let with_it: Vec<&ConfigLine> = free.iter().copied().chain([*line]).collect();
        !line.needs_others || !fails(grammar, typed, &with_it, ErrorKind::MissingRequiredArgument)
    });
    parse_with(typed, &usable, grammar)
}

/// Returns true if parsing `typed` behind `lines` fails with an error of this kind.
fn fails(grammar: &mut Grammar, typed: &[OsString], lines: &[&ConfigLine], kind: ErrorKind) -> bool {
    parse_with(typed, lines, grammar).is_err_and(|error| error.kind() == kind)
}

/// Returns the options of the file that `--no-config=OPTION` leaves out, without leading dashes.
fn left_out(typed: &[OsString]) -> Vec<&str> {
    options(typed).filter_map(|arg| arg.to_str()?.strip_prefix("--no-config=")).map(without_dashes).collect()
}

/// Returns the arguments before `--`, which ends the options.
fn options(typed: &[OsString]) -> impl Iterator<Item = &OsString> {
    typed.iter().take_while(|arg| *arg != "--")
}

/// Returns the command with a check that the value of `--no-config=OPTION` is the name of an option.
fn with_option_names(command: Command) -> Command {
    command.mut_arg("no_config", |arg| arg.value_parser(option_name))
}

/// Parses a value of `--no-config`: the name of an option, with or without dashes, or an empty text. Returns the name
/// without leading dashes.
///
/// # Errors
///
/// Returns the reason if there is no such option.
fn option_name(text: &str) -> Result<String, String> {
    let name = without_dashes(text);
    let is_name = |arg: &clap::Arg| {
        arg.get_long() == Some(name) || arg.get_short().map(String::from).as_deref() == Some(name)
    };
    if name.is_empty() || Args::command().get_arguments().any(is_name) {
        Ok(name.to_owned())
    } else {
        Err("there is no such option; name one of the file, or none to leave all out".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Parsing all lines together gives the same result as parsing each alone, or gives none.
    #[test]
    fn plain_files_are_parsed_as_line_by_line() {
        let typed = [PROGRAM.into()];
        let mut at_once = 0;
        for text in [
            "",
            "--color never\n--strict\n-j 2",
            "# a comment\n--key a\n--key=b\n\n--lang zh",
            "--only error\n-C 2",
            "--fail-on\n--strict",
            "--only\n--strict",
            "-C\n--strict",
            "--key\n--strict",
            "--strict=x",
            "--strict x",
            "-nq",
            "-n\n-q",
            "--list\n--strict",
            "--list=error",
            "--quiet\n--only error",
            "--line-buffered\n--block-buffered",
            "--no-builtin",
            "--nosuch",
            "-x 1",
            "a.log",
            "--explain -204",
            "--color sometimes",
            "--pattern -(?<code>1)",
            "--help",
        ] {
            let mut grammar = Grammar::new(Args::command());
            let plain = plain_arguments(text.as_bytes(), &grammar)
                .and_then(|args| grammar.parse_behind(&typed, args.iter()).ok());
            let Some(plain) = plain else { continue };
            at_once += 1;
            let lines = read_lines("config", text.as_bytes(), &mut grammar).expect(text);
            let single = with_lines(&typed, &lines, &mut grammar).expect(text);
            for id in plain.ids() {
                let raw = |matches: &ArgMatches| -> Vec<OsString> {
                    matches.get_raw(id.as_str()).into_iter().flatten().map(OsString::from).collect()
                };
                assert_eq!(raw(&plain), raw(&single), "{text}: {id}");
            }
            assert!(plain.ids().eq(single.ids()), "{text}");
        }
        assert_eq!(at_once, 7);
    }
}
