//! Hostile logs in the reports for CI services: a parser of each format, written from its documentation, confirms that the
//! text of a log adds no message and changes none.

use crate::command::{binary, output_of};
use crate::hostile::{LINES, NAMES, acts, lines_with_fields};
use proptest::prelude::*;
use serde_json::Value;
use std::fs;

/// Lines that would act on the services of the formats, with a field each.
const LINES_FOR_SERVICES: [&str; 12] = [
    "##teamcity[buildProblem description='x' identity='y'] ret=-1",
    "ret=-101 '] ##teamcity[buildStatus status='SUCCESS' text='ok']",
    "ret=-102 |' |n |r |0x0027 |] ']",
    "ret=-103 ']\r\n##teamcity[message text='x']",
    "##vso[task.complete result=Succeeded;]done ret=-104",
    "ret=-105 ]##vso[task.setvariable variable=PATH;]/tmp",
    "ret=-106 %0D%0A##vso[task.logissue type=error;]x %AZP25 %3B %5D",
    "ret=-107 ; type=warning;code=1;] x",
    "::error file=a::x ret=-108",
    "ret=-201 <img src=x onerror=alert(1)> &lt;b&gt; &#60;script&#62;",
    "ret=-202 \"}], \"size\": 0, \"x\": [{\"a\": \"",
    "ret=-203 \u{202e}##[error]x\u{2066} \u{1b}]0;t\u{7} \u{85}\u{2029}##vso[x]y",
];

/// An entry of a report, as the service reads it.
#[derive(Debug)]
struct Read {
    /// The text that the service shows.
    text: String,
    /// The properties of the entry that are no text: names, or levels.
    level: String,
}

/// Returns the reports on a log, and the codes that the JSON report has.
fn reports_on(text: &[u8], name: &str, check: &str) -> ([String; 4], Vec<Value>) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(name), text).unwrap();
    let formats = ["teamcity", "azure", "jenkins", "gitlab"];
    let mut command = binary();
    command.current_dir(&folder).args(["-q", "--color=never", "--report=json=report", check]);
    command.args(formats.map(|format| format!("--report={format}={format}.out"))).args(["--", name]);
    let output = output_of(&mut command, b"");
    assert!(matches!(output.status.code(), Some(0 | 1)), "{output:?}");
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let json: Value = serde_json::from_str(&read("report")).unwrap();
    let codes = ["codes", "unknown"].iter().flat_map(|list| json[list].as_array().unwrap().clone());
    (formats.map(|format| read(&format!("{format}.out"))), codes.collect())
}

/// Returns the service messages of a build log that has the text, without the values of charts.
fn read_teamcity(text: &str) -> Vec<Read> {
    let messages = text.lines().map(|line| {
        assert!(line.chars().all(|char| (' '..='~').contains(&char)), "{line}");
        let inner = line.strip_prefix("##teamcity[").and_then(|line| line.strip_suffix(']')).unwrap();
        assert!(!inner.contains("##"), "{line}");
        let (name, mut rest) = inner.split_once(' ').unwrap();
        let mut values = Vec::new();
        while !rest.is_empty() {
            let (key, behind) = rest.split_once("='").unwrap();
            let (value, behind) = read_value(behind);
            values.push((key.to_owned(), value));
            rest = behind.trim_start_matches(' ');
        }
        (name.to_owned(), values)
    });
    let mut read = Vec::new();
    for (name, values) in messages {
        let keys: Vec<&str> = values.iter().map(|(key, _)| key.as_str()).collect();
        let (level, text) = match (name.as_str(), &keys[..]) {
            ("buildProblem", ["identity", "description"]) => ("problem".to_owned(), &values[1].1),
            ("message", ["text", "status"]) => (values[1].1.clone(), &values[0].1),
            ("buildStatisticValue", ["key", "value"]) => continue,
            other => panic!("{other:?}"),
        };
        read.push(Read { text: text.clone(), level });
    }
    read
}

/// Returns a value of a service message without its escapes, and what follows its closing quote.
fn read_value(text: &str) -> (String, &str) {
    let (mut units, mut chars) = (Vec::new(), text.char_indices());
    while let Some((at, char)) = chars.next() {
        let unit = match char {
            '\'' => return (String::from_utf16(&units).unwrap(), &text[at + 1..]),
            '[' | ']' => panic!("an unescaped {char}: {text}"),
            '|' => match chars.next().unwrap().1 {
                '0' => {
                    assert_eq!(chars.next().unwrap().1, 'x');
                    let digits: String = chars.by_ref().take(4).map(|(_, digit)| digit).collect();
                    u16::from_str_radix(&digits, 16).unwrap()
                }
                other => {
                    assert!("|'[]".contains(other), "{text}");
                    other as u16
                }
            },
            char => char as u16,
        };
        units.push(unit);
    }
    panic!("a value without an end: {text}");
}

/// Returns the issues that an agent of Azure Pipelines finds in a text: it looks for commands anywhere in a line.
fn read_azure(text: &str) -> Vec<Read> {
    let unescaped = |text: &str| {
        let pairs = [("%3B", ";"), ("%0D", "\r"), ("%0A", "\n"), ("%5D", "]"), ("%AZP25", "%")];
        pairs.iter().fold(text.to_owned(), |text, (escape, char)| text.replace(escape, char))
    };
    let read = text.lines().map(|line| {
        assert_eq!(line.matches("##").count(), 1, "{line}");
        let (command, message) = line.strip_prefix("##vso[").unwrap().split_once(']').unwrap();
        let properties = command.strip_prefix("task.logissue ").unwrap().strip_suffix(';').unwrap();
        let properties: Vec<_> = properties.split(';').map(|pair| pair.split_once('=').unwrap()).collect();
        let names: Vec<&str> = properties.iter().map(|(name, _)| *name).collect();
        let all = ["type", "sourcepath", "linenumber", "code"];
        assert!(names == all || names == all[..1], "{line}");
        assert!(["error", "warning"].contains(&properties[0].1), "{line}");
        if names == all {
            assert!(properties[2].1.parse::<u64>().unwrap() > 0 && properties[3].1.parse::<i32>().is_ok());
        }
        Read { text: unescaped(message), level: properties[0].1.to_owned() }
    });
    read.collect()
}

/// Returns the names of the members of an object, in their order.
fn names_of(object: &Value) -> Vec<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

/// Returns the text of a piece of HTML, which must have no elements but those that the report makes.
fn text_of_html(html: &str) -> String {
    let document = format!("<html>{html}</html>");
    let document = roxmltree::Document::parse(&document).unwrap_or_else(|error| panic!("{error}: {html}"));
    let mut elements = document.root_element().descendants().filter(roxmltree::Node::is_element);
    assert!(elements.all(|node| ["html", "p", "code"].contains(&node.tag_name().name())), "{html}");
    assert!(document.root_element().descendants().all(|node| node.attributes().len() == 0), "{html}");
    document.root_element().descendants().filter_map(|node| node.text().filter(|_| node.is_text())).collect()
}

/// Returns the issues of a document for Jenkins, which shows messages and descriptions as HTML.
fn read_jenkins(text: &str) -> Vec<Read> {
    let document: Value = serde_json::from_str(text).unwrap();
    assert_eq!(names_of(&document), ["_class", "issues", "size"]);
    let issues = document["issues"].as_array().unwrap();
    assert_eq!(document["size"], issues.len());
    let read = issues.iter().map(|issue| {
        assert_eq!(issue.as_object().unwrap().len(), 8, "{issue}");
        let parts = ["message", "description"].map(|part| text_of_html(issue[part].as_str().unwrap()));
        Read { text: parts.concat(), level: issue["severity"].as_str().unwrap().to_owned() }
    });
    read.collect()
}

/// Returns the issues of a document for GitLab.
fn read_gitlab(text: &str) -> Vec<Read> {
    let document: Value = serde_json::from_str(text).unwrap();
    let read = document.as_array().unwrap().iter().map(|issue| {
        let names = ["check_name", "description", "fingerprint", "location", "severity"];
        assert_eq!(names_of(issue), names);
        assert!(issue["location"]["lines"]["begin"].as_u64().unwrap() > 0, "{issue}");
        assert!(!issue["location"]["path"].as_str().unwrap().is_empty());
        let text = issue["description"].as_str().unwrap().to_owned();
        Read { text, level: issue["severity"].as_str().unwrap().to_owned() }
    });
    read.collect()
}

/// Checks the reports on a log: as many entries as there are codes and failed checks, each with its text.
fn check(text: &[u8], name: &str) {
    for check in ["--fail-on=any", "--fail-on=any>1000000"] {
        let (reports, codes) = reports_on(text, name, check);
        for report in &reports {
            assert!(!report.contains(acts), "{}", report.escape_debug());
            assert!(report.lines().all(|line| !line.trim_start().starts_with("::")), "{report}");
        }
        let has_failed = check == "--fail-on=any" && !codes.is_empty();
        let shown: Vec<&Value> =
            codes.iter().filter(|code| has_failed || code["severity"] != "success").collect();
        let count = shown.len() + usize::from(has_failed);
        let [teamcity, azure, jenkins, gitlab] = &reports;
        let read = [read_teamcity(teamcity), read_jenkins(jenkins), read_gitlab(gitlab)];
        for entries in &read {
            assert_eq!(entries.len(), count, "{reports:?}");
        }
        let problems = read[0].iter().filter(|entry| entry.level == "problem").count();
        assert_eq!(problems, if has_failed { count } else { 0 });
        let azure = read_azure(azure);
        for level in ["error", "warning"] {
            assert!(azure.iter().filter(|entry| entry.level == level).count() <= 10);
        }
        assert!(azure.len() == count || count > 10, "{azure:?}");
        for code in shown {
            let first = code["first"]["text"].as_str().unwrap();
            let is_plain = !first.contains(acts) && !first.contains("##");
            for entries in read.iter().chain([&azure]).filter(|entries| is_plain && entries.len() == count) {
                assert!(entries.iter().any(|entry| entry.text.ends_with(first)), "{first:?}: {entries:?}");
            }
        }
    }
}

#[test]
fn lines_that_try_to_act_on_services_do_not() {
    for lines in [&LINES[..], &LINES_FOR_SERVICES] {
        check(lines.join("\n").as_bytes(), "a.log");
        for line in lines {
            check(line.as_bytes(), "a.log");
        }
    }
}

#[test]
fn names_that_try_to_act_on_services_do_not() {
    for name in NAMES {
        check(b"ret=-1\nret=-9999", name);
    }
    for name in ["a'] ##teamcity[x 'y'].log", "a;b]##vso[task.complete]c%3B.log", "--fail-on"] {
        check(b"ret=-1\nret=-9999", name);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes_that_are_anything_do_not_act_on_services(log in lines_with_fields("[|'\\[\\];%#:<>&\"{}\\\\ ]{0,30}")) {
        check(&log, "a.log");
    }
}
