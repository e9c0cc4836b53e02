//! The plan for the output folder: the file that each input goes to, and the plans that are refused before anything is
//! written.

use super::files_in_use::FilesInUse;
use super::folder::{LinkInTheWay, OutputFolder};
use super::resolve::resolve;
use crate::program::input::InputFile;
use crate::program::terminal::input_name::InputName;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// An input and the file that it goes to.
#[derive(Clone, Debug)]
pub struct Plan<'a> {
    pub(crate) input: &'a InputFile,
    pub(crate) target: Target,
    /// The place of a copy: an input that is no text is copied under its own name. `None` if the target has that name.
    pub(crate) copy: Option<Target>,
    /// The reason why the input cannot be copied there; `None` if it can.
    pub(crate) copy_refusal: Option<String>,
}

/// A file that is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// The file's path below the output folder.
    pub(crate) relative: PathBuf,
    /// The file's path in messages.
    pub(crate) output: PathBuf,
}

/// Gives each input its file below `folder`: the input's path below its operand, as `rename` changes it.
///
/// # Errors
///
/// Fails, with one line that has both names, for an output folder in a folder that is read, an input that has no name,
/// two inputs for one output, an output that is also read, and an output behind a link.
pub fn plan<'a>(
    operands: &[InputName],
    inputs: &'a [InputFile],
    files_in_use: &FilesInUse,
    folder: &Path,
    rename: impl Fn(&Path) -> PathBuf,
) -> Result<(OutputFolder, Vec<Plan<'a>>), String> {
    let mut output_folder = OutputFolder::new(folder);
    refuse_folder_inside_operands(operands, folder, output_folder.root())?;
    let mut plans = Vec::with_capacity(inputs.len());
    for input in inputs {
        let InputName::File(path) = &input.name else {
            return Err("standard input has no name to go by in a folder; use --output".to_owned());
        };
        let target = Target::new(rename(&input.relative), &output_folder);
        let copy = (target.relative != input.relative).then(|| input.relative.clone());
        let copy = copy.map(|relative| Target::new(relative, &output_folder));
        output_folder.restrict(&target.relative, path);
        plans.push(Plan { input, target, copy, copy_refusal: None });
    }
    let taken = refuse_collisions(&plans)?;
    refuse_links(&plans, &output_folder)?;
    let refuse_in_use = |target: &Target| {
        files_in_use.refuse_below_folder(&target.output, &output_folder.root().join(&target.relative))
    };
    plans.iter().try_for_each(|plan| refuse_in_use(&plan.target))?;
    // Only the opened input tells whether it must be copied, so a refusal of the copy is kept until then.
    let copy_refusal = |plan: &Plan<'_>| {
        let copy = plan.copy.as_ref()?;
        match taken.get(copy.relative.as_path()) {
            Some(other) => Some(written_by_both(&copy.output, other, &plan.input.name)),
            None => refuse_in_use(copy).err(),
        }
    };
    let refusals: Vec<Option<String>> = plans.iter().map(copy_refusal).collect();
    plans.iter_mut().zip(refusals).for_each(|(plan, refusal)| plan.copy_refusal = refusal);
    Ok((output_folder, plans))
}

impl Target {
    fn new(relative: PathBuf, folder: &OutputFolder) -> Self {
        Self { output: folder.name_of(&relative), relative }
    }
}

impl Plan<'_> {
    /// Returns the place of the copy if the input is no text: the target itself if it has the input's name.
    pub(crate) fn copy(&self) -> &Target {
        self.copy.as_ref().unwrap_or(&self.target)
    }
}

/// Refuses an output folder within a folder that is read: its files would become inputs.
fn refuse_folder_inside_operands(operands: &[InputName], folder: &Path, root: &Path) -> Result<(), String> {
    for operand in operands {
        let InputName::File(path) = operand else {
            continue;
        };
        if path.is_dir() && root.starts_with(resolve(path)) {
            let folder = InputName::File(folder.to_owned());
            return Err(format!("{folder}: lies in {operand}, which is read; choose another folder"));
        }
    }
    Ok(())
}

/// Returns the input that goes to each path below the folder. Different paths are different places, because no link is
/// followed there.
///
/// # Errors
///
/// Fails where two inputs go to one path, and where one goes to a folder of another's path.
fn refuse_collisions<'p>(plans: &'p [Plan<'_>]) -> Result<BTreeMap<&'p Path, &'p InputName>, String> {
    let mut taken: BTreeMap<&Path, &InputName> = BTreeMap::new();
    for Plan { input, target: Target { output, relative }, .. } in plans {
        if let Some(other) = taken.insert(relative, &input.name) {
            return Err(written_by_both(output, other, &input.name));
        }
    }
    for Plan { input, target: Target { output, relative }, .. } in plans {
        if let Some(other) = relative.ancestors().skip(1).find_map(|folder| taken.get(folder)) {
            let output = InputName::File(output.clone());
            return Err(format!(
                "{output}: {} would be written there, and {other} to a folder of it",
                input.name
            ));
        }
    }
    Ok(taken)
}

fn written_by_both(output: &Path, first: &InputName, second: &InputName) -> String {
    let output = InputName::File(output.to_owned());
    format!("{output}: both {first} and {second} would be written there")
}

/// Refuses links that exist before the work begins. A link that appears later is found where the file is made.
fn refuse_links(plans: &[Plan<'_>], folder: &OutputFolder) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for plan in plans.iter().filter(|plan| seen.insert(plan.target.relative.parent())) {
        if let Err(error) = folder.place_to_look(&plan.target.relative)
            && error.get_ref().is_some_and(|inner| inner.is::<LinkInTheWay>())
        {
            return Err(format!("{}: {error}", InputName::File(plan.target.output.clone())));
        }
    }
    Ok(())
}
