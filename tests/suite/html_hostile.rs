//! --report html on hostile logs, names and catalogs: parsers find no element, attribute or text that is not the page's own.

use crate::command::{binary, output_of};
use crate::hostile::{LINES, lines_with_fields};
use crate::page::{elements, page_of, parse, read_as_html, text};
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

/// Lines that would act in a page.
const TAGS: [&str; 9] = [
    "</script><script>document.title=1337</script><img src=x onerror=\"document.title=1338\"> ret=-718",
    "</code></summary></details></td></tr></table></main><h1>all is well</h1> ret=-719",
    "\" onmouseover=\"alert(1)\" x=\" ' onfocus='alert(1)' autofocus ret=-720",
    "</style><style>*{display:none}</style> ret=-721",
    "<!-- --><![CDATA[ <b>x</b> ]]> <?php ret=-722 ?>",
    "&lt;b&gt; &#60;b&#62; &amp;lt; &nbsp; &notit; ret=-723",
    "<svg onload=alert(1)><a xlink:href=\"javascript:alert(1)\">x</a></svg> ret=-724",
    "</title><meta http-equiv=refresh content=\"0;url=//evil.example\"> ret=-725",
    "<bdi lang=en hidden>x</bdi> <a href=#c-204>-204</a> ret=-726",
];

/// The elements and attributes of a page with all parts that a page can have, from texts that do no harm.
static OWN: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let log = "2026-05-01 10:00:00 ret=-204 a\n2026-05-01 10:01:00 ret=-204 b\nret=-31337\nret=1 c\nret=5 d\nret is -204\n";
    fs::write(folder.path().join("a.log"), log).unwrap();
    fs::write(folder.path().join("accept.txt"), "-204 # known\n-705 until 2020-01-01 # gone\n").unwrap();
    let output =
        output_of(binary().current_dir(&folder).args(["-q", "--report=json=e.json"]), b"ret=-301\nret=-4711");
    assert!(output.status.success());
    let args = [
        "--baseline=e.json",
        "--accept=accept.txt",
        "--fail-on=any>2",
        "--fail-on=any>+20",
        "--expect=any",
        "--fail-on=action",
        "a.log",
        "none.log",
    ];
    let page = page_of(folder.path(), &args, b"");
    for part in [
        "Gone since",
        "Accepted codes",
        "Near misses",
        "Timeline",
        "Look here first",
        "before: ",
        "not decided",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    read_as_html(&page).0.0
});

/// Returns true if a character could act on a reader, as far as a naive reader knows.
fn acts(char: char) -> bool {
    (char.is_control() && char != '\n')
        || "\u{200b}\u{202a}\u{202e}\u{2066}\u{2028}\u{feff}\u{ad}\u{fffe}\u{ffff}".contains(char)
}

/// Returns true if the page shows a text as it is.
fn is_plain(text: &str) -> bool {
    !text.contains(acts) && !text.contains("##") && !text.contains("\\u{")
}

fn check(log: &[u8], name: &str) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(name), log).unwrap();
    let mut command = binary();
    command.current_dir(&folder).args([
        "-q",
        "--report=html=page",
        "--report=json=json",
        "--fail-on=any>1000000",
        name,
    ]);
    let output = output_of(&mut command, b"");
    assert!(output.status.success() && output.stderr.is_empty(), "{}", output.stderr.escape_ascii());
    let page = fs::read_to_string(folder.path().join("page")).unwrap();
    let json: Value = serde_json::from_slice(&fs::read(folder.path().join("json")).unwrap()).unwrap();
    check_page(&page, &json);
}

fn check_page(page: &str, json: &Value) {
    assert!(!page.contains(acts), "{}", page.escape_debug());
    // As HTML: no name that the page has not of itself.
    let (names, html_texts) = read_as_html(page);
    let foreign: Vec<&String> = names.0.difference(&OWN).collect();
    assert!(foreign.is_empty(), "{foreign:?}: {page}");
    // As XML: the same texts, and in each row those of the log alone.
    let document = parse(page);
    let texts = document.descendants().filter(|node| node.is_text()).filter_map(|node| node.text());
    let joined = |texts: Vec<&str>| texts.concat().replace('\n', "");
    assert_eq!(joined(html_texts.iter().map(String::as_str).collect()), joined(texts.collect()));
    let codes: Vec<&Value> =
        ["codes", "unknown"].iter().flat_map(|list| json[list].as_array().unwrap()).collect();
    let rows: Vec<_> = elements(&document, "tr")
        .into_iter()
        .filter(|row| row.attribute("id").is_some_and(|id| id.starts_with('c')))
        .collect();
    assert_eq!(rows.len(), codes.len());
    for code in codes {
        let id = format!("c{}", code["code"]);
        let row = rows.iter().find(|row| row.attribute("id") == Some(&id)).unwrap();
        let lines: Vec<String> =
            row.descendants().filter(|node| node.has_tag_name("code")).map(text).collect();
        let is_one = (&code["first"]["file"], &code["first"]["line"])
            == (&code["last"]["file"], &code["last"]["line"]);
        let places = if is_one { &["first"][..] } else { &["first", "last"] };
        assert_eq!(lines.len(), places.len());
        for (line, place) in lines.iter().zip(places) {
            let expected = code[place]["text"].as_str().unwrap();
            assert!(line == expected || !is_plain(expected), "{line:?}: {expected:?}");
        }
    }
    let headings = elements(&document, "h1");
    assert_eq!(headings.len(), 1);
}

#[test]
fn lines_do_not_act_in_a_page() {
    let lines = [&LINES[..], &TAGS[..]].concat();
    check(lines.join("\n").as_bytes(), "a.log");
    for line in lines {
        check(line.as_bytes(), "a.log");
    }
}

#[test]
fn names_do_not_act_in_a_page() {
    for name in [
        "<img src=x onerror=alert(1)>",
        "a\"><script>alert(1)<%2fscript>",
        "&lt;.log",
        "\x1b[31m\u{202e}<b>.log",
        "a\n<b>",
    ] {
        check(b"ret=-1\nret=-9999\nret=-1", name);
    }
}

#[test]
fn catalogs_checks_and_accepted_codes_do_not_act_in_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let catalog = "code\tmessage\texplanation\tcategory\n-7\t<b>m</b>\u{202e}&amp;'\t</td><td>中\t<i c=d/\n-8\t<u>g\t&lt;\t' onx='\n";
    fs::write(path("c.tsv"), catalog).unwrap();
    fs::write(path("accept.txt"), "-9 # <script>alert(1)</script>\n-7 # \"><img src=x>\n").unwrap();
    fs::write(path("a.log"), "ret=-7 <x>\nret=-7\n").unwrap();
    let output = output_of(
        binary().current_dir(&folder).args(["-q", "--catalog=c.tsv", "--report=json=e.json"]),
        b"ret=-8",
    );
    assert!(output.status.success(), "{}", output.stderr.escape_ascii());
    for lang in ["en", "zh", "both"] {
        let args = [
            "--catalog=c.tsv",
            "--baseline=e.json",
            "--accept=accept.txt",
            "--fail-on=<i c=d/:9",
            "--lang",
            lang,
            "a.log",
        ];
        let page = page_of(folder.path(), &args, b"");
        let (names, texts) = read_as_html(&page);
        assert!(names.0.difference(&OWN).next().is_none(), "{page}");
        assert!(!page.contains(acts));
        let all = texts.concat();
        for text in [
            "<b>m</b>\\u{202e}&amp;'",
            "</td><td>中",
            "<i c=d/",
            "<script>alert(1)</script>",
            "-7 # \"><img src=x>",
            "<u>g",
        ] {
            assert!(all.contains(text), "{text}: {all}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes_that_are_anything_do_not_act_in_a_page(log in lines_with_fields("[<>&\"'/=a-c!\\[\\]#;-]{0,30}")) {
        check(&log, "a.log");
    }
}

/// The data of a page are not in its script, which is the same whatever the log.
#[test]
fn the_script_has_nothing_of_the_log() {
    let script = |log: &[u8]| {
        let page = page_of(Path::new("."), &[], log);
        page.split_once("<script>").unwrap().1.to_owned()
    };
    assert_eq!(script(b"ret=-204 </script>"), script(b""));
}
