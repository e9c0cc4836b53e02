//! The settings of a run that change its outputs or its counts, for the journal of an output folder.

use super::args::Args;
use crate::program::output::RunSettings;
use crate::program::report::Baseline;
use crate::program::system::stable_hash::stable_hash;
use crate::{Catalog, Entry};
use clap::{ArgMatches, CommandFactory};
use std::ffi::OsStr;

/// The arguments that change no output, or whose effect [`with_values`] adds. A new argument counts as one that changes
/// outputs unless it is added here.
const WITHOUT_EFFECT: [&str; 18] = [
    // Inputs, and the treatment of outputs that are there.
    "files",
    "files_from",
    "null",
    "output_dir",
    "resume",
    "no_clobber",
    "dry_run",
    // The way of working.
    "threads",
    "progress",
    "line_buffered",
    "block_buffered",
    "no_config",
    // Contents of files, and what follows from the environment or from several arguments.
    "baseline",
    "catalog",
    "color",
    "no_builtin",
    "report",
    "zstd_dictionary",
];

/// Returns the arguments that change outputs, as they are typed or stand in the configuration, with all their values.
/// Arguments with their defaults are left out, as if they were not typed.
pub(super) fn typed(matches: &ArgMatches) -> RunSettings {
    let mut command = Args::command();
    command.build();
    let with_effect = command.get_arguments().filter(|arg| !WITHOUT_EFFECT.contains(&arg.get_id().as_str()));
    let settings = with_effect.filter_map(|arg| {
        let values: Vec<&OsStr> = matches.try_get_raw(arg.get_id().as_str()).ok()??.collect();
        let has_defaults = arg.get_default_values().iter().eq(&values);
        let name = arg.get_long().map_or_else(|| arg.get_id().to_string(), |long| format!("--{long}"));
        (!has_defaults).then(|| (name, values.into_iter().map(text_of).collect()))
    });
    settings.collect()
}

/// Returns a value as text. Bytes that are no UTF-8 are escaped, so that different values have different texts.
fn text_of(value: &OsStr) -> String {
    value.to_str().map_or_else(|| format!("{value:?}"), str::to_owned)
}

/// Adds the settings that arguments alone do not tell: the catalog, the codes of the baseline, the colour of notes, and what
/// the reports need to be counted. Of a catalog and a baseline, the hash is kept: it tells mistakes, and nobody gains
/// anything by making a catalog of the same hash, because whoever can do that can write the outputs as well.
pub(super) fn with_values(
    mut settings: RunSettings,
    args: &Args,
    catalog: &Catalog,
    baseline: Option<&Baseline>,
) -> RunSettings {
    let mut add = |name: &str, value: String| drop(settings.insert(name.to_owned(), vec![value]));
    if !args.catalog.catalog.is_empty() {
        add("--catalog", hash(&catalog.entries().iter().map(line_of).collect::<String>()));
    }
    if let Some(baseline) = baseline {
        add("--baseline", hash(&format!("{:?}", baseline.codes())));
    }
    if let Some(path) = &args.input.zstd_dictionary {
        add("--zstd-dictionary", text_of(path.as_os_str()));
    }
    if args.output.color.coloring().elsewhere {
        add("--color", "on".to_owned());
    }
    let reports = &args.triage.report;
    if !reports.is_empty() {
        let shows_near = reports.iter().any(|report| report.format.shows_near());
        add("--report", if shows_near { "with near misses" } else { "without near misses" }.to_owned());
    }
    settings
}

/// Returns the entry of a catalog with all that it says.
fn line_of(entry: &Entry) -> String {
    format!("{entry:?}\n")
}

/// Returns the hash of a text, in hexadecimal digits.
fn hash(text: &str) -> String {
    format!("{:016x}", stable_hash(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsString;

    fn settings(args: &[&str]) -> RunSettings {
        let typed: Vec<OsString> =
            ["x", "--output-dir", "out", "a.log"].iter().chain(args).map(OsString::from).collect();
        super::typed(&Args::command().try_get_matches_from(typed).unwrap())
    }

    #[test]
    fn what_has_no_effect_is_an_argument() {
        let command = Args::command();
        let ids: Vec<&str> = command.get_arguments().map(|arg| arg.get_id().as_str()).collect();
        for id in WITHOUT_EFFECT {
            assert!(ids.contains(&id), "{id}");
        }
    }

    #[test]
    fn a_setting_counts_by_its_values_and_not_by_how_it_is_typed() {
        assert_eq!(settings(&[]), RunSettings::new());
        assert_eq!(
            settings(&["--lang=en", "--compress", "keep", "-j3", "--color=never"]),
            RunSettings::new()
        );
        let both = settings(&["--key=a", "--strict", "--key", "b"]);
        let expected = [("--key", vec!["a", "b"]), ("--strict", vec!["true"])];
        let expected =
            expected.map(|(name, values)| (name.to_owned(), values.into_iter().map(str::to_owned).collect()));
        assert_eq!(both, expected.into_iter().collect());
        assert_ne!(settings(&["--key=b", "--key=a"]), settings(&["--key=a", "--key=b"]));
    }
}
