//! Opens archives: a tar archive is read as a stream, a zip archive by places in its file, or in a copy of what cannot be
//! read so.

use super::Input;
use crate::program::container::{
    ArchiveKind, Spool, TarItem, TarMember, TarReader, TransferError, ZipBytes, ZipMember, ZipReader,
};
use std::io::{self, Read};
use std::sync::Arc;
use std::time::SystemTime;

/// An archive whose members are to be read.
pub(crate) enum Archive<'a> {
    Tar(TarReader<Box<dyn Read + 'a>>),
    Zip(ZipReader),
    /// A zip archive that cannot be read, with its bytes and the reason.
    Unreadable(ZipBytes, io::Error),
}

impl<'a> Archive<'a> {
    /// Returns the archive of an input.
    ///
    /// # Errors
    ///
    /// Returns an error if a zip archive cannot be read, or not be copied to where it can be read by places.
    pub(crate) fn of_input(kind: ArchiveKind, input: Input) -> io::Result<Archive<'static>> {
        if kind == ArchiveKind::Tar || !input.is_plain_file() {
            return Archive::of_stream(kind, Box::new(input));
        }
        let start = input.start;
        let descriptor = input.into_descriptor().map_err(|_| io::ErrorKind::Unsupported)?;
        let length = descriptor.metadata()?.len().saturating_sub(start);
        Ok(Archive::of_bytes(ZipBytes::new(Arc::new(descriptor), start, length)))
    }

    /// Returns the archive of a stream that begins with it.
    ///
    /// # Errors
    ///
    /// Returns an error if the stream cannot be copied to where it can be read by places.
    pub(crate) fn of_stream(kind: ArchiveKind, mut rdr: Box<dyn Read + 'a>) -> io::Result<Self> {
        match kind {
            ArchiveKind::Tar => Ok(Self::Tar(TarReader::new(rdr))),
            ArchiveKind::Zip => {
                let mut spool = Spool::new();
                io::copy(&mut rdr, &mut spool)?;
                let length = spool.length()?;
                Ok(Self::of_bytes(ZipBytes::new(Arc::new(spool), 0, length)))
            }
        }
    }

    /// Returns the reader of a zip archive that is a regular file and not compressed.
    ///
    /// # Errors
    ///
    /// Returns an error if the archive cannot be read.
    pub(crate) fn zip_of_file(input: Input) -> io::Result<ZipReader> {
        match Archive::of_input(ArchiveKind::Zip, input)? {
            Archive::Zip(zip) => Ok(zip),
            Archive::Unreadable(_, error) => Err(error),
            Archive::Tar(_) => Err(io::ErrorKind::InvalidInput.into()),
        }
    }

    fn of_bytes(bytes: ZipBytes) -> Self {
        match ZipReader::new(bytes.clone()) {
            Ok(zip) => Self::Zip(zip),
            Err(error) => Self::Unreadable(bytes, error),
        }
    }
}

/// A part of an archive, as it is read.
pub(crate) enum FoundMember<'m> {
    /// A regular file, with its content as it stands in the archive.
    File { name: Vec<u8>, size: u64, mode: u32, modified: Option<SystemTime>, rdr: &'m mut dyn Read },
    /// A regular file that is not read, with the reason.
    Refused { name: Vec<u8>, reason: String },
    /// Damage between members.
    Damage(io::Error),
}

impl Archive<'_> {
    /// Calls `on_member` for each regular file and for damage between members, in the order of the archive. Folders,
    /// links and devices have no content, and are left out.
    ///
    /// # Errors
    ///
    /// Returns the first error of `on_member`. An error of the archive is damage, behind which the rest is lost.
    pub(crate) fn for_each_member(
        self,
        on_member: &mut dyn FnMut(FoundMember<'_>) -> io::Result<()>,
    ) -> io::Result<()> {
        match self {
            Self::Unreadable(_, error) => on_member(FoundMember::Damage(error)),
            Self::Tar(mut tar) => loop {
                match tar.next(&mut io::sink()) {
                    Err(TransferError::Read(error) | TransferError::Write(error)) => {
                        return on_member(FoundMember::Damage(error));
                    }
                    Ok(TarItem::End) => return Ok(()),
                    Ok(TarItem::Damage(error)) => on_member(FoundMember::Damage(error))?,
                    Ok(TarItem::Member(TarMember { is_file: false, .. })) => {}
                    Ok(TarItem::Member(TarMember { name, refusal: Some(reason), .. })) => {
                        on_member(FoundMember::Refused { name, reason: reason.to_owned() })?;
                    }
                    Ok(TarItem::Member(TarMember { name, size, mode, modified, .. })) => {
                        on_member(FoundMember::File { name, size, mode, modified, rdr: &mut tar.content() })?;
                    }
                }
            },
            Self::Zip(mut zip) => {
                (0..zip.count()).try_for_each(|index| with_zip_member(&mut zip, index, on_member))
            }
        }
    }
}

/// Calls `on_member` for a member of a zip archive if it is a regular file, or damaged.
///
/// # Errors
///
/// Returns the error of `on_member`.
pub(crate) fn with_zip_member(
    zip: &mut ZipReader,
    index: usize,
    on_member: &mut dyn FnMut(FoundMember<'_>) -> io::Result<()>,
) -> io::Result<()> {
    match zip.member(index) {
        Err(error) => on_member(FoundMember::Damage(error)),
        Ok(ZipMember { is_file: false, .. }) => Ok(()),
        Ok(ZipMember { name, refusal: Some(reason), .. }) => on_member(FoundMember::Refused { name, reason }),
        Ok(ZipMember { name, size, mode, modified, .. }) => match zip.content(index) {
            Ok(mut rdr) => on_member(FoundMember::File { name, size, mode, modified, rdr: &mut rdr }),
            Err(error) => on_member(FoundMember::Refused { name, reason: error.to_string() }),
        },
    }
}
