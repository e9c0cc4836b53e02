//! Folders as operands: which files are read, and in which order.

use crate::command::{binary, output_of};
use std::fs;
use std::os::unix::fs::symlink;

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
    let all = "b/x\ns.log.1\ns.log\ns.log.1\ns.log.2\ns.log.10\nt\n";
    assert_eq!(read(&["logs"]), all);
    assert_eq!(read(&["logs/"]), all);
    // Operands are read in their own order; what they name is read, hidden or not, linked or not.
    assert_eq!(read(&["logs/t", "logs/b", "logs/.hidden"]), "t\nb/x\n.hidden\n");
    assert_eq!(read(&["logs/a-link-to-a-folder"]), "no\n");
    assert_eq!(read(&["logs/b/.git"]), "b/.git/config\n");
    assert_eq!(read(&["logs/empty"]), "");
}

#[test]
fn what_cannot_be_read_in_a_folder_is_told() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a"), "ret=-1\n").unwrap();
    symlink("nowhere", folder.path().join("b")).unwrap();
    fs::write(folder.path().join("c"), "ret=-1\n").unwrap();
    let output = output_of(binary().current_dir(&folder).arg("."), b"");
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(output.stdout, b"ret=-1 (general: failure)\n".repeat(2));
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(message, "imsdk-annotate: ./b: no such file; check the name\n");
}
