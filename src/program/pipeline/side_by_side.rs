//! Annotates on several threads into one output: each thread takes the next piece of work, and writes in its turn.

use super::live::PieceOrder;
use super::members::ArchiveMembers;
use super::one_input::annotate_input;
use super::team::{Team, in_team};
use super::worker::{Outcome, Trouble, Worker};
use super::{ArchiveOutput, Pipeline, SideBySide};
use crate::program::container::{ArchiveKind, ZipReader};
use crate::program::input::{Archive, Block, Blocks, Buffering, InputFile, OpenedInput, is_worth_threads};
use crate::program::output::{AheadRoom, Behind, Outlet, TurnWriter, Turns};
use crate::program::report::{Ledger, Tally};
use crate::program::system::signals::Stop;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// The pieces of work, in the order of their output.
struct Pieces<'a> {
    pipeline: &'a Pipeline,
    files: std::slice::Iter<'a, InputFile>,
    /// The file that is being handed out in blocks, with its remaining blocks.
    blocks: Option<(&'a InputFile, Blocks)>,
    /// The zip archive that is being handed out in members, with the number of the next one.
    zip: Option<(&'a InputFile, ZipReader, usize)>,
    next_ticket: u64,
    /// True if a signal came before all work was handed out.
    is_cut: bool,
    /// True if compressed files are decoded on threads of their own.
    decode_ahead: bool,
    /// True if the members of a zip archive are annotated side by side.
    splits_archives: bool,
}

/// A piece of work: a block of a file, or a whole file.
struct InputPiece<'a> {
    ticket: u64,
    file: &'a InputFile,
    work: Work,
    /// True if the file is done with this piece.
    is_last: bool,
}

/// The work to do for a piece.
enum Work {
    Block(Block),
    OpenedInput(io::Result<OpenedInput>),
    /// A member of a zip archive, with its number from 0.
    ZipMember(Box<ZipReader>, usize),
    /// A small file, which the thread that annotates it opens.
    Open,
}

/// The troubles of an input, told in its turn, and the text that the next input needs before it.
struct Said {
    troubles: Vec<Trouble>,
    owed: Option<&'static [u8]>,
}

/// Annotates regular files into one writer, in their order, and returns the counts. Reports trouble with a file in
/// its turn; the writer owes a newline if the file was cut off within a line, and the line between groups.
///
/// # Errors
///
/// Returns the error of the writer.
pub(super) fn annotate_files<W: Write + Send>(
    pipeline: &Pipeline,
    files: &[InputFile],
    wtr: &mut Outlet<W>,
    threads: usize,
) -> io::Result<Tally> {
    // With no more than half as many files as threads, the other threads decode.
    let decode_ahead = 2 * files.len() <= threads;
    let splits_archives = pipeline.archives == ArchiveOutput::Texts;
    let pieces = Pieces { decode_ahead, splits_archives, ..Pieces::new(pipeline, files) };
    // Packing is slower than annotating, so that more output ahead of it would not help.
    let room = AheadRoom { threads, on_disk: !pipeline.packs_output };
    let ledger = Arc::default();
    pipeline.live.begin_group(&ledger, PieceOrder::OneAfterTheOther);
    annotate_pieces(pieces, ledger, wtr, room, &|wtr, Said { troubles, owed }| {
        for trouble in troubles {
            pipeline.messages.input(&trouble.name, &trouble.error);
        }
        if let Some(owed) = owed {
            wtr.owe(owed);
        }
    })
}

/// Annotates the blocks of one file, and returns the counts and the trouble of the file.
///
/// # Errors
///
/// Returns the error of the writer.
pub(super) fn annotate_blocks<W: Write + Send>(
    pipeline: &Pipeline,
    file: &InputFile,
    blocks: Blocks,
    wtr: &mut W,
) -> io::Result<Outcome> {
    let pieces = Pieces { blocks: Some((file, blocks)), ..Pieces::new(pipeline, &[]) };
    let met = Mutex::new(Vec::new());
    let room = AheadRoom { threads: pipeline.threads.total(), on_disk: false };
    let tally = annotate_pieces(pieces, Arc::default(), wtr, room, &|_, Said { troubles, .. }| {
        met.lock().unwrap_or_else(PoisonError::into_inner).extend(troubles);
    })?;
    let troubles = met.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(Outcome { tally, troubles, owed: None })
}

/// Annotates pieces on several threads, and returns the counts. Calls `say` with the trouble of an input, in its turn.
///
/// # Errors
///
/// Returns the error of the writer.
fn annotate_pieces<W: Write + Send>(
    pieces: Pieces<'_>,
    ledger: Arc<Ledger>,
    wtr: &mut W,
    room: AheadRoom,
    say: &(dyn Fn(&mut &mut W, Said) + Sync),
) -> io::Result<Tally> {
    let pipeline = pieces.pipeline;
    let turns = Turns::new(wtr, room, &pipeline.threads, say);
    let pieces = Mutex::new(pieces);
    in_team(&pipeline.threads, room.threads, |team| do_pieces(pipeline, &pieces, &turns, &ledger, team));
    turns.into_result()?;
    let mut tally = ledger.total();
    tally.complete &= !pieces.into_inner().unwrap_or_else(PoisonError::into_inner).is_cut;
    Ok(tally)
}

/// Does one piece of work after the other, until there are no more or writing has failed.
fn do_pieces<W: Write>(
    pipeline: &Pipeline,
    pieces: &Mutex<Pieces<'_>>,
    turns: &Turns<'_, W, Said>,
    ledger: &Ledger,
    team: &Team<'_, '_>,
) {
    let mut worker = Worker::new(pipeline);
    loop {
        let piece = pieces.lock().expect("no thread panics while it takes a piece").next();
        let Some(piece) = piece else {
            return;
        };
        team.grow();
        let Some(wtr) = turns.begin(piece.ticket, piece.file.number) else {
            return;
        };
        if do_piece(pipeline, piece, &mut worker, wtr, ledger).is_err() {
            // `turns` keeps the error, so that all other threads stop as well.
            return;
        }
    }
}

/// Does one piece of work. Its counts go to `ledger`, and its lines and its trouble to `wtr`, which writes them in
/// its turn.
///
/// # Errors
///
/// Returns the error of the writer.
fn do_piece<W: Write>(
    pipeline: &Pipeline,
    piece: InputPiece<'_>,
    worker: &mut Worker<'_>,
    mut wtr: TurnWriter<'_, W, Said>,
    ledger: &Ledger,
) -> io::Result<()> {
    let InputPiece { ticket, file, work, is_last } = piece;
    let mut is_broken = false;
    // A block is small enough to count when it is finished.
    let is_live = matches!(work, Work::ZipMember(..) | Work::OpenedInput(_));
    if is_live {
        worker.begin_piece(ticket);
    }
    let outcome = match work {
        Work::Block(mut block) => {
            let encoding = block.encoding().into();
            let mut outcome = worker.annotate(file, &mut block, encoding, &mut wtr)?;
            if is_last {
                outcome = outcome.at_end_of(file);
            }
            is_broken = block.is_broken();
            if is_last {
                pipeline.reading.progress.file_done();
            }
            let owed = outcome.in_line.filter(|_| outcome.trouble.is_some());
            Outcome { tally: outcome.tally, troubles: outcome.trouble.into_iter().collect(), owed }
        }
        Work::ZipMember(mut zip, index) => {
            let mut members = ArchiveMembers::new(worker, file, false);
            members.annotate_zip_member(&mut zip, index, &mut wtr)?;
            let outcome = members.finish();
            if is_last {
                worker.file_done(file.regular_bytes.unwrap_or(0));
            }
            outcome
        }
        Work::OpenedInput(opened) => annotate_input(worker, file, opened, &mut wtr)?,
        Work::Open => annotate_input(worker, file, pipeline.open(file), &mut wtr)?,
    };
    let Outcome { tally, troubles, owed } = outcome;
    let behind = match troubles.first() {
        // The pieces behind would follow a gap.
        Some(trouble) if pipeline.reading.signals.is_stop(&trouble.error) => Behind::AllIsLeftOut,
        _ if is_broken => Behind::InputIsLeftOut,
        _ => Behind::Follows,
    };
    let settle = || ledger.add(ticket, file.number, tally, behind);
    if is_live {
        pipeline.live.end(ticket, settle);
    } else {
        settle();
    }
    let is_silent = troubles.is_empty() && owed.is_none();
    wtr.end(behind, (!is_silent).then_some(Said { troubles, owed }))
}

impl<'a> Pieces<'a> {
    fn new(pipeline: &'a Pipeline, files: &'a [InputFile]) -> Self {
        Self {
            pipeline,
            files: files.iter(),
            blocks: None,
            zip: None,
            next_ticket: 0,
            is_cut: false,
            decode_ahead: false,
            splits_archives: false,
        }
    }

    /// Returns the next piece of work; `None` if there is no more, a signal has ended reading, or what was sought is found.
    fn next(&mut self) -> Option<InputPiece<'a>> {
        if self.pipeline.has_found() {
            return None;
        }
        let (file, work, is_last) = self.next_work()?;
        if self.pipeline.reading.signals.ask_to_stop(Stop::File) {
            self.is_cut = true;
            return None;
        }
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        Some(InputPiece { ticket, file, work, is_last })
    }

    /// Returns the file and the work of the next piece, and true if the file is done with it; `None` if there is no
    /// more work.
    fn next_work(&mut self) -> Option<(&'a InputFile, Work, bool)> {
        let line_buffered = self.pipeline.reading.buffering == Buffering::Line;
        if let Some((file, mut blocks)) = self.blocks.take() {
            if let Some(block) = blocks.next(line_buffered) {
                let is_last = blocks.is_empty();
                self.blocks = Some((file, blocks));
                return Some((file, Work::Block(block), is_last));
            }
            if !blocks.is_empty() {
                // The file broke off before its last block.
                self.pipeline.reading.progress.file_done();
            }
        }
        if let Some((file, zip, index)) = &mut self.zip
            && *index < zip.count()
        {
            let (work, is_last) = (Work::ZipMember(Box::new(zip.clone()), *index), *index + 1 == zip.count());
            *index += 1;
            return Some((file, work, is_last));
        }
        let file = self.files.next()?;
        if !is_worth_threads(file.regular_bytes.unwrap_or(0)) {
            return Some((file, Work::Open, true));
        }
        let mut opened = match self.pipeline.open(file) {
            Ok(OpenedInput::Archive(ArchiveKind::Zip, input))
                if self.splits_archives && input.is_plain_file() =>
            {
                match Archive::zip_of_file(input) {
                    Ok(zip) => {
                        self.zip = Some((file, zip, 0));
                        return self.next_work();
                    }
                    Err(error) => Err(error),
                }
            }
            opened => opened,
        };
        if let Ok(OpenedInput::Input(input)) = opened {
            let in_blocks = self.pipeline.side_by_side == SideBySide::Blocks;
            opened = match if in_blocks { input.into_blocks() } else { Err(Box::new(input)) } {
                Ok(blocks) => {
                    self.blocks = Some((file, blocks));
                    return self.next_work();
                }
                Err(input) => Ok(OpenedInput::Input(*input)),
            };
        }
        let opened = opened.map(|opened| opened.decoded_beside(&self.pipeline.threads, self.decode_ahead));
        Some((file, Work::OpenedInput(opened), true))
    }
}
