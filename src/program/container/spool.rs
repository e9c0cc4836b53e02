//! Room for content whose length must be known before it is written, or which is read from its end: in memory, and in a
//! file without a name once it is large.

use super::ReadAt;
use crate::program::system::disk_room::DiskRoom;
use crate::program::system::temporary::temporary_file;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;

/// The most bytes in memory.
const MEMORY_MAX_BYTES: usize = 4 * 1024 * 1024;

/// Content that is being written, or read again.
#[derive(Debug)]
pub(crate) struct Spool {
    kept: SpoolRoom,
    room: DiskRoom,
}

#[derive(Debug)]
enum SpoolRoom {
    Memory(Cursor<Vec<u8>>),
    /// A file without a name: it vanishes when the program ends, in any way.
    Disk(File),
}

impl Spool {
    pub(crate) fn new() -> Self {
        Self { kept: SpoolRoom::Memory(Cursor::default()), room: DiskRoom::default() }
    }

    /// Returns the number of bytes.
    ///
    /// # Errors
    ///
    /// Returns an error if the system cannot tell the length of the file.
    pub(crate) fn length(&self) -> io::Result<u64> {
        match &self.kept {
            SpoolRoom::Memory(memory) => Ok(memory.get_ref().len() as u64),
            SpoolRoom::Disk(file) => Ok(file.metadata()?.len()),
        }
    }

    /// Returns the content, to be read from its beginning.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be read again.
    pub(crate) fn rewound(mut self) -> io::Result<Self> {
        self.rewind()?;
        Ok(self)
    }

    /// Moves the content to disk.
    fn move_to_disk(&mut self) -> io::Result<()> {
        if let SpoolRoom::Memory(memory) = &mut self.kept {
            let mut file = temporary_file()?;
            file.write_all(memory.get_ref())?;
            file.seek(SeekFrom::Start(memory.position()))?;
            self.kept = SpoolRoom::Disk(file);
        }
        Ok(())
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let SpoolRoom::Memory(memory) = &self.kept
            && memory.position() + bytes.len() as u64 > MEMORY_MAX_BYTES as u64
        {
            self.move_to_disk()?;
        }
        match &mut self.kept {
            SpoolRoom::Memory(memory) => memory.write(bytes),
            SpoolRoom::Disk(file) => {
                self.room.count(&*file, bytes.len())?;
                file.write(bytes)
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for Spool {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.kept {
            SpoolRoom::Memory(memory) => memory.read(buffer),
            SpoolRoom::Disk(file) => file.read(buffer),
        }
    }
}

impl Seek for Spool {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        match &mut self.kept {
            SpoolRoom::Memory(memory) => memory.seek(position),
            SpoolRoom::Disk(file) => file.seek(position),
        }
    }
}

impl ReadAt for Spool {
    fn read_at(&self, buffer: &mut [u8], position: u64) -> io::Result<usize> {
        match &self.kept {
            SpoolRoom::Memory(memory) => {
                let content = memory.get_ref();
                let start = usize::try_from(position).unwrap_or(usize::MAX).min(content.len());
                (&content[start..]).read(buffer)
            }
            SpoolRoom::Disk(file) => FileExt::read_at(file, buffer, position),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_the_same_in_memory_and_on_disk() {
        for length in [0, 1, MEMORY_MAX_BYTES, MEMORY_MAX_BYTES + 1, 3 * MEMORY_MAX_BYTES] {
            let content: Vec<u8> = (0..length).map(|number| number as u8).collect();
            let mut spool = Spool::new();
            content.chunks(70_001).for_each(|piece| spool.write_all(piece).unwrap());
            assert_eq!(matches!(spool.kept, SpoolRoom::Disk(_)), length > MEMORY_MAX_BYTES);
            assert_eq!(spool.length().unwrap(), length as u64);
            let mut last = [0; 4];
            let count = spool.read_at(&mut last, length.saturating_sub(3) as u64).unwrap();
            assert_eq!(last[..count], content[length.saturating_sub(3)..]);
            let mut back = Vec::new();
            spool.rewound().unwrap().read_to_end(&mut back).unwrap();
            assert!(back == content);
        }
    }
}
