//! Which input goes to which file of the output folder, and what is refused before anything is written.

use crate::input::{InputFile, InputName};
use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// An input and the file that it goes to.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) input: InputFile,
    pub(crate) target: Target,
    /// Where it goes as it is if it is no text, so that its name must stay; the target, if that has the name.
    pub(crate) copy: Option<Target>,
    /// Why it cannot be copied there.
    pub(crate) copy_refusal: Option<String>,
}

/// A file that is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// How messages call it.
    pub(crate) output: PathBuf,
    /// Where it is, without links and `..`.
    pub(crate) place: PathBuf,
}

/// As many links are followed as Linux does.
const LINKS_MAX: usize = 40;

/// What tells files from each other, whatever their names.
type FileId = (u64, u64);

/// Gives each input its file below `folder`, with its path below the operand as `rename` changes it.
///
/// # Errors
///
/// What is refused, as one line with both names: an output folder in a folder that is read, an input that
/// has no name, two inputs for one output, and an output that is an input.
pub(crate) fn plan(
    operands: &[InputName],
    inputs: Vec<InputFile>,
    folder: &Path,
    rename: impl Fn(&Path) -> PathBuf,
) -> Result<Vec<Plan>, String> {
    refuse_folder_inside_operands(operands, folder)?;
    let mut plans = Vec::with_capacity(inputs.len());
    for input in inputs {
        if input.name == InputName::Stdin {
            return Err("standard input has no name to go by in a folder; use --output".to_owned());
        }
        let target = Target::new(folder.join(rename(&input.relative)));
        let copy = Some(folder.join(&input.relative)).filter(|copy| *copy != target.output).map(Target::new);
        plans.push(Plan { input, target, copy, copy_refusal: None });
    }
    let taken = refuse_collisions(&plans)?;
    let ids = ids_of_inputs(plans.iter().map(|plan| &plan.input));
    plans.iter().try_for_each(|plan| refuse_input(&ids, &plan.target.output, &plan.target.place))?;
    let refusals: Vec<Option<String>> = plans.iter().map(|plan| copy_refusal(plan, &taken, &ids)).collect();
    for (plan, refusal) in plans.iter_mut().zip(refusals) {
        plan.copy_refusal = refusal;
    }
    Ok(plans)
}

/// Why an input must not be copied to its own name, should it be no text: another one goes there, or it is an input.
fn copy_refusal(
    plan: &Plan,
    taken: &BTreeMap<&Path, &InputName>,
    ids: &HashMap<FileId, &InputName>,
) -> Option<String> {
    let copy = plan.copy.as_ref()?;
    match taken.get(copy.place.as_path()) {
        Some(other) => Some(written_by_both(&copy.output, other, &plan.input.name)),
        None => refuse_input(ids, &copy.output, &copy.place).err(),
    }
}

impl Target {
    fn new(output: PathBuf) -> Self {
        Self { place: resolve(&output), output }
    }
}

impl Plan {
    /// Where the input goes as it is if it is no text.
    pub(crate) fn copy(&self) -> &Target {
        self.copy.as_ref().unwrap_or(&self.target)
    }
}

/// # Errors
///
/// Where the output is one of the inputs, also by another name.
pub(crate) fn refuse_input_as_output(inputs: &[InputFile], output: &Path) -> Result<(), String> {
    refuse_input(&ids_of_inputs(inputs.iter()), output, &resolve(output))
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

/// Returns which input goes to each place.
///
/// # Errors
///
/// Where two go to one place, or one to a folder that is the place of another.
fn refuse_collisions(plans: &[Plan]) -> Result<BTreeMap<&Path, &InputName>, String> {
    let mut taken: BTreeMap<&Path, &InputName> = BTreeMap::new();
    for Plan { input, target: Target { output, place }, .. } in plans {
        if let Some(other) = taken.insert(place, &input.name) {
            return Err(written_by_both(output, other, &input.name));
        }
    }
    for Plan { input, target: Target { output, place }, .. } in plans {
        if let Some(other) = place.ancestors().skip(1).find_map(|folder| taken.get(folder)) {
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

fn refuse_input(ids: &HashMap<FileId, &InputName>, output: &Path, place: &Path) -> Result<(), String> {
    match file_id(place).and_then(|id| ids.get(&id)) {
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

/// The path without links and `..`, also where what it leads to is still to be made.
pub(crate) fn resolve(path: &Path) -> PathBuf {
    let parts = |path: &Path| -> Vec<OsString> {
        path.components().rev().map(|component| component.as_os_str().to_owned()).collect()
    };
    let mut resolved = PathBuf::new();
    let mut links = 0;
    // The next one is the last.
    let mut rest = parts(&std::path::absolute(path).unwrap_or_else(|_| path.to_owned()));
    while let Some(part) = rest.pop() {
        if part == ".." {
            resolved.pop();
            continue;
        }
        // An absolute path replaces what it is joined to.
        let next = resolved.join(part);
        match fs::read_link(&next) {
            Ok(target) if links < LINKS_MAX => {
                links += 1;
                rest.extend(parts(&target));
            }
            _ => resolved = next,
        }
    }
    resolved
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn paths_are_resolved_as_the_system_would() {
        let folder = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(folder.path()).unwrap();
        fs::create_dir_all(root.join("a/b")).unwrap();
        symlink("a/b", root.join("relative")).unwrap();
        symlink(root.join("a"), root.join("absolute")).unwrap();
        symlink("../c", root.join("a/dangling")).unwrap();
        symlink("loop", root.join("loop")).unwrap();
        for (path, expected) in [
            ("a/b", "a/b"),
            ("relative", "a/b"),
            ("relative/../x", "a/x"),
            ("absolute/b/./x", "a/b/x"),
            ("absolute/dangling/y", "c/y"),
            ("nosuch/../a", "a"),
            ("loop/x", "loop/x"),
        ] {
            assert_eq!(resolve(&root.join(path)), root.join(expected), "{path}");
        }
    }
}
