//! Character encodings: told by an input's first bytes, and the encoding of notes, reports and catalogs.
//!
//! Text in GBK, GB18030 and Big5 is searched as it is, and only the notes are written in its encoding. UTF-16 is searched
//! as UTF-8: [`Utf16Reader`] and [`Utf16Writer`] translate it in both directions without a loss, whatever the bytes.

mod annotators;
mod char_encoding;
mod document;
mod tables;
mod tell;
mod utf16;

pub use annotators::Annotators;
pub use char_encoding::{CharEncoding, EncodingChoice};
pub(crate) use char_encoding::{EncodingCounts, InputEncoding};
pub(crate) use document::to_utf8;
pub(crate) use tell::tell;
pub(crate) use utf16::{Utf16Order, Utf16Reader, Utf16Writer};
