//! Names of files: the extensions tell and show the formats.

use super::{FORMATS, Format};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

impl Format {
    /// Returns the extension of the format's new files, without the point; that of the format which is written for one
    /// that is only read; empty for plain data.
    pub(crate) fn extension(self) -> &'static str {
        let written = self.written().compressed();
        written.and_then(|compressed| compressed.extensions.first()).map_or("", |extension| extension)
    }

    /// Returns the format that the extension of a file's name stands for; plain for any other name.
    pub(crate) fn of_name(path: &Path) -> Self {
        let extension = path.extension().and_then(OsStr::to_str).unwrap_or("");
        let extension = packed_tar_extension(extension).unwrap_or(extension);
        let is_this = |known: &&'static str| known.eq_ignore_ascii_case(extension);
        let of_extension = FORMATS.iter().find(|compressed| compressed.extensions.iter().any(is_this));
        of_extension.map_or(Self::Plain, |compressed| compressed.format)
    }

    /// Returns the name that a file gets when it is packed in this format alone. The extensions of all other formats
    /// are replaced, also of several layers (`x.log.gz.gz`).
    pub fn rename(self, path: &Path) -> PathBuf {
        let mut bare = path.to_owned();
        let mut layers = 0;
        while Self::of_name(&bare) != Self::Plain {
            let is_tar = bare
                .extension()
                .and_then(OsStr::to_str)
                .is_some_and(|name| packed_tar_extension(name).is_some());
            bare.set_extension(if is_tar { "tar" } else { "" });
            layers += 1;
        }
        if layers == 1 && Self::of_name(path) == self { path.to_owned() } else { self.append_to(&bare) }
    }

    /// Returns the name that a file gets when it is packed as its input with this name is. Only the extensions of
    /// formats that are only read are replaced: `x.log.Z` becomes `x.log.gz`.
    pub(crate) fn rename_kept(path: &Path) -> PathBuf {
        let format = Self::of_name(path);
        if format == Self::Plain {
            return path.to_owned();
        }
        let inner = Self::rename_kept(&path.with_extension(""));
        match path.extension().filter(|_| format.written() == format) {
            None => format.append_to(&inner),
            Some(extension) => append(&inner, extension),
        }
    }

    /// Returns the name with this format's extension added.
    pub(crate) fn append_to(self, path: &Path) -> PathBuf {
        if self == Self::Plain { path.to_owned() } else { append(path, OsStr::new(self.extension())) }
    }
}

/// Returns the extension of the format that a tar archive with a short extension is packed in: `gz` for `tgz`.
fn packed_tar_extension(extension: &str) -> Option<&'static str> {
    const SHORT: [(&str, &str); 5] =
        [("tgz", "gz"), ("tbz2", "bz2"), ("tbz", "bz2"), ("txz", "xz"), ("tzst", "zst")];
    SHORT.iter().find(|(short, _)| short.eq_ignore_ascii_case(extension)).map(|(_, extension)| *extension)
}

/// Returns the name with a point and the extension added.
fn append(path: &Path, extension: &OsStr) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
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
        assert_eq!(renamed("x.tgz", Format::Plain), "x.tar");
        assert_eq!(renamed("x.TXZ", Format::Zstd), "x.tar.zst");
        assert_eq!(renamed("x.tgz", Format::Gzip), "x.tgz");
        assert_eq!(Format::rename_kept(Path::new("x.tgz")), Path::new("x.tgz"));
        assert_eq!(Format::of_name(Path::new("a.GZ")), Format::Gzip);
        assert_eq!(Format::of_name(Path::new("a")), Format::Plain);
    }

    #[test]
    fn names_of_formats_that_are_only_read_become_those_of_the_written_ones() {
        for (name, kept) in [
            ("a/x.log.Z", "a/x.log.gz"),
            ("x.log.lzma", "x.log.xz"),
            ("x.zz", "x.gz"),
            ("x.zlib", "x.gz"),
            ("x.log.br", "x.log.zst"),
            ("x.log.Z.GZ", "x.log.gz.GZ"),
            ("x.log.gz.lzma", "x.log.gz.xz"),
            ("x.log.1.gz", "x.log.1.gz"),
            ("x.lz4", "x.lz4"),
            ("x.log", "x.log"),
        ] {
            assert_eq!(Format::rename_kept(Path::new(name)), Path::new(kept));
        }
        assert_eq!(Format::Zstd.rename(Path::new("x.log.Z.br")), Path::new("x.log.zst"));
    }
}
