//! JUnit reports against the schema that readers have, written here from the documentation of the format: Jenkins' xUnit
//! plugin refuses a file with an attribute or an element that it does not know, and some readers one without times.

use crate::command::{binary, output_of};
use crate::hostile::LINES;
use roxmltree::Node;
use std::fs;
use std::path::Path;

/// An element: its name, the attributes that it must have, those that it may have, and its children in their order.
struct Rule {
    element: &'static str,
    required: &'static [&'static str],
    allowed: &'static [&'static str],
    children: &'static [&'static str],
    has_text: bool,
}

const RULES: [Rule; 6] = [
    Rule {
        element: "testsuites",
        required: &["name", "time", "tests", "failures", "errors"],
        allowed: &[],
        children: &["testsuite"],
        has_text: false,
    },
    Rule {
        element: "testsuite",
        required: &["name", "time", "tests", "failures", "errors"],
        allowed: &["skipped", "disabled", "timestamp", "hostname", "id", "package"],
        children: &["properties", "testcase", "system-out", "system-err"],
        has_text: false,
    },
    Rule {
        element: "testcase",
        required: &["name", "classname", "time"],
        allowed: &["assertions", "status"],
        children: &["skipped", "error", "failure", "system-out", "system-err"],
        has_text: false,
    },
    Rule { element: "failure", required: &["message"], allowed: &["type"], children: &[], has_text: true },
    Rule { element: "error", required: &["message"], allowed: &["type"], children: &[], has_text: true },
    Rule { element: "system-out", required: &[], allowed: &[], children: &[], has_text: true },
];

/// Checks an element and all below it.
fn check_element(node: Node<'_, '_>) {
    let name = node.tag_name().name();
    let rule = RULES.iter().find(|rule| rule.element == name).unwrap_or_else(|| panic!("no element {name}"));
    let attributes: Vec<&str> = node.attributes().map(|attribute| attribute.name()).collect();
    for attribute in &attributes {
        assert!(rule.required.contains(attribute) || rule.allowed.contains(attribute), "{name} {attribute}");
    }
    for attribute in rule.required {
        assert!(attributes.contains(attribute), "{name} has no {attribute}");
    }
    for number in node.attributes().filter(|attribute| {
        ["tests", "failures", "errors", "skipped", "disabled"].contains(&attribute.name())
    }) {
        assert!(number.value().parse::<u32>().is_ok(), "{name}: {number:?}");
    }
    if let Some(time) = node.attribute("time") {
        assert!(time.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'), "{name}: {time}");
        assert!(time.parse::<f64>().is_ok(), "{name}: {time}");
    }
    let children: Vec<Node<'_, '_>> = node.children().filter(Node::is_element).collect();
    let places = children.iter().map(|child| {
        let child = child.tag_name().name();
        rule.children.iter().position(|known| *known == child).unwrap_or_else(|| panic!("{name}: {child}"))
    });
    assert!(places.collect::<Vec<_>>().is_sorted(), "{name}: its children are in another order");
    let is_blank = |text: Node<'_, '_>| text.text().is_none_or(|text| text.trim().is_empty());
    assert!(rule.has_text || node.children().filter(Node::is_text).all(is_blank), "{name} has text");
    children.into_iter().for_each(check_element);
}

/// Checks a report, and that its numbers are those of its cases. Returns the names of the cases, with the element that
/// tells that they have not passed.
fn check(report: &str) -> Vec<(String, Option<&'static str>)> {
    let document = roxmltree::Document::parse(report).unwrap_or_else(|error| panic!("{error}: {report}"));
    let root = document.root_element();
    assert_eq!(root.tag_name().name(), "testsuites");
    check_element(root);
    let cases: Vec<_> = root.descendants().filter(|node| node.has_tag_name("testcase")).collect();
    let cases: Vec<(String, Option<&'static str>)> = cases
        .into_iter()
        .map(|case| {
            let verdict = ["failure", "error"]
                .into_iter()
                .find(|name| case.children().any(|child| child.has_tag_name(*name)));
            (case.attribute("name").unwrap().to_owned(), verdict)
        })
        .collect();
    let suites = root.children().filter(|node| node.has_tag_name("testsuite"));
    for element in suites.chain([root]) {
        let number = |name: &str| element.attribute(name).unwrap().parse::<usize>().unwrap();
        let with = |verdict| cases.iter().filter(|(_, other)| *other == Some(verdict)).count();
        assert_eq!(number("tests"), cases.len());
        assert_eq!((number("failures"), number("errors")), (with("failure"), with("error")));
    }
    assert!(!cases.is_empty(), "readers may take a file without cases for a failure");
    cases
}

/// Returns the cases of the report of a run.
fn cases(folder: &Path, args: &[&str]) -> Vec<(String, Option<&'static str>)> {
    let mut command = binary();
    command.current_dir(folder).args(["-q", "--report=junit=-"]).args(args);
    check(&String::from_utf8(output_of(&mut command, b"").stdout).unwrap())
}

#[test]
fn each_report_keeps_the_schema() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("empty")).unwrap();
    fs::write(folder.path().join("none.log"), "ok\n").unwrap();
    fs::write(folder.path().join("hostile.log"), LINES.join("\n")).unwrap();
    fs::write(folder.path().join("a.log"), "ret=-204\nret=1\niret=-9999\n").unwrap();
    for checks in [
        &[][..],
        &["--fail-on=error"],
        &["--fail-on=friend"],
        &["--expect=friend", "--fail-on=any>9"],
        &["--expect=any", "--fail-on=unknown", "--fail-on=unknown"],
    ] {
        for inputs in [&["a.log"][..], &["none.log"], &["hostile.log"], &["empty"], &["a.log", "nosuch"]] {
            cases(folder.path(), &[checks, inputs].concat());
        }
    }
}

#[test]
fn the_golden_report_keeps_the_schema() {
    check(include_str!("../data/reports/report.xml"));
}

#[test]
fn without_a_check_that_fails_on_codes_each_code_has_a_case_that_passes() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("empty")).unwrap();
    fs::write(folder.path().join("none.log"), "ok\n").unwrap();
    fs::write(folder.path().join("a.log"), "ret=-204\nret=1\niret=-9999\n").unwrap();
    let codes = ["-204 user session is failure!", "-9999 in no catalog", "1 success"];
    let cases = |args: &[&str]| cases(folder.path(), args);
    let passed = |names: &[&str]| names.iter().map(|name| ((*name).to_owned(), None)).collect::<Vec<_>>();
    assert_eq!(cases(&["a.log"]), passed(&codes));
    // A check of `--expect` is no case of a code.
    let expected = [&codes[..], &["--expect error"]].concat();
    assert_eq!(cases(&["a.log", "--expect=error"]), passed(&expected));
    let failed = cases(&["a.log", "--expect=friend"]);
    assert_eq!(failed[0], ("--expect friend".to_owned(), Some("failure")));
    assert_eq!(failed[1..], passed(&codes));
    // With a check, the codes that it selects.
    assert_eq!(cases(&["a.log", "--fail-on=unknown>1"]), passed(&codes[1..2]));
    // No codes, and trouble.
    assert_eq!(cases(&["none.log"]), passed(&["all inputs"]));
    let error = vec![("all inputs".to_owned(), Some("error"))];
    assert_eq!(cases(&["empty"]), error);
    assert_eq!(cases(&["a.log", "nosuch"]), [error, passed(&codes)].concat());
}

#[test]
fn the_schema_refuses_what_readers_refuse() {
    let golden = include_str!("../data/reports/report.xml");
    for (part, other) in [
        ("<testsuites ", "<testsuites skipped=\"0\" "),
        ("<testcase ", "<testcase skipped=\"0\" "),
        (" time=\"0.000\"", ""),
        ("tests=\"5\"", "tests=\"6\""),
        ("<failure ", "<system-out/><failure "),
        ("</testcase>", "x</testcase>"),
    ] {
        let changed = golden.replacen(part, other, 1);
        assert_ne!(changed, golden, "{part}");
        assert!(std::panic::catch_unwind(|| check(&changed)).is_err(), "{part}");
    }
}
