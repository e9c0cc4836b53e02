//! The arguments that set the program up: its configuration, its manual, what shells know of it.

use crate::program::cli::conflicts::FOR_LOGS;
use clap::{ArgAction, Args};
use clap_complete::Shell;

/// Options for setting up.
#[derive(Debug, Args)]
pub(crate) struct SetupArgs {
    /// Take no options from the configuration file; with =OPTION, not that one
    ///
    /// The file is $IMSDK_ANNOTATE_CONFIG (none, if that is empty), or else imsdk-annotate/config in $XDG_CONFIG_HOME or
    /// ~/.config. It has one option a line, as on the command line but without quotes: `--color never`. Behind a `=`
    /// blanks count: `--note= [{code}]`. `#` begins a line of comment. Its options count as if they stood before those
    /// of the command line: of several values the last counts, options that may be given several times add up. Those
    /// that cannot be used with what the command line says are left out. Paths in it are taken from the folder where
    /// the program is started.
    #[arg(
        long,
        value_name = "OPTION",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "",
        help_heading = "Set-up"
    )]
    pub(crate) no_config: Vec<String>,

    /// Print what a shell needs to complete options and their values
    ///
    /// Formats of reports, severities, categories and codes are among the values; zsh and fish show the message of each code.
    /// Codes are those of the built-in catalog.
    ///
    /// imsdk-annotate --completions bash > ~/.local/share/bash-completion/completions/imsdk-annotate
    #[arg(long, value_name = "SHELL", value_enum, conflicts_with_all = FOR_LOGS, help_heading = "Set-up")]
    pub(crate) completions: Option<Shell>,

    /// Print the manual, for man
    ///
    /// mkdir -p ~/.local/share/man/man1 && imsdk-annotate --man > ~/.local/share/man/man1/imsdk-annotate.1
    #[arg(long, conflicts_with_all = FOR_LOGS, help_heading = "Set-up")]
    pub(crate) man: bool,

    /// Print the version; --version also the edition of the built-in catalog
    #[arg(short = 'V', long, action = ArgAction::Version, help_heading = "Set-up")]
    version: (),
}
