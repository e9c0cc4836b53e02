//! Reports on a run that goes on: a thread writes reports and metrics at their times, and when a signal asks for them, and
//! draws the table of `--live`.
//!
//! The thread reads copies of the counts. It neither holds up the lines nor changes them.

use super::Triage;
use super::alarms::CHECKED_EVERY;
use super::said_trouble::SaidTrouble;
use super::triage::now;
use crate::program::pipeline::LiveCounts;
use crate::program::report::{InputNames, SoFar, Tally};
use crate::program::system::signals::{Call, CallsEnd, ReportCalls};
use crate::program::terminal::messages::{Messages, STDOUT_NAME};
use crate::program::terminal::redrawn::RedrawnLines;
use indicatif::BinaryBytes;
use std::cmp::Reverse;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// The number of codes that the answer to a signal names, where no report was asked for.
const MOST_FREQUENT: usize = 5;
/// The time between two looks at the counts for the table.
const TABLE_EVERY: Duration = Duration::from_millis(250);

/// The reports and metrics of a run, with all that they are made of.
pub(super) struct LiveReports {
    pub(super) triage: Triage,
    pub(super) counts: LiveCounts,
    /// The names of the inputs, without members of archives.
    pub(super) names: InputNames,
    pub(super) member_names: Arc<Mutex<InputNames>>,
    /// The number of inputs that could not be read.
    pub(super) troubled_inputs: Arc<AtomicU64>,
    pub(super) messages: Messages,
    /// The place of the table on the terminal; `None` if there is no table.
    redrawn: Option<RedrawnLines>,
    said: SaidTrouble,
    /// The start of the run, as text.
    start: String,
    /// The number of lines and fields at the last report.
    last: Option<(u64, u64)>,
}

/// The reports and metrics of a run, on a thread of their own unless none can be had.
pub(super) enum RunningReports {
    Thread(JoinHandle<LiveReports>, CallsEnd),
    None(Box<LiveReports>),
}

impl LiveReports {
    pub(super) fn new(
        triage: Triage,
        counts: LiveCounts,
        names: InputNames,
        member_names: Arc<Mutex<InputNames>>,
        troubled_inputs: Arc<AtomicU64>,
        messages: Messages,
        redrawn: Option<RedrawnLines>,
    ) -> Self {
        counts.watch();
        if redrawn.is_some() {
            counts.keep_latest();
        }
        let said = SaidTrouble::default();
        let (start, last) = (now(), None);
        Self { triage, counts, names, member_names, troubled_inputs, messages, redrawn, said, start, last }
    }

    /// Writes the metrics for the first time, and starts the thread. Where none can be had, reports are written at the end
    /// alone, which is said if others were asked for.
    pub(super) fn start(mut self) -> RunningReports {
        // Before the first field is counted, so that its code has been 0.
        self.write_metrics();
        let caught = ReportCalls::catch();
        let (sender, receiver) = mpsc::channel::<(Self, ReportCalls)>();
        let work = move || {
            let (this, calls) = receiver.recv().expect("the thread has work if it has started");
            this.run(calls)
        };
        let started = caught.and_then(|(calls, end)| {
            let thread = thread::Builder::new().name("reports".to_owned()).spawn(work)?;
            Ok((calls, end, thread))
        });
        match started {
            Ok((calls, end, thread)) => {
                let _ = sender.send((self, calls));
                RunningReports::Thread(thread, end)
            }
            Err(error) => {
                let Triage { metrics_file, report_every, alarms, .. } = &self.triage;
                let is_wanted = metrics_file.is_some() || report_every.is_some() || alarms.is_some();
                if is_wanted || self.redrawn.is_some() {
                    let what = "reports, metrics, checks and the table of --live are made at the end alone";
                    self.messages.say(&format!("{what}: no thread can be had: {error}"));
                }
                RunningReports::None(Box::new(self))
            }
        }
    }

    /// Writes reports and metrics at their times and on signals, until the run is at its end.
    fn run(mut self, mut calls: ReportCalls) -> Self {
        let start = Instant::now();
        let metrics_every = self.triage.metrics_file.as_ref().map(|file| file.every());
        let mut metrics = Schedule::new(start, metrics_every);
        let mut reports = Schedule::new(start, self.triage.report_every);
        let mut table = Schedule::new(start, self.redrawn.as_ref().map(|_| TABLE_EVERY));
        let mut alarms = Schedule::new(start, self.triage.alarms.is_some().then_some(CHECKED_EVERY));
        self.draw_table(false);
        loop {
            let next = [metrics.next, reports.next, table.next, alarms.next].into_iter().flatten().min();
            let call = calls.wait(next);
            if call == Call::End {
                return self;
            }
            let (is_called, now) = (call == Call::Signal, Instant::now());
            if metrics.is_due(now) || is_called {
                self.write_metrics();
            }
            if reports.is_due(now) || is_called {
                self.write_reports(is_called);
            }
            if table.is_due(now) {
                self.draw_table(false);
            }
            if alarms.is_due(now) {
                self.look_for_alarms();
            }
        }
    }

    /// Writes the metrics of the counts so far, if they were asked for.
    pub(super) fn write_metrics(&mut self) {
        if let Some(file) = &mut self.triage.metrics_file {
            let troubles = self.troubled_inputs.load(Ordering::Relaxed);
            file.write(&self.counts.so_far(), troubles, &self.triage.catalog, &self.messages);
        }
    }

    /// Makes the checks of alarms on the counts so far, and runs their command.
    fn look_for_alarms(&mut self) {
        if self.triage.alarms.is_some() {
            let (tally, names) = (self.counts.so_far(), self.names_so_far());
            let Self { triage: Triage { alarms, judgement, catalog, .. }, messages, .. } = self;
            alarms.iter_mut().for_each(|alarms| {
                alarms.look(&judgement.checks, &tally, catalog, &names, messages);
            });
        }
    }

    /// Makes the checks of alarms for the last time, and waits for their command.
    pub(super) fn finish_alarms(&mut self) {
        self.look_for_alarms();
        let Self { triage, messages, .. } = self;
        triage.alarms.iter_mut().for_each(|alarms| alarms.finish(messages));
    }

    /// Writes the reports on the counts so far. A signal is answered by three lines where there are none.
    fn write_reports(&mut self, is_called: bool) {
        let (tally, names) = (self.counts.so_far(), self.names_so_far());
        let so_far = SoFar::new(self.start.clone(), now(), &tally, self.last);
        self.last = Some(SoFar::amounts(&tally));
        // Reports on the terminal of the table go above it.
        self.redrawn.iter().for_each(RedrawnLines::clear);
        let any = self.triage.write_so_far(&tally, &names, &so_far, &self.messages);
        if is_called && !any {
            self.answer(&tally);
        }
    }

    /// Draws the table on the terminal, if there is one.
    fn draw_table(&mut self, is_last: bool) {
        let Some(redrawn) = &self.redrawn else {
            return;
        };
        let troubles = self.troubled_inputs.load(Ordering::Relaxed);
        let lines = self.triage.live_lines(&self.counts.latest(), &self.names_so_far(), troubles);
        if let Err(error) = redrawn.draw(lines.unwrap_or_default(), is_last) {
            self.said.say(&self.messages, STDOUT_NAME, &error);
        }
    }

    /// Returns the names of the inputs so far, with members of archives.
    fn names_so_far(&self) -> InputNames {
        let mut names = self.names.clone();
        let members = self.member_names.lock().unwrap_or_else(PoisonError::into_inner).clone();
        names.extend(members);
        self.triage.label_names(&mut names);
        names
    }

    /// Answers a signal by three lines: the lines, the fields, and the most frequent codes.
    fn answer(&self, tally: &Tally) {
        let (lines, bytes) = (tally.input.lines, BinaryBytes(tally.input.bytes));
        self.messages.mention(&format!("lines so far: {lines} ({bytes}), since {}", self.start));
        let (known, unknown) = (tally.known_fields(), tally.unknown_fields());
        self.messages.mention(&format!("fields: {known} with known codes, {unknown} with unknown ones"));
        let mut codes: Vec<(i32, u64)> = tally.counts().collect();
        codes.sort_by_key(|(code, count)| (Reverse(*count), code.unsigned_abs(), *code));
        let codes: Vec<_> =
            codes.iter().take(MOST_FREQUENT).map(|(code, count)| format!("{code} ({count})")).collect();
        let codes = if codes.is_empty() { "none".to_owned() } else { codes.join(", ") };
        self.messages.mention(&format!("most frequent codes: {codes}"));
    }
}

impl RunningReports {
    /// Ends the thread, draws the table for the last time, and returns the reports, which are still to be written for the last
    /// time.
    pub(super) fn end(self) -> LiveReports {
        let mut reports = match self {
            Self::None(reports) => *reports,
            Self::Thread(thread, end) => {
                drop(end);
                thread.join().unwrap_or_else(|panic| resume_unwind(panic))
            }
        };
        reports.draw_table(true);
        reports
    }
}

/// The times at which something is written.
struct Schedule {
    every: Option<Duration>,
    next: Option<Instant>,
}

impl Schedule {
    fn new(start: Instant, every: Option<Duration>) -> Self {
        Self { every, next: every.and_then(|every| start.checked_add(every)) }
    }

    /// Returns true if the time has come, and sets the next one. Times that were missed are left out.
    fn is_due(&mut self, now: Instant) -> bool {
        let (Some(every), Some(next)) = (self.every, self.next) else {
            return false;
        };
        if now < next {
            return false;
        }
        let following = next.checked_add(every).filter(|following| *following > now);
        self.next = following.or_else(|| now.checked_add(every));
        true
    }
}
