//! The configuration file: options that count as if they stood before those of the command line.

use super::args::Args;
use crate::program::input::{CONFIGURATION, InputName, read_whole};
use crate::program::terminal::messages::cause;
use crate::program::terminal::visible::visible;
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, Command, CommandFactory};
use etcetera::BaseStrategy;
use etcetera::base_strategy::Xdg;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

/// Stands for the name that the program was called by.
const PROGRAM: &str = "imsdk-annotate";
const VARIABLE: &str = "IMSDK_ANNOTATE_CONFIG";
/// Below the user's folder of configuration.
const PLACE: &str = "imsdk-annotate/config";
/// Options for one run, which have no place in the file.
const FOR_ONE_RUN: [&str; 8] =
    ["explain", "list", "search", "check_catalog", "merge_reports", "no_config", "completions", "man"];
const ONLY_TYPED: &str = "has no place in a configuration; type it";

/// Why the arguments cannot be used.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// What was typed; also help and version.
    Usage(clap::Error),
    /// The file; what to say about it.
    Config(Vec<String>),
}

/// A line of the file that has an option.
#[derive(Debug)]
struct Line {
    number: usize,
    /// What would have been typed.
    args: Vec<OsString>,
    /// Whether it can only be used with others.
    needs_others: bool,
}

/// What was typed (the program's name first), after what the configuration file says, if there is one and it is wanted.
///
/// # Errors
///
/// Where either is not as it must be.
pub(crate) fn parse(typed: &[OsString]) -> Result<ArgMatches, Refusal> {
    // Typed twice is a mistake; typed and in the file is not.
    let alone = Args::command().try_get_matches_from(typed);
    match &alone {
        // What it needs may be in the file.
        Err(error) if error.kind() != ErrorKind::MissingRequiredArgument => {
            return alone.map_err(Refusal::Usage);
        }
        Ok(matches) if matches.get_flag("man") || matches.contains_id("completions") => {
            return alone.map_err(Refusal::Usage);
        }
        _ if leaves_config_out(typed) => return alone.map_err(Refusal::Usage),
        _ => {}
    }
    let lines = match read().map_err(|message| Refusal::Config(vec![message]))? {
        Some((name, text)) => lines(&name, &text).map_err(Refusal::Config)?,
        None => return alone.map_err(Refusal::Usage),
    };
    let lines = without(lines, &left_out(typed));
    matches(typed, &usable(typed, &lines)).map_err(Refusal::Usage)
}

/// Whether all of the file is left out.
fn leaves_config_out(typed: &[OsString]) -> bool {
    options(typed).any(|arg| arg == "--no-config")
}

/// The options of the file that are left out, without the dashes before them.
fn left_out(typed: &[OsString]) -> Vec<&str> {
    options(typed).filter_map(|arg| arg.to_str()?.strip_prefix("--no-config=")).map(without_dashes).collect()
}

fn without(mut lines: Vec<Line>, left_out: &[&str]) -> Vec<Line> {
    let name = |line: &Line| {
        let option = line.args.first().and_then(|option| option.to_str()).unwrap_or_default();
        without_dashes(option.split('=').next().unwrap_or_default()).to_owned()
    };
    lines.retain(|line| !left_out.contains(&&name(line)[..]));
    lines
}

fn options(typed: &[OsString]) -> impl Iterator<Item = &OsString> {
    typed.iter().take_while(|arg| *arg != "--")
}

fn without_dashes(option: &str) -> &str {
    option.trim_start_matches('-')
}

/// Reads what is to be left out of the file: the name of an option, with or without dashes.
///
/// # Errors
///
/// Where there is no such option.
pub(crate) fn option_name(text: &str) -> Result<String, String> {
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

/// What clap makes of lines of the file with what was typed behind them.
fn matches(typed: &[OsString], lines: &[&Line]) -> Result<ArgMatches, clap::Error> {
    let (program, rest) = typed.split_at(typed.len().min(1));
    let configured = lines.iter().flat_map(|line| &line.args);
    command().try_get_matches_from(program.iter().chain(configured).chain(rest))
}

fn command() -> Command {
    Args::command().args_override_self(true)
}

/// Returns the path of the file that is looked for, if any is; `left_out` names the options that are left out, or is empty
/// text for all.
pub(crate) fn place(left_out: &[String]) -> Option<PathBuf> {
    let leaves_all_out = left_out.iter().any(String::is_empty);
    if leaves_all_out { None } else { named_or_usual().map(|(path, _)| path) }
}

/// Returns the path of the file that is looked for, and whether the environment names it.
fn named_or_usual() -> Option<(PathBuf, bool)> {
    let (path, is_named) = match env::var_os(VARIABLE) {
        Some(path) => (PathBuf::from(path), true),
        None => (Xdg::new().ok()?.config_dir().join(PLACE), false),
    };
    (!path.as_os_str().is_empty()).then_some((path, is_named))
}

/// The file's name and content, if there is a file.
fn read() -> Result<Option<(String, Vec<u8>)>, String> {
    let Some((path, is_named)) = named_or_usual() else {
        return Ok(None);
    };
    let name = InputName::File(path.clone());
    match read_whole(&name, CONFIGURATION) {
        Ok(text) => Ok(Some((name.to_string(), text))),
        // A folder that may not be looked into (HOME of another user, after sudo) is as good as an empty one.
        Err(_) if !is_named && fs::metadata(&path).is_err() => Ok(None),
        Err(error) if is_named => Err(format!(
            "{name}: the configuration that ${VARIABLE} names cannot be read: {}; name another, or add --no-config",
            cause(&error)
        )),
        Err(error) => Err(format!(
            "{name}: the configuration cannot be read: {}; mend it, or add --no-config",
            cause(&error)
        )),
    }
}

/// The options of a file. What is wrong is said of all lines at once.
fn lines(name: &str, text: &[u8]) -> Result<Vec<Line>, Vec<String>> {
    let (mut lines, mut wrong) = (Vec::new(), Vec::new());
    for (number, line) in (1..).zip(text.split(|&byte| byte == b'\n')) {
        match parse_line(number, line) {
            Ok(line) => lines.extend(line),
            Err(error) => wrong.push(format!("{name}:{number}: {error}")),
        }
    }
    if wrong.is_empty() {
        wrong.extend(first_conflict(&lines).map(|(number, error)| format!("{name}:{number}: {error}")));
    }
    if wrong.is_empty() { Ok(lines) } else { Err(wrong) }
}

/// What is wrong with a file, if anything is: either of its lines, or of all options that can be used together.
pub fn check(name: &str, text: &[u8]) -> Result<(), Vec<String>> {
    let lines = lines(name, text)?;
    let typed = [PROGRAM.into()];
    matches(&typed, &usable(&typed, &lines)).map(drop).map_err(|error| vec![error.to_string()])
}

/// The option of a line, if it has one. The first blank or `=` parts the name from the value, which is taken as it is.
fn parse_line(number: usize, line: &[u8]) -> Result<Option<Line>, String> {
    let text = str::from_utf8(line).map_err(|_| "is not UTF-8; save the file as UTF-8".to_owned())?;
    // What some programs write before UTF-8.
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() || text.starts_with('#') {
        return Ok(None);
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
    let args = match text.split_once(char::is_whitespace) {
        Some((option, value)) if option.starts_with("--") && !option.contains('=') => {
            vec![format!("{option}={}", value.trim_start()).into()]
        }
        Some((option, value)) if !option.starts_with("--") => vec![option.into(), value.trim_start().into()],
        _ => vec![text.into()],
    };
    let line = Line { number, args, needs_others: false };
    match matches(&[PROGRAM.into()], &[&line]) {
        Ok(matches) => match refused(&matches) {
            Some(refusal) => Err(format!("{}: {refusal}", visible(text))),
            None => Ok(Some(line)),
        },
        Err(error) => match error.kind() {
            ErrorKind::MissingRequiredArgument => Ok(Some(Line { needs_others: true, ..line })),
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                Err(format!("{}: {ONLY_TYPED}", visible(text)))
            }
            _ => Err(first_words(&error)),
        },
    }
}

fn is_in_quotes(value: &str) -> bool {
    let quotes = ['"', '\''];
    value.len() > 1 && quotes.into_iter().any(|quote| value.starts_with(quote) && value.ends_with(quote))
}

/// Why what a line says has no place in the file, if it has none.
fn refused(matches: &ArgMatches) -> Option<&'static str> {
    let is_there = |id: &str| matches.value_source(id) == Some(ValueSource::CommandLine);
    if is_there("files") {
        return Some("names a file, or has a value too many; write one option a line: --color never");
    }
    FOR_ONE_RUN.into_iter().any(is_there).then_some(ONLY_TYPED)
}

/// The first line that cannot be used with those before it, and why.
fn first_conflict(lines: &[Line]) -> Option<(usize, String)> {
    let all: Vec<&Line> = lines.iter().collect();
    let conflict = |lines: &[&Line]| {
        let error = matches(&[PROGRAM.into()], lines).err()?;
        (error.kind() == ErrorKind::ArgumentConflict).then(|| first_words(&error))
    };
    conflict(&all)?;
    (1..=all.len()).find_map(|count| Some((all[count - 1].number, conflict(&all[..count])?)))
}

/// The lines that can be used with what was typed: which neither contradict it, nor need what is not there.
fn usable<'a>(typed: &[OsString], lines: &'a [Line]) -> Vec<&'a Line> {
    let is =
        |kind: ErrorKind, lines: &[&Line]| matches(typed, lines).is_err_and(|error| error.kind() == kind);
    let mut usable: Vec<&Line> =
        lines.iter().filter(|line| !is(ErrorKind::ArgumentConflict, &[line])).collect();
    if is(ErrorKind::MissingRequiredArgument, &usable) {
        let free: Vec<&Line> = usable.iter().copied().filter(|line| !line.needs_others).collect();
        usable.retain(|line| {
            let with_it: Vec<&Line> = free.iter().copied().chain([*line]).collect();
            !line.needs_others || !is(ErrorKind::MissingRequiredArgument, &with_it)
        });
    }
    usable
}

/// What clap says of an error, on one line, without its advice about command lines.
fn first_words(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let lines =
        text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("tip: to pass"));
    let said: Vec<&str> =
        lines.take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more")).collect();
    visible(said.join("; ").trim_start_matches("error: "))
}
