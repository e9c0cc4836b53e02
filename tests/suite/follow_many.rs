//! -F with globs, folders and many files, and beside other options: numbers, reports, times, encodings, ends of a run.

use crate::command::{binary, isolated};
use crate::follow::{Following, POLLING, both_ways};
use crate::packed::pack;
use crate::signals::wait_until;
use crate::starved::command_as_nobody;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::thread;
use std::time::Duration;

const NOTE_204: &str = "(auth: user session is failure!)";

#[test]
fn new_files_of_a_glob_and_a_folder_are_read_from_their_beginning_and_rotated_copies_are_not() {
    for operand in ["logs/*.log*", "logs"] {
        both_ways(|args| {
            let mut run = Following::new();
            fs::create_dir(run.path("logs")).unwrap();
            run.write("logs/a.log", "a1\na2 ret=-204\n");
            run.start(&[args, &[operand, "-n", "--tail", "1"]].concat());
            run.expect(&format!("logs/a.log:2:a2 ret=-204 {NOTE_204}\n"));
            run.append("logs/b.log", "b1\nb2 ret=");
            run.expect("logs/b.log:1:b1\n");
            run.rename("logs/a.log", "logs/a.log.1");
            run.append("logs/a.log.1", "a3\n");
            run.append("logs/a.log", "n1\n");
            run.append("logs/b.log", "5\n");
            run.expect("logs/a.log:3:a3\n");
            run.expect("logs/a.log:1:n1\n");
            run.expect("logs/b.log:2:b2 ret=5 (action: need google authcode)\n");
            fs::write(run.path("logs/c.log.gz"), pack("gzip", &b"packed\n".repeat(100))).unwrap();
            run.append("logs/z.log", "z\n");
            run.expect("logs/z.log:1:z\n");
            let (written, said) = run.stop();
            assert_eq!((written.lines().count(), &*said), (6, ""), "{written}");
        });
    }
}

#[test]
fn a_glob_that_matches_nothing_yet_is_said_and_waited_for() {
    let mut run = Following::new();
    run.start(&["-F", "logs/*.log"]);
    run.expect_said("imsdk-annotate: logs/*.log: matches no file yet; waiting for one\n");
    fs::create_dir(run.path("logs")).unwrap();
    run.append("logs/a.log", "first\n");
    run.expect("first\n");
    assert_eq!(run.stop().1.lines().count(), 1);
}

/// Returns how often the program has waited.
#[cfg(target_os = "linux")]
fn waits(run: &Following) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", run.id())).unwrap();
    let row = status.lines().find_map(|row| row.strip_prefix("voluntary_ctxt_switches:")).unwrap();
    row.trim().parse().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn other_files_of_the_folder_wake_nobody_and_hold_nothing_up() {
    let mut run = Following::new();
    run.write("a.log", "first\n");
    run.start(&["-F", "a.log"]);
    run.expect("first\n");
    run.append("other.txt", "it is there\n");
    run.append("a.log", "second\n");
    run.expect("second\n");
    let before = waits(&run);
    for number in 0..1000 {
        run.append("other.txt", "busy\n");
        if number % 10 == 0 {
            thread::sleep(Duration::from_millis(2));
        }
    }
    let waits = waits(&run) - before;
    assert!(waits < 50, "{waits} waits");
    run.append("a.log", "third\n");
    run.expect("third\n");
    assert_eq!(run.stop(), ("first\nsecond\nthird\n".to_owned(), String::new()));
}

#[test]
fn more_files_are_followed_than_may_be_open() {
    let mut run = Following::new();
    for number in 0..100 {
        run.write(&format!("{number}.log"), "");
    }
    let mut command = isolated("sh");
    let script = "ulimit -n 48; exec \"$0\" -F '*.log' --tail all -n --poll 50";
    command.args(["-c", script, env!("CARGO_BIN_EXE_imsdk-annotate")]).current_dir(run.folder.path());
    run.start_command(&mut command);
    for round in 1..=3 {
        for number in 0..100 {
            run.append(&format!("{number}.log"), &format!("ret=-204 {number}/{round}.\n"));
        }
        for number in 0..100 {
            run.expect(&format!("{number}.log:{round}:ret=-204 {NOTE_204} {number}/{round}.\n"));
        }
    }
    run.rename("7.log", "7.old");
    run.append("7.old", "late in 7\n");
    run.append("7.log", "new in 7\n");
    run.expect("7.log:1:new in 7\n");
    run.expect("7.log:4:late in 7\n");
    let (written, said) = run.stop();
    assert_eq!((written.lines().count(), &*said), (302, ""));
}

#[test]
fn a_report_names_the_files_and_the_lines_in_them() {
    let mut run = Following::new();
    run.write("a.log", "1\n2\n3\n4 ret=-204\n");
    run.write("b.log", "ret=5\n");
    run.start(&[
        "-F",
        "a.log",
        "b.log",
        "--tail",
        "1",
        "--report",
        "text=report",
        "--fail-on",
        "error",
        "-q",
        "--until-idle",
        "1s",
    ]);
    let report = run.path("report");
    let folder = std::mem::replace(&mut run.folder, tempfile::tempdir().unwrap());
    let (status, written, said) = run.wait();
    assert_eq!(status.code(), Some(1), "{said}");
    assert_eq!(written, "");
    let report = fs::read_to_string(report).unwrap();
    assert!(report.contains("a.log:4") && report.contains("b.log:1"), "{report}");
    drop(folder);
}

#[test]
fn the_last_lines_of_a_large_file_have_their_numbers() {
    let mut run = Following::new();
    run.write("a.log", &("x".repeat(99) + "\n").repeat(5000));
    run.append("a.log", "last ret=-204\n");
    run.start(&["-F", "a.log", "-n", "--tail", "2", "--until-idle", "1s"]);
    let (status, written, said) = run.wait();
    assert!(status.success(), "{said}");
    assert_eq!(written, format!("5000:{}\n5001:last ret=-204 {NOTE_204}\n", "x".repeat(99)));
}

#[test]
fn a_run_ends_as_soon_as_a_check_fails() {
    let mut run = Following::new();
    run.write("a.log", "ret=-204\n");
    run.start(&["-F", "a.log", "--fail-on", "error>1", "--until-fail", POLLING[0], POLLING[1]]);
    run.expect("ret=-204");
    run.append("a.log", "ret=5\nret=-204 second\n");
    let (status, written, said) = run.wait();
    assert_eq!(status.code(), Some(1));
    assert!(written.ends_with("second\n"), "{written}");
    assert_eq!(said, "imsdk-annotate: --fail-on error>1: 2 fields (-204: 2)\n");
}

#[test]
fn a_run_ends_at_the_first_selected_line_where_no_line_is_written() {
    let mut run = Following::new();
    run.write("a.log", "ret=5\n");
    run.start(&["-F", "a.log", "-q", "--only", "error", "--until-idle", "60"]);
    run.append("a.log", "ret=-204\n");
    let (status, written, said) = run.wait();
    assert_eq!((status.code(), &*written, &*said), (Some(0), "", ""));
}

#[test]
fn a_run_ends_with_a_process_and_has_its_last_lines() {
    let mut run = Following::new();
    run.write("a.log", "");
    let mut writer = Command::new("sh")
        .args(["-c", "sleep 1; printf 'last ret=-204\\nwithout an end' >> a.log"])
        .current_dir(run.folder.path())
        .spawn()
        .unwrap();
    run.start(&["-F", "a.log", "--pid", &writer.id().to_string()]);
    writer.wait().unwrap();
    let (status, written, said) = run.wait();
    assert_eq!((status.code(), &*said), (Some(0), ""));
    assert_eq!(written, format!("last ret=-204 {NOTE_204}\nwithout an end\n"));
}

#[test]
fn context_is_that_of_each_file_and_groups_are_parted() {
    let mut run = Following::new();
    run.write("a.log", "");
    run.write("b.log", "");
    run.start(&[
        "-F", "a.log", "b.log", "--only", "error", "-B1", "-n", "--tail", "all", POLLING[0], POLLING[1],
    ]);
    run.append("a.log", "a1\na2 ret=-204\na3\n");
    run.expect("a2");
    run.append("b.log", "b1\nb2 ret=-204\n");
    run.expect("b2");
    run.append("a.log", "a4 ret=-204\n");
    run.expect("a4");
    let note = format!("ret=-204 {NOTE_204}");
    let expected = format!(
        "a.log-1-a1\na.log:2:a2 {note}\n--\nb.log-1-b1\nb.log:2:b2 {note}\n--\na.log-3-a3\na.log:4:a4 {note}\n"
    );
    assert_eq!(run.stop().0, expected);
}

#[test]
fn lines_are_chosen_by_their_times_across_pieces() {
    let mut run = Following::new();
    run.write("a.log", "2026-05-01 09:00:00 old\n  old stack\n");
    run.start(&["-F", "a.log", "--since", "2026-05-01T10:00:00", POLLING[0], POLLING[1]]);
    run.append("a.log", "  old still\n2026-05-01 10:00:00 new ret=-204\n");
    run.expect("new");
    run.append("a.log", "  new stack\n");
    run.expect("new stack\n");
    assert_eq!(run.stop().0, format!("2026-05-01 10:00:00 new ret=-204 {NOTE_204}\n  new stack\n"));
}

#[test]
fn text_in_utf_16_and_gbk_stays_in_its_encoding() {
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("a.log");
    let text = [&b"\xff\xfe"[..], &utf16("上 first\nਊ 用户 ret=-204\nrest")].concat();
    fs::write(&log, &text).unwrap();
    let run = |tail: &str| {
        let output =
            binary().arg("-F").arg(&log).args(["--tail", tail, "--until-idle", "1s"]).output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
        output.stdout
    };
    let second = utf16("ਊ 用户 ret=-204 (auth: user session is failure!)\nrest\n");
    assert_eq!(run("1"), second);
    assert_eq!(run("all"), [&b"\xff\xfe"[..], &utf16("上 first\n"), &second].concat());
    let gbk = b"\xc2\xeb ret=-204\n";
    fs::write(&log, gbk).unwrap();
    assert_eq!(run("all"), [&b"\xc2\xeb ret=-204 (auth: user session is failure!)\n"[..]].concat());
}

#[test]
fn what_cannot_be_followed_is_said_once_and_the_rest_goes_on() {
    let mut run = Following::new();
    run.write("a.log", "a\n");
    run.write("b.log", "b\n");
    fs::write(run.path("c.gz"), pack("gzip", b"c\n")).unwrap();
    run.start(&["-F", "a.log", "b.log", "c.gz", "--until-idle", "4s", POLLING[0], POLLING[1]]);
    run.expect_said(
        "c.gz: is compressed or an archive, and does not grow by lines; read it once with --tail all",
    );
    run.expect("a\n");
    run.expect("b\n");
    fs::remove_file(run.path("a.log")).unwrap();
    fs::create_dir(run.path("a.log")).unwrap();
    run.expect_said("a.log: is a folder now; it is followed again when it is a file");
    run.append("b.log", "more\n");
    run.expect("more\n");
    let (status, written, said) = run.wait();
    assert!(status.code().is_some_and(|code| code >= 2), "{status} {said}");
    assert_eq!(written, "a\nb\nmore\n");
    assert_eq!(said.lines().count(), 2, "{said}");
}

#[test]
fn outputs_in_a_followed_folder_are_said_once_and_not_followed() {
    for operand in ["logs", "logs/*"] {
        let mut run = Following::new();
        fs::create_dir(run.path("logs")).unwrap();
        run.write("logs/a.log", "ret=-204\n");
        let outputs = ["--metrics", "logs/m.prom,1s", "--report", "json=logs/r.json", "--report-every", "1s"];
        run.start(&[&["-F", operand, "--tail", "all"][..], &outputs].concat());
        run.expect("ret=-204");
        run.expect_said("logs/m.prom: is an output of this run, and is not followed\n");
        run.expect_said("logs/r.json: is an output of this run, and is not followed\n");
        for number in 0..3 {
            let before = fs::metadata(run.path("logs/m.prom")).unwrap().modified().unwrap();
            wait_until(|| fs::metadata(run.path("logs/m.prom")).unwrap().modified().unwrap() > before);
            run.append("logs/a.log", &format!("line {number}\n"));
        }
        run.expect("line 2\n");
        let (written, said) = run.stop();
        assert_eq!(written, format!("ret=-204 {NOTE_204}\nline 0\nline 1\nline 2\n"));
        assert_eq!(said.lines().count(), 2, "{said}");
    }
}

#[test]
fn a_file_without_the_right_to_read_it_is_said_once() {
    let mut run = Following::new();
    run.write("secret.log", "ret=-204\n");
    run.write("a.log", "a\n");
    fs::set_permissions(run.path("secret.log"), fs::Permissions::from_mode(0o000)).unwrap();
    let script = "exec \"$0\" -F '*.log' secret.log --poll 20 --until-idle 3s";
    run.start_command(&mut command_as_nobody(run.folder.path(), script));
    run.expect("a\n");
    let (status, written, said) = run.wait();
    assert_eq!((status.code(), &*written), (Some(3), "a\n"), "{said}");
    assert_eq!(said.matches("secret.log: permission denied").count(), 1, "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
}

#[test]
fn a_packed_file_is_read_once_with_all_and_the_output_is_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.gz"), pack("gzip", b"packed ret=-204\n")).unwrap();
    fs::write(folder.path().join("b.log"), "plain\n").unwrap();
    let out = fs::File::create(folder.path().join("out.log")).unwrap();
    let args = ["-F", "a.gz", "*.log", "--tail", "all", "--until-idle", "2s"];
    let output = binary().args(args).current_dir(folder.path()).stdout(out).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said, "imsdk-annotate: out.log: is the output too; write to another file\n");
    assert_eq!(output.status.code(), Some(2));
    let written = fs::read_to_string(folder.path().join("out.log")).unwrap();
    assert_eq!(written, format!("packed ret=-204 {NOTE_204}\nplain\n"));
}
