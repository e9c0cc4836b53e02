//! Reads zip archives by the list of members at their end.

use super::zip_bytes::ZipBytes;
use super::zip_end::listed_members;
use super::zip_names::{TrueNames, told_apart};
use crate::program::encoding::to_utf8;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use zip::ExtraField;
use zip::read::ZipFile;
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

/// The most members of an archive that is read: their list is kept in memory.
const MEMBERS_MAX: u64 = 1_000_000;
/// The number of bytes in front of a member's content, without its name.
pub(super) const LOCAL_HEADER_BYTES: u64 = 30;

/// A reader of a zip archive. Copies read side by side.
#[derive(Clone, Debug)]
pub(crate) struct ZipReader {
    archive: ZipArchive<ZipBytes>,
    bytes: ZipBytes,
    /// The byte offsets where members begin, and where their list begins, in ascending order.
    starts: Arc<[u64]>,
    true_names: Arc<TrueNames>,
}

/// A member of an archive.
#[derive(Clone, Debug)]
pub(crate) struct ZipMember {
    pub(crate) name: Vec<u8>,
    /// The length of the content in bytes, as the list has it.
    pub(crate) size: u64,
    /// The mode of a file.
    pub(crate) mode: u32,
    /// The time of the member, if it has one that does not depend on a time zone.
    pub(crate) modified: Option<SystemTime>,
    /// True if the member is a regular file.
    pub(crate) is_file: bool,
    /// The reason why a regular file cannot be read; `None` if it can.
    pub(crate) refusal: Option<String>,
}

impl ZipReader {
    /// Reads the list of members.
    ///
    /// # Errors
    ///
    /// Returns an error if the list cannot be read, contradicts itself, or has too many members.
    pub(crate) fn new(mut bytes: ZipBytes) -> io::Result<Self> {
        let listed = listed_members(&bytes)?;
        if listed > MEMBERS_MAX {
            return Err(io::Error::new(
                ErrorKind::InvalidData,
                format!(
                    "zip archive lists {listed} members, of which 1,000,000 are read at most; unpack it first"
                ),
            ));
        }
        let mut archive = ZipArchive::new(bytes.clone()).map_err(damaged)?;
        let mut true_names = TrueNames::new();
        if archive.has_duplicate_names() {
            (bytes, true_names) = told_apart(bytes, archive.central_directory_start())?;
            archive = ZipArchive::new(bytes.clone()).map_err(damaged)?;
        }
        if archive.has_duplicate_names() {
            let message = "zip archive has too many members of one name; unpack it first, with 7z x";
            return Err(io::Error::new(ErrorKind::InvalidData, message));
        }
        let mut starts: Vec<u64> = (0..archive.len())
            .filter_map(|index| archive.by_index_data(index).ok().map(|entry| entry.header_start()))
            .chain([archive.central_directory_start()])
            .collect();
        starts.sort_unstable();
        Ok(Self { archive, bytes, starts: starts.into(), true_names: Arc::new(true_names) })
    }

    /// Returns the number of members.
    pub(crate) fn count(&self) -> usize {
        self.archive.len()
    }

    /// Returns the comment of the archive.
    pub(crate) fn comment(&self) -> &[u8] {
        self.archive.comment()
    }

    /// Returns the names of those members that are read under other names.
    pub(super) fn true_names(&self) -> Arc<TrueNames> {
        Arc::clone(&self.true_names)
    }

    /// Returns a member.
    ///
    /// # Errors
    ///
    /// Returns an error if the list is damaged there.
    pub(crate) fn member(&mut self, index: usize) -> io::Result<ZipMember> {
        let entry = self.archive.by_index_data(index).map_err(damaged)?;
        let raw = entry.name_raw();
        let raw = self.true_names.get(raw).map_or(raw, |name| name);
        // Programs on Chinese Windows write names in GBK, without a word about it.
        let name = to_utf8(raw.to_vec()).unwrap_or_else(|_| raw.to_vec());
        let (start, compressed_bytes) = (entry.header_start(), entry.compressed_size());
        let is_file = entry.is_file() && !entry.is_symlink();
        let (size, method, is_encrypted) = (entry.size(), entry.compression(), entry.encrypted());
        let mode = entry.unix_mode().unwrap_or(0o644);
        let listed_name = raw.to_vec();
        let modified = self.archive.by_index_raw(index).ok().and_then(|file| modified(&file));
        let refusal = if is_encrypted {
            Some("is encrypted; decrypt it, with 7z x".to_owned())
        } else if !is_read(method) {
            Some(format!(
                "is packed with {}, which is not read here; unpack it with 7z x",
                method.to_string().to_lowercase()
            ))
        } else if self.overlaps(start, compressed_bytes + listed_name.len() as u64) {
            Some("shares bytes with another member, as no honest archive does; it is left out".to_owned())
        } else if !self.has_local_name(start, &listed_name)? {
            Some("has another name in front of its content than in the list; it is left out".to_owned())
        } else {
            None
        };
        Ok(ZipMember { name, size, mode, modified, is_file, refusal })
    }

    /// Returns true if something else begins within a member that begins at `start`, and whose name and content have
    /// this number of bytes.
    fn overlaps(&self, start: u64, bytes: u64) -> bool {
        let behind = self.starts.partition_point(|&other| other <= start);
        let before = self.starts.partition_point(|&other| other < start);
        behind - before > 1
            || self.starts.get(behind).is_none_or(|&next| next < start + LOCAL_HEADER_BYTES + bytes)
    }

    /// Returns true if a member has this name in front of its content.
    fn has_local_name(&mut self, start: u64, name: &[u8]) -> io::Result<bool> {
        self.bytes.seek(SeekFrom::Start(start))?;
        let mut header = vec![0; LOCAL_HEADER_BYTES as usize + name.len()];
        let whole = self.bytes.read_exact(&mut header).is_ok();
        let length = usize::from(u16::from_le_bytes([header[26], header[27]]));
        Ok(whole && length == name.len() && header.ends_with(name))
    }

    /// Returns the content of a member.
    ///
    /// # Errors
    ///
    /// Returns an error if the member cannot be found.
    pub(crate) fn content(&mut self, index: usize) -> io::Result<ZipContent<'_>> {
        let left = self.archive.by_index_data(index).map_err(damaged)?.size();
        let file = self.archive.by_index(index).map_err(damaged)?;
        Ok(ZipContent { file, left, at_end: false })
    }

    /// Returns a member with its content as it is packed.
    ///
    /// # Errors
    ///
    /// Returns an error if the member cannot be found.
    pub(crate) fn packed(&mut self, index: usize) -> io::Result<ZipFile<'_, ZipBytes>> {
        self.archive.by_index_raw(index).map_err(damaged)
    }
}

/// The content of a member, which must be as long as the list says.
pub(crate) struct ZipContent<'a> {
    file: ZipFile<'a, ZipBytes>,
    left: u64,
    at_end: bool,
}

impl Read for ZipContent<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at_end || buffer.is_empty() {
            return Ok(0);
        }
        let wrong =
            |why: &str| Err(io::Error::new(ErrorKind::InvalidData, format!("zip member is damaged: {why}")));
        match self.file.read(buffer) {
            Ok(count) if count as u64 > self.left => {
                self.at_end = true;
                wrong("it unpacks to more bytes than the list says")
            }
            Ok(0) => {
                self.at_end = true;
                if self.left > 0 { wrong("it unpacks to fewer bytes than the list says") } else { Ok(0) }
            }
            Ok(count) => {
                self.left -= count as u64;
                Ok(count)
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => Err(error),
            Err(error) => {
                self.at_end = true;
                wrong(&error.to_string().to_lowercase())
            }
        }
    }
}

fn is_read(method: CompressionMethod) -> bool {
    matches!(method, CompressionMethod::Stored | CompressionMethod::Deflated | CompressionMethod::Zstd)
}

/// Returns the time of a member; `None` if it has only one in an unknown time zone.
fn modified(file: &ZipFile<'_, ZipBytes>) -> Option<SystemTime> {
    let seconds = file.extra_data_fields().find_map(|field| match field {
        ExtraField::ExtendedTimestamp(times) => times.mod_time(),
        _ => None,
    })?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds.into()))
}

/// Returns the error of the crate as one of this program.
fn damaged(error: ZipError) -> io::Error {
    match error {
        ZipError::Io(error) if error.kind() != ErrorKind::UnexpectedEof => error,
        ZipError::UnsupportedArchive(why) => io::Error::new(
            ErrorKind::Unsupported,
            format!("zip archive is not read here: {why}; unpack it with 7z x"),
        ),
        error => {
            let why = error.to_string().to_lowercase();
            io::Error::new(ErrorKind::InvalidData, format!("zip archive is damaged: {why}"))
        }
    }
}
