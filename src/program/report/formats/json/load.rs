//! The reader of reports that were written as JSON.

use super::no_report::{damaged, reason};
use super::parts::JsonPart;
use super::values::{JsonTrace, JsonUsers};
use super::{DOCUMENT_FORMAT, Document, JsonCode, JsonInput, JsonLine, JsonNear, VERSION};
use crate::Catalog;
use crate::program::encoding::EncodingCounts;
use crate::program::report::InputNames;
use crate::program::report::tally::{
    Counted, CountedParts, InputCount, LOWEST_CODE, LogPlace, NearLines, Tally, TraceTally, UserTally,
};
use serde::de::Error;
use std::collections::BTreeMap;

/// A report that was read.
#[derive(Debug)]
pub struct LoadedReport {
    pub tally: Tally,
    /// The names of the inputs with a place in the report, by their numbers.
    pub names: InputNames,
}

/// Reads a report. The catalog alone decides which codes are known and what they mean. Comparisons and checks of the
/// report are not read.
///
/// # Errors
///
/// Fails where the text is not a report, or has a version that this program does not read.
pub fn load(text: &[u8], catalog: &Catalog) -> Result<LoadedReport, String> {
    let document: Document = serde_json::from_slice(text).map_err(|error| reason(text, &error))?;
    if document.format != DOCUMENT_FORMAT || document.version != VERSION {
        return Err(reason(text, &serde_json::Error::custom("another version")));
    }
    let mut names = Names::default();
    let mut values = Values {
        users: document.users.map(JsonUsers::into_tally),
        trace: document.trace.map(JsonTrace::into_tally),
    };
    let codes: Vec<(i32, Counted)> = document
        .codes
        .into_iter()
        .chain(document.unknown)
        .map(|mut code| {
            values.take(&mut code, catalog)?;
            Ok((code.code, code.into_counted(&mut names)?))
        })
        .collect::<Result<_, String>>()
        .map_err(|error| damaged(&error))?;
    let near = document.near.map(|near| near.into_lines(&mut names)).transpose();
    let near = near.map_err(|error| damaged(&error))?;
    let JsonInput { files, lines, bytes, undated_lines, encodings: encoded, parts } = document.input;
    let parts: Result<CountedParts, String> =
        parts.into_iter().map(|part: JsonPart| part.into_part(|name| names.number(name))).collect();
    let mut encodings = EncodingCounts::default();
    encoded.into_iter().for_each(|(encoding, count)| encodings.add(encoding, count));
    let input = InputCount { files, lines, bytes, undated_lines, encodings };
    let mut tally = Tally::new();
    (tally.input, tally.complete, tally.stopped) = (input, document.complete, document.stopped);
    tally.parts = parts.map_err(|error| damaged(&error))?;
    (tally.more_unknown, tally.near) = (document.more_unknown_fields, near);
    (tally.users, tally.trace) = (values.users.map(UserTally::limited), values.trace);
    (tally.zones.zoned, tally.zones.zoneless) = (document.zone_assumed, document.zone_assumed);
    for (code, counted) in codes {
        counted.times.iter().for_each(|&(first, _)| tally.zones.add(first));
        let is_twice = if catalog.get(code).is_some() {
            tally.known.insert(code, counted).is_some()
        } else if (LOWEST_CODE..0).contains(&code) {
            tally.unknown.insert(code, counted).is_some()
        } else {
            return Err(damaged(&format!("{code} is no code")));
        };
        if is_twice {
            return Err(damaged(&format!("it has {code} twice")));
        }
    }
    tally.drop_farthest();
    Ok(LoadedReport { tally, names: names.names.into_iter().enumerate().collect() })
}

/// The names of inputs, each once.
#[derive(Default)]
struct Names {
    names: Vec<String>,
    numbers: BTreeMap<String, usize>,
}

impl Names {
    /// Returns the number of a name, which is added if it is new.
    fn number(&mut self, name: String) -> usize {
        *self.numbers.entry(name).or_insert_with_key(|name| {
            self.names.push(name.clone());
            self.names.len() - 1
        })
    }
}

/// The users and first failures of the codes of a report.
struct Values {
    users: Option<UserTally>,
    trace: Option<TraceTally>,
}

impl Values {
    /// Takes those of a code, and fails where they contradict the rest of the report.
    fn take(&mut self, code: &mut JsonCode, catalog: &Catalog) -> Result<(), String> {
        let number = code.code;
        if let Some(users) = code.users.take() {
            if users.lines > code.lines {
                return Err(format!("{number} has users in {} of {} lines", users.lines, code.lines));
            }
            let tally =
                self.users.as_mut().ok_or_else(|| format!("{number} has users, and the report has none"))?;
            let group = if catalog.get(number).is_some() { &mut tally.known } else { &mut tally.unknown };
            group.add(number, users.into_users());
        }
        if let Some(count) = code.first_failures.filter(|&count| count > 0) {
            let trace = self.trace.as_mut();
            let trace = trace
                .ok_or_else(|| format!("{number} has first failures, and the report has no requests"))?;
            trace.failures.insert(number, count);
        }
        Ok(())
    }
}

impl JsonCode {
    /// Returns the counts of the code, and fails where they contradict each other.
    fn into_counted(self, names: &mut Names) -> Result<Counted, String> {
        let Self { code, count, lines, files, .. } = self;
        if files == 0 || lines < files || count < lines {
            return Err(format!("{code} was {count} times in {lines} lines of {files} files"));
        }
        Ok(Counted {
            fields: count,
            lines,
            files,
            first: self.first.into_place(names),
            last: self.last.into_place(names),
            times: self.first_time.zip(self.last_time),
            seconds: self.seconds,
            offsets: self.offsets,
        })
    }
}

impl JsonNear {
    /// Returns the lines, and fails where there are none.
    fn into_lines(self, names: &mut Names) -> Result<NearLines, String> {
        let Self { lines, first, pattern } = self;
        if lines == 0 {
            return Err("\"near\" has no lines".to_owned());
        }
        Ok(NearLines { lines, first: first.into_place(names), pattern })
    }
}

impl JsonLine {
    fn into_place(self, names: &mut Names) -> LogPlace {
        let Self { file, line, text } = self;
        LogPlace { file: names.number(file), line, text }
    }
}
