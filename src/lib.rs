//! Writes the meaning of iMSDK return codes behind them in logs: `ret=-204` becomes
//! `ret=-204 (auth: user session is failure!)`, and every other byte stays as it is.
//!
//! This is the library under the program `imsdk-annotate`. It works on bytes, in any encoding that keeps ASCII, and on
//! streams of any length in bounded memory. It starts no thread and takes no lock.
//!
//! # Annotate a text
//!
//! An [`Annotator`] is built once and used for any number of texts and streams, from any number of threads:
//!
//! ```
//! use imsdk_annotate::Annotator;
//!
//! let annotator = Annotator::new();
//! assert_eq!(
//!     annotator.annotate(b"ret=-204 openid=7\n"),
//!     b"ret=-204 (auth: user session is failure!) openid=7\n",
//! );
//! ```
//!
//! [`Annotator::annotate_into`] appends to a buffer of the caller.
//!
//! # Find fields without writing notes
//!
//! A *field* is a key, a separator and a code. [`Annotator::fields`] returns each field with its range, its code and
//! its [`Entry`], the meaning of the code in a [`Catalog`]:
//!
//! ```
//! use imsdk_annotate::{Annotator, Severity};
//!
//! let annotator = Annotator::new();
//! let text = b"{\"code\": 5} ret=-204";
//! let is_error = |entry: &imsdk_annotate::Entry| entry.severity() == Severity::Error;
//! let errors: Vec<i32> = annotator
//!     .fields(text)
//!     .filter(|field| field.entry().is_some_and(is_error))
//!     .map(|field| field.code())
//!     .collect();
//! assert_eq!(errors, [-204]);
//! ```
//!
//! [`Catalog::get`] returns the meaning of a code that you have already.
//!
//! # Annotate a stream
//!
//! [`Annotator::annotate_stream`] reads from any [`Read`](std::io::Read) and writes to any [`Write`](std::io::Write).
//! No complete line waits in it while the reader waits. With [`Annotator::observe_stream`], an [`Observer`] receives
//! each part of the stream with its fields, for example to count them.
//!
//! ```
//! use imsdk_annotate::Annotator;
//!
//! let (log, mut output) = (&b"bind ret=1\n"[..], Vec::new());
//! let known = Annotator::new().annotate_stream(log, &mut output)?;
//! assert_eq!((known, &output[..]), (1, &b"bind ret=1 (success: success)\n"[..]));
//! # Ok::<(), imsdk_annotate::StreamError>(())
//! ```
//!
//! # Read the times of lines
//!
//! A [`TimeReader`] finds the [`TimeStamp`] of a line in all the forms that logs have:
//!
//! ```
//! use imsdk_annotate::TimeReader;
//!
//! let mut reader = TimeReader::new();
//! let time = reader.read(b"::1 - - [02/Mar/2017:10:52:08 +0800] \"GET /cb?ret=-204\"").unwrap();
//! assert_eq!((time.second(), time.offset_minutes()), (1_488_423_128, Some(480)));
//! ```
//!
//! # Choose
//!
//! [`Annotator::builder`] has all options. The most important are:
//!
//! | to choose | give the builder | read from text by |
//! | --- | --- | --- |
//! | codes of your own, or other messages | [`catalog`](AnnotatorBuilder::catalog): a [`Catalog`] | [`CatalogFormat::parse`] |
//! | other keys than iMSDK's | [`keys`](AnnotatorBuilder::keys): [`Keys`] | `FromStr` |
//! | codes without a key | [`patterns`](AnnotatorBuilder::patterns): each a [`Pattern`] | `FromStr` |
//! | the words of notes | [`note`](AnnotatorBuilder::note): a [`Template`]; [`language`](AnnotatorBuilder::language) | `FromStr` |
//! | some lines of a log | [`lines`](AnnotatorBuilder::lines): [`Lines`] with a [`Selector`] | [`Selector::parse`] |
//!
//! ```
//! use imsdk_annotate::{Annotator, Catalog, CatalogFormat};
//!
//! let own = CatalogFormat::Csv.parse(b"code,message,category\n-3001,card declined,payment\n")?;
//! let annotator = Annotator::builder()
//!     .catalog(Catalog::builtin().overlaid(own))
//!     .keys("ret,pay_rc".parse()?)
//!     .note(" [{severity}: {message}]".parse()?)
//!     .build();
//! assert_eq!(annotator.annotate(b"pay_rc=-3001"), b"pay_rc=-3001 [error: card declined]");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Guarantees
//!
//! - The output without the notes is the input, byte for byte, whatever the bytes are.
//! - Annotating twice changes nothing, and [`AnnotatorBuilder::strip`] gives the input back.
//! - The output depends neither on the sizes of reads nor on [`AnnotatorBuilder::window_bytes`].
//! - Memory depends neither on the length of a stream nor on that of a line.
//! - Time is linear in the length of the text, except for patterns that search the rest of the line at each match.
//!
//! # Features
//!
//! `cli`, on by default, is the program and its dependencies. Leave it out for the library alone, which has few
//! dependencies and no C:
//!
//! ```toml
//! [dependencies]
//! imsdk-annotate = { version = "0.1", default-features = false }
//! ```
//!
//! The repository's folder `examples/` has three programs: one annotates a text, one observes a stream, one chooses
//! lines.

#![forbid(unsafe_code)]

mod annotator;
mod buffer;
mod builder;
mod catalog;
mod colors;
mod engine;
mod field;
mod fields;
mod line;
mod lines;
mod note;
mod pattern;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod program;
mod scanner;
mod selector;
mod stream;
mod time;

pub use annotator::Annotator;
pub use builder::AnnotatorBuilder;
pub use catalog::{
    BadRow, Catalog, CatalogError, CatalogFormat, Category, CategoryError, Entry, Language, RowError,
    Severity, SeverityError,
};
pub use colors::{ColorsError, SeverityColors};
pub use field::Field;
pub use fields::Fields;
pub use lines::{Context, Lines};
pub use note::{Template, TemplateError};
pub use pattern::{Pattern, PatternError};
pub use scanner::{KeyError, Keys};
pub use selector::{EarlierCodes, Selector, SelectorError};
pub use stream::{Observer, Part, StreamError};
pub use time::{TimeBound, TimeBounds, TimeReader, TimeStamp, UnknownZone, YearReference};

/// Runs the README's library example.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
