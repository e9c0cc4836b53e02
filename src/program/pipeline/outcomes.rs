//! The outcomes of inputs that go to files of their own, counted from any thread.

use crate::program::input::InputFile;
use indicatif::{BinaryBytes, HumanCount};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// The most failed inputs that the summary names.
const NAMED: usize = 3;

/// The outcome of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileOutcome {
    Annotated,
    /// Copied as it is, because it is no text.
    Copied,
    /// Left out, because its file is there.
    LeftOut,
    /// Damaged, not read or not written.
    Failed,
    /// Cut off by a signal.
    CutOff,
}

impl FileOutcome {
    /// Returns the outcome of an input during which a signal came, if `is_stopped` is true: an input that was not read to its
    /// end was cut off.
    pub(super) fn at_stop(self, is_stopped: bool) -> Self {
        if self == Self::Failed && is_stopped { Self::CutOff } else { self }
    }
}

/// The numbers of inputs by their outcomes.
#[derive(Debug, Default)]
pub struct Outcomes {
    annotated: AtomicU64,
    copied: AtomicU64,
    left_out: AtomicU64,
    failed: AtomicU64,
    /// The names of the first failed inputs, by the number of the input.
    first_failed: Mutex<BTreeMap<usize, String>>,
    /// The bytes of the inputs that were annotated or copied, as far as they are regular files.
    bytes: AtomicU64,
}

impl Outcomes {
    /// Counts an input that is done. One that was cut off is not.
    pub(super) fn add(&self, outcome: FileOutcome, file: &InputFile) {
        let counter = match outcome {
            FileOutcome::Annotated => &self.annotated,
            FileOutcome::Copied => &self.copied,
            FileOutcome::LeftOut => &self.left_out,
            FileOutcome::Failed => &self.failed,
            FileOutcome::CutOff => return,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        if outcome == FileOutcome::Failed {
            let mut first = self.first_failed.lock().unwrap_or_else(PoisonError::into_inner);
            first.insert(file.number, file.name.to_string());
            if first.len() > NAMED {
                first.pop_last();
            }
        }
        if matches!(outcome, FileOutcome::Annotated | FileOutcome::Copied) {
            self.bytes.fetch_add(file.regular_bytes.unwrap_or(0), Ordering::Relaxed);
        }
    }

    /// Returns the line about inputs that were left out because their files are there; `None` if there are none.
    pub(crate) fn kept(&self) -> Option<String> {
        match self.left_out.load(Ordering::Relaxed) {
            0 => None,
            1 => Some("1 input was left out, because its file is there".to_owned()),
            count => Some(format!("{count} inputs were left out, because their files are there")),
        }
    }

    /// Returns the line about all inputs, of which there are `inputs`:
    ///
    /// `3 files annotated, 1 copied, 0 left out, 1 failed (a.gz); 1.20 MiB done`
    ///
    /// The first failed inputs are named. Those that were not begun or were cut off, because a signal came or there was no
    /// room left, are counted behind them: `, 5 not done`.
    pub(crate) fn summary(&self, inputs: usize) -> String {
        let count = |counter: &AtomicU64| HumanCount(counter.load(Ordering::Relaxed));
        let counters = [&self.annotated, &self.copied, &self.left_out, &self.failed];
        let done: u64 = counters.iter().map(|counter| counter.load(Ordering::Relaxed)).sum();
        let not_done = match (inputs as u64).saturating_sub(done) {
            0 => String::new(),
            rest => format!(", {} not done", HumanCount(rest)),
        };
        let files = if self.annotated.load(Ordering::Relaxed) == 1 { "file" } else { "files" };
        format!(
            "{} {files} annotated, {} copied, {} left out, {} failed{}{not_done}; {} done",
            count(&self.annotated),
            count(&self.copied),
            count(&self.left_out),
            count(&self.failed),
            self.failed_names(),
            BinaryBytes(self.bytes.load(Ordering::Relaxed))
        )
    }

    /// Returns the names of the first failed inputs, in brackets behind a blank; an empty text if there are none.
    fn failed_names(&self) -> String {
        let first = self.first_failed.lock().unwrap_or_else(PoisonError::into_inner);
        if first.is_empty() {
            return String::new();
        }
        let names = first.values().map(String::as_str).collect::<Vec<_>>().join(", ");
        match self.failed.load(Ordering::Relaxed).saturating_sub(NAMED as u64) {
            0 => format!(" ({names})"),
            more => format!(" ({names} and {more} more)"),
        }
    }
}
