//! The packing of an output that is one stream: standard output, or the file of `--output`.

use super::Job;
use crate::program::commands::LinesTo;
use crate::program::compression::{Encoder, Format, InputFormats, Packing};
use crate::program::input::InputFile;
use crate::program::output::Destination;
use crate::program::system::thread_budget::ThreadBudget;
use std::io;
use std::path::Path;

/// The packing of one stream of output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StreamPacking {
    /// A packing that an option or a name tells.
    As(Packing),
    /// The packing of the one input, in all its layers.
    AsInput,
}

impl Job {
    /// Returns the packing of the output: the chosen one, or the one that the name of its file tells, or else, if
    /// `--compress keep` is typed, that of the input. Followed files are plain.
    pub(super) fn stream_packing(&self, path: Option<&Path>) -> StreamPacking {
        let named = path.map_or(Format::Plain, Format::of_name);
        match self.packing {
            Some(packing) => StreamPacking::As(packing),
            None if named == Format::Plain && self.keeps_packing && self.follow.is_none() => {
                StreamPacking::AsInput
            }
            None => StreamPacking::As(named.into()),
        }
    }

    /// Checks that an output which is packed as its input has one input.
    ///
    /// # Errors
    ///
    /// Returns the refusal of several.
    pub(super) fn refuse_several_packings(&self, inputs: &[InputFile]) -> Result<(), String> {
        let packing = match &self.lines_to {
            LinesTo::Stdout => self.stream_packing(None),
            LinesTo::File(path) => self.stream_packing(Some(path)),
            LinesTo::Nowhere | LinesTo::Folder(_) => return Ok(()),
        };
        if packing == StreamPacking::AsInput && inputs.len() > 1 {
            return Err(format!(
                "--compress keep: {} inputs become one stream, which cannot be packed as each of them is; name a format, or \
                 use --output-dir",
                inputs.len()
            ));
        }
        Ok(())
    }
}

impl StreamPacking {
    /// Returns true if the output is packed for sure.
    pub(super) fn packs(self) -> bool {
        matches!(self, Self::As(packing) if packing.format != Format::Plain)
    }

    /// Returns true if the output may be packed.
    pub(super) fn may_pack(self) -> bool {
        self == Self::AsInput || self.packs()
    }

    /// Returns the writer that packs. A reader may decode the output while it grows if `is_live` is true.
    ///
    /// # Errors
    ///
    /// Fails where there is no memory for an encoder.
    pub(super) fn encoder(
        self,
        formats: &InputFormats,
        destination: Destination,
        is_live: bool,
        budget: &ThreadBudget,
    ) -> io::Result<Encoder<Destination>> {
        match self {
            Self::As(packing) if is_live => Encoder::live(&[packing], destination),
            Self::As(packing) => Encoder::new(&[packing], destination, budget),
            Self::AsInput => {
                // Nobody reads a compressed file while it grows: its bytes do not depend on flushes.
                let is_live = is_live && !destination.is_file();
                Ok(Encoder::as_input(formats, destination, is_live, budget))
            }
        }
    }
}
