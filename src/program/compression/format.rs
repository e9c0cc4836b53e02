//! The names of formats, and of files in them.

use super::formats::{CompressedFormat, Decode, Encode, FORMATS, Format};
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

impl Format {
    /// Returns the description of the format; `None` for plain data.
    fn compressed(self) -> Option<&'static CompressedFormat> {
        FORMATS.iter().find(|compressed| compressed.format == self)
    }

    /// Returns the format's name in messages.
    pub(crate) fn name(self) -> &'static str {
        self.compressed().map_or("plain", |compressed| compressed.name)
    }

    /// Returns the extension of the format's files, without the point; empty for plain data.
    pub(crate) fn extension(self) -> &'static str {
        self.compressed().map_or("", |compressed| compressed.extension)
    }

    /// Returns true if skippable frames may stand before, between and behind the format's members.
    pub(super) fn has_skippable_frames(self) -> bool {
        self.compressed().is_some_and(|compressed| compressed.has_skippable_frames)
    }

    /// Returns a decoder of one member.
    ///
    /// # Errors
    ///
    /// Fails where there is no memory for it.
    ///
    /// # Panics
    ///
    /// Panics for plain data.
    pub(super) fn decoder(self) -> io::Result<Box<dyn Decode>> {
        (self.compressed().expect("plain data has no members").decoder)()
    }

    /// Returns an encoder of one member; `None` for plain data.
    ///
    /// # Errors
    ///
    /// Fails where there is no memory for it.
    pub(super) fn encoder(self) -> io::Result<Option<Box<dyn Encode>>> {
        self.compressed().map(|compressed| (compressed.encoder)()).transpose()
    }

    /// Returns the format that the extension of a file's name stands for; plain for any other name.
    pub(crate) fn of_name(path: &Path) -> Self {
        let extension = path.extension().and_then(OsStr::to_str).unwrap_or("").to_ascii_lowercase();
        let of_extension = FORMATS.iter().find(|compressed| compressed.extension == extension);
        of_extension.map_or(Self::Plain, |compressed| compressed.format)
    }

    /// Returns the name that a file gets when it is packed in this format alone. The extensions of all other formats
    /// are replaced, also of several layers (`x.log.gz.gz`).
    pub fn rename(self, path: &Path) -> PathBuf {
        let mut bare = path.to_owned();
        let mut layers = 0;
        while Self::of_name(&bare) != Self::Plain {
            bare.set_extension("");
            layers += 1;
        }
        if layers == 1 && Self::of_name(path) == self { path.to_owned() } else { self.append_to(&bare) }
    }

    /// Returns the name with this format's extension added.
    pub(crate) fn append_to(self, path: &Path) -> PathBuf {
        let mut name = path.as_os_str().to_owned();
        if self != Self::Plain {
            name.push(".");
            name.push(self.extension());
        }
        name.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_format() {
        let renamed = |name: &str, format: Format| {
            format.rename(Path::new(name)).into_os_string().into_string().unwrap()
        };
        assert_eq!(renamed("a/x.log.1.gz", Format::Zstd), "a/x.log.1.zst");
        assert_eq!(renamed("x.log.gz", Format::Plain), "x.log");
        assert_eq!(renamed("x.log.gz", Format::Gzip), "x.log.gz");
        assert_eq!(renamed("x.log", Format::Plain), "x.log");
        assert_eq!(renamed("x.log.1", Format::Gzip), "x.log.1.gz");
        assert_eq!(renamed("a.GZ", Format::Gzip), "a.GZ");
        assert_eq!(renamed("x.log.gz.gz", Format::Plain), "x.log");
        assert_eq!(renamed("x.log.gz.gz", Format::Gzip), "x.log.gz");
        assert_eq!(renamed("x.log.gz.xz", Format::Zstd), "x.log.zst");
        assert_eq!(Format::of_name(Path::new("a.GZ")), Format::Gzip);
        assert_eq!(Format::of_name(Path::new("a")), Format::Plain);
    }
}
