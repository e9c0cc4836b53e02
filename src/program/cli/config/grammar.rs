//! The program's options in clap, built once for all lines of a configuration.

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command, Id};
use std::ffi::OsString;

/// The first argument of a parse in which nothing was typed.
pub(super) const PROGRAM: &str = "imsdk-annotate";

/// The program's options. An option that is given twice overrides its earlier value.
pub(super) struct Grammar(Command);

impl Grammar {
    pub(super) fn new(command: Command) -> Self {
        let mut command = command.args_override_self(true);
        // Building the command here saves building it in each parse.
        command.build();
        Self(command)
    }

    /// Parses typed arguments, of which the first is the program's name, behind `args`.
    ///
    /// # Errors
    ///
    /// Returns clap's error if the arguments cannot be used together.
    pub(super) fn parse_behind<'a>(
        &mut self,
        typed: &'a [OsString],
        args: impl Iterator<Item = &'a OsString>,
    ) -> Result<ArgMatches, clap::Error> {
        let (program, rest) = typed.split_at(typed.len().min(1));
        self.0.try_get_matches_from_mut(program.iter().chain(args).chain(rest))
    }

    /// Returns true if `args`, which must not be empty, are exactly one option that is not in `excluded`, with a
    /// value if and only if the option takes one: `["--only=error"]`, `["-C", "2"]`, `["--strict"]`.
    pub(super) fn is_one_option(&self, args: &[OsString], excluded: &[&str]) -> bool {
        let Some(first) = args[0].to_str() else { return false };
        let has_value = args.len() > 1 || first.starts_with("--") && first.contains('=');
        let is_alone = first.starts_with("--") || first.chars().count() == 2;
        let takes_value = |arg: &Arg| arg.get_action().takes_values();
        is_alone
            && self.option(first).is_some_and(|arg| {
                takes_value(arg) == has_value && !excluded.contains(&arg.get_id().as_str())
            })
    }

    /// Returns the identifier of the option that an argument names (`--only=error`, `-C`); `None` if there is no such
    /// option.
    pub(super) fn id_of(&self, arg: &str) -> Option<Id> {
        self.option(arg).map(|arg| arg.get_id().clone())
    }

    /// Returns the option that an argument names (`--only=error`, `-C`); `None` if there is no such option.
    fn option(&self, arg: &str) -> Option<&Arg> {
        let name = arg.split('=').next().unwrap_or_default();
        let is_named = |arg: &&Arg| match name.strip_prefix("--") {
            Some(long) => arg.get_long() == Some(long),
            None => {
                let short = name.strip_prefix('-').and_then(|short| short.chars().next());
                short.is_some() && arg.get_short() == short
            }
        };
        self.0.get_arguments().find(is_named)
    }

    /// Returns true if an option of `ids` cannot be used with an option of `others`.
    pub(super) fn conflict(&self, ids: &[Id], others: &[Id]) -> bool {
        ids.iter().any(|id| others.iter().any(|other| self.excludes(id, other) || self.excludes(other, id)))
    }

    /// Returns true if the option `id` declares that it cannot be used with the option `other`.
    fn excludes(&self, id: &Id, other: &Id) -> bool {
        let arg = self.0.get_arguments().find(|arg| arg.get_id() == id);
        let conflicts = arg.map(|arg| self.0.get_arg_conflicts_with(arg)).unwrap_or_default();
        conflicts.iter().any(|conflict| conflict.get_id() == other)
    }
}

/// Returns the identifiers of the arguments that were given, without defaults.
pub(super) fn typed_ids(matches: &ArgMatches) -> Vec<Id> {
    let is_typed = |id: &&Id| matches.value_source(id.as_str()) == Some(ValueSource::CommandLine);
    // `ids` lists groups, too, which have no source of their own.
    matches.ids().filter(is_typed).cloned().collect()
}
