//! The settings of a run that change its outputs or its counts, for the journal of an output folder and for the parts that
//! JSON reports are of.

use super::args::Args;
use crate::program::compression::ZstdDictionary;
use crate::program::output::RunSettings;
use crate::program::report::salt_tag;
use crate::program::system::stable_hash::stable_hash;
use crate::{Catalog, EarlierCodes, Entry, SeverityColors, TimeBounds};
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory};
use std::ffi::OsStr;

/// The arguments that change no output, or whose effect [`with_values`] adds. A new argument counts as one that changes
/// outputs unless it is added here.
const WITHOUT_EFFECT: [&str; 32] = [
    // Inputs, and the treatment of outputs that are there.
    "demo",
    "files",
    "files_from",
    "null",
    "input_size",
    "name",
    "offset",
    "range",
    "output_dir",
    "resume",
    "no_clobber",
    "dry_run",
    // Names in reports, which are put there at the end.
    "label",
    // The way of working.
    "threads",
    "progress",
    "line_buffered",
    "block_buffered",
    "exec_on_fail",
    "no_config",
    // Contents of files, and what follows from the environment or from several arguments.
    "accept",
    "baseline",
    "catalog",
    "color",
    "colors",
    "no_builtin",
    "metrics",
    "report",
    "report_every",
    "top",
    "users_salt",
    "write_accept",
    "zstd_dictionary",
];

/// The names of settings that no option has alone, as messages have them.
const BUILTIN_CATALOG: &str = "built-in catalog";
const NEAR_MISSES: &str = "near misses in --report";

/// The settings that change counts; all others change outputs alone. A test holds that each argument is in one list.
const OF_COUNTS: [&str; 21] = [
    "--catalog",
    "--encoding",
    "--exclude",
    "--include",
    "--key",
    "--no-archives",
    "--no-decompress",
    "--no-default-keys",
    "--pattern",
    "--since",
    "--sorted",
    "--strict",
    "--strip",
    "--text",
    "--trace",
    "--tz",
    "--until",
    "--users",
    "--users-salt",
    "--year",
    "--zstd-dictionary",
];

/// Returns true if the settings of a run are needed: for a journal, or for the parts of a report.
pub(super) fn are_needed(args: &Args) -> bool {
    args.output.output_dir.is_some() || args.triage.report.iter().any(|report| report.format.is_json())
}

/// Returns the settings that change counts.
pub(super) fn of_counts(settings: &RunSettings) -> RunSettings {
    let counting = settings.iter().filter(|(name, _)| OF_COUNTS.contains(&name.as_str()));
    counting.map(|(name, values)| (name.clone(), values.clone())).collect()
}

/// Returns the arguments that change outputs, as they are typed or stand in the configuration, with all their values.
/// Arguments with their defaults are left out, as if they were not typed.
pub(super) fn typed(matches: &ArgMatches) -> RunSettings {
    // Not built: that takes as long as parsing, and the arguments have their names and defaults without it.
    let command = Args::command();
    let with_effect = command.get_arguments().filter(|arg| !WITHOUT_EFFECT.contains(&arg.get_id().as_str()));
    let settings = with_effect.filter_map(|arg| {
        let id = arg.get_id().as_str();
        let values: Vec<&OsStr> = matches.try_get_raw(id).ok()??.collect();
        let has_defaults = matches.value_source(id) == Some(ValueSource::DefaultValue)
            || arg.get_default_values().iter().eq(&values);
        let name = arg.get_long().map_or_else(|| arg.get_id().to_string(), |long| format!("--{long}"));
        (!has_defaults).then(|| (name, values.into_iter().map(text_of).collect()))
    });
    settings.collect()
}

/// Returns a value as text. Bytes that are no UTF-8 are escaped, so that different values have different texts.
fn text_of(value: &OsStr) -> String {
    value.to_str().map_or_else(|| format!("{value:?}"), str::to_owned)
}

/// Adds the settings that arguments alone do not tell: the catalogs, the codes of the baseline, the dictionary, the times
/// that are meant, the colour of notes, and what the reports need to be counted. Of contents, the hash is kept: it tells
/// mistakes, and nobody gains anything by making a catalog of the same hash, because whoever can do that can write the outputs as well.
///
/// Settings that are not needed stay as they were.
pub(super) fn with_values(
    mut settings: RunSettings,
    args: &Args,
    catalog: &Catalog,
    known_codes: Option<&EarlierCodes>,
    dictionary: Option<&ZstdDictionary>,
    times: Option<&TimeBounds>,
) -> RunSettings {
    if !are_needed(args) {
        return settings;
    }
    let mut add = |name: &str, value: String| drop(settings.insert(name.to_owned(), vec![value]));
    if args.output.output_dir.is_some() {
        // Another build of the same version may have other codes.
        add(BUILTIN_CATALOG, hash_of_catalog(&Catalog::builtin()));
    }
    if !args.catalog.catalog.is_empty() {
        add("--catalog", hash_of_catalog(catalog));
    }
    if let Some(known_codes) = known_codes {
        let name = if args.triage.baseline.is_some() { "--baseline" } else { "--accept" };
        add(name, hash(format!("{known_codes:?}").as_bytes()));
    }
    if let Some(dictionary) = dictionary {
        add("--zstd-dictionary", hash(dictionary.bytes()));
    }
    if let Some(salt) = &args.values.users_salt {
        // The salt itself is a secret.
        add("--users-salt", salt_tag(salt).to_string());
    }
    // `10m` is another time in each run.
    for (name, bound) in ["--since", "--until"].into_iter().zip(times.map_or([None; 2], TimeBounds::ends)) {
        if let Some(bound) = bound {
            add(name, bound.stamp().to_string());
        }
    }
    let coloring = args.output.coloring();
    if coloring.elsewhere {
        add("--color", "on".to_owned());
    }
    if coloring.elsewhere && coloring.colors != SeverityColors::default() {
        add("--colors", format!("{:?}", coloring.colors));
    }
    let reports = &args.triage.report;
    if !reports.is_empty() || args.triage.write_accept.is_some() || args.live.metrics.is_some() {
        add("--report", "on".to_owned());
    }
    if reports.iter().any(|report| report.format.shows_near()) {
        add(NEAR_MISSES, "on".to_owned());
    }
    settings
}

/// Returns the hash of the entries of a catalog, with all that they say.
fn hash_of_catalog(catalog: &Catalog) -> String {
    hash(catalog.entries().iter().map(line_of).collect::<String>().as_bytes())
}

/// Returns the entry of a catalog with all that it says.
fn line_of(entry: &Entry) -> String {
    format!("{entry:?}\n")
}

/// Returns the hash of some bytes, in hexadecimal digits.
fn hash(bytes: &[u8]) -> String {
    format!("{:016x}", stable_hash(bytes))
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
    fn each_argument_changes_counts_or_outputs_or_neither() {
        // The arguments that change outputs and no counts.
        const OF_OUTPUTS: [&str; 38] = [
            "--after-context",
            "--before-context",
            "--check-catalog",
            "--completions",
            "--compress",
            "--context",
            "--count",
            "--expect",
            "--explain",
            "--fail-on",
            "--fields",
            "--files-with-matches",
            "--follow",
            "--help",
            "--json",
            "--lang",
            "--level",
            "--line-number",
            "--list",
            "--live",
            "--man",
            "--max-count",
            "--merge-reports",
            "--note",
            "--only",
            "--output",
            "--parents",
            "--pid",
            "--poll",
            "--quiet",
            "--search",
            "--sparse",
            "--tail",
            "--unpack",
            "--until-fail",
            "--until-idle",
            "--version",
            "--with-filename",
        ];
        let mut command = Args::command();
        command.build();
        for arg in command.get_arguments().filter(|arg| !WITHOUT_EFFECT.contains(&arg.get_id().as_str())) {
            let name = arg.get_long().map_or_else(String::new, |long| format!("--{long}"));
            let lists = [&OF_COUNTS[..], &OF_OUTPUTS].map(|list| list.contains(&name.as_str()));
            assert!(lists[0] != lists[1], "{name}");
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
