//! The arguments that say how inputs are read.

use clap::Args;

/// Options for reading inputs.
#[derive(Debug, Args)]
pub(crate) struct InputArgs {
    /// Take compressed input as it is
    #[arg(long, help_heading = "Input")]
    pub(crate) no_decompress: bool,

    /// Treat all files as text, as grep does
    ///
    /// Without it, files of folders that are no text (with a NUL in their first 8 KiB, once decompressed, but for UTF-16 and
    /// for NULs before a text), and tar and zip archives, are copied to --output-dir as they are, and left out of streams
    /// and reports; what is packed in a way that is not read here is trouble.
    #[arg(short = 'a', long, help_heading = "Input")]
    pub(crate) text: bool,
}
