//! The journal of an output folder against outputs and inputs that have changed, and against other runs.

use crate::in_folder::{ANNOTATED, folder_with, refusal, run, settle, succeed};
use crate::journal::{JOURNAL, contents, lines, resume};
use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt, symlink};

#[test]
fn an_output_that_something_else_has_written_since_is_done_again() {
    let folder = folder_with(&["in/a.log", "in/b.log", "in/c.log"]);
    let folder = folder.path();
    settle(folder);
    succeed(folder, &["--output-dir", "out", "in"]);
    let (line, metadata) = (&lines(folder)["in/a.log"], fs::metadata(folder.join("out/a.log")).unwrap());
    assert_eq!(
        (&line["output_size"], &line["output_inode"]),
        (&metadata.len().into(), &metadata.ino().into())
    );
    assert_eq!(line["inode"], fs::metadata(folder.join("in/a.log")).unwrap().ino());
    // An output that was emptied and one that another run has replaced, both with the time of their inputs.
    let emptied = File::create(folder.join("out/a.log")).unwrap();
    emptied.set_modified(fs::metadata(folder.join("in/a.log")).unwrap().modified().unwrap()).unwrap();
    succeed(folder, &["--lang=zh", "--output-dir", "other", "in"]);
    fs::rename(folder.join("other/b.log"), folder.join("out/b.log")).unwrap();
    assert!(resume(folder, &["in"]).starts_with("2 files annotated, 0 copied, 1 left out, 0 failed"));
    assert!(contents(&folder.join("out")).values().all(|text| text == ANNOTATED.as_bytes()));
}

#[test]
fn another_input_of_the_same_name_size_and_time_is_another() {
    let folder = folder_with(&["one/in/a.log", "two/in/a.log", "two/in/b.log"]);
    let folder = folder.path();
    fs::write(folder.join("two/in/a.log"), "ret=-2\n").unwrap();
    symlink("one", folder.join("current")).unwrap();
    settle(folder);
    succeed(folder, &["--output-dir", "out", "current/in/a.log"]);
    assert!(resume(folder, &["current/in/a.log"]).starts_with("0 files annotated, 0 copied, 1 left out"));
    fs::remove_file(folder.join("current")).unwrap();
    symlink("two", folder.join("current")).unwrap();
    assert!(resume(folder, &["current/in/a.log"]).starts_with("1 file annotated, 0 copied, 0 left out"));
    assert!(contents(&folder.join("out"))["a.log"].starts_with(b"ret=-2"));
    // Two files have exchanged their names.
    assert!(resume(folder, &["two/in"]).starts_with("2 files annotated"));
    for (from, to) in [("a", "x"), ("b", "a"), ("x", "b")] {
        let [from, to] = [from, to].map(|name| folder.join(format!("two/in/{name}.log")));
        fs::rename(from, to).unwrap();
    }
    assert!(resume(folder, &["two/in"]).starts_with("2 files annotated"));
}

#[test]
fn the_journal_of_a_run_at_work_is_not_replaced_nor_is_any_without_an_output() {
    let folder = folder_with(&["in/a.log", "in/b.log"]);
    let folder = folder.path();
    settle(folder);
    succeed(folder, &["--output-dir", "out", "in"]);
    let journal = fs::read(folder.join(JOURNAL)).unwrap();
    // A name that is mistyped, and files that are all there.
    let output = run(folder, &["--lang=zh", "--output-dir", "out", "typo.log"]);
    assert!(!output.status.success(), "{output:?}");
    let output = run(folder, &["--lang=zh", "--no-clobber", "--output-dir", "out", "in"]);
    assert!(output.status.success(), "{output:?}");
    assert!(fs::read(folder.join(JOURNAL)).unwrap() == journal);
    let held = File::open(folder.join(JOURNAL)).unwrap();
    held.lock().unwrap();
    let said = refusal(folder, &["--lang=zh", "--output-dir", "out", "in"]);
    let expected =
        "out/.imsdk-annotate.jsonl: another run writes to this folder; wait for its end, or end it";
    assert_eq!(said, format!("imsdk-annotate: {expected}\n"));
    assert!(fs::read(folder.join(JOURNAL)).unwrap() == journal);
    drop(held);
    assert!(resume(folder, &["in"]).starts_with("0 files annotated, 0 copied, 2 left out"));
    succeed(folder, &["--lang=zh", "--output-dir", "out", "in/a.log"]);
    assert_eq!(lines(folder).len(), 1);
}

#[test]
fn another_built_in_catalog_and_another_content_of_the_dictionary_are_refused() {
    let folder = folder_with(&["in/a.log"]);
    let folder = folder.path();
    settle(folder);
    fs::write(folder.join("one"), "a dictionary").unwrap();
    fs::copy(folder.join("one"), folder.join("same")).unwrap();
    let with =
        |dictionary: &'static str| ["--zstd-dictionary", dictionary, "--resume", "--output-dir", "out", "in"];
    succeed(folder, &["--zstd-dictionary", "one", "--output-dir", "out", "in"]);
    assert!(resume(folder, &["--zstd-dictionary", "same", "in"]).starts_with("0 files annotated"));
    fs::write(folder.join("one"), "another one").unwrap();
    let remedy = "give the same options as then, or begin anew without --resume\n";
    let refused =
        |what: &str| format!("imsdk-annotate: {JOURNAL}: is of a run with another {what}; {remedy}");
    assert_eq!(refusal(folder, &with("one")), refused("--zstd-dictionary"));
    // Another build of the same version may have other codes.
    let journal = fs::read_to_string(folder.join(JOURNAL)).unwrap();
    let name = "\"built-in catalog\":[\"";
    let at = journal.find(name).unwrap() + name.len();
    let other = format!("{}0123456789abcdef{}", &journal[..at], &journal[at + 16..]);
    fs::write(folder.join(JOURNAL), other).unwrap();
    assert_eq!(refusal(folder, &with("same")), refused("built-in catalog"));
}

/// A time that is how long ago is another one in each run.
#[test]
fn a_window_of_other_times_is_refused() {
    let folder = folder_with(&["in/a.log"]);
    let folder = folder.path();
    fs::write(folder.join("in/a.log"), "2026-05-01 10:00:00 ret=-1\n").unwrap();
    settle(folder);
    let with = |since: &'static str| ["--since", since, "--resume", "--output-dir", "out", "in"];
    succeed(folder, &["--since=2026-05-01T00:00:00", "--output-dir", "out", "in"]);
    assert!(resume(folder, &["--since=2026-05-01", "in"]).starts_with("0 files annotated"));
    let refused =
        format!("{JOURNAL}: is of a run with another --since; give the same options as then (--since was ");
    assert!(refusal(folder, &with("2026-04-30")).contains(&refused));
    succeed(folder, &["--since=9999d", "--output-dir", "out", "in"]);
    assert!(refusal(folder, &with("9999d")).contains(&refused));
}

#[test]
fn a_report_that_is_new_is_refused_with_the_remedy() {
    let folder = folder_with(&["in/a.log"]);
    let folder = folder.path();
    settle(folder);
    succeed(folder, &["--output-dir", "out", "in"]);
    let said = refusal(folder, &["--resume", "--report", "markdown=r", "--output-dir", "out", "in"]);
    let expected =
        "is of a run without --report; give the same options as then, or begin anew without --resume";
    assert_eq!(said, format!("imsdk-annotate: {JOURNAL}: {expected}\n"));
}
