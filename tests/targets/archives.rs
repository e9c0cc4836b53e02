//! Archives, even damaged ones: the texts of an archive that is written again are those of the archive, and nothing is
//! written outside the folder that one is unpacked to.

use super::assert_same;
use super::folders::pipeline;
use imsdk_annotate::program::parts::{ArchiveOutput, Pipeline, annotate_to_files};
use imsdk_annotate::program::parts::{Existing, FilesInUse, Outlet, plan};
use imsdk_annotate::program::parts::{InputName, ListingRules, Reading, list};
use std::fs;
use std::path::Path;

/// The most bytes of an input: archives need few, and each run makes files.
const INPUT_MAX_BYTES: usize = 64 * 1024;

/// Returns a pipeline that enters archives.
fn entering(archives: ArchiveOutput, threads: usize) -> Pipeline {
    let pipeline = pipeline(archives != ArchiveOutput::Texts, threads);
    let reading = Reading { enters_archives: true, ..pipeline.reading };
    Pipeline { reading, archives, ..pipeline }
}

/// Returns the texts of the file, and true if there was no trouble.
fn texts(path: &Path, threads: usize) -> (Vec<u8>, bool) {
    let pipeline = entering(ArchiveOutput::Texts, threads);
    let files = list(&[InputName::File(path.to_owned())], &ListingRules::default()).files;
    let mut outlet = Outlet::new(Vec::new());
    let tally = pipeline.annotate(&files, &mut outlet).unwrap();
    let said = pipeline.messages.take_kept();
    assert!(said.iter().all(|message| !message.contains(char::is_control)), "{said:?}");
    assert_eq!(tally.complete, said.is_empty(), "{said:?}");
    (outlet.into_inner().unwrap(), said.is_empty())
}

/// Writes the file again below a folder, as an archive or as files.
fn write(path: &Path, out: &Path, archives: ArchiveOutput) -> bool {
    let pipeline = entering(archives, 1);
    let operands = [InputName::File(path.to_owned())];
    let files = list(&operands, &ListingRules::default()).files;
    let (folder, plans) = plan(&operands, &files, &FilesInUse::default(), out, Path::to_owned).unwrap();
    annotate_to_files(&pipeline, &folder, &plans, None, Existing::IsReplaced);
    pipeline.messages.take_kept().is_empty()
}

/// Runs the target with the bytes of an archive.
pub(super) fn run(input: &[u8]) {
    if input.len() > INPUT_MAX_BYTES {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (path, out) = (folder.path().join("in"), folder.path().join("out"));
    fs::write(&path, input).unwrap();
    let (annotated, is_whole) = texts(&path, 1);
    assert_same(&texts(&path, 3).0, &annotated, || "three threads".to_owned());
    // Members that have no text are read where they are written alone.
    let is_written = write(&path, &out, ArchiveOutput::Archive);
    let again = out.join("in");
    if is_whole && is_written && again.exists() {
        let (twice, is_whole) = texts(&again, 1);
        assert!(is_whole, "written with trouble");
        assert_same(&twice, &annotated, || "written again".to_owned());
    }
    fs::remove_dir_all(&out).ok();
    write(&path, &out, ArchiveOutput::Files);
    let mut names: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.retain(|name| name != "in" && name != "out");
    assert!(names.is_empty(), "{names:?}");
}
