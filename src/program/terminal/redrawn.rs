//! Lines at the end of a terminal that are drawn again and again in their place, with other text going above them.

use super::screen::columns_of;
use crate::program::system::pipes;
use crate::program::system::signals::flag_of_going_on;
use std::env;
use std::io::{self, ErrorKind, IoSlice, IsTerminal};
use std::mem;
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use unicode_width::UnicodeWidthStr;

/// The shortest time between two drawings.
const SHORTEST: Duration = Duration::from_millis(100);
/// The longest wait for a terminal that takes nothing and is non-blocking.
const PATIENCE: Duration = Duration::from_secs(1);
/// The value of TERM for a terminal that cannot move its cursor.
const DUMB: &str = "dumb";

/// Lines on the terminal of standard output. Clones share them.
///
/// The cursor stands at the beginning of the line below them, so that an end of the program at any time leaves them
/// whole, and what comes then has a line of its own.
#[derive(Clone, Debug)]
pub(crate) struct RedrawnLines(Arc<Mutex<RedrawnState>>);

#[derive(Debug)]
struct RedrawnState {
    /// The lines that were given last.
    lines: Vec<String>,
    /// The widths of the lines that stand on the terminal directly above the cursor, in columns.
    drawn: Vec<usize>,
    /// The number of columns when the lines were drawn.
    columns: Option<u16>,
    drawn_at: Option<Instant>,
    /// True if lines are drawn no more.
    has_ended: bool,
    /// Becomes true when the program goes on after a stop, in which other programs wrote below the lines.
    goes_on: Arc<AtomicBool>,
}

impl RedrawnLines {
    /// Returns the reason why standard output cannot have such lines, if it cannot.
    pub(crate) fn refusal() -> Option<&'static str> {
        if !io::stdout().is_terminal() {
            return Some("standard output is no terminal");
        }
        let is_dumb = env::var_os("TERM").is_some_and(|term| term == DUMB);
        is_dumb.then_some("the terminal cannot move its cursor (TERM=dumb)")
    }

    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(RedrawnState {
            lines: Vec::new(),
            drawn: Vec::new(),
            columns: None,
            drawn_at: None,
            has_ended: false,
            goes_on: flag_of_going_on(),
        })))
    }

    /// Draws lines in the place of those before them, unless they are the same, or were drawn a moment ago; the last ones
    /// are drawn then, too. A line must have no control characters but for sequences of colours, and should fit the width.
    ///
    /// # Errors
    ///
    /// Fails where the terminal cannot be written.
    pub(crate) fn draw(&self, lines: Vec<String>, are_last: bool) -> io::Result<()> {
        let mut state = self.state();
        if state.has_ended {
            return Ok(());
        }
        if state.goes_on.swap(false, Ordering::Relaxed) {
            state.drawn.clear();
        }
        let is_same =
            !state.drawn.is_empty() && state.lines == lines && state.columns == columns_of(io::stdout());
        state.lines = lines;
        if is_same || (state.is_recent() && !are_last) { Ok(()) } else { state.redraw() }
    }

    /// Calls `action`, which may write to the same terminal, while the lines are not there, and returns its result.
    pub(crate) fn suspend<R>(&self, action: impl FnOnce() -> R) -> R {
        let mut state = self.state();
        if !state.clear() {
            return action();
        }
        let result = action();
        // Soon drawn again otherwise: many messages in a row must not wait for as many drawings.
        if !state.is_recent() {
            let _ = state.redraw();
        }
        result
    }

    /// Takes the lines away until they are drawn again: what is written until then goes above them.
    pub(crate) fn clear(&self) {
        self.state().clear();
    }

    /// Leaves the lines as they are: what comes then goes below them.
    pub(crate) fn leave(&self) {
        let mut state = self.state();
        state.has_ended = true;
        state.drawn.clear();
    }

    fn state(&self) -> MutexGuard<'_, RedrawnState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RedrawnState {
    fn is_recent(&self) -> bool {
        self.drawn_at.is_some_and(|drawn| drawn.elapsed() < SHORTEST)
    }

    /// Takes the lines away. Returns false if there are none.
    fn clear(&mut self) -> bool {
        if self.drawn.is_empty() || self.goes_on.swap(false, Ordering::Relaxed) {
            self.drawn.clear();
            return false;
        }
        let beginning = self.take_beginning();
        // An error is told when the lines are drawn again.
        let _ = write(&(beginning + "\x1b[J"));
        true
    }

    /// Draws the lines in one write. Terminals wrap nothing meanwhile, because some find characters wider than others.
    fn redraw(&mut self) -> io::Result<()> {
        let mut text = self.take_beginning();
        text.push_str("\x1b[?7l");
        for line in &self.lines {
            text.push_str(line);
            text.push_str("\x1b[K\r\n");
        }
        text.push_str("\x1b[J\x1b[?7h");
        self.drawn_at = Some(Instant::now());
        self.columns = columns_of(io::stdout());
        write(&text)?;
        self.drawn = self.lines.iter().map(|line| width_of(line)).collect();
        Ok(())
    }

    /// Forgets the lines that are drawn, and returns the sequence that moves the cursor to their beginning. Lines that
    /// are wider than the window has become are wrapped by now.
    fn take_beginning(&mut self) -> String {
        let columns = columns_of(io::stdout()).map_or(usize::MAX, usize::from);
        let drawn = mem::take(&mut self.drawn);
        match drawn.iter().map(|width| width.div_ceil(columns).max(1)).sum::<usize>() {
            0 => "\r".to_owned(),
            rows => format!("\r\x1b[{rows}A"),
        }
    }
}

/// Returns the number of columns that a line takes, without its sequences of colours.
fn width_of(line: &str) -> usize {
    let mut parts = line.split('\x1b');
    let first = parts.next().map_or(0, str::width);
    first + parts.map(|part| part.split_once('m').map_or(0, |(_, text)| text.width())).sum::<usize>()
}

/// Writes a text to the terminal of standard output. One that takes nothing for a while is left alone.
fn write(text: &str) -> io::Result<()> {
    let mut rest = text.as_bytes();
    while !rest.is_empty() {
        match pipes::write_once(io::stdout().as_fd(), &[IoSlice::new(rest)], Some(PATIENCE)) {
            Ok(count) => rest = &rest[count..],
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::TimedOut => return Ok(()),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_take_no_columns() {
        assert_eq!(width_of("\x1b[31m-204\x1b[0m  用户 \x1b[1;38;5;208mx\x1b[0m"), 12);
        assert_eq!(width_of(""), 0);
    }
}
