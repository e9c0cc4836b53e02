//! Notes within JSON, XML and `key=value`: a well-formed line stays well-formed, and the log's own members win.

use crate::command::annotate;
use crate::notes::show;
use crate::source;
use serde_json::Value;

/// Annotates a line with `--fields`. Annotating twice must be annotating once, and stripping must give the line back.
pub(crate) fn with_fields(args: &[&str], line: &str) -> String {
    let args = [&["--fields"], args].concat();
    let annotated = annotate(&args, line.as_bytes());
    assert_eq!(show(&annotate(&args, &annotated)), show(&annotated), "{line}");
    let strip = [&args[..], &["--strip"]].concat();
    assert_eq!(show(&annotate(&strip, &annotated)), show(line.as_bytes()), "{}", show(&annotated));
    String::from_utf8(annotated).unwrap()
}

const NUMBERS: [&str; 2] = ["--pattern", r"(?<code>-?\d+)"];

#[test]
fn a_tab_in_a_note_does_not_break_a_string() {
    let line = include_str!("../data/found/tab-note.json");
    for note in ["\t{message}", " {message}\t", " a\tb"] {
        let annotated = with_fields(&["--note", note], line);
        assert!(annotated != line && !annotated.contains('\t'), "{annotated}");
        serde_json::from_str::<Value>(&annotated).unwrap();
    }
}

#[test]
fn a_part_of_a_number_gets_no_note() {
    let found = include_str!("../data/found/nested-number.json");
    for line in [
        found,
        r#"{"err": -1.5}"#,
        r#"{"m":"{\"err\": -1e7}"}"#,
        r#"{"m":"{\"err\": -1E+7}"}"#,
        r#"{"m":"[-1,5]"}"#,
        r#"{"m":"{\"a\":[-1]}"}"#,
        &format!("{{\"a\":{}1}}", "7".repeat(70)),
        &format!("{{\"a\":{}-1}}", " ".repeat(300)),
    ] {
        assert_eq!(with_fields(&["--pattern", r"(?<code>-1)"], line), line);
    }
    for (pattern, line) in [
        (r"(?<code>5)", r#"{"m":"{\"err\": -1.5}"}"#),
        (r"(?<code>-204)", r#"{"v":1e-204}"#),
        (r"(?<code>-204)", r#"{"a":"{\"v\":1E-204}"}"#),
        (r"(?<code>4)", r#"{"v":-204}"#),
    ] {
        assert_eq!(with_fields(&["--pattern", pattern], line), line);
    }
    // A sign before the code makes the code no part of a longer number.
    assert_eq!(
        with_fields(&["--pattern", r"(?<code>5)"], r#"{"v":-5}"#),
        r#"{"v":-5,"v_category":"action","v_message":"need google authcode"}"#
    );
    // A full stop behind the code ends a sentence.
    assert_eq!(
        with_fields(&NUMBERS, r#"{"m":"returned -1."}"#),
        r#"{"m":"returned -1 (general: failure)."}"#
    );
    assert_eq!(
        with_fields(&NUMBERS, r#"{"m":"failed [-1] x"}"#),
        r#"{"m":"failed [-1 (general: failure)] x"}"#
    );
}

#[test]
fn the_name_of_a_member_stays() {
    let found = include_str!("../data/found/member-name.json");
    for line in [
        found,
        r#"{"a -204 b" : 0}"#,
        r#"{"m":"{\"-204\": 0}"}"#,
        r#"{"ret=-204":{"x":0}}"#,
        r#"{"m":"{\"ret=-204\" :0}"}"#,
        r#"{"ret=-204 and \"x\"":0}"#,
    ] {
        assert_eq!(with_fields(&["--pattern", r"(?<code>-\d+)"], line), line);
        assert_eq!(with_fields(&[], line), line);
    }
    let line = "\"ret=-204\n\": 3";
    assert!(with_fields(&[], line).starts_with("\"ret=-204 (auth: "), "a line of its own");
}

#[test]
fn a_member_that_the_line_has_is_not_added() {
    let failure = r#""ret_message":"user session is failure!""#;
    for (line, expected) in [
        (
            include_str!("../data/found/dup-member.json").trim_end(),
            format!(r#"{{"ret_category":"x","ret":-204,{failure}}}"#),
        ),
        (r#"{"ret":-204,"ret_category":"x"}"#, format!(r#"{{"ret":-204,{failure},"ret_category":"x"}}"#)),
        (
            r#"{"ret":-204,"ret_message" : "x"}"#,
            r#"{"ret":-204,"ret_category":"auth","ret_message" : "x"}"#.to_owned(),
        ),
        (
            r#"{"ret_message":1,"ret_category":2,"ret":-204}"#,
            r#"{"ret_message":1,"ret_category":2,"ret":-204}"#.to_owned(),
        ),
        (
            r#"{"m":"{\"ret\":-204,\"ret_category\":1}"}"#,
            r#"{"m":"{\"ret\":-204,\"ret_message\":\"user session is failure!\",\"ret_category\":1}"}"#
                .to_owned(),
        ),
        (
            "ret_category=x ret=-204",
            "ret_category=x ret=-204 ret_message=\"user session is failure!\"".to_owned(),
        ),
        (
            "ret=-204 about ret_message, ret_category=x",
            "ret=-204 ret_message=\"user session is failure!\" about ret_message, ret_category=x".to_owned(),
        ),
    ] {
        assert_eq!(with_fields(&[], line), expected);
        // Names in other lines do not count.
        let lines = format!("{line}\n{line}\n");
        assert_eq!(with_fields(&[], &lines), format!("{expected}\n{expected}\n"));
    }
    let two = "{\"ret_message\":1}\n{\"ret\":-1}\n";
    let expected =
        "{\"ret_message\":1}\n{\"ret\":-1,\"ret_category\":\"general\",\"ret_message\":\"failure\"}\n";
    assert_eq!(with_fields(&[], two), expected);
    // In one line, each object gets its own members.
    assert_eq!(
        with_fields(&[], r#"[{"ret":-1},{"ret":-1}]"#),
        r#"[{"ret":-1,"ret_category":"general","ret_message":"failure"},{"ret":-1,"ret_category":"general","ret_message":"failure"}]"#
    );
}

/// A catalog whose messages have characters with a meaning in XML and JSON.
pub(crate) const EVIL: &str =
    "code,message,category\n-204,\"<it's> & \"\"so\"\" \\ \",\"a&<b\"\n-705,it's <b> & \"\"x\"\",c\n";

#[test]
fn xml_stays_well_formed() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = folder.path().join("evil.csv");
    std::fs::write(&catalog, EVIL).unwrap();
    let evil = ["--catalog", catalog.to_str().unwrap()];
    let found = include_str!("../data/found/xml.log").lines().nth(1).unwrap();
    assert_eq!(
        with_fields(&[], found),
        "<testsuite><testcase name=\"login\"><failure code=\"-204\" code_category=\"auth\" \
         code_message=\"user session is failure!\" message=\"ret=-705 (migrate: ConfireCode unavail)\"/></testcase></testsuite>"
    );
    for line in [
        found,
        "<a ret='-204' />",
        "<a ret = '-204' x=\"code: -705\"/>",
        "<a x='code: -705, ret=-204'>ok</a>",
        "<a ret=\"-204\" ret_message=\"mine\"/>",
        "<_a b='>' ret=\"-204\"></_a>",
    ] {
        for args in
            [&evil[..], &[&evil[..], &NUMBERS].concat(), &[&evil[..], &["--note", " <{message}>"]].concat()]
        {
            let annotated = with_fields(args, line);
            let parsed = roxmltree::Document::parse(&annotated);
            assert!(annotated != line && parsed.is_ok(), "{annotated}: {parsed:?}");
        }
    }
    let annotated = with_fields(&evil, "<a ret='-204' />");
    let document = roxmltree::Document::parse(&annotated).unwrap();
    let root = document.root_element();
    assert_eq!(root.attribute("ret_message"), Some("<it's> & \"so\" \\"));
    assert_eq!(root.attribute("ret_category"), Some("a&<b"));
    // In JSON that holds XML, both stay well-formed.
    let annotated = with_fields(&evil, r#"{"x":"<a ret=\"-204\" m=\"ret=-705\"/>"}"#);
    let value: Value = serde_json::from_str(&annotated).unwrap();
    let inner = value["x"].as_str().unwrap();
    assert!(roxmltree::Document::parse(inner).is_ok() && inner.contains("ret_category='a&amp;"), "{inner}");
}

#[test]
fn the_longest_note_that_fits_is_taken_out() {
    let catalog = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/found/empty-expl.csv");
    for fields in [&[][..], &["--fields"]] {
        let args =
            ["--no-builtin", "--catalog", catalog, "--pattern", r"-(?<code>\d)", "--note= {explanation}"];
        let args = [&args[..], fields].concat();
        let annotated = annotate(&args, b"x-1,y\n");
        assert_eq!(show(&annotated), "x-1 one,y\\n");
        assert_eq!(show(&annotate(&args, &annotated)), show(&annotated));
        assert_eq!(show(&annotate(&[&args[..], &["--strip"]].concat(), &annotated)), "x-1,y\\n");
    }
}

#[test]
fn no_object_and_no_tag_gets_a_member_twice() {
    let note = |key: &str| {
        format!(r#""{key}":-204,"{key}_category":"auth","{key}_message":"user session is failure!""#)
    };
    let ret = note("ret");
    for (line, expected) in [
        (r#"{"user ret":-204,"ret":-204}"#, format!(r#"{{"user ret":-204,{ret}}}"#)),
        (r#"{"é_ret":-204,"ret":-204}"#, format!(r#"{{"é_ret":-204,{ret}}}"#)),
        (r#"{"a.ret" : -204}"#, r#"{"a.ret" : -204}"#.to_owned()),
        (r#"{"ret":-204,"ret":-204}"#, format!(r#"{{{ret},"ret":-204}}"#)),
        (
            r#"{"ret":-204,"a":{"ret":-204,"x":"}"},"ret":-204}"#,
            format!(r#"{{{ret},"a":{{{ret},"x":"}}"}},"ret":-204}}"#),
        ),
        (
            r#"{"m":"{\"x ret\":-204,\"ret\":-204,\"ret\":-204}"}"#,
            format!(r#"{{"m":"{{\"x ret\":-204,{},\"ret\":-204}}"}}"#, ret.replace('"', "\\\"")),
        ),
        (r#"{"ret":-204,"ret_\u006dessage":1}"#, r#"{"ret":-204,"ret_\u006dessage":1}"#.to_owned()),
        (
            r#"{"m":"{\"ret\":-204,\"\\u0072et_category\" :1}"}"#,
            r#"{"m":"{\"ret\":-204,\"\\u0072et_category\" :1}"}"#.to_owned(),
        ),
        (r#"{"ret":-204,"a":"\u006d"}"#, format!(r#"{{{ret},"a":"\u006d"}}"#)),
    ] {
        for args in [&[][..], &NUMBERS] {
            assert_eq!(with_fields(args, line), expected);
        }
        let lines = format!("{line}\n{line}\n");
        assert_eq!(with_fields(&[], &lines), format!("{expected}\n{expected}\n"));
    }
    for (line, count) in [
        ("<a n.ret=\"-204\" ret=\"-204\" x=\"1\"/>", 5),
        ("<a x-ret='-204'\tret='-204' />", 4),
        ("<a é_ret='-204' />", 1),
    ] {
        let annotated = with_fields(&[], line);
        let document = roxmltree::Document::parse(&annotated).unwrap();
        assert_eq!(document.root_element().attributes().len(), count, "{annotated}");
    }
    // Text outside of objects and tags has no such rule.
    assert_eq!(
        with_fields(&[], "a.ret=-204"),
        "a.ret=-204 ret_category=auth ret_message=\"user session is failure!\""
    );
}

#[test]
fn members_of_any_number_of_keys_are_told_apart() {
    let names: String = (0..3000).map(|number| format!("k{number}_category=x ")).collect();
    assert_eq!(
        with_fields(&[], &format!("{names}ret=-1")),
        format!("{names}ret=-1 ret_category=general ret_message=\"failure\"")
    );
    assert_eq!(
        with_fields(&[], &format!("{names}ret_category=y ret=-1")),
        format!("{names}ret_category=y ret=-1 ret_message=\"failure\"")
    );
}

#[test]
fn a_member_of_the_line_is_known_behind_any_number_of_blanks() {
    let most = source::MEMBER_BLANKS_MAX.value();
    for count in [0, 1, most - 1, most, most + 1, 2 * most + 100] {
        let own = format!("\"ret_message\"{}:\"x\"", " ".repeat(count));
        assert_eq!(
            with_fields(&[], &format!("{{\"ret\":-204,{own}}}")),
            format!("{{\"ret\":-204,\"ret_category\":\"auth\",{own}}}"),
            "{count}"
        );
    }
}

#[test]
fn json_within_xml_and_comments_stay_well_formed() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = folder.path().join("evil.csv");
    std::fs::write(&catalog, EVIL.replace("so", "so -- ]]> --- so")).unwrap();
    let evil = ["--catalog", catalog.to_str().unwrap()];
    for line in [
        r#"<a x='{"ret":-204}'/>"#,
        r#"<a>{"ret":-204}</a>"#,
        r#"<a x='{"m":"{\"ret\":-204}"}'/>"#,
        r#"<!-- {"ret":-204} --><a/>"#,
        r#"<!-- ret=-204 --><a/>"#,
        r#"<!-- code: -204 --><a/>"#,
        r#"<!-- <b ret="-204" /> --><a/>"#,
    ] {
        let annotated = with_fields(&evil, line);
        let parsed = roxmltree::Document::parse(&annotated);
        assert!(annotated != line && parsed.is_ok(), "{annotated}: {parsed:?}");
    }
    let annotated = with_fields(&evil, r#"<a x='{"ret":-204}'/>"#);
    let document = roxmltree::Document::parse(&annotated).unwrap();
    let json: Value = serde_json::from_str(document.root_element().attribute("x").unwrap()).unwrap();
    assert_eq!(json["ret_message"], "<it's> & \"so -- ]]> --- so\" \\");
}
