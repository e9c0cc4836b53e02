//! The place that lines go to, and what is refused because it would replace what this run reads or writes elsewhere.

use super::triage::written_twice;
use crate::program::cli::args::Args;
use crate::program::cli::args::triage::ReportChoice;
use crate::program::cli::config;
use crate::program::input::{InputFile, InputName};
use crate::program::output::{
    self, FilesInUse, OutputFolder, OutputStream, Plan, Target, UsedAs, Written, resolve,
};
use crate::program::terminal::messages::output_trouble;
use std::path::{Path, PathBuf};

/// The place that lines go to.
pub(crate) enum WriteTo<'a> {
    Nowhere,
    Stdout,
    File(&'a Path),
    Folder(OutputFolder, Vec<Plan<'a>>),
}

impl<'a> WriteTo<'a> {
    /// Returns the place that the arguments name. A folder is made here only if a report is to be in it.
    ///
    /// # Errors
    ///
    /// The refusal, before anything is written: two outputs for one place, or an output in place of a file in use.
    pub(crate) fn new(
        args: &'a Args,
        operands: &[InputName],
        inputs: &'a [InputFile],
        files_in_use: &FilesInUse,
    ) -> Result<Self, String> {
        match (&args.output, &args.output_dir) {
            _ if args.triage.quiet => Ok(Self::Nowhere),
            (Some(path), _) if !args.is_to_stdout() => {
                files_in_use.refuse_output(path, &resolve(path))?;
                Ok(Self::File(path))
            }
            (_, Some(folder)) => Self::folder(args, operands, inputs, files_in_use, folder),
            _ => Ok(Self::Stdout),
        }
    }

    /// Returns the folder of `--output-dir`, if there is one.
    pub(crate) fn folder_of_outputs(&self) -> Option<&OutputFolder> {
        if let Self::Folder(folder, _) = self { Some(folder) } else { None }
    }

    fn folder(
        args: &Args,
        operands: &[InputName],
        inputs: &'a [InputFile],
        files_in_use: &FilesInUse,
        folder: &Path,
    ) -> Result<Self, String> {
        let format = args.compress.format();
        let rename = |path: &Path| match format {
            None => path.to_owned(),
            // The names of compressed files say how the files are compressed, unless they are taken as they are.
            Some(format) if args.no_decompress => format.append_to(path),
            Some(format) => format.rename(path),
        };
        let (folder, plans) = output::plan(operands, inputs, files_in_use, folder, rename)?;
        folder.check()?;
        let reports = args.triage.report.iter().filter_map(|report| report.place(Some(&folder)));
        let reports: Vec<PathBuf> = reports.collect();
        let is_report = |target: &&Target| reports.contains(&folder.root().join(&target.relative));
        let targets = plans.iter().flat_map(|plan| [&plan.target, plan.copy()]);
        if let Some(Target { output, .. }) = targets.into_iter().find(is_report) {
            return Err(written_twice(output));
        }
        if reports.iter().any(|report| report.starts_with(folder.root())) {
            folder.make().map_err(|error| output_trouble(&folder.name(), &error))?;
        }
        Ok(Self::Folder(folder, plans))
    }
}

/// Returns the files that a run has in use, where it could write to one of them: where it makes files, or a standard stream is
/// a file. `inputs` are read as logs or, with `--merge-reports`, as reports.
///
/// # Errors
///
/// The refusal of standard output or standard error, where that would write to a file that is read.
pub(crate) fn files_in_use<'a>(
    args: &Args,
    inputs: impl Iterator<Item = &'a InputName>,
    inputs_as: UsedAs,
) -> Result<FilesInUse, String> {
    let mut files_in_use = FilesInUse::default();
    let is_file = |stream: OutputStream| stream.regular_file().is_some();
    if !(args.makes_files() || is_file(OutputStream::Stdout) || is_file(OutputStream::Stderr)) {
        return Ok(files_in_use);
    }
    let mut add = |path: &Path, used_as| files_in_use.add(&InputName::File(path.to_owned()), used_as);
    config::place(&args.setup.no_config).iter().for_each(|path| add(path, UsedAs::Configuration));
    args.catalog.catalog.iter().for_each(|path| add(path, UsedAs::Catalog));
    args.catalog.check_catalog.iter().for_each(|path| add(path, UsedAs::Catalog));
    args.triage.baseline.iter().for_each(|path| add(path, UsedAs::Baseline));
    inputs.for_each(|name| files_in_use.add(name, inputs_as));
    if let Some(written) = written_to_stdout(args) {
        files_in_use.add_stream(OutputStream::Stdout, written)?;
    }
    let reports = &args.triage.report;
    let has_report = reports.iter().any(|report| report.path.is_none());
    let written = if has_report { Written::Results } else { Written::Messages };
    files_in_use.add_stream(OutputStream::Stderr, written)?;
    Ok(files_in_use)
}

/// Returns what goes to standard output; `None` where nothing does.
fn written_to_stdout(args: &Args) -> Option<Written> {
    let is_looked_up = args.lookup.lookup().is_some() || args.catalog.check_catalog.is_some();
    if is_looked_up || args.triage.report.iter().any(ReportChoice::is_to_stdout) {
        return Some(Written::Results);
    }
    args.streams_to_stdout().then_some(Written::Lines)
}
