//! Standard streams and other descriptors that are files: files that they must not be, and files that keep their
//! content when a path names the descriptor that has them open.

use crate::command::{binary, isolated, output_of};
use crate::in_folder::{ANNOTATED, LINE, folder_with, make_pipe, run, succeed};
use std::fs;
use std::path::Path;
use std::process::{Output, Stdio};

/// Runs a shell script in the folder, in which `$0` is the binary. Standard input is empty. The file `config` is the
/// configuration, if it exists.
fn shell(folder: &Path, script: &str) -> Output {
    let mut command = isolated("sh");
    command.current_dir(folder);
    if folder.join("config").exists() {
        command.env("IMSDK_ANNOTATE_CONFIG", "config");
    }
    output_of(command.args(["-c", script]).arg(binary().get_program()), b"")
}

/// Returns a folder with a file of each kind that a run reads.
fn folder_of_inputs() -> tempfile::TempDir {
    let folder = folder_with(&["a.log"]);
    succeed(folder.path(), &["-q", "--report", "json=base.json", "a.log"]);
    fs::copy(folder.path().join("base.json"), folder.path().join("part.json")).unwrap();
    fs::write(folder.path().join("config"), "--strict\n").unwrap();
    fs::write(folder.path().join("catalog.csv"), "code,message\n-1,x\n").unwrap();
    folder
}

#[test]
fn a_file_that_is_read_is_not_standard_output() {
    let folder = folder_of_inputs();
    let folder = folder.path();
    let reading = "--catalog catalog.csv --baseline base.json";
    let report = format!("-q --report json=- {reading} a.log");
    for (args, file, words) in [
        (&report[..], "base.json", "the baseline that is read"),
        (&report, "config", "the configuration that is read"),
        (&report, "catalog.csv", "a catalog that is read"),
        (&report, "a.log", "the input a.log"),
        ("-q --report text=- - <a.log", "a.log", "the input standard input"),
        ("-o new --report text=- a.log", "a.log", "the input a.log"),
        ("--output-dir out --report text=- a.log", "a.log", "the input a.log"),
        (&format!("{reading} a.log"), "base.json", "the baseline that is read"),
        (&format!("{reading} a.log"), "config", "the configuration that is read"),
        (&format!("{reading} a.log"), "catalog.csv", "a catalog that is read"),
        ("--merge-reports part.json --report json=-", "part.json", "the report part.json, which is read"),
        ("--explain -1 --catalog catalog.csv", "catalog.csv", "a catalog that is read"),
        ("--explain - <a.log", "a.log", "the input standard input"),
        ("--list any", "config", "the configuration that is read"),
        ("--check-catalog catalog.csv", "catalog.csv", "a catalog that is read"),
    ] {
        let before = fs::read(folder.join(file)).unwrap();
        let output = shell(folder, &format!("exec \"$0\" {args} >>{file}"));
        let said = String::from_utf8(output.stderr).unwrap();
        let expected = format!("imsdk-annotate: standard output: is {words}; write to another file\n");
        assert_eq!(said, expected, "{args} >>{file}");
        assert_eq!(output.status.code(), Some(2), "{args}");
        assert_eq!(fs::read(folder.join(file)).unwrap(), before, "{args}");
    }
    assert!(!folder.join("new").exists() && !folder.join("out").exists());
    // A file that the run reads may be the standard output of a run that writes nothing there.
    assert!(
        shell(folder, &format!("exec \"$0\" -q --fail-on auth {reading} a.log >>base.json")).status.success()
    );
    let output = shell(folder, "exec \"$0\" --no-config a.log >>config");
    assert!(output.status.success(), "{output:?}");
    assert_eq!(fs::read_to_string(folder.join("config")).unwrap(), format!("--strict\n{ANNOTATED}"));
}

/// The message about the refusal goes to the same file: there is no other place for it.
#[test]
fn a_file_that_is_read_takes_no_report_from_standard_error() {
    let folder = folder_of_inputs();
    let folder = folder.path();
    for (args, file, words) in [
        ("-q --report json --baseline base.json a.log", "base.json", "the baseline that is read"),
        ("--report text --catalog catalog.csv a.log", "catalog.csv", "a catalog that is read"),
        ("--report text a.log", "config", "the configuration that is read"),
        ("--report text a.log", "a.log", "the input a.log"),
        ("--merge-reports part.json --report text", "part.json", "the report part.json, which is read"),
    ] {
        let before = fs::read_to_string(folder.join(file)).unwrap();
        let output = shell(folder, &format!("exec \"$0\" {args} 2>>{file}"));
        assert_eq!((output.status.code(), &output.stdout[..]), (Some(2), &b""[..]), "{args}");
        let refusal = format!("imsdk-annotate: standard error: is {words}; write to another file\n");
        assert_eq!(fs::read_to_string(folder.join(file)).unwrap(), format!("{before}{refusal}"), "{args}");
        fs::write(folder.join(file), before).unwrap();
    }
    for report in ["text", "text=/dev/stderr"] {
        let both = shell(folder, &format!("exec \"$0\" --report {report} a.log >both 2>&1"));
        assert!(both.status.success(), "{report}");
        let text = fs::read_to_string(folder.join("both")).unwrap();
        assert!(text.starts_with(ANNOTATED) && text.len() > ANNOTATED.len(), "{report}: {text}");
    }
}

#[test]
fn the_file_that_standard_error_is_is_no_other_output() {
    let folder = folder_with(&["a.log", "in/errors"]);
    let folder = folder.path();
    for args in [
        "--report text=errors --report json a.log",
        "-o errors a.log",
        "--output-dir . --report text in",
        "--output-dir . in",
        "-q --report text --report text=/dev/fd/3 a.log 3>>errors",
    ] {
        let output = shell(folder, &format!("echo before >errors; exec \"$0\" {args} 2>>errors"));
        assert_eq!(output.status.code(), Some(2), "{args}");
        let said = fs::read_to_string(folder.join("errors")).unwrap();
        assert!(said.starts_with("before\nimsdk-annotate: "), "{args}: {said}");
        assert!(said.ends_with(": is standard error; write to another file\n"), "{args}: {said}");
        assert_eq!(said.lines().count(), 2, "{args}: {said}");
    }
}

#[test]
fn a_path_that_names_a_descriptor_is_written_to_and_not_replaced() {
    let folder = folder_with(&["a.log"]);
    let folder = folder.path();
    for (args, redirection) in [
        ("-o /dev/stdout a.log", ">>f"),
        ("-o /dev/fd/1 a.log", ">>f"),
        ("-o /proc/self/fd/1 a.log", ">>f"),
        ("-o link a.log", ">>f"),
        ("-o /dev/stderr a.log", "2>>f"),
        ("-o /dev/fd/3 a.log", "3>>f"),
        ("-o /proc/self/fd/3 a.log", "3>>f"),
        ("-o /proc/thread-self/fd/9 a.log", "9>>f"),
    ] {
        if args.contains("/proc/") && !Path::new("/proc/self/fd").exists() {
            println!("skipped: there is no /proc");
            continue;
        }
        let _ = std::os::unix::fs::symlink("/dev/stdout", folder.join("link"));
        let output = shell(folder, &format!("echo before >f; exec \"$0\" {args} {redirection}"));
        assert!(output.status.success(), "{args}: {output:?}");
        assert_eq!(fs::read_to_string(folder.join("f")).unwrap(), format!("before\n{ANNOTATED}"), "{args}");
    }
    // The file no longer has the name by which it was opened.
    let script = "echo before >f; ln f gone; exec >>gone; rm gone; exec \"$0\" -o /dev/stdout a.log";
    assert!(shell(folder, script).status.success());
    assert_eq!(fs::read_to_string(folder.join("f")).unwrap(), format!("before\n{ANNOTATED}"));
    for (path, redirection) in
        [("/dev/stdout", ">>f"), ("/dev/stderr", "2>>f"), ("/dev/fd/2", "2>>f"), ("/dev/fd/3", "3>>f")]
    {
        for format in ["text", "json", "markdown", "junit", "github", "html"] {
            let args = format!("-q --report {format}={path} a.log {redirection}");
            let output = shell(folder, &format!("echo before >f; exec \"$0\" {args}"));
            assert!(output.status.success(), "{args}: {output:?}");
            let text = fs::read_to_string(folder.join("f")).unwrap();
            assert!(text.starts_with("before\n") && text.len() > 20, "{args}: {text}");
        }
    }
}

/// A shell that goes on with the descriptor writes behind the program's output, and neither overwrites the other.
#[test]
fn the_offset_of_a_descriptor_is_shared() {
    let folder = folder_with(&["a.log"]);
    let folder = folder.path();
    for (descriptor, path) in [(1, "/dev/stdout"), (2, "/dev/stderr"), (3, "/dev/fd/3")] {
        let script = format!(
            "{{ echo before >&{descriptor}; \"$0\" -o {path} a.log || exit; echo after >&{descriptor}; }} {descriptor}>f"
        );
        let output = shell(folder, &script);
        assert!(output.status.success(), "{path}: {output:?}");
        let text = fs::read_to_string(folder.join("f")).unwrap();
        assert_eq!(text, format!("before\n{ANNOTATED}after\n"), "{path}");
    }
}

#[test]
fn descriptors_that_cannot_be_written_to_are_refused() {
    let folder = folder_with(&["a.log", "f"]);
    let folder = folder.path();
    let output = shell(folder, "exec \"$0\" -o /dev/fd/3 a.log 3<f");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said, "imsdk-annotate: /dev/fd/3: is open to be read; open it with 3>>\n");
    // A file in use is refused under the name of the descriptor, too.
    for (args, words) in [
        ("-o /dev/stdout a.log >>a.log", "/dev/stdout: is the input a.log"),
        ("-o /dev/fd/3 a.log 3>>a.log", "/dev/fd/3: is the input a.log"),
        ("--report text=/dev/stdout a.log >>f", "/dev/stdout: the lines go to standard output; add --quiet"),
        ("-q --report text=/dev/stdout --report json=f a.log >>f", "f: is written twice"),
    ] {
        let output = shell(folder, &format!("exec \"$0\" {args}"));
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{args}");
        assert!(said.contains(words), "{args}: {said}");
        for name in ["a.log", "f"] {
            assert_eq!(fs::read_to_string(folder.join(name)).unwrap(), LINE, "{args}");
        }
    }
}

/// Such a number belongs to a file that the program itself has opened: the pipe for signals, or a partial output.
#[test]
#[cfg(target_os = "linux")]
fn descriptors_that_were_not_open_at_the_start_are_closed() {
    let folder = folder_with(&["a.log"]);
    let closed = "for fd in 3 4 5 6 7 8 9; do eval \"exec $fd>&-\"; done; ";
    for descriptor in 3..=9 {
        for args in [
            format!("-o /dev/fd/{descriptor} a.log"),
            format!("-q --report json=/dev/fd/{descriptor} a.log"),
            format!("-q --report json=r.json --report github=/dev/fd/{descriptor} a.log"),
            format!("-q --report text /dev/fd/{descriptor}"),
        ] {
            let output = shell(folder.path(), &format!("{closed} exec \"$0\" {args}"));
            let said = String::from_utf8(output.stderr).unwrap();
            let status = if args.starts_with("-q --report text /dev") { 3 } else { 2 };
            assert_eq!(output.status.code(), Some(status), "{args} {said}");
        }
    }
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
}

#[test]
fn a_socket_is_written_to_by_its_descriptor() {
    use std::io::Read;
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixStream;
    let folder = folder_with(&["a.log"]);
    let (mut ours, theirs) = UnixStream::pair().unwrap();
    let mut command = binary();
    command.current_dir(&folder).args(["-o", "/dev/stdout", "a.log"]).stdout(OwnedFd::from(theirs));
    assert!(command.status().unwrap().success());
    drop(command);
    let mut written = String::new();
    ours.read_to_string(&mut written).unwrap();
    assert_eq!(written, ANNOTATED);
}

#[test]
fn compressed_files_of_descriptors_have_the_same_bytes() {
    let folder = folder_with(&["a.log"]);
    let pauses = "(cat a.log; sleep 0.2; cat a.log) | \"$0\" --compress gzip";
    shell(folder.path(), &format!("{pauses} -o /dev/stdout >paused.gz"));
    shell(folder.path(), &format!("{pauses} --line-buffered -o /dev/fd/3 3>by-line.gz"));
    shell(folder.path(), "cat a.log a.log | \"$0\" --compress gzip -o whole.gz");
    let bytes = |name: &str| fs::read(folder.path().join(name)).unwrap();
    assert_eq!(bytes("paused.gz"), bytes("whole.gz"));
    assert_eq!(bytes("by-line.gz"), bytes("whole.gz"));
}

#[test]
fn only_the_reader_of_standard_output_may_leave_before_a_report() {
    let folder = folder_with(&["a.log"]);
    let folder = folder.path();
    make_pipe(folder.join("pipe"));
    for format in ["text", "json", "markdown", "junit", "github", "html"] {
        // Standard error is a pipe without a reader.
        let (rdr, wtr) = std::io::pipe().unwrap();
        drop(rdr);
        let mut command = binary();
        command.current_dir(folder).args(["-q", "--report", format, "a.log"]);
        let status = command.stdin(Stdio::null()).stderr(wtr).status().unwrap();
        assert_eq!(status.code(), Some(2), "{format}");
        for path in ["-", "/dev/stdout"] {
            let (rdr, wtr) = std::io::pipe().unwrap();
            drop(rdr);
            let mut command = binary();
            command.current_dir(folder).args(["-q", "--report", &format!("{format}={path}"), "a.log"]);
            let output = command.stdin(Stdio::null()).stdout(wtr).stderr(Stdio::piped()).output().unwrap();
            assert!(output.status.success() && output.stderr.is_empty(), "{format}={path}: {output:?}");
        }
    }
    // The reader of the named pipe leaves as soon as the writer has opened it. The input comes afterwards.
    make_pipe(folder.join("input"));
    let script = "\"$0\" -q --report text=pipe input & : <pipe; echo ret=-1 >input; wait $!";
    let output = shell(folder, script);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.starts_with("imsdk-annotate: pipe: ") && said.lines().count() == 1, "{said}");
    assert!(run(folder, &["-q", "--fail-on", "auth"]).status.success());
}

/// The system call fails, as in a container that forbids it and with an old kernel.
#[test]
fn a_descriptor_that_the_system_does_not_share_is_refused() {
    let folder = folder_with(&["a.log", "f"]);
    let inject = "strace -o trace -e trace=pidfd_getfd -e inject=pidfd_getfd:error=EPERM";
    let output = shell(folder.path(), &format!("exec {inject} \"$0\" -o /dev/fd/9 a.log 9>>f"));
    if !fs::read_to_string(folder.path().join("trace")).is_ok_and(|trace| trace.contains("pidfd_getfd")) {
        println!("skipped: strace is needed: {output:?}");
        return;
    }
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    let expected = "imsdk-annotate: /dev/fd/9: the system does not let this descriptor be shared; write to /dev/stdout, or name the file\n";
    assert_eq!(said, expected);
    assert_eq!(fs::read_to_string(folder.path().join("f")).unwrap(), LINE);
}
