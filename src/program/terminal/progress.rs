//! Progress on standard error: bytes of input, rate, time left, files done and fields found, as far as they are known. Where
//! lines are drawn on standard output again and again, they take its place.

use super::plain_progress::PlainProgress;
use super::redrawn::RedrawnLines;
use super::screen::columns_of;
use indicatif::{
    BinaryBytes, HumanCount, HumanDuration, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle,
    TermLike,
};
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The line for regular files alone.
const TEMPLATE: &str = "{bar:20} {binary_bytes} of {binary_total_bytes}, {binary_bytes_per_sec}, \
                        {eta} left, {files} files, {fields} fields";
/// The line for several inputs of which one is a stream: the time left is unknown.
const STREAM_TEMPLATE: &str = "{binary_bytes}, {binary_bytes_per_sec}, {files} files, {fields} fields";
/// The line for one stream.
const ONE_STREAM_TEMPLATE: &str = "{binary_bytes}, {binary_bytes_per_sec}, {fields} fields";
/// The width of the line, in columns, if the terminal does not tell its own.
const USUAL_WIDTH: u16 = 100;

/// The duration of work that needs no progress.
const QUIET_AT_FIRST: Duration = Duration::from_millis(500);

/// Counts and shows progress, or does neither. Clones are cheap, and share their counts.
#[derive(Clone, Debug)]
pub struct Progress(Option<Arc<Shown>>);

/// The state of progress that is shown, which all clones share.
#[derive(Debug)]
struct Shown {
    bar: ProgressBar,
    files: Arc<AtomicU64>,
    fields: Arc<AtomicU64>,
    line_is_open: Arc<AtomicBool>,
    is_drawn: Arc<AtomicBool>,
    /// The lines that are written in place of the bar where standard error is no terminal.
    plain: Option<PlainProgress>,
    /// The lines that are drawn in place of the bar.
    redrawn: Option<RedrawnLines>,
}

impl Progress {
    /// Returns a progress that counts and shows nothing.
    pub fn hidden() -> Self {
        Self(None)
    }

    /// Returns a progress that writes plain lines, for `files` inputs of `bytes` bytes together; `None` if one of them is
    /// a stream.
    pub(crate) fn plain(files: u64, bytes: Option<u64>) -> Self {
        let bar = ProgressBar::with_draw_target(bytes, ProgressDrawTarget::hidden());
        let [files_done, fields] = [0; 2].map(|zero| Arc::new(AtomicU64::new(zero)));
        let (counts, done, found) = (bar.clone(), Arc::clone(&files_done), Arc::clone(&fields));
        let line = move || {
            let read = counts.position();
            let per_second = read as f64 / counts.elapsed().as_secs_f64().max(0.001);
            let of_bytes = match bytes {
                Some(bytes) => {
                    let left =
                        Duration::from_secs_f64(bytes.saturating_sub(read) as f64 / per_second.max(1.0));
                    let total = BinaryBytes(bytes);
                    format!(" of {total}, {}/s, {} left", BinaryBytes(per_second as u64), HumanDuration(left))
                }
                None => format!(", {}/s", BinaryBytes(per_second as u64)),
            };
            let of_files = if bytes.is_some() || files > 1 {
                format!("{} of {} files, ", HumanCount(done.load(Ordering::Relaxed)), HumanCount(files))
            } else {
                String::new()
            };
            let fields = HumanCount(found.load(Ordering::Relaxed));
            format!("{}{of_bytes}, {of_files}{fields} fields", BinaryBytes(read))
        };
        Self(Some(Arc::new(Shown {
            bar,
            files: files_done,
            fields,
            line_is_open: Arc::default(),
            is_drawn: Arc::new(AtomicBool::new(true)),
            plain: Some(PlainProgress::start(Arc::new(line))),
            redrawn: None,
        })))
    }

    /// Returns a progress that shows nothing itself, and keeps what is written to the terminal apart from lines that are
    /// drawn there again and again.
    pub(crate) fn beside(lines: RedrawnLines) -> Self {
        Self(Some(Arc::new(Shown {
            bar: ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden()),
            files: Arc::default(),
            fields: Arc::default(),
            line_is_open: Arc::default(),
            is_drawn: Arc::default(),
            plain: None,
            redrawn: Some(lines),
        })))
    }

    /// Returns the lines that are drawn in place of the progress, if there are such.
    pub(crate) fn redrawn(&self) -> Option<RedrawnLines> {
        self.0.as_ref().and_then(|shown| shown.redrawn.clone())
    }

    /// Returns a progress on a terminal, for `files` inputs of `bytes` bytes together; `None` if one of them is a
    /// stream. With `quiet_at_first`, it shows nothing in the first half second.
    pub(crate) fn shown(files: u64, bytes: Option<u64>, quiet_at_first: bool) -> Self {
        let (files_done, fields) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let line_is_open = Arc::new(AtomicBool::new(false));
        let quiet_until = Instant::now() + if quiet_at_first { QUIET_AT_FIRST } else { Duration::ZERO };
        let is_drawn = Arc::new(AtomicBool::new(false));
        let stderr = ProgressStream {
            line_is_open: Arc::clone(&line_is_open),
            is_drawn: Arc::clone(&is_drawn),
            quiet_until,
        };
        let target = ProgressDrawTarget::term_like(Box::new(stderr));
        let bar = ProgressBar::with_draw_target(bytes, target);
        let (done, found) = (Arc::clone(&files_done), Arc::clone(&fields));
        let template = match (bytes, files) {
            (Some(_), _) => TEMPLATE,
            (None, ..=1) => ONE_STREAM_TEMPLATE,
            (None, _) => STREAM_TEMPLATE,
        };
        let style = ProgressStyle::with_template(template)
            .expect("the template is well formed")
            .with_key("files", move |_: &ProgressState, text: &mut dyn std::fmt::Write| {
                let _ = write!(text, "{} of {}", HumanCount(done.load(Ordering::Relaxed)), HumanCount(files));
            })
            .with_key("fields", move |_: &ProgressState, text: &mut dyn std::fmt::Write| {
                let _ = write!(text, "{}", HumanCount(found.load(Ordering::Relaxed)));
            });
        bar.set_style(style);
        Self(Some(Arc::new(Shown {
            bar,
            files: files_done,
            fields,
            line_is_open,
            is_drawn,
            plain: None,
            redrawn: None,
        })))
    }

    pub(crate) fn add_bytes(&self, count: u64) {
        if let Some(shown) = &self.0 {
            shown.bar.inc(count);
        }
    }

    /// Subtracts bytes that will be read again.
    pub(crate) fn take_back_bytes(&self, count: u64) {
        if let Some(shown) = &self.0 {
            shown.bar.dec(count);
        }
    }

    pub(crate) fn add_fields(&self, count: u64) {
        if let Some(shown) = &self.0 {
            shown.fields.fetch_add(count, Ordering::Relaxed);
        }
    }

    pub(crate) fn file_done(&self) {
        if let Some(shown) = &self.0 {
            shown.files.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Calls `write`, which writes to the terminal that progress is shown on, so that neither tears the other.
    /// `bytes` are the bytes to write; `write` returns the number of bytes that it has written.
    ///
    /// # Errors
    ///
    /// Returns the error of `write`.
    pub(crate) fn write_beside(
        &self,
        bytes: &[u8],
        write: impl FnOnce() -> io::Result<usize>,
    ) -> io::Result<usize> {
        let Some(shown) = &self.0 else {
            return write();
        };
        if let Some(lines) = &shown.redrawn {
            return lines.suspend(write);
        }
        shown.bar.suspend(|| {
            let count = write()?;
            if let Some(last) = count.checked_sub(1) {
                shown.line_is_open.store(bytes[last] != b'\n', Ordering::Relaxed);
            }
            Ok(count)
        })
    }

    /// Returns true if progress is shown, or may be shown later.
    pub(crate) fn is_shown(&self) -> bool {
        self.0.is_some()
    }

    /// Calls `action` while the terminal is clear of progress, and returns its result.
    pub(crate) fn suspend<R>(&self, action: impl FnOnce() -> R) -> R {
        match self.0.as_deref() {
            Some(Shown { redrawn: Some(lines), .. }) => lines.suspend(action),
            Some(shown) => shown.bar.suspend(action),
            None => action(),
        }
    }

    /// Returns true if progress has been shown, so that a summary of the work is of use.
    pub(crate) fn was_shown(&self) -> bool {
        self.0.as_ref().is_some_and(|shown| shown.is_drawn.load(Ordering::Relaxed))
    }

    /// Shows the final progress, and leaves it on the terminal.
    pub(crate) fn finish(&self) {
        if let Some(Shown { plain: Some(plain), .. }) = self.0.as_deref() {
            plain.finish();
        } else if let Some(Shown { redrawn: Some(lines), .. }) = self.0.as_deref() {
            lines.leave();
        } else if let Some(shown) = &self.0 {
            shown.bar.abandon();
            if shown.is_drawn.load(Ordering::Relaxed) && !shown.line_is_open.load(Ordering::Relaxed) {
                let _ = io::stderr().write_all(b"\n");
            }
        }
    }
}

/// The terminal on standard error as a place to draw on.
#[derive(Debug)]
struct ProgressStream {
    /// True if standard output is the same terminal, and the line there has not ended. Nothing is drawn then.
    line_is_open: Arc<AtomicBool>,
    /// True if anything has been drawn.
    is_drawn: Arc<AtomicBool>,
    /// The time before which nothing is drawn.
    quiet_until: Instant,
}

impl TermLike for ProgressStream {
    fn width(&self) -> u16 {
        columns_of(io::stderr()).unwrap_or(USUAL_WIDTH)
    }

    fn move_cursor_up(&self, lines: usize) -> io::Result<()> {
        if lines == 0 { Ok(()) } else { self.write_str(&format!("\x1b[{lines}A")) }
    }

    fn move_cursor_down(&self, lines: usize) -> io::Result<()> {
        if lines == 0 { Ok(()) } else { self.write_str(&format!("\x1b[{lines}B")) }
    }

    fn move_cursor_right(&self, columns: usize) -> io::Result<()> {
        if columns == 0 { Ok(()) } else { self.write_str(&format!("\x1b[{columns}C")) }
    }

    fn move_cursor_left(&self, columns: usize) -> io::Result<()> {
        if columns == 0 { Ok(()) } else { self.write_str(&format!("\x1b[{columns}D")) }
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.write_str(&format!("{text}\n"))
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        if self.line_is_open.load(Ordering::Relaxed) || Instant::now() < self.quiet_until {
            return Ok(());
        }
        self.is_drawn.store(true, Ordering::Relaxed);
        io::stderr().write_all(text.as_bytes())
    }

    fn clear_line(&self) -> io::Result<()> {
        self.write_str("\r\x1b[2K")
    }

    fn flush(&self) -> io::Result<()> {
        Ok(())
    }
}
