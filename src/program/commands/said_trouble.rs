//! Trouble that goes on, and is said once an hour.

use crate::program::terminal::messages::Messages;
use std::io;
use std::time::{Duration, Instant};

/// The time after which trouble that goes on is said again.
const SAID_AGAIN: Duration = Duration::from_secs(60 * 60);

/// The memory of trouble that was said.
#[derive(Debug, Default)]
pub(super) struct SaidTrouble(Option<Instant>);

impl SaidTrouble {
    /// Says that an output could not be written, unless that was said within an hour.
    pub(super) fn say(&mut self, messages: &Messages, name: &str, error: &io::Error) {
        if self.is_news() {
            messages.output(name, error);
        }
    }

    /// Returns true if the trouble was not said within an hour; it then counts as said.
    pub(super) fn is_news(&mut self) -> bool {
        let is_news = self.0.is_none_or(|said| said.elapsed() >= SAID_AGAIN);
        if is_news {
            self.0 = Some(Instant::now());
        }
        is_news
    }
}
