//! `--explain`: the entries of codes that are named, or found in fields and log lines.

use super::nearest::not_in_catalog;
use super::{Found, LookUp, Wanted};
use crate::program::terminal::input_name::InputName;
use crate::program::terminal::messages::Messages;
use crate::{Entry, Observer, Part, StreamError};
use std::collections::HashSet;
use std::io;

/// Codes in the order in which they first came, each once.
#[derive(Debug, Default)]
struct Distinct {
    codes: Vec<i32>,
    seen: HashSet<i32>,
}

impl LookUp {
    /// Finds the entries of the wanted codes, in the order of `wanted` and each code once. Reports standard input if
    /// it cannot be read.
    ///
    /// # Errors
    ///
    /// Returns the message if a text that must have a field has none. Standard input has then not been read.
    pub(super) fn explain(&self, wanted: &[Wanted], messages: &Messages) -> Result<Found<'_>, String> {
        let (catalog, language) = (&self.catalog, self.language);
        let codes_of_fields = wanted.iter().filter_map(|wanted| match wanted {
            Wanted::Fields(text) => Some(Wanted::codes_of_fields(text, &self.annotator)),
            _ => None,
        });
        let mut codes_of_fields = codes_of_fields.collect::<Result<Vec<_>, _>>()?.into_iter();
        let mut distinct = Distinct::default();
        let mut missing = Vec::new();
        for wanted in wanted {
            match wanted {
                Wanted::Code(code) => distinct.add(*code),
                Wanted::Range(range) => {
                    let codes = catalog.entries().iter().map(Entry::code).filter(|code| range.contains(code));
                    let mut codes = codes.peekable();
                    if codes.peek().is_none() {
                        let text = format!("{}..{}", range.start(), range.end());
                        missing.push(not_in_catalog(&text, range, catalog, language));
                    }
                    codes.for_each(|code| distinct.add(code));
                }
                Wanted::Fields(_) => {
                    codes_of_fields.next().into_iter().flatten().for_each(|code| distinct.add(code));
                }
                Wanted::LogLines => {
                    let logged = self.read_log_lines(messages);
                    if logged.codes.is_empty() && !messages.any() {
                        missing.push(format!("{}: has no return code in it", InputName::STDIN));
                    }
                    logged.codes.into_iter().for_each(|code| distinct.add(code));
                }
            }
        }
        let mut entries = Vec::new();
        for code in distinct.codes {
            match catalog.get(code) {
                Some(entry) => entries.push(entry),
                None => missing.push(not_in_catalog(&code.to_string(), &(code..=code), catalog, language)),
            }
        }
        Ok(Found { entries, missing })
    }

    /// Returns the codes of the fields in standard input, known or not. Keeps nothing else of the input in memory.
    fn read_log_lines(&self, messages: &Messages) -> Distinct {
        let mut distinct = Distinct::default();
        let stdin = self.reading.open(&InputName::STDIN);
        let input = stdin.and_then(|stdin| self.reading.stream(&InputName::STDIN, stdin));
        let read = input.and_then(|input| {
            self.annotator.observe_stream(input, io::sink(), &mut distinct).map_err(|error| match error {
                StreamError::Read(error) | StreamError::Write(error) => error,
            })
        });
        if let Err(error) = read {
            messages.input(&InputName::STDIN, &error);
        }
        distinct
    }
}

impl Distinct {
    fn add(&mut self, code: i32) {
        if self.seen.insert(code) {
            self.codes.push(code);
        }
    }
}

impl Observer for Distinct {
    fn observe(&mut self, part: Part<'_>) {
        part.fields().for_each(|field| self.add(field.code()));
    }
}
