//! The command line: what was typed, what it means here, and how it ends.

pub(crate) mod args;
pub(crate) mod config;
mod help;
#[cfg(test)]
mod reference;
pub(crate) mod usage;

use crate::program::commands::lookup::Wanted;
use crate::program::commands::triage::Triage;
use crate::program::commands::write_to::files_in_use;
use crate::program::commands::{annotate, check_catalog, lookup, manual, merge};
use crate::program::input::InputName;
use crate::program::output::{Output, UsedAs};
use crate::program::system::signals;
use crate::program::terminal::exit_status::ExitStatus;
use crate::program::terminal::exit_status::refuse;
use crate::program::terminal::messages::{self, Messages, STDOUT_NAME, say_if_not_written};
use crate::program::terminal::progress::Progress;
use args::Args;
use args::lookup::attach_codes;
use clap::{ArgMatches, CommandFactory, FromArgMatches};
use config::Refusal;
pub use config::check as check_config;
use std::env;
use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};

/// Runs the program, with the arguments and the environment that it was started with.
pub(crate) fn run() -> ExitStatus {
    let messages = Messages::new(Progress::hidden());
    if let Err(error) = signals::ignore_user_signals() {
        messages.say(&format!("signals cannot be handled: {error}"));
    }
    let typed: Vec<OsString> = env::args_os().collect();
    let args = match config::parse(&attach_codes(typed.iter().cloned())).and_then(read_args) {
        Ok(args) => args,
        Err(Refusal::Usage(error)) => return print_help_or_usage(error, &typed),
        Err(Refusal::Config(wrong)) => {
            wrong.iter().for_each(|message| messages.say(message));
            return ExitStatus::Trouble;
        }
    };
    if args.setup.man {
        return print(&manual::manual());
    }
    if let Some(shell) = args.setup.completions {
        return print(&manual::completions(shell));
    }
    if args.reads_stdin() && io::stdin().is_terminal() {
        messages::write_to_stderr(&Args::command().render_help().to_string());
        return ExitStatus::Trouble;
    }
    let Some(catalog) = args.catalog.in_force(&messages) else {
        return ExitStatus::Trouble;
    };
    let log_lines = args.lookup.explain.contains(&Wanted::LogLines).then_some(InputName::Stdin);
    if (args.catalog.check_catalog.is_some() || args.lookup.lookup().is_some())
        && let Err(refusal) = files_in_use(&args, log_lines.iter(), UsedAs::Input)
    {
        return refuse(&messages, &refusal);
    }
    if let Some(path) = &args.catalog.check_catalog {
        return check_catalog::check_catalog(path, &catalog, &messages);
    }
    let annotator = args.recognition.annotator().catalog(catalog.clone());
    if let Some(lookup) = args.lookup.lookup() {
        return lookup::look_up(lookup, &args, &catalog, annotator, &messages);
    }
    let triage = match Triage::new(&args, catalog) {
        Ok(triage) => triage,
        Err(refusal) => return refuse(&messages, &refusal),
    };
    if args.triage.merge_reports {
        return merge::merge_reports(&args, triage);
    }
    match args.recognition.refusal() {
        Some(refusal) => refuse(&messages, refusal),
        None => annotate::annotate_inputs(&args, annotator, triage),
    }
}

fn read_args(matches: ArgMatches) -> Result<Args, Refusal> {
    Args::from_arg_matches(&matches).map_err(Refusal::Usage)
}

/// Help and version go to standard output and are no trouble, unless they cannot be written.
fn print_help_or_usage(error: clap::Error, typed: &[OsString]) -> ExitStatus {
    if error.use_stderr() {
        messages::write_to_stderr(&usage::message(error, typed));
        return ExitStatus::Trouble;
    }
    print(error.render().to_string().as_bytes())
}

/// Prints what was asked for in place of work.
fn print(text: &[u8]) -> ExitStatus {
    let messages = Messages::new(Progress::hidden());
    let written = Output::stdout().and_then(|mut wtr| wtr.write_all(text));
    say_if_not_written(&messages, STDOUT_NAME, written);
    ExitStatus::of(&messages, false)
}
