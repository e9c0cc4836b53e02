//! Blocks of texts and of files that change.

use super::*;
use crate::program::system::signals::Signals;
use crate::program::terminal::input_name::InputName;
use crate::program::terminal::progress::Progress;

fn whole(length: usize) -> InputPart {
    InputPart { start: 0, end: length as u64, lines_before: 0, has_times: false }
}

/// Returns the bytes of each block of a text, with reads of at most `read_bytes`.
fn parts(text: &[u8], read_bytes: usize) -> Vec<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.log");
    std::fs::write(&path, text).unwrap();
    let file = Descriptor::open(&InputName::File(path), &Progress::hidden(), &Signals::default()).unwrap();
    let mut blocks = Blocks::new(file, CharEncoding::Utf8, 0, whole(text.len()));
    let mut parts = Vec::new();
    while let Some(mut block) = blocks.next(false) {
        let (mut part, mut buffer) = (Vec::new(), vec![0; read_bytes]);
        loop {
            match block.read(&mut buffer).unwrap() {
                0 => break,
                count => part.extend_from_slice(&buffer[..count]),
            }
        }
        parts.push(part);
    }
    parts
}

#[test]
fn each_line_is_in_the_block_where_it_begins() {
    let block = usize::try_from(BLOCK_BYTES).unwrap();
    // A line that ends one byte before, at, and one byte behind the end of a block; and longer lines.
    for first in [block - 1, block, block + 1, 2 * block, 3 * block + 7] {
        let line = |length: usize| [&vec![b'.'; length - 1][..], b"\n"].concat();
        let text = [line(first), line(10), b"last".to_vec()].concat();
        for read_bytes in [1000, 100_000, 1_000_000] {
            let parts = parts(&text, read_bytes);
            assert!(parts.concat() == text, "{first} {read_bytes}");
            assert_eq!(parts.len(), text.len().div_ceil(block));
            assert!(parts[0].len() >= first && parts.iter().all(|part| part.len() != first - 1));
            let is_cut = |part: &Vec<u8>| !part.is_empty() && !part.ends_with(b"\n");
            assert!(parts[..parts.len() - 1].iter().all(|part| !is_cut(part)), "{first}");
        }
    }
}

#[test]
fn a_file_that_is_truncated_breaks_off_in_the_first_block_that_misses_something() {
    let size = usize::try_from(BLOCK_BYTES).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.log");
    let text = b"0123456\n".repeat(4 * size / 8);
    for length in [0, 1, size - 1, size, size + 1, 3 * size - 1, 4 * size - 1] {
        std::fs::write(&path, &text).unwrap();
        let file = Descriptor::open(&InputName::File(path.clone()), &Progress::hidden(), &Signals::default())
            .unwrap();
        let mut blocks = Blocks::new(file, CharEncoding::Utf8, 0, whole(text.len()));
        let mut opened: Vec<Block> = std::iter::from_fn(|| blocks.next(false)).collect();
        std::fs::File::options().write(true).open(&path).unwrap().set_len(length as u64).unwrap();
        // The last blocks are read first, as several threads may do.
        let mut parts = Vec::new();
        for block in opened.iter_mut().rev() {
            let mut part = Vec::new();
            let outcome = block.read_to_end(&mut part);
            // The block in which bytes are missing tells so; the blocks behind it may.
            let is_missing = outcome.is_err_and(|error| error.to_string().contains("became shorter"));
            assert!(is_missing || block.number < (length / size) as u64, "{length} {}", block.number);
            parts.insert(0, part);
        }
        let broken = opened.iter().position(Block::is_broken).expect("one misses something");
        assert_eq!(broken, (length / size).min(3), "{length}");
        assert_eq!(parts[..=broken].concat(), text[..length], "{length}");
    }
}

#[test]
fn a_file_without_newlines_is_in_its_first_block() {
    let text = vec![b'.'; usize::try_from(BLOCK_BYTES).unwrap() * 2 + 1];
    let parts = parts(&text, 70_000);
    assert_eq!(parts.iter().map(Vec::len).collect::<Vec<_>>(), [text.len(), 0, 0]);
}
