//! The keys of the inputs that a report is of.

use crate::program::input::InputFile;
use crate::program::output::RunSettings;
use crate::program::report::Tally;
use crate::program::system::stable_hash::stable_hash;
use crate::program::terminal::input_name::InputName;
use std::collections::HashMap;

/// Makes the keys of inputs: the same for the same name and the same settings, in each run.
#[derive(Clone, Debug)]
pub(crate) struct PartKeys {
    /// The settings that change counts, and the name of the job, as text.
    prefix: String,
}

impl PartKeys {
    /// `settings` are those that change counts, and `label` is the name of the job.
    pub(crate) fn new(settings: &RunSettings, label: Option<&str>) -> Self {
        let label = label.map(|label| format!("{label}:"));
        Self { prefix: format!("{settings:?}\0{}", label.unwrap_or_default()) }
    }

    /// Gives each part of a tally the key of its input. Standard input without a name has none: it may be another in each run.
    pub(super) fn identify(&self, tally: &mut Tally, inputs: &[InputFile]) {
        let keys: HashMap<usize, u64> = inputs
            .iter()
            .filter(|input| input.name != InputName::STDIN)
            .map(|input| (input.number, self.key(&input.name)))
            .collect();
        tally.parts.identify(InputFile::number_of_archive, |input| keys.get(&input).copied());
    }

    fn key(&self, name: &InputName) -> u64 {
        stable_hash(format!("{}{}", self.prefix, name.in_reports()).as_bytes())
    }
}
