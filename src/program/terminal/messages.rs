//! Messages on standard error: one line each, with the name of their subject and the remedy.

use crate::program::compression::Damage;
use crate::program::system::signals::Signals;
use crate::program::system::standard_error::StandardError;
use crate::program::terminal::input_name::InputName;
use crate::program::terminal::progress::Progress;
use crate::program::terminal::visible::visible;
use std::convert::Infallible;
use std::error::Error;
use std::fmt;
use std::io::{self, ErrorKind, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// The longest wait for the last message before the program ends.
const PATIENCE_AT_LAST: Duration = Duration::from_secs(1);

/// The refusal of an input that is standard output as well. The fault is the usage's and not the input's.
#[derive(Debug)]
pub(crate) struct OwnOutput;

/// The fault of an input whose lines are to be chosen by their times and have none. It is the usage's, too: nothing is damaged.
#[derive(Debug)]
pub(crate) struct NoTimes {
    pub(crate) first_line: String,
}

/// Prints messages without tearing the progress that is shown, and remembers if some of them were about trouble.
#[derive(Debug)]
pub struct Messages {
    progress: Progress,
    /// Tells inputs that a signal has ended, which are no trouble.
    signals: Signals,
    /// True if an input was damaged or could not be read.
    input_trouble: AtomicBool,
    /// The number of inputs that could not be read to their ends.
    troubled_inputs: Arc<AtomicU64>,
    /// True if there was any other trouble.
    trouble: AtomicBool,
    /// The messages, if they are kept and not written.
    kept: Option<std::sync::Mutex<Vec<String>>>,
}

impl Messages {
    pub(crate) fn new(progress: Progress, signals: Signals) -> Self {
        let [input_trouble, trouble] = [false; 2].map(AtomicBool::new);
        Self { progress, signals, input_trouble, troubled_inputs: Arc::default(), trouble, kept: None }
    }

    /// Returns an instance that keeps its messages for [`Messages::take_kept`] in place of writing them.
    pub fn kept() -> Self {
        Self { kept: Some(std::sync::Mutex::default()), ..Self::new(Progress::hidden(), Signals::default()) }
    }

    /// Returns the messages that were kept since the last call; none if messages are written.
    pub fn take_kept(&self) -> Vec<String> {
        let take =
            |kept: &std::sync::Mutex<Vec<String>>| std::mem::take(&mut *kept.lock().expect("no panic"));
        self.kept.as_ref().map(take).unwrap_or_default()
    }

    /// Returns the number of inputs that could not be read to their ends, as it grows.
    pub(crate) fn troubled_inputs(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.troubled_inputs)
    }

    /// Returns true if trouble has been reported.
    pub(crate) fn any(&self) -> bool {
        self.any_of_inputs() || self.any_other()
    }

    /// Returns true if an input that is damaged or cannot be read has been reported.
    pub(super) fn any_of_inputs(&self) -> bool {
        self.input_trouble.load(Ordering::Relaxed)
    }

    /// Returns true if trouble has been reported that is none of an input.
    pub(super) fn any_other(&self) -> bool {
        self.trouble.load(Ordering::Relaxed)
    }

    /// Reports an input that could not be read to its end, unless a signal is the cause.
    pub(crate) fn input(&self, name: &InputName, error: &io::Error) {
        if self.signals.is_stop(error) {
            return;
        }
        self.troubled_inputs.fetch_add(1, Ordering::Relaxed);
        let text = input_trouble(name, error);
        if is_of_usage(error) { self.say(&text) } else { self.say_of_input(&text) }
    }

    /// Reports a file of the configuration, such as a catalog, that could not be read.
    pub(crate) fn setting(&self, name: &InputName, error: &io::Error) {
        self.say(&input_trouble(name, error));
    }

    /// Reports an input that could not be read to its end, and that its output does not appear, unless a signal is
    /// the cause.
    pub(crate) fn not_written(&self, name: &InputName, error: &io::Error, output: &Path) {
        if !self.signals.is_stop(error) {
            self.troubled_inputs.fetch_add(1, Ordering::Relaxed);
            let output = InputName::File(output.to_owned());
            let text = format!("{}; {output} is not written", input_trouble(name, error));
            if is_of_usage(error) { self.say(&text) } else { self.say_of_input(&text) }
        }
    }

    /// Reports an output that could not be written.
    pub(crate) fn output(&self, name: &str, error: &io::Error) {
        self.say(&output_trouble(name, error));
    }

    /// Reports an input that is damaged or cannot be read, in one line.
    pub(crate) fn say_of_input(&self, text: &str) {
        self.input_trouble.store(true, Ordering::Relaxed);
        self.mention(text);
    }

    /// Reports trouble of any other kind in one line.
    pub(crate) fn say(&self, text: &str) {
        self.trouble.store(true, Ordering::Relaxed);
        self.mention(text);
    }

    /// Prints a message that is not about trouble, in one line.
    pub(crate) fn mention(&self, text: &str) {
        if let Some(kept) = &self.kept {
            kept.lock().expect("no panic").push(text.to_owned());
            return;
        }
        self.progress.suspend(|| write_message(text));
    }
}

impl fmt::Display for OwnOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("is the output too; write to another file")
    }
}

impl Error for OwnOutput {}

impl fmt::Display for NoTimes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "no line has a time in its first 512 bytes that is understood; the first line is {:?}; leave out --since \
             and --until, or the file, with --exclude",
            self.first_line
        )
    }
}

impl Error for NoTimes {}

/// Returns true if the error of an input is a fault of the usage, and the input is not damaged.
fn is_of_usage(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<OwnOutput>() || inner.is::<NoTimes>())
}

/// Returns the message for an input that cannot be read to its end.
pub(crate) fn input_trouble(name: &InputName, error: &io::Error) -> String {
    let remedy = match error.kind() {
        ErrorKind::NotFound => "no such file; check the name".to_owned(),
        ErrorKind::PermissionDenied => "permission denied; read access is needed".to_owned(),
        _ if Damage::is_in(error) => format!("{error}; what came before has been annotated"),
        _ => cause(error),
    };
    format!("{name}: {remedy}")
}

/// Returns the message for an output that cannot be written.
pub(crate) fn output_trouble(name: &str, error: &io::Error) -> String {
    let remedy = match error.kind() {
        _ if is_out_of_room(error) => "no space left; free some, or write elsewhere".to_owned(),
        ErrorKind::FileTooLarge => "would be larger than the limit for files, ulimit -f".to_owned(),
        ErrorKind::IsADirectory => "is a directory; name a file in it, or use --output-dir".to_owned(),
        ErrorKind::PermissionDenied => "permission denied; write access is needed".to_owned(),
        _ => cause(error),
    };
    format!("{name}: {remedy}")
}

/// Returns the system's text for an error, or the remedy for a stream that is closed.
pub(crate) fn cause(error: &io::Error) -> String {
    if error.raw_os_error() == Some(rustix::io::Errno::BADF.raw_os_error()) {
        return "is closed; leave out the >&- or <&-".to_owned();
    }
    error.to_string()
}

/// Returns true if the cause of an error stops other files from being written, too.
pub(crate) fn is_out_of_room(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded)
}

/// Writes a message to standard error, in one line. Most messages have text from outside, so that all of them are
/// escaped here for the terminal.
fn write_message(text: &str) {
    write_to_stderr(&format!("imsdk-annotate: {}\n", visible(text)));
}

/// Prints a message in one line before the program ends. Waits for one second at most, so that a standard error that
/// takes nothing does not hold up the end.
pub(crate) fn say_at_last(text: String) {
    // The channel is disconnected when the line is written, or if no thread can be had.
    let (saying, said) = mpsc::channel::<Infallible>();
    let _ = thread::Builder::new().name("last words".to_owned()).spawn(move || {
        write_message(&text);
        drop(saying);
    });
    let _ = said.recv_timeout(PATIENCE_AT_LAST);
}

/// Writes lines to standard error, each escaped for the terminal. Ignores errors, for which there is no other place.
pub(crate) fn write_to_stderr(lines: &str) {
    let harmless: String = lines
        .split_inclusive('\n')
        .map(|line| match line.strip_suffix('\n') {
            Some(line) => visible(line) + "\n",
            None => visible(line),
        })
        .collect();
    let _ = StandardError::for_messages().write_all(harmless.as_bytes());
}

/// The name of standard output in messages.
pub(crate) const STDOUT_NAME: &str = "standard output";

/// Returns the value, or reports that an output could not be written and returns `None`. A broken pipe is not
/// reported, because its reader has read enough (`| head`).
pub(crate) fn say_if_not_written<T>(messages: &Messages, name: &str, outcome: io::Result<T>) -> Option<T> {
    match outcome {
        Ok(value) => Some(value),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => None,
        Err(error) => {
            messages.output(name, &error);
            None
        }
    }
}
