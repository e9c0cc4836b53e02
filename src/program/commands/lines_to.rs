//! The destination of the lines, which is refused if it would replace a file that the run reads or writes elsewhere.

use super::ReportChoice;
use crate::program::compression::{Format, Packing};
use crate::program::input::InputFile;
use crate::program::output::{
    self, Existing, FilesInUse, JOURNAL_NAME, Journal, JournalHead, OutputFolder, Plans, resolve,
};
use crate::program::system::standard_streams::{STDOUT, descriptor_of};
use crate::program::terminal::input_name::InputName;
use crate::program::terminal::messages::{Messages, cause, output_trouble};
use std::path::{Path, PathBuf};

/// The destination of the lines, as the options name it.
pub(crate) enum LinesTo {
    /// No lines are written.
    Nowhere,
    Stdout,
    File(PathBuf),
    /// Each input goes to a file of its own below the folder.
    Folder(FolderOutput),
}

/// The folder of `--output-dir`, with the settings for the files in it.
pub(crate) struct FolderOutput {
    pub(crate) path: PathBuf,
    /// True if inputs are decompressed. In the name of an output, the extension of its format then replaces the extension
    /// of its input's format; if false, it is appended.
    pub(crate) decompresses: bool,
    /// True if archives are unpacked into folders.
    pub(crate) unpacks: bool,
    pub(crate) existing: Existing,
    /// True if nothing is written, and standard output tells what would be.
    pub(crate) is_dry_run: bool,
    /// The head of the folder's journal.
    pub(crate) head: JournalHead,
}

/// A folder of outputs, with the planned file of each input in it.
pub(super) type PlannedFolder<'a> = (OutputFolder, Plans<'a>);

impl LinesTo {
    /// Returns true if the lines go to standard output, and not to a path of it (`-o /dev/stdout`).
    pub(crate) fn is_stdout(&self) -> bool {
        matches!(self, Self::Stdout)
    }

    /// Returns true if the lines go to standard output, directly or by a path of it (`-o /dev/stdout`).
    pub(super) fn reaches_stdout(&self) -> bool {
        match self {
            Self::Stdout => true,
            Self::File(path) => descriptor_of(path) == Some(STDOUT),
            Self::Nowhere | Self::Folder(_) => false,
        }
    }
}

impl FolderOutput {
    /// Plans the output file of each input, packed as `packing` says or, without one, as its input is. Makes the folder
    /// only if a report is to be in it.
    ///
    /// # Errors
    ///
    /// Returns the refusal, before anything is written, if two outputs have one place, or an output would replace a
    /// file in use.
    pub(super) fn plan<'a>(
        &'a self,
        packing: Option<Packing>,
        operands: &[InputName],
        inputs: &'a [InputFile],
        files_in_use: &FilesInUse<'_>,
        reports: &[ReportChoice],
    ) -> Result<PlannedFolder<'a>, String> {
        let rename = move |path: &Path| match packing.map(|packing| packing.format) {
            None if self.decompresses => Format::rename_kept(path),
            None => path.to_owned(),
            // An input that is not decompressed keeps the extension of its compression.
            Some(format) if !self.decompresses => format.append_to(path),
            Some(format) => format.rename(path),
        };
        let (folder, plans) = output::plan(operands, inputs, files_in_use, &self.path, rename)?;
        folder.check()?;
        let reports: Vec<PathBuf> = reports.iter().filter_map(|report| report.place(Some(&folder))).collect();
        let below = reports.iter().filter_map(|report| report.strip_prefix(folder.root()).ok());
        if let Some(output) = below.filter_map(|relative| plans.output_at(relative)).next() {
            return Err(written_twice(&output));
        }
        self.refuse_at_journal(&folder, &plans, &reports, files_in_use)?;
        if !self.is_dry_run && reports.iter().any(|report| report.starts_with(folder.root())) {
            folder.make().map_err(|error| output_trouble(&folder.name(), &error))?;
        }
        Ok((folder, plans))
    }

    /// Refuses what would take the place of the folder's journal: an output, a report, or a file in use.
    fn refuse_at_journal(
        &self,
        folder: &OutputFolder,
        plans: &Plans<'_>,
        reports: &[PathBuf],
        files_in_use: &FilesInUse<'_>,
    ) -> Result<(), String> {
        let (journal, place) = (self.path.join(JOURNAL_NAME), folder.root().join(JOURNAL_NAME));
        let mut targets = plans.iter().flat_map(|plan| [Some(plan.target), plan.copy]).flatten();
        if let Some(target) = targets.find(|target| target.relative.starts_with(JOURNAL_NAME)) {
            let [output, journal] = [&target.output, &journal].map(|path| InputName::File(path.clone()));
            return Err(format!(
                "{output}: {journal} is the journal of the folder; give the input another name"
            ));
        }
        if reports.contains(&place) {
            return Err(written_twice(&journal));
        }
        files_in_use.refuse_output(&journal, &place)
    }

    /// Opens the journal of the run that this one goes on with, and removes the temporary files that it has left; a dry run
    /// only looks at the journal. Returns `None` if this run begins anew, also if the folder has no journal; then says so, if the folder has any of the
    /// outputs.
    ///
    /// # Errors
    ///
    /// Returns the refusal if this run cannot go on with the earlier one.
    pub(super) fn earlier_journal(
        &self,
        (folder, plans): &PlannedFolder<'_>,
        messages: &Messages,
    ) -> Result<Option<Journal>, String> {
        if self.existing != Existing::IsDoneIfWhole {
            return Ok(None);
        }
        let journal = if self.is_dry_run {
            Journal::look(folder, &self.head, |trouble| messages.say(trouble))?
        } else {
            Journal::resume(folder, &self.head)?
        };
        if journal.is_none() {
            if plans.iter().any(|plan| folder.has_file(&plan.target.relative)) {
                let name = folder.name();
                messages
                    .mention(&format!("{name}: has no journal ({JOURNAL_NAME}), so that all is done anew"));
            }
        } else if !self.is_dry_run {
            let removed = folder.remove_temporary_files(plans, |path, error| {
                let (path, cause) = (InputName::File(path), cause(&error));
                messages.say(&format!(
                    "{path}: cannot be searched for temporary files of an earlier run ({cause}); allow to list it"
                ));
            });
            match removed {
                0 => {}
                1 => messages.mention("1 temporary file of an earlier run was removed"),
                count => messages.mention(&format!("{count} temporary files of an earlier run were removed")),
            }
        }
        Ok(journal)
    }
}

/// Checks that a file for the lines is not in use.
///
/// # Errors
///
/// Returns the refusal if the run reads the file, or writes to it elsewhere.
pub(super) fn refuse_file(path: &Path, files_in_use: &FilesInUse<'_>) -> Result<(), String> {
    files_in_use.refuse_output(path, &resolve(path))
}

/// Returns the message for two outputs in one place.
pub(super) fn written_twice(path: &Path) -> String {
    format!("{}: is written twice; name another file", InputName::File(path.to_owned()))
}
