//! The arguments that say where lines go, and in which form.

use crate::SeverityColors;
use crate::colors::ColorChanges;
use crate::program::compression::{Format, Packing};
use crate::program::input::Buffering;
use crate::program::terminal::coloring::Coloring;
use crate::program::terminal::input_name::InputName;
use clap::{Args, ValueEnum};
use std::env;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

/// Options for the output.
#[derive(Debug, Args)]
pub(crate) struct OutputArgs {
    /// Write to FILE, which appears when it is whole
    ///
    /// It is compressed if its name ends in .gz, .zst, .xz, .bz2 or .lz4. Until it is whole, a file of that
    /// name stays as it is. The folder must be there.
    #[arg(short, long, value_name = "FILE", conflicts_with = "output_dir", help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,

    /// Write each input to a file of its own in DIR, compressed as the input is
    ///
    /// A packing that is only read is replaced by the one nearest to it, in names, too: compress (.Z) and zlib by gzip, lzma
    /// by xz, brotli by zstd, lz4's legacy frames by its new ones.
    /// Each has its input's path below the operand, its mode and its time of modification, and appears when
    /// it is whole. Where the input is damaged, its file has what could be read, and the time when that was. Where it cannot be
    /// read to its end, there is no file. Folders are made with no more rights than those of the inputs have. Below DIR no
    /// link is followed. What is done is noted in DIR/.imsdk-annotate.jsonl, for --resume.
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    pub(crate) output_dir: Option<PathBuf>,

    /// With --output-dir, unpack archives into folders
    ///
    /// The members of `bundle.tar.gz` become files below `DIR/bundle.tar.gz/`, with their modes and times; texts are
    /// annotated. Members whose names lead out of that folder, or to the place of another member, are trouble. Without
    /// it, an archive becomes an archive: the same members in the same order, the texts annotated.
    #[arg(long, requires = "output_dir", conflicts_with_all = ["resume", "no_clobber"], help_heading = "Output")]
    pub(crate) unpack: bool,

    /// With --output-dir, go on with an earlier run: leave out inputs that it has done
    ///
    /// The journal of the earlier run, DIR/.imsdk-annotate.jsonl, says which these are and what was counted in them, so
    /// that reports are those of one run. An input is done again if it has changed since, if it failed, or if its file is
    /// not there as it was written. The options that change outputs or counts must be the same as in the earlier run, and
    /// so must the catalog and the version of the program; else a message names what differs, and nothing is done. A line
    /// at the end says how many inputs were annotated, copied, left out, failed and not done.
    #[arg(long, requires = "output_dir", conflicts_with = "output", help_heading = "Output")]
    pub(crate) resume: bool,

    /// With --output-dir, only say what would be done with each input
    ///
    /// A line for each on standard output: `annotate`, `copy` (it is no text), `unpack` (into the folder of that name), `skip`
    /// (with --resume or --no-clobber: its file is there) or `refuse` (a message says why), with the input and its file:
    /// `annotate logs/a.log -> out/a.log`. Nothing is made in DIR, also if another run writes to it; there are no reports.
    /// The status is that of what would be refused.
    #[arg(long, requires = "output_dir", conflicts_with = "output", help_heading = "Output")]
    pub(crate) dry_run: bool,

    /// With --output-dir, keep the operand's own path below DIR, as cp --parents does
    ///
    /// `h1/app.log` and `h2/app.log` are two files then, and `logs` is a folder in DIR. A `/` at the beginning is left out,
    /// and all up to the last `..`.
    #[arg(long, requires = "output_dir", conflicts_with = "output", help_heading = "Output")]
    pub(crate) parents: bool,

    /// With --output-dir, replace no file: leave out inputs whose file is there, whatever it holds
    ///
    /// One line says how many were left out; the status is 0, as that of cp -n.
    #[arg(long, requires = "output_dir", conflicts_with_all = ["output", "resume", "report", "fail_on"], help_heading = "Output")]
    pub(crate) no_clobber: bool,

    /// Leave blocks of zeros out of the files that are made, as holes
    ///
    /// A hole reads as zeros and takes no room on the disk, as with cp --sparse=always: whole blocks of 4 KiB. Standard output,
    /// devices and pipes get all bytes.
    #[arg(long, help_heading = "Output")]
    pub(crate) sparse: bool,

    /// Compression of the output
    ///
    /// With --output-dir, each file is packed as its input is, without this option, too. If `keep` is typed, so is standard
    /// output, and a file of --output whose name tells no packing; there must be one input, and packings that are only read
    /// are replaced as in --output-dir. An archive becomes one text on standard output.
    ///
    /// A file has the same bytes for the same input and options, also where it is standard output: --line-buffered changes
    /// nothing there. Into a pipe, what has come can be decoded whenever the input pauses; with --block-buffered, the bytes do
    /// not depend on pauses.
    #[arg(
        long,
        value_name = "HOW",
        value_enum,
        default_value_t = Compression::Keep,
        help_heading = "Output"
    )]
    pub(crate) compress: Compression,

    /// True if `--compress` stands on the command line or in the configuration.
    #[arg(skip)]
    pub(crate) compress_is_given: bool,

    /// Level of compression, from fast to small
    ///
    /// gzip and bzip2 have 1 to 9, zstd 1 to 19, xz 0 to 9, lz4 none. By default, gzip has 6, bzip2 9, zstd 3 and xz 2. The
    /// format must be named, by --compress or by the name of --output.
    #[arg(long, value_name = "N", help_heading = "Output")]
    pub(crate) level: Option<u32>,

    /// Colour of the notes
    #[arg(
        long,
        value_name = "WHEN",
        value_enum,
        default_value_t = ColorChoice::Auto,
        help_heading = "Output"
    )]
    pub(crate) color: ColorChoice,

    /// Colours of severities in notes, reports and look-ups: 'error=bold red,action=#ffaf00'
    ///
    /// Severities are error, action and success; the defaults are error=red,action=yellow,success=green. Behind = stand
    /// a colour, styles, or both, with blanks between, or none. Colours: black, red, green, yellow, blue, magenta, cyan,
    /// white, the same with bright- before them, 0 to 255 of the terminal's table, #rrggbb. Styles: bold, dim, italic,
    /// underline. May be given several times: the last one for a severity counts. Notes of other colours are still
    /// known when their log is annotated again, or stripped.
    #[arg(long, value_name = "COLORS", value_parser = ColorChanges::parse, help_heading = "Output")]
    pub(crate) colors: Vec<ColorChanges>,

    /// Write all complete lines after each read
    ///
    /// Without it, lines are held back only while more input is there to be read at once.
    #[arg(long, overrides_with = "block_buffered", help_heading = "Output")]
    pub(crate) line_buffered: bool,

    /// Write only full blocks, even if the input pauses
    #[arg(long, overrides_with = "line_buffered", help_heading = "Output")]
    pub(crate) block_buffered: bool,
}

/// The compression of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Compression {
    /// As the input is, or as the name of --output says; standard output only if this is typed
    Keep,
    /// Not at all
    None,
    /// With gzip; names end in .gz
    Gzip,
    /// With zstd; names end in .zst
    Zstd,
    /// With xz; names end in .xz
    Xz,
    /// With bzip2; names end in .bz2
    Bzip2,
    /// With lz4; names end in .lz4
    Lz4,
}

/// The choice of colour for notes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    /// If the environment and the terminal are for it
    Auto,
    /// Also into a file or a pipe
    Always,
    /// Not even on a terminal
    Never,
}

impl OutputArgs {
    /// Returns true if the output goes to standard output, by default or by `--output -`.
    pub(crate) fn is_to_stdout(&self) -> bool {
        self.output_dir.is_none() && self.output.as_ref().is_none_or(|path| path.as_os_str() == "-")
    }

    /// Returns the packing of the output; `None` if the name of its file, or the input, decides it.
    ///
    /// # Errors
    ///
    /// Returns the message about a level that the format does not have, and about a name whose format is not written.
    pub(crate) fn packing(&self) -> Result<Option<Packing>, String> {
        let path =
            self.output.as_ref().filter(|_| !self.is_to_stdout() && self.compress == Compression::Keep);
        let named = path.map(|path| Format::of_name(path));
        if let (Some(path), Some(format)) = (path, named.filter(|format| format.written() != *format)) {
            let (name, extension) = (InputName::File(path.clone()), format.extension());
            return Err(format!(
                "{name}: {} is read and not written; end the name in .{extension}, or choose --compress",
                format.name()
            ));
        }
        let Some(level) = self.level else { return Ok(self.compress.format().map(Packing::from)) };
        let packs = |format: &Format| *format != Format::Plain;
        let Some(format) = self.compress.format().or(named).filter(packs) else {
            return Err(format!(
                "--level {level}: no format is named; add --compress, or end the name of --output in .gz"
            ));
        };
        match format.levels() {
            Some(levels) if levels.contains(&level) => Ok(Some(Packing { format, level: Some(level) })),
            Some(levels) => {
                let (least, most) = levels.into_inner();
                Err(format!("--level {level}: the levels of {} are {least} to {most}", format.name()))
            }
            None => Err(format!("--level {level}: {} has no levels; leave --level out", format.name())),
        }
    }

    /// Returns true if `--compress keep` is given, and not only the default.
    pub(crate) fn keeps_packing(&self) -> bool {
        self.compress_is_given && self.compress == Compression::Keep
    }

    /// Returns where text is in colour, and the colours.
    pub(crate) fn coloring(&self) -> Coloring {
        let [on_terminal, elsewhere] = [true, false].map(|terminal| self.color.is_on(terminal));
        Coloring { on_terminal, elsewhere, colors: SeverityColors::with_all(&self.colors) }
    }

    pub(crate) fn buffering(&self) -> Buffering {
        match (self.line_buffered, self.block_buffered) {
            (true, _) => Buffering::Line,
            (_, true) => Buffering::Block,
            _ => Buffering::WhileInputComes,
        }
    }
}

impl Compression {
    /// The format that was asked for, if one was.
    pub(crate) fn format(self) -> Option<Format> {
        match self {
            Self::Keep => None,
            Self::None => Some(Format::Plain),
            Self::Gzip => Some(Format::Gzip),
            Self::Zstd => Some(Format::Zstd),
            Self::Xz => Some(Format::Xz),
            Self::Bzip2 => Some(Format::Bzip2),
            Self::Lz4 => Some(Format::Lz4),
        }
    }
}

impl ColorChoice {
    /// Returns true if text is in colour, by the environment where that counts. `terminal` is true if the text goes to a
    /// terminal.
    fn is_on(self, terminal: bool) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => environment_wants_color(terminal, |name| env::var_os(name)),
        }
    }
}

/// The conventions of no-color.org and bixense.com/clicolors; the first that applies decides.
fn environment_wants_color(terminal: bool, var: impl Fn(&str) -> Option<OsString>) -> bool {
    let is = |name: &str, value: &str| var(name).as_deref() == Some(OsStr::new(value));
    let is_set = |name: &str| var(name).is_some_and(|value| !value.is_empty());
    if is_set("NO_COLOR") {
        false
    } else if is_set("CLICOLOR_FORCE") && !is("CLICOLOR_FORCE", "0") {
        true
    } else {
        terminal && !is("TERM", "dumb") && !is("CLICOLOR", "0")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_convention_that_applies_decides() {
        let wants = |terminal, vars: &[(&str, &str)]| {
            environment_wants_color(terminal, |name| {
                vars.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).into())
            })
        };
        assert!(wants(true, &[]));
        assert!(!wants(false, &[]));
        assert!(!wants(true, &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]));
        assert!(wants(true, &[("NO_COLOR", "")]));
        assert!(wants(false, &[("CLICOLOR_FORCE", "1"), ("TERM", "dumb")]));
        assert!(!wants(false, &[("CLICOLOR_FORCE", "0")]));
        assert!(!wants(true, &[("TERM", "dumb"), ("CLICOLOR", "1")]));
        assert!(!wants(true, &[("CLICOLOR", "0")]));
        assert!(!wants(false, &[("CLICOLOR", "1")]));
    }
}
