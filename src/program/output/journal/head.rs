//! The head of a journal: the program and the settings that its outputs were made with.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io;

/// The settings of a run that change its outputs or its counts, each with its values: `--lang` with `zh`, `--key` with all
/// keys. Settings that have their default are left out.
pub(crate) type RunSettings = BTreeMap<String, Vec<String>>;

/// The value of the head's member `format`.
const JOURNAL_FORMAT: &str = "imsdk-annotate journal";
const JOURNAL_VERSION: u64 = 1;

/// The first line of a journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct JournalHead {
    format: String,
    /// The version of the journal's form.
    version: u64,
    /// The version of the program.
    program: String,
    settings: RunSettings,
}

impl JournalHead {
    /// Returns the head of a run of this program.
    pub(crate) fn new(settings: RunSettings) -> Self {
        let [format, program] = [JOURNAL_FORMAT, env!("CARGO_PKG_VERSION")].map(str::to_owned);
        Self { format, version: JOURNAL_VERSION, program, settings }
    }

    /// Returns the head as a line of JSON.
    ///
    /// # Errors
    ///
    /// Returns the error of the writer of JSON.
    pub(super) fn line(&self) -> io::Result<Vec<u8>> {
        let mut line = serde_json::to_vec(self)?;
        line.push(b'\n');
        Ok(line)
    }

    /// Reads a head; returns `None` if the text is none.
    pub(super) fn read(line: &[u8]) -> Option<Self> {
        serde_json::from_slice(line).ok().filter(|head: &Self| head.format == JOURNAL_FORMAT)
    }

    /// Checks that a journal with the head `earlier` can be continued by a run with this one.
    ///
    /// # Errors
    ///
    /// Returns the reason, with the remedy:
    ///
    /// `is of a run with another --lang, without --report; give the same options as then, or begin anew without --resume`
    pub(super) fn refuse_other(&self, earlier: &Self) -> Result<(), String> {
        if (self.version, &self.program) != (earlier.version, &earlier.program) {
            let program = &earlier.program;
            return Err(format!(
                "is of imsdk-annotate {program}; go on with the same version, or begin anew without --resume"
            ));
        }
        if self.settings == earlier.settings {
            return Ok(());
        }
        let (now, then) = (&self.settings, &earlier.settings);
        let others = then.iter().filter(|(name, value)| now.get(*name).is_some_and(|now| now != *value));
        let others = named("with another", others.map(|(name, _)| name));
        let gone = named("with", then.keys().filter(|name| !now.contains_key(*name)));
        let added = named("without", now.keys().filter(|name| !then.contains_key(*name)));
        let differences: Vec<String> = [others, gone, added].into_iter().flatten().collect();
        // `10m` is another time in each run, so that the same option is none.
        let earlier_bound = |name: &str| {
            let differs = now.get(name).is_some_and(|now| Some(now) != then.get(name));
            then.get(name).filter(|_| differs).map(|times| format!(" ({name} was {})", times.join(" ")))
        };
        let times = ["--since", "--until"].into_iter().find_map(earlier_bound).unwrap_or_default();
        Err(format!(
            "is of a run {}; give the same options as then{times}, or begin anew without --resume",
            differences.join(", ")
        ))
    }
}

/// Returns the names of settings behind a preposition: `without --key and --lang`; `None` if there are none.
fn named<'s>(preposition: &str, names: impl Iterator<Item = &'s String>) -> Option<String> {
    let names: Vec<&str> = names.map(String::as_str).collect();
    (!names.is_empty()).then(|| format!("{preposition} {}", names.join(" and ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(settings: &[(&str, &str)]) -> JournalHead {
        let settings = settings.iter().map(|&(name, value)| (name.to_owned(), vec![value.to_owned()]));
        JournalHead::new(settings.collect())
    }

    #[test]
    fn each_setting_that_differs_is_named_once() {
        let this = head(&[("--lang", "zh"), ("--note", " x"), ("--report", "on")]);
        assert_eq!(this.refuse_other(&JournalHead::read(&this.line().unwrap()).unwrap()), Ok(()));
        let other = head(&[("--key", "a"), ("--lang", "zh"), ("--note", " y"), ("--strict", "true")]);
        let refusal = this.refuse_other(&other).unwrap_err();
        assert!(
            refusal.starts_with(
                "is of a run with another --note, with --key and --strict, without --report; give"
            ),
            "{refusal}"
        );
        let older = JournalHead { program: "0.0.9".to_owned(), ..this.clone() };
        assert!(this.refuse_other(&older).unwrap_err().starts_with("is of imsdk-annotate 0.0.9; go on"));
    }

    #[test]
    fn what_is_no_head_is_not_read() {
        for text in ["", "{}", "[]", "ret=-1", r#"{"format":"imsdk-annotate report","version":1}"#] {
            assert_eq!(JournalHead::read(text.as_bytes()), None, "{text}");
        }
    }
}
