//! Names of zones from the IANA database: `Asia/Shanghai`.
//!
//! The database is part of jiff, so that a name is the same zone on every machine.

use super::stamp::EPOCH;
use jiff::SignedDuration;
use jiff::tz::{TimeZone, TimeZoneDatabase};

/// The most bytes that are looked at for a name; the longest in the database has 32.
const NAME_MAX_BYTES: usize = 40;

/// The names of zones, of which the last one is remembered, because looking up a zone reads its whole history.
#[derive(Clone, Debug, Default)]
pub(super) struct ZoneNames {
    name: Vec<u8>,
    /// The zone with this name; `None` if there is none.
    zone: Option<TimeZone>,
}

impl ZoneNames {
    /// Reads the name that fills the rest of a bracket, behind a blank: ` Asia/Shanghai]`. Returns how many minutes its
    /// zone is ahead of UTC at a time that is `second` seconds from the beginning of 1970 as its clocks show it. An hour
    /// that comes twice is the first one. Returns `None` where no name stands there, or the offset has seconds.
    #[cold]
    pub(super) fn read(&mut self, text: &[u8], second: i64) -> Option<i16> {
        let name = text.strip_prefix(b" ")?;
        let end = name.iter().take(NAME_MAX_BYTES + 1).position(|&byte| byte == b']')?;
        let name = &name[..end];
        if name != self.name {
            self.zone = look_up(name);
            self.name.clear();
            self.name.extend_from_slice(name);
        }
        let written = EPOCH.checked_add(SignedDuration::from_secs(second)).ok()?;
        let timestamp = self.zone.as_ref()?.to_ambiguous_timestamp(written).compatible().ok()?;
        let ahead = second - timestamp.as_second();
        (ahead % 60 == 0).then_some(())?;
        i16::try_from(ahead / 60).ok()
    }
}

/// Returns the zone with a name, which must be written as in the database: `EST` is a name, `est` is none.
pub(super) fn look_up(name: &[u8]) -> Option<TimeZone> {
    let name = str::from_utf8(name).ok()?;
    let zone = TimeZoneDatabase::bundled().get(name).ok()?;
    (zone.iana_name() == Some(name)).then_some(zone)
}
