//! Reads inputs as a whole before any work, within a bound of size: configurations, catalogs, reports.

use super::descriptor::Descriptor;
use crate::program::system::signals::Signals;
use crate::program::terminal::input_name::InputName;
use crate::program::terminal::progress::Progress;
use std::io::{self, ErrorKind, Read};

/// A bound for the size of inputs of one kind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bound {
    bytes_max: u64,
    /// The bound in words, with the remedy, for the message about a larger input.
    words: &'static str,
}

pub(crate) const CONFIGURATION: Bound =
    Bound { bytes_max: 1 << 20, words: "1 MiB, the limit for a configuration" };
pub(crate) const CATALOG: Bound = Bound {
    bytes_max: 256 << 20,
    words: "256 MiB, the limit for a catalog; split it, and name each part with --catalog",
};
pub(crate) const LIST_OF_FILES: Bound =
    Bound { bytes_max: 256 << 20, words: "256 MiB, the limit for a list of files; make several runs" };
pub(crate) const REPORT: Bound = Bound {
    bytes_max: 1 << 30,
    words: "1 GiB, the limit for a report; name a JSON report that this program has written",
};

/// The bound of a dictionary of zstd, which is that of zstd's own program.
pub(crate) const ZSTD_DICTIONARY: Bound = Bound {
    bytes_max: 32 << 20,
    words: "32 MiB, the limit for a dictionary; name one that zstd --train has made",
};

/// Returns all bytes of an input, from a file, a named pipe or standard input. Reads at most one byte more than the
/// bound.
///
/// # Errors
///
/// Returns an error if the input cannot be opened or read, was closed before the program started, or is larger than
/// the bound.
pub(crate) fn read_whole(name: &InputName, bound: Bound, signals: &Signals) -> io::Result<Vec<u8>> {
    let bytes = Descriptor::open(name, &Progress::hidden(), signals).and_then(|rdr| bound.read(rdr));
    // Nothing of these bytes is to be written, so that a signal may end the program on the spot.
    signals.set_idle(true);
    bytes
}

impl Bound {
    /// Returns all bytes of a reader.
    ///
    /// # Errors
    ///
    /// Returns an error if the reader fails, or has more bytes than the bound.
    fn read(self, rdr: impl Read) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        rdr.take(self.bytes_max + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > self.bytes_max {
            return Err(io::Error::new(ErrorKind::FileTooLarge, format!("it is larger than {}", self.words)));
        }
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_of_the_bound_is_read_and_a_larger_one_is_refused() {
        for bytes_max in [0, 1, 5, 100_000] {
            let bound = Bound { bytes_max, words: "so much" };
            let at_bound = bound.read(io::repeat(b'x').take(bytes_max)).unwrap();
            assert_eq!(at_bound.len() as u64, bytes_max);
            for rdr in [io::repeat(b'x').take(bytes_max + 1), io::repeat(b'x').take(u64::MAX)] {
                assert_eq!(bound.read(rdr).unwrap_err().to_string(), "it is larger than so much");
            }
        }
    }
}
