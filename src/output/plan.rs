//! Which input goes to which file of the output folder, and what is refused before anything is written.

use crate::input::{Format, InputFile, InputName};
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};

/// An input and the file that it goes to.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) input: InputFile,
    pub(crate) output: PathBuf,
}

/// What tells files from each other, whatever their names.
type FileId = (u64, u64);

/// Gives each input its file below `folder`, named for `format`, or as the input where there is none.
///
/// # Errors
///
/// What is refused, as one line with both names: an output folder in a folder that is read, an input that
/// has no name, two inputs for one output, and an output that is an input.
pub(crate) fn plan(
    operands: &[InputName],
    inputs: Vec<InputFile>,
    folder: &Path,
    format: Option<Format>,
) -> Result<Vec<Plan>, String> {
    refuse_folder_inside_operands(operands, folder)?;
    let mut plans = Vec::with_capacity(inputs.len());
    for input in inputs {
        if input.name == InputName::Stdin {
            return Err("standard input has no name to go by in a folder; use --output".to_owned());
        }
        let relative = format.map_or_else(|| input.relative.clone(), |format| format.rename(&input.relative));
        plans.push(Plan { output: folder.join(relative), input });
    }
    refuse_collisions(&plans)?;
    let ids = ids_of_inputs(plans.iter().map(|plan| &plan.input));
    plans.iter().try_for_each(|plan| refuse_input(&ids, &plan.output))?;
    Ok(plans)
}

/// # Errors
///
/// Where the output is one of the inputs, also by another name.
pub(crate) fn refuse_input_as_output(inputs: &[InputFile], output: &Path) -> Result<(), String> {
    refuse_input(&ids_of_inputs(inputs.iter()), output)
}

fn refuse_folder_inside_operands(operands: &[InputName], folder: &Path) -> Result<(), String> {
    let resolved = resolve(folder);
    for operand in operands {
        let InputName::File(path) = operand else {
            continue;
        };
        if path.is_dir() && resolved.starts_with(resolve(path)) {
            let folder = InputName::File(folder.to_owned());
            return Err(format!("{folder}: lies in {operand}, which is read; choose another folder"));
        }
    }
    Ok(())
}

fn refuse_collisions(plans: &[Plan]) -> Result<(), String> {
    let mut taken: BTreeMap<&Path, &InputName> = BTreeMap::new();
    for Plan { input, output } in plans {
        if let Some(other) = taken.insert(output, &input.name) {
            let output = InputName::File(output.clone());
            return Err(format!("{output}: both {other} and {} would be written there", input.name));
        }
    }
    for Plan { input, output } in plans {
        if let Some((folder, other)) = output.ancestors().skip(1).find_map(|it| taken.get_key_value(it)) {
            let folder = InputName::File((*folder).to_owned());
            return Err(format!("{folder}: {other} would be written there, and {} below it", input.name));
        }
    }
    Ok(())
}

fn ids_of_inputs<'a>(inputs: impl Iterator<Item = &'a InputFile>) -> HashMap<FileId, &'a InputName> {
    let id = |input: &'a InputFile| match &input.name {
        InputName::Stdin => {
            let stat = rustix::fs::fstat(std::io::stdin()).ok()?;
            input.regular_bytes.map(|_| ((stat.st_dev, stat.st_ino), &input.name))
        }
        InputName::File(path) => file_id(path).map(|id| (id, &input.name)),
    };
    inputs.filter_map(id).collect()
}

fn refuse_input(ids: &HashMap<FileId, &InputName>, output: &Path) -> Result<(), String> {
    match file_id(output).and_then(|id| ids.get(&id)) {
        None => Ok(()),
        Some(input) => {
            let output = InputName::File(output.to_owned());
            Err(format!("{output}: is the input {input}; write to another file"))
        }
    }
}

/// `None` where there is no such file, or where it is no regular file, which can be both input and output.
fn file_id(path: &Path) -> Option<FileId> {
    let metadata = fs::metadata(path).ok()?;
    metadata.is_file().then(|| (metadata.dev(), metadata.ino()))
}

/// The path without links and `..`, as far as there is something; what is still to be made stands behind that.
fn resolve(path: &Path) -> PathBuf {
    let mut resolved = PathBuf::new();
    for component in std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).components() {
        match component {
            Component::ParentDir => {
                resolved.pop();
            }
            other => resolved.push(other),
        }
        resolved = fs::canonicalize(&resolved).unwrap_or(resolved);
    }
    resolved
}
