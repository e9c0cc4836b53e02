//! Annotates the inputs that the operands name, and writes reports and checks about them.

mod part_keys;
mod stream_packing;
mod write;

pub(crate) use part_keys::PartKeys;

use super::lines_to::{FolderOutput, PlannedFolder, refuse_file};
use super::live::{LiveReports, RunningReports};
use super::operand_hint::hint_for_operand;
use super::{LinesTo, Triage, Uses, other_names};
use crate::program::compression::{Format, InputFormats, Packing};
use crate::program::container::ArchiveKind;
use crate::program::encoding::{Annotators, CharEncoding};
use crate::program::follow::{FollowRules, is_glob, paths_now};
use crate::program::input::{InputFile, Listing, ListingRules, Reading, list};
use crate::program::output::{self, Existing, FilesInUse, Journal};
use crate::program::pipeline::{
    ArchiveOutput, LiveCounts, NoTexts, Outcomes, Pipeline, SelectedLines, SideBySide,
};
use crate::program::report::InputNames;
use crate::program::system::limits::threads_max;
use crate::program::system::signals::{self, Haste};
use crate::program::system::thread_budget::ThreadBudget;
use crate::program::terminal::exit_status::ExitStatus;
use crate::program::terminal::input_name::InputName;
use crate::program::terminal::messages::{self, Messages};
use crate::program::terminal::progress::Progress;
use crate::program::terminal::redrawn::RedrawnLines;
use std::fs;
use std::io::{self, IsTerminal};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};
use std::thread;

/// Annotates inputs, and counts their fields if a report or a check needs the counts.
pub(crate) struct Annotate {
    pub(crate) annotators: Annotators,
    pub(crate) reading: Reading,
    pub(crate) triage: Triage,
    pub(crate) job: Job,
}

/// The inputs of a run, the destination of its lines, and the settings for the work.
pub(crate) struct Job {
    pub(crate) operands: Vec<InputName>,
    /// The rules by which the files of folders are listed.
    pub(crate) listing_rules: ListingRules,
    pub(crate) part_keys: PartKeys,
    pub(crate) lines_to: LinesTo,
    /// The settings for following files; `None` if inputs are read to their ends.
    pub(crate) follow: Option<FollowRules>,
    /// The packing of the output; `None` if the name of its file, or the input, decides it.
    pub(crate) packing: Option<Packing>,
    /// True if `--compress keep` is typed, so that one stream is packed as its input is.
    pub(crate) keeps_packing: bool,
    /// True if blocks of zeros become holes in the files that are made.
    pub(crate) sparse_outputs: bool,
    /// True if lines are chosen or numbered, so that a last line without a newline gets one.
    pub(crate) ends_lines: bool,
    pub(crate) side_by_side: SideBySide,
    pub(crate) numbers_lines: bool,
    /// True if the name of its file stands before each line, also where there is one file.
    pub(crate) names_lines: bool,
    /// The use of the selected lines, if lines are chosen.
    pub(crate) selected_lines: SelectedLines,
    /// The number of threads; `None` for one thread for each core.
    pub(crate) threads: Option<usize>,
    pub(crate) progress: ShowProgress,
    pub(crate) uses: Uses,
    /// Warnings, of one line each, about options that were probably meant otherwise.
    pub(crate) warnings: Vec<String>,
}

/// The condition for showing progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ShowProgress {
    /// Shown if the work takes a while, all inputs are regular files, standard error is a terminal, and the lines do
    /// not go to one.
    Auto,
    Always,
    Never,
}

/// The destination of the lines, checked before the work starts.
enum OpenedOutput<'a> {
    Nowhere,
    Stdout,
    File(&'a Path),
    /// A folder, with the journal of the run that this one goes on with.
    Folder(&'a FolderOutput, Box<PlannedFolder<'a>>, Option<Journal>),
}

impl Annotate {
    /// Annotates all inputs, and returns the exit status. Reports trouble with an input, and goes on with the others.
    pub(super) fn run(self) -> ExitStatus {
        let Self { annotators, mut reading, mut triage, job } = self;
        let followed = job.follow.as_ref().map(|_| list(&paths_now(&job.operands), &job.listing_rules));
        // Files that are followed are looked for again and again.
        let operands = if followed.is_some() { &[][..] } else { &job.operands };
        let Listing { files: inputs, unread, dangling, other_names, identities, filtered } =
            list(operands, &job.listing_rules);
        let progress = job.shown_progress(&inputs, triage.live_table.is_some());
        reading.progress = progress.clone();
        let mut pipeline = job.pipeline(annotators, reading, &triage, &inputs);
        job.watch_signals(&pipeline, &triage);
        job.warnings.iter().for_each(|warning| pipeline.messages.mention(warning));
        let in_use = job.uses.files_in_use(|in_use| {
            in_use.add_listed(&inputs, &identities);
            if let Some(followed) = &followed {
                in_use.add_listed(&followed.files, &followed.identities);
            }
        });
        let opened = match in_use.and_then(|in_use| job.open(&mut triage, &inputs, &in_use, &pipeline)) {
            Ok(opened) => opened,
            Err(refusal) => {
                pipeline.messages.say(&refusal);
                return ExitStatus::Trouble;
            }
        };
        operands.iter().filter_map(hint).for_each(|hint| pipeline.messages.mention(&hint));
        for (name, error) in &unread {
            pipeline.messages.input(name, error);
        }
        for name in &dangling {
            pipeline
                .messages
                .mention(&format!("{name}: is a link to a file that is not there, and was left out"));
        }
        if filtered > 0 && !inputs.iter().any(|input| input.in_folder) {
            let files =
                if filtered == 1 { "the one file".to_owned() } else { format!("all {filtered} files") };
            pipeline.messages.mention(&format!("--include and --exclude leave out {files} of the folders"));
        }
        if pipeline.to_folder
            && let Some(summary) = other_names::summary(&other_names)
        {
            pipeline.messages.mention(&summary);
        }
        if let Err(error) = signals::make_size_limit_an_error() {
            pipeline.messages.say(&format!("signals cannot be handled: {error}"));
        }
        pipeline.own_outputs = triage.own_outputs.clone();
        let named = if triage.counts() { &inputs[..] } else { &[] };
        let names: InputNames = named.iter().map(|input| (input.number, input.name.in_reports())).collect();
        let checks = job.follow.as_ref().map(|_| triage.checks_so_far());
        let is_dry_run = matches!(&job.lines_to, LinesTo::Folder(folder) if folder.is_dry_run);
        // A stream that nothing is counted in needs no more than with `cat`: no thread beside the one that reads.
        let is_live = triage.counts() && !is_dry_run;
        let live = LiveReports::new(
            triage,
            pipeline.live.clone(),
            names,
            Arc::clone(&pipeline.member_names),
            pipeline.messages.troubled_inputs(),
            Messages::new(progress.clone(), pipeline.reading.signals.clone()),
            progress.redrawn(),
        );
        let live = if is_live { live.start() } else { RunningReports::None(Box::new(live)) };
        let tally = job.write(opened, &mut pipeline, &inputs, checks.as_ref());
        let mut live = live.end();
        live.write_metrics();
        live.finish_alarms();
        let LiveReports { triage, mut names, messages: live_messages, .. } = live;
        names.append(&mut pipeline.member_names.lock().unwrap_or_else(PoisonError::into_inner));
        triage.label_names(&mut names);
        progress.finish();
        if let Some(summary) = pipeline.no_texts.summary(pipeline.archives != ArchiveOutput::Texts) {
            pipeline.messages.mention(&summary);
        }
        if let LinesTo::Folder(folder) = &job.lines_to {
            let kept = pipeline.outcomes.kept().filter(|_| folder.existing == Existing::IsKept);
            kept.iter().for_each(|kept| pipeline.messages.mention(kept));
            if !folder.is_dry_run && (progress.was_shown() || folder.existing == Existing::IsDoneIfWhole) {
                pipeline.messages.mention(&pipeline.outcomes.summary(inputs.len()));
            }
        }
        let selected = pipeline.any_selected.load(Ordering::Relaxed);
        let has_none = job.selected_lines.decides_status() && tally.is_some() && !selected;
        let has_failed = tally.is_some_and(|mut tally| {
            tally.complete &= unread.is_empty();
            match (pipeline.reading.range_read.get(), pipeline.reading.range) {
                (Some(read), _) => tally.parts.set_range(read.start, read.end, read.has_more),
                (None, Some(range)) => {
                    // A signal or trouble came before the end of the range.
                    tally.complete = false;
                    tally.parts.set_range(range.start, range.start.saturating_add(tally.input.bytes), true);
                }
                (None, None) => {}
            }
            job.part_keys.identify(&mut tally, &inputs);
            triage.finish(&tally, &names, &pipeline.messages)
        });
        pipeline.reading.signals.end_if_asked();
        if job.selected_lines == SelectedLines::Sought && selected {
            return ExitStatus::Success;
        }
        ExitStatus::of(&pipeline.messages, has_failed || has_none).max(ExitStatus::of(&live_messages, false))
    }
}

impl Job {
    /// Returns the pipeline for the inputs, before any of them is opened.
    fn pipeline(
        &self,
        annotators: Annotators,
        reading: Reading,
        triage: &Triage,
        inputs: &[InputFile],
    ) -> Pipeline {
        let is_folder = |operand: &InputName| matches!(operand, InputName::File(path) if path.is_dir() || self.follow.is_some() && is_glob(path));
        let names_several = self.follow.is_some() && self.operands.len() > 1;
        let to_folder = matches!(self.lines_to, LinesTo::Folder(_));
        let counter = || triage.counter(annotators.of(CharEncoding::Utf8), to_folder);
        let several = || inputs.len() > 1 || names_several || self.operands.iter().any(is_folder);
        Pipeline {
            live: LiveCounts::default(),
            own_outputs: Vec::new(),
            counter: triage.counts().then(counter),
            annotators,
            messages: Messages::new(reading.progress.clone(), reading.signals.clone()),
            reading,
            stdout: None,
            opened_any: AtomicBool::new(false),
            side_by_side: self.side_by_side,
            ends_lines: self.ends_lines,
            to_folder,
            no_texts: NoTexts::default(),
            sparse_outputs: self.sparse_outputs,
            archives: match &self.lines_to {
                LinesTo::Folder(folder) if folder.unpacks => ArchiveOutput::Files,
                LinesTo::Folder(_) => ArchiveOutput::Archive,
                // One archive becomes one; several inputs become one text.
                LinesTo::File(_) if inputs.len() == 1 => ArchiveOutput::Archive,
                LinesTo::File(_) | LinesTo::Nowhere | LinesTo::Stdout => ArchiveOutput::Texts,
            },
            output_kind: match &self.lines_to {
                LinesTo::File(path) if inputs.len() == 1 => ArchiveKind::of_name(path),
                _ => None,
            },
            chosen_members: self.listing_rules.filter.clone(),
            member_names: Arc::default(),
            outcomes: Outcomes::default(),
            journal: None,
            input_formats: InputFormats::default(),
            packs_output: false,
            threads: ThreadBudget::new(self.threads(inputs)),
            // Files that are followed have their own names, and an output file for each input has the counts of one input.
            tells_tails: self.follow.is_none() && !to_folder && !self.selected_lines.decides_status(),
            names_before_lines: self.names_lines
                || self.selected_lines.have_names(self.numbers_lines) && several(),
            selected_lines: self.selected_lines,
            any_selected: AtomicBool::new(false),
            numbers_lines: self.numbers_lines,
        }
    }

    /// Opens the reports, and checks the destination of the lines, so that a place that cannot be written is known
    /// before the work starts.
    ///
    /// # Errors
    ///
    /// Returns the message if an output is refused or cannot be opened.
    fn open<'a>(
        &'a self,
        triage: &mut Triage,
        inputs: &'a [InputFile],
        in_use: &FilesInUse<'_>,
        pipeline: &Pipeline,
    ) -> Result<OpenedOutput<'a>, String> {
        self.refuse_several_packings(inputs)?;
        let opened = match &self.lines_to {
            LinesTo::Nowhere => OpenedOutput::Nowhere,
            LinesTo::Stdout => OpenedOutput::Stdout,
            LinesTo::File(path) => {
                refuse_file(path, in_use)?;
                OpenedOutput::File(path)
            }
            LinesTo::Folder(folder) => {
                let reports = &triage.report_choices;
                let planned = Box::new(folder.plan(self.packing, &self.operands, inputs, in_use, reports)?);
                let earlier = folder.earlier_journal(&planned, &pipeline.messages)?;
                OpenedOutput::Folder(folder, planned, earlier)
            }
        };
        let folder = match &opened {
            OpenedOutput::Folder(folder, ..) if folder.is_dry_run => return Ok(opened),
            OpenedOutput::Folder(_, planned, _) => Some(&planned.0),
            _ => None,
        };
        triage.open_reports(&self.lines_to, in_use, folder, &pipeline.reading.signals)?;
        Ok(opened)
    }

    /// Starts to watch signals. If no thread or pipe can be had for that, signals end the program as they do by
    /// default.
    fn watch_signals(&self, pipeline: &Pipeline, triage: &Triage) {
        let compresses = self.packing.is_some_and(|packing| packing.format != Format::Plain);
        let holds_back = pipeline.reading.holds_back() || compresses || self.keeps_packing;
        let _ = if self.uses.makes_files || triage.counts() || holds_back {
            pipeline.reading.signals.watch_run(give_up)
        } else {
            pipeline.reading.signals.watch_stream()
        };
    }

    /// Returns the number of worker threads: the chosen number or else one for each core, but no more than there is
    /// room for. If no input is a regular file, it is 1 by default, because other threads would have nothing to do,
    /// and counting cores takes time.
    fn threads(&self, inputs: &[InputFile]) -> usize {
        let cores = || thread::available_parallelism().map_or(1, usize::from);
        let wanted = self.threads.unwrap_or_else(|| {
            if inputs.iter().any(|input| input.regular_bytes.is_some()) { cores() } else { 1 }
        });
        if wanted > 1 { wanted.min(threads_max()) } else { wanted }
    }

    /// Returns the progress of the run, which is hidden unless the condition for showing it is met. A table that is drawn on
    /// the terminal takes its place.
    fn shown_progress(&self, inputs: &[InputFile], has_table: bool) -> Progress {
        let all_are_files = inputs.iter().all(|input| input.regular_bytes.is_some());
        let beside_output = self.lines_to.is_stdout() && io::stdout().is_terminal();
        let (files, bytes) = (inputs.len() as u64, inputs.iter().map(|input| input.regular_bytes).sum());
        match (self.progress, io::stderr().is_terminal()) {
            _ if has_table => Progress::beside(RedrawnLines::new()),
            _ if self.follow.is_some() => Progress::hidden(),
            _ if matches!(&self.lines_to, LinesTo::Folder(folder) if folder.is_dry_run) => Progress::hidden(),
            (ShowProgress::Always, false) => Progress::plain(files, bytes),
            (ShowProgress::Always, true) => Progress::shown(files, bytes, false),
            (ShowProgress::Auto, true) if all_are_files && !beside_output => {
                Progress::shown(files, bytes, true)
            }
            (ShowProgress::Auto | ShowProgress::Never, _) => Progress::hidden(),
        }
    }
}

/// Returns a hint at the meaning of an operand that names no file; `None` if the file exists or no hint is known.
fn hint(operand: &InputName) -> Option<String> {
    match operand {
        InputName::File(path) if fs::symlink_metadata(path).is_err() => {
            hint_for_operand(path.as_os_str()).map(|hint| format!("{operand}: {hint}"))
        }
        _ => None,
    }
}

/// Removes unfinished files before the program ends, and prints the names of the outputs that stay incomplete. Prints
/// nothing after a signal that ends a program at once.
fn give_up(haste: Haste) {
    output::remove_new_files();
    let cause = match haste {
        Haste::Abrupt => return,
        Haste::SecondSignal => "a second signal came; send one, and wait",
        Haste::NothingTaken => "nobody took the output for a second after the signal; let its reader go on",
    };
    let names = output::promised_names();
    if !names.is_empty() {
        messages::say_at_last(format!("{}: not written to the end, because {cause}", names.join(", ")));
    }
}
