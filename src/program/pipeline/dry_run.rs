//! Tells what a run would do with each input, and writes no file.

use super::{ArchiveOutput, Pipeline};
use crate::program::container::ArchiveKind;
use crate::program::input::OpenedInput;
use crate::program::output::{Existing, OutputFolder, Plan, Plans, Target};
use crate::program::terminal::input_name::InputName;
use std::fs;
use std::io::{self, Write};

/// The treatment of an input, as its line names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Treatment {
    Annotate,
    /// Copied as it is, because it is no text.
    Copy,
    /// Unpacked into a folder.
    Unpack,
    /// Left out, because its file is there.
    Skip,
    /// Not read or not written: the reason is a message.
    Refuse,
}

/// Writes a line for each input with its treatment: `annotate logs/a.log -> out/a.log`. Reports the reasons of refusals, as
/// far as they can be known before the work, and goes on with the others. A stream is not opened, because that could wait.
///
/// # Errors
///
/// Returns the error of the writer.
pub(crate) fn foretell(
    pipeline: &Pipeline,
    folder: &OutputFolder,
    plans: &Plans<'_>,
    existing: Existing,
    wtr: &mut impl Write,
) -> io::Result<()> {
    for plan in plans.iter() {
        if pipeline.reading.signals.has_stopped() {
            break;
        }
        let (treatment, target) = pipeline.treatment(folder, &plan, existing);
        let output = InputName::File(target.output.clone());
        let checked = match treatment {
            Treatment::Annotate | Treatment::Copy => folder.check_place(&target.relative),
            Treatment::Unpack => folder.check_folder(&target.relative),
            Treatment::Skip | Treatment::Refuse => Ok(()),
        };
        let treatment = match checked {
            Ok(()) => treatment,
            Err(error) => {
                pipeline.messages.output(&output.to_string(), &error);
                Treatment::Refuse
            }
        };
        writeln!(wtr, "{} {} -> {output}", treatment.name(), plan.input.name)?;
    }
    Ok(())
}

impl Treatment {
    fn name(self) -> &'static str {
        match self {
            Self::Annotate => "annotate",
            Self::Copy => "copy",
            Self::Unpack => "unpack",
            Self::Skip => "skip",
            Self::Refuse => "refuse",
        }
    }
}

impl Pipeline {
    /// Returns the treatment of an input, and the file that it goes to.
    fn treatment<'p>(
        &self,
        folder: &OutputFolder,
        plan: &'p Plan<'_>,
        existing: Existing,
    ) -> (Treatment, &'p Target) {
        let is_kept = |target: &Target| existing == Existing::IsKept && folder.has_file(&target.relative);
        if self.done_before(folder, plan).is_some() || is_kept(&plan.target) {
            return (Treatment::Skip, &plan.target);
        }
        if may_wait(&plan.input.name) {
            return (Treatment::Annotate, &plan.target);
        }
        let refused = |target: &'p Target| match &plan.copy_refusal {
            Some(refusal) => {
                self.messages.say(refusal);
                Some((Treatment::Refuse, target))
            }
            None => None,
        };
        match self.open(plan.input) {
            Ok(OpenedInput::Input(_)) => (Treatment::Annotate, &plan.target),
            Ok(OpenedInput::Archive(..)) if self.archives == ArchiveOutput::Files => {
                (Treatment::Unpack, plan.copy())
            }
            Ok(OpenedInput::Archive(ArchiveKind::Tar, _)) => (Treatment::Annotate, &plan.target),
            Ok(OpenedInput::Archive(ArchiveKind::Zip, _)) => {
                refused(plan.copy()).unwrap_or((Treatment::Annotate, plan.copy()))
            }
            Ok(OpenedInput::NoText(_)) => {
                let treatment = if is_kept(plan.copy()) { Treatment::Skip } else { Treatment::Copy };
                refused(plan.copy()).unwrap_or((treatment, plan.copy()))
            }
            Err(error) => {
                self.messages.input(&plan.input.name, &error);
                (Treatment::Refuse, &plan.target)
            }
        }
    }
}

/// Returns true if an input is there and is no regular file, so that opening or reading it may wait.
fn may_wait(input: &InputName) -> bool {
    match input {
        InputName::Stdin(_) => true,
        InputName::File(path) => fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()),
    }
}
