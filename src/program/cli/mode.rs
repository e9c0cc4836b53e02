//! Resolves arguments to a [`Mode`] with the values that its command needs.

use super::args::{Args, ProgressChoice};
use super::completions::completions;
use super::files_from::inputs;
use super::time_bounds::bounds;
use super::uses::uses;
use super::{manual, run_settings};
use crate::program::commands::annotate::{Annotate, Job, PartKeys, ShowProgress};
use crate::program::commands::check_catalog::CheckCatalog;
use crate::program::commands::lines_to::FolderOutput;
use crate::program::commands::lookup::LookUp;
use crate::program::commands::merge::Merge;
use crate::program::commands::{
    AcceptTarget, Alarms, load_accepted, load_baseline, load_catalog, load_zstd_dictionary,
};
use crate::program::commands::{LinesTo, Mode, Triage, Uses};
use crate::program::encoding::{Annotators, EncodingChoice};
use crate::program::follow::FollowRules;
use crate::program::input::{Buffering, ListingRules, NameFilter, RangeCell, Reading, StdinSize};
use crate::program::output::{Existing, JournalHead, RunSettings};
use crate::program::pipeline::{SelectedLines, SideBySide};
use crate::program::report::{Check, CheckKind, Judgement, LiveTable, ValueHasher, of_selector};
use crate::program::system::signals::Signals;
use crate::program::terminal::input_name::InputName;
use crate::program::terminal::messages::Messages;
use crate::program::terminal::progress::Progress;
use crate::{AnnotatorBuilder, Catalog, Entry, Lines, Selector, TimeBounds};
use jiff::Timestamp;
use std::io::{self, IsTerminal};

/// The SELECT for all return codes.
const ANY: &str = "any";
/// The refusal of a merge that names no reports.
const NO_REPORTS: &str =
    "--merge-reports: which reports? name files, folders of *.json, or @LIST with a path a line";
/// The refusal of a rate where reports are added up.
const NO_RATES: &str =
    "reports do not have the times of single fields, so that rates are checked where the logs are read";
/// The refusal of a report of a range that could not be added to those of others.
const NO_NAME_OF_RANGE: &str =
    "a JSON report of a range is added up by the name of its file; name standard input with --name";
/// The glob for the reports in a folder.
const REPORTS: &str = "*.json";

/// Returns the mode that arguments select; `settings` are those that change outputs. Reads catalogs and the baseline.
///
/// # Errors
///
/// Returns the message about the first argument that cannot be used; `None` if a catalog is faulty, because its
/// faults have then been printed.
pub(super) fn mode(
    args: Args,
    settings: RunSettings,
    signals: &Signals,
    messages: &Messages,
) -> Result<Mode, Option<String>> {
    if args.setup.man {
        return Ok(Mode::Print(manual::manual()));
    }
    if let Some(shell) = args.setup.completions {
        return Ok(Mode::Print(completions(shell)));
    }
    let catalog = catalog_in_force(&args, signals, messages).ok_or(None)?;
    let uses = uses(&args);
    if let Some(path) = args.catalog.check_catalog {
        return Ok(Mode::CheckCatalog(CheckCatalog { path, in_force: catalog, uses }));
    }
    let annotator = args.recognition.annotator().catalog(catalog.clone());
    if let Some(wanted) = args.lookup.lookup() {
        return Ok(Mode::LookUp(Box::new(LookUp {
            wanted,
            annotator: annotator.unknown(true).quiet(true).build(),
            reading: Reading { buffering: Buffering::WhileInputComes, ..reading(&args, signals)? },
            language: args.notes.lang.language(),
            coloring: args.output.coloring(),
            json: args.lookup.json,
            catalog,
            uses,
        })));
    }
    refuse_note(&args)?;
    if let Some(refusal) = args.triage.refusal() {
        return Err(Some(refusal.to_owned()));
    }
    if let Some(refusal) = args.live.refusal(args.triage.selected_lines(), args.triage.quiet) {
        return Err(Some(refusal));
    }
    let (triage, only) = triage(&args, catalog, signals)?;
    if let Some(refusal) = args.values.refusal(triage.reports_or_checks(), triage.metrics.is_some()) {
        return Err(Some(refusal.to_owned()));
    }
    let warnings = args.triage.warnings().collect();
    if args.triage.merge_reports {
        if args.files.is_empty() && args.input.files_from.is_none() {
            return Err(Some(NO_REPORTS.to_owned()));
        }
        let (inputs, listing_rules) = (inputs(&args, signals)?, rules_for_reports(&args)?);
        return Ok(Mode::Merge(Box::new(Merge { inputs, listing_rules, triage, uses, warnings })));
    }
    if let Some(refusal) = args.recognition.refusal() {
        return Err(Some(refusal.to_owned()));
    }
    let packing = args.output.packing()?;
    let times = bounds(&args.time, Timestamp::now())?;
    let mut reading = reading(&args, signals)?;
    let (known, dictionary) = (triage.judgement.known_codes(), reading.dictionary.as_ref());
    let (catalog, times_asked) = (&triage.catalog, times.as_ref());
    let settings =
        run_settings::with_values(settings, &args, catalog, known.as_ref(), dictionary, times_asked);
    let operands =
        if args.follow.follow && args.reads_stdin() { Vec::new() } else { inputs(&args, signals)? };
    reading.range = args.input.range(&operands)?;
    if reading.range.is_some() && run_settings::are_needed(&args) && operands.contains(&InputName::STDIN) {
        return Err(Some(NO_NAME_OF_RANGE.to_owned()));
    }
    let follow = args.follow.rules(&operands, triage.counts() || args.triage.line_number)?;
    let chosen = Chosen {
        operands,
        follow,
        listing_rules: ListingRules {
            filter: NameFilter::new(&args.input.include, &args.input.exclude)?,
            keeps_parents: args.output.parents,
        },
        warnings,
        times,
        count_settings: run_settings::of_counts(&settings),
        journal_head: JournalHead::new(settings),
    };
    let mut annotate = annotate(&args, annotator, reading, triage, only, uses, chosen);
    annotate.job.packing = packing;
    Ok(Mode::Annotate(Box::new(annotate)))
}

/// Returns the rules by which the reports of folders are listed: the files of `--include`, or else `*.json`.
///
/// # Errors
///
/// Returns the message about a glob that is none.
fn rules_for_reports(args: &Args) -> Result<ListingRules, String> {
    let (include, all) = (&args.input.include, [REPORTS.to_owned()]);
    let filter = NameFilter::new(if include.is_empty() { &all } else { include }, &args.input.exclude)?;
    Ok(ListingRules { filter, keeps_parents: false })
}

/// The inputs that the arguments choose.
struct Chosen {
    operands: Vec<InputName>,
    follow: Option<FollowRules>,
    listing_rules: ListingRules,
    /// Warnings about options that were probably meant otherwise.
    warnings: Vec<String>,
    /// The bounds of the times of lines.
    times: Option<TimeBounds>,
    /// The settings that change counts.
    count_settings: RunSettings,
    /// The head of the journal, if the inputs go to a folder.
    journal_head: JournalHead,
}

/// Refuses a note whose own text cannot be written in the encoding that is named.
///
/// # Errors
///
/// Returns the message with the first character that the encoding lacks.
fn refuse_note(args: &Args) -> Result<(), String> {
    let (Some(note), EncodingChoice::Named(encoding)) = (&args.notes.note, args.input.encoding.choice())
    else {
        return Ok(());
    };
    let missing = note.own_texts().find_map(|text| encoding.first_missing(text));
    missing.map_or(Ok(()), |missing| {
        Err(format!("--note has {missing}, which {} lacks; write the note without it", encoding.name()))
    })
}

/// Returns the command that annotates the inputs with the settings of the arguments.
fn annotate(
    args: &Args,
    annotator: AnnotatorBuilder,
    reading: Reading,
    triage: Triage,
    only: Option<Selector>,
    uses: Uses,
    Chosen { operands, follow, listing_rules, warnings, times, count_settings, journal_head }: Chosen,
) -> Annotate {
    let (context, numbers_lines) = (args.triage.context(), args.triage.line_number);
    let max_count = args.triage.selected_lines().max_count(args.triage.max_count);
    let selected_lines = args.triage.selected_lines();
    let writes_lines = !args.triage.quiet || selected_lines == SelectedLines::Sought;
    let names_lines = args.triage.with_filename;
    let has_line_rules = (only.is_some() || numbers_lines || names_lines) && writes_lines;
    let ends_lines = has_line_rules || times.is_some() && writes_lines;
    let coloring = args.output.coloring();
    let mut annotator = annotator
        .colors(coloring.colors)
        .color(coloring.is_on(args.output.is_to_stdout() && io::stdout().is_terminal()))
        .unknown(triage.counts() || only.is_some())
        .language(args.notes.lang.language())
        .as_fields(args.notes.fields)
        .strip(args.notes.strip)
        .quiet(!writes_lines)
        .times(times);
    if let Some(template) = args.notes.note.clone() {
        annotator = annotator.note(template);
    }
    let side_by_side = if has_line_rules && (context.is_some() || max_count.is_some()) {
        SideBySide::Inputs
    } else {
        SideBySide::Blocks
    };
    if has_line_rules {
        let lines = Lines::new().only(only).context(context).numbered(numbers_lines).named(names_lines);
        let is_silent = selected_lines != SelectedLines::Written;
        annotator = annotator.lines(lines.max_count(max_count).silent(is_silent));
    }
    let job = Job {
        part_keys: PartKeys::new(&count_settings, args.triage.label.as_deref()),
        operands,
        follow,
        listing_rules,
        lines_to: lines_to(args, journal_head),
        packing: None,
        keeps_packing: args.output.keeps_packing(),
        sparse_outputs: args.output.sparse,
        ends_lines,
        side_by_side,
        numbers_lines,
        names_lines,
        selected_lines,
        threads: args.work.threads,
        progress: match args.work.progress {
            ProgressChoice::Auto => ShowProgress::Auto,
            ProgressChoice::Always => ShowProgress::Always,
            ProgressChoice::Never => ShowProgress::Never,
        },
        uses,
        warnings,
    };
    let annotators = Annotators::new(annotator.build());
    // Reports have lines of the log, and names of files in the log's encoding may stand before lines.
    let encoding =
        annotators.choice(args.input.encoding.choice(), triage.counts() || numbers_lines || names_lines);
    Annotate { annotators, reading: Reading { encoding, ..reading }, triage, job }
}

/// Returns the settings for reading inputs. Reads the dictionary of `--zstd-dictionary`.
///
/// # Errors
///
/// Returns the message about a dictionary that cannot be read.
fn reading(args: &Args, signals: &Signals) -> Result<Reading, String> {
    let dictionary = args.input.zstd_dictionary.as_deref();
    Ok(Reading {
        buffering: args.output.buffering(),
        shows_prompts: false,
        decompress: !args.input.no_decompress,
        as_text: args.input.text,
        enters_archives: !args.input.no_archives,
        dictionary: dictionary.map(|path| load_zstd_dictionary(path, signals)).transpose()?,
        stdin_size: args.input.input_size.map(StdinSize::new),
        encoding: args.input.encoding.choice(),
        year: args.time.year,
        range: None,
        range_read: RangeCell::default(),
        progress: Progress::hidden(),
        signals: signals.clone(),
    })
}

/// Returns the destination of the lines; `head` is that of the journal of a folder.
fn lines_to(args: &Args, head: JournalHead) -> LinesTo {
    match (&args.output.output, &args.output.output_dir) {
        _ if args.triage.quiet => LinesTo::Nowhere,
        (Some(path), _) if !args.output.is_to_stdout() => LinesTo::File(path.clone()),
        (_, Some(path)) => {
            let existing = match (args.output.resume, args.output.no_clobber) {
                (true, _) => Existing::IsDoneIfWhole,
                (false, true) => Existing::IsKept,
                (false, false) => Existing::IsReplaced,
            };
            let (decompresses, unpacks) = (!args.input.no_decompress, args.output.unpack);
            LinesTo::Folder(FolderOutput {
                path: path.clone(),
                decompresses,
                unpacks,
                existing,
                is_dry_run: args.output.dry_run,
                head,
            })
        }
        _ => LinesTo::Stdout,
    }
}

/// Returns the reports and checks that the arguments ask for, and the selector of the lines to write.
///
/// # Errors
///
/// Returns the message about a baseline or a selector that cannot be used.
fn triage(args: &Args, catalog: Catalog, signals: &Signals) -> Result<(Triage, Option<Selector>), String> {
    let baseline =
        args.triage.baseline.as_deref().map(|path| load_baseline(path, &catalog, signals)).transpose()?;
    let accepted = args.triage.accept.as_deref().map(|path| load_accepted(path, signals)).transpose()?;
    let mut judgement = Judgement { baseline, accepted, checks: Vec::new() };
    let known = judgement.known_codes();
    // Reports that are added up have users if they were made with them.
    let counts_users = !args.values.users.is_empty() || args.triage.merge_reports;
    let fail_on = args.triage.fail_on.iter().map(|text| (CheckKind::FailOn, text));
    let checks = fail_on.chain(args.triage.expect.iter().map(|text| (CheckKind::Expect, text)));
    let checks = checks.map(|(kind, text)| {
        Check::parse(kind, text, &catalog, known.as_ref(), judgement.baseline.as_ref(), counts_users)
            .map_err(|error| format!("{} {text}: {error}", kind.option()))
    });
    judgement.checks = checks.collect::<Result<_, _>>()?;
    if let Some(check) =
        judgement.checks.iter().find(|check| args.triage.merge_reports && check.window.is_some())
    {
        return Err(format!("{} {}: {NO_RATES}", check.kind.option(), check.text));
    }
    let counted = args.triage.selected_lines().decides_status().then(|| ANY.to_owned());
    let only = args.triage.only.as_ref().or(counted.as_ref()).map(|text| {
        Selector::parse(text, &catalog, known.as_ref())
            .map_err(|error| format!("--only {text}: {}", of_selector(&error)))
    });
    let only = only.transpose()?;
    let write_accept = args.triage.write_accept.as_deref();
    let checks = judgement.checks.len();
    let triage = Triage {
        catalog,
        language: args.notes.lang.language(),
        coloring: args.output.coloring(),
        judgement,
        users: hasher("--users", &args.values.users, args.values.users_salt.as_deref())?,
        trace: hasher("--trace", &args.values.trace, None)?,
        accept_target: write_accept.map(|path| AcceptTarget::read(path, signals)).transpose()?,
        accept_file: None,
        top: args.triage.top,
        report_choices: args.triage.report.clone(),
        label: args.triage.label.clone(),
        own_outputs: Vec::new(),
        reports: Vec::new(),
        report_every: args.live.report_every,
        live_table: args.live.live.map(|most| LiveTable::new(most.0)),
        alarms: args.alarm.exec_on_fail.clone().map(|command| Alarms::new(command, checks)),
        metrics: args.live.metrics.clone(),
        metrics_file: None,
    };
    Ok((triage, only))
}

/// Returns the hasher for the values of the keys that an option names; `None` if it names none.
///
/// # Errors
///
/// Returns the message about a name that is no key.
fn hasher(option: &str, keys: &[String], salt: Option<&str>) -> Result<Option<ValueHasher>, String> {
    let hasher = (!keys.is_empty()).then(|| ValueHasher::new(keys, salt));
    hasher.transpose().map_err(|error| format!("{option}: {error}"))
}

/// Returns the catalog in force, from the built-in one and the files of `--catalog`. Returns `None` if a file is
/// faulty; the faults of all files have then been printed.
fn catalog_in_force(args: &Args, signals: &Signals, messages: &Messages) -> Option<Catalog> {
    let paths = &args.catalog.catalog;
    let loaded: Vec<_> = paths.iter().map(|path| load_catalog(path, signals, messages)).collect();
    let mut newer: Vec<Entry> = Vec::new();
    for entries in loaded {
        // The first list of entries, which may be large, is moved and not copied.
        if newer.is_empty() { newer = entries? } else { newer.extend(entries?) }
    }
    Some(match args.catalog.no_builtin {
        _ if paths.is_empty() => Catalog::builtin(),
        true => Catalog::of_entries(newer),
        false => Catalog::builtin().overlaid(newer),
    })
}
