//! The blocks before the content of a member of a tar archive, and what changes in them with the length of the content.

use super::kind::KIND_HEAD_BYTES;
use std::ops::Range;
use std::time::Duration;
use tar::{EntryType, Header};

const BLOCK_BYTES: usize = KIND_HEAD_BYTES;
/// The bits of a mode that are not written: a program would run with the rights of the file's owner or group.
const SET_ID_BITS: u32 = 0o6000;

/// The blocks of a member before its content: long names and pax records, then the header.
#[derive(Clone, Debug, Default)]
pub(crate) struct TarHead {
    blocks: Vec<u8>,
    /// The place of the header.
    header_at: usize,
    /// The places of pax records, with their header and padding.
    records_at: Vec<Range<usize>>,
}

/// The values that stand before a header and count in place of its own.
#[derive(Clone, Debug, Default)]
pub(super) struct Records {
    pub(super) name: Option<Vec<u8>>,
    pub(super) size: Option<u64>,
    /// The time since 1970.
    pub(super) modified: Option<Duration>,
    pub(super) is_sparse: bool,
}

impl Records {
    /// Takes the values of an extension of this kind.
    pub(super) fn take(&mut self, kind: EntryType, content: &[u8]) {
        if kind.is_gnu_longname() {
            let length = content.iter().position(|&byte| byte == 0).unwrap_or(content.len());
            self.name = Some(content[..length].to_vec());
        }
        if !kind.is_pax_local_extensions() {
            return;
        }
        for (key, value) in records_of(content).0 {
            let text = str::from_utf8(value).ok();
            match key {
                // A sparse file has another name in its header, for programs that do not know of such files.
                b"GNU.sparse.name" => (self.name, self.is_sparse) = (Some(value.to_vec()), true),
                b"path" if !self.is_sparse => self.name = Some(value.to_vec()),
                b"size" => self.size = text.and_then(|size| size.parse().ok()).or(self.size),
                b"mtime" => self.modified = text.and_then(seconds_of).or(self.modified),
                key if key.starts_with(b"GNU.sparse.") => self.is_sparse = true,
                _ => {}
            }
        }
    }
}

impl TarHead {
    /// Returns the blocks as they are.
    pub(super) fn blocks(&self) -> &[u8] {
        &self.blocks
    }

    pub(super) fn length(&self) -> usize {
        self.blocks.len()
    }

    /// Returns the last block. There must be one.
    pub(super) fn last_block(&self) -> &[u8] {
        &self.blocks[self.blocks.len() - BLOCK_BYTES..]
    }

    /// Adds an extension: its header, and its content with the padding behind it.
    pub(super) fn add_extension(&mut self, header: &[u8], content: &[u8], are_records: bool) {
        let start = self.blocks.len();
        self.blocks.extend_from_slice(header);
        self.blocks.extend_from_slice(content);
        if are_records {
            self.records_at.push(start..self.blocks.len());
        }
    }

    pub(super) fn add_header(&mut self, header: &[u8]) {
        self.header_at = self.blocks.len();
        self.blocks.extend_from_slice(header);
    }

    pub(super) fn add_block(&mut self, block: &[u8]) {
        self.blocks.extend_from_slice(block);
    }

    /// Returns the blocks for content of another length, or of the same if `size` is `None`. Set-id bits are left out.
    pub(crate) fn written(&self, size: Option<u64>) -> Vec<u8> {
        let mut written = Vec::with_capacity(self.blocks.len());
        let mut done = 0;
        for range in &self.records_at {
            written.extend_from_slice(&self.blocks[done..range.start]);
            let records = &self.blocks[range.clone()];
            match size.and_then(|size| with_size(records, size)) {
                Some(changed) => written.extend_from_slice(&changed),
                None => written.extend_from_slice(records),
            }
            done = range.end;
        }
        written.extend_from_slice(&self.blocks[done..self.header_at]);
        let behind = self.header_at + BLOCK_BYTES;
        let mut header = Header::from_byte_slice(&self.blocks[self.header_at..behind]).clone();
        let mode = header.mode().unwrap_or(0);
        let has_set_id = mode & SET_ID_BITS != 0;
        if has_set_id {
            header.set_mode(mode & !SET_ID_BITS);
        }
        if let Some(size) = size {
            header.set_size(size);
        }
        if has_set_id || size.is_some() {
            header.set_cksum();
        }
        written.extend_from_slice(header.as_bytes());
        written.extend_from_slice(&self.blocks[behind..]);
        written
    }
}

/// Returns the time of seconds with up to nine digits behind the point; `None` for any other text, and before 1970.
fn seconds_of(text: &str) -> Option<Duration> {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction = fraction.get(..fraction.len().min(9))?;
    let nanoseconds = format!("{fraction:0<9}").parse().ok()?;
    Some(Duration::new(seconds.parse().ok()?, nanoseconds))
}

/// Returns the number of bytes between content of this length and the next block.
pub(crate) fn padding_of(size: u64) -> u64 {
    size.wrapping_neg() % BLOCK_BYTES as u64
}

/// Returns pax records with another size of the file; `None` if they have no size.
fn with_size(blocks: &[u8], size: u64) -> Option<Vec<u8>> {
    let mut header = Header::from_byte_slice(&blocks[..BLOCK_BYTES]).clone();
    let length = usize::try_from(header.entry_size().ok()?).ok()?;
    let (mut records, mut has_size) = (Vec::new(), false);
    let (found, rest) = records_of(&blocks[BLOCK_BYTES..][..length]);
    for (key, value) in found {
        let is_size = key == b"size";
        has_size |= is_size;
        let number = size.to_string();
        add_record(&mut records, key, if is_size { number.as_bytes() } else { value });
    }
    records.extend_from_slice(rest);
    if !has_size {
        return None;
    }
    header.set_size(records.len() as u64);
    header.set_cksum();
    let padding = padding_of(records.len() as u64) as usize;
    Some([&header.as_bytes()[..], &records, &vec![0; padding]].concat())
}

/// A pax record: its key and its value.
type Record<'c> = (&'c [u8], &'c [u8]);

/// Returns the pax records of a text, each as long as it says, and the rest, which is none. A value may have newlines.
fn records_of(mut content: &[u8]) -> (Vec<Record<'_>>, &[u8]) {
    let mut records = Vec::new();
    let first = |content: &'_ [u8]| -> Option<(usize, usize, usize)> {
        let space = content.iter().take(20).position(|&byte| byte == b' ')?;
        let length: usize = str::from_utf8(&content[..space]).ok()?.parse().ok()?;
        let record = content.get(..length).filter(|record| record.ends_with(b"\n"))?;
        let equals = record.get(space + 1..)?.iter().position(|&byte| byte == b'=')? + space + 1;
        Some((space + 1, equals, length))
    };
    while let Some((key, equals, length)) = first(content) {
        records.push((&content[key..equals], &content[equals + 1..length - 1]));
        content = &content[length..];
    }
    (records, content)
}

/// Adds a pax record: its own length in digits, a space, the key, `=`, the value and a newline.
fn add_record(records: &mut Vec<u8>, key: &[u8], value: &[u8]) {
    let rest = key.len() + value.len() + 3;
    let mut length = rest + 1;
    while rest + length.to_string().len() > length {
        length += 1;
    }
    records.extend_from_slice(length.to_string().as_bytes());
    for part in [b" ", key, b"=", value, b"\n"] {
        records.extend_from_slice(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_may_have_a_fraction() {
        assert_eq!(seconds_of("5"), Some(Duration::from_secs(5)));
        assert_eq!(seconds_of("5.25"), Some(Duration::from_millis(5250)));
        assert_eq!(seconds_of("5.1234567891"), Some(Duration::new(5, 123_456_789)));
        assert_eq!(seconds_of("-1"), None);
        assert_eq!(seconds_of("5.é"), None);
    }

    #[test]
    fn a_record_is_as_long_as_it_says() {
        let content = b"36 comment=x\n13 size=4096\n14 path=e\n9 size=7\nrest";
        let (records, rest) = records_of(content);
        assert_eq!(records[0].0, b"comment");
        assert_eq!(records[1], (&b"size"[..], &b"7"[..]));
        assert_eq!((records.len(), rest), (2, &b"rest"[..]));
    }

    #[test]
    fn a_record_has_its_own_length() {
        for (key, value, expected) in [
            ("size", "7", "9 size=7\n".to_owned()),
            ("a", "b", "6 a=b\n".to_owned()),
            ("path", &"x".repeat(88), format!("97 path={}\n", "x".repeat(88))),
            ("path", &"x".repeat(91), format!("101 path={}\n", "x".repeat(91))),
        ] {
            let mut records = Vec::new();
            add_record(&mut records, key.as_bytes(), value.as_bytes());
            assert_eq!(String::from_utf8(records).unwrap(), expected);
        }
    }
}
