//! The window of a rate: a length of time, and the steps in which it slides.

use serde::{Deserialize, Serialize};
use std::fmt;

const MINUTE: u32 = 60;
const HOUR: u32 = 60 * MINUTE;
const DAY: u32 = 24 * HOUR;
/// The longest window, in seconds.
const LONGEST: u32 = 31 * DAY;

/// A length of time in which fields are counted, wherever it begins. It begins at each tenth of a second; if it is a minute or
/// more, at each second; if it is more than an hour, at each minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RateWindow {
    /// A whole number of steps.
    seconds: u32,
}

impl RateWindow {
    /// Returns the window of this many seconds; `None` if it is too short, too long, or no whole number of steps.
    pub(crate) fn of_seconds(seconds: u32) -> Option<Self> {
        let is_whole = seconds <= HOUR || seconds.is_multiple_of(MINUTE);
        ((1..=LONGEST).contains(&seconds) && is_whole).then_some(Self { seconds })
    }

    pub(crate) fn seconds(self) -> u32 {
        self.seconds
    }

    /// Returns the length of a step, in milliseconds.
    pub(crate) fn step(self) -> i64 {
        match self.seconds {
            0..MINUTE => 100,
            MINUTE..=HOUR => 1000,
            _ => 60_000,
        }
    }

    /// Returns the number of steps of the window.
    pub(super) fn steps(self) -> i64 {
        i64::from(self.seconds) * 1000 / self.step()
    }
}

/// Writes the length as options have it: `1m30s`.
impl fmt::Display for RateWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut left = self.seconds;
        for (unit, name) in [(DAY, 'd'), (HOUR, 'h'), (MINUTE, 'm'), (1, 's')] {
            if left >= unit {
                write!(f, "{}{name}", left / unit)?;
                left %= unit;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_a_whole_number_of_steps() {
        for (seconds, steps, text) in [
            (1, 10, "1s"),
            (59, 590, "59s"),
            (60, 60, "1m"),
            (90, 90, "1m30s"),
            (3600, 3600, "1h"),
            (3660, 61, "1h1m"),
            (LONGEST, 44_640, "31d"),
        ] {
            let window = RateWindow::of_seconds(seconds).unwrap();
            assert_eq!((window.steps(), window.to_string().as_str()), (steps, text));
        }
        for seconds in [0, 3601, LONGEST + 60, u32::MAX] {
            assert_eq!(RateWindow::of_seconds(seconds), None, "{seconds}");
        }
    }
}
