//! The journal and `--resume` where something goes wrong: a signal, a full disk, folders without rights, strange files in the
//! place of the journal, two runs at the same time.

use crate::command::{binary, isolated, output_of};
use crate::in_folder::{ANNOTATED, LINE, folder_with, make_pipe, refusal, run, settle, succeed};
use crate::journal::{JOURNAL, lines, resume};
use crate::signals::{send, wait_until};
use crate::starved::command_as_nobody;
use rustix::io::Errno;
use rustix::process::Signal;
use std::fs::{self, File};
use std::io::{self, Read};
use std::process::Stdio;

#[test]
fn inputs_that_a_signal_leaves_are_counted() {
    let folder = folder_with(&["a.log", "b.log", "c.log"]);
    let folder = folder.path();
    settle(folder);
    make_pipe(folder.join("pipe"));
    let args = ["-j1", "--resume", "--output-dir", "out", "a.log", "pipe", "b.log", "c.log"];
    let mut command = binary();
    command.current_dir(folder).args(args).stdin(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    wait_until(|| folder.join("out/a.log").exists());
    send(&child, Signal::INT);
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    child.wait().unwrap();
    assert_eq!(
        said,
        "imsdk-annotate: 1 file annotated, 0 copied, 0 left out, 0 failed, 3 not done; 7 B done\n"
    );
}

#[test]
fn inputs_that_a_full_disk_leaves_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::create_dir(folder.join("in")).unwrap();
    fs::write(folder.join("in/1.log"), LINE).unwrap();
    (2..10).for_each(|number| {
        fs::write(folder.join(format!("in/{number}.log")), LINE.repeat(200_000)).unwrap();
    });
    let script = "mkdir disk && mount -t tmpfs -o size=1m none disk || exit 77
                  exec \"$0\" -j1 --resume --output-dir disk/out in";
    let program = binary().get_program().to_owned();
    let mut command = isolated("unshare");
    let command = command.args(["-m", "sh", "-c", script]).arg(program).current_dir(folder);
    match command.stdin(Stdio::null()).output() {
        Ok(output) if output.status.code() == Some(2) => {
            let said = String::from_utf8(output.stderr).unwrap();
            let summary = "imsdk-annotate: 1 file annotated, 0 copied, 0 left out, 1 failed (in/2.log), 7 not done; 7 B done\n";
            assert!(said.ends_with(summary), "{said}");
        }
        other => println!("skipped: no file system can be mounted here: {other:?}"),
    }
}

#[test]
fn a_folder_that_cannot_be_listed_is_trouble_and_the_rest_is_done() {
    let folder = folder_with(&["in/a.log", "in/sub/b.log"]);
    settle(folder.path().join("in"));
    let script = "\"$0\" --output-dir mine/out in/a.log && mkdir -m 300 mine/out/sub || exit 99
                  \"$0\" --resume --output-dir mine/out in; status=$?
                  chmod 700 mine/out/sub; cat mine/out/sub/b.log; exit $status";
    let output = output_of(&mut command_as_nobody(folder.path(), script), b"");
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    let denied = io::Error::from(Errno::ACCESS);
    let expected = format!(
        "imsdk-annotate: mine/out/sub: cannot be searched for temporary files of an earlier run ({denied}); allow to list it
imsdk-annotate: 1 file annotated, 0 copied, 1 left out, 0 failed; 7 B done\n"
    );
    assert_eq!(said, expected);
    assert_eq!(output.stdout, b"ret=-1 (general: failure)\n");
}

#[test]
fn an_empty_journal_is_none() {
    let folder = folder_with(&["in/a.log", "out/.imsdk-annotate.jsonl"]);
    let folder = folder.path();
    settle(folder);
    for output in [false, true] {
        File::create(folder.join(JOURNAL)).unwrap();
        let said = run(folder, &["--resume", "--output-dir", "out", "in"]).stderr;
        let said = String::from_utf8(said).unwrap();
        let none = "imsdk-annotate: out: has no journal (.imsdk-annotate.jsonl), so that all is done anew\n";
        assert_eq!(said.contains(none), output, "{said}");
        assert!(said.contains("1 file annotated"), "{said}");
        assert_eq!(lines(folder).len(), 1);
    }
}

#[test]
fn a_line_without_end_is_refused_and_not_read_whole() {
    const MAX: usize = 16 << 20;
    let folder = folder_with(&["in/a.log"]);
    let folder = folder.path();
    settle(folder);
    succeed(folder, &["--output-dir", "out", "in"]);
    let whole = fs::read(folder.join(JOURNAL)).unwrap();
    // The part of a line that a kill has left is passed over, up to the bound.
    fs::write(folder.join(JOURNAL), [&whole[..], &vec![b'x'; MAX]].concat()).unwrap();
    assert!(resume(folder, &["in"]).contains(" 1 left out"));
    let refused = "imsdk-annotate: out/.imsdk-annotate.jsonl: has a line of more than 16 MiB, as no journal has; \
                   remove it, or begin anew without --resume\n";
    for beginning in [&whole[..], b""] {
        fs::write(folder.join(JOURNAL), [beginning, &vec![b'x'; MAX + 1]].concat()).unwrap();
        let journal = File::options().append(true).open(folder.join(JOURNAL)).unwrap();
        journal.set_len(8 << 30).unwrap();
        assert_eq!(refusal(folder, &["--resume", "--output-dir", "out", "in"]), refused);
    }
    fs::remove_file(folder.join(JOURNAL)).unwrap();
}

#[test]
fn a_pipe_in_the_place_of_the_journal_is_written_and_no_run_goes_on_from_it() {
    let folder = folder_with(&["in/a.log"]);
    let folder = folder.path();
    settle(folder);
    fs::create_dir(folder.join("out")).unwrap();
    make_pipe(folder.join(JOURNAL));
    for option in [&["--resume"][..], &["--resume", "--dry-run"]] {
        let said = refusal(folder, &[option, &["--output-dir", "out", "in"]].concat());
        assert!(said.ends_with(": is no file to go on from; remove it, or leave out --resume\n"), "{said}");
    }
    let path = folder.join(JOURNAL);
    let rdr = std::thread::spawn(move || fs::read_to_string(path).unwrap());
    succeed(folder, &["--output-dir", "out", "in"]);
    assert_eq!(rdr.join().unwrap().lines().count(), 2);
}

#[test]
fn a_second_run_is_refused_before_the_first_has_an_output() {
    let folder = folder_with(&["a.log", "b.log"]);
    let folder = folder.path();
    settle(folder);
    make_pipe(folder.join("pipe"));
    let mut command = binary();
    command.current_dir(folder).args(["-j1", "--output-dir", "out", "pipe", "a.log"]).stdin(Stdio::null());
    let mut first = command.spawn().unwrap();
    // The program opens the pipe when it has begun.
    let wtr = File::options().write(true).open(folder.join("pipe")).unwrap();
    for option in [&[][..], &["--resume"], &["--no-clobber"]] {
        let said = refusal(folder, &[option, &["--output-dir", "out", "b.log"]].concat());
        let expected =
            "imsdk-annotate: out: another run writes to this folder; wait for its end, or end it\n";
        assert_eq!(said, expected, "{option:?}");
    }
    assert!(!folder.join(JOURNAL).exists());
    drop(wtr);
    assert!(first.wait().unwrap().success());
    assert_eq!(fs::read_to_string(folder.join("out/a.log")).unwrap(), ANNOTATED);
    assert_eq!(lines(folder).into_keys().collect::<Vec<_>>(), ["a.log"]);
    assert!(resume(folder, &["b.log"]).starts_with("1 file annotated"));
    assert_eq!(lines(folder).len(), 2);
}
