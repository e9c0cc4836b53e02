//! Makes tar and zip archives for tests.

use std::io::{Cursor, Read, Write};
use tar::{EntryType, Header};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// The time of all members.
pub(crate) const MEMBER_TIME: u64 = 1_700_000_000;

/// Returns the header of a member, without a name.
pub(crate) fn header(kind: EntryType, bytes: usize, mode: u32) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_size(bytes as u64);
    header.set_mode(mode);
    header.set_mtime(MEMBER_TIME);
    header.set_uid(1234);
    header.set_username("logger").unwrap();
    header
}

/// Returns a tar archive of regular files.
pub(crate) fn tar_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in members {
        let mut header = header(EntryType::Regular, content.len(), 0o640);
        builder.append_data(&mut header, name, *content).unwrap();
    }
    builder.into_inner().unwrap()
}

/// Returns a tar archive with one member whose name is written as it is.
pub(crate) fn tar_of_name(name: &[u8], content: &[u8]) -> Vec<u8> {
    let mut header = header(EntryType::Regular, content.len(), 0o640);
    header.as_mut_bytes()[..name.len()].copy_from_slice(name);
    header.set_cksum();
    let mut builder = tar::Builder::new(Vec::new());
    builder.append(&header, content).unwrap();
    builder.into_inner().unwrap()
}

/// Returns the regular files of a tar archive, with their names.
pub(crate) fn files_of_tar(archive: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = tar::Archive::new(archive);
    let file = |entry: std::io::Result<tar::Entry<'_, &[u8]>>| {
        let mut entry = entry.unwrap();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        (entry.path().unwrap().to_str().unwrap().to_owned(), content)
    };
    archive.entries().unwrap().map(file).collect()
}

/// Returns a zip archive of regular files, packed in this way.
pub(crate) fn zip_of(members: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in members {
        let options = SimpleFileOptions::default().compression_method(method).unix_permissions(0o640);
        writer.start_file(*name, options).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Returns the members of a zip archive, with their names.
pub(crate) fn files_of_zip(archive: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(Cursor::new(archive)).unwrap();
    let count = archive.len();
    let file = |index: usize| {
        let mut file = archive.by_index(index).unwrap();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        (file.name().unwrap().into_owned(), content)
    };
    (0..count).map(file).collect()
}

/// Names a header that has its checksum anew.
pub(crate) trait WithName {
    fn with_name(self, name: &str) -> Self;
}

impl WithName for Header {
    fn with_name(mut self, name: &str) -> Self {
        self.set_path(name).unwrap();
        self.set_cksum();
        self
    }
}
