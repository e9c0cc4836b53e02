//! Makes a small folder from any bytes: text, packed data, archives, NULs, damage, links; and reports the content of
//! each file.

use imsdk_annotate::program::parts::Format;
use imsdk_annotate::program::parts::{Encoder, ThreadBudget};
use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// The most files in the folder.
const FILES_MAX: usize = 8;
/// The least size of a large file in bytes, of which several threads take blocks.
const LARGE_BYTES: usize = 1_200_000;

const FORMATS: [Format; 5] = [Format::Gzip, Format::Zstd, Format::Xz, Format::Bzip2, Format::Lz4];
/// Names of files, in their order.
const NAMES: [&str; 6] = ["a", "b.log", "c.gz", "d.log.gz.gz", "e.zst", "f"];
const FOLDERS: [&str; 4] = ["x", "x/s", "y", "y/s"];

/// Data that is packed in a format that is not read.
const FOREIGN: [&[u8]; 3] = [b"\x89LZO\0\r\n\x1a\n", b"7z\xbc\xaf\x27\x1c\0\x04", b"Rar!\x1a\x07\x01\0"];

/// A regular file in the folder.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) path: PathBuf,
    pub(super) bytes: Vec<u8>,
    /// The content that was packed, unless it was cut off.
    pub(super) holds: Option<Vec<u8>>,
    /// True if the file is packed in a format, or in a number of layers, that is not read.
    pub(super) is_refused: bool,
    /// The text that the content of a large file repeats, and the number of times.
    pub(super) repeats: Option<(Vec<u8>, usize)>,
}

/// The choices that the five bytes before the content of a file make.
#[derive(Clone, Copy, Debug)]
struct Head {
    kind: u8,
    is_large: bool,
    /// The part that is cut off of packed data.
    cut: usize,
    how: u8,
    packing: u8,
}

/// Makes a folder below `root`, and returns its regular files.
pub(super) fn make(root: &Path, mut input: &[u8]) -> Vec<Made> {
    FOLDERS.iter().for_each(|folder| fs::create_dir_all(root.join(folder)).unwrap());
    let mut made: Vec<Made> = Vec::new();
    while let Some((&[kind, place, how, packing, length], rest)) = input.split_first_chunk()
        && made.len() < FILES_MAX
    {
        let (content, rest) = rest.split_at(rest.len().min(length.into()));
        input = rest;
        let is_large = kind & 8 != 0 && made.iter().all(|file| file.repeats.is_none());
        let head = Head { kind: kind & 7, is_large, cut: (kind >> 4).into(), how, packing };
        let path = path(root, place);
        if path.symlink_metadata().is_ok() {
            continue;
        }
        match head.kind {
            6 => symlink(target(root, how), path).unwrap(),
            7 => {
                // A second name of a file, where the first one exists.
                let _ = fs::hard_link(self::path(root, how), path);
            }
            _ => {
                let file = head.file(path, content);
                fs::write(&file.path, &file.bytes).unwrap();
                made.push(file);
            }
        }
    }
    made
}

fn path(root: &Path, place: u8) -> PathBuf {
    let (folder, name) =
        (usize::from(place) % FOLDERS.len(), usize::from(place) / FOLDERS.len() % NAMES.len());
    root.join(FOLDERS[folder]).join(NAMES[name])
}

/// Returns the target of a link: a file, a folder, nothing, or the link itself.
fn target(root: &Path, how: u8) -> PathBuf {
    match how {
        0..=3 => root.join(FOLDERS[usize::from(how)]),
        4 => root.join("nowhere"),
        _ => path(root, how),
    }
}

impl Head {
    fn file(self, path: PathBuf, content: &[u8]) -> Made {
        let mut text = self.content(content);
        let mut repeats = None;
        if self.is_large && !text.is_empty() && self.kind == 0 {
            text.push(b'\n');
            let times = LARGE_BYTES.div_ceil(text.len());
            repeats = Some((text.clone(), times));
            text = text.repeat(times);
        }
        let layers = usize::from(self.packing & 3) + usize::from(self.packing == u8::MAX);
        let mut bytes = text.clone();
        let mut choice = usize::from(self.packing >> 2);
        for _ in 0..layers {
            let mut encoder =
                Encoder::new(&[FORMATS[choice % FORMATS.len()]], Vec::new(), &ThreadBudget::new(1)).unwrap();
            choice = choice * 7 + 3;
            encoder.write_all(&bytes).unwrap();
            bytes = encoder.finish().unwrap();
        }
        let is_cut = layers > 0 && self.cut > 0 && repeats.is_none();
        if is_cut {
            bytes.truncate(bytes.len().saturating_sub(self.cut * self.cut));
        }
        let is_refused = !is_cut && (self.kind == 5 || layers > 3);
        Made { path, bytes, holds: (!is_cut).then_some(text), is_refused, repeats }
    }

    fn content(self, content: &[u8]) -> Vec<u8> {
        let how = usize::from(self.how);
        match self.kind {
            1 => [&vec![0; how * 400][..], content].concat(),
            2 => {
                let (front, back) = content.split_at(how % (content.len() + 1));
                [front, b"\0", back].concat()
            }
            3 => [&tar_header()[..], content].concat(),
            4 => [&b"PK\x03\x04"[..], content].concat(),
            5 => [FOREIGN[how % FOREIGN.len()], content].concat(),
            _ => content.to_vec(),
        }
    }
}

/// Returns a header as `tar` writes it.
fn tar_header() -> [u8; 512] {
    let mut header = [0; 512];
    let mut put = |place: usize, bytes: &[u8]| header[place..place + bytes.len()].copy_from_slice(bytes);
    put(0, b"a.log");
    put(257, b"ustar\x0000");
    put(148, b"        ");
    let sum: u32 = header.iter().map(|&byte| u32::from(byte)).sum();
    header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    header
}
