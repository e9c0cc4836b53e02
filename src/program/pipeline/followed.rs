//! Annotates the lines of files that are followed, as they come, into one writer.

use super::file_pieces::{FilePiece, PiecesWork};
use super::one_input::annotate_input;
use super::worker::Worker;
use super::{ArchiveOutput, Pipeline};
use crate::program::encoding::InputEncoding;
use crate::program::follow::{FollowRules, FollowedLines, Follower, RoundEnd};
use crate::program::input::{InputFile, ListingRules};
use crate::program::output::Outlet;
use crate::program::report::Tally;
use crate::program::system::signals::Stop;
use crate::program::terminal::input_name::InputName;
use std::io::{self, Write};

impl FilePiece for FollowedLines<'_> {
    fn number(&self) -> usize {
        self.number
    }

    fn file(&self) -> InputFile {
        InputFile::followed(self.name.clone(), self.number)
    }

    fn encoding(&self) -> InputEncoding {
        self.encoding
    }

    fn is_first(&self) -> bool {
        self.is_first
    }

    fn utf16_bytes(&self) -> Option<u64> {
        FollowedLines::utf16_bytes(self)
    }
}

impl Pipeline {
    /// Follows the files that operands name, annotates their lines as they come, and returns the counts. Ends when a signal, a
    /// rule, or `has_failed`, which judges the counts so far, asks for it. Reports trouble with a file, and goes on with the
    /// others.
    ///
    /// # Errors
    ///
    /// Returns the error of the writer.
    pub(crate) fn follow<W: Write + Send>(
        &self,
        rules: &FollowRules,
        operands: &[InputName],
        listing: &ListingRules,
        has_failed: &dyn Fn(&Tally) -> bool,
        wtr: &mut Outlet<W>,
    ) -> io::Result<Tally> {
        let mut follower =
            match Follower::new(rules, operands, listing, &self.reading, &self.messages, &self.own_outputs) {
                Ok(follower) => follower,
                Err(refusal) => {
                    self.messages.say(&refusal);
                    return Ok(Tally::incomplete());
                }
            };
        let mut work = PiecesWork::new(self);
        work.read_packed(&mut follower, wtr)?;
        loop {
            let end = follower.round(&mut |piece| work.take_followed(piece, wtr))?;
            work.end(follower.take_ended());
            let has_failed = rules.until_fail && work.is_news() && has_failed(&self.live.so_far());
            if has_failed || work.has_all || self.reading.signals.ask_to_stop(Stop::Stream) {
                break;
            }
            if end == RoundEnd::Rest {
                wtr.flush()?;
                if follower.is_over() {
                    follower.end_all(&mut |piece| work.take_followed(piece, wtr))?;
                    break;
                }
                if !follower.wait() {
                    self.refuse_gone_reader()?;
                    break;
                }
            }
        }
        wtr.flush()?;
        work.end_all();
        let mut tally = self.live.at_end();
        tally.stopped = self.reading.signals.has_stopped();
        Ok(tally)
    }
}

impl PiecesWork<'_> {
    /// Annotates a piece of a file, and reports trouble with it.
    fn take_followed(&mut self, piece: &mut FollowedLines<'_>, wtr: &mut impl Write) -> io::Result<()> {
        if let Some(error) = self.take(piece, wtr)? {
            wtr.flush()?;
            self.pipeline.messages.input(piece.name, &error);
        }
        Ok(())
    }

    /// Reads the packed files that are there at the start, once.
    fn read_packed<W: Write + Send>(
        &mut self,
        follower: &mut Follower<'_>,
        wtr: &mut Outlet<W>,
    ) -> io::Result<()> {
        debug_assert_eq!(self.pipeline.archives, ArchiveOutput::Texts);
        for name in follower.take_packed() {
            let file = InputFile::followed(name, follower.new_number());
            let mut worker = Worker::new(self.pipeline);
            worker.begin_piece(file.number as u64);
            let outcome = annotate_input(&mut worker, &file, self.pipeline.open(&file), wtr)?;
            if outcome.tally.has_places() {
                self.pipeline.keep_name(&file);
            }
            self.pipeline.live.append(file.number as u64, outcome.tally);
            self.is_checked = false;
            for trouble in outcome.troubles {
                wtr.flush()?;
                self.pipeline.messages.input(&trouble.name, &trouble.error);
            }
            if let Some(owed) = outcome.owed {
                wtr.owe(owed);
            }
        }
        Ok(())
    }
}
