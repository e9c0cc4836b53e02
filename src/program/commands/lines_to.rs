//! The place that lines go to, and what is refused because it would replace what this run reads or writes elsewhere.

use super::ReportChoice;
use super::triage::written_twice;
use crate::program::compression::Format;
use crate::program::input::InputFile;
use crate::program::output::{self, FilesInUse, OutputFolder, Plan, Target, resolve};
use crate::program::system::standard_streams::{STDOUT, descriptor_of};
use crate::program::terminal::input_name::InputName;
use crate::program::terminal::messages::output_trouble;
use std::path::{Path, PathBuf};

/// The place that lines go to, as it was asked for.
pub(crate) enum LinesTo {
    /// No lines are written.
    Nowhere,
    Stdout,
    File(PathBuf),
    /// Each input to a file of its own below the folder.
    Folder(FolderOutput),
}

/// The way in which inputs go to files of their own.
pub(crate) struct FolderOutput {
    pub(crate) path: PathBuf,
    /// True if inputs are decompressed, so that the names of outputs say how these are compressed.
    pub(crate) decompresses: bool,
    /// True if inputs are left out whose file is there and whole.
    pub(crate) resumes: bool,
}

/// A folder of outputs, with the file of each input in it.
pub(super) type PlannedFolder<'a> = (OutputFolder, Vec<Plan<'a>>);

impl LinesTo {
    /// Returns whether the lines stream to standard output.
    pub(crate) fn is_stdout(&self) -> bool {
        matches!(self, Self::Stdout)
    }

    /// Returns whether lines go to standard output, by default or by a path of it (`-o /dev/stdout`).
    pub(super) fn reaches_stdout(&self) -> bool {
        match self {
            Self::Stdout => true,
            Self::File(path) => descriptor_of(path) == Some(STDOUT),
            Self::Nowhere | Self::Folder(_) => false,
        }
    }
}

impl FolderOutput {
    /// Plans the file of each input, in a format, or each in that of its input. The folder is made here only if a report is to be in it.
    ///
    /// # Errors
    ///
    /// The refusal, before anything is written: two outputs for one place, or an output in place of a file in use.
    pub(super) fn plan<'a>(
        &self,
        format: Option<Format>,
        operands: &[InputName],
        inputs: &'a [InputFile],
        files_in_use: &FilesInUse,
        reports: &[ReportChoice],
    ) -> Result<PlannedFolder<'a>, String> {
        let rename = |path: &Path| match format {
            None => path.to_owned(),
            // The names of compressed files say how the files are compressed, unless they are taken as they are.
            Some(format) if !self.decompresses => format.append_to(path),
            Some(format) => format.rename(path),
        };
        let (folder, plans) = output::plan(operands, inputs, files_in_use, &self.path, rename)?;
        folder.check()?;
        let reports: Vec<PathBuf> = reports.iter().filter_map(|report| report.place(Some(&folder))).collect();
        let is_report = |target: &&Target| reports.contains(&folder.root().join(&target.relative));
        let targets = plans.iter().flat_map(|plan| [&plan.target, plan.copy()]);
        if let Some(Target { output, .. }) = targets.into_iter().find(is_report) {
            return Err(written_twice(output));
        }
        if reports.iter().any(|report| report.starts_with(folder.root())) {
            folder.make().map_err(|error| output_trouble(&folder.name(), &error))?;
        }
        Ok((folder, plans))
    }
}

/// Refuses a file for the lines that is in use.
///
/// # Errors
///
/// The refusal.
pub(super) fn refuse_file(path: &Path, files_in_use: &FilesInUse) -> Result<(), String> {
    files_in_use.refuse_output(path, &resolve(path))
}
