//! Selected lines that are counted, named, bounded and sought (`-c`, `-l`, `-m`, `-q` with `--only`): the same as from
//! `grep` on the lines that `--only` writes, from any source, and ended early.

use crate::bundled::{tar_of, zip_of};
use crate::command::{binary, output_of};
use crate::in_folder::run;
use crate::packed::pack;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const LOG: &str = "ok\nret=-204 ret=-1\nret=5\nx ret=-402\nret=-204\nend ret=-1";

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Returns a folder with logs: with errors, without, empty, long, with a blank in the name, packed, and in archives.
pub(crate) fn logs() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &[u8]| fs::write(folder.path().join(name), content).unwrap();
    write("a.log", LOG.as_bytes());
    write("b.log", b"ok\nret=5\nret=1\n");
    write("empty.log", b"");
    let long: String = (0..120_000)
        .map(|number| if number % 7 == 0 { format!("{number} ret=-204\n") } else { format!("{number}\n") })
        .collect();
    write("long.log", long.as_bytes());
    write("with blank.log", b"ret=-1\n");
    write("c.log.gz", &pack("gzip", LOG.as_bytes()));
    write("d.log.zst", &pack("zstd", long.as_bytes()));
    let members = [("x.log", LOG.as_bytes()), ("y.log", &b"ret=5\n"[..]), ("z/x.log", long.as_bytes())];
    write("e.tar", &tar_of(&members));
    write("f.zip", &zip_of(&members, zip::CompressionMethod::Deflated));
    folder
}

fn run_all(folder: &Path, args: &[&str]) -> Output {
    output_of(binary().current_dir(folder).args(args), LOG.as_bytes())
}

/// Returns the number of lines that `--only` writes of one input, which is given alone or as a member that is chosen.
fn lines_of_only(folder: &Path, select: &str, input: &[&str]) -> usize {
    let output = run_all(folder, &[&["--only", select], input].concat());
    assert!(output.status.success(), "{output:?}");
    output.stdout.iter().filter(|&&byte| byte == b'\n').count()
}

/// The inputs of [`logs`] and their names: each alone, with the options that choose it.
const INPUTS: [(&str, &[&str]); 14] = [
    ("a.log", &["a.log"]),
    ("b.log", &["b.log"]),
    ("empty.log", &["empty.log"]),
    ("long.log", &["long.log"]),
    ("with blank.log", &["with blank.log"]),
    ("c.log.gz", &["c.log.gz"]),
    ("d.log.zst", &["d.log.zst"]),
    ("e.tar:x.log", &["e.tar", "--include", "/x.log"]),
    ("e.tar:y.log", &["e.tar", "--include", "/y.log"]),
    ("e.tar:z/x.log", &["e.tar", "--include", "/z/x.log"]),
    ("f.zip:x.log", &["f.zip", "--include", "/x.log"]),
    ("f.zip:y.log", &["f.zip", "--include", "/y.log"]),
    ("f.zip:z/x.log", &["f.zip", "--include", "/z/x.log"]),
    ("(standard input)", &["-"]),
];

const OPERANDS: [&str; 10] = [
    "a.log",
    "b.log",
    "empty.log",
    "long.log",
    "with blank.log",
    "c.log.gz",
    "d.log.zst",
    "e.tar",
    "f.zip",
    "-",
];

#[test]
fn counts_and_names_are_those_of_the_lines_that_only_writes() {
    let folder = logs();
    for select in ["error", "action", "-402", "any"] {
        let counts: Vec<(&str, usize)> =
            INPUTS.iter().map(|(name, input)| (*name, lines_of_only(folder.path(), select, input))).collect();
        let rows = |most: usize| -> String {
            counts.iter().map(|(name, count)| format!("{name}:{}\n", (*count).min(most))).collect()
        };
        let names: String =
            counts.iter().filter(|(_, count)| *count > 0).map(|(name, _)| format!("{name}\n")).collect();
        for threads in ["-j1", "-j8"] {
            let output_of = |options: &[&str]| {
                let output = run_all(folder.path(), &[options, &[threads], &OPERANDS].concat());
                assert_eq!(output.status.code(), Some(0), "{options:?}: {output:?}");
                assert!(output.stderr.is_empty(), "{options:?}: {output:?}");
                text(&output.stdout)
            };
            assert_eq!(output_of(&["-c", "--only", select]), rows(usize::MAX));
            assert_eq!(output_of(&["-c", "-m", "3", "--only", select]), rows(3));
            assert_eq!(output_of(&["-l", "--only", select]), names);
            if select == "any" {
                assert_eq!(output_of(&["--count"]), rows(usize::MAX));
                assert_eq!(output_of(&["--files-with-matches"]), names);
            }
        }
    }
}

#[test]
fn one_input_has_a_bare_number_and_a_member_its_name() {
    let folder = logs();
    for (args, expected) in [
        (&["-c", "a.log"][..], "5\n"),
        (&["-c"], "5\n"),
        (&["-c", "--only", "error", "a.log"], "4\n"),
        (&["-c", "--only", "error", "-m2", "c.log.gz"], "2\n"),
        (&["-c", "-m0", "a.log"], "0\n"),
        (&["-c", "--only", "error", "e.tar"], "e.tar:x.log:4\ne.tar:y.log:0\ne.tar:z/x.log:17143\n"),
        (&["-l", "a.log"], "a.log\n"),
        (&["-l"], "(standard input)\n"),
        (&["-l", "--only", "action", "--include", "x.log", "f.zip"], "f.zip:x.log\n"),
    ] {
        let output = run_all(folder.path(), args);
        assert_eq!(text(&output.stdout), expected, "{args:?}: {output:?}");
        assert!(output.stderr.is_empty(), "{args:?}: {output:?}");
        assert_eq!(output.status.code(), Some(i32::from(expected == "0\n")), "{args:?}");
    }
    fs::create_dir(folder.path().join("sub")).unwrap();
    fs::copy(folder.path().join("a.log"), folder.path().join("sub/a.log")).unwrap();
    assert_eq!(text(&run_all(folder.path(), &["-c", "sub"]).stdout), "sub/a.log:5\n");
}

/// `grep` counts and bounds by a regular expression what the program does by the codes.
#[test]
fn counts_names_and_bounds_are_those_of_grep() {
    let folder = logs();
    let files = ["a.log", "b.log", "empty.log", "long.log", "with blank.log"];
    for options in [
        &["-c"][..],
        &["-l"],
        &["-c", "-m2"],
        &["-m1"],
        &["-m3", "-n"],
        &["-m2", "-n", "-A2"],
        &["-m2", "-n", "-C1"],
        &["-m1", "-n", "-A1", "-B3"],
        &["-m0"],
    ] {
        for files in [&files[..], &files[..1], &files[1..3], &files[3..4]] {
            let mut grep = Command::new("grep");
            grep.current_dir(&folder).args(options).args(["-E", "ret=-(204|402)"]).args(files);
            if !["n", "c", "l"].iter().any(|letter| options.concat().contains(letter)) {
                grep.arg("-h");
            }
            let expected = output_of(&mut grep, b"");
            for threads in ["-j1", "-j8"] {
                let args = [options, &["--only=-204,-402", threads, "--strip"], files].concat();
                let output = run_all(folder.path(), &args);
                assert_eq!(text(&output.stdout), text(&expected.stdout), "{args:?}");
                // The plain filter has no status for what it did not find.
                let status =
                    if ["-c", "-l"].contains(&options[0]) { expected.status.code() } else { Some(0) };
                assert_eq!(output.status.code(), status, "{args:?}");
            }
        }
    }
}

#[test]
fn statuses_are_those_of_grep() {
    let folder = logs();
    fs::write(folder.path().join("cut.gz"), &pack("gzip", LOG.as_bytes())[..40]).unwrap();
    let all: Vec<&str> = OPERANDS.iter().copied().filter(|name| *name != "-").collect();
    for (args, status, output, message) in [
        (&["-c", "--only", "-402", "b.log"][..], 1, "0\n", ""),
        (&["-l", "--only", "-402", "b.log"], 1, "", ""),
        (&["-c", "--only", "error", "a.log", "nosuch"], 3, "a.log:4\n", "nosuch"),
        (&["-l", "--only", "error", "nosuch", "a.log"], 3, "a.log\n", "nosuch"),
        (&["-q", "--only", "error", "a.log"], 0, "", ""),
        (&["-q", "--only", "error", "nosuch", "b.log", "a.log"], 0, "", "nosuch"),
        (&["-q", "--only", "error", "a.log", "nosuch"], 0, "", ""),
        (&["-q", "--only", "error", "nosuch", "b.log"], 3, "", "nosuch"),
        (&["-q", "--only", "notice", "cut.gz", "b.log"], 3, "", "cut.gz"),
        (&["-q", "--only", "error", "b.log"], 1, "", ""),
        (&["-q", "--only", "error", "-m0", "a.log"], 1, "", ""),
        (&["-q", "--only", "action"], 0, "", ""),
        (&["-q", "--only", "notice"], 1, "", ""),
        (&["-q", "b.log"], 0, "", ""),
        (&["--only", "notice", "a.log"], 0, "", ""),
        (&["--only", "error", "-m1", "b.log"], 0, "", ""),
    ] {
        for threads in ["-j1", "-j8"] {
            let result = run_all(folder.path(), &[args, &[threads]].concat());
            assert_eq!(result.status.code(), Some(status), "{args:?}: {result:?}");
            assert_eq!(text(&result.stdout), output, "{args:?}");
            let said = text(&result.stderr);
            assert!(said.contains(message) && said.is_empty() == message.is_empty(), "{args:?}: {said}");
        }
    }
    for (select, status) in [("error", 0), ("notice", 1)] {
        for threads in ["-j1", "-j8"] {
            let result = run_all(folder.path(), &[&["-q", "--only", select, threads], &all[..]].concat());
            assert_eq!((result.status.code(), result.stdout.len()), (Some(status), 0), "{select} {threads}");
        }
    }
}

#[test]
fn damage_is_told_behind_the_lines_that_could_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let long = "ret=-204\n".repeat(300_000);
    let packed = pack("gzip", long.as_bytes());
    fs::write(folder.path().join("cut.gz"), &packed[..packed.len() - 20]).unwrap();
    let lines = run(folder.path(), &["--only", "error", "cut.gz"]);
    assert_eq!(lines.status.code(), Some(3));
    let count = lines.stdout.iter().filter(|&&byte| byte == b'\n').count();
    let output = run(folder.path(), &["-c", "--only", "error", "cut.gz"]);
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(3), format!("{count}\n")));
    assert_eq!(output.stderr, lines.stderr);
    // The damage lies behind what is read.
    for options in [&["-l"][..], &["-m", "2"], &["-c", "-m", "2"], &["-q"]] {
        let output = run(folder.path(), &[options, &["--only", "error", "cut.gz"]].concat());
        assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0), "{options:?}: {output:?}");
    }
}

#[test]
fn windows_of_time_and_encodings_are_counted_as_they_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let timed: String =
        (10..50).map(|minute| format!("2026-05-01 10:{minute}:00 ret=-204\n\tat x ret=5\n")).collect();
    fs::write(folder.path().join("timed.log"), &timed).unwrap();
    let utf16: Vec<u8> =
        format!("\u{feff}{timed}").encode_utf16().flat_map(|unit| unit.to_le_bytes()).collect();
    fs::write(folder.path().join("utf16.log"), utf16).unwrap();
    let window = ["--since", "2026-05-01 10:20", "--until", "2026-05-01 10:29", "timed.log", "utf16.log"];
    for (options, expected) in [
        (&["-c"][..], "timed.log:20\nutf16.log:20\n"),
        (&["-c", "--only", "error"], "timed.log:10\nutf16.log:10\n"),
        (&["-c", "--only", "error", "-m4"], "timed.log:4\nutf16.log:4\n"),
        (&["-c", "--only", "friend"], "timed.log:0\nutf16.log:0\n"),
        (&["-l", "--only", "action", "--sorted"], "timed.log\nutf16.log\n"),
        (
            &["--only", "error", "-m1", "-n", "--sorted", "--encoding", "utf-8", "--exclude", "utf16.log"],
            "timed.log:21:2026-05-01 10:20:00 ret=-204 (auth: user session is failure!)\n",
        ),
    ] {
        let shown = if options.contains(&"-n") { &window[..5] } else { &window[..] };
        let output = run(folder.path(), &[options, shown].concat());
        let expected =
            if options.contains(&"-n") { expected.trim_start_matches("timed.log:") } else { expected };
        assert_eq!(text(&output.stdout), expected, "{options:?}: {output:?}");
    }
    let output = run(folder.path(), &["--only", "error", "-m1", "utf16.log"]);
    let line = "\u{feff}2026-05-01 10:10:00 ret=-204 (auth: user session is failure!)\n";
    let units: Vec<u8> = line.encode_utf16().flat_map(|unit| unit.to_le_bytes()).collect();
    assert_eq!(output.stdout, units);
}

#[test]
fn a_bound_holds_in_files_that_are_made() {
    let folder = logs();
    let args = ["--only", "error", "-m2", "--output-dir", "made", "a.log", "long.log", "e.tar"];
    let output = run_all(folder.path(), &args);
    assert!(output.status.success(), "{output:?}");
    let lines = |path: &str| {
        fs::read(folder.path().join("made").join(path)).unwrap().split(|&b| b == b'\n').count() - 1
    };
    assert_eq!((lines("a.log"), lines("long.log")), (2, 2));
    let output = run_all(&folder.path().join("made"), &["-c", "--only", "error", "e.tar"]);
    assert_eq!(text(&output.stdout), "e.tar:x.log:2\ne.tar:y.log:0\ne.tar:z/x.log:2\n");
}

/// Runs a command on a stream that never ends, and fails the test if the command does not end soon.
fn ends_soon(script: &str) -> (Option<i32>, String) {
    let began = Instant::now();
    let mut command = crate::command::isolated("sh");
    let program = binary().get_program().to_owned();
    let mut child = command
        .arg("-c")
        .arg(script)
        .arg(program)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    while child.try_wait().unwrap().is_none() {
        if began.elapsed() > Duration::from_secs(60) {
            child.kill().unwrap();
            panic!("{script}: does not end");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let output = child.wait_with_output().unwrap();
    (output.status.code(), text(&output.stdout))
}

#[test]
fn endless_inputs_are_left_at_the_last_line_that_is_wanted() {
    const LINE: &str = "ret=-204 (auth: user session is failure!)\n";
    for (options, status, expected) in [
        ("--only error -m 1", 0, LINE.to_owned()),
        ("--only error -m 3 -j8", 0, LINE.repeat(3)),
        ("--only error -m 1 -A 1", 0, LINE.repeat(2)),
        ("-c -m 5", 0, "5\n".to_owned()),
        ("-c -m 0", 1, "0\n".to_owned()),
        ("-q --only error", 0, String::new()),
        ("-l --only error", 0, "(standard input)\n".to_owned()),
    ] {
        for stream in ["yes ret=-204", "{ echo ok; yes ret=-204; }", "yes ret=-204 | gzip -c"] {
            let (code, output) = ends_soon(&format!("{stream} | \"$0\" {options}"));
            assert_eq!((code, output), (Some(status), expected.clone()), "{stream} {options}");
        }
    }
    // The line comes, and no other.
    for options in ["-q --only error", "-l --only error", "-m1 --only error"] {
        let (code, _) = ends_soon(&format!("{{ echo ret=-204; yes ok; }} | \"$0\" {options}"));
        assert_eq!(code, Some(0), "{options}");
    }
    // One line without an end is decided on when it is too long to be held.
    for options in ["-q --only error", "-l --only error"] {
        let (code, _) = ends_soon(&format!("yes ret=-204 | tr -d '\\n' | \"$0\" {options}"));
        assert_eq!(code, Some(0), "{options}");
    }
}

#[test]
fn an_output_that_is_closed_ends_the_run_as_elsewhere() {
    let folder = logs();
    fs::create_dir(folder.path().join("many")).unwrap();
    for number in 0..3000 {
        fs::write(folder.path().join(format!("many/{number}.log")), LOG).unwrap();
    }
    for options in ["-c", "-l", "-l -j8"] {
        let many = folder.path().join("many").display().to_string();
        let (_, output) =
            ends_soon(&format!("{{ \"$0\" {options} {many} 2>&1; echo \"status $?\" >&2; }} | head -n 1"));
        assert!(output.starts_with(&many), "{options}: {output}");
    }
    let output = run(folder.path(), &["-c", "a.log", "--report", "text=-"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let (code, _) = ends_soon(&format!("\"$0\" -c {} >&-", folder.path().join("a.log").display()));
    assert_eq!(code, Some(2));
}
