//! The arguments that set the program up: its configuration, its manual, what shells know of it.

use clap::Args;
use clap_complete::Shell;

/// Options for setting up.
#[derive(Debug, Args)]
pub(crate) struct SetupArgs {
    /// Take no options from the configuration file
    ///
    /// That is $IMSDK_ANNOTATE_CONFIG, or else imsdk-annotate/config in $XDG_CONFIG_HOME or ~/.config. It has one
    /// option a line, as on the command line but without quotes: `--color never`; `#` begins a line of comment. Its
    /// options count as if they stood before those of the command line: of several values the last counts, options
    /// that may be given several times add up. Those that cannot be used with what the command line says are left
    /// out.
    #[arg(long, help_heading = "Set-up")]
    pub(crate) no_config: bool,

    /// Print what a shell needs to complete options
    ///
    /// imsdk-annotate --completions bash > ~/.local/share/bash-completion/completions/imsdk-annotate
    #[arg(long, value_name = "SHELL", value_enum, exclusive = true, help_heading = "Set-up")]
    pub(crate) completions: Option<Shell>,

    /// Print the manual, for man
    ///
    /// imsdk-annotate --man > ~/.local/share/man/man1/imsdk-annotate.1
    #[arg(long, exclusive = true, help_heading = "Set-up")]
    pub(crate) man: bool,
}
