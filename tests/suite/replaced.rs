//! Places that an output must not replace: files that the run reads, devices and pipes; and places where no file can be
//! made.

use crate::command::{binary, isolated, output_of};
use crate::in_folder::{ANNOTATED, LINE, folder_with, make_pipe, refusal, succeed};
use std::fs::{self, File};
use std::os::unix::fs::{FileTypeExt, symlink};
use std::process::{Command, Stdio};

#[test]
fn no_file_that_is_read_is_an_output() {
    let folder = folder_with(&["in/a.log", "alone.log"]);
    let folder = folder.path();
    fs::write(folder.join("config"), "--strict\n").unwrap();
    fs::write(folder.join("catalog.csv"), "code,message\n-1,x\n").unwrap();
    succeed(folder, &["-q", "--report", "json=base.json", "in"]);
    succeed(folder, &["-q", "--report", "json=part.json", "in"]);
    let reads = [
        ("config", "the configuration that is read"),
        ("catalog.csv", "a catalog that is read"),
        ("base.json", "the baseline that is read"),
        ("in/a.log", "the input in/a.log"),
    ];
    fs::create_dir(folder.join("out")).unwrap();
    for (name, words) in reads {
        let content = fs::read(folder.join(name)).unwrap();
        symlink(name, folder.join("link")).unwrap();
        fs::hard_link(folder.join(name), folder.join("hard")).unwrap();
        fs::hard_link(folder.join(name), folder.join("out/alone.log")).unwrap();
        let check = |output: &str, args: &[&str]| {
            let mut command = binary();
            command.env("IMSDK_ANNOTATE_CONFIG", "config").current_dir(folder).args(args);
            let output_of_run = output_of(
                command.args(["--catalog", "catalog.csv", "--baseline", "base.json", "in/a.log"]),
                b"",
            );
            let message = String::from_utf8(output_of_run.stderr).unwrap();
            assert_eq!(
                message,
                format!("imsdk-annotate: {output}: is {words}; write to another file\n"),
                "{args:?}"
            );
            assert_eq!(output_of_run.status.code(), Some(2), "{args:?}");
            assert_eq!(fs::read(folder.join(name)).unwrap(), content, "{args:?}");
        };
        for output in [name, "link", "hard", &format!("./in/../{name}")] {
            check(output, &["-o", output]);
            for format in ["json", "text", "markdown", "junit", "github", "html"] {
                check(output, &["--report", &format!("{format}={output}")]);
                check(output, &["-q", "--report", "text", "--report", &format!("{format}={output}")]);
            }
        }
        check("out/alone.log", &["--output-dir", "out", "alone.log"]);
        for path in ["link", "hard", "out/alone.log"] {
            fs::remove_file(folder.join(path)).unwrap();
        }
    }
    let merged = |output: &str| {
        refusal(folder, &["--merge-reports", "part.json", "--report", &format!("json={output}")])
    };
    symlink("part.json", folder.join("link")).unwrap();
    for output in ["part.json", "link"] {
        let expected = format!(
            "imsdk-annotate: {output}: is the report part.json, which is read; write to another file\n"
        );
        assert_eq!(merged(output), expected);
    }
    // The run does not read the configuration with `--no-config`, so that the file may be written.
    let mut command = binary();
    let command = command.env("IMSDK_ANNOTATE_CONFIG", "config").current_dir(folder);
    assert!(output_of(command.args(["--no-config", "-o", "config", "in"]), b"").status.success());
    assert_eq!(fs::read_to_string(folder.join("config")).unwrap(), ANNOTATED);
}

/// The link is the input. Its target would stay, but the link would be replaced.
#[test]
fn a_link_that_is_read_is_no_output_in_a_folder() {
    let folder = folder_with(&["real/a.log"]);
    let folder = folder.path();
    fs::create_dir(folder.join("logs")).unwrap();
    symlink("../real/a.log", folder.join("logs/a.log")).unwrap();
    let message = refusal(folder, &["--output-dir", "logs", "logs/a.log"]);
    assert_eq!(message, "imsdk-annotate: logs/a.log: is the input logs/a.log; write to another file\n");
    assert!(folder.join("logs/a.log").is_symlink());
}

#[test]
fn standard_input_that_is_a_file_is_no_output() {
    let folder = folder_with(&["a.log"]);
    for args in [&["-o", "a.log"][..], &["-q", "--report", "text=a.log"]] {
        let stdin = File::open(folder.path().join("a.log")).unwrap();
        let output = binary().current_dir(&folder).args(args).stdin(stdin).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(message, "imsdk-annotate: a.log: is the input standard input; write to another file\n");
        assert_eq!(fs::read_to_string(folder.path().join("a.log")).unwrap(), LINE);
    }
}

/// A report that replaced the file would take the lines away.
#[test]
fn the_file_that_standard_output_is_is_no_other_output() {
    let folder = folder_with(&["a.log", "in/result"]);
    for args in [
        &["--report", "text=result", "a.log"][..],
        &["-o", "result", "--report", "text=-", "a.log"],
        &["-q", "--report", "text=-", "--report", "json=./result", "a.log"],
        &["--output-dir", ".", "--report", "text=-", "in"],
        &["--merge-reports", "part.json", "--report", "json=result", "--report", "text=-"],
    ] {
        succeed(folder.path(), &["-q", "--report", "json=part.json", "a.log"]);
        let stdout = File::create(folder.path().join("result")).unwrap();
        let mut command = binary();
        let output =
            command.current_dir(&folder).args(args).stdin(Stdio::null()).stdout(stdout).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.ends_with("result: is standard output; write to another file\n"), "{message}");
        assert_eq!(message.lines().count(), 1, "{message}");
    }
}

#[test]
fn devices_and_pipes_are_written_to_as_they_are() {
    let folder = folder_with(&["a.log"]);
    let folder = folder.path();
    let pipe = folder.join("pipe");
    make_pipe(&pipe);
    symlink("pipe", folder.join("link")).unwrap();
    let read_pipe = |args: &[&str]| {
        let child = binary().current_dir(folder).args(args).stdin(Stdio::null()).spawn().unwrap();
        let text = fs::read_to_string(&pipe).unwrap();
        assert!(child.wait_with_output().unwrap().status.success(), "{args:?}");
        text
    };
    for name in ["pipe", "link"] {
        assert_eq!(read_pipe(&["-o", name, "a.log"]), ANNOTATED);
        assert!(read_pipe(&["-q", "--report", &format!("text={name}"), "a.log"]).contains("-1"));
    }
    assert!(fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
    let null = folder.join("null");
    let mknod = Command::new("mknod").arg(&null).args(["c", "1", "3"]).stderr(Stdio::null()).status();
    if mknod.is_ok_and(|status| status.success()) {
        succeed(folder, &["-o", "null", "--report", "text=null", "a.log"]);
        assert!(fs::symlink_metadata(&null).unwrap().file_type().is_char_device());
    } else {
        println!("not tried with a device: making one takes the superuser");
    }
    let script = "exec \"$0\" -o /dev/fd/3 --report text=/dev/fd/4 a.log 3>&1 4>&2";
    let mut command = isolated("sh");
    let output = output_of(command.args(["-c", script]).arg(binary().get_program()).current_dir(folder), b"");
    assert_eq!(output.stdout, ANNOTATED.as_bytes());
    assert!(output.status.success() && !output.stderr.is_empty());
}

#[test]
fn only_the_output_folder_is_made() {
    let folder = folder_with(&["in/a.log"]);
    let folder = folder.path();
    let root = fs::canonicalize(folder).unwrap();
    let expected = |output: &str| {
        let path = root.join(output);
        let names_folder = output.ends_with('/') || output.ends_with("/.");
        // Without a slash or a dot behind the last part.
        let path: std::path::PathBuf = path.components().collect();
        let folder = if names_folder { &path } else { path.parent().unwrap() }.display();
        format!(
            "imsdk-annotate: {output}: there is no folder {folder}; make it first: only --output-dir makes folders\n"
        )
    };
    for output in
        ["new/x.log", "new/deep/x.log", "in/new/x.log", "in/a.log/x", "in/a.log/x/y", "new/", "new/."]
    {
        assert_eq!(refusal(folder, &["-o", output, "in"]), expected(output));
        for args in [&["-q", "in"][..], &["in"], &["-q", "in/a.log"]] {
            let report = format!("json={output}");
            let args: Vec<&str> = ["--report", &report].into_iter().chain(args.iter().copied()).collect();
            assert_eq!(refusal(folder, &args), expected(output));
        }
    }
    succeed(folder, &["-q", "--report", "json=part.json", "in"]);
    let merged = refusal(folder, &["--merge-reports", "part.json", "--report", "json=new/r.json"]);
    assert_eq!(merged, expected("new/r.json"));
    assert!(!folder.join("new").exists() && !folder.join("in/new").exists());
    for output in ["in/", "in/.", "in/..", "in"] {
        let is_folder = "is a directory; name a file in it, or use --output-dir";
        assert_eq!(
            refusal(folder, &["-o", output, "in"]),
            format!("imsdk-annotate: {output}: {is_folder}\n")
        );
    }
    // A report in the output folder, which the run makes.
    succeed(folder, &["--output-dir", "new/out", "--report", "json=new/out/r.json", "in"]);
    assert!(folder.join("new/out/r.json").exists() && folder.join("new/out/a.log").exists());
}
