//! The sum of reports that were read: those of inputs that follow each other, and of ranges of one input.

use super::load::LoadedReport;
use crate::program::report::InputNames;
use crate::program::report::tally::{CountedPart, Tally, ValueKeys};
use std::collections::HashMap;

/// The number of names from which on those that no place needs are dropped from a sum of reports.
const NAMES_KEPT: usize = 1024;

/// The sum of reports.
#[derive(Debug, Default)]
pub struct ReportSum {
    pub tally: Tally,
    /// The names of the inputs with a place in the reports, by their numbers.
    pub names: InputNames,
    /// The number of names at which those that no place needs are dropped the next time.
    names_max: usize,
    /// The parts of all reports, as they were read, by their keys.
    counted: HashMap<u64, Vec<CountedPart>>,
}

impl ReportSum {
    /// Returns the reason why a report cannot be added: it was made with other keys of users or requests, or is of a part that
    /// is counted already. A report of no input has no keys.
    pub fn refusal(&self, next: &LoadedReport) -> Option<String> {
        let (these, those) = (&self.tally, &next.tally);
        if these.input.files == 0 || those.input.files == 0 {
            return None;
        }
        let users = [these, those].map(|tally| tally.users.as_ref().map(|users| &users.keys));
        let requests = [these, those].map(|tally| tally.trace.as_ref().map(|trace| &trace.keys));
        differs("--users", users)
            .or_else(|| differs("--trace", requests))
            .or_else(|| self.counted_twice(next))
    }

    /// Returns the refusal of a report with a part that another report here has counted.
    fn counted_twice(&self, next: &LoadedReport) -> Option<String> {
        let twice = next.tally.parts.iter().find(|part| {
            let counted = part.key.and_then(|key| self.counted.get(&key));
            counted.is_some_and(|counted| counted.iter().any(|other| part.overlaps(other)))
        })?;
        let CountedPart { start, end, .. } = twice;
        let input = next.name_of(twice).map_or_else(|| "an input".to_owned(), |name| format!("{name:?}"));
        Some(format!(
            "counts bytes {start} to {end} of {input}, which a report before it counts, too; name each report once, and \
             tell inputs of the same name on several machines apart with --label or --name"
        ))
    }

    /// Adds a report, whose inputs follow those here. Where its first part goes on with the last one here, the two become one.
    /// Returns what is missing between them if either is a range that has no neighbour.
    pub fn append(&mut self, mut next: LoadedReport) -> Option<String> {
        let missing = self.missing_before(&next);
        for part in next.tally.parts.iter().filter(|part| part.start < part.end) {
            self.counted.entry(part.key.unwrap_or_default()).or_default().push(*part);
        }
        let goes_on = self.goes_on_in(&next);
        let start = self.names.last_key_value().map_or(0, |(number, _)| number + 1);
        next.tally.renumber(0, start);
        self.names.extend(next.names.into_iter().map(|(number, name)| (start + number, name)));
        if goes_on {
            self.tally.append_range(next.tally);
        } else {
            self.tally.append(next.tally);
        }
        if self.names.len() > self.names_max.max(NAMES_KEPT) {
            let needed = self.tally.files_with_places();
            self.names.retain(|number, _| needed.contains(number));
            self.names_max = 2 * self.names.len();
        }
        missing
    }

    /// Returns true if the first part of the next report is a range behind the last part here.
    fn goes_on_in(&self, next: &LoadedReport) -> bool {
        let parts = self.tally.parts.last().zip(next.tally.parts.first());
        next.tally.input.files > 0 && parts.is_some_and(|(last, first)| first.follows(last))
    }

    /// Returns what is missing between the last part here and the first part of the next report.
    fn missing_before(&self, next: &LoadedReport) -> Option<String> {
        let (last, first) = (self.tally.parts.last(), next.tally.parts.first());
        if next.tally.input.files == 0 || self.goes_on_in(next) {
            return None;
        }
        let is_first = self.tally.input.files == 0;
        match (last.filter(|last| last.has_more), first.filter(|first| first.start > 0 && !is_first)) {
            (Some(last), _) => Some(missing_behind(last, self.names.get(&last.input))),
            (None, Some(first)) => Some(missing_in_front(first, next.name_of(first))),
            (None, None) => {
                let other = next.tally.parts.iter().find(|part| {
                    let counted = part.key.and_then(|key| self.counted.get(&key));
                    part.is_range()
                        && counted.is_some_and(|counted| counted.iter().any(CountedPart::is_range))
                })?;
                Some(out_of_order(other, next.name_of(other)))
            }
        }
    }

    /// Returns what is missing of the first and the last input of the sum, which other reports may have.
    pub fn missing_at_ends(&self) -> Vec<String> {
        let first = self.tally.parts.first().filter(|first| first.start > 0);
        let last = self.tally.parts.last().filter(|last| last.has_more);
        let first = first.map(|first| missing_in_front(first, self.names.get(&first.input)));
        let last = last.map(|last| missing_behind(last, self.names.get(&last.input)));
        first.into_iter().chain(last).collect()
    }
}

impl LoadedReport {
    /// Returns the name of the input of a range; `None` for an input that was read whole, whose name is not kept.
    fn name_of(&self, part: &CountedPart) -> Option<&String> {
        self.names.get(&part.input).filter(|_| part.is_range())
    }
}

fn missing_in_front(part: &CountedPart, name: Option<&String>) -> String {
    let (name, start) = (name.map_or("an input", String::as_str), part.start);
    format!(
        "the report on the bytes before {start} of {name} is missing; name those of all ranges, in their order"
    )
}

fn out_of_order(part: &CountedPart, name: Option<&String>) -> String {
    let (name, start) = (name.map_or("an input", String::as_str), part.start);
    format!(
        "the range from byte {start} on of {name} stands behind a later one; name those of all ranges, in their order"
    )
}

fn missing_behind(part: &CountedPart, name: Option<&String>) -> String {
    let (name, end) = (name.map_or("an input", String::as_str), part.end);
    format!(
        "the report on the bytes from {end} on of {name} is missing; name those of all ranges, in their order"
    )
}

/// Returns what to say where the keys of an option differ between reports.
fn differs(option: &str, [these, those]: [Option<&ValueKeys>; 2]) -> Option<String> {
    let typed = |keys: Option<&ValueKeys>| {
        keys.map_or_else(|| format!("no {option}"), |keys| format!("{option} {}", keys.words()))
    };
    let words = match (these, those) {
        (None, None) => return None,
        (Some(these), Some(those)) if these.are_alike(those) => return None,
        (Some(these), Some(those)) if these.salt != those.salt => "another --users-salt".to_owned(),
        _ => typed(those),
    };
    Some(format!("was made with {words}, the reports before it with {}; make all alike", typed(these)))
}
