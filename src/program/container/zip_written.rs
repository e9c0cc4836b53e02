//! Writes zip archives. The archive is kept until it is whole: its writer goes back to the sizes in front of each member.

use super::zip::LOCAL_HEADER_BYTES;
use super::zip_bytes::{Patch, ZipBytes};
use super::zip_names::{LIST_HEADER_BYTES, TrueNames};
use super::{Spool, ZipReader};
use std::io;
use std::sync::Arc;
use zip::write::FullFileOptions;
use zip::{ZipArchive, ZipWriter};

/// The fields of a member that are made anew: large sizes, times of Unix, encryption by AES.
const FIELDS_MADE: [u16; 3] = [0x0001, EXTENDED_TIMES, 0x9901];
const EXTENDED_TIMES: u16 = 0x5455;
/// The content from which a member needs large sizes. The library asks before it knows the size of the packed content,
/// which can be larger than the content.
const LARGE_BYTES: u64 = u32::MAX as u64 - 64 * 1024 * 1024;

/// The bits of Unix in the attributes of a member that are not written for texts: set-user-id and set-group-id.
const SET_ID_BITS: u32 = 0o6000 << 16;

/// An archive that is being written.
pub(crate) struct ZipWritten {
    zip: ZipWriter<Spool>,
    /// The names that members get at the end.
    true_names: Arc<TrueNames>,
}

impl ZipWritten {
    /// Begins an archive with the comment of another, whose members it gets.
    ///
    /// # Errors
    ///
    /// Returns an error if the comment is too long.
    pub(crate) fn new(other: &ZipReader) -> io::Result<Self> {
        let mut zip = ZipWriter::new(Spool::new());
        zip.set_raw_comment(other.comment().into())?;
        Ok(Self { zip, true_names: other.true_names() })
    }

    /// Adds a member of another archive with other content.
    ///
    /// # Errors
    ///
    /// Returns an error if the member cannot be read or the content cannot be written.
    pub(crate) fn add(&mut self, zip: &mut ZipReader, index: usize, mut content: Spool) -> io::Result<()> {
        let file = zip.packed(index)?;
        let name = file.name_raw().to_vec();
        let mut options: FullFileOptions<'_, '_> =
            file.options().large_file(content.length()? >= LARGE_BYTES).into_full_options();
        options = options.external_attributes(file.external_attributes() & !SET_ID_BITS);
        if !file.comment().is_empty() {
            options = options.with_file_comment(file.comment());
        }
        let fields = file.extra_data().unwrap_or_default();
        for (id, field) in fields_of(&fields) {
            if id == EXTENDED_TIMES
                && let [flags, a, b, c, d, ..] = *field
                && flags & 1 != 0
            {
                options =
                    options.with_extended_timestamp(Some(u32::from_le_bytes([a, b, c, d])), None, None)?;
            } else if !FIELDS_MADE.contains(&id) {
                options.add_extra_field(id, field, false)?;
            }
        }
        drop(file);
        self.zip.start_file_with_options(options.name(&name))?;
        io::copy(&mut content, &mut self.zip).map(drop)
    }

    /// Adds a member of another archive as it is.
    ///
    /// # Errors
    ///
    /// Returns an error if the member cannot be read or written.
    pub(crate) fn copy(&mut self, zip: &mut ZipReader, index: usize) -> io::Result<()> {
        Ok(self.zip.raw_copy_file(zip.packed(index)?)?)
    }

    /// Returns the whole archive, to be read from its beginning.
    ///
    /// # Errors
    ///
    /// Returns an error if the list of members cannot be written.
    pub(crate) fn finish(self) -> io::Result<ZipBytes> {
        let spool = self.zip.finish()?;
        let length = spool.length()?;
        let bytes = ZipBytes::new(Arc::new(spool), 0, length);
        if self.true_names.is_empty() {
            return Ok(bytes);
        }
        let archive = ZipArchive::new(bytes.clone())?;
        let mut patches = Vec::new();
        for index in 0..archive.len() {
            let entry = archive.by_index_data(index)?;
            if let Some(name) = self.true_names.get(entry.name_raw()) {
                let in_front = entry.header_start() + LOCAL_HEADER_BYTES;
                let in_list = entry.central_header_start() + LIST_HEADER_BYTES;
                patches.extend([in_front, in_list].map(|at| Patch { at, bytes: name.clone() }));
            }
        }
        patches.sort_unstable_by_key(|patch| patch.at);
        Ok(bytes.patched(patches))
    }
}

/// Returns the extra fields of a member, each with its number.
fn fields_of(mut fields: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let (&[a, b, c, d], rest) = fields.split_first_chunk()?;
        let (field, rest) = rest.split_at_checked(usize::from(u16::from_le_bytes([c, d])))?;
        fields = rest;
        Some((u16::from_le_bytes([a, b]), field))
    })
}
