//! Tells by the first bytes of a file what can be done with it: followed as text in an encoding, read once, or left out.

use super::listed::ListedFrom;
use crate::program::compression::PeekReader;
use crate::program::compression::begins_packed;
use crate::program::container::ArchiveKind;
use crate::program::encoding::{InputEncoding, tell};
use crate::program::input::Reading;
use memchr::memchr;

/// The number of first bytes that tell.
pub(super) const HEAD_BYTES: usize = 64 * 1024;
/// The number of first bytes in which a file of a folder must have no NUL to be text, as in folders that are read to their
/// ends.
const TEXT_BYTES: usize = 8 * 1024;

/// The nature of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileNature {
    Text(InputEncoding),
    /// Compressed, or an archive: it does not grow by lines.
    Packed,
    /// No text, in a folder that has other files, too.
    Binary,
}

/// Returns the nature of a file with these first bytes.
pub(super) fn nature(head: &[u8], from: ListedFrom, reading: &Reading) -> FileNature {
    let is_packed = reading.decompress && begins_packed(head)
        || reading.reads_members() && ArchiveKind::of(head).is_some();
    if is_packed && !reading.as_text {
        return FileNature::Packed;
    }
    let encoding = tell(reading.encoding, &mut PeekReader::new(head), false);
    let first = &head[..head.len().min(TEXT_BYTES)];
    let has_nul = first.first() != Some(&0) && memchr(0, first).is_some();
    let is_text = encoding.encoding.utf16_order().is_some() || !has_nul;
    if from == ListedFrom::Folder && !is_text && !reading.as_text {
        return FileNature::Binary;
    }
    FileNature::Text(encoding)
}
