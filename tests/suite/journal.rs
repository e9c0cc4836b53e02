//! The journal of an output folder: its lines, and what `--resume` makes of it.

use crate::bundled::tar_of;
use crate::in_folder::{
    ANNOTATED, LINE, folder_with, make_pipe, mode, refusal, run, set_mode, settle, succeed,
};
use crate::packed::pack;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::Path;
use std::process::Output;
use tempfile::TempDir;

pub(crate) const JOURNAL: &str = "out/.imsdk-annotate.jsonl";

/// Returns a folder of logs of each kind: texts, an archive, a binary file, a damaged file.
fn folder_of_logs() -> TempDir {
    let folder = folder_with(&["in/a.log", "in/sub/b.log"]);
    let log = "2026-05-01 10:00:00 code=5 \u{7801}\nret=-99999 x\nretcode = -204\nret: (-705)\n".repeat(3);
    let tar = tar_of(&[("logs/c.log", log.as_bytes()), ("d.db", b"\0"), ("e.log", LINE.as_bytes())]);
    fs::write(folder.path().join("in/bundle.tar.gz"), pack("gzip", &tar)).unwrap();
    fs::write(folder.path().join("in/f.log"), &log).unwrap();
    fs::write(folder.path().join("in/g.db"), "no\0text").unwrap();
    fs::write(folder.path().join("in/h.gz"), &pack("gzip", log.as_bytes())[..40]).unwrap();
    settle(folder.path());
    folder
}

/// Returns the lines of the journal in `folder`, behind its head, by their inputs.
pub(crate) fn lines(folder: &Path) -> BTreeMap<String, Value> {
    let text = fs::read_to_string(folder.join(JOURNAL)).unwrap();
    let lines = text.lines().skip(1).map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.map(|line| (line["input"].as_str().unwrap().to_owned(), line)).collect()
}

/// Returns the files below a folder with their contents, but for journals.
pub(crate) fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            let below = contents(&path);
            found.extend(below.into_iter().map(|(below, text)| (format!("{name}/{below}"), text)));
        } else if !name.starts_with('.') {
            found.insert(name, fs::read(path).unwrap());
        }
    }
    found
}

fn message(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Runs the program with `--resume`, and returns its summary.
pub(crate) fn resume(folder: &Path, args: &[&str]) -> String {
    let output = run(folder, &[&["--resume", "--output-dir", "out"], args].concat());
    let said = message(&output);
    said.lines().last().unwrap().strip_prefix("imsdk-annotate: ").unwrap().to_owned()
}

#[test]
fn the_journal_has_a_line_for_each_input_that_is_done() {
    let folder = folder_of_logs();
    let folder = folder.path();
    make_pipe(folder.join("pipe.log"));
    let path = folder.join("pipe.log");
    let wtr = std::thread::spawn(move || fs::write(path, LINE).unwrap());
    let output =
        run(folder, &["-j2", "--report", "json=r.json", "--output-dir", "out", "in", "pipe.log", "no"]);
    wtr.join().unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert_eq!(mode(folder.join(JOURNAL)), 0o600);
    let text = fs::read_to_string(folder.join(JOURNAL)).unwrap();
    let head: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(head["format"], "imsdk-annotate journal");
    assert_eq!(head["program"], env!("CARGO_PKG_VERSION"));
    assert_eq!(head["settings"]["--report"][0], "on");
    let lines = lines(folder);
    let status = |name: &str| lines[name]["status"].as_str().unwrap();
    let names: Vec<&str> = lines.keys().map(String::as_str).collect();
    // A stream cannot be told from another one of its name, and what is not there has no state.
    assert_eq!(names, ["in/a.log", "in/bundle.tar.gz", "in/f.log", "in/g.db", "in/h.gz", "in/sub/b.log"]);
    for name in names {
        let metadata = fs::metadata(folder.join(name)).unwrap();
        assert_eq!(lines[name]["size"], metadata.len(), "{name}");
        assert_eq!(
            lines[name]["mtime_ns"],
            metadata.mtime() * 1_000_000_000 + metadata.mtime_nsec(),
            "{name}"
        );
        assert_eq!(lines[name]["settled"], true, "{name}");
        assert!(name == "in/g.db" || name == "in/h.gz" || status(name) == "annotated", "{name}");
    }
    assert_eq!((status("in/g.db"), status("in/h.gz")), ("copied", "failed"));
    assert_eq!(lines["in/sub/b.log"]["output"], "sub/b.log");
    assert_eq!(lines["in/sub/b.log"]["tally"]["known"]["-1"]["fields"], 1);
}

#[test]
fn a_run_that_was_cut_off_anywhere_is_completed_with_the_report_of_a_whole_one() {
    let folder = folder_of_logs();
    let folder = folder.path();
    let args = ["-j1", "--report", "json=r.json", "--report", "text=r.txt", "--fail-on", "unknown>3"];
    let args = [&args[..], &["--resume", "--output-dir", "out", "in"]].concat();
    let whole = run(folder, &args);
    assert_eq!(whole.status.code(), Some(3), "{whole:?}");
    let (outputs, journal) = (contents(&folder.join("out")), fs::read(folder.join(JOURNAL)).unwrap());
    let reports = || ["r.json", "r.txt"].map(|name| fs::read_to_string(folder.join(name)).unwrap());
    let expected = reports();
    assert!(expected[0].contains("in/bundle.tar.gz:logs/c.log"), "{}", expected[0]);
    let head = journal.iter().position(|&byte| byte == b'\n').unwrap() + 1;
    let ends = (head..=journal.len()).filter(|&end| journal[end - 1] == b'\n');
    let cuts = ends.flat_map(|end| [end, (end + 1).min(journal.len()), (end + 200).min(journal.len())]);
    for (number, cut) in cuts.enumerate() {
        // The lines name the inodes of the outputs, so that each cut is one of a journal that was just written.
        fs::remove_dir_all(folder.join("out")).unwrap();
        run(folder, &args);
        let journal = fs::read(folder.join(JOURNAL)).unwrap();
        let cut = cut.min(journal.len());
        fs::write(folder.join(JOURNAL), &journal[..cut]).unwrap();
        let left: Vec<String> = lines_of(&journal[..cut]);
        if number % 2 == 0 {
            // The outputs without a line were not finished.
            for name in outputs.keys().filter(|name| !left.contains(name)) {
                fs::remove_file(folder.join("out").join(name)).unwrap();
            }
        }
        let resumed = run(folder, &args);
        assert_eq!(resumed.status.code(), Some(3), "{cut}: {resumed:?}");
        assert_eq!(reports(), expected, "{cut}");
        assert!(contents(&folder.join("out")) == outputs, "{cut}");
        // All inputs have whole lines again, and the next run has but the damaged one to do.
        assert_eq!(lines(folder).len(), 6, "{cut}");
        let (done, said) = (left.len(), message(&resumed));
        assert!(said.contains(&format!(" {done} left out, 1 failed (in/h.gz)")), "{cut}: {said}");
    }
}

/// Returns the outputs that whole lines of a journal have as done.
fn lines_of(journal: &[u8]) -> Vec<String> {
    let whole = journal.split_inclusive(|&byte| byte == b'\n').skip(1).filter(|line| line.ends_with(b"\n"));
    let lines = whole.map(|line| serde_json::from_slice::<Value>(line).unwrap());
    let done = lines.filter(|line| line["status"] != "failed");
    done.map(|line| line["output"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_has_changed_is_done_again() {
    let folder = folder_with(&["in/a.log", "in/b.log", "in/c.log", "in/d.log", "in/e.log"]);
    let folder = folder.path();
    settle(folder);
    assert_eq!(resume(folder, &["in"]), "5 files annotated, 0 copied, 0 left out, 0 failed; 35 B done");
    // Another size with the same time, another time with the same size, no output, an output of another time.
    fs::write(folder.join("in/a.log"), LINE.repeat(2)).unwrap();
    settle(folder.join("in/a.log"));
    fs::write(folder.join("in/b.log"), "RET=-1\n").unwrap();
    fs::remove_file(folder.join("out/c.log")).unwrap();
    fs::write(folder.join("out/d.log"), "mark").unwrap();
    assert_eq!(resume(folder, &["in"]), "4 files annotated, 0 copied, 1 left out, 0 failed; 35 B done");
    let out = contents(&folder.join("out"));
    assert_eq!(out["a.log"], ANNOTATED.repeat(2).as_bytes());
    assert!(out["b.log"].starts_with(b"RET=-1 ("));
    assert_eq!((&out["c.log"][..], &out["d.log"][..]), (ANNOTATED.as_bytes(), ANNOTATED.as_bytes()));
    // An input that was written a moment before it was read may change without another time: it is done again, once
    // its time is past, for the last time.
    settle(folder.join("in/b.log"));
    assert!(resume(folder, &["in"]).starts_with("1 file annotated, 0 copied, 4 left out"));
    File::options()
        .append(true)
        .open(folder.join("in/e.log"))
        .unwrap()
        .set_modified(std::time::SystemTime::now())
        .unwrap();
    for _ in 0..2 {
        assert!(resume(folder, &["in"]).starts_with("1 file annotated, 0 copied, 4 left out"));
    }
    // The output of one input has been replaced by that of another.
    fs::create_dir(folder.join("other")).unwrap();
    fs::write(folder.join("other/a.log"), LINE).unwrap();
    settle(folder.join("other"));
    assert!(resume(folder, &["other"]).starts_with("1 file annotated, 0 copied, 0 left out"));
    assert!(resume(folder, &["in/a.log"]).starts_with("1 file annotated, 0 copied, 0 left out"));
    assert_eq!(contents(&folder.join("out"))["a.log"], ANNOTATED.repeat(2).as_bytes());
}

#[test]
fn other_settings_are_refused_by_name() {
    let folder = folder_with(&["in/a.log"]);
    let folder = folder.path();
    settle(folder);
    fs::write(folder.join("codes.csv"), "code,message\n-1,one\n").unwrap();
    let begun = ["--catalog", "codes.csv", "--report", "json=r.json"];
    let with = |args: &[&'static str]| [&["--output-dir", "out", "in"], args].concat();
    succeed(folder, &with(&begun));
    let refused = |args: &[&'static str]| {
        let said = refusal(folder, &with(&[&["--resume"], args].concat()));
        let said = said.strip_prefix("imsdk-annotate: out/.imsdk-annotate.jsonl: is of a run ");
        let remedy = "; give the same options as then, or begin anew without --resume\n";
        said.and_then(|said| said.strip_suffix(remedy)).unwrap().to_owned()
    };
    assert_eq!(refused(&[]), "with --catalog and --report and near misses in --report");
    assert_eq!(
        refused(&[&begun[..], &["--lang=zh", "--key", "x", "--level=3", "--compress=gzip"]].concat()),
        "without --compress and --key and --lang and --level"
    );
    assert_eq!(
        refused(&["--catalog", "codes.csv", "--report", "markdown=r.md"]),
        "with near misses in --report"
    );
    assert_eq!(
        refused(&[&begun[..], &["--fail-on", "error", "--color=always"]].concat()),
        "without --color and --fail-on"
    );
    assert_eq!(
        refused(&[&begun[..], &["--color=always", "--colors=error=bold"]].concat()),
        "without --color and --colors"
    );
    // The threads, the place and the form of a report change nothing.
    let output = run(folder, &with(&["--resume", "-j3", "--catalog", "codes.csv", "--report", "text=r.txt"]));
    assert!(output.status.success() && message(&output).contains(" 1 left out"), "{output:?}");
    fs::write(folder.join("codes.csv"), "code,message\n-1,two\n").unwrap();
    assert_eq!(refused(&begun), "with another --catalog");
    // Without --resume, another run begins.
    succeed(folder, &with(&["--lang=zh"]));
    assert!(message(&run(folder, &with(&["--resume", "--lang=zh"]))).contains(" 1 left out"));
    // Another version of the program writes other notes, perhaps.
    let journal = fs::read_to_string(folder.join(JOURNAL)).unwrap();
    let program = format!("\"program\":\"{}\"", env!("CARGO_PKG_VERSION"));
    fs::write(folder.join(JOURNAL), journal.replace(&program, "\"program\":\"0.0.9\"")).unwrap();
    let said = refusal(folder, &with(&["--resume", "--lang=zh"]));
    assert_eq!(
        said,
        "imsdk-annotate: out/.imsdk-annotate.jsonl: is of imsdk-annotate 0.0.9; go on with the same version, or begin anew without --resume\n"
    );
}

#[test]
fn a_folder_without_a_journal_is_done_anew_and_a_strange_journal_is_refused() {
    let folder = folder_with(&["in/a.log", "in/b.log"]);
    let folder = folder.path();
    settle(folder);
    let args = ["--resume", "--output-dir", "out", "in"];
    succeed(folder, &["--output-dir", "out", "in"]);
    fs::remove_file(folder.join(JOURNAL)).unwrap();
    let said = message(&run(folder, &args));
    let first = said.lines().next().unwrap();
    assert_eq!(
        first,
        "imsdk-annotate: out: has no journal (.imsdk-annotate.jsonl), so that all is done anew"
    );
    assert!(said.contains("2 files annotated"), "{said}");
    let refused = || {
        let said = refusal(folder, &args);
        said.strip_prefix("imsdk-annotate: out/.imsdk-annotate.jsonl: ").unwrap().trim_end().to_owned()
    };
    let no_journal = "is no journal of imsdk-annotate; remove it, or choose another folder";
    let whole = fs::read(folder.join(JOURNAL)).unwrap();
    for text in [&b"\n"[..], b"ret=-1\n", b"{}\n", &whole[..20]] {
        fs::write(folder.join(JOURNAL), text).unwrap();
        assert_eq!(refused(), no_journal);
    }
    // A line that is none is passed over.
    fs::write(folder.join(JOURNAL), [&whole[..], b"{\n\xff\n\n"].concat()).unwrap();
    assert!(message(&run(folder, &args)).contains(" 2 left out"));
    fs::remove_file(folder.join(JOURNAL)).unwrap();
    symlink("../in/a.log", folder.join(JOURNAL)).unwrap();
    assert_eq!(refused(), "is a link, which is not followed; remove it, or choose another folder");
    succeed(folder, &["--output-dir", "out", "in"]);
    assert!(!folder.join(JOURNAL).is_symlink());
    assert_eq!(fs::read_to_string(folder.join("in/a.log")).unwrap(), LINE);
    let _held = File::open(folder.join(JOURNAL)).map(|file| file.lock().map(|()| file)).unwrap();
    assert_eq!(refused(), "another run writes to this folder; wait for its end, or end it");
}

#[test]
fn nothing_else_has_the_place_of_the_journal() {
    let folder = folder_with(&[".imsdk-annotate.jsonl", "in/a.log"]);
    let folder = folder.path();
    let said = refusal(folder, &["--output-dir", "out", ".imsdk-annotate.jsonl"]);
    let expected = "out/.imsdk-annotate.jsonl: out/.imsdk-annotate.jsonl is the journal of the folder; give the input another name";
    assert_eq!(said, format!("imsdk-annotate: {expected}\n"));
    let said = refusal(folder, &["--report", "json=out/.imsdk-annotate.jsonl", "--output-dir", "out", "in"]);
    assert_eq!(said, "imsdk-annotate: out/.imsdk-annotate.jsonl: is written twice; name another file\n");
    assert!(!folder.join("out").exists());
    succeed(folder, &["--output-dir", "out", "in"]);
    let said = refusal(folder, &["--resume", "--output-dir", "out", "--files-from", JOURNAL, "in"]);
    assert!(said.ends_with("is the list of files that is read; write to another file\n"), "{said}");
}

#[test]
fn temporary_files_of_a_killed_run_are_removed() {
    let folder = folder_with(&["in/a.log", "in/sub/b.log"]);
    let folder = folder.path();
    settle(folder);
    succeed(folder, &["--output-dir", "out", "in"]);
    let left = ["out/.imsdk-annotate-0123456789abcdef.tmp", "out/sub/.imsdk-annotate-fedcba9876543210.tmp"];
    let others = ["out/.imsdk-annotate-0123.tmp", "out/.other.tmp", "out/sub/x"];
    left.iter().chain(&others).for_each(|path| fs::write(folder.join(path), LINE).unwrap());
    // A run that begins anew does not know whether another run is at work.
    succeed(folder, &["--output-dir", "out", "in"]);
    assert!(left.iter().all(|path| folder.join(path).exists()));
    let said = message(&run(folder, &["--resume", "--output-dir", "out", "in"]));
    assert!(said.starts_with("imsdk-annotate: 2 temporary files of an earlier run were removed\n"), "{said}");
    assert!(!left.iter().any(|path| folder.join(path).exists()));
    assert!(others.iter().all(|path| folder.join(path).exists()));
}

/// A limit on the size of files stands for a full disk.
#[test]
fn a_journal_that_cannot_grow_is_told_once_and_the_outputs_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::create_dir(folder.join("in")).unwrap();
    (0..40).for_each(|number| fs::write(folder.join(format!("in/{number}.log")), LINE).unwrap());
    settle(folder);
    let program = crate::command::binary().get_program().to_owned();
    let mut command = crate::command::isolated("sh");
    let command = command.args(["-c", "ulimit -f 4; exec \"$0\" --output-dir out in"]).arg(program);
    let output = crate::command::output_of(command.current_dir(folder), b"");
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let said =
        "imsdk-annotate: out/.imsdk-annotate.jsonl: would be larger than the limit for files, ulimit -f\n";
    assert_eq!(message(&output), said);
    assert_eq!(contents(&folder.join("out")).len(), 40);
    let done = lines(folder).len();
    assert!((1..40).contains(&done), "{done}");
    let rest = 40 - done;
    assert!(
        resume(folder, &["in"]).starts_with(&format!("{rest} files annotated, 0 copied, {done} left out"))
    );
}

#[test]
fn a_journal_is_as_private_as_can_be_and_names_may_be_any_bytes() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let folder = folder_with(&["in/a.log"]);
    let folder = folder.path();
    let name = folder.join("in").join(OsStr::from_bytes(b"b\xff.log"));
    if fs::write(&name, LINE).is_err() {
        println!("skipped: file names must be UTF-8 here");
        return;
    }
    settle(folder);
    succeed(folder, &["--output-dir", "out", "in"]);
    set_mode(folder.join(JOURNAL), 0o644);
    succeed(folder, &["--output-dir", "out", "in"]);
    assert_eq!(mode(folder.join(JOURNAL)), 0o600);
    assert!(resume(folder, &["in"]).starts_with("0 files annotated, 0 copied, 2 left out"));
    // A journal in which the end of the last line is missing goes on behind the last whole line.
    let mut journal = File::options().append(true).open(folder.join(JOURNAL)).unwrap();
    journal.write_all(&[b'x'; 5000]).unwrap();
    fs::remove_file(folder.join("out/a.log")).unwrap();
    assert!(resume(folder, &["in"]).starts_with("1 file annotated, 0 copied, 1 left out"));
    assert_eq!(fs::read_to_string(folder.join(JOURNAL)).unwrap().lines().count(), 4);
}
