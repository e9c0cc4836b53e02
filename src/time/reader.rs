//! The reader of the times of lines.

use super::forms::{self, Tables};
use super::places::{self, LINE_MAX_BYTES, SeenPrefixes};
use super::stamp::TimeStamp;
use super::written::WrittenTime;
use super::year::{YearBound, YearReference};

/// Reads the times of lines, in the forms that logs have.
///
/// ```
/// use imsdk_annotate::TimeReader;
///
/// let mut reader = TimeReader::new();
/// let time = reader.read(b"I, [2024-06-26T17:00:04.497736 #126554]  INFO -- : ret=-204").unwrap();
/// assert_eq!(time.to_string(), "2024-06-26T17:00:04.497736");
/// assert_eq!(reader.read(b"ret=-204, as in the night of 2024-06-26"), None);
/// ```
///
/// The time of a line depends on the first [`MAX_BYTES`](Self::MAX_BYTES) of the line and on the
/// [year reference](Self::year_reference), and on no other line. A reader remembers what it looked up last, so that one
/// reader for all lines is faster than one for each.
///
/// # Forms
///
/// ```
/// # use imsdk_annotate::{TimeReader, YearReference};
/// # let mut reader = TimeReader::new().year_reference(YearReference::Year(2024));
/// # let mut same = |line: &str, time: &str| {
/// #     assert_eq!(reader.read(line.as_bytes()).map(|time| time.to_string()).as_deref(), Some(time), "{line}");
/// # };
/// // ISO 8601: date and time, the number of a day, the basic format.
/// same("2024-05-01T10:00:00Z ret=-204", "2024-05-01T10:00:00Z");
/// same("2024-05-01 10:00:00,123 ret=-204", "2024-05-01T10:00:00.123");
/// same("2024-122T10:00:00 ret=-204", "2024-05-01T10:00:00");
/// same("20240501T100000Z ret=-204", "2024-05-01T10:00:00Z");
/// same("20240501 10:00:00 ret=-204", "2024-05-01T10:00:00");
/// // Compact with a dash, where the last number counts milliseconds.
/// same("20240501-10:0:0:45|ret=-204", "2024-05-01T10:00:00.045");
/// // Go, nginx. Two digits are the year, too, from 1969 to 2068: Spark, HDFS.
/// same("2024/05/01 10:00:00 ret=-204", "2024-05-01T10:00:00");
/// same("24/05/01 10:00:00 ret=-204", "2024-05-01T10:00:00");
/// same("240501 100000 ret=-204", "2024-05-01T10:00:00");
/// // Points in the time: Unreal Engine, DB2.
/// same("[2024.05.01-10.00.00:123] ret=-204", "2024-05-01T10:00:00.123");
/// same("2024-05-01-10.00.00.123456 ret=-204", "2024-05-01T10:00:00.123456");
/// // The day first: the common log format, PHP, Redis, mail.
/// same("::1 - - [01/May/2024:10:00:00 +0800] \"GET /\"", "2024-05-01T10:00:00+08:00");
/// same("[01-May-2024 10:00:00 Asia/Shanghai] ret=-204", "2024-05-01T10:00:00+08:00");
/// same("1:M 01 May 2024 10:00:00.123 * ret=-204", "2024-05-01T10:00:00.123");
/// same("Wed, 1 May 2024 10:00:00 GMT ret=-204", "2024-05-01T10:00:00Z");
/// // The month first: C's ctime, Apache, date, routers.
/// same("[Wed May 01 10:00:00.123456 2024] ret=-204", "2024-05-01T10:00:00.123456");
/// same("Wed May  1 10:00:00 UTC 2024 ret=-204", "2024-05-01T10:00:00Z");
/// same("May 01 2024 10:00:00 ret=-204", "2024-05-01T10:00:00");
/// // glog, in newer versions.
/// same("E20240501 10:00:00.123456 9 a.cc:1] ret=-204", "2024-05-01T10:00:00.123456");
/// // Seconds, milliseconds, microseconds or nanoseconds from the beginning of 1970, from 2000 to 2100.
/// same("1714557600.123 ret=-204", "2024-05-01T10:00:00.123Z");
/// same("{\"t\":1714557600123,\"ret\":-204}", "2024-05-01T10:00:00.123Z");
/// same("- 1714557600 2024.05.01 ret=-204", "2024-05-01T10:00:00Z");
/// // Without a year: syslog, Redis 3, logcat, glog and klog, Proxifier.
/// same("<13>May  1 10:00:00 host ret=-204", "2024-05-01T10:00:00");
/// same("1:M 01 May 10:00:00.123 * ret=-204", "2024-05-01T10:00:00.123");
/// same("05-01 10:00:00.123  1702  2395 D ret=-204", "2024-05-01T10:00:00.123");
/// same("E0501 10:00:00.123456 9 a.cc:1] ret=-204", "2024-05-01T10:00:00.123456");
/// same("[05.01 10:00:00] ret=-204", "2024-05-01T10:00:00");
/// ```
///
/// A fraction of any number of digits stands behind `.`, `,` or `:`; digits beyond nanoseconds are cut off. Second 60 is
/// read as 59.999999999. A zone is `Z`, `+08`, `+0800`, `+08:00`, `UTC`, `GMT` or `GMT+0800`, behind the time or a blank.
/// Between `[` and `]`, it may be a name of the IANA database, in forms that begin with a date with its year. Other
/// abbreviations are not understood, because `CST` is three zones: the time counts as one without a zone.
///
/// # Places
///
/// Of the times at these places, the first in the line counts, which is the outer one:
///
/// - at the beginning of the line, and behind one to four words of at most 64 bytes;
/// - in the object that begins there: a member of it with the name `time`, `ts`, `timestamp`, `@timestamp`, `datetime`,
///   `date`, `t`, `eventTime`, `log_time`, `timeMillis`, `epochMillis`, `timestamp_ns` or `__REALTIME_TIMESTAMP`, in any
///   case;
/// - behind `ts=`, `time=`, `timestamp=` or `date=`;
/// - between `[` and `]`, in the first 256 bytes.
///
/// Blanks, colours (ANSI), `[`, `(`, `"`, a byte order mark and the priority of syslog (`<34>1 `) may stand before a time
/// or a word. Behind `at`, `until`, `expired` and the like, and behind the name of an exception, a time is that of the
/// message. A number without a name is a time only at the beginning of the line, or with its date behind it. A time that
/// stands further within the message is none, and so is a time of day alone or a date that no calendar has.
#[derive(Clone, Debug, Default)]
pub struct TimeReader {
    tables: Tables,
    seen: SeenPrefixes,
}

impl TimeReader {
    /// The number of bytes at the beginning of a line on which its time depends.
    pub const MAX_BYTES: usize = LINE_MAX_BYTES;

    /// Returns a reader to which times without a year are no times, until it has a
    /// [year reference](Self::year_reference).
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the reader with a rule for the year of times that are written without one.
    ///
    /// ```
    /// use imsdk_annotate::{TimeReader, YearReference};
    ///
    /// // The log was last written at 2026-01-02T00:00:00Z.
    /// let mut reader = TimeReader::new().year_reference(YearReference::Until { second: 1_767_312_000 });
    /// let mut read = |line: &[u8]| reader.read(line).unwrap().to_string();
    /// assert_eq!(read(b"Dec 31 10:00:00 host ret=-204"), "2025-12-31T10:00:00");
    /// assert_eq!(read(b"Jan  3 10:00:00 host ret=-204"), "2026-01-03T10:00:00");
    /// assert_eq!(read(b"Jan  5 10:00:00 host ret=-204"), "2025-01-05T10:00:00");
    /// ```
    #[must_use]
    pub fn year_reference(mut self, reference: YearReference) -> Self {
        self.tables.years = YearBound::new(reference);
        self
    }

    /// Moves the reference to the present moment, if it is [`YearReference::Now`].
    #[inline]
    pub(crate) fn look_at_clock(&mut self) {
        self.tables.years.look_at_clock();
    }

    /// Returns the time of a line; `None` where the line has none. Text behind a newline is not looked at.
    // Inlined, because copying the returned value took a quarter of the counter's time.
    #[inline(always)]
    pub fn read(&mut self, line: &[u8]) -> Option<TimeStamp> {
        let (text, in_bracket) = if let [b'[', rest @ ..] = line { (rest, true) } else { (line, false) };
        match forms::read_extended(text, in_bracket, &mut self.tables) {
            Some(time) if places::is_near(&time, text) => Some(settle(&time)),
            _ => self.read_anywhere(line),
        }
    }

    /// Returns the time of a line in any form and at any place.
    #[inline(never)]
    fn read_anywhere(&mut self, line: &[u8]) -> Option<TimeStamp> {
        let usual = match line.first()? {
            b'0'..=b'9' => places::read_access_log(line, &mut self.tables),
            b'A'..=b'Z' => forms::read_remembered_day(line, &self.tables),
            _ => None,
        };
        if let Some(time) = usual.filter(|time| places::is_near(time, line)) {
            return Some(settle(&time));
        }
        let seen = self.seen.read(line, &mut self.tables);
        if let Some(time) = seen.filter(|time| places::is_near(time, line)) {
            return Some(settle(&time));
        }
        let time = places::read(line, &mut self.tables)?;
        self.seen.remember(line, &time, &mut self.tables);
        Some(settle(&time))
    }
}

/// Returns the instant of a written time.
#[inline(always)]
fn settle(time: &WrittenTime<'_>) -> TimeStamp {
    TimeStamp::new(time.second, time.nanosecond, time.zone)
}
