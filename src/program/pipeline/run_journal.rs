//! The lines of the journal: which input became which output, and what was counted in it.

use super::Pipeline;
use super::outcomes::FileOutcome;
use crate::program::input::InputFile;
use crate::program::output::{Journal, OutputFolder, OutputStamp, PathText, Plan};
use crate::program::report::{InputNames, Tally};
use crate::program::terminal::input_name::InputName;
use crate::program::terminal::messages::is_out_of_room;
use serde::{Deserialize, Serialize};
use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// The coarsest step in which file systems keep times of modification.
const COARSEST_CLOCK: Duration = Duration::from_secs(2);

/// A line of the journal.
#[derive(Serialize, Deserialize)]
struct JournalLine {
    /// The path of the output below the folder.
    output: PathText,
    /// The name of the input, as its operand gives it.
    input: PathText,
    /// The state of the input when it was opened; `None` if it could not be opened.
    #[serde(flatten)]
    stamp: Option<InputStamp>,
    status: DoneStatus,
    /// The state of the output when it got its name; `None` if there is none, or a whole folder of files.
    #[serde(flatten)]
    written: Option<OutputStamp>,
    /// The counts of the input, as if it were the only one; `None` if nothing was counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    tally: Option<Tally>,
    /// The names of those members of the archive that reports can show places in, by their numbers.
    #[serde(default, skip_serializing_if = "InputNames::is_empty")]
    members: InputNames,
}

/// The way in which an input was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum DoneStatus {
    Annotated,
    Copied,
    /// Damaged, not read or not written: it is done again.
    Failed,
}

/// The state of an input when it was opened, by which a later change is noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct InputStamp {
    size: u64,
    /// The time of modification, in nanoseconds from the beginning of 1970.
    mtime_ns: i64,
    /// The inode of the file, behind links: another file of the same name, size and time has another.
    inode: u64,
    /// False if the time of modification was so near that a later change could leave it as it is: then the input is done
    /// again.
    settled: bool,
}

/// The facts about an input that its line needs, as they become known.
pub(super) struct InputFacts<'p> {
    /// The time before the input was opened.
    began: SystemTime,
    stamp: Option<InputStamp>,
    pub(super) plan: &'p Plan<'p>,
    /// The path of the output below the folder.
    pub(super) output: &'p Path,
    /// The state of the output when it got its name.
    pub(super) written: Option<OutputStamp>,
}

/// The counts of an input that an earlier run has done.
pub(super) struct DoneBefore {
    pub(super) tally: Tally,
    /// The names of the members of the archive, by their numbers.
    pub(super) members: InputNames,
}

impl<'p> InputFacts<'p> {
    /// Returns the facts that are known before the input is opened.
    pub(super) fn new(plan: &'p Plan<'p>) -> Self {
        Self { began: SystemTime::now(), stamp: None, plan, output: &plan.target.relative, written: None }
    }

    /// Takes the state of the input, which has just been opened.
    pub(super) fn opened(&mut self, input: &Metadata) {
        let settled = input.modified().is_ok_and(|modified| modified + COARSEST_CLOCK < self.began);
        self.stamp = Some(InputStamp { settled, ..InputStamp::of(input) });
    }
}

impl InputStamp {
    /// Returns the state of an input that will not change unseen.
    fn of(input: &Metadata) -> Self {
        let mtime_ns = i128::from(input.mtime()) * 1_000_000_000 + i128::from(input.mtime_nsec());
        let mtime_ns = mtime_ns.clamp(i64::MIN.into(), i64::MAX.into()) as i64;
        Self { size: input.len(), mtime_ns, inode: input.ino(), settled: true }
    }
}

impl Pipeline {
    /// Begins the journal, if there is one and it is not begun. Must be called directly before an output gets its name.
    ///
    /// # Errors
    ///
    /// Fails where the journal cannot be begun; then no output may get its name.
    pub(super) fn begin_journal(&self, folder: &OutputFolder) -> io::Result<()> {
        self.journal.as_ref().map_or(Ok(()), |journal| journal.begin(folder))
    }

    /// Appends the line of an input to the journal, if there is one. A stream has no line, because it cannot be told from
    /// another stream of its name. Neither has an input that a signal has cut off.
    ///
    /// Reports trouble with the journal, once, and returns true if there is no room for it.
    pub(super) fn note_done(
        &self,
        facts: &InputFacts<'_>,
        input: &InputFile,
        tally: &Tally,
        outcome: FileOutcome,
    ) -> bool {
        let (Some(journal), InputName::File(name)) = (&self.journal, &input.name) else {
            return false;
        };
        let status = match outcome {
            FileOutcome::LeftOut | FileOutcome::CutOff => return false,
            FileOutcome::Annotated => DoneStatus::Annotated,
            FileOutcome::Copied => DoneStatus::Copied,
            FileOutcome::Failed => DoneStatus::Failed,
        };
        if input.is_stream() {
            return false;
        }
        let is_counted = self.counter.is_some() && status != DoneStatus::Failed;
        let mut tally = is_counted.then(|| tally.clone());
        tally.iter_mut().for_each(|tally| tally.renumber(input.number, 0));
        let members = if is_counted { self.names_of_members(input) } else { InputNames::new() };
        let (output, input) = (PathText::new(facts.output), PathText::new(name));
        let line =
            JournalLine { output, input, stamp: facts.stamp, status, written: facts.written, tally, members };
        let written = serde_json::to_vec(&line).map_err(Into::into).and_then(|mut line| {
            line.push(b'\n');
            journal.append(&line)
        });
        let error = written.err();
        error.iter().for_each(|error| self.messages.output(journal.name(), error));
        error.is_some_and(|error| is_out_of_room(&error))
    }

    /// Returns the names of those members of an archive that reports can show places in, by their numbers within it.
    fn names_of_members(&self, archive: &InputFile) -> InputNames {
        let names = self.member_names();
        names.range(archive.numbers()).map(|(number, name)| (number - archive.number, name.clone())).collect()
    }

    /// Returns the counts of an input that need not be done again: the journal has it as done, it has not changed since,
    /// and its output is whole.
    pub(super) fn done_before(&self, folder: &OutputFolder, plan: &Plan<'_>) -> Option<DoneBefore> {
        let (journal, InputName::File(path)) = (self.journal.as_ref()?, &plan.input.name) else {
            return None;
        };
        let metadata = fs::metadata(path).ok().filter(Metadata::is_file)?;
        let target = &plan.target.relative;
        let copy = plan.copy.as_ref().map(|copy| &copy.relative);
        let line = [Some(target), copy].into_iter().flatten().find_map(|output| {
            let line = newest_line(journal, output)?;
            let has_tally = line.tally.is_some() || self.counter.is_none();
            let is_done = line.status != DoneStatus::Failed && has_tally && line.input.is(path);
            let is_unchanged = line.stamp == Some(InputStamp::of(&metadata));
            let is_whole = |stamp| folder.has_whole(output, &metadata, stamp);
            (is_done && is_unchanged && line.written.is_some_and(is_whole)).then_some(line)
        })?;
        let number = plan.input.number;
        let mut tally = line.tally.unwrap_or_else(Tally::new);
        tally.renumber(0, number);
        let members = line.members.into_iter().map(|(member, name)| (number + member, name)).collect();
        Some(DoneBefore { tally, members })
    }

    /// Takes the names of members that an earlier run has met.
    pub(super) fn keep_names(&self, mut members: InputNames) {
        self.member_names().append(&mut members);
    }
}

/// Returns the newest line of earlier runs about an output: an older line may be about another input.
fn newest_line(journal: &Journal, output: &Path) -> Option<JournalLine> {
    let lines = journal.earlier_lines(output);
    let mut lines = lines.filter_map(|line| serde_json::from_slice::<JournalLine>(&line).ok());
    lines.find(|line| line.output.is(output))
}
