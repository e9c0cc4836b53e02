//! Reports that `--merge-reports` takes: files, folders, `@LIST` files; damaged parts, and many parts in little memory.

use crate::command::{binary, output_of, own_peak_kib};
use crate::in_folder::set_mode;
use crate::signals::start;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Output;

const SUM: [&str; 2] = ["--merge-reports", "--report=json=-"];

fn run(folder: &Path, args: &[&str], input: &[u8]) -> Output {
    output_of(binary().current_dir(folder).args(args), input)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Writes a report of a log with one code, whose place is `NAME.log:1`.
fn part(folder: &Path, name: &str, code: i32) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let label = name.trim_end_matches(".json");
    let args = ["-q", "--name", &format!("{label}.log"), &format!("--report=json={}", path.display())];
    assert!(run(folder, &args, format!("ret={code}\n").as_bytes()).status.success());
}

/// Returns the names of the first inputs of all codes, and the number of inputs, of the sum of some reports.
fn sum_of(output: &Output) -> (Vec<String>, u64) {
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let codes = report["codes"].as_array().unwrap().iter();
    let mut names: Vec<_> = codes.map(|code| code["first"]["file"].as_str().unwrap().to_owned()).collect();
    names.sort_unstable();
    (names, report["input"]["files"].as_u64().unwrap())
}

#[test]
fn folders_and_lists_stand_for_the_reports_in_them() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (name, code) in
        [("parts/2.json", -1), ("parts/10.json", -1), ("parts/sub/x.json", -301), ("y.json", -402)]
    {
        part(folder, name, code);
    }
    fs::write(folder.join("parts/errors.log"), "no report").unwrap();
    fs::write(folder.join("list"), "\nparts/sub\ny.json\n").unwrap();
    fs::write(folder.join("@odd"), fs::read(folder.join("y.json")).unwrap()).unwrap();
    for (operands, input, names, files) in [
        (&["parts"][..], "", &["parts/2.log", "parts/sub/x.log"][..], 3),
        (&["parts", "y.json"], "", &["parts/2.log", "parts/sub/x.log", "y.log"], 4),
        (&["@list"], "", &["parts/sub/x.log", "y.log"], 2),
        (&["@-"], "parts\n", &["parts/2.log", "parts/sub/x.log"], 3),
        (&["--files-from=list"], "", &["parts/sub/x.log", "y.log"], 2),
        (&["@list", "parts"], "", &["parts/2.log", "parts/sub/x.log", "y.log"], 4),
        // A report of a folder that is named itself, or found twice, is read once.
        (&["parts", "parts/2.json", "parts/sub"], "", &["parts/10.log", "parts/sub/x.log"], 3),
        (&["parts/10.json", "parts"], "", &["parts/10.log", "parts/sub/x.log"], 3),
        (&["parts", "--include=1*"], "", &["parts/10.log"], 1),
        (&["parts", "--exclude=sub"], "", &["parts/2.log"], 2),
        (&["./@odd"], "", &["y.log"], 1),
    ] {
        let output = run(folder, &[&SUM[..], operands].concat(), input.as_bytes());
        assert_eq!(text(&output.stderr), "", "{operands:?}");
        let (sum, count) = sum_of(&output);
        assert_eq!(
            (&sum.iter().map(String::as_str).collect::<Vec<_>>()[..], count),
            (names, files),
            "{operands:?}"
        );
    }
}

#[test]
fn each_part_that_is_not_right_is_said_once_and_the_others_are_added_up() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    part(folder, "parts/a.json", -204);
    part(folder, "parts/z.json", -402);
    fs::write(folder.join("parts/b.json"), "{").unwrap();
    fs::write(folder.join("parts/c.json"), "").unwrap();
    std::os::unix::fs::symlink("nosuch", folder.join("parts/d.json")).unwrap();
    fs::create_dir_all(folder.join("empty/below")).unwrap();
    fs::write(folder.join("empty/below/a.txt"), "").unwrap();
    fs::write(folder.join("list"), "parts/b.json\nparts/c.json\ngone.json\n").unwrap();
    let args = ["--fail-on=bind", "--fail-on=error>1", "parts", "@list", "empty", "parts/b.json"];
    let output = run(folder, &[&SUM[..], &args].concat(), b"");
    assert_eq!(output.status.code(), Some(3));
    let said = text(&output.stderr);
    for (part, reason) in [
        ("parts/b.json", "is no JSON report: it begins with \"{\""),
        ("parts/c.json", "is no JSON report: it is empty"),
        ("parts/d.json", "is a link to a file that is not there"),
        ("gone.json", "no such file; check the name"),
        (
            "empty",
            "has no report in it; reports of a folder are the files *.json, or those that --include names",
        ),
    ] {
        let lines: Vec<&str> = said.lines().filter(|line| line.contains(&format!(" {part}: "))).collect();
        assert!(lines.len() == 1 && lines[0].contains(reason), "{part}: {said}");
    }
    assert_eq!(said.lines().count(), 7, "{said}");
    // The check that has not failed could still do so.
    assert!(said.contains("--fail-on bind: not decided, 0 fields so far"), "{said}");
    assert!(said.contains("--fail-on error>1: 2 fields (-204: 1, -402: 1)"), "{said}");
    assert_eq!(sum_of(&output), (vec!["parts/a.log".to_owned(), "parts/z.log".to_owned()], 2));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["complete"], false);
}

#[test]
fn nothing_to_add_up_is_trouble() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::create_dir(folder.join("empty")).unwrap();
    fs::create_dir(folder.join("locked")).unwrap();
    fs::write(folder.join("list"), "").unwrap();
    part(folder, "y.json", -402);
    fs::write(folder.join("nul"), "y.json\0y.json\0").unwrap();
    for (operands, input, status, expected) in [
        (&["empty"][..], "", 3, "empty: has no report in it"),
        (&["@list"], "", 3, "there was no input to report on"),
        (&["@nosuch"], "", 2, "@nosuch: no such file; check the name"),
        (
            &["@nul"],
            "",
            2,
            "@nul, line 1: has a NUL in it; for names that NULs end, use --files-from with -0",
        ),
        (&["@-", "-"], "", 2, "@-: standard input cannot be both the list and an input; name a file"),
        (
            &["@-"],
            "y.json\n-\n",
            2,
            "@-, line 2: - is standard input, which is the list; for a file, write ./-",
        ),
        (
            &[],
            "",
            2,
            "--merge-reports: which reports? name files, folders of *.json, or @LIST with a path a line",
        ),
    ] {
        let output = run(folder, &[&SUM[..], operands].concat(), input.as_bytes());
        let said = text(&output.stderr);
        assert!(said.contains(expected), "{operands:?}: {said}");
        assert_eq!(output.status.code(), Some(status), "{operands:?}: {said}");
    }
    // A folder that cannot be read, where rights count.
    set_mode(folder.join("locked"), 0);
    let output = run(folder, &[&SUM[..], &["locked", "y.json"]].concat(), b"");
    set_mode(folder.join("locked"), 0o700);
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
    assert!(text(&output.stderr).starts_with("imsdk-annotate: locked: "), "{}", text(&output.stderr));
}

#[test]
fn the_sum_replaces_no_part_and_no_list() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    part(folder, "parts/a.json", -204);
    fs::write(folder.join("list"), "parts\n").unwrap();
    for (output, said) in [
        ("parts/a.json", "parts/a.json: is the report parts/a.json, which is read; write to another file"),
        ("list", "list: is the list of files that is read; write to another file"),
    ] {
        let refused = run(folder, &["--merge-reports", "@list", &format!("--report=json={output}")], b"");
        assert_eq!(text(&refused.stderr), format!("imsdk-annotate: {said}\n"));
        assert_eq!(refused.status.code(), Some(2));
    }
}

/// The names of inputs are kept for the places of the sum alone, and each place keeps its own.
#[test]
fn many_parts_take_little_memory_and_keep_their_names() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    part(folder, "part.json", -204);
    let part = fs::read_to_string(folder.join("part.json")).unwrap();
    let key =
        serde_json::from_str::<Value>(&part).unwrap()["input"]["parts"][0][0].as_str().unwrap().to_owned();
    let parts = 3000;
    for number in 0..parts {
        let name = format!("{}{number}.log", "long/".repeat(40));
        let code = if number == 0 { "-1" } else { "-204" };
        let text = part.replace("part.log", &name).replace("\"code\": -204", &format!("\"code\": {code}"));
        let text = text.replace(&key, &format!("{number:016x}"));
        fs::write(folder.join(format!("{number}.json")), text).unwrap();
    }
    fs::remove_file(folder.join("part.json")).unwrap();
    // Half of the last report has been read when the peak is.
    let mut command = binary();
    command.current_dir(folder).args(["--merge-reports", ".", "-", "--report=json=sum"]);
    let mut run = start(&mut command);
    let last = part.replace("part.log", "last.log");
    let (half, rest) = last.split_at(last.len() / 2);
    run.feed(half.as_bytes());
    let peak = own_peak_kib(run.child.id());
    run.feed(rest.as_bytes());
    drop(run.stdin_wtr);
    assert!(run.child.wait().unwrap().success());
    let report: Value = serde_json::from_slice(&fs::read(folder.join("sum")).unwrap()).unwrap();
    let place = |code: usize, place: &str| report["codes"][code][place]["file"].as_str().unwrap().to_owned();
    let long = "long/".repeat(40);
    assert_eq!([place(0, "first"), place(0, "last")], [format!("{long}1.log"), "last.log".to_owned()]);
    assert_eq!([place(1, "first"), place(1, "last")], [format!("{long}0.log"), format!("{long}0.log")]);
    assert_eq!(report["input"]["files"], parts + 1);
    if let Some(peak) = peak {
        assert!(peak < 8 * 1024, "{peak} KiB");
    }
}
