//! Names behind `--report`: those of formats, paths whose ends tell a format, and `auto`, which a CI service decides.

use crate::command::{SERVICES, binary, output_of};
use std::fs;

const LOG: &[u8] = b"ret=-204\nret=5\n";

/// Returns the report on [`LOG`] that goes to standard output.
fn report(choice: &str, variables: &[(&str, &str)]) -> String {
    let mut command = binary();
    command.args(["-q", "--report", choice]).envs(variables.iter().copied());
    let output = output_of(&mut command, LOG);
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn md_is_a_name_of_markdown() {
    assert_eq!(report("md=-", &[]), report("markdown=-", &[]));
}

#[test]
fn the_end_of_a_path_tells_the_format() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("d.json")).unwrap();
    for (path, format) in [
        ("r.json", "json"),
        ("r.md", "markdown"),
        ("r.markdown", "markdown"),
        ("r.txt", "text"),
        ("r.xml", "junit"),
        ("d.json/r.b.XML", "junit"),
        ("./.hidden.Md", "markdown"),
    ] {
        let mut command = binary();
        command.current_dir(&folder).args(["-q", "--report", path]);
        let output = output_of(&mut command, LOG);
        assert!(output.status.success() && output.stderr.is_empty(), "{path}: {output:?}");
        let written = fs::read_to_string(folder.path().join(path)).unwrap();
        assert_eq!(written, report(&format!("{format}=-"), &[]), "{path}");
    }
    // A format that is named decides, whatever the path.
    let mut command = binary();
    command.current_dir(&folder).args(["-q", "--report=github=named.json"]);
    assert!(output_of(&mut command, LOG).status.success());
    let written = fs::read_to_string(folder.path().join("named.json")).unwrap();
    assert_eq!(written, report("github=-", &[]));
}

#[test]
fn a_path_that_tells_no_format_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for choice in ["r.log", "r.json.gz", ".json", "json.", "r", "d/json", "r.json,t.txt", "text,r.json"] {
        let output = output_of(binary().current_dir(&folder).args(["-q", "--report", choice]), LOG);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        for part in [
            format!("there is no report {choice:?}; "),
            "a path without a format ends in one of .json, ".to_owned(),
        ] {
            assert!(said.contains(&part), "{said}");
        }
    }
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
}

#[test]
fn auto_is_the_format_of_the_service() {
    let formats = ["github", "teamcity", "azure", "jenkins", "markdown", "gitlab"];
    for (service, format) in SERVICES.into_iter().zip(formats) {
        let named = report(&format!("{format}=-"), &[]);
        assert_eq!(report("auto=-", &[(service, "true")]), named, "{service}");
        assert_eq!(report("auto=-", &[(service, "")]), report("text=-", &[]), "{service}");
        // The services that stand before it decide.
        let all: Vec<(&str, &str)> = SERVICES.map(|service| (service, "1")).to_vec();
        let first = SERVICES.iter().position(|other| *other == service).unwrap();
        assert_eq!(report("auto=-", &all[first..]), named, "{service}");
        // Other formats are as ever.
        assert_eq!(report("json=-", &all), report("json=-", &[]), "{service}");
    }
    assert_eq!(report("auto=-", &[]), report("text=-", &[]));
    // Without a path it goes to standard error, as any report.
    let mut command = binary();
    let output = output_of(command.args(["-q", "--report=auto"]).env("TF_BUILD", "True"), LOG);
    assert_eq!(String::from_utf8(output.stderr).unwrap(), report("azure=-", &[]));
}

#[test]
fn a_name_behind_a_comma_is_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    for (choice, several) in [
        ("json=r.json,auto", "--report json=r.json --report auto"),
        ("json=r.json,md=r.md", "--report json=r.json --report md=r.md"),
    ] {
        let output = output_of(binary().current_dir(&folder).args(["-q", "--report", choice]), LOG);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(&format!("for several reports, write {several}\n")), "{said}");
    }
}
