//! Follows files: looks at names and sizes, waits for changes, and gives whole lines of one file after the other.

use super::FollowRules;
use super::change_events::{ChangeEvents, Changes};
use super::followed_file::{FileLook, FollowedFile, TurnBuffer};
use super::handles::{make_room, open_max};
use super::piece::FollowedLines;
use super::wanted::WantedNames;
use crate::program::input::{ListingRules, Reading};
use crate::program::system::file_id::{FileId, id_of};
use crate::program::terminal::input_name::InputName;
use crate::program::terminal::messages::Messages;
use rustix::fs::{FileType, fstat};
use rustix::io::Errno;
use rustix::process::test_kill_process;
use std::collections::{HashMap, HashSet};
use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// The interval of looks at names.
const NAMES_INTERVAL: Duration = Duration::from_secs(1);
/// The interval of looks at sizes where the system does not tell all changes.
const SIZES_INTERVAL: Duration = Duration::from_millis(250);
/// The shortest time between two looks at names.
const NAMES_PAUSE: Duration = Duration::from_millis(10);
/// The time without growth after which a file that has been replaced is finished: its writers have opened the new one.
const REPLACED_IDLE: Duration = Duration::from_secs(5);
/// The number of finished files that are remembered, so that none is read again under another name.
const FINISHED_MAX: usize = 4096;

/// The state of following the files of a run.
pub(crate) struct Follower<'a> {
    pub(super) rules: &'a FollowRules,
    pub(super) listing: &'a ListingRules,
    pub(super) reading: &'a Reading,
    pub(super) messages: &'a Messages,
    pub(super) wanted: WantedNames,
    pub(super) files: Vec<FollowedFile>,
    /// The files that are not followed, by their names: they are no text, or are outputs of the run.
    pub(super) left_out: HashSet<(FileId, PathBuf)>,
    /// The files that were finished, with the place up to which each was read.
    pub(super) finished: HashMap<FileId, FollowedFile>,
    pub(super) events: Option<ChangeEvents>,
    pub(super) buffer: TurnBuffer,
    pub(super) next_number: usize,
    /// True until the first look at names is done.
    pub(super) is_start: bool,
    pub(super) names_looked: Instant,
    pub(super) sizes_looked: Instant,
    /// True if events or sizes ask for a look at names.
    pub(super) names_due: bool,
    pub(super) grown_at: Instant,
    pub(super) open_max: usize,
    /// The packed files that are there at the start, to be read once.
    pub(super) packed: Vec<InputName>,
    /// The numbers of the files that have ended.
    pub(super) ended: Vec<usize>,
    /// True if the process with which the run ends has been seen to be gone.
    pub(super) pid_is_gone: bool,
    /// The regular files that standard output and standard error are.
    pub(super) outputs: Vec<FileId>,
    /// The resolved paths of the other outputs of the run.
    pub(super) own_outputs: &'a [PathBuf],
}

/// The end of a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RoundEnd {
    /// A file has more to read.
    More,
    /// All that was there has been read.
    Rest,
}

impl<'a> Follower<'a> {
    /// Begins to follow the files that the operands name, and looks at names for the first time. `own_outputs` are the resolved
    /// paths of outputs, which are not followed.
    ///
    /// # Errors
    ///
    /// Returns the message about an operand that cannot be followed.
    pub(crate) fn new(
        rules: &'a FollowRules,
        operands: &[InputName],
        listing: &'a ListingRules,
        reading: &'a Reading,
        messages: &'a Messages,
        own_outputs: &'a [PathBuf],
    ) -> Result<Self, String> {
        let now = Instant::now();
        let is_file = |stat: &rustix::fs::Stat| FileType::from_raw_mode(stat.st_mode).is_file();
        let outputs = [fstat(io::stdout()), fstat(io::stderr())].into_iter().flatten();
        let mut follower = Self {
            rules,
            listing,
            reading,
            messages,
            wanted: WantedNames::new(operands)?,
            files: Vec::new(),
            left_out: HashSet::new(),
            finished: HashMap::new(),
            events: if rules.poll.is_none() { ChangeEvents::new() } else { None },
            buffer: TurnBuffer::default(),
            next_number: 0,
            is_start: true,
            names_looked: now,
            sizes_looked: now,
            names_due: false,
            grown_at: now,
            open_max: open_max(),
            packed: Vec::new(),
            ended: Vec::new(),
            pid_is_gone: false,
            outputs: outputs.filter(is_file).map(|stat| id_of(&stat)).collect(),
            own_outputs,
        };
        follower.look_at_names(true);
        follower.is_start = false;
        Ok(follower)
    }

    /// Returns the packed files that are there at the start, which are to be read once.
    pub(crate) fn take_packed(&mut self) -> Vec<InputName> {
        std::mem::take(&mut self.packed)
    }

    /// Returns the numbers of the files that have ended since the last call. A file that was truncated goes on under another
    /// number.
    pub(crate) fn take_ended(&mut self) -> Vec<usize> {
        std::mem::take(&mut self.ended)
    }

    /// Returns a number for the next file or packed file.
    pub(crate) fn new_number(&mut self) -> usize {
        self.next_number += 1;
        self.next_number - 1
    }

    /// Gives the new lines of each file that may have some to `take`, at most one turn of each.
    ///
    /// # Errors
    ///
    /// Returns the errors of `take`.
    pub(crate) fn round(
        &mut self,
        take: &mut impl FnMut(&mut FollowedLines<'_>) -> io::Result<()>,
    ) -> io::Result<RoundEnd> {
        let mut end = RoundEnd::Rest;
        for index in 0..self.files.len() {
            let behind = self.files[index].behind;
            let must_wait = behind
                .is_some_and(|behind| self.files.iter().any(|file| file.number == behind && file.is_awaited));
            if must_wait {
                continue;
            }
            self.files[index].behind = None;
            if std::mem::take(&mut self.files[index].is_due) && self.turn(index, take)? {
                end = RoundEnd::More;
            }
        }
        // Files that waited for others have their turn in the next round.
        if self.files.iter().any(|file| file.is_due && file.handle.is_some()) {
            end = RoundEnd::More;
        }
        self.drop_left_out();
        if end == RoundEnd::Rest {
            self.end_idle(take)?;
        }
        Ok(end)
    }

    /// Reads once of a file. Returns true if it has more to read.
    fn turn(
        &mut self,
        index: usize,
        take: &mut impl FnMut(&mut FollowedLines<'_>) -> io::Result<()>,
    ) -> io::Result<bool> {
        if self.files[index].handle.is_none() {
            make_room(&mut self.files, self.open_max);
        }
        let file = &mut self.files[index];
        match file.reopen() {
            Ok(true) => file.path.iter().for_each(|path| self.wanted.has_opened(path)),
            Ok(false) => {
                self.names_due = true;
                return Ok(false);
            }
            Err(error) => {
                self.say_once(index, &error);
                return Ok(false);
            }
        }
        let look = match file.look(&mut self.buffer, self.reading) {
            Ok(look) => look,
            Err(error) => {
                self.say_once(index, &error);
                return Ok(false);
            }
        };
        let has_more = matches!(look, FileLook::Lines(true) | FileLook::Part(true) | FileLook::Truncated);
        file.is_due = has_more;
        if look == FileLook::Nothing {
            file.is_awaited = false;
        } else {
            self.grown_at = Instant::now();
        }
        match look {
            FileLook::Lines(_) => {
                // One more look tells the end of the file, if another file waits for it.
                file.is_due |= file.is_awaited;
                if let Some(mut piece) = file.piece(&self.buffer, self.reading) {
                    take(&mut piece)?;
                }
            }
            FileLook::Part(_) => file.is_due |= file.is_awaited,
            FileLook::Truncated => {
                if file.end_last_line(&mut self.buffer, self.reading)
                    && let Some(mut piece) = file.piece(&self.buffer, self.reading)
                {
                    take(&mut piece)?;
                }
                self.ended.push(file.number);
                self.next_number += 1;
                file.restart(self.next_number - 1);
                let text = format!("{}: was truncated; reading it from its beginning", file.name);
                self.messages.mention(&text);
            }
            FileLook::NoText(_) => {
                let path = file.path.clone().unwrap_or_default();
                self.left_out.insert((file.id, path));
            }
            FileLook::Nothing => {}
        }
        Ok(self.files[index].is_due)
    }

    /// Says trouble with a file once, until it can be read again.
    fn say_once(&mut self, index: usize, error: &io::Error) {
        let file = &self.files[index];
        if self.wanted.is_news(file.path.as_deref().unwrap_or_else(|| "".as_ref())) {
            self.messages.input(&file.name, error);
        }
    }

    /// Drops the files that turned out to be no text.
    fn drop_left_out(&mut self) {
        let Self { files, left_out, .. } = self;
        files.retain(|file| {
            !file.path.as_ref().is_some_and(|path| left_out.contains(&(file.id, path.clone())))
        });
    }

    /// Ends the last lines of files that have been replaced and are idle, and drops those that have no name any more.
    fn end_idle(
        &mut self,
        take: &mut impl FnMut(&mut FollowedLines<'_>) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut index = 0;
        while index < self.files.len() {
            let file = &mut self.files[index];
            let is_idle = file.replaced_at.is_some_and(|at| at.max(file.grown_at).elapsed() >= REPLACED_IDLE);
            if !is_idle {
                index += 1;
                continue;
            }
            if file.end_last_line(&mut self.buffer, self.reading)
                && let Some(mut piece) = file.piece(&self.buffer, self.reading)
            {
                take(&mut piece)?;
            }
            if file.path.is_some() {
                index += 1;
                continue;
            }
            let mut file = self.files.remove(index);
            file.handle = None;
            self.ended.push(file.number);
            if self.finished.len() >= FINISHED_MAX {
                self.finished.clear();
            }
            self.finished.insert(file.id, file);
        }
        Ok(())
    }

    /// Ends the last lines of all files, at the end of the run.
    ///
    /// # Errors
    ///
    /// Returns the errors of `take`.
    pub(crate) fn end_all(
        &mut self,
        take: &mut impl FnMut(&mut FollowedLines<'_>) -> io::Result<()>,
    ) -> io::Result<()> {
        for index in 0..self.files.len() {
            let file = &mut self.files[index];
            if file.reopen().unwrap_or(false)
                && file.end_last_line(&mut self.buffer, self.reading)
                && let Some(mut piece) = file.piece(&self.buffer, self.reading)
            {
                take(&mut piece)?;
            }
        }
        self.ended.extend(self.files.iter().map(|file| file.number));
        Ok(())
    }

    /// Waits until something may have changed, and looks at what has. Returns false if a signal has asked for the end, or the
    /// reader of the output has gone.
    pub(crate) fn wait(&mut self) -> bool {
        let interval = self.interval();
        let names_pause = if self.names_due { NAMES_PAUSE } else { NAMES_INTERVAL.max(interval) };
        let left = |looked: Instant, pause: Duration| pause.saturating_sub(looked.elapsed());
        let mut timeout = left(self.sizes_looked, interval).min(left(self.names_looked, names_pause));
        if let Some(idle) = self.rules.until_idle {
            timeout = timeout.min(left(self.grown_at, idle));
        }
        let fd = self.events.as_ref().map(ChangeEvents::as_fd);
        if self.reading.signals.wait(fd, timeout) {
            return false;
        }
        if let Some(events) = &mut self.events {
            let changes = events.take();
            self.take_changes(&changes);
        }
        let is_regular = self.names_looked.elapsed() >= NAMES_INTERVAL.max(interval);
        if is_regular || self.names_due && self.names_looked.elapsed() >= NAMES_PAUSE {
            self.look_at_names(is_regular);
        }
        if self.sizes_looked.elapsed() >= interval {
            self.look_at_sizes();
        }
        true
    }

    /// Returns the interval of looks at sizes.
    fn interval(&self) -> Duration {
        let tells_all = self.events.as_ref().is_some_and(ChangeEvents::are_complete);
        let automatic = if tells_all { NAMES_INTERVAL } else { SIZES_INTERVAL };
        self.rules.poll.unwrap_or(automatic)
    }

    fn take_changes(&mut self, changes: &Changes) {
        self.names_due |= changes.names;
        for file in &mut self.files {
            file.is_due |= changes.files.contains(&file.id) || changes.all;
        }
    }

    /// Returns true if the run is over: nothing has grown for the time after which it ends, or its process is gone. Must be
    /// called when all that was there has been read.
    pub(crate) fn is_over(&mut self) -> bool {
        if self.rules.until_idle.is_some_and(|idle| self.grown_at.elapsed() >= idle) || self.pid_is_gone {
            return true;
        }
        let is_gone = |pid| test_kill_process(pid) == Err(Errno::SRCH);
        if self.rules.pid.is_some_and(is_gone) {
            // Its last lines may have come since they were looked for.
            self.pid_is_gone = true;
            self.look_at_names(false);
            self.look_at_sizes();
        }
        false
    }
}
