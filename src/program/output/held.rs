//! What a job holds back until its turn: first what is in memory, then what is on disk, then the last chunk.

use super::spill::Spill;
use std::io::{self, Write};

/// How much is collected before something is done with it; it stays in a core's cache meanwhile.
pub(super) const CHUNK_BYTES: usize = 256 * 1024;
/// As much may be held besides for each job that has ended.
const SMALL_BYTES: usize = 16 * 1024;
/// How many chunks each thread's jobs may hold, taken together: 12 MiB.
const CHUNKS_MAX: usize = 48;
/// How many chunks each thread's jobs may have on disk, taken together: 1 GiB.
const CHUNKS_ON_DISK_MAX: usize = 4096;

/// What a job has written and what has not been written to the output.
#[derive(Debug)]
pub(super) struct Held {
    /// Full ones, in memory.
    chunks: Vec<Vec<u8>>,
    spill: Option<Spill>,
    chunks_on_disk: usize,
    /// The chunk that is being filled.
    pub(super) last: Vec<u8>,
}

/// Room for all jobs, bounded, and what is not in use of it. Memory and disk that have been used once are
/// faster to use again.
#[derive(Debug)]
pub(super) struct Pool {
    chunks: Vec<Vec<u8>>,
    spills: Vec<Spill>,
    /// How many full chunks may still be held.
    chunks_left: usize,
    chunks_on_disk_left: usize,
}

impl Pool {
    pub(super) fn new(threads: usize) -> Self {
        Self {
            chunks: Vec::new(),
            spills: Vec::new(),
            chunks_left: CHUNKS_MAX * threads,
            chunks_on_disk_left: CHUNKS_ON_DISK_MAX * threads,
        }
    }

    /// An empty chunk.
    pub(super) fn chunk(&mut self) -> Vec<u8> {
        self.chunks.pop().unwrap_or_else(|| Vec::with_capacity(CHUNK_BYTES))
    }

    /// An empty file that has been used before, if there is one.
    pub(super) fn spill(&mut self) -> Option<Spill> {
        self.spills.pop()
    }

    /// Whether another chunk may go to disk; if so, it is counted.
    pub(super) fn reserve_disk(&mut self) -> bool {
        let is_left = self.chunks_on_disk_left > 0;
        self.chunks_on_disk_left -= usize::from(is_left);
        is_left
    }

    /// Another chunk could not go to disk after all.
    pub(super) fn release_disk(&mut self) {
        self.chunks_on_disk_left += 1;
    }

    /// Takes back what a job held that has been written, except for the chunk that is being filled.
    pub(super) fn take_back(&mut self, held: &mut Held) {
        self.chunks_left += held.chunks.len();
        for mut chunk in held.chunks.drain(..) {
            chunk.clear();
            self.chunks.push(chunk);
        }
        self.chunks_on_disk_left += std::mem::take(&mut held.chunks_on_disk);
        self.spills.extend(held.spill.take());
    }

    /// Takes back the last chunk of a job that has been written.
    pub(super) fn take_back_last(&mut self, held: Held) {
        // Not what has taken its place.
        if held.last.capacity() >= CHUNK_BYTES {
            self.chunks.push(held.last);
        }
    }

    /// Takes the last chunk of a job that has to wait, and leaves what is in it in as much memory as that takes.
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

    /// Whether more goes to disk, behind what is there.
    pub(super) fn is_on_disk(&self) -> bool {
        self.spill.is_some()
    }

    /// Whether the last chunk has so little that it need not be counted, and nothing is to come before it.
    pub(super) fn is_small(&self) -> bool {
        self.last.len() <= SMALL_BYTES && !self.is_on_disk()
    }

    pub(super) fn has_room_to_give_back(&self) -> bool {
        self.spill.is_some() || !self.chunks.is_empty()
    }

    /// Holds the last chunk in memory and begins another; `false` where there is no room.
    pub(super) fn hold_in_memory(&mut self, pool: &mut Pool) -> bool {
        if pool.chunks_left == 0 {
            return false;
        }
        pool.chunks_left -= 1;
        self.chunks.push(std::mem::replace(&mut self.last, pool.chunk()));
        true
    }

    /// Moves the last chunk to disk, to its own file, the spare one, or a new one; `false` where there is
    /// no room.
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

    /// Writes all, in order. Nothing is left but the room.
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
