//! The reports of parts that operands name: files as they are, folders with all reports in them.

use crate::program::input::{InputFile, Listing, ListingRules, list};
use crate::program::system::file_id::{FileId, file_id};
use crate::program::terminal::input_name::InputName;
use crate::program::terminal::messages::Messages;
use std::collections::HashSet;
use std::fs;
use std::slice;

/// The reports to add up, in their order.
pub(super) struct Parts {
    pub(super) reports: Vec<InputName>,
    /// True if no folder lacked reports or could not be read.
    pub(super) complete: bool,
}

impl Parts {
    /// Lists the reports, in the order of the operands and in folders in the order of names (`2.json` before `10.json`).
    /// A file in a folder that has another name, or is named itself, is read once. A folder without reports, one that
    /// cannot be read and a link that leads to nothing are reported.
    pub(super) fn list(operands: &[InputName], rules: &ListingRules, messages: &Messages) -> Self {
        let mut complete = true;
        let (mut files, mut read): (Vec<InputFile>, HashSet<FileId>) = (Vec::new(), HashSet::new());
        for operand in operands {
            let listing = list(slice::from_ref(operand), rules);
            let is_folder = matches!(operand, InputName::File(path) if path.is_dir());
            complete &= !say_missing(operand, is_folder, &listing, messages);
            if !is_folder {
                read.extend(listing.files.iter().filter_map(|file| id_of(&file.name)));
            }
            files.extend(listing.files);
        }
        files.retain(|file| !file.in_folder || id_of(&file.name).is_none_or(|id| read.insert(id)));
        Self { reports: files.into_iter().map(|file| file.name).collect(), complete }
    }
}

/// Reports that an operand lacks a report. Returns true if it does.
fn say_missing(operand: &InputName, is_folder: bool, listing: &Listing, messages: &Messages) -> bool {
    listing.unread.iter().for_each(|(name, error)| messages.input(name, error));
    for name in &listing.dangling {
        messages.say_of_input(&format!("{name}: is a link to a file that is not there"));
    }
    let is_said = !listing.unread.is_empty() || !listing.dangling.is_empty();
    let is_empty = is_folder && listing.files.is_empty();
    if is_empty && !is_said {
        messages.say_of_input(&format!(
            "{operand}: has no report in it; reports of a folder are the files *.json, or those that --include names"
        ));
    }
    is_said || is_empty
}

/// Returns the identity of a regular file.
fn id_of(name: &InputName) -> Option<FileId> {
    let InputName::File(path) = name else { return None };
    fs::metadata(path).ok().filter(fs::Metadata::is_file).map(|file| file_id(&file))
}
