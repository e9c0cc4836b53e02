//! The part of a plain file, whose lines are in the order of their times, in which all lines of a window of time are. It is
//! found by bisection.

use super::descriptor::Descriptor;
use crate::lines::without_nuls;
use crate::program::container::ReadAt;
use crate::time::{BoundsTester, SORTED_SECONDS, TimeBounds, TimeReader, TimeStamp, YearReference};
use memchr::memchr;
use std::io;

/// The bytes that are read at a place to find a line with a time there.
const PROBE_BYTES: usize = 64 * 1024;
/// The most bytes that are read on at a place, where lines have no time.
const PROBE_MAX_BYTES: u64 = 1 << 20;
/// The number of lines with times that are asked at a place.
const LINES_ASKED: usize = 3;
/// Shorter parts are read whole.
const SHORT_BYTES: u64 = 256 * 1024;

/// The lines with times that are nearest to a place.
enum Nearest {
    /// Most lines belong. The byte offset of the first of them.
    Belong(u64),
    /// Most lines do not belong. The byte offset of the last of them.
    DoNotBelong(u64),
    /// No line near the place has a time.
    Unknown,
    /// No line up to the end has a time.
    End,
}

/// Finds parts of a file by the times of its lines.
pub(super) struct SortedLines<'d> {
    descriptor: &'d Descriptor,
    tester: BoundsTester,
    reader: TimeReader,
    buffer: Vec<u8>,
    has_times: bool,
}

impl<'d> SortedLines<'d> {
    pub(super) fn new(descriptor: &'d Descriptor, bounds: &TimeBounds, years: YearReference) -> Self {
        let reader = TimeReader::new().year_reference(years);
        Self { descriptor, tester: bounds.tester(), reader, buffer: vec![0; PROBE_BYTES], has_times: false }
    }

    /// Returns the byte offsets of the part, between `start` and `end`: at both, a line begins or the file ends. Lines
    /// that are not more than [`SORTED_SECONDS`] outside the window are in the part, for files that are nearly in order.
    ///
    /// # Errors
    ///
    /// Fails where the file cannot be read.
    pub(super) fn part(&mut self, start: u64, end: u64) -> io::Result<(u64, u64)> {
        let is_before = |tester: &mut BoundsTester, time| tester.is_before_by(time, SORTED_SECONDS);
        let (first, _) = self.bisect((start, end), false, is_before)?;
        let is_not_after = |tester: &mut BoundsTester, time| !tester.is_after_by(time, SORTED_SECONDS);
        let (_, last) = self.bisect((first, end), true, is_not_after)?;
        Ok((first, last))
    }

    /// Returns true if any line with a time has been found.
    pub(super) fn have_times(&self) -> bool {
        self.has_times
    }

    /// Returns the beginning of the last line that is found for which `belongs` is true, and of the first one for which it is
    /// false, by bisection; the ends of the range where none is found. Places where no line near has a time count as
    /// `unknown_belongs` says.
    fn bisect(
        &mut self,
        (start, end): (u64, u64),
        unknown_belongs: bool,
        belongs: impl Fn(&mut BoundsTester, TimeStamp) -> bool,
    ) -> io::Result<(u64, u64)> {
        let (mut low, mut high) = (start, end);
        let (mut last, mut first) = (start, end);
        while high - low > SHORT_BYTES {
            let middle = low + (high - low) / 2;
            match self.nearest((middle, first), unknown_belongs, &belongs)? {
                Nearest::Belong(line) => (low, last) = (line.min(high), line),
                Nearest::DoNotBelong(line) => (high, first) = (middle, line),
                Nearest::Unknown if unknown_belongs => low = middle,
                Nearest::Unknown | Nearest::End => high = middle,
            }
        }
        Ok((last, first))
    }

    /// Looks at the first lines with times that begin behind `place` and before `end`, as far as they are near. Several
    /// are asked, because a time may be that of a text in the line. Where as many belong as do not, all count as `unknown_belongs` says.
    fn nearest(
        &mut self,
        (place, end): (u64, u64),
        unknown_belongs: bool,
        belongs: &impl Fn(&mut BoundsTester, TimeStamp) -> bool,
    ) -> io::Result<Nearest> {
        let (mut lines, mut belong) = (Vec::new(), 0);
        let (mut at, mut begins_line) = (place, false);
        let mut is_near = true;
        while at < end && is_near && lines.len() < LINES_ASKED {
            // The file may have grown.
            let most = self.buffer.len().min(usize::try_from(end - at).unwrap_or(usize::MAX));
            let count = self.descriptor.fill_at(&mut self.buffer[..most], at)?;
            let ends_here = at + count as u64 >= end || count < most;
            let probe = Probe { text: &self.buffer[..count], begins_line, ends_here };
            let next = probe.each_time(&mut self.reader, &mut |line, time| {
                belong += usize::from(belongs(&mut self.tester, time));
                lines.push(at + line as u64);
                lines.len() < LINES_ASKED
            });
            if ends_here {
                break;
            }
            begins_line = next < count;
            at += next as u64;
            is_near = at - place < PROBE_MAX_BYTES;
        }
        self.has_times |= !lines.is_empty();
        let others = lines.len() - belong;
        Ok(match (lines.first(), lines.last()) {
            (Some(&first), _) if belong > others || belong == others && unknown_belongs => {
                Nearest::Belong(first)
            }
            (_, Some(&last)) => Nearest::DoNotBelong(last),
            _ if is_near => Nearest::End,
            _ => Nearest::Unknown,
        })
    }
}

/// Bytes that were read at a place of the file.
struct Probe<'a> {
    text: &'a [u8],
    /// True if a line begins with the text.
    begins_line: bool,
    /// True if no other bytes follow.
    ends_here: bool,
}

impl Probe<'_> {
    /// Calls `on_time` with the place and the time of each line that has one, until it returns false. Returns the place from
    /// which the next bytes are to be read: where a line begins whose first bytes are not all there, or the end.
    fn each_time(
        &self,
        reader: &mut TimeReader,
        on_time: &mut impl FnMut(usize, TimeStamp) -> bool,
    ) -> usize {
        let text = self.text;
        let behind_newline = |text: &[u8]| memchr(b'\n', text).map_or(text.len(), |newline| newline + 1);
        let mut from = if self.begins_line { 0 } else { behind_newline(text) };
        while from < text.len() {
            let line = &text[from..];
            let newline = memchr(b'\n', line);
            // The time of a line without a newline is known if its first bytes are there.
            if newline.is_none() && !self.ends_here && line.len() < TimeReader::MAX_BYTES && from > 0 {
                return from;
            }
            let time = reader.read(without_nuls(&line[..newline.unwrap_or(line.len())]));
            if time.is_some_and(|time| !on_time(from, time)) {
                return from;
            }
            from = newline.map_or(text.len(), |newline| from + newline + 1);
        }
        text.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TimeBound;
    use crate::program::system::signals::Signals;
    use crate::program::terminal::input_name::InputName;
    use crate::program::terminal::progress::Progress;

    const SECONDS: usize = 1000;
    /// 2026-05-01 00:00:00.
    const MIDNIGHT: i64 = 1_777_593_600;

    /// Returns a log with one line for each second from midnight on, with this text behind the time.
    fn log(text: &str) -> String {
        let line = |second| {
            format!("2026-05-01 {:02}:{:02}:{:02} {text}\n", second / 3600, second / 60 % 60, second % 60)
        };
        (0..SECONDS).map(line).collect()
    }

    /// Returns the part of a text for a window of seconds, if the text ended at `end` when its length was asked for.
    fn part_of(text: &str, (since, until): (i64, i64), end: usize) -> (usize, usize) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.log");
        std::fs::write(&path, text).unwrap();
        let file =
            Descriptor::open(&InputName::File(path), &Progress::hidden(), &Signals::default()).unwrap();
        let bound = |second| TimeBound::written(MIDNIGHT + second, 0);
        let bounds = TimeBounds::new().since(bound(since)).until(bound(until));
        let part = SortedLines::new(&file, &bounds, YearReference::Unknown).part(0, end as u64).unwrap();
        (part.0 as usize, part.1 as usize)
    }

    /// Lines are shorter and longer than what is read at a place, and may have no time in most places.
    #[test]
    fn the_part_has_the_window_and_little_more() {
        let trace = "\tat x\n".repeat(2000);
        for text in [
            log(&"x".repeat(3000)),
            log(&"x".repeat(70_000)),
            log(&trace),
            log(&"\n".repeat(300)),
            log(&"x".repeat(3000)).replace("2026", &("\0".repeat(100) + "2026")),
        ] {
            let line_bytes = text.len() / SECONDS;
            for window in [(500, 510), (0, 5), (990, 999)] {
                let (start, end) = part_of(&text, window, text.len());
                let (since, until) = (window.0 as usize, window.1 as usize);
                assert!(start <= since * line_bytes && end >= (until + 1) * line_bytes, "{window:?}");
                let more = 62 * line_bytes + 2 * SHORT_BYTES as usize;
                assert!(start + more >= since * line_bytes, "{window:?} {line_bytes}: {start}");
                assert!(end <= (until + 1) * line_bytes + more, "{window:?} {line_bytes}: {end}");
            }
        }
    }

    /// The first line with a time behind many places near the end stands behind it.
    #[test]
    fn a_part_ends_where_the_file_ended_though_it_has_grown() {
        let (text, trace) = (log("x"), "\tat x\n".repeat(100_000));
        let grown = [&text, &trace, &text.replace("2026-05-01", "2026-05-02")[..]].concat();
        let end = text.len() + trace.len() - 7;
        for window in [(500, 510), (990, 999), (5000, 6000), (900_000, 900_001)] {
            let (start, part_end) = part_of(&grown, window, end);
            assert!(start <= part_end && part_end <= end, "{window:?}: {start} {part_end}");
        }
    }

    /// Nothing is lost of a log that has no times for long stretches.
    #[test]
    fn stretches_without_times_are_in_the_part_of_their_window() {
        let text = log("x").replace(
            "2026-05-01 00:10:00",
            &("2026-05-01 00:10:00\n".to_owned() + &"no time\n".repeat(500_000)),
        );
        let begin = text.find("2026-05-01 00:10:00").unwrap();
        let end = text.find("2026-05-01 00:10:01").unwrap();
        for window in [(600, 600), (599, 601), (0, 600), (600, 999)] {
            let part = part_of(&text, window, text.len());
            assert!(part.0 <= begin && part.1 >= end, "{window:?}: {part:?}");
        }
    }
}
