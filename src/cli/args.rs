//! The arguments as they are typed, and what each means.

use crate::input::{Buffering, InputName};
use clap::builder::styling::{AnsiColor, Styles};
use clap::{Parser, ValueEnum};
use std::env;
use std::ffi::{OsStr, OsString};

const EXAMPLES: &str = "\
Examples:
  tail -f server.log | imsdk-annotate           watch a log, in colour
  imsdk-annotate server.log > annotated.log     annotate a file
  imsdk-annotate --strict ci.log                a log that other programs write into, too

  ret=-204 openid=7   becomes   ret=-204 (auth: user session is failure!) openid=7";

const EXIT_STATUS: &str = "\
Exit status:
  0         all went well, whether or not anything was annotated;
            also when the reader of the output has gone away
  2         trouble: bad usage, an input that cannot be read, output that cannot be written
  130, 143  ended by SIGINT, SIGTERM

Colour under --color=auto, the first that applies: NO_COLOR (off), CLICOLOR_FORCE (on),
TERM=dumb (off), CLICOLOR=0 (off), a terminal as standard output (on).";

const TEMPLATE: &str = "\
{about}

{before-help}{usage-heading} {usage}

{all-args}{after-help}";

/// Writes the meaning of iMSDK return codes behind them, and changes nothing else
#[derive(Debug, Parser)]
#[command(
    name = "imsdk-annotate",
    version,
    styles = Styles::styled().literal(AnsiColor::Cyan.on_default()),
    help_template = TEMPLATE,
    before_long_help = EXAMPLES,
    after_long_help = EXIT_STATUS,
    max_term_width = 100
)]
pub(crate) struct Args {
    /// Logs to read, in this order; `-` is standard input
    ///
    /// Without any, standard input is read.
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<OsString>,

    /// Count positive codes only where they are surely ours
    ///
    /// For logs that other programs write into, too: a positive code counts only under `ret` or `iret`, or
    /// where its key has a quote behind it (`"code":5`).
    #[arg(long, help_heading = "What is recognised")]
    pub(crate) strict: bool,

    /// Colour of the notes
    #[arg(
        long,
        value_name = "WHEN",
        value_enum,
        default_value_t = ColorChoice::Auto,
        help_heading = "Output"
    )]
    pub(crate) color: ColorChoice,

    /// Write all complete lines after each read
    ///
    /// Without it, lines are held back only while more input is there to be read at once.
    #[arg(long, overrides_with = "block_buffered", help_heading = "Output")]
    pub(crate) line_buffered: bool,

    /// Write only full blocks, even if the input pauses
    #[arg(long, overrides_with = "line_buffered", help_heading = "Output")]
    pub(crate) block_buffered: bool,
}

/// When notes are in colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    /// Where the environment and the terminal are for it
    Auto,
    /// Also into a file or a pipe
    Always,
    /// Not even on a terminal
    Never,
}

impl Args {
    pub(crate) fn inputs(&self) -> Vec<InputName> {
        if self.files.is_empty() {
            return vec![InputName::Stdin];
        }
        self.files.iter().cloned().map(InputName::from_operand).collect()
    }

    pub(crate) fn buffering(&self) -> Buffering {
        match (self.line_buffered, self.block_buffered) {
            (true, _) => Buffering::Line,
            (_, true) => Buffering::Block,
            _ => Buffering::WhileInputComes,
        }
    }
}

impl ColorChoice {
    /// Whether notes are in colour, given whether standard output is a terminal.
    pub(crate) fn is_on(self, terminal: bool) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => environment_wants_color(terminal, |name| env::var_os(name)),
        }
    }
}

/// The conventions of no-color.org and bixense.com/clicolors; the first that applies decides.
fn environment_wants_color(terminal: bool, var: impl Fn(&str) -> Option<OsString>) -> bool {
    let is = |name: &str, value: &str| var(name).as_deref() == Some(OsStr::new(value));
    let is_set = |name: &str| var(name).is_some_and(|value| !value.is_empty());
    if is_set("NO_COLOR") {
        false
    } else if is_set("CLICOLOR_FORCE") && !is("CLICOLOR_FORCE", "0") {
        true
    } else {
        terminal && !is("TERM", "dumb") && !is("CLICOLOR", "0")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_is_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn the_first_convention_that_applies_decides() {
        let wants = |terminal, vars: &[(&str, &str)]| {
            environment_wants_color(terminal, |name| {
                vars.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).into())
            })
        };
        assert!(wants(true, &[]));
        assert!(!wants(false, &[]));
        assert!(!wants(true, &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]));
        assert!(wants(true, &[("NO_COLOR", "")]));
        assert!(wants(false, &[("CLICOLOR_FORCE", "1"), ("TERM", "dumb")]));
        assert!(!wants(false, &[("CLICOLOR_FORCE", "0")]));
        assert!(!wants(true, &[("TERM", "dumb"), ("CLICOLOR", "1")]));
        assert!(!wants(true, &[("CLICOLOR", "0")]));
        assert!(!wants(false, &[("CLICOLOR", "1")]));
    }

    #[test]
    fn the_last_of_the_buffering_options_wins() {
        let buffering = |args: &[&str]| Args::parse_from(args).buffering();
        assert_eq!(buffering(&["x"]), Buffering::WhileInputComes);
        assert_eq!(buffering(&["x", "--block-buffered", "--line-buffered"]), Buffering::Line);
        assert_eq!(buffering(&["x", "--line-buffered", "--block-buffered"]), Buffering::Block);
    }
}
