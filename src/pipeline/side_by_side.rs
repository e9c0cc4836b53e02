//! Several threads, one output: each takes the next piece of work, and writes in its turn.

use super::{Pipeline, annotate_source, on_threads};
use crate::input::{Block, Blocks, Buffering, Input, InputFile, InputName, is_worth_threads};
use crate::output::{TurnWriter, Turns};
use imsdk_annotate::StreamAnnotator;
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

/// What is wrong with an input.
type Trouble = (InputName, io::Error);

/// Annotates regular files into one writer, in their order. What is wrong with one is said in its turn.
///
/// # Errors
///
/// Where the writer cannot be written.
pub(super) fn annotate_files<W: Write + Send>(
    pipeline: &Pipeline,
    files: &[InputFile],
    wtr: &mut W,
    threads: usize,
) -> io::Result<()> {
    // Where there are fewer files than threads, the others decode.
    let decode_ahead = 2 * files.len() <= threads;
    let pieces = Pieces { pipeline, files: files.iter(), blocks: None, next_ticket: 0, decode_ahead };
    annotate_pieces(pieces, wtr, threads).map(drop)
}

/// Annotates the blocks of one file, as [`annotate_files`] does, and says whether all could be read.
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
) -> io::Result<bool> {
    let blocks = Some((file, blocks));
    let pieces = Pieces { pipeline, files: [].iter(), blocks, next_ticket: 0, decode_ahead: false };
    annotate_pieces(pieces, wtr, threads)
}

/// Annotates pieces on several threads, and says whether all could be read to their ends.
fn annotate_pieces<W: Write + Send>(pieces: Pieces<'_>, wtr: &mut W, threads: usize) -> io::Result<bool> {
    let pipeline = pieces.pipeline;
    let all_whole = AtomicBool::new(true);
    let report = |(name, error): Trouble| {
        all_whole.store(false, Ordering::Relaxed);
        pipeline.messages.input(&name, &error);
    };
    let turns = Turns::new(wtr, threads, &report);
    let pieces = Mutex::new(pieces);
    on_threads(threads, || do_pieces(pipeline, &pieces, &turns));
    turns.into_result()?;
    Ok(all_whole.into_inner())
}

/// Does piece after piece until there are no more, or writing has failed.
fn do_pieces<W: Write>(pipeline: &Pipeline, pieces: &Mutex<Pieces<'_>>, turns: &Turns<'_, W, Trouble>) {
    let mut stream = pipeline.annotator.stream_annotator();
    loop {
        let piece = pieces.lock().expect("no thread panics while it takes a piece").next();
        let Some(piece) = piece else {
            return;
        };
        let Some(wtr) = turns.begin(piece.ticket) else {
            return;
        };
        if do_piece(pipeline, piece, &mut stream, wtr).is_err() {
            // Whoever has the error keeps it; all the others stop as well.
            return;
        }
    }
}

fn do_piece<W: Write>(
    pipeline: &Pipeline,
    piece: Piece<'_>,
    stream: &mut StreamAnnotator<'_>,
    mut wtr: TurnWriter<'_, W, Trouble>,
) -> io::Result<()> {
    let name = &piece.file.name;
    let opened = match piece.work {
        Work::Block(mut block) => {
            let outcome = annotate_source(&mut block, stream, &mut wtr, &pipeline.reading)?;
            if piece.is_last {
                pipeline.reading.progress.file_done();
            }
            return wtr.end(outcome.err().map(|error| (name.clone(), error)));
        }
        Work::Opened(opened) => opened,
        Work::Open => pipeline.open(name),
    };
    let outcome = pipeline.annotate_input(opened, stream, &mut wtr)?;
    wtr.end(outcome.err().map(|error| (name.clone(), error)))
}

impl<'a> Pieces<'a> {
    fn next(&mut self) -> Option<Piece<'a>> {
        let (file, work, is_last) = self.next_work()?;
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
