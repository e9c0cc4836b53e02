//! Names that a user gives: of a job for the places in reports, and of standard input.

use crate::program::terminal::visible::acts_on_terminals;

/// The most bytes of a name, as file systems have it.
const BYTES_MAX: usize = 255;

/// Reads a name. Spaces, `/` and `:` may be in it, as in the names of CI jobs: `test: [linux, 1/3]`.
///
/// # Errors
///
/// Returns the reason why the name is refused: it is empty, long, or has a character that would act where it is shown.
pub(super) fn given_name(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        return Err("is empty; write a name, or leave out the option".to_owned());
    }
    if text.len() > BYTES_MAX {
        return Err(format!("has {} bytes; a name has at most {BYTES_MAX}", text.len()));
    }
    match text.chars().find(|&char| acts_on_terminals(char)) {
        Some(acting) => Err(format!("has the character {}; leave it out", acting.escape_unicode())),
        None => Ok(text.to_owned()),
    }
}
