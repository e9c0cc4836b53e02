//! Alarms: the command of `--exec-on-fail` runs beside the work when a check fails, and at most once a window.

use super::alarm_command::{AlarmCommand, AlarmFacts};
use super::said_trouble::SaidTrouble;
use crate::Catalog;
use crate::program::report::{Check, InputNames, TakenSteps, Tally, Trip};
use crate::program::terminal::messages::{Messages, cause};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

/// The interval at which checks are made.
pub(super) const CHECKED_EVERY: Duration = Duration::from_secs(1);
/// The longest wait, at the end of the run, for a command that runs.
const LAST_WAIT: Duration = Duration::from_secs(10);
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// The command, with the state of each check.
pub(crate) struct Alarms {
    command: AlarmCommand,
    /// The state of each check, by its place.
    states: Vec<AlarmState>,
    said_failure: SaidTrouble,
    said_status: SaidTrouble,
}

/// The alarms of a check so far.
#[derive(Default)]
struct AlarmState {
    /// The time of the last alarm; `None` if there was none.
    last: Option<Instant>,
    /// The steps of time of a rate's windows that have had their alarm.
    taken: TakenSteps,
    running: Option<Child>,
    /// True if it has been said that the command still runs.
    has_said_running: bool,
}

impl Alarms {
    pub(crate) fn new(command: AlarmCommand, checks: usize) -> Self {
        let states = std::iter::repeat_with(AlarmState::default).take(checks).collect();
        Self { command, states, said_failure: SaidTrouble::default(), said_status: SaidTrouble::default() }
    }

    /// Makes the checks on the counts so far, and starts the command for each that has failed since its last alarm.
    pub(super) fn look(
        &mut self,
        checks: &[Check],
        tally: &Tally,
        catalog: &Catalog,
        names: &InputNames,
        messages: &Messages,
    ) {
        for (place, check) in checks.iter().enumerate() {
            self.reap(place, messages);
            let Some(state) = self.states.get_mut(place).filter(|state| state.is_due(check)) else {
                continue;
            };
            let Some(trip) = check.trip(place, tally, catalog, &state.taken) else {
                continue;
            };
            if state.running.is_some() {
                if !std::mem::replace(&mut state.has_said_running, true) {
                    let still = "still runs, and is not started again until it has ended";
                    messages.mention(&format!("--exec-on-fail {}: {still}", self.command));
                }
                continue;
            }
            self.start(place, check, &trip, catalog, names, messages);
        }
    }

    /// Starts the command for a check that has failed.
    fn start(
        &mut self,
        place: usize,
        check: &Check,
        trip: &Trip<'_>,
        catalog: &Catalog,
        names: &InputNames,
        messages: &Messages,
    ) {
        let entry = trip.last.and_then(|(code, _)| catalog.get(code));
        let file = trip.last.and_then(|(_, line)| names.get(&line.file));
        let facts = AlarmFacts {
            check: &check.text,
            count: trip.count,
            from: &trip.from,
            code: trip.last.map(|(code, _)| code),
            message: entry.map_or("", |entry| entry.message()),
            file: file.map_or("", String::as_str),
            line: trip.last.map_or("", |(_, line)| &line.text),
        };
        let started = self.command.start(&facts);
        if let Some(state) = self.states.get_mut(place) {
            (state.last, state.taken) = (Some(Instant::now()), trip.taken.clone());
        }
        match started {
            Ok(child) => {
                if let Some(state) = self.states.get_mut(place) {
                    state.running = Some(child);
                }
            }
            Err(error) if self.said_failure.is_news() => {
                messages.say(&format!("--exec-on-fail {}: cannot be run: {}", self.command, cause(&error)));
            }
            Err(_) => {}
        }
    }

    /// Waits for commands that run, for a while.
    pub(super) fn finish(&mut self, messages: &Messages) {
        let end = Instant::now() + LAST_WAIT;
        loop {
            (0..self.states.len()).for_each(|place| self.reap(place, messages));
            if self.states.iter().all(|state| state.running.is_none()) {
                return;
            }
            if Instant::now() >= end {
                let still =
                    format!("still runs {} s after the end, and is left to itself", LAST_WAIT.as_secs());
                messages.mention(&format!("--exec-on-fail {}: {still}", self.command));
                return;
            }
            thread::sleep(LOOK_AGAIN);
        }
    }

    /// Takes note of the end of the command that runs for a check, if it has ended.
    fn reap(&mut self, place: usize, messages: &Messages) {
        let Some(state) = self.states.get_mut(place) else {
            return;
        };
        let ended = state.running.as_mut().and_then(|child| child.try_wait().transpose());
        if ended.is_some() {
            state.running = None;
        }
        if let Some(Ok(status)) = ended
            && !status.success()
            && self.said_status.is_news()
        {
            messages.mention(&format!("--exec-on-fail {}: {}", self.command, words_of(status)));
        }
    }
}

impl AlarmState {
    /// Returns true if there may be an alarm: once, or for a rate once a window.
    fn is_due(&self, check: &Check) -> bool {
        let window = check.window.map(|window| Duration::from_secs(window.seconds().into()));
        self.last.is_none_or(|last| window.is_some_and(|window| last.elapsed() >= window))
    }
}

/// Returns the way in which a command has ended, in words.
fn words_of(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("has ended with status {code}"),
        (None, Some(signal)) => format!("was ended by signal {signal}"),
        (None, None) => "has ended without a status".to_owned(),
    }
}
