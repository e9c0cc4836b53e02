//! The form of notes: templates, languages, fields in the line's own syntax, and stripping.

use crate::command::{annotate, binary, output_of};
use crate::properties::{Halting, text};
use imsdk_annotate::{
    Annotator, AnnotatorBuilder, Catalog, Category, Entry, Keys, Language, Pattern, Template,
};
use proptest::prelude::*;

const TEMPLATES: [&str; 8] = [
    " ({category}: {message})",
    "",
    " {message}",
    " [{code}] {message} ret",
    "\t<{explanation}> exit",
    "<\"{severity}\"> {{{message}}}",
    " {message} \\",
    " // ret={code}",
];

/// Patterns that match next to notes, in notes, across the places of notes, and in fields of keys.
const PATTERNS: [&str; 10] = [
    r"(?<code>-?\d+)",
    r"(?<code>\d)",
    r"exit *(?<code>-?\d+)",
    r"\) ?(?<code>\d+)",
    r"(?<code>-?\d+) \w+=(-?\d+)",
    r"^(?<code>-?\d+)",
    r"(?<code>-?\d+)[^\w\n]?$",
    r"\w(?<code>-?\d{1,2})",
    r"[^\n]*=(?<code>-?\d+)",
    r"-(?<code>\d+)",
];

/// Returns a catalog whose messages hold fields, quotes, and words that make a `code` behind them another kind of code.
fn evil_catalog() -> Catalog {
    let entry = |code, message: &'static str| Entry::new(code, message).with_explanation("说明 ret=-1 \"");
    Catalog::builtin().overlaid(vec![
        entry(-204, "see ret=-1 and \"code\":5, \\\"ret\\\":-204"),
        entry(-1, "5\" of \\ Domain=x exit"),
        entry(5, "ret=-1").with_category(Category::named("a b=\"c\"").unwrap()),
    ])
}

#[derive(Clone, Debug)]
struct Options {
    template: &'static str,
    language: Language,
    color: bool,
    fields: bool,
    strict: bool,
    evil: bool,
    patterns: Vec<&'static str>,
    key: Option<&'static str>,
}

impl Options {
    fn builder(&self) -> AnnotatorBuilder {
        let mut keys = Keys::default();
        self.key.iter().for_each(|key| keys.add(key).unwrap());
        Annotator::builder()
            .keys(keys)
            .patterns(self.patterns.iter().map(|pattern| Pattern::parse(pattern).unwrap()).collect())
            .note(Template::parse(self.template).unwrap())
            .language(self.language)
            .color(self.color)
            .as_fields(self.fields)
            .strict(self.strict)
            .catalog(if self.evil { evil_catalog() } else { Catalog::builtin() })
    }
}

fn options() -> impl Strategy<Value = Options> {
    let languages = vec![Language::English, Language::Chinese, Language::Both];
    let patterns = prop_oneof![
        2 => Just(Vec::new()),
        3 => prop::collection::vec(prop::sample::select(&PATTERNS[..]), 1..3),
    ];
    let key = prop::option::of(prop::sample::select(vec!["x", "Domain", "exit", "code", "n_o"]));
    let choices = (prop::sample::select(&TEMPLATES[..]), prop::sample::select(languages), patterns, key);
    let flags = any::<[bool; 4]>();
    (choices, flags).prop_map(|((template, language, patterns, key), [color, fields, strict, evil])| {
        // A message that is itself a field, right behind the number of a pattern, is taken for the note of that field.
        let evil = evil && (patterns.is_empty() || !fields);
        Options { patterns, key, template, language, color, fields, strict, evil }
    })
}

/// Returns texts with more quotes and colours than logs have.
fn quoted_text() -> impl Strategy<Value = Text> {
    let pieces: [&[u8]; 24] = [
        b"\"",
        b"\"",
        b"\\",
        b"\\\"",
        b"\"ret\":-204",
        b"\\\"ret\\\":-204",
        b"\"code\" : \"5\"",
        b"ret=-1",
        b"ret=-1 ",
        b"iret=5 ",
        b"code=-204",
        b" code=5",
        b"Domain=",
        b" exit",
        b"{",
        b"}",
        b",",
        b"\n",
        b"\x1b[31m",
        b"\x1b[1;44m",
        b"\x1b[0m",
        b"\x1b[m",
        b"retCode[-1]",
        b"  ",
    ];
    let pieces = prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..30);
    prop_oneof![pieces.prop_map(|pieces| pieces.concat()), text()].prop_map(Text)
}

/// A text whose `Debug` form is readable where a test fails.
#[derive(Clone)]
struct Text(Vec<u8>);

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&show(&self.0))
    }
}

fn has(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

pub(crate) fn show(text: &[u8]) -> String {
    text.escape_ascii().to_string()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn twice_is_once_whatever_notes_say(Text(text) in quoted_text(), options in options()) {
        let annotator = options.builder().build();
        let once = annotator.annotate(&text);
        prop_assert_eq!(show(&annotator.annotate(&once)), show(&once));
    }

    #[test]
    fn stripping_takes_out_what_annotating_wrote(Text(text) in quoted_text(), options in options()) {
        let strip = options.builder().strip(true).build();
        prop_assume!(strip.annotate(&text) == text);
        // A pattern may match a part of a number that has its note.
        prop_assume!(options.patterns.is_empty() || ![&b" (auth"[..], b" (gen"].iter().any(|note| has(&text, note)));
        let annotated = options.builder().build().annotate(&text);
        prop_assert_eq!(show(&strip.annotate(&annotated)), show(&text), "{}", show(&annotated));
    }

    #[test]
    fn buffers_and_reads_make_no_difference_to_any_notes(
        text in prop::collection::vec(quoted_text(), 1..6),
        options in options(),
        window_bytes in 1..600_usize,
        sizes in prop::collection::vec(1..300_usize, 1..5),
    ) {
        let text = text.into_iter().map(|Text(text)| text).collect::<Vec<_>>().concat();
        let annotated = options.builder().build().annotate(&text);
        for (text, strip) in [(&text, false), (&annotated, true)] {
            let annotator = options.builder().strip(strip).window_bytes(window_bytes).build();
            let mut written = Vec::new();
            let source = Halting { text, sizes: sizes.clone(), reads: 0 };
            annotator.annotate_stream(source, &mut written).unwrap();
            prop_assert_eq!(show(&written), show(&annotator.annotate(text)));
        }
    }
}

mod json {
    use super::*;
    use serde::de::{Deserializer, MapAccess, Visitor};
    use serde_json::value::RawValue;

    /// Returns JSON documents with fields at any depth, also within strings that hold JSON.
    fn document() -> impl Strategy<Value = String> {
        let leaf = prop::sample::select(vec![
            "-204",
            "-1",
            "5",
            "1.50",
            "-2.0e3",
            "null",
            "true",
            "\"-204\"",
            "\"5\"",
            "\"x\"",
            "\"ret=-204\"",
            "\"a ret=-1, code: 5 b\"",
            "\"{'ret': -1}\"",
            "\"iret=\\\"-1\\\"\"",
            "\"code:\"",
            "\"\\\\\"",
            "\"ret=-1\\\\\"",
            "\"\\u0022ret=5\"",
        ]);
        let leaf = leaf.prop_map(str::to_owned);
        leaf.prop_recursive(5, 40, 6, |inner| {
            let key = prop::sample::select(vec![
                "ret", "code", "retCode", "a", "my ret", "x=code", "err_code", "$ret",
            ]);
            let colon = prop::sample::select(vec![":", ": ", " : "]);
            let member = (key, colon, inner.clone())
                .prop_map(|(key, colon, value)| format!("\"{key}\"{colon}{value}"));
            let comma = prop::sample::select(vec![",", ", "]);
            prop_oneof![
                (prop::collection::vec(member, 0..6), comma.clone())
                    .prop_map(|(members, comma)| format!("{{{}}}", members.join(comma))),
                (prop::collection::vec(inner.clone(), 0..4), comma)
                    .prop_map(|(items, comma)| format!("[{}]", items.join(comma))),
                inner.prop_map(|inner| serde_json::to_string(&inner).unwrap()),
            ]
        })
    }

    fn pattern() -> impl Strategy<Value = &'static str> {
        prop::sample::select(vec![
            r"(?<code>-?\d+)",
            r"(?<code>\d)",
            r#"" *: *(?<code>-?\d+)"#,
            r"[\[,] *(?<code>-?\d+)",
            r"^(?<code>-?\d+)",
        ])
    }

    struct Members;

    impl<'de> Visitor<'de> for Members {
        type Value = Vec<(String, Box<RawValue>)>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut members = Vec::new();
            while let Some(member) = map.next_entry()? {
                members.push(member);
            }
            Ok(members)
        }
    }

    /// Returns a JSON document without the added members and notes, with its numbers as they were written.
    fn without_notes(text: &str) -> String {
        if let Ok(members) = serde_json::Deserializer::from_str(text).deserialize_map(Members) {
            let members = members
                .into_iter()
                .filter(|(key, _)| !key.ends_with("_category") && !key.ends_with("_message"));
            let members = members.map(|(key, value)| format!("{key:?}:{}", without_notes(value.get())));
            return format!("{{{}}}", members.collect::<Vec<_>>().join(","));
        }
        if let Ok(items) = serde_json::from_str::<Vec<Box<RawValue>>>(text) {
            let items = items.iter().map(|item| without_notes(item.get()));
            return format!("[{}]", items.collect::<Vec<_>>().join(","));
        }
        match serde_json::from_str::<String>(text) {
            Ok(inner) if serde_json::from_str::<&RawValue>(&inner).is_ok() => {
                format!("string of {}", without_notes(&inner))
            }
            Ok(inner) => {
                let mut inner = inner;
                for note in [
                    " (auth: user session is failure!)",
                    " (general: failure)",
                    " (action: need google authcode)",
                ] {
                    inner = inner.replace(note, "");
                }
                format!("string {inner}")
            }
            Err(_) => text.to_owned(),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn stays_valid_with_all_it_had(document in document(), evil: bool, patterns in prop::collection::vec(pattern(), 0..2)) {
            serde_json::from_str::<&RawValue>(&document).unwrap();
            let catalog = if evil { evil_catalog() } else { Catalog::builtin() };
            let has_patterns = !patterns.is_empty();
            let patterns = patterns.into_iter().map(|pattern| Pattern::parse(pattern).unwrap()).collect();
            let annotator =
                Annotator::builder().as_fields(true).color(true).catalog(catalog).patterns(patterns).build();
            let annotated = String::from_utf8(annotator.annotate(document.as_bytes())).unwrap();
            let parsed = serde_json::from_str::<&RawValue>(&annotated);
            prop_assert!(parsed.is_ok(), "{document}\n{annotated}\n{parsed:?}");
            if !evil && !has_patterns {
                prop_assert_eq!(without_notes(&annotated), without_notes(&document));
            }
        }
    }

    #[test]
    fn members_are_what_the_catalog_says() {
        let annotator = Annotator::builder().as_fields(true).catalog(evil_catalog()).build();
        let annotated = annotator.annotate(br#"{"a":"{\"ret\":-204}","code":5}"#);
        let value: serde_json::Value = serde_json::from_slice(&annotated).unwrap();
        let inner: serde_json::Value = serde_json::from_str(value["a"].as_str().unwrap()).unwrap();
        assert_eq!(inner["ret_message"], "see ret=-1 and \"code\":5, \\\"ret\\\":-204");
        assert_eq!(
            (&value["code_category"], &value["code_message"]),
            (&"a b=\"c\"".into(), &"ret=-1".into())
        );
    }
}

#[test]
fn each_option_through_the_binary() {
    let log = "{\"ret\":-1,\"x\":\"ret=-1\"} ret=-1 openid=7 'code': -1 ret=\"-1\"\n";
    for (args, expected) in [
        (
            &["--fields"][..],
            "{\"ret\":-1,\"ret_category\":\"general\",\"ret_message\":\"failure\",\"x\":\"ret=-1 (general: failure)\"} \
             ret=-1 ret_category=general ret_message=\"failure\" openid=7 'code': -1 (general: failure) \
             ret=\"-1\" ret_category=general ret_message=\"failure\"\n",
        ),
        (
            &["--lang", "zh", "--note", " [{severity} {code} {category} {message} {explanation} {{}}]"],
            "{\"ret\":-1 [error -1 通用失败 失败 失败 {}],\"x\":\"ret=-1 [error -1 通用失败 失败 失败 {}]\"} \
             ret=-1 [error -1 通用失败 失败 失败 {}] openid=7 'code': -1 [error -1 通用失败 失败 失败 {}] \
             ret=\"-1\" [error -1 通用失败 失败 失败 {}]\n",
        ),
        (&["--note", ""], log),
    ] {
        let annotated = annotate(args, log.as_bytes());
        assert_eq!(String::from_utf8_lossy(&annotated), expected);
        assert_eq!(annotate(args, &annotated), annotated);
        let strip = [args, &["--strip"]].concat();
        assert_eq!(String::from_utf8_lossy(&annotate(&strip, &annotated)), log);
    }
}

#[test]
fn notes_are_taken_out_of_chosen_lines_and_with_several_threads() {
    let log = "ret=-1 a\nret=5 b\nplain\n".repeat(100_000);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("annotated.log");
    std::fs::write(&path, annotate(&["--color=always"], log.as_bytes())).unwrap();
    let path = path.to_str().unwrap();
    for threads in ["-j1", "-j3"] {
        assert!(annotate(&["--strip", threads, path], b"") == log.as_bytes());
    }
    let chosen = annotate(&["--strip", "--only", "error", path], b"");
    assert!(chosen == "ret=-1 a\n".repeat(100_000).as_bytes());
}

#[test]
fn templates_that_are_none_are_refused() {
    for (template, expected) in [
        (" {mesage}", "there is no {mesage}; there are {code} {category} {severity} {message} {explanation}"),
        (" {message}\nx", "has a \\n in it; a note is a part of its line"),
        ("{message}", "begin with a blank or an opening bracket: ' {message}'"),
        ("]", "begins with ], which closes a field; begin with a blank or an opening bracket: ' {message}'"),
        ("'{message}'", "begins with ', which closes a field"),
        (" {", "a { stands alone"),
    ] {
        let output = output_of(binary().args(["--note", template]), b"ret=-1\n");
        assert_eq!((output.status.code(), output.stdout), (Some(2), Vec::new()));
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(stderr.contains(expected), "{template}: {stderr}");
    }
}

#[test]
fn codes_of_patterns_are_members_where_their_keys_are_quoted() {
    let args = ["--fields", "--pattern", r"(?<code>-?\d+)"];
    for (line, expected) in [
        (r#"{"status":-1}"#, r#"{"status":-1,"status_category":"general","status_message":"failure"}"#),
        (
            r#"{"a":"{\"status\": -1}"}"#,
            r#"{"a":"{\"status\": -1,\"status_category\":\"general\",\"status_message\":\"failure\"}"}"#,
        ),
        (r#"["failed with -1", -1]"#, r#"["failed with -1 (general: failure)", -1]"#),
        ("failed: -1, -1", "failed: -1 (general: failure), -1"),
    ] {
        let annotated = annotate(&args, line.as_bytes());
        assert_eq!(String::from_utf8_lossy(&annotated), expected);
        let strip = [&args[..], &["--strip"]].concat();
        assert_eq!(String::from_utf8_lossy(&annotate(&strip, &annotated)), line);
    }
}
