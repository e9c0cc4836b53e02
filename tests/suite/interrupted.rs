//! Interruptions and full disks: finished outputs stay, no partial output is left, and a later run with `--resume` does
//! the missing work.

use crate::bundled::tar_of;
use crate::command::{binary, isolated, output_of};
use crate::in_folder::settle;
use crate::nameless::{has_nameless_files, new_files};
use crate::packed::pack;
use crate::signals::wait_until;
use rustix::io::ioctl_fionread;
use rustix::process::{Pid, Signal, kill_process};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

/// Writes files of different sizes and formats, with archives among them, enough for a signal to come in the middle of the
/// work.
fn write_logs(logs: &Path) {
    fs::create_dir(logs).unwrap();
    for file in 0..40 {
        let lines = 400 * (1 + file * 7 % 13);
        let text: String = (0..lines).map(|line| format!("{} ret=-204 {file}\n", line * 7919)).collect();
        let (extension, packed) = match file % 3 {
            _ if file % 7 == 5 => {
                (".tar.gz", pack("gzip", &tar_of(&[("x.log", text.as_bytes()), ("y.db", b"\0")])))
            }
            0 => (".gz", pack("gzip", text.as_bytes())),
            1 => (".zst", pack("zstd", text.as_bytes())),
            _ => ("", text.into_bytes()),
        };
        fs::write(logs.join(format!("s.log.{file}{extension}")), packed).unwrap();
    }
    settle(logs);
}

/// Returns the files in a folder with their contents, but for the journal.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let Ok(entries) = fs::read_dir(folder) else {
        return BTreeMap::new();
    };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .filter(|path| !path.ends_with(".imsdk-annotate.jsonl"))
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap()))
        .collect()
}

#[test]
fn a_run_that_is_interrupted_leaves_whole_files_and_can_be_resumed() {
    let folder = tempfile::tempdir().unwrap();
    let logs = folder.path().join("logs");
    write_logs(&logs);
    let start = |out: &Path| {
        let mut command = binary();
        command.args(["-j2", "--resume", "--compress", "gzip", "--report", "json=report", "--output-dir"]);
        command.arg(out).arg(&logs).current_dir(&folder);
        command.stdin(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    let expected = {
        let out = folder.path().join("whole");
        assert!(start(&out).wait().unwrap().success());
        contents(&out)
    };
    let report = || fs::read_to_string(folder.path().join("report")).unwrap();
    let whole_report = report();
    assert_eq!(expected.len(), 40);
    let out = folder.path().join("out");
    let (mut interrupted, mut moments) = (0, (0..).map(|round: u64| 2 + round * 37 % 23));
    while interrupted < 12 {
        fs::remove_dir_all(&out).unwrap_or(());
        let signal = ["INT", "TERM", "KILL", "HUP"][interrupted % 4];
        let mut child = start(&out);
        thread::sleep(Duration::from_millis(moments.next().unwrap()));
        let kill = Command::new("kill").arg(format!("-{signal}")).arg(child.id().to_string()).status();
        assert!(kill.unwrap().success());
        let status = child.wait().unwrap();
        let number = std::os::unix::process::ExitStatusExt::signal(&status);
        let mut found = contents(&out);
        if signal == "KILL" && !has_nameless_files(folder.path()) {
            // Nobody can remove temporary files after SIGKILL. Every file with a final name must be whole.
            println!("not tried: what SIGKILL leaves where the file system has files without names");
            found.retain(|name, _| !name.starts_with(".imsdk-annotate-"));
        } else {
            assert!(found.keys().all(|name| !name.starts_with('.')), "{signal}: {:?}", found.keys());
        }
        for (name, content) in &found {
            assert!(expected.get(name) == Some(content), "{signal}: {name}");
        }
        // A signal may come too late, or before the program has begun to write.
        if !status.success() && !found.is_empty() && found.len() < 40 {
            let expected_number = match signal {
                "INT" => 2,
                "TERM" => 15,
                "KILL" => 9,
                _ => 1,
            };
            assert_eq!(number, Some(expected_number), "{status:?}");
            interrupted += 1;
        }
        assert!(start(&out).wait().unwrap().success());
        let resumed = contents(&out);
        assert!(resumed == expected);
        assert_eq!(report(), whole_report);
    }
}

#[test]
fn a_signal_that_is_ignored_stays_ignored() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("all.log");
    let script = "trap '' INT; exec \"$0\" -o \"$1\"";
    let program = binary().get_program().to_owned();
    let mut command = isolated("sh");
    let mut child =
        command.args(["-c", script]).arg(program).arg(&out).stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    wait_until(|| new_files(child.id(), folder.path()) > 0);
    assert!(Command::new("kill").arg("-INT").arg(child.id().to_string()).status().unwrap().success());
    std::io::Write::write_all(&mut stdin, b"ret=-1\n").unwrap();
    drop(stdin);
    assert!(child.wait().unwrap().success());
    assert_eq!(fs::read(&out).unwrap(), b"ret=-1 (general: failure)\n");
}

/// A limit on the size of files stands for a full disk.
#[test]
fn a_file_that_may_not_grow_is_not_left_behind() {
    let folder = tempfile::tempdir().unwrap();
    let logs = folder.path().join("logs");
    fs::create_dir(&logs).unwrap();
    fs::write(logs.join("a"), "ret=-1\n").unwrap();
    fs::write(logs.join("b"), "ret=-1\n".repeat(10_000)).unwrap();
    fs::write(logs.join("c"), "ret=-1\n").unwrap();
    let program = binary().get_program().to_owned();
    for target in ["--output-dir out logs", "-o out.log logs", "-j2 -o out.log logs/a logs/b logs/b"] {
        let script = format!("ulimit -f 8; exec \"$0\" {target}");
        let output = output_of(isolated("sh").args(["-c", &script]).arg(&program).current_dir(&folder), b"");
        assert_eq!(output.status.code(), Some(2), "{target}: {output:?}");
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.ends_with("would be larger than the limit for files, ulimit -f\n"), "{message}");
        assert_eq!(message.lines().count(), 1, "{message}");
    }
    assert_eq!(contents(&folder.path().join("out")).into_keys().collect::<Vec<_>>(), ["a", "c"]);
    assert!(!folder.path().join("out.log").exists());
}

#[test]
fn a_disk_that_is_full_leaves_what_is_finished() {
    let folder = tempfile::tempdir().unwrap();
    let logs = folder.path().join("logs");
    write_logs(&logs);
    let script = "mkdir disk && mount -t tmpfs -o size=1m none disk || exit 77
                  \"$0\" -j2 --compress none --output-dir disk/out logs; status=$?
                  ls -A disk/out; exit $status";
    let program = binary().get_program().to_owned();
    let mut command = isolated("unshare");
    let command = command.args(["-m", "sh", "-c", script]).arg(program).current_dir(&folder);
    match command.stdin(Stdio::null()).output() {
        Ok(output) if output.status.code() == Some(2) => {
            let (names, message) =
                (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            assert!(message.contains("no space left; free some"), "{message}");
            assert!(
                names.lines().count() > 3
                    && names
                        .lines()
                        .all(|name| name.starts_with("s.log.") || name == ".imsdk-annotate.jsonl"),
                "{names}"
            );
        }
        other => println!("skipped: no file system can be mounted here: {other:?}"),
    }
}

/// The bytes so far are no text yet, and more may never come.
#[test]
fn a_signal_ends_what_waits_for_more_of_something_compressed() {
    let packed = |format| pack(format, &b"ret=-204 openid=7\n".repeat(1000));
    let beginnings = [b"\x1f".to_vec(), packed("gzip")[..10].to_vec(), packed("lz4")[..40].to_vec()];
    for beginning in beginnings {
        for signal in [Signal::INT, Signal::TERM] {
            let (stdin_rdr, mut stdin_wtr) = std::io::pipe().unwrap();
            let mut command = binary();
            let mut child =
                command.stdin(stdin_rdr.try_clone().unwrap()).stdout(Stdio::null()).spawn().unwrap();
            // Writes two parts, so that the read that waits is not the first.
            for piece in beginning.chunks(beginning.len().div_ceil(2)) {
                stdin_wtr.write_all(piece).unwrap();
                while ioctl_fionread(&stdin_rdr).unwrap() > 0 {
                    thread::sleep(Duration::from_millis(1));
                }
            }
            kill_process(Pid::from_child(&child), signal).unwrap();
            assert_eq!(child.wait().unwrap().signal(), Some(signal.as_raw()), "{beginning:?}");
        }
    }
}
