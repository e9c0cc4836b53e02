//! Folders of any files: a file that is no text keeps its bytes, others are annotated as by the naive twin, in order,
//! once.

use super::assert_same;
use super::made_folder::{Made, make};
use super::naive::notes::Style;
use imsdk_annotate::program::parts::Messages;
use imsdk_annotate::program::parts::Progress;
use imsdk_annotate::program::parts::Signals;
use imsdk_annotate::program::parts::ThreadBudget;
use imsdk_annotate::program::parts::{Annotators, EncodingChoice};
use imsdk_annotate::program::parts::{
    ArchiveOutput, NoTexts, Outcomes, Packing, Pipeline, SelectedLines, SideBySide, annotate_to_files,
};
use imsdk_annotate::program::parts::{
    Buffering, Format, InputFile, InputName, Listing, Reading, decompress, list,
};
use imsdk_annotate::program::parts::{Counter, Tally};
use imsdk_annotate::program::parts::{Existing, FilesInUse, ListingRules, Outlet, plan};
use imsdk_annotate::{Annotator, Catalog};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::AtomicBool;

/// The first bytes of a file, which decide if it is text.
const HEAD_BYTES: usize = 8 * 1024;

static STYLE: LazyLock<Style<'static>> = LazyLock::new(|| Style::new(Catalog::builtin()));

/// Reads a unit of UTF-16.
type ReadUnit = fn([u8; 2]) -> u16;

/// The expected result for a file.
#[derive(Debug)]
enum Fate {
    /// The result for a file that is no text: its bytes in an output of its own, none in a stream.
    NoText(Vec<u8>),
    Text(Text),
    /// The result for a file that is refused: a message and no output.
    Refused,
}

#[derive(Debug)]
struct Text {
    length: usize,
    annotated: Vec<u8>,
    newline: &'static [u8],
    is_damaged: bool,
}

/// The expected result for a folder.
#[derive(Debug, Default)]
struct Expected {
    stream: Vec<u8>,
    /// The files that are read, by path.
    read: BTreeMap<PathBuf, usize>,
    texts: u64,
    bytes: u64,
    no_texts: usize,
    /// The number of messages about trouble.
    troubles: usize,
    dangling: usize,
}

/// Appends the files in a folder in the order of their names, and counts the links to nothing.
fn walk(folder: &Path, paths: &mut Vec<PathBuf>, dangling: &mut usize) {
    let names: BTreeSet<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    for name in names {
        let path = folder.join(name);
        if path.is_dir() {
            if !path.is_symlink() {
                walk(&path, paths, dangling);
            }
        } else if path.exists() {
            paths.push(path);
        } else {
            *dangling += 1;
        }
    }
}

/// Returns the paths that are read: of several names of one file the first that is no link, or else the first.
fn without_other_names(paths: &[PathBuf]) -> Vec<&PathBuf> {
    let id = |path: &PathBuf| fs::metadata(path).map(|it| (it.dev(), it.ino())).unwrap();
    let is_read = |path: &&PathBuf| {
        let mut same = paths.iter().filter(|other| id(other) == id(path));
        same.clone().find(|other| !other.is_symlink()).or_else(|| same.next()) == Some(path)
    };
    paths.iter().filter(is_read).collect()
}

/// Returns true if content is text. Zeros before damage count as text, because text may stand behind them.
fn is_text(text: &[u8], is_damaged: bool) -> bool {
    let is_archive = text.starts_with(b"PK\x03\x04")
        || text.starts_with(b"PK\x05\x06")
        || text.starts_with(b"PK\x07\x08")
        || text.get(257..).is_some_and(|behind| behind.starts_with(b"ustar\0"));
    let has_mark = text.starts_with(b"\xff\xfe") || text.starts_with(b"\xfe\xff");
    let behind = &text[text.iter().take_while(|&&byte| byte == 0).count()..];
    let has_nul = behind[..behind.len().min(HEAD_BYTES)].contains(&0);
    let is_nothing_but_nuls = behind.is_empty() && !text.is_empty() && !is_damaged;
    !is_archive && (has_mark || !has_nul && !is_nothing_but_nuls)
}

fn annotate(text: &[u8]) -> Vec<u8> {
    text.split_inclusive(|&byte| byte == b'\n').flat_map(|line| STYLE.annotate_line(line)).collect()
}

/// Returns true if a text in UTF-16 has a field. The twin reads bytes, so that it knows no notes for it.
fn has_field_in_utf16(text: &[u8], unit: ReadUnit) -> bool {
    let units: Vec<u16> = text.chunks_exact(2).map(|two| unit([two[0], two[1]])).collect();
    let text = String::from_utf16_lossy(&units);
    annotate(text.as_bytes()) != text.as_bytes()
}

/// Returns the expected result for a file; `None` where the rules leave it open, or where the twin does not know it.
fn fate(file: &Made) -> Option<Fate> {
    let decoded = match decompress(&file.bytes[..], &file.path) {
        Err(_) => return Some(Fate::Refused),
        Ok(None) => Ok(file.bytes.clone()),
        Ok(Some(mut rdr)) => {
            let mut text = Vec::new();
            rdr.read_to_end(&mut text).map(|_| text.clone()).map_err(|_| text)
        }
    };
    assert!(!file.is_refused, "{file:?}");
    let is_damaged = decoded.is_err();
    let (Ok(text) | Err(text)) = decoded;
    if let Some(holds) = &file.holds {
        // Content that is itself packed data would be unpacked a second time.
        let is_plain = decompress(&holds[..], &file.path).is_ok_and(|rdr| rdr.is_none());
        assert!(!is_plain || !is_damaged && text == *holds, "{file:?}");
    }
    if !is_text(&text, is_damaged) {
        return Some(Fate::NoText(file.bytes.clone()));
    }
    let utf16: Option<(ReadUnit, &[u8])> = match &text[..] {
        [0xff, 0xfe, ..] => Some((u16::from_le_bytes, b"\n\0")),
        [0xfe, 0xff, ..] => Some((u16::from_be_bytes, b"\0\n")),
        _ => None,
    };
    if utf16.is_some_and(|(unit, _)| has_field_in_utf16(&text, unit)) {
        return None;
    }
    let newline = utf16.map_or(&b"\n"[..], |(_, newline)| newline);
    let annotated = match &file.repeats {
        _ if utf16.is_some() => text.clone(),
        Some((part, times)) if text == part.repeat(*times) => annotate(part).repeat(*times),
        _ => annotate(&text),
    };
    // The rules leave open if a field at the end of damaged data counts.
    let line_start = text.iter().rposition(|&byte| byte == b'\n').map_or(0, |newline| newline + 1);
    let is_open = is_damaged && annotate(&text[line_start..]) != text[line_start..];
    (!is_open).then_some(Fate::Text(Text { length: text.len(), annotated, newline, is_damaged }))
}

/// Returns the expected result for some folders. `fates` has the result for each file of `made`, in the same order.
fn expected(folders: &[PathBuf], made: &[Made], fates: &[Fate]) -> Expected {
    let (mut paths, mut expected) = (Vec::new(), Expected::default());
    folders.iter().for_each(|folder| walk(folder, &mut paths, &mut expected.dangling));
    let mut owed_newline = None;
    for path in without_other_names(&paths) {
        let id = |path: &Path| fs::metadata(path).map(|it| (it.dev(), it.ino())).unwrap();
        let index = made.iter().position(|file| id(&file.path) == id(path)).unwrap();
        expected.read.insert(path.clone(), index);
        match &fates[index] {
            Fate::NoText(_) => expected.no_texts += 1,
            Fate::Refused => expected.troubles += 1,
            Fate::Text(Text { length, annotated, newline, is_damaged }) => {
                if !annotated.is_empty() {
                    expected.stream.extend_from_slice(owed_newline.take().unwrap_or_default());
                }
                expected.stream.extend_from_slice(annotated);
                if *is_damaged && !annotated.is_empty() && !annotated.ends_with(newline) {
                    owed_newline = Some(*newline);
                }
                expected.texts += 1;
                expected.bytes += *length as u64;
                expected.troubles += usize::from(*is_damaged);
            }
        }
    }
    expected
}

pub(super) fn pipeline(to_folder: bool, threads: usize) -> Pipeline {
    let (annotator, progress) = (Annotator::builder().build(), Progress::hidden());
    let reading = Reading {
        range: None,
        range_read: Default::default(),
        year: None,
        buffering: Buffering::Block,
        shows_prompts: false,
        decompress: true,
        as_text: false,
        enters_archives: false,
        dictionary: None,
        stdin_size: None,
        encoding: EncodingChoice::Auto { tells_gbk: true },
        progress,
        signals: Signals::default(),
    };
    Pipeline {
        annotators: Annotators::new(annotator),
        reading,
        messages: Messages::kept(),
        stdout: None,
        opened_any: AtomicBool::new(false),
        live: Default::default(),
        own_outputs: Vec::new(),
        counter: Some(Counter::new(&Catalog::builtin(), Vec::new())),
        side_by_side: SideBySide::Blocks,
        names_before_lines: false,
        tells_tails: false,
        numbers_lines: false,
        selected_lines: SelectedLines::Written,
        any_selected: AtomicBool::new(false),
        sparse_outputs: false,
        archives: if to_folder { ArchiveOutput::Archive } else { ArchiveOutput::Texts },
        output_kind: None,
        chosen_members: Default::default(),
        member_names: Default::default(),
        ends_lines: false,
        to_folder,
        no_texts: NoTexts::default(),
        outcomes: Outcomes::default(),
        journal: None,
        input_formats: Default::default(),
        packs_output: false,
        threads: ThreadBudget::new(threads),
    }
}

/// Checks the messages and the counts of a run.
fn check(pipeline: &Pipeline, tally: &Tally, expected: &Expected) {
    let said = pipeline.messages.take_kept();
    assert_eq!(said.len(), expected.troubles, "{said:?}");
    assert!(said.iter().all(|message| !message.contains(char::is_control)), "{said:?}");
    assert_eq!(tally.complete, expected.troubles == 0);
    assert_eq!((tally.input.files, tally.input.bytes), (expected.texts, expected.bytes));
    let summary = pipeline.no_texts.summary(pipeline.to_folder).unwrap_or_default();
    let count = summary.split(' ').next().and_then(|count| count.parse().ok()).unwrap_or(0);
    assert_eq!(count, expected.no_texts, "{summary}");
}

fn listed(folders: &[PathBuf], expected: &Expected) -> Vec<InputFile> {
    let operands: Vec<InputName> = folders.iter().cloned().map(InputName::File).collect();
    let Listing { files, unread, dangling, other_names, .. } = list(&operands, &ListingRules::default());
    assert_eq!((unread.len(), dangling.len()), (0, expected.dangling));
    // A file that is left out under one name is read under the other.
    assert!(other_names.iter().all(|other| files.iter().any(|file| file.name == other.read_as)));
    files
}

fn check_stream(folders: &[PathBuf], made: &[Made], fates: &[Fate], threads: usize) {
    let expected = expected(folders, made, fates);
    let pipeline = pipeline(false, threads);
    let mut outlet = Outlet::new(Vec::new());
    let tally = pipeline.annotate(&listed(folders, &expected), &mut outlet).unwrap();
    let stream = outlet.into_inner().unwrap();
    assert_same(&stream, &expected.stream, || format!("stream, {threads} threads"));
    check(&pipeline, &tally, &expected);
}

/// Returns the unpacked content of an output file. Returns `None` where that cannot be told: the readable part of
/// damaged data may begin like another kind of packed data.
fn unpacked(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    match decompress(bytes, Path::new("")).ok()? {
        Some(mut rdr) => rdr.read_to_end(&mut text).map(drop).ok()?,
        None => return Some(bytes.to_vec()),
    }
    Some(text)
}

fn check_files(root: &Path, made: &[Made], fates: &[Fate], format: Option<Format>, threads: usize) {
    let folders = [root.to_owned()];
    let expected = expected(&folders, made, fates);
    let out = tempfile::tempdir().unwrap();
    let rename = |path: &Path| format.map_or_else(|| path.to_owned(), |format| format.rename(path));
    let inputs = listed(&folders, &expected);
    // Two inputs for one output are refused.
    let operands = [InputName::File(root.to_owned())];
    let plans = plan(&operands, &inputs, &FilesInUse::default(), out.path(), rename);
    let Ok((folder, plans)) = plans else { return };
    let pipeline = pipeline(true, threads);
    let packing = format.map(Packing::from);
    let tally = annotate_to_files(&pipeline, &folder, &plans, packing, Existing::IsReplaced);
    check(&pipeline, &tally, &expected);
    let (mut written, mut none) = (Vec::new(), 0);
    walk(out.path(), &mut written, &mut none);
    let mut places = BTreeSet::new();
    for (path, &index) in &expected.read {
        let relative = path.strip_prefix(root).unwrap();
        let (place, wanted) = match &fates[index] {
            Fate::Refused => continue,
            Fate::NoText(bytes) => (out.path().join(relative), bytes),
            Fate::Text(text) => (out.path().join(rename(relative)), &text.annotated),
        };
        let found = fs::read(&place).unwrap();
        let found = if matches!(fates[index], Fate::NoText(_)) { Some(found) } else { unpacked(&found) };
        let is_damaged = matches!(&fates[index], Fate::Text(text) if text.is_damaged);
        match found {
            Some(found) => {
                assert_same(&found, wanted, || format!("{relative:?}, {format:?}, {threads} threads"))
            }
            None => assert!(is_damaged, "{relative:?}, {format:?}, {threads} threads"),
        }
        places.insert(place);
    }
    assert!(written.iter().eq(&places), "{written:?} {places:?}");
}

/// Runs the target. The input is files, one behind the other; the five bytes before the content of each choose its
/// kind.
pub(super) fn run(input: &[u8]) {
    let root = tempfile::tempdir().unwrap();
    let made = make(root.path(), input);
    let Some(fates) = made.iter().map(fate).collect::<Option<Vec<Fate>>>() else { return };
    let [x, y] = ["x", "y"].map(|name| root.path().join(name));
    for threads in [1, 3] {
        check_stream(&[y.clone(), x.clone()], &made, &fates, threads);
        check_stream(&[root.path().to_owned()], &made, &fates, threads);
    }
    for (format, threads) in [(None, 1), (Some(Format::Plain), 3), (Some(Format::Gzip), 1)] {
        check_files(root.path(), &made, &fates, format, threads);
    }
}
