//! The command line: arguments and configuration are parsed, and resolved to a [`Mode`].

mod args;
mod completions;
mod config;
mod conflicts;
mod files_from;
mod first_lines;
mod help;
mod manual;
mod mode;
mod needs;
#[cfg(test)]
mod reference;
mod run_settings;
mod time_bounds;
mod usage;
mod uses;

pub use config::check as check_config;

use crate::program::commands::Mode;
use crate::program::system::signals::Signals;
use crate::program::terminal::exit_status::ExitStatus;
use crate::program::terminal::messages::{Messages, write_to_stderr};
use args::Args;
use args::lookup::attach_codes;
use clap::FromArgMatches;
use clap::parser::ValueSource;
use config::Refusal;
use std::env;
use std::ffi::OsString;
use std::io::{self, IsTerminal};

/// Reads the arguments and the configuration, and returns the mode that they select.
///
/// # Errors
///
/// Returns the exit status if there is nothing to do. The reason has then been printed on standard error.
pub(crate) fn mode(signals: &Signals, messages: &Messages) -> Result<Mode, ExitStatus> {
    let typed: Vec<OsString> = env::args_os().collect();
    let matches = config::parse(&attach_codes(typed.iter().cloned()), signals);
    let args = matches.and_then(|matches| {
        let mut args = Args::from_arg_matches(&matches).map_err(Refusal::Usage)?;
        args.output.compress_is_given = matches.value_source("compress") == Some(ValueSource::CommandLine);
        // Only the journal of an output folder needs them, and telling them takes time.
        let settings = run_settings::are_needed(&args).then(|| run_settings::typed(&matches));
        Ok((args, settings.unwrap_or_default()))
    });
    let (mut args, settings) = match args {
        Ok(args) => args,
        Err(Refusal::Usage(error)) if error.use_stderr() => {
            write_to_stderr(&usage::message(error, &typed));
            return Err(ExitStatus::Trouble);
        }
        // Help and version, which clap returns as errors, go to standard output. They are trouble only if they cannot
        // be written.
        Err(Refusal::Usage(error)) => return Ok(Mode::Print(error.render().to_string().into_bytes())),
        Err(Refusal::Config(wrong)) => {
            wrong.iter().for_each(|message| messages.say(message));
            return Err(ExitStatus::Trouble);
        }
    };
    let reads_demo = args.input.demo;
    if reads_demo {
        args.input.name.get_or_insert_with(|| first_lines::DEMO_NAME.to_owned());
    } else if args.reads_stdin() && !args.follow.follow && io::stdin().is_terminal() {
        write_to_stderr(first_lines::HINT);
        return Err(ExitStatus::Trouble);
    }
    let mode = mode::mode(args, settings, signals, messages).map_err(|refusal| {
        refusal.iter().for_each(|refusal| messages.say(refusal));
        ExitStatus::Trouble
    })?;
    // Until now, standard input was that of the user: a catalog may come from there.
    if reads_demo && let Err(message) = first_lines::read_demo() {
        messages.say(&message);
        return Err(ExitStatus::Trouble);
    }
    Ok(mode)
}
