//! Outputs and reports that are still to be written, so that a message can name those that are given up for a signal.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// The names of all [`Promised`] outputs and reports, in the order in which they were made.
static NAMES: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// A promise to write the named output or report. It lasts from the opening until the output is written or its failure
/// is reported; dropping the value ends the promise.
#[derive(Debug)]
pub(crate) struct Promised {
    name: String,
}

impl Promised {
    /// Returns the promise of an output with this name in messages.
    pub(crate) fn new(name: &str) -> Self {
        names().push(name.to_owned());
        Self { name: name.to_owned() }
    }

    /// Returns the name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Promised {
    fn drop(&mut self) {
        let mut names = names();
        // Several reports may go to standard error, so names may be equal; any equal name may be removed.
        if let Some(place) = names.iter().position(|name| *name == self.name) {
            names.remove(place);
        }
    }
}

/// Returns the names of all outputs and reports that are still to be written, each once.
pub(crate) fn promised_names() -> Vec<String> {
    let mut different = Vec::new();
    for name in names().iter() {
        if !different.contains(name) {
            different.push(name.clone());
        }
    }
    different
}

fn names() -> MutexGuard<'static, Vec<String>> {
    NAMES.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_promised_as_long_as_one_output_has_it() {
        let has = |name: &str| promised_names().iter().filter(|promised| *promised == name).count();
        let [first, second] = ["same", "same"].map(Promised::new);
        let other = Promised::new("other");
        assert_eq!((has("same"), has("other"), other.name()), (1, 1, "other"));
        drop(first);
        assert_eq!((has("same"), has("other")), (1, 1));
        drop((second, other));
        assert_eq!((has("same"), has("other")), (0, 0));
    }
}
