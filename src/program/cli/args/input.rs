//! The arguments that say how inputs are read.

use super::given_name::given_name;
use crate::program::encoding::{CharEncoding, EncodingChoice};
use crate::program::input::InputRange;
use crate::program::terminal::input_name::InputName;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Options that a range of an input does not go with: they need the lines before it, or inputs that are whole.
const NEED_LINES_BEFORE: [&str; 10] = [
    "follow",
    "merge_reports",
    "output_dir",
    "since",
    "until",
    "trace",
    "line_number",
    "context",
    "before_context",
    "after_context",
];

/// Options that the sample log does not go with: they name other inputs, or need names of files.
const OTHER_INPUTS: [&str; 8] =
    ["files", "files_from", "follow", "input_size", "merge_reports", "offset", "output_dir", "range"];

/// Options for reading inputs.
#[derive(Debug, Args)]
pub(crate) struct InputArgs {
    /// Take compressed input as it is
    #[arg(long, help_heading = "Input")]
    pub(crate) no_decompress: bool,

    /// Take tar and zip archives as bytes
    ///
    /// Without it, they are read member by member, three archives deep, also in any compression and on standard input: each
    /// member is an input of its own, with a name as in `bundle.tar.gz:logs/server.log`. With --no-decompress, archives
    /// are bytes, too.
    #[arg(long, help_heading = "Input")]
    pub(crate) no_archives: bool,

    /// Read zstd inputs that need a dictionary with the one in FILE
    ///
    /// It is the file that they were packed with (`zstd -D FILE`), of at most 32 MiB. Inputs that need none are read as
    /// ever. Outputs are packed without a dictionary.
    #[arg(long, value_name = "FILE", conflicts_with = "no_decompress", help_heading = "Input")]
    pub(crate) zstd_dictionary: Option<PathBuf>,

    /// Treat all files as text, as grep does
    ///
    /// Without it, files of folders that are no text (with a NUL in their first 8 KiB, once decompressed, but for UTF-16 and
    /// for NULs before a text), and tar and zip archives, are copied to --output-dir as they are, and left out of streams
    /// and reports; what is packed in a way that is not read here is trouble.
    #[arg(short = 'a', long, help_heading = "Input")]
    pub(crate) text: bool,

    /// Of folders and archives, read only files whose name matches GLOB; may be given several times
    ///
    /// A GLOB without `/` is for the last part of a name ('*.log'), one with `/` for the whole name below the folder that
    /// is named ('2026/**/*.log', '/a.log'); `*`, `?` and `[a-z]` stand for no `/`. --exclude wins over --include. Files
    /// that are named themselves are always read.
    #[arg(long, value_name = "GLOB", help_heading = "Input")]
    pub(crate) include: Vec<String>,

    /// Of folders and archives, leave out files and folders whose name matches GLOB; may be given several times
    #[arg(long, value_name = "GLOB", help_heading = "Input")]
    pub(crate) exclude: Vec<String>,

    /// Read the files and folders that the lines of LIST name, behind those of the command line
    ///
    /// LIST may be `-`, standard input. Empty lines are passed over. A line `-` is standard input.
    #[arg(long, value_name = "LIST", help_heading = "Input")]
    pub(crate) files_from: Option<PathBuf>,

    /// With --files-from, a NUL and not a newline ends each name, as with find -print0
    #[arg(short = '0', long, requires = "files_from", help_heading = "Input")]
    pub(crate) null: bool,

    /// Read a built-in sample log in place of standard input
    ///
    /// It is the only input. Options for lines, notes and reports work as on any log: imsdk-annotate --demo --lang zh, or --demo -q
    /// --report text.
    #[arg(long, conflicts_with_all = OTHER_INPUTS, help_heading = "Input")]
    pub(crate) demo: bool,

    /// Give standard input a name, in reports, in messages, and before lines
    ///
    /// In place of `(standard input)` and `standard input`: docker logs app | imsdk-annotate --name app.log -q --report text.
    /// Refused where standard input is not read.
    #[arg(long, value_name = "NAME", value_parser = given_name, help_heading = "Input")]
    pub(crate) name: Option<String>,

    /// Of one plain file, read the lines whose first byte is in a range of its bytes, as in 0-268435456 or 268435456-
    ///
    /// The range is half open: END is not in it; without END, it goes to the end of the file. Each line is in exactly one of
    /// the ranges that a file is divided into, and is read to its end. --merge-reports adds the JSON reports of ranges that
    /// follow each other up to that of the whole file; until then, a report counts lines from the first line of its range.
    #[arg(long, value_name = "START-END", value_parser = byte_range, conflicts_with_all = NEED_LINES_BEFORE, help_heading = "Input")]
    pub(crate) range: Option<(u64, u64)>,

    /// Standard input is a file from its byte START on
    ///
    /// With --range, START is less than the range's (or both are 0), because the byte before the range tells if a line begins
    /// there: `tail -c +100 a.log | imsdk-annotate --name a.log --offset 99 --range 100-200`. Reading ends with the range's
    /// last line. Without --range, the lines are read that begin behind byte START; of 0, all.
    #[arg(long, value_name = "START", conflicts_with_all = NEED_LINES_BEFORE, help_heading = "Input")]
    pub(crate) offset: Option<u64>,

    /// The number of bytes that standard input has, as it is fed: fewer or more are trouble
    ///
    /// A pipe does not tell the end of a log from the end of a feeder that has failed, such as a download. What came is
    /// annotated, but the status is 3, reports are not complete, and a file of --output is not written (status 2). Of a
    /// packed log, the packed bytes count. Bytes behind BYTES are not read. Where reading ends early (-m, -l), nothing is
    /// checked.
    #[arg(long, value_name = "BYTES", value_parser = bytes, conflicts_with = "merge_reports", help_heading = "Input")]
    pub(crate) input_size: Option<u64>,

    /// Encoding of the logs, in which notes are written, too
    ///
    /// `auto` tells it by the first bytes of each input: UTF-16 by its byte order mark, or by its zero bytes; GBK where
    /// the text up to 64 KiB (from a pipe: what has come with the first line) is not UTF-8, but is GBK with a Chinese
    /// character or Chinese punctuation. Big5 must be named, and so must GBK where a pipe begins in plain ASCII. Bytes
    /// stay as they are, whatever the encoding; a note that GBK or Big5 cannot write is in English, and a --note whose own
    /// text the encoding lacks is refused.
    #[arg(long, value_name = "NAME", value_enum, default_value_t = EncodingName::Auto, help_heading = "Input")]
    pub(crate) encoding: EncodingName,
}

impl InputArgs {
    /// Returns the range of bytes that is read of the only input; `None` if inputs are read whole.
    ///
    /// # Errors
    ///
    /// Returns the message about several inputs, and about an offset that does not go with the range or with a file.
    pub(crate) fn range(&self, inputs: &[InputName]) -> Result<Option<InputRange>, String> {
        if (self.range.is_some() || self.offset.is_some()) && inputs.len() != 1 {
            return Err("a range is one of the bytes of one input; name one file, or none".to_owned());
        }
        if self.offset.is_some() && !inputs.iter().all(InputName::is_stdin) {
            return Err("--offset is for standard input; of a file, --range alone tells the bytes".to_owned());
        }
        Ok(match (self.range, self.offset) {
            (None, None) => None,
            (Some((start, _)), Some(offset)) if offset >= start && (offset, start) != (0, 0) => {
                return Err(format!(
                    "--offset {offset}: is not before the range, which begins at {start}; the byte before tells if a line \
                     begins there, so that {} is the last offset that will do",
                    start.saturating_sub(1)
                ));
            }
            (Some((start, end)), offset) => Some(InputRange { start, end, offset }),
            (None, Some(0)) => Some(InputRange { start: 0, end: u64::MAX, offset: Some(0) }),
            (None, Some(offset)) => {
                Some(InputRange { start: offset.saturating_add(1), end: u64::MAX, offset: Some(offset) })
            }
        })
    }
}

/// Reads a range of bytes: `100-200`, or `100-` without an end.
fn byte_range(text: &str) -> Result<(u64, u64), String> {
    let wrong = || "is no range of bytes; write one as 0-1000, or as 1000- up to the end".to_owned();
    let number = |digits: &str| {
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse::<u64>().ok().filter(|_| is_number)
    };
    let (start, end) = text.split_once('-').ok_or_else(wrong)?;
    let start = number(start).ok_or_else(wrong)?;
    let end = if end.is_empty() { u64::MAX } else { number(end).ok_or_else(wrong)? };
    if start <= end {
        Ok((start, end))
    } else {
        Err("ends before it begins; write the smaller number first".to_owned())
    }
}

/// The name of an encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum EncodingName {
    /// Told by the first bytes of each input
    Auto,
    #[value(name = "utf-8")]
    Utf8,
    Gbk,
    Gb18030,
    Big5,
    #[value(name = "utf-16le")]
    Utf16Le,
    #[value(name = "utf-16be")]
    Utf16Be,
    /// Bytes as they are, with notes in UTF-8
    None,
}

/// Reads a number of bytes.
///
/// # Errors
///
/// Returns the reason why a text is none: it is not of digits alone, or too large.
fn bytes(text: &str) -> Result<u64, String> {
    let digits = Some(text).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    let number = digits.and_then(|digits| digits.parse().ok());
    number.ok_or_else(|| format!("is no number of bytes from 0 to {}; write digits alone: 1048576", u64::MAX))
}

impl EncodingName {
    /// Returns the choice that is named. GBK is told from UTF-8 only where a command asks for it.
    pub(crate) fn choice(self) -> EncodingChoice {
        EncodingChoice::Named(match self {
            Self::Auto => return EncodingChoice::Auto { tells_gbk: false },
            Self::Utf8 | Self::None => CharEncoding::Utf8,
            Self::Gbk => CharEncoding::Gbk,
            Self::Gb18030 => CharEncoding::Gb18030,
            Self::Big5 => CharEncoding::Big5,
            Self::Utf16Le => CharEncoding::Utf16Le,
            Self::Utf16Be => CharEncoding::Utf16Be,
        })
    }
}
