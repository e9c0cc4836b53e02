//! The place that lines go to, and what is refused because it would replace what this run reads or writes elsewhere.

use super::args::Args;
use super::config;
use super::triage::written_twice;
use super::triage_args::ReportChoice;
use crate::input::{InputFile, InputName};
use crate::messages::output_trouble;
use crate::output::{self, FilesInUse, OutputFolder, Plan, Target, UsedAs, resolve};
use std::path::{Path, PathBuf};

/// The place that lines go to.
pub(super) enum WriteTo<'a> {
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
    pub(super) fn new(
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
        let reports: Vec<PathBuf> = args.triage.report.iter().filter_map(ReportChoice::place).collect();
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

/// Returns the files that a run has in use, if it makes any. `inputs` are read as logs or, with `--merge-reports`, as reports.
pub(super) fn files_in_use<'a>(
    args: &Args,
    inputs: impl Iterator<Item = &'a InputName>,
    inputs_as: UsedAs,
) -> FilesInUse {
    let mut files_in_use = FilesInUse::default();
    if !args.makes_files() {
        return files_in_use;
    }
    let mut add = |path: &Path, used_as| files_in_use.add(&InputName::File(path.to_owned()), used_as);
    config::place(&args.setup.no_config).iter().for_each(|path| add(path, UsedAs::Configuration));
    args.catalog.catalog.iter().for_each(|path| add(path, UsedAs::Catalog));
    args.triage.baseline.iter().for_each(|path| add(path, UsedAs::Baseline));
    inputs.for_each(|name| files_in_use.add(name, inputs_as));
    if args.streams_to_stdout() || args.triage.report.iter().any(ReportChoice::is_to_stdout) {
        files_in_use.add_stdout();
    }
    files_in_use
}
