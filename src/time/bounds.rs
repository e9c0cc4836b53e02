//! Bounds of time: the times from one to another, which may be written with or without a zone.

use super::stamp::{EPOCH, TimeStamp};
use super::{zone, zone_names};
use jiff::SignedDuration;
use jiff::tz::{Offset, TimeZone};
use std::fmt;

/// The length of the stretches of time, in seconds, in which a zone is looked up once if it is the same at both ends. Zones
/// change at multiples of it, but for local mean times of the past.
const STRETCH_SECONDS: i64 = 15 * 60;
const MINUTE_SECONDS: i32 = 60;

/// The seconds by which times in a file may be out of order that is taken to be sorted.
pub(crate) const SORTED_SECONDS: i64 = 60;

/// A bound of [`TimeBounds`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeBound {
    second: i64,
    nanosecond: u32,
    /// True if the bound is compared with the time as a line has it, whatever its zone.
    is_written: bool,
}

impl TimeBound {
    /// Returns a bound that is compared with what stands in a line: of `10:00:00+08:00` with ten o'clock. `second` is the
    /// number of seconds from the beginning of 1970, on the clock of the line.
    pub fn written(second: i64, nanosecond: u32) -> Self {
        Self { second, nanosecond, is_written: true }
    }

    /// Returns a bound that is a point in time, `second` seconds from the beginning of 1970 in UTC. It is compared with the
    /// point in time of a line; for a line without a zone, the zone of [`TimeBounds`] counts.
    pub fn instant(second: i64, nanosecond: u32) -> Self {
        Self { second, nanosecond, is_written: false }
    }
}

#[cfg(feature = "cli")]
impl TimeBound {
    /// Returns the time of the bound: with the zone UTC if it is a point in time, and without a zone if it is compared with
    /// what stands in a line.
    pub(crate) fn stamp(self) -> TimeStamp {
        TimeStamp::new(self.second, self.nanosecond, if self.is_written { None } else { Some(0) })
    }
}

/// A window of time, with both ends in it. Without a bound, it is open on that side.
///
/// ```
/// use imsdk_annotate::{Annotator, TimeBound, TimeBounds};
///
/// // From 2026-05-01 10:00:00 on, as lines have it.
/// let bounds = TimeBounds::new().since(TimeBound::written(1_777_629_600, 0));
/// let annotator = Annotator::builder().times(bounds).build();
/// let log = b"2026-05-01 09:59:59 ret=-1\n2026-05-01 10:00:00 ret=-204\n\tat login\n";
/// assert_eq!(
///     annotator.annotate(log),
///     b"2026-05-01 10:00:00 ret=-204 (auth: user session is failure!)\n\tat login\n",
/// );
/// ```
#[derive(Clone, Debug)]
pub struct TimeBounds {
    since: Option<TimeBound>,
    until: Option<TimeBound>,
    zone: TimeZone,
    are_sorted: bool,
}

/// The error for a zone that is neither an offset, such as `+08:00`, nor the name of a zone, such as `Asia/Shanghai`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownZone;

impl fmt::Display for UnknownZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("is no time zone; write UTC, an offset such as +08:00, or a name such as Asia/Shanghai")
    }
}

impl std::error::Error for UnknownZone {}

impl Default for TimeBounds {
    fn default() -> Self {
        Self { since: None, until: None, zone: TimeZone::UTC, are_sorted: false }
    }
}

impl TimeBounds {
    /// Returns bounds that contain all times, with UTC as the zone of lines without one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Leaves out times before the bound.
    #[must_use]
    pub fn since(self, since: impl Into<Option<TimeBound>>) -> Self {
        Self { since: since.into(), ..self }
    }

    /// Leaves out times after the bound.
    #[must_use]
    pub fn until(self, until: impl Into<Option<TimeBound>>) -> Self {
        Self { until: until.into(), ..self }
    }

    /// Takes times without a zone for those of this zone: `UTC`, `+08:00` or `Asia/Shanghai`. An hour that comes twice is the
    /// first one, and one that is left out is the hour behind it.
    ///
    /// # Errors
    ///
    /// Fails where there is no such zone.
    pub fn zone(self, zone: &str) -> Result<Self, UnknownZone> {
        Ok(Self { zone: zone_of(zone).ok_or(UnknownZone)?, ..self })
    }

    /// Takes times without a zone for those of this zone.
    #[cfg(feature = "cli")]
    pub(crate) fn in_zone(self, zone: TimeZone) -> Self {
        Self { zone, ..self }
    }

    /// Takes the times of each input to be in order but for a minute: reading ends when 1,000 lines have come after the
    /// window, the last of them more than 60 seconds after it. Lines behind these are left out, whatever their times.
    #[must_use]
    pub fn sorted(self, are_sorted: bool) -> Self {
        Self { are_sorted, ..self }
    }

    /// Returns true if the times of each input are taken to be in order.
    pub(crate) fn are_sorted(&self) -> bool {
        self.are_sorted
    }

    /// Returns true if lines before the first time are left out.
    pub(crate) fn have_since(&self) -> bool {
        self.since.is_some()
    }

    /// Returns the bounds from and up to which times are in the window.
    #[cfg(feature = "cli")]
    pub(crate) fn ends(&self) -> [Option<TimeBound>; 2] {
        [self.since, self.until]
    }

    /// Returns true if no time is in the window.
    #[cfg(feature = "cli")]
    pub(crate) fn are_empty(&self) -> bool {
        let (Some(since), Some(until)) = (self.since, self.until) else { return false };
        // The zone of a line moves what is written in it against its point in time.
        let tolerance =
            if since.is_written == until.is_written { 0 } else { super::calendar::SECONDS_PER_DAY };
        (since.second - tolerance, since.nanosecond) > (until.second, until.nanosecond)
    }

    /// Returns a tester of the times of lines.
    pub(crate) fn tester(&self) -> BoundsTester {
        let clock = ZoneClock::new(self.zone.clone());
        BoundsTester { since: self.since, until: self.until, clock, remembered: None }
    }
}

/// A place of a time beside a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WindowSide {
    Before,
    Within,
    After,
}

/// Tells times within [`TimeBounds`] from others.
#[derive(Clone, Debug)]
pub(crate) struct BoundsTester {
    since: Option<TimeBound>,
    until: Option<TimeBound>,
    clock: ZoneClock,
    /// A time, and the side on which all of its second is.
    remembered: Option<(TimeStamp, WindowSide)>,
}

impl BoundsTester {
    /// Returns the place of a time.
    #[inline]
    pub(crate) fn side_of(&mut self, time: TimeStamp) -> WindowSide {
        match self.remembered {
            Some((remembered, side)) if remembered.has_second_of(time) => side,
            _ => self.find_side_of(time),
        }
    }

    #[inline(never)]
    fn find_side_of(&mut self, time: TimeStamp) -> WindowSide {
        let since = self.since.map(|since| self.seconds_beyond(time, since));
        let until = self.until.map(|until| self.seconds_beyond(time, until));
        let side = if since.is_some_and(|beyond| beyond < (0, 0)) {
            WindowSide::Before
        } else if until.is_some_and(|beyond| beyond > (0, 0)) {
            WindowSide::After
        } else {
            WindowSide::Within
        };
        let has_bound = [since, until].into_iter().flatten().any(|(seconds, _)| seconds == 0);
        self.remembered = (!has_bound).then_some((time, side));
        side
    }

    /// Returns the seconds and nanoseconds from a bound to a time; they are negative if the time is before the bound. Only
    /// their order counts: the nanoseconds may have the other sign.
    #[inline]
    fn seconds_beyond(&mut self, time: TimeStamp, bound: TimeBound) -> (i64, i64) {
        let second = match time.offset_minutes() {
            _ if bound.is_written => time.written_second(),
            Some(_) => time.second(),
            None => self.clock.instant_of(time.second()),
        };
        (second - bound.second, i64::from(time.nanosecond()) - i64::from(bound.nanosecond))
    }

    /// Returns true if a time is more than this number of seconds after the window.
    pub(crate) fn is_after_by(&mut self, time: TimeStamp, seconds: i64) -> bool {
        self.until.is_some_and(|until| self.seconds_beyond(time, until) > (seconds, 0))
    }

    /// Returns true if a time is more than this number of seconds before the window.
    #[cfg(feature = "cli")]
    pub(crate) fn is_before_by(&mut self, time: TimeStamp, seconds: i64) -> bool {
        self.since.is_some_and(|since| self.seconds_beyond(time, since) < (-seconds, 0))
    }
}

/// The clock of a zone, which remembers the stretch of time that it was last asked for.
#[derive(Clone, Debug)]
struct ZoneClock {
    zone: TimeZone,
    /// The number of the stretch, and the seconds to take from its times to have those of UTC. `None` if nothing is
    /// remembered.
    remembered: Option<(i64, i64)>,
}

impl ZoneClock {
    fn new(zone: TimeZone) -> Self {
        Self { zone, remembered: None }
    }

    /// Returns the point in time at which the clock shows `written` seconds from the beginning of 1970, in seconds. A time
    /// that the calendar of `jiff` does not reach is returned as it is.
    #[inline]
    fn instant_of(&mut self, written: i64) -> i64 {
        let stretch = written.div_euclid(STRETCH_SECONDS);
        match self.remembered {
            Some((remembered, ahead)) if remembered == stretch => written - ahead,
            _ => self.look_up(written, stretch),
        }
    }

    #[cold]
    fn look_up(&mut self, written: i64, stretch: i64) -> i64 {
        let ahead_at = |written: i64| {
            let shown = EPOCH.checked_add(SignedDuration::from_secs(written)).ok()?;
            let instant = self.zone.to_ambiguous_timestamp(shown).compatible().ok()?;
            Some(written - instant.as_second())
        };
        let [first, last] =
            [0, STRETCH_SECONDS - 1].map(|second| ahead_at(stretch * STRETCH_SECONDS + second));
        let ahead = ahead_at(written).unwrap_or(0);
        self.remembered = (first == last).then_some((stretch, ahead));
        written - ahead
    }
}

/// Returns the zone of a name or an offset; `None` if there is none.
pub(crate) fn zone_of(text: &str) -> Option<TimeZone> {
    match text {
        "UTC" | "GMT" | "Z" => Some(TimeZone::UTC),
        _ if text.starts_with(['+', '-']) => {
            let (minutes, rest) = zone::offset(text.as_bytes())?;
            let offset = Offset::from_seconds(i32::from(minutes) * MINUTE_SECONDS).ok()?;
            rest.is_empty().then(|| TimeZone::fixed(offset))
        }
        _ => zone_names::look_up(text.as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::TimeReader;

    fn time(text: &str) -> TimeStamp {
        TimeReader::new().read(text.as_bytes()).unwrap()
    }

    fn instant_in(zone: &str, written: &str) -> i64 {
        ZoneClock::new(zone_of(zone).unwrap()).instant_of(time(written).second())
    }

    /// An hour that comes twice is the first one; one that is left out is moved on.
    #[test]
    fn hours_around_changes_of_the_clock_are_what_calendars_say() {
        for (written, instant) in [
            ("2026-10-25 02:30:00", "2026-10-25T00:30:00Z"),
            ("2026-10-25 01:59:59", "2026-10-24T23:59:59Z"),
            ("2026-10-25 03:00:00", "2026-10-25T02:00:00Z"),
            ("2026-03-29 02:30:00", "2026-03-29T01:30:00Z"),
            ("2026-03-29 01:59:59", "2026-03-29T00:59:59Z"),
            ("2026-03-29 03:00:00", "2026-03-29T01:00:00Z"),
        ] {
            assert_eq!(instant_in("Europe/Berlin", written), time(instant).second(), "{written}");
        }
        assert_eq!(instant_in("+08:00", "2026-05-01 10:00:00"), time("2026-05-01T02:00:00Z").second());
        assert_eq!(instant_in("Asia/Shanghai", "2026-05-01 10:00:00"), time("2026-05-01T02:00:00Z").second());
    }

    /// The clock remembers a stretch; what it tells does not depend on what it was asked before.
    #[test]
    fn a_clock_that_remembers_tells_what_a_new_one_tells() {
        let zone = zone_of("America/New_York").unwrap();
        let mut clock = ZoneClock::new(zone.clone());
        let start = time("2026-10-31 20:00:00").second();
        for step in 0..2000 {
            // Back and forth, over the end of summer time.
            let written = start + (step * 7919) % (16 * 3600);
            assert_eq!(clock.instant_of(written), ZoneClock::new(zone.clone()).instant_of(written));
        }
    }

    #[test]
    fn both_ends_are_in_the_window() {
        use WindowSide::{After, Before, Within};
        let second = time("2026-05-01T10:00:00Z").second();
        let until = TimeBound::instant(second + 60, 500_000_000);
        let bounds = TimeBounds::new().since(TimeBound::instant(second, 0)).until(until);
        let mut tester = bounds.zone("+08:00").unwrap().tester();
        for (line, side) in [
            ("2026-05-01T09:59:59.999999999Z", Before),
            ("2026-05-01T10:00:00Z", Within),
            ("2026-05-01T10:01:00.5Z", Within),
            ("2026-05-01T10:01:00.500000001Z", After),
            ("2026-05-01T18:00:30+08:00", Within),
            // Without a zone: in that of the bounds.
            ("2026-05-01 18:00:30", Within),
            ("2026-05-01 10:00:30", Before),
        ] {
            assert_eq!(tester.side_of(time(line)), side, "{line}");
        }
        let ten = time("2026-05-01 10:00:00").second();
        let mut tester = TimeBounds::new().since(TimeBound::written(ten, 0)).tester();
        for (line, side) in [
            ("2026-05-01T10:00:00+08:00", Within),
            ("2026-05-01T09:59:59-08:00", Before),
            ("2026-05-01 10:00:00", Within),
        ] {
            assert_eq!(tester.side_of(time(line)), side, "{line}");
        }
        assert!(tester.is_before_by(time("2026-05-01 09:58:59"), 60));
        assert!(!tester.is_before_by(time("2026-05-01 09:59:00"), 60));
    }

    #[test]
    fn zones_are_offsets_and_names() {
        for zone in ["UTC", "GMT", "Z", "+08:00", "-0330", "+08", "Asia/Shanghai", "Europe/Berlin"] {
            assert!(zone_of(zone).is_some(), "{zone}");
        }
        for zone in ["", "+", "+25:00", "+08:0", "CSTX", "PDT", "Mars/Olympus"] {
            assert!(zone_of(zone).is_none(), "{zone}");
        }
    }
}
