//! Options that need another one. clap drops such a need where an option excludes the other one (`--dry-run -c` needed no
//! `--output-dir`), so that the option would have been ignored.

use super::args::Args;
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory};

/// Each option that needs another one, with that one, by their identifiers in clap.
const NEEDS: [(&str, &str); 21] = [
    ("after_context", "only"),
    ("before_context", "only"),
    ("context", "only"),
    ("dry_run", "output_dir"),
    ("exec_on_fail", "fail_on"),
    ("json", "lookup"),
    ("no_builtin", "catalog"),
    ("no_clobber", "output_dir"),
    ("null", "files_from"),
    ("parents", "output_dir"),
    ("pid", "follow"),
    ("poll", "follow"),
    ("report_every", "report"),
    ("resume", "output_dir"),
    ("tail", "follow"),
    ("top", "report"),
    ("unpack", "output_dir"),
    ("until_fail", "fail_on"),
    ("until_fail", "follow"),
    ("until_idle", "follow"),
    ("users_salt", "users"),
];

/// Returns the error about a typed option without the one that it needs.
pub(super) fn error(typed: &ArgMatches) -> Option<clap::Error> {
    let is_typed = |id: &str| match typed.try_contains_id(id) {
        Ok(_) => typed.value_source(id) == Some(ValueSource::CommandLine),
        // A group.
        Err(_) => true,
    };
    let (option, needed) =
        NEEDS.into_iter().find(|(option, needed)| is_typed(option) && !is_typed(needed))?;
    let mut command = Args::command();
    command.build();
    let name = |id: &str| {
        let arg = command.get_arguments().find(|arg| arg.get_id() == id);
        arg.and_then(|arg| arg.get_long()).map_or_else(|| id.to_owned(), |long| format!("--{long}"))
    };
    let text = format!("{} needs {}, which another option here excludes", name(option), name(needed));
    Some(command.error(ErrorKind::MissingRequiredArgument, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_has_all_options_that_need_others() {
        let command = Args::command();
        for arg in command.get_arguments().filter(|arg| arg.get_long().is_some()) {
            let long = arg.get_long().unwrap();
            let values = ["", "=1", "=10s", "=x", "=true"];
            let errors = values.map(|value| {
                let typed = ["imsdk-annotate".to_owned(), format!("--{long}{value}")];
                Args::command().try_get_matches_from(typed).err().map(|error| error.kind())
            });
            let needs = errors.contains(&Some(ErrorKind::MissingRequiredArgument));
            let is_listed = NEEDS.iter().any(|(option, _)| arg.get_id() == *option);
            assert_eq!(needs, is_listed, "--{long}: {errors:?}");
        }
    }

    #[test]
    fn an_option_whose_need_is_excluded_is_refused() {
        for (typed, expected) in [
            (&["-F", "a.log", "--dry-run"][..], "--dry-run needs --output-dir"),
            (&["-c", "a.log", "--only=error", "--tail=5"], "--tail needs --follow"),
            (&["-l", "a.log", "--report-every=10s"], "--report-every needs --report"),
            (&["-m1", "a.log", "--until-fail"], "--until-fail needs --fail-on"),
            (&["-c", "a.log", "--exec-on-fail=true"], "--exec-on-fail needs --fail-on"),
        ] {
            let args = std::iter::once("imsdk-annotate").chain(typed.iter().copied());
            let matches = Args::command().try_get_matches_from(args).unwrap();
            let error = error(&matches).unwrap().to_string();
            assert!(error.contains(expected), "{typed:?}: {error}");
        }
        let needed = ["imsdk-annotate", "-F", "a.log", "--tail=5", "--fail-on=error", "--until-fail"];
        assert!(error(&Args::command().try_get_matches_from(needed).unwrap()).is_none());
    }
}
