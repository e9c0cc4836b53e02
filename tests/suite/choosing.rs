//! The choice of inputs: --include and --exclude for files of folders, and --files-from for operands.

use crate::command::{binary, output_of};
use crate::in_folder::{folder_with, refusal, run};
use std::fs;
use std::process::Output;
use tempfile::TempDir;

/// Returns a folder with files, each of which holds its own name.
fn named_files(paths: &[&str]) -> TempDir {
    let folder = folder_with(paths);
    paths.iter().for_each(|path| fs::write(folder.path().join(path), format!("{path}\n")).unwrap());
    folder
}

/// Returns the standard output and the messages of a run that must succeed.
fn said(output: Output) -> (String, String) {
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap()).into()
}

#[test]
fn globs_choose_among_the_files_of_folders_and_named_files_are_always_read() {
    let files = ["in/a.log", "in/b.txt", "in/old/c.log", "in/sub/d.log", "in/sub/old.log", "x.txt"];
    let folder = named_files(&files);
    let read = |args: &[&str]| {
        let (lines, said) = said(run(folder.path(), args));
        assert_eq!(said, "", "{args:?}");
        lines
    };
    assert_eq!(read(&["in", "--include", "*.log"]), "in/a.log\nin/old/c.log\nin/sub/d.log\nin/sub/old.log\n");
    assert_eq!(read(&["in", "--include=*.txt", "--include=/a.log"]), "in/a.log\nin/b.txt\n");
    assert_eq!(read(&["in", "--include", "sub/*"]), "in/sub/d.log\nin/sub/old.log\n");
    // The name begins below the operand.
    assert_eq!(read(&["in/sub", "--include", "/d.log"]), "in/sub/d.log\n");
    assert_eq!(
        read(&["in", "--include=*.log", "--exclude=old", "--exclude=a.*"]),
        "in/sub/d.log\nin/sub/old.log\n"
    );
    assert_eq!(read(&["in/a.log", "x.txt", "--include=nothing", "--exclude=*"]), "in/a.log\nx.txt\n");
    assert_eq!(read(&["--output-dir", "out", "in", "--exclude", "*.log"]), "");
    assert!(folder.path().join("out/b.txt").exists() && !folder.path().join("out/a.log").exists());
}

#[test]
fn globs_that_leave_nothing_are_said_and_bad_ones_are_refused() {
    let folder = named_files(&["in/a.log", "in/b.log"]);
    let said = |args: &[&str]| said(run(folder.path(), args)).1;
    assert_eq!(
        said(&["in", "--include", "*.lgo"]),
        "imsdk-annotate: --include and --exclude leave out all 2 files of the folders\n"
    );
    assert_eq!(said(&["in", "--include", "a.*"]), "");
    assert_eq!(
        refusal(folder.path(), &["in", "--include", "[a"]),
        "imsdk-annotate: --include [a: is no glob: unclosed character class; missing ']'\n"
    );
}

#[cfg(unix)]
#[test]
fn an_excluded_folder_is_not_opened() {
    use crate::in_folder::set_mode;
    let folder = named_files(&["in/a.log", "in/private/b.log"]);
    set_mode(folder.path().join("in/private"), 0);
    let (lines, _) = said(run(folder.path(), &["in", "--exclude", "private"]));
    set_mode(folder.path().join("in/private"), 0o700);
    assert_eq!(lines, "in/a.log\n");
}

#[test]
fn names_come_from_a_file_or_standard_input_behind_those_of_the_command_line() {
    let folder = named_files(&["a.log", "in/b.log", "c d.log", "e\nf.log"]);
    let read = |args: &[&str], list: &[u8]| {
        let (lines, said) = said(output_of(binary().current_dir(&folder).args(args), list));
        assert_eq!(said, "", "{args:?}");
        lines
    };
    assert_eq!(read(&["--files-from", "-"], b"in\nc d.log"), "in/b.log\nc d.log\n");
    assert_eq!(read(&["--files-from", "-", "a.log"], b"\nin\n\n"), "a.log\nin/b.log\n");
    assert_eq!(read(&["-0", "--files-from", "-"], b"e\nf.log\0a.log\0"), "e\nf.log\na.log\n");
    assert_eq!(read(&["--null", "--files-from", "-"], b"a.log"), "a.log\n");
    // No names are no standard input.
    assert_eq!(read(&["--files-from", "-"], b""), "");
    fs::write(folder.path().join("list"), "a.log\n-\n").unwrap();
    assert_eq!(read(&["--files-from", "list"], b"from stdin\n"), "a.log\nfrom stdin\n");
    assert_eq!(read(&["--files-from", "list", "-q", "--report=json=r.json"], b""), "");
}

#[test]
fn what_a_list_names_amiss_is_said_with_its_place() {
    let folder = named_files(&["a.log"]);
    let at = |args: &[&str], list: &[u8], status: i32| {
        let output = output_of(binary().current_dir(&folder).args(args), list);
        assert_eq!(output.status.code(), Some(status), "{args:?}: {output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let from_stdin = ["--files-from", "-"];
    assert_eq!(
        at(&from_stdin, b"a.log\0a.log\0", 2),
        "imsdk-annotate: --files-from standard input, line 1: has a NUL in it; add -0 if NULs end the names\n"
    );
    assert_eq!(
        at(&from_stdin, b"a.log\n\n-\n", 2),
        "imsdk-annotate: --files-from standard input, line 3: - is standard input, which is the list; for a file, \
         write ./-\n"
    );
    assert_eq!(
        at(&["--files-from", "-", "-"], b"a.log\n", 2),
        "imsdk-annotate: --files-from -: standard input cannot be both the list and an input; name a file\n"
    );
    assert_eq!(
        at(&["--files-from", "nosuch"], b"", 2),
        "imsdk-annotate: --files-from nosuch: no such file; check the name\n"
    );
    assert_eq!(
        at(&from_stdin, b"nosuch\na.log\n", 3),
        "imsdk-annotate: nosuch: no such file; check the name\n"
    );
    assert!(at(&["-0", "a.log"], b"", 2).contains("--files-from"));
    // The list is not replaced by an output.
    fs::write(folder.path().join("list"), "a.log\n").unwrap();
    assert_eq!(
        at(&["--files-from", "list", "-o", "list"], b"", 2),
        "imsdk-annotate: list: is the list of files that is read; write to another file\n"
    );
}
