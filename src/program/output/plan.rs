//! The plan for the output folder: the file that each input goes to, and the plans that are refused before anything is
//! written.

use super::files_in_use::FilesInUse;
use super::folder::{LinkInTheWay, OutputFolder};
use super::resolve::resolve;
use super::targets::Targets;
use crate::program::input::InputFile;
use crate::program::terminal::input_name::InputName;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The inputs and the files that they go to. Each plan is made when it is asked for: the paths of all would take most of
/// the memory of a run with many files.
pub struct Plans<'a> {
    inputs: &'a [InputFile],
    /// The name of the output folder in messages.
    folder: PathBuf,
    /// Returns the path of an output for the path of its input.
    rename: Box<dyn Fn(&Path) -> PathBuf + Sync + 'a>,
    /// The reasons why inputs cannot be copied, by the places of the inputs.
    copy_refusals: BTreeMap<usize, String>,
}

/// An input and the file that it goes to.
#[derive(Clone, Debug)]
pub(crate) struct Plan<'a> {
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
    files_in_use: &FilesInUse<'_>,
    folder: &Path,
    rename: impl Fn(&Path) -> PathBuf + Sync + 'a,
) -> Result<(OutputFolder, Plans<'a>), String> {
    let mut output_folder = OutputFolder::new(folder);
    refuse_folder_inside_operands(operands, folder, output_folder.root())?;
    let (rename, copy_refusals) = (Box::new(rename), BTreeMap::new());
    let mut plans = Plans { inputs, folder: folder.to_owned(), rename, copy_refusals };
    restrict_folders(&plans, &mut output_folder)?;
    let targets = Targets::of(plans.iter().map(|plan| plan.target.relative));
    refuse_collisions(&plans, &targets)?;
    plans.copy_refusals = refuse_places(&plans, &targets, &output_folder, files_in_use)?;
    Ok((output_folder, plans))
}

impl<'a> Plans<'a> {
    /// Returns the number of inputs.
    pub(crate) fn len(&self) -> usize {
        self.inputs.len()
    }

    /// Returns the plan of the input at this place in the list; `None` if there are fewer inputs.
    pub(crate) fn get(&self, place: usize) -> Option<Plan<'a>> {
        let input = self.inputs.get(place)?;
        let below = input.relative();
        let target = self.target((self.rename)(&below));
        let copy = (*target.relative != *below).then(|| self.target(below.into_owned()));
        Some(Plan { input, target, copy, copy_refusal: self.copy_refusals.get(&place).cloned() })
    }

    /// Returns the path in messages of the output or copy at `relative`; `None` if nothing is to be written there.
    pub(crate) fn output_at(&self, relative: &Path) -> Option<PathBuf> {
        let targets = self.iter().flat_map(|plan| [Some(plan.target), plan.copy]).flatten();
        targets.filter(|target| target.relative == relative).map(|target| target.output).next()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Plan<'a>> {
        (0..self.len()).filter_map(|place| self.get(place))
    }

    fn target(&self, relative: PathBuf) -> Target {
        Target { output: self.folder.join(&relative), relative }
    }

    /// Returns the path below the output folder of the input at this place in the list.
    fn relative(&self, place: usize) -> PathBuf {
        (self.rename)(&self.inputs[place].relative())
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

/// Limits the rights of the folders that are made to those of the folders of their inputs.
///
/// # Errors
///
/// Fails for an input that has no name.
fn restrict_folders(plans: &Plans<'_>, output_folder: &mut OutputFolder) -> Result<(), String> {
    let mut last = None;
    for plan in plans.iter() {
        let InputName::File(path) = &plan.input.name else {
            return Err("standard input has no name to go by in a folder; use --output".to_owned());
        };
        let relative = &plan.target.relative;
        if plan.input.is_link {
            output_folder.restrict_by_target(relative, path);
        }
        // Files of one folder mostly follow each other.
        let folders = (path.parent().map(Path::to_owned), relative.parent().map(Path::to_owned));
        if last.as_ref() != Some(&folders) {
            output_folder.restrict(relative, path);
            last = Some(folders);
        }
    }
    Ok(())
}

/// Refuses two inputs that go to one path, and one that goes to a folder of another's path. Different paths are different
/// places, because no link is followed below the output folder.
///
/// # Errors
///
/// Returns the refusal.
fn refuse_collisions(plans: &Plans<'_>, targets: &Targets) -> Result<(), String> {
    let relative = |place: usize| plans.relative(place);
    if let Some((first, second)) = targets.first_collision(relative) {
        let output = plans.target(relative(second)).output;
        return Err(written_by_both(&output, &plans.inputs[first].name, &plans.inputs[second].name));
    }
    let mut last = None;
    for plan in plans.iter() {
        let Target { output, relative: path } = plan.target;
        let folder = path.parent().map(Path::to_owned);
        if last == folder {
            continue;
        }
        if let Some(other) = path.ancestors().skip(1).find_map(|folder| targets.find(folder, relative)) {
            let (output, other) = (InputName::File(output), &plans.inputs[other].name);
            let input = &plan.input.name;
            return Err(format!("{output}: {input} would be written there, and {other} to a folder of it"));
        }
        last = folder;
    }
    Ok(())
}

fn written_by_both(output: &Path, first: &InputName, second: &InputName) -> String {
    let output = InputName::File(output.to_owned());
    format!("{output}: both {first} and {second} would be written there")
}

/// Refuses outputs behind links, and in the places of files in use. Returns the refusals of copies by the places of their
/// inputs: only the opened input tells if it must be copied, so that a refusal is kept until then.
///
/// A link that appears later is found where the file is made.
///
/// # Errors
///
/// Returns the refusal.
fn refuse_places(
    plans: &Plans<'_>,
    targets: &Targets,
    folder: &OutputFolder,
    files_in_use: &FilesInUse<'_>,
) -> Result<BTreeMap<usize, String>, String> {
    let mut copy_refusals = BTreeMap::new();
    // A folder that does not exist, in which there is nothing to look at.
    let mut missing: Option<PathBuf> = None;
    let mut refuse = |Target { relative, output }: &Target| {
        if relative.parent() == missing.as_deref() {
            return Ok(());
        }
        match folder.place_to_look(relative) {
            Ok(place) => files_in_use.refuse_below_folder(output, &place),
            Err(error) if error.get_ref().is_some_and(|inner| inner.is::<LinkInTheWay>()) => {
                Err(format!("{}: {error}", InputName::File(output.clone())))
            }
            Err(_) => {
                missing = relative.parent().map(Path::to_owned);
                Ok(())
            }
        }
    };
    for (place, plan) in plans.iter().enumerate() {
        refuse(&plan.target)?;
        if let Some(copy) = &plan.copy {
            let taken = targets.find(&copy.relative, |place| plans.relative(place));
            let refusal = match taken {
                Some(other) => {
                    Some(written_by_both(&copy.output, &plans.inputs[other].name, &plan.input.name))
                }
                None => refuse(copy).err(),
            };
            copy_refusals.extend(refusal.map(|refusal| (place, refusal)));
        }
    }
    Ok(copy_refusals)
}
