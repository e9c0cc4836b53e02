//! Several threads, one output: each takes the next piece of work, and writes in its turn.

use super::worker::{Outcome, Worker};
use super::{Pipeline, on_threads};
use crate::input::{Block, Blocks, Buffering, Input, InputFile, InputName, is_worth_threads};
use crate::output::{TurnWriter, Turns};
use crate::report::{Ledger, Tally};
use crate::signals::{self, Stop};
use std::io::{self, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// The pieces of work, in the order of their output.
struct Pieces<'a> {
    pipeline: &'a Pipeline,
    files: std::slice::Iter<'a, InputFile>,
    /// The file that is being handed out in blocks.
    blocks: Option<(&'a InputFile, Blocks)>,
    next_ticket: u64,
    /// Whether compressed files are decoded on threads of their own.
    decode_ahead: bool,
}

struct Piece<'a> {
    ticket: u64,
    file: &'a InputFile,
    work: Work,
    /// Whether the file is done with this.
    is_last: bool,
}

/// What there is to do for a piece.
enum Work {
    Block(Block),
    Opened(io::Result<Input>),
    /// A small file, which is opened by the thread that annotates it.
    Open,
}

/// Takes what is written until a piece was not read to its end because of a signal. What comes behind would follow on a
/// gap.
struct UntilCutOff<'a, W> {
    wtr: W,
    is_cut_off: &'a AtomicBool,
}

/// What is wrong with an input.
type Trouble = (InputName, io::Error);

/// Annotates regular files into one writer, in their order, and counts their fields. What is
/// wrong with one is said in its turn.
///
/// # Errors
///
/// Where the writer cannot be written.
pub(super) fn annotate_files<W: Write + Send>(
    pipeline: &Pipeline,
    files: &[InputFile],
    wtr: &mut W,
    threads: usize,
) -> io::Result<Tally> {
    // Where there are fewer files than threads, the others decode.
    let decode_ahead = 2 * files.len() <= threads;
    let pieces = Pieces { pipeline, files: files.iter(), blocks: None, next_ticket: 0, decode_ahead };
    annotate_pieces(pieces, wtr, threads)
}

/// Annotates the blocks of one file, as [`annotate_files`] does.
///
/// # Errors
///
/// Where the writer cannot be written.
pub(super) fn annotate_blocks<W: Write + Send>(
    pipeline: &Pipeline,
    file: &InputFile,
    blocks: Blocks,
    wtr: &mut W,
    threads: usize,
) -> io::Result<Tally> {
    let blocks = Some((file, blocks));
    let pieces = Pieces { pipeline, files: [].iter(), blocks, next_ticket: 0, decode_ahead: false };
    annotate_pieces(pieces, wtr, threads)
}

/// Annotates pieces on several threads, and counts their fields.
fn annotate_pieces<W: Write + Send>(pieces: Pieces<'_>, wtr: &mut W, threads: usize) -> io::Result<Tally> {
    let pipeline = pieces.pipeline;
    let is_cut_off = AtomicBool::new(false);
    let report = |(name, error): Trouble| {
        is_cut_off.fetch_or(signals::is_stop(&error), Ordering::Relaxed);
        pipeline.messages.input(&name, &error);
    };
    let turns = Turns::new(UntilCutOff { wtr, is_cut_off: &is_cut_off }, threads, &report);
    let (pieces, ledger) = (Mutex::new(pieces), Ledger::default());
    on_threads(threads, || do_pieces(pipeline, &pieces, &turns, &ledger));
    turns.into_result()?;
    let mut tally = ledger.into_tally();
    tally.complete &= !signals::has_stopped();
    Ok(tally)
}

/// Does piece after piece until there are no more, or writing has failed.
fn do_pieces<W: Write>(
    pipeline: &Pipeline,
    pieces: &Mutex<Pieces<'_>>,
    turns: &Turns<'_, W, Trouble>,
    ledger: &Ledger,
) {
    let mut worker = Worker::new(pipeline);
    loop {
        let piece = pieces.lock().expect("no thread panics while it takes a piece").next();
        let Some(piece) = piece else {
            return;
        };
        let Some(wtr) = turns.begin(piece.ticket) else {
            return;
        };
        if do_piece(pipeline, piece, &mut worker, wtr, ledger).is_err() {
            // Whoever has the error keeps it; all the others stop as well.
            return;
        }
    }
}

fn do_piece<W: Write>(
    pipeline: &Pipeline,
    piece: Piece<'_>,
    worker: &mut Worker<'_>,
    mut wtr: TurnWriter<'_, W, Trouble>,
    ledger: &Ledger,
) -> io::Result<()> {
    let Piece { ticket, file, work, is_last } = piece;
    let outcome = match work {
        Work::Block(mut block) => {
            let outcome = worker.annotate(file, &mut block, &mut wtr)?;
            if is_last {
                pipeline.reading.progress.file_done();
            }
            outcome
        }
        Work::Opened(opened) => worker.annotate_input(file, opened, &mut wtr)?,
        Work::Open => worker.annotate_input(file, pipeline.open(&file.name), &mut wtr)?,
    };
    let Outcome { tally, trouble } = outcome;
    ledger.add(ticket, tally);
    wtr.end(trouble.map(|error| (file.name.clone(), error)))
}

impl<W: Write> Write for UntilCutOff<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_cut_off.load(Ordering::Relaxed) { Ok(bytes.len()) } else { self.wtr.write(bytes) }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.wtr.flush()
    }
}

impl<'a> Pieces<'a> {
    fn next(&mut self) -> Option<Piece<'a>> {
        let (file, work, is_last) = self.next_work()?;
        if signals::ask_to_stop(Stop::File) {
            return None;
        }
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        Some(Piece { ticket, file, work, is_last })
    }

    fn next_work(&mut self) -> Option<(&'a InputFile, Work, bool)> {
        let line_buffered = self.pipeline.reading.buffering == Buffering::Line;
        if let Some((file, mut blocks)) = self.blocks.take()
            && let Some(block) = blocks.next(line_buffered)
        {
            let is_last = blocks.is_empty();
            self.blocks = Some((file, blocks));
            return Some((file, Work::Block(block), is_last));
        }
        let file = self.files.next()?;
        if !is_worth_threads(file.regular_bytes.unwrap_or(0)) {
            return Some((file, Work::Open, true));
        }
        let input = match self.pipeline.open(&file.name).map(Input::into_blocks) {
            Ok(Ok(blocks)) => {
                self.blocks = Some((file, blocks));
                return self.next_work();
            }
            Ok(Err(input)) => Ok(if self.decode_ahead { input.decode_ahead() } else { input }),
            Err(error) => Err(error),
        };
        Some((file, Work::Opened(input), true))
    }
}
