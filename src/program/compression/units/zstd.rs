//! Frames of zstd data, one behind the other, as `pzstd` writes them, and as `cat a.zst b.zst` does. The beginnings of their blocks
//! tell where they end, as RFC 8878 describes them.

use super::{
    BUNDLE_PACKED_BYTES, BUNDLE_TEXT_BYTES, DataUnit, FindUnits, NextUnit, PACKED_MAX_BYTES, ReadPlaces,
    TEXT_MAX_BYTES, threads_for,
};
use std::io;

/// The number of bytes that are read at a time while the blocks of a frame are walked: most blocks are larger.
const WALK_BYTES: usize = 4096;
/// The most bytes of a frame's beginning, with its signature.
const HEAD_MAX_BYTES: usize = 18;
/// The length of a block's beginning.
const BLOCK_HEAD_BYTES: usize = 3;
/// The most bytes of the text of a block.
const BLOCK_TEXT_MAX_BYTES: u64 = 128 * 1024;
/// The length of a skippable frame's beginning.
const SKIPPABLE_HEAD_BYTES: usize = 8;

/// The frames in a part of packed data. Small ones are bundled to units, so that a unit is worth a thread; skippable frames
/// are left out.
pub(super) struct ZstdFrames {
    /// The byte offset of the next frame, and that of the end.
    next: u64,
    end: u64,
    near: NearBytes,
}

/// The bytes around the last place that was read.
#[derive(Default)]
struct NearBytes {
    start: u64,
    bytes: Vec<u8>,
}

/// A frame, or a skippable one.
#[derive(Clone, Copy)]
enum Frame {
    /// The lengths of the frame and of its text, which has no more bytes.
    OfText {
        packed: u64,
        text: u64,
    },
    Skippable {
        packed: u64,
    },
}

impl ZstdFrames {
    /// Returns the frames from `start` to `end`; `None` unless one ends soon, and something follows it.
    ///
    /// # Errors
    ///
    /// Fails where the data cannot be read.
    pub(super) fn find(
        data: &mut dyn ReadPlaces,
        start: u64,
        end: u64,
    ) -> io::Result<Option<Box<dyn FindUnits>>> {
        let mut frames = Self { next: start, end, near: NearBytes::default() };
        let mut at = start;
        loop {
            match frames.frame_at(at, data)? {
                Some(Frame::Skippable { packed }) => at += packed,
                Some(Frame::OfText { packed, .. }) if at + packed < end => return Ok(Some(Box::new(frames))),
                _ => return Ok(None),
            }
        }
    }

    /// Returns the frame at a place; `None` if there is none, it is too large to be held, or the data ends before its end.
    fn frame_at(&mut self, at: u64, data: &mut dyn ReadPlaces) -> io::Result<Option<Frame>> {
        let head = self.near.at(at, HEAD_MAX_BYTES, self.end, data)?;
        let frame = match head {
            [0x50..=0x5F, 0x2A, 0x4D, 0x18, a, b, c, d, ..] => {
                let content = u32::from_le_bytes([*a, *b, *c, *d]);
                Some(Frame::Skippable { packed: SKIPPABLE_HEAD_BYTES as u64 + u64::from(content) })
            }
            [0x28, 0xB5, 0x2F, 0xFD, flags, ..] => {
                let flags = *flags;
                let Some(text) = text_told(head, flags)
                    .filter(|text| text.is_none_or(|text| text <= TEXT_MAX_BYTES as u64))
                else {
                    return Ok(None);
                };
                self.blocks(at, flags, text, data)?
            }
            _ => None,
        };
        Ok(frame.filter(|frame| frame.packed() <= self.end - at))
    }

    /// Returns the frame with these flags at a place, by its blocks. `told` is the length of the text that its beginning tells.
    fn blocks(
        &mut self,
        at: u64,
        flags: u8,
        told: Option<u64>,
        data: &mut dyn ReadPlaces,
    ) -> io::Result<Option<Frame>> {
        let (mut next, mut text) = (at + head_bytes(flags) as u64, 0);
        loop {
            let &[low, middle, high] = self.near.at(next, BLOCK_HEAD_BYTES, self.end, data)? else {
                return Ok(None);
            };
            let block = u32::from_le_bytes([low, middle, high, 0]);
            let size = u64::from(block >> 3);
            let (packed, unpacked) = match block >> 1 & 3 {
                0 => (size, size),
                1 => (1, size),
                2 => (size, BLOCK_TEXT_MAX_BYTES),
                _ => return Ok(None),
            };
            next += BLOCK_HEAD_BYTES as u64 + packed;
            text += unpacked;
            let can_be_held = told.unwrap_or(text) <= TEXT_MAX_BYTES as u64;
            if !can_be_held || next - at > PACKED_MAX_BYTES as u64 {
                return Ok(None);
            }
            if block & 1 == 1 {
                // A checksum may follow.
                let packed = next - at + if flags & 4 == 0 { 0 } else { 4 };
                return Ok(Some(Frame::OfText { packed, text: told.unwrap_or(text) }));
            }
        }
    }
}

impl Frame {
    fn packed(self) -> u64 {
        match self {
            Self::OfText { packed, .. } | Self::Skippable { packed } => packed,
        }
    }
}

impl NearBytes {
    /// Returns the next `count` bytes at a place; fewer only at the end.
    fn at(&mut self, place: u64, count: usize, end: u64, data: &mut dyn ReadPlaces) -> io::Result<&[u8]> {
        let count = count.min(usize::try_from(end.saturating_sub(place)).unwrap_or(usize::MAX));
        let is_here = place >= self.start && place + count as u64 <= self.start + self.bytes.len() as u64;
        if !is_here {
            let most = WALK_BYTES.min(usize::try_from(end.saturating_sub(place)).unwrap_or(usize::MAX));
            self.bytes.resize(most, 0);
            let count = data.read_at(&mut self.bytes, place)?;
            self.bytes.truncate(count);
            self.start = place;
        }
        let from = (place - self.start) as usize;
        Ok(&self.bytes[from..self.bytes.len().min(from + count)])
    }
}

impl FindUnits for ZstdFrames {
    fn threads_max(&self) -> usize {
        threads_for(TEXT_MAX_BYTES as u64)
    }

    fn next(&mut self, data: &mut dyn ReadPlaces) -> io::Result<NextUnit> {
        let (mut member, mut text_bytes) = (Vec::new(), 0);
        while self.next < self.end && member.len() < BUNDLE_PACKED_BYTES && text_bytes < BUNDLE_TEXT_BYTES {
            match self.frame_at(self.next, data)? {
                Some(Frame::Skippable { packed }) => self.next += packed,
                Some(Frame::OfText { packed, text }) if text_bytes + text as usize <= TEXT_MAX_BYTES => {
                    let (length, packed) = (member.len(), packed as usize);
                    member.resize(length + packed, 0);
                    if data.read_at(&mut member[length..], self.next)? < packed {
                        return Ok(NextUnit::SomethingElse);
                    }
                    self.next += packed as u64;
                    text_bytes += text as usize;
                }
                _ => break,
            }
        }
        Ok(if !member.is_empty() {
            NextUnit::Unit(DataUnit { member, text_bytes, end: Some(self.next) })
        } else if self.next == self.end {
            NextUnit::End
        } else {
            NextUnit::SomethingElse
        })
    }
}

/// Returns the length of a frame's beginning with these flags.
fn head_bytes(flags: u8) -> usize {
    told_at(flags) + told_bytes(flags)
}

/// Returns the place in a frame's beginning of the length of its text: behind the signature, the flags, the window unless the
/// frame is a single segment, and the number of a dictionary.
fn told_at(flags: u8) -> usize {
    let window = if is_single_segment(flags) { 0 } else { 1 };
    5 + window + [0, 1, 2, 4][usize::from(flags & 3)]
}

/// Returns the number of bytes in which a frame's beginning tells the length of its text; 0 if it does not.
fn told_bytes(flags: u8) -> usize {
    match flags >> 6 {
        0 => usize::from(is_single_segment(flags)),
        1 => 2,
        2 => 4,
        _ => 8,
    }
}

fn is_single_segment(flags: u8) -> bool {
    flags & 0x20 != 0
}

/// Returns the length of the text that a frame's beginning tells, `Some(None)` if it tells none, and `None` if it is cut.
fn text_told(head: &[u8], flags: u8) -> Option<Option<u64>> {
    let told = head.get(told_at(flags)..head_bytes(flags))?;
    let mut number = [0; 8];
    number[..told.len()].copy_from_slice(told);
    let number = u64::from_le_bytes(number);
    // Two bytes begin behind what one byte tells.
    Some(match told.len() {
        0 => None,
        2 => Some(number + 256),
        _ => Some(number),
    })
}
