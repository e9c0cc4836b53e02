//! A terminal for tests: a pseudo terminal that the binary runs on, and the window that shows what comes to it.
//!
//! As most terminals do, the window breaks lines again when it is resized.

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use std::fs::File;
use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use unicode_width::UnicodeWidthChar;

/// Stands behind a wide character for its second column.
const SECOND_HALF: char = '\0';

/// The binary on a pseudo terminal, which is its standard output and standard error.
pub(crate) struct OnTerminal {
    pub(crate) child: Child,
    controller: File,
    /// All bytes that have come.
    shown: Arc<Mutex<Vec<u8>>>,
    reader: JoinHandle<()>,
    window: Window,
    /// The number of bytes that the window has shown.
    read: usize,
}

/// The text that a terminal shows, with all that has moved out of it at the top.
pub(crate) struct Window {
    columns: usize,
    rows: usize,
    /// The lines as they were before they were wrapped, in columns.
    lines: Vec<Vec<char>>,
    /// The place of the cursor: the line, and the column in it.
    line: usize,
    at: usize,
    wraps: bool,
    /// The bytes that have come of a sequence or of a character that is not whole.
    rest: Vec<u8>,
    /// The sequences of colours that have come.
    pub(crate) colors: Vec<String>,
}

impl OnTerminal {
    /// Starts the binary with the terminal as its standard input, too.
    pub(crate) fn start_alone(command: &mut Command, columns: u16, rows: u16) -> Self {
        Self::run(command, columns, rows, true)
    }

    pub(crate) fn start(command: &mut Command, columns: u16, rows: u16) -> Self {
        Self::run(command, columns, rows, false)
    }

    fn run(command: &mut Command, columns: u16, rows: u16, reads_it: bool) -> Self {
        let controller = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&controller).and_then(|()| unlockpt(&controller)).unwrap();
        let name = ptsname(&controller, Vec::new()).unwrap().into_string().unwrap();
        let terminal = File::options().read(true).write(true).open(name).unwrap();
        let controller = File::from(controller);
        tcsetwinsize(&controller, size(columns, rows)).unwrap();
        if reads_it {
            command.stdin(terminal.try_clone().unwrap());
        }
        command.stdout(terminal.try_clone().unwrap()).stderr(terminal);
        let child = command.spawn().unwrap();
        // Leaves the terminal open in the program alone, so that reading ends with the program.
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let shown = Arc::new(Mutex::new(Vec::new()));
        let (all, mut rdr) = (Arc::clone(&shown), controller.try_clone().unwrap());
        let reader = thread::spawn(move || {
            let mut buffer = [0; 4096];
            // The read ends with an error when all that had the terminal open are gone.
            while let Ok(count @ 1..) = rdr.read(&mut buffer) {
                all.lock().unwrap().extend_from_slice(&buffer[..count]);
            }
        });
        let window = Window::new(columns.into(), rows.into());
        Self { child, controller, shown, reader, window, read: 0 }
    }

    /// Returns all bytes that have come so far.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.shown.lock().unwrap().clone()
    }

    /// Returns the window with all that has come so far.
    pub(crate) fn window(&mut self) -> &Window {
        let bytes = self.bytes();
        self.window.show(&bytes[self.read..]);
        self.read = bytes.len();
        &self.window
    }

    /// Gives the window another size. Returns false if something came meanwhile, of which nobody knows for which size it was.
    pub(crate) fn resize(&mut self, columns: u16, rows: u16) -> bool {
        self.window();
        tcsetwinsize(&self.controller, size(columns, rows)).unwrap();
        (self.window.columns, self.window.rows) = (columns.into(), rows.into());
        self.shown.lock().unwrap().len() == self.read
    }

    /// Waits for the end of the program, and returns its status and the window that it leaves.
    pub(crate) fn end(mut self) -> (ExitStatus, Window) {
        let status = self.child.wait().unwrap();
        self.reader.join().unwrap();
        let bytes = self.shown.lock().unwrap().clone();
        self.window.show(&bytes[self.read..]);
        (status, self.window)
    }
}

fn size(columns: u16, rows: u16) -> Winsize {
    Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 }
}

impl Window {
    fn new(columns: usize, rows: usize) -> Self {
        let (lines, rest, colors) = (vec![Vec::new()], Vec::new(), Vec::new());
        Self { columns, rows, lines, line: 0, at: 0, wraps: true, rest, colors }
    }

    /// Returns all rows, also those that have moved out of the window, without spaces at their ends.
    pub(crate) fn all_rows(&self) -> Vec<String> {
        let rows = self.places().into_iter().map(|(line, start)| {
            let cells = &self.lines[line];
            let row = &cells[start.min(cells.len())..(start + self.columns).min(cells.len())];
            row.iter().filter(|char| **char != SECOND_HALF).collect::<String>().trim_end().to_owned()
        });
        rows.collect()
    }

    /// Returns the number of the row that the cursor is in, and its column.
    pub(crate) fn cursor(&self) -> (usize, usize) {
        let places = self.places();
        let is_before = |&(line, start): &(usize, usize)| (line, start) <= (self.line, self.at);
        let row = places.iter().rposition(is_before).unwrap();
        (row, self.at - places[row].1)
    }

    /// Returns the line and the column in it that each row begins with.
    fn places(&self) -> Vec<(usize, usize)> {
        let rows_of = |cells: &Vec<char>| cells.len().div_ceil(self.columns).max(1);
        let lines = self.lines.iter().enumerate();
        lines
            .flat_map(|(line, cells)| (0..rows_of(cells)).map(move |row| (line, row * self.columns)))
            .collect()
    }

    /// Shows bytes.
    ///
    /// # Panics
    ///
    /// Panics at sequences and control characters that the program has no use for.
    fn show(&mut self, bytes: &[u8]) {
        self.rest.extend_from_slice(bytes);
        let bytes = std::mem::take(&mut self.rest);
        let whole = match std::str::from_utf8(&bytes) {
            Ok(_) => bytes.len(),
            Err(error) => {
                assert_eq!(error.error_len(), None, "{}", bytes.escape_ascii());
                error.valid_up_to()
            }
        };
        let text = std::str::from_utf8(&bytes[..whole]).unwrap();
        let mut chars = text.char_indices();
        while let Some((at, char)) = chars.next() {
            match char {
                '\x1b' => {
                    let sequence = chars.as_str();
                    let Some(end) = sequence.find(|char: char| char.is_ascii_alphabetic()) else {
                        self.rest = bytes[at..].to_vec();
                        return;
                    };
                    self.control(&sequence[..=end]);
                    chars.by_ref().take(end + 1).for_each(drop);
                }
                '\r' => self.at -= self.cursor().1,
                '\n' => self.next_row(),
                _ => {
                    let width = char.width().unwrap_or_else(|| panic!("{char:?} acts on the terminal"));
                    self.put(char, width);
                }
            }
        }
        self.rest = bytes[whole..].to_vec();
    }

    fn control(&mut self, sequence: &str) {
        let number = sequence.trim_start_matches('[').trim_end_matches(char::is_alphabetic).parse();
        match sequence {
            "[?7l" => self.wraps = false,
            "[?7h" => self.wraps = true,
            "[K" => {
                let (row, _) = self.cursor();
                let start = self.places()[row].1;
                let line = &mut self.lines[self.line];
                let rest = line.split_off(self.at.min(line.len()));
                let behind = rest.get(start + self.columns - self.at..).unwrap_or_default().to_vec();
                if !behind.is_empty() {
                    self.lines.insert(self.line + 1, behind);
                }
            }
            "[J" => {
                self.lines.truncate(self.line + 1);
                self.lines[self.line].truncate(self.at);
            }
            _ if sequence.ends_with('A') => {
                let places = self.places();
                let (row, column) = self.cursor();
                let top = places.len().saturating_sub(self.rows);
                let (line, start) = places[row.saturating_sub(number.unwrap()).max(top)];
                (self.line, self.at) = (line, start + column);
            }
            _ if sequence.ends_with('m') => self.colors.push(sequence.to_owned()),
            _ => panic!("unknown: {sequence:?}"),
        }
    }

    fn next_row(&mut self) {
        let places = self.places();
        let (row, column) = self.cursor();
        let (line, start) = places.get(row + 1).copied().unwrap_or((self.lines.len(), 0));
        if line == self.lines.len() {
            self.lines.push(Vec::new());
        }
        (self.line, self.at) = (line, start + column);
    }

    fn put(&mut self, char: char, width: usize) {
        if !self.wraps && self.cursor().1 + width > self.columns {
            return;
        }
        let line = &mut self.lines[self.line];
        line.resize(line.len().max(self.at + width), ' ');
        if width > 0 {
            line[self.at] = char;
            line[self.at + 1..self.at + width].fill(SECOND_HALF);
        }
        self.at += width;
    }
}
