//! Reads tar archives (V7, ustar, pax, GNU) from the beginning to the end, block by block, so that what is not changed can
//! be written as it is.
//!
//! The blocks are told apart here and the fields of a header by the crate `tar`: its own reader neither gives the blocks
//! nor goes on behind damage.

use super::kind::{KIND_HEAD_BYTES, is_tar_header};
use super::tar_head::{Records, TarHead, padding_of};
use std::fmt;
use std::io::{self, ErrorKind, Read, Write};
use std::time::{Duration, SystemTime};
use tar::{EntryType, Header};

const BLOCK_BYTES: usize = KIND_HEAD_BYTES;
/// The most bytes of what stands before a member's header (long names, pax records).
const RECORDS_MAX_BYTES: u64 = 1024 * 1024;

/// A reader of a tar archive.
#[derive(Debug)]
pub(crate) struct TarReader<R> {
    rdr: R,
    /// The number of bytes that have been read.
    position: u64,
    /// The number of bytes of the member's content that have not been read.
    left: u64,
    /// The number of bytes behind the content, up to the next block.
    padding: u64,
    /// True if the member is written with other content, and so with other padding.
    is_rewritten: bool,
    /// The header that was found behind damage.
    found: Option<Box<TarBlock>>,
    /// True if the archive has ended.
    at_end: bool,
    /// True if the content of the last member could not be read to its end.
    is_cut: bool,
}

/// The mode of a member that has none.
const DEFAULT_MODE: u32 = 0o644;

type TarBlock = [u8; BLOCK_BYTES];

/// The next part of an archive.
#[derive(Debug)]
pub(crate) enum TarItem {
    Member(TarMember),
    /// Damage that has been passed over.
    Damage(io::Error),
    End,
}

/// A member of an archive, with its content still to be read.
#[derive(Debug)]
pub(crate) struct TarMember {
    pub(crate) name: Vec<u8>,
    /// The length of the content in bytes.
    pub(crate) size: u64,
    /// The mode of a file.
    pub(crate) mode: u32,
    pub(crate) modified: Option<SystemTime>,
    /// True if the member is a regular file.
    pub(crate) is_file: bool,
    /// The reason why a regular file cannot be read; `None` if it can.
    pub(crate) refusal: Option<&'static str>,
    /// The blocks before the content.
    pub(crate) head: TarHead,
}

/// The failure of reading an archive, or of writing what is read of it.
#[derive(Debug)]
pub(crate) enum TransferError {
    Read(io::Error),
    Write(io::Error),
}

/// A fault of an archive.
#[derive(Debug)]
struct TarDamage {
    position: u64,
    what: TarFault,
}

#[derive(Debug)]
enum TarFault {
    EndsEarly,
    /// Bytes that are no member, with their number.
    NoHeader(u64),
    LongRecords,
}

impl fmt::Display for TarDamage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let position = self.position;
        match self.what {
            TarFault::EndsEarly => write!(f, "tar archive ends early, at byte {position}"),
            TarFault::NoHeader(bytes) => {
                write!(f, "tar archive is damaged at byte {position}: {bytes} bytes there are no member")
            }
            TarFault::LongRecords => write!(
                f,
                "tar archive is damaged at byte {position}: the names and records of a member have more than 1 MiB"
            ),
        }
    }
}

impl std::error::Error for TarDamage {}

impl<R: Read> TarReader<R> {
    pub(crate) fn new(rdr: R) -> Self {
        Self {
            rdr,
            position: 0,
            left: 0,
            padding: 0,
            is_rewritten: false,
            found: None,
            at_end: false,
            is_cut: false,
        }
    }

    /// Returns what comes next. The rest of the last member's content is passed over. All that belongs to no member
    /// (the zeros at the end, padding, what is damaged) is written to `between` as it is.
    ///
    /// # Errors
    ///
    /// Returns the errors of the reader and of `between`. Behind an error of the reader there is nothing more to read.
    pub(crate) fn next(&mut self, between: &mut dyn Write) -> Result<TarItem, TransferError> {
        // A look at the beginning of the content alone does not meet the error behind it.
        if std::mem::take(&mut self.is_cut) || !self.pass_over_content(between)? {
            return Ok(self.ends_early());
        }
        let (first, mut no_member) = (self.position, 0);
        let header = loop {
            if let Some(header) = self.found.take() {
                break *header;
            }
            if self.at_end {
                return Ok(self.passed_over(first, no_member).unwrap_or(TarItem::End));
            }
            let mut block = [0; BLOCK_BYTES];
            let count = self.read_up_to(&mut block)?;
            let block_is_whole = count == BLOCK_BYTES;
            self.at_end = !block_is_whole;
            if block_is_whole && is_tar_header(&block) {
                self.found = Some(Box::new(block));
                if let Some(damage) = self.passed_over(first, no_member) {
                    return Ok(damage);
                }
                continue;
            }
            between.write_all(&block[..count]).map_err(TransferError::Write)?;
            if no_member > 0 || block[..count].iter().any(|&byte| byte != 0) {
                no_member += count as u64;
            }
        };
        self.member(header, between)
    }

    /// Passes over the padding behind the content of the member that came last, so that it is not written as it is: the
    /// member is written with other content.
    pub(crate) fn drops_padding(&mut self) {
        self.is_rewritten = true;
    }

    /// Returns the content of the member that came last.
    pub(crate) fn content(&mut self) -> TarContent<'_, R> {
        TarContent(self)
    }

    /// Returns the damage of bytes that are no member; `None` if there are none.
    fn passed_over(&self, position: u64, bytes: u64) -> Option<TarItem> {
        (bytes > 0).then(|| damage(position, TarFault::NoHeader(bytes)))
    }

    fn ends_early(&mut self) -> TarItem {
        self.at_end = true;
        (self.left, self.padding) = (0, 0);
        damage(self.position, TarFault::EndsEarly)
    }

    /// Reads the member that begins with this header.
    fn member(&mut self, mut header: TarBlock, between: &mut dyn Write) -> Result<TarItem, TransferError> {
        let start = self.position;
        let (mut head, mut records) = (TarHead::default(), Records::default());
        let mut is_odd = false;
        loop {
            let parsed = Header::from_byte_slice(&header).clone();
            let kind = parsed.entry_type();
            let is_extension = kind.is_pax_local_extensions()
                || kind.is_pax_global_extensions()
                || kind.is_gnu_longname()
                || kind.is_gnu_longlink();
            if !is_extension {
                break;
            }
            // A size of the next file must not be taken for that of a header before it.
            is_odd |= records.size.is_some();
            let size = parsed.entry_size().unwrap_or(u64::MAX);
            if size > RECORDS_MAX_BYTES || head.length() as u64 + size > RECORDS_MAX_BYTES {
                between.write_all(head.blocks()).map_err(TransferError::Write)?;
                between.write_all(&header).map_err(TransferError::Write)?;
                return Ok(damage(start, TarFault::LongRecords));
            }
            let mut content = vec![0; size as usize + padding_of(size) as usize];
            if self.read_up_to(&mut content)? < content.len() {
                return Ok(self.ends_early());
            }
            let content_of_extension = &content[..size as usize];
            if kind.is_pax_global_extensions() {
                // Records for all members to come; they are no part of this one.
                between.write_all(&header).map_err(TransferError::Write)?;
                between.write_all(&content).map_err(TransferError::Write)?;
            } else {
                records.take(kind, content_of_extension);
                head.add_extension(&header, &content, kind.is_pax_local_extensions());
            }
            if self.read_up_to(&mut header)? < BLOCK_BYTES {
                return Ok(self.ends_early());
            }
            if !is_tar_header(&header) {
                between.write_all(head.blocks()).map_err(TransferError::Write)?;
                between.write_all(&header).map_err(TransferError::Write)?;
                return Ok(damage(
                    self.position - BLOCK_BYTES as u64,
                    TarFault::NoHeader(BLOCK_BYTES as u64),
                ));
            }
        }
        self.with_records(header, head, records, is_odd, between)
    }

    /// Returns the member of a header, behind what stands before it.
    fn with_records(
        &mut self,
        header: TarBlock,
        mut head: TarHead,
        records: Records,
        is_odd: bool,
        between: &mut dyn Write,
    ) -> Result<TarItem, TransferError> {
        let parsed = Header::from_byte_slice(&header);
        let kind = parsed.entry_type();
        let Some(size) = records.size.or_else(|| size_in(parsed)) else {
            between.write_all(head.blocks()).map_err(TransferError::Write)?;
            between.write_all(&header).map_err(TransferError::Write)?;
            return Ok(damage(self.position - BLOCK_BYTES as u64, TarFault::NoHeader(BLOCK_BYTES as u64)));
        };
        // A hard link has no content, whatever size it has.
        let size = if kind.is_hard_link() { 0 } else { size };
        let mode = parsed.mode().unwrap_or(DEFAULT_MODE);
        let seconds = || parsed.mtime().ok().map(Duration::from_secs);
        let modified =
            records.modified.or_else(seconds).and_then(|since| SystemTime::UNIX_EPOCH.checked_add(since));
        let name = records.name.unwrap_or_else(|| parsed.path_bytes().into_owned());
        head.add_header(&header);
        if kind == EntryType::GNUSparse && !self.read_sparse_map(&mut head)? {
            return Ok(self.ends_early());
        }
        let is_file = matches!(kind, EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse)
            && !name.ends_with(b"/");
        let refusal = if is_odd {
            Some("has the size of a file before a header of another kind, which is not to be trusted")
        } else if kind == EntryType::GNUSparse || records.is_sparse {
            Some("is stored as a sparse file, which is not read here; unpack it with tar -x")
        } else {
            None
        };
        (self.left, self.padding) = (size, padding_of(size));
        Ok(TarItem::Member(TarMember { name, size, mode, modified, is_file, refusal, head }))
    }

    /// Reads the blocks of a map of holes behind a header; returns false if the archive ends there.
    fn read_sparse_map(&mut self, head: &mut TarHead) -> Result<bool, TransferError> {
        /// The place of the flag for another block in a header, and in a block of the map.
        const MORE_AT: [usize; 2] = [482, 504];
        let mut more = head.last_block()[MORE_AT[0]] == 1;
        while more {
            let mut block = [0; BLOCK_BYTES];
            if self.read_up_to(&mut block)? < BLOCK_BYTES {
                return Ok(false);
            }
            more = block[MORE_AT[1]] == 1;
            head.add_block(&block);
        }
        Ok(true)
    }

    /// Passes over what is left of the content, and writes the padding behind it to `between`. Returns false if the
    /// archive ends there.
    fn pass_over_content(&mut self, between: &mut dyn Write) -> Result<bool, TransferError> {
        let mut buffer = [0; 16 * BLOCK_BYTES];
        while self.left > 0 {
            match self.content().read(&mut buffer) {
                Err(error) if is_damage(&error) => return Ok(false),
                Err(error) if error.kind() != ErrorKind::Interrupted => {
                    return Err(TransferError::Read(error));
                }
                _ => {}
            }
        }
        let padding = std::mem::take(&mut self.padding) as usize;
        let count = self.read_up_to(&mut buffer[..padding])?;
        if !std::mem::take(&mut self.is_rewritten) {
            between.write_all(&buffer[..count]).map_err(TransferError::Write)?;
        }
        Ok(count == padding)
    }

    /// Reads until the buffer is full or the archive ends, and returns the number of bytes.
    fn read_up_to(&mut self, buffer: &mut [u8]) -> Result<usize, TransferError> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.rdr.read(&mut buffer[filled..]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    self.at_end = true;
                    return Err(TransferError::Read(error));
                }
            }
        }
        self.position += filled as u64;
        Ok(filled)
    }
}

/// The content of a member.
#[derive(Debug)]
pub(crate) struct TarContent<'a, R>(&'a mut TarReader<R>);

impl<R: Read> Read for TarContent<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let tar = &mut *self.0;
        let most = buffer.len().min(usize::try_from(tar.left).unwrap_or(usize::MAX));
        if most == 0 {
            return Ok(0);
        }
        let error = match tar.rdr.read(&mut buffer[..most]) {
            Ok(0) => {
                let ends_early = TarDamage { position: tar.position, what: TarFault::EndsEarly };
                io::Error::new(ErrorKind::InvalidData, ends_early)
            }
            Ok(count) => {
                tar.position += count as u64;
                tar.left -= count as u64;
                return Ok(count);
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => return Err(error),
            Err(error) => error,
        };
        // There is nothing more to read.
        (tar.at_end, tar.is_cut) = (true, true);
        (tar.left, tar.padding) = (0, 0);
        Err(error)
    }
}

/// Returns the size in a header; an empty field is 0, as in the label of a volume.
fn size_in(header: &Header) -> Option<u64> {
    let field = &header.as_old().size;
    let is_empty = field.iter().all(|&byte| matches!(byte, 0 | b' '));
    if is_empty { Some(0) } else { header.entry_size().ok() }
}

fn damage(position: u64, what: TarFault) -> TarItem {
    TarItem::Damage(io::Error::new(ErrorKind::InvalidData, TarDamage { position, what }))
}

fn is_damage(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<TarDamage>())
}
