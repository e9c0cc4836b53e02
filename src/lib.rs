//! Writes the meaning of iMSDK return codes behind them in logs: `ret=-204` becomes
//! `ret=-204 (auth: user session is failure!)`, and every other byte stays as it is.
//!
//! This is the library under the program `imsdk-annotate`. An [`Annotator`] is built once and used for
//! any number of texts and streams, from any number of threads:
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
//! # How bytes flow
//!
//! ```text
//! Catalog ──▶ Scanner ─┐            built once
//!    └──────▶ Notes ───┤            each note rendered to bytes once
//!                      ▼
//! Read ──▶ Window ──▶ PartAnnotator ──▶ Write
//!          fill,      copies gaps,
//!          settled    inserts notes
//! ```

#![forbid(unsafe_code)]

mod annotator;
mod buffer;
mod catalog;
mod engine;
mod field;
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
// Times of lines are counted by the program alone, and jiff is a dependency of the program.
#[cfg(feature = "cli")]
mod time;

pub use annotator::{Annotator, AnnotatorBuilder};
pub use catalog::{BadRow, Catalog, CatalogFormat, Category, Codes, CodesError, Entry, Language, Severity};
pub use field::Field;
pub use lines::{Context, Lines};
pub use note::{Template, TemplateError};
pub use pattern::{Pattern, PatternError};
pub use scanner::{KeyError, Keys};
pub use selector::{EarlierCodes, Selector, SelectorError};
pub use stream::{Observer, Part, Source, StreamAnnotator, StreamError};

/// Runs the README's library example.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
