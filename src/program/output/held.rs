//! The output that a job holds back until its turn: first the chunks in memory, then those on disk, then the last
//! chunk.

use super::spill::Spill;
use std::io::{self, Write};

/// Size of a chunk, in bytes: output is collected up to this size. The chunk stays in a core's cache meanwhile.
pub(super) const CHUNK_BYTES: usize = 256 * 1024;
/// The output that may be held besides for each job that has ended, in bytes.
const SMALL_BYTES: usize = 16 * 1024;
/// The most chunks that the jobs of each thread may hold in memory, taken together: 12 MiB.
const CHUNKS_MAX: usize = 48;
/// The most chunks that the jobs of each thread may have on disk, taken together: 1 GiB.
const CHUNKS_ON_DISK_MAX: usize = 4096;

/// The output of a job that has not been written.
#[derive(Debug)]
pub(super) struct Held {
    /// Full chunks in memory.
    chunks: Vec<Vec<u8>>,
    spill: Option<Spill>,
    chunks_on_disk: usize,
    /// The chunk that is being filled.
    pub(super) last: Vec<u8>,
}

/// The room for output that is ahead of its turn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AheadRoom {
    /// The number of threads whose jobs share it.
    pub(crate) threads: usize,
    /// True if output may be held on disk, too.
    pub(crate) on_disk: bool,
}

/// The bounded room for all jobs, and the unused part of it. Memory and disk that have been used once are kept, because
/// using them again is faster.
#[derive(Debug)]
pub(super) struct Pool {
    chunks: Vec<Vec<u8>>,
    spills: Vec<Spill>,
    /// The number of further full chunks that may be held in memory.
    chunks_left: usize,
    chunks_on_disk_left: usize,
}

impl Pool {
    pub(super) fn new(AheadRoom { threads, on_disk }: AheadRoom) -> Self {
        Self {
            chunks: Vec::new(),
            spills: Vec::new(),
            chunks_left: CHUNKS_MAX * threads,
            chunks_on_disk_left: if on_disk { CHUNKS_ON_DISK_MAX * threads } else { 0 },
        }
    }

    /// Returns an empty chunk.
    pub(super) fn chunk(&mut self) -> Vec<u8> {
        self.chunks.pop().unwrap_or_else(|| Vec::with_capacity(CHUNK_BYTES))
    }

    /// Returns an empty file that has been used before, if there is one.
    pub(super) fn spill(&mut self) -> Option<Spill> {
        self.spills.pop()
    }

    /// Returns true if another chunk may go to disk, and counts the chunk then.
    pub(super) fn reserve_disk(&mut self) -> bool {
        let is_left = self.chunks_on_disk_left > 0;
        self.chunks_on_disk_left -= usize::from(is_left);
        is_left
    }

    /// Takes back the room of a chunk that [`Pool::reserve_disk`] has counted and that could not go to disk.
    pub(super) fn release_disk(&mut self) {
        self.chunks_on_disk_left += 1;
    }

    /// Takes back the room of a job whose output has been written, except for the chunk that is being filled.
    pub(super) fn take_back(&mut self, held: &mut Held) {
        self.chunks_left += held.chunks.len();
        for mut chunk in held.chunks.drain(..) {
            chunk.clear();
            self.chunks.push(chunk);
        }
        self.chunks_on_disk_left += std::mem::take(&mut held.chunks_on_disk);
        self.spills.extend(held.spill.take());
    }

    /// Takes back the last chunk of a job whose output has been written.
    pub(super) fn take_back_last(&mut self, held: Held) {
        // A smaller buffer is the one that has replaced the chunk: see `swap_for_small`.
        if held.last.capacity() >= CHUNK_BYTES {
            self.chunks.push(held.last);
        }
    }

    /// Takes the last chunk of a job that has to wait, and leaves its content in a buffer of just that size.
    pub(super) fn swap_for_small(&mut self, held: &mut Held) {
        let small = held.last.as_slice().to_vec();
        let mut chunk = std::mem::replace(&mut held.last, small);
        chunk.clear();
        self.chunks.push(chunk);
    }
}

impl Held {
    pub(super) fn new(chunk: Vec<u8>) -> Self {
        Self { chunks: Vec::new(), spill: None, chunks_on_disk: 0, last: chunk }
    }

    /// Returns true if part of the output is on disk, so that further chunks must go there, too.
    pub(super) fn is_on_disk(&self) -> bool {
        self.spill.is_some()
    }

    /// Returns true if the last chunk is too short to be counted, and may stay in memory, because nothing is on disk.
    pub(super) fn is_small(&self) -> bool {
        self.last.len() <= SMALL_BYTES && !self.is_on_disk()
    }

    /// Returns true if the job holds chunks or a file that the pool could reuse.
    pub(super) fn has_room_to_give_back(&self) -> bool {
        self.spill.is_some() || !self.chunks.is_empty()
    }

    /// Holds the last chunk in memory and begins another. Returns false if the pool has no room.
    pub(super) fn hold_in_memory(&mut self, pool: &mut Pool) -> bool {
        if pool.chunks_left == 0 {
            return false;
        }
        pool.chunks_left -= 1;
        self.chunks.push(std::mem::replace(&mut self.last, pool.chunk()));
        true
    }

    /// Moves the last chunk to disk: to the job's own file, to the spare one, or to a new one. Returns false if the
    /// disk has no room.
    pub(super) fn hold_on_disk(&mut self, spare: Option<Spill>) -> bool {
        let mut spill = match self.spill.take().or(spare).map_or_else(Spill::create, Ok) {
            Ok(spill) => spill,
            Err(_) => return false,
        };
        let is_held = spill.append(&self.last).is_ok();
        self.spill = Some(spill);
        if is_held {
            self.chunks_on_disk += 1;
            self.last.clear();
        }
        is_held
    }

    /// Writes the whole output, in order. The output is then empty, but keeps its room.
    pub(super) fn write_to(&mut self, wtr: &mut impl Write) -> io::Result<()> {
        for chunk in &self.chunks {
            wtr.write_all(chunk)?;
        }
        if let Some(spill) = &mut self.spill {
            spill.drain(wtr)?;
        }
        wtr.write_all(&self.last)?;
        self.last.clear();
        Ok(())
    }
}
