//! Archives: files that hold other files. A tar archive is read from its beginning to its end, a zip archive by the list
//! at its end.

mod kind;
mod read_at;
mod spool;
mod tar;
mod tar_head;
mod zip;
mod zip_bytes;
mod zip_end;
mod zip_names;
mod zip_written;

pub use kind::ArchiveKind;
pub(crate) use kind::KIND_HEAD_BYTES;
pub(crate) use read_at::ReadAt;
pub(crate) use spool::Spool;
pub(crate) use tar::{TarItem, TarMember, TarReader, TransferError};
pub(crate) use tar_head::padding_of;
pub(crate) use zip::{ZipMember, ZipReader};
pub(crate) use zip_bytes::ZipBytes;
pub(crate) use zip_end::ends_as_zip;
pub(crate) use zip_written::ZipWritten;
