//! Folders as operands: the files that are read, and their order.

use crate::command::{binary, output_of};
use crate::in_folder::{self, folder_with};
use std::fs;
use std::os::unix::fs::symlink;
use tempfile::TempDir;

#[test]
fn a_folder_is_read_in_the_order_of_names_without_hidden_files_and_links_to_folders() {
    let folder = tempfile::tempdir().unwrap();
    let logs = folder.path().join("logs");
    fs::create_dir_all(logs.join("b/.git")).unwrap();
    fs::create_dir_all(logs.join("empty")).unwrap();
    fs::create_dir_all(folder.path().join("elsewhere")).unwrap();
    for name in
        ["s.log.10", "s.log.2", "s.log", "s.log.1", "b/x", "b/.hidden", "b/.git/config", ".hidden", "t"]
    {
        fs::write(logs.join(name), format!("{name}\n")).unwrap();
    }
    fs::write(folder.path().join("elsewhere/no"), "no\n").unwrap();
    symlink("../elsewhere", logs.join("a-link-to-a-folder")).unwrap();
    symlink("..", logs.join("a-loop")).unwrap();
    symlink("s.log.1", logs.join("c-link-to-a-file")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(logs.join("pipe")).status().is_ok());
    let read = |operands: &[&str]| {
        let output = output_of(binary().current_dir(&folder).args(operands), b"");
        assert!(output.status.success() && output.stderr.is_empty(), "{operands:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let all = "b/x\ns.log\ns.log.1\ns.log.2\ns.log.10\nt\n";
    assert_eq!(read(&["logs"]), all);
    assert_eq!(read(&["logs/"]), all);
    // Operands are read in their own order. A named file or folder is read even if it is hidden or a link.
    assert_eq!(read(&["logs/t", "logs/b", "logs/.hidden"]), "t\nb/x\n.hidden\n");
    assert_eq!(read(&["logs/a-link-to-a-folder"]), "no\n");
    assert_eq!(read(&["logs/b/.git"]), "b/.git/config\n");
    assert_eq!(read(&["logs/empty"]), "");
}

/// Runs the binary in a folder. Returns both outputs of the run, which must go well.
fn run(folder: &TempDir, args: &[&str]) -> (String, String) {
    let output = output_of(binary().current_dir(folder).args(args), b"");
    assert_eq!(output.status.code(), Some(0), "{args:?}");
    [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap()).into()
}

/// Links lead to files of another folder, as in `/var/log/containers`.
#[test]
fn a_file_that_several_names_in_the_folders_lead_to_is_read_once() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["containers", "pods", "elsewhere"] {
        fs::create_dir(folder.path().join(name)).unwrap();
    }
    let at = |name: &str| folder.path().join(name);
    for name in ["pods/a.log", "pods/b.log", "pods/.hidden", "elsewhere/c.log", "elsewhere/d.log"] {
        fs::write(at(name), format!("{name} ret=-1\n")).unwrap();
    }
    symlink("../pods/a.log", at("containers/a-link.log")).unwrap();
    symlink("../pods/.hidden", at("containers/h-link.log")).unwrap();
    symlink("../elsewhere/c.log", at("containers/c-link.log")).unwrap();
    symlink("../elsewhere/c.log", at("containers/c-link-too.log")).unwrap();
    fs::hard_link(at("pods/b.log"), at("pods/b-too.log")).unwrap();
    fs::hard_link(at("elsewhere/d.log"), at("pods/d.log")).unwrap();
    let names = |operands: &[&str]| {
        let (written, said) = run(&folder, &[&["--only", "any", "-n"], operands].concat());
        assert_eq!(said, "");
        let name = |line: &str| line.split(':').next().unwrap().to_owned();
        written.lines().map(name).collect::<Vec<_>>()
    };
    let (c, h) = ("containers/c-link-too.log", "containers/h-link.log");
    assert_eq!(names(&["containers"]), ["containers/a-link.log", c, h]);
    let pods = ["pods/a.log", "pods/b-too.log", "pods/d.log"];
    assert_eq!(names(&["containers", "pods"]), [&[c, h], &pods[..]].concat());
    assert_eq!(names(&["pods", "containers"]), [&pods[..], &[c, h]].concat());
    // A folder twice, and a folder with its parent.
    assert_eq!(names(&["pods", "pods"]), pods);
    let all = [
        "./containers/h-link.log",
        "./elsewhere/c.log",
        "./elsewhere/d.log",
        "./pods/a.log",
        "./pods/b-too.log",
    ];
    assert_eq!(names(&["."]), all);
    assert_eq!(names(&["pods", "."]), [&pods[..], &all[..2]].concat());
    // A file that is an operand is read as often as it is named.
    assert_eq!(
        names(&["pods/a.log", "pods", "pods/a.log", "containers/a-link.log"]),
        [&["pods/a.log"], &pods[..], &["pods/a.log", "containers/a-link.log"]].concat()
    );
    for threads in ["-j1", "-j3"] {
        run(&folder, &[threads, "--report", "json=report.json", "containers", "pods"]);
        let report = fs::read_to_string(at("report.json")).unwrap();
        assert!(report.contains("\"files\": 5") && report.contains("\"fields\": 5"), "{report}");
        run(&folder, &[threads, "--output-dir", "out", "containers", "pods"]);
        assert_eq!(in_folder::outputs(at("out")).len(), 5);
        fs::remove_dir_all(at("out")).unwrap();
    }
}

#[test]
fn a_link_to_nothing_is_said_and_is_no_trouble() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a"), "ret=-1\n").unwrap();
    symlink("nowhere", folder.path().join("b")).unwrap();
    symlink("c", folder.path().join("c")).unwrap();
    symlink("a/x", folder.path().join("d")).unwrap();
    fs::write(folder.path().join("e"), "ret=-1\n").unwrap();
    let said = ["b", "c", "d"].map(|name| {
        format!("imsdk-annotate: ./{name}: is a link to a file that is not there, and was left out\n")
    });
    for threads in ["-j1", "-j3"] {
        let found = run(&folder, &[threads, "--only", "any", "."]);
        assert_eq!(found, ("ret=-1 (general: failure)\n".repeat(2), said.concat()));
    }
    let reports = tempfile::tempdir().unwrap();
    let report = reports.path().join("report.json");
    let option = format!("--report=json={}", report.display());
    let out = reports.path().join("out");
    let (_, message) = run(&folder, &[&option, "--output-dir", out.to_str().unwrap(), "."]);
    assert_eq!(message, said.concat());
    assert_eq!(in_folder::outputs(out).len(), 2);
    let report = fs::read_to_string(report).unwrap();
    assert!(report.contains("\"complete\": true") && report.contains("\"files\": 2"), "{report}");
    // A link that is an operand must lead somewhere.
    let output = output_of(binary().current_dir(&folder).arg("b"), b"");
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn names_that_get_no_file_of_their_own_are_told() {
    let folder = folder_with(&["in/a.log", "in/b.log", "alone/x.log"]);
    let folder = folder.path();
    let said = |args: &[&str]| {
        let output = in_folder::run(folder, args);
        assert!(output.status.success(), "{args:?}: {output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    fs::hard_link(folder.join("in/a.log"), folder.join("in/c.log")).unwrap();
    let one = "imsdk-annotate: in/c.log: is another name of in/a.log, and is not written a second time\n";
    assert_eq!(said(&["--output-dir", "out", "in"]), one);
    assert!(said(&["--resume", "--output-dir", "out", "in"]).starts_with(one));
    assert!(folder.join("out/a.log").exists() && !folder.join("out/c.log").exists());
    // A stream has all lines, so that there is no message.
    assert_eq!(said(&["in"]), "");
    // A link loses against a name that is no link, wherever the names are. Messages list names in the order of the
    // inputs.
    symlink("b.log", folder.join("in/a-link.log")).unwrap();
    symlink("../alone/x.log", folder.join("in/d.log")).unwrap();
    symlink("../alone/x.log", folder.join("in/e.log")).unwrap();
    let several = "names are other names of files, and are not written a second time";
    let names = "in/a-link.log (in/b.log), in/c.log (in/a.log), in/e.log (in/d.log)";
    assert_eq!(said(&["--output-dir", "out", "in"]), format!("imsdk-annotate: 3 {several}: {names}\n"));
    let names = "in/a-link.log (in/b.log), in/c.log (in/a.log), in/d.log (alone/x.log) and 1 more";
    assert_eq!(
        said(&["--output-dir", "out", "in", "alone"]),
        format!("imsdk-annotate: 4 {several}: {names}\n")
    );
    // A file that is an operand is written each time.
    assert_eq!(said(&["--output-dir", "out", "in/a.log", "in/c.log"]), "");
    assert!(folder.join("out/c.log").exists());
}
