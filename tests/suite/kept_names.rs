//! `--parents` and `--no-clobber`: outputs under the operands' own paths, and files that are not replaced.

use crate::in_folder::{ANNOTATED, LINE, folder_with, refusal, run, succeed};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(path.as_ref()).unwrap_or_else(|error| panic!("{:?}: {error}", path.as_ref()))
}

#[test]
fn the_own_path_of_an_operand_stands_below_the_folder() {
    let folder = folder_with(&["h1/app.log", "h2/app.log", "logs/sub/a.log", "w/x", "l.log"]);
    let (at, out) = (|name: &str| folder.path().join(name), folder.path().join("out"));
    let both = ["--output-dir", "out", "h1/app.log", "h2/app.log"];
    assert_eq!(
        refusal(folder.path(), &both),
        "imsdk-annotate: out/app.log: both h1/app.log and h2/app.log would be written there\n"
    );
    assert!(!out.exists());
    succeed(folder.path(), &[&both[..], &["--parents", "logs/", "./l.log"]].concat());
    for name in ["h1/app.log", "h2/app.log", "logs/sub/a.log", "l.log"] {
        assert_eq!(read(out.join(name)), ANNOTATED, "{name}");
    }
    // Nothing is written outside the folder.
    let absolute = at("h1/app.log");
    succeed(&at("w"), &["--parents", "--output-dir", "../up", "../h2/app.log", absolute.to_str().unwrap()]);
    assert_eq!(read(at("up/h2/app.log")), ANNOTATED);
    let below = absolute.strip_prefix("/").unwrap();
    assert_eq!(read(at("up").join(below)), ANNOTATED);
    assert_eq!(fs::read_dir(at("w")).unwrap().count(), 1);
    assert_eq!(
        refusal(&at("w"), &["--parents", "--output-dir", "../p", "../h1/app.log", "../w/../h1/app.log"]),
        "imsdk-annotate: ../p/h1/app.log: both ../h1/app.log and ../w/../h1/app.log would be written there\n"
    );
}

#[test]
fn folders_of_an_own_path_have_the_rights_of_their_inputs_folders() {
    use crate::in_folder::{mode, set_mode};
    let folder = folder_with(&["a/private/b/x.log"]);
    set_mode(folder.path().join("a/private"), 0o700);
    set_mode(folder.path().join("a/private/b"), 0o755);
    succeed(folder.path(), &["--parents", "--output-dir", "out", "a/private/b"]);
    assert_eq!(mode(folder.path().join("out/a/private")), 0o700);
}

#[test]
fn a_file_that_is_there_is_not_replaced_in_any_run() {
    let folder = folder_with(&["in/a.log", "in/b.log", "in/c.log", "in/d.log", "elsewhere"]);
    let out = folder.path().join("out");
    let args = ["--no-clobber", "--output-dir", "out", "in"];
    fs::create_dir(&out).unwrap();
    fs::write(out.join("b.log"), "mine").unwrap();
    symlink("nowhere", out.join("c.log")).unwrap();
    fs::create_dir(out.join("d.log")).unwrap();
    let output = run(folder.path(), &args);
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "imsdk-annotate: out/d.log: is a folder, which no file replaces; remove it, or choose another folder\n\
         imsdk-annotate: 2 inputs were left out, because their files are there\n"
    );
    assert_eq!(output.status.code(), Some(2));
    fs::remove_dir(out.join("d.log")).unwrap();
    assert_eq!((read(out.join("a.log")), read(out.join("b.log"))), (ANNOTATED.to_owned(), "mine".to_owned()));
    assert_eq!(fs::read_link(out.join("c.log")).unwrap(), Path::new("nowhere"));
    // A changed input is no reason, either; with nothing left to do, all is well.
    fs::write(folder.path().join("in/a.log"), LINE.repeat(2)).unwrap();
    let output = run(folder.path(), &args);
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "imsdk-annotate: 3 inputs were left out, because their files are there\n"
    );
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(
        (read(out.join("a.log")), read(out.join("d.log"))),
        (ANNOTATED.to_owned(), ANNOTATED.to_owned())
    );
}

#[test]
fn the_options_need_a_folder_for_outputs() {
    let folder = folder_with(&["a.log"]);
    for option in ["--parents", "--no-clobber", "--resume"] {
        assert!(refusal(folder.path(), &[option, "a.log"]).contains("--output-dir"), "{option}");
        let said = refusal(folder.path(), &[option, "a.log", "-o", "x"]);
        assert!(said.contains("cannot be used with '--output <FILE>'"), "{said}");
    }
    for other in ["--resume", "--report=json=r.json", "--fail-on=error"] {
        let said = refusal(folder.path(), &["--no-clobber", other, "--output-dir", "out", "a.log"]);
        assert!(said.contains("cannot be used with"), "{said}");
    }
}
