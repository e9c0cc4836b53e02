//! `--explain`: the entries of codes that are named, or that are in log lines.

use super::nearest::not_in_catalog;
use super::{Found, Wanted};
use crate::program::cli::args::Args;
use crate::program::input::{Buffering, InputName, Reading};
use crate::program::terminal::messages::Messages;
use crate::program::terminal::progress::Progress;
use crate::{AnnotatorBuilder, Catalog, Entry, Observer, Part, StreamError};
use std::collections::HashSet;
use std::io;

/// Codes in the order in which they came, each once.
#[derive(Debug, Default)]
struct Distinct {
    codes: Vec<i32>,
    seen: HashSet<i32>,
}

/// Finds what is wanted, in its order, each code once. Says where standard input cannot be read.
pub(crate) fn explain<'a>(
    wanted: &[Wanted],
    args: &Args,
    catalog: &'a Catalog,
    annotator: AnnotatorBuilder,
    messages: &Messages,
) -> Found<'a> {
    let language = args.notes.lang.language();
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
            Wanted::LogLines => {
                let logged = read_log_lines(args, annotator.clone(), messages);
                if logged.codes.is_empty() && !messages.any() {
                    missing.push(format!("{}: has no return code in it", InputName::Stdin));
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
    Found { entries, missing }
}

/// The codes of the fields in standard input, known or not. Nothing of it is kept but those.
fn read_log_lines(args: &Args, annotator: AnnotatorBuilder, messages: &Messages) -> Distinct {
    let annotator = annotator.unknown(true).quiet(true).build();
    let reading = Reading {
        buffering: Buffering::WhileInputComes,
        decompress: !args.no_decompress,
        as_text: args.text,
        progress: Progress::hidden(),
    };
    let mut distinct = Distinct::default();
    let read = reading.open(&InputName::Stdin, |_| Ok(())).and_then(|input| {
        annotator.observe_stream(input, io::sink(), &mut distinct).map_err(|error| match error {
            StreamError::Read(error) | StreamError::Write(error) => error,
        })
    });
    if let Err(error) = read {
        messages.input(&InputName::Stdin, &error);
    }
    distinct
}

impl Distinct {
    fn add(&mut self, code: i32) {
        if self.seen.insert(code) {
            self.codes.push(code);
        }
    }
}

impl Observer for Distinct {
    fn wants_fields(&self) -> bool {
        true
    }

    fn observe(&mut self, part: Part<'_>) {
        part.listed.iter().for_each(|field| self.add(field.code));
    }
}
