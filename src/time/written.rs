//! A time as a line writes it.

use super::clock::ClockAndRest;
use super::year::YearBound;
use super::zone;
use super::zone_names::ZoneNames;

/// A time as a line writes it, and the text behind it.
pub(super) struct WrittenTime<'a> {
    /// Seconds from the beginning of 1970, as the clock shows them, whatever the zone.
    pub(super) second: i64,
    pub(super) nanosecond: u32,
    /// The number of minutes that the zone is ahead of UTC; `None` if no zone is written.
    pub(super) zone: Option<i16>,
    pub(super) rest: &'a [u8],
}

impl<'a> WrittenTime<'a> {
    /// Returns the time on a day that begins `day` seconds after the beginning of 1970, with the zone that stands behind
    /// the clock. `names` are the zones that may be named, for a time that stands behind `[`.
    #[inline(always)]
    pub(super) fn new(day: i64, (clock, rest): ClockAndRest<'a>, names: Option<&mut ZoneNames>) -> Self {
        let (mut zone, rest) = zone::read(rest);
        let second = day + clock.second;
        if zone.is_none()
            && let ([b' ', letter, ..], Some(names)) = (rest, names)
            && letter.is_ascii_alphabetic()
        {
            zone = names.read(rest, second);
        }
        Self { second, nanosecond: clock.nanosecond, zone, rest }
    }

    /// Returns the time on a day of a month, with the zone that stands behind the clock; `None` if the year is not known,
    /// or has no such day.
    pub(super) fn without_year(
        month: i64,
        day: i64,
        (clock, rest): ClockAndRest<'a>,
        years: &mut YearBound,
    ) -> Option<Self> {
        let (zone, rest) = zone::read(rest);
        let second = years.day(month, day, clock.second, zone)? + clock.second;
        Some(Self { second, nanosecond: clock.nanosecond, zone, rest })
    }
}
