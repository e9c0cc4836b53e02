//! `--fields` in JSON and XML that something has escaped: what is added has the form of what stands around it.

use crate::command::annotate;
use crate::notes::show;
use crate::syntax::{EVIL, with_fields};
use serde_json::Value;

const MESSAGE: &str = "<it's> & \"so\" \\ ";
const CATEGORY: &str = "a&<b";

/// Runs a test with the arguments that choose a catalog in which -204 has [`MESSAGE`] and [`CATEGORY`].
fn with_evil_catalog(test: impl Fn(&[&str])) {
    let folder = tempfile::tempdir().unwrap();
    let catalog = folder.path().join("evil.csv");
    std::fs::write(&catalog, EVIL).unwrap();
    test(&["--catalog", catalog.to_str().unwrap()]);
}

/// Returns a text as a string of JSON.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

/// Returns the text of a string of JSON.
fn unquoted(text: &str) -> String {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Asserts that a JSON object has the members that belong to its `ret`.
fn assert_members(json: &str) {
    let value: Value = serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}"));
    assert_eq!(
        (&value["ret_category"], &value["ret_message"]),
        (&CATEGORY.into(), &MESSAGE.trim().into()),
        "{json}"
    );
    assert_eq!(value["b"], "\"\\", "{json}");
}

/// An object with a field, and with strings that hold quotes, backslashes and braces.
const OBJECT: &str = r#"{"a":"}{\"","ret":-204,"b":"\"\\"}"#;

/// A way of writing a text, and the way back.
type Layer = (fn(&str) -> String, fn(&str) -> String);

/// A string of JSON.
const JSON: Layer = (quoted, unquoted);

/// A string of JSON as .NET writes it.
const UNICODE: Layer =
    (|text| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\u0022")), |text| unquoted(text));

/// A string as Python's `repr` writes it.
const REPR: Layer = (
    |text| format!("'{}'", text.replace('\\', "\\\\")),
    |text| text[1..text.len() - 1].replace("\\\\", "\\"),
);

/// A cell of CSV.
const CSV: Layer = (
    |text| format!("\"{}\"", text.replace('"', "\"\"")),
    |text| text[1..text.len() - 1].replace("\"\"", "\""),
);

/// nginx's `escape=default`.
const HEX: Layer = (
    |text| text.replace('\\', "\\x5C").replace('"', "\\x22"),
    |text| text.replace("\\x22", "\"").replace("\\x5C", "\\"),
);

/// Text of XML or HTML.
const XML: Layer = (
    |text| text.replace('&', "&amp;").replace('"', "&quot;"),
    |text| text.replace("&quot;", "\"").replace("&amp;", "&"),
);

/// A part of a URL.
const URL: Layer = (
    |text| {
        text.bytes()
            .map(|byte| {
                if byte.is_ascii_alphanumeric() || byte == b'-' {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            })
            .collect()
    },
    |text| {
        let mut bytes = Vec::new();
        let mut rest = text.as_bytes();
        while let [first, behind @ ..] = rest {
            let decoded = if *first == b'%' {
                u8::from_str_radix(&text[text.len() - behind.len()..][..2], 16).unwrap()
            } else {
                *first
            };
            bytes.push(decoded);
            rest = if *first == b'%' { &behind[2..] } else { behind };
        }
        String::from_utf8(bytes).unwrap()
    },
);

#[test]
fn each_nesting_stays_valid_at_each_level() {
    // Around bare JSON, `repr` cannot be told by the quotes.
    let nestings: [&[Layer]; 17] = [
        &[],
        &[JSON],
        &[JSON, JSON],
        &[JSON, JSON, JSON],
        &[UNICODE],
        &[UNICODE, JSON],
        &[UNICODE, JSON, JSON],
        &[JSON, UNICODE],
        &[JSON, JSON, UNICODE],
        &[JSON, REPR],
        &[JSON, REPR, JSON],
        &[CSV],
        &[HEX],
        &[XML],
        &[JSON, XML],
        &[URL],
        &[JSON, URL],
    ];
    with_evil_catalog(|evil| {
        for (number, layers) in nestings.iter().enumerate() {
            let line = layers.iter().fold(OBJECT.to_owned(), |text, (write, _)| write(&text));
            let patterns = ["--pattern", r"(?<code>-\d+)"];
            for args in [evil.to_vec(), [evil, &patterns].concat()] {
                let annotated = with_fields(&args, &line);
                let object = layers.iter().rev().fold(annotated, |text, (_, read)| read(&text));
                assert_members(&object);
                let without = object.replace(
                    &object[object.find(",\"ret_category").unwrap()..object.find(",\"b\"").unwrap()],
                    "",
                );
                assert_eq!(without, OBJECT, "{number}");
            }
        }
    });
}

#[test]
fn each_number_of_backslashes_is_kept() {
    for count in 0..=8 {
        let quote = format!("{}\"", "\\".repeat(count));
        let line = "x {\"ret\":-1} y".replace('"', &quote);
        let expected =
            r#"x {"ret":-1,"ret_category":"general","ret_message":"failure"} y"#.replace('"', &quote);
        assert_eq!(with_fields(&[], &line), expected);
        // A key that is known by the pattern alone has the same form.
        let [line, expected] = [line, expected].map(|text| text.replace("ret", "status"));
        assert_eq!(with_fields(&["--pattern", r"(?<code>-?\d+)"], &line), expected);
    }
    let deeper = "{\"ret\":-1}".replace('"', "\\\\\\\\\\\\\\\\\\\"");
    assert_eq!(with_fields(&["--pattern", r"(?<code>-?\d+)"], &deeper), deeper);
}

#[test]
fn written_quotes_are_written_alike() {
    for (quote, written) in [
        (r"\u0022", r"\u0022"),
        (r"\\u0022", r"\\u0022"),
        (r"\\\u0022", r"\\\u0022"),
        (r"\x22", r"\x22"),
        (r"\\x22", r"\\x22"),
        ("\"\"", "\"\""),
        ("&quot;", "&quot;"),
        ("&#34;", "&#34;"),
        ("&#x22;", "&#x22;"),
        (r"\&quot;", r"\&quot;"),
    ] {
        let line =
            format!("x {{{quote}ret{quote}:-1, {quote}a{quote}: {{{quote}ret{quote} : {quote}5{quote}}}}} y");
        let note = |category: &str, message: &str| {
            format!(r#","ret_category":"{category}","ret_message":"{message}""#).replace('"', written)
        };
        let expected = line.replace("-1", &format!("-1{}", note("general", "failure")));
        let five = format!("5{quote}");
        let expected = expected.replace(&five, &format!("{five}{}", note("action", "need google authcode")));
        assert_eq!(with_fields(&[], &line), expected);
    }
    for colon in [":", "%3A", "%3a"] {
        for quote in ["%22", "%5C%22", "%5c%22"] {
            let upper = quote.replace('c', "C");
            let expected = format!(
                "?d=%7B{quote}ret{quote}{colon}-1%2C{upper}ret_category{upper}%3A{upper}general{upper}\
                 %2C{upper}ret_message{upper}%3A{upper}failure{upper}%7D&x=1"
            );
            let line = format!("?d=%7B{quote}ret{quote}{colon}-1%7D&x=1");
            assert_eq!(with_fields(&[], &line), expected);
        }
    }
    // No program is known that writes these.
    for line in [r"\u{22}ret\u{22}:-1", r"\042ret\042:-1", r"'ret':-1", r"\'ret\':-1", "&#034;ret&#034;:-1"] {
        assert_eq!(with_fields(&[], line), format!("{line} (general: failure)"));
    }
}

#[test]
fn colors_within_a_field_leave_the_plain_note() {
    let note = " (general: failure)";
    for (before, behind) in [
        ("{\x1b[34;1m\"ret\"\x1b[0m\x1b[1;39m:\x1b[0;39m-1", "\x1b[0m}"),
        ("{\"\x1b[34mret\x1b[0m\":-1", "}"),
        ("{\"\x1b[34mret\":-1", "}"),
        ("{\"a\":\"{\\\"ret\\\"\\u001b[0m:-1", "}\"}"),
        ("\x1b[36mret\x1b[0m=\x1b[35m-1", "\x1b[0m x"),
        ("ret=\x1b[35m-1", "\x1b[0m x"),
        ("ret=\x1b[35m\"-1\"", "\x1b[0m x"),
    ] {
        assert_eq!(with_fields(&[], &format!("{before}{behind}")), format!("{before}{note}{behind}"));
    }
    let members = ",\"ret_category\":\"general\",\"ret_message\":\"failure\"";
    assert_eq!(
        with_fields(&[], "{\x1b[34m\"ret\":-1\x1b[0m}"),
        format!("{{\x1b[34m\"ret\":-1{members}\x1b[0m}}")
    );
    let pair = " ret_category=general ret_message=\"failure\"";
    assert_eq!(with_fields(&[], "\x1b[36mret=-1\x1b[0m"), format!("\x1b[36mret=-1{pair}\x1b[0m"));
}

#[test]
fn new_forms_of_a_field_have_the_notes_of_their_syntax() {
    let (text, pair) = (" (general: failure)", " ret_category=general ret_message=\"failure\"");
    let json = ",\"ret_category\":\"general\",\"ret_message\":\"failure\"";
    for (field, note) in [
        ("ret(-1)", text),
        ("ret[-1]", text),
        ("<ret>-1", text),
        ("&lt;ret&gt;-1", text),
        ("thirdRetCode. -1", text),
        ("ret => -1", text),
        ("ret=>-1", text),
        ("ret=&gt;-1", text),
        ("ret%3D-1", text),
        ("ret：-1", text),
        ("[\"ret\"]=>int(-1)", text),
        ("ret=-1.0", pair),
        ("ret=Some(-1)", pair),
        ("{\"ret\":-1.0", json),
        ("{\"ret\": NumberInt(-1)", json),
    ] {
        let behind = if field.contains("gt;-1") && field.starts_with('&') { "&lt;/ret&gt;" } else { "" };
        let behind = if field.starts_with('<') { "</ret>" } else { behind };
        assert_eq!(with_fields(&[], &format!("{field}{behind}")), format!("{field}{note}{behind}"));
    }
}

#[test]
fn xml_in_xml_stays_well_formed() {
    let unescaped = |text: &str| {
        let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
        text.replace("&apos;", "'").replace("&amp;", "&")
    };
    with_evil_catalog(|evil| {
        for line in [
            "<a>&lt;b&gt;&lt;ret&gt;-204&lt;/ret&gt;&lt;/b&gt;</a>",
            "&lt;ret&gt;-204&lt;/ret&gt;",
            "&lt;b ret=&quot;-204&quot;/&gt;",
            "<a x=\"&lt;b ret=&quot;-204&quot; x=&quot;1&quot;/&gt;\"/>",
            "<ret>-204</ret>",
        ] {
            let annotated = with_fields(evil, line);
            assert_ne!(annotated, line);
            let outer = if line.starts_with('<') { annotated.clone() } else { format!("<a>{annotated}</a>") };
            let parsed = roxmltree::Document::parse(&outer);
            assert!(parsed.is_ok(), "{outer}: {parsed:?}");
            let inner = if line.contains("/a>") {
                annotated.replace("<a>", "").replace("</a>", "")
            } else {
                annotated
            };
            let inner = inner.replace("<a x=\"", "").replace("\"/>", "");
            let inner = if line.contains("&lt;") { unescaped(&inner) } else { inner };
            let parsed = roxmltree::Document::parse(&inner);
            assert!(parsed.is_ok(), "{inner}: {parsed:?}");
        }
    });
}

#[test]
fn blanks_that_a_string_writes_are_blanks() {
    let json = r#",\"ret_category\":\"general\",\"ret_message\":\"failure\""#;
    let line = |note: &str| format!(r#"{{"m":"{{\"ret\"\t:\t -1{note}}}"}}"#);
    assert_eq!(with_fields(&[], &line("")), line(json));
    let line = |note: &str| format!(r#"{{"m":"<a ret\t=\t\"-1\"{note} x=\"1\"/>"}}"#);
    assert_eq!(with_fields(&[], &line("")), line(" ret_category='general' ret_message='failure'"));
}

#[test]
fn the_key_of_the_field_names_the_members() {
    for line in [r"\ret=-1", r"\\ret=-1", r"a\ncode=-1", r"\u0026ret=-1", "%26ret=-1", "\x1b[ret=-1"] {
        for args in [&[][..], &["--pattern", r"=(?<code>-?\d)"]] {
            let key = if line.contains("code") { "code" } else { "ret" };
            let expected = format!("{line} {key}_category=general {key}_message=\"failure\"");
            assert_eq!(with_fields(args, line), expected);
        }
    }
}

#[test]
fn the_second_half_of_a_character_is_no_backslash() {
    // In GBK, the last byte of the word before the quote is that of a backslash.
    let members: &[u8] = b",\"ret_category\":\"general\",\"ret_message\":\"failure\"";
    for (before, note, behind) in [
        (&b"{\"a\":\"\xE9\\\",\"ret\":-1"[..], members, &b"}"[..]),
        (b"{\"a\":\"\xE9\\\",\"m\":\"ret=-1", b" (general: failure)", b" x\"}"),
        (b"{\"\xE9\\\":1,\"ret\":-1", members, b"}"),
    ] {
        let annotated = annotate(&["--fields"], &[before, behind].concat());
        assert_eq!(
            annotated.escape_ascii().to_string(),
            [before, note, behind].concat().escape_ascii().to_string()
        );
        assert_eq!(annotate(&["--fields"], &annotated), annotated);
        assert_eq!(annotate(&["--fields", "--strip"], &annotated), [before, behind].concat());
    }
}

#[test]
fn the_end_of_a_note_changes_no_key_behind_it() {
    // Behind a note of an odd number of bytes, such as that of -204, bytes that are no UTF-8 would have another number of
    // bytes before them: a letter would become half a character, or the other way round.
    let note = " 失败".as_bytes();
    for parts in [
        &[&b"ret=-204\xD6\xECFret=-204 x"[..]][..],
        &[b"ret=-204\xE9Fret=-1", note, b" x"],
        &[b"ret=-1", note, b"\xD6\xECFret=-204 x"],
        &[b"ret=-1", note, b"\xE9Fret=-1", note, b" x"],
        &[b"ret=-1", note, b"\xA3\xACopenid=7 ret=-1", note, b"\xA3\xAC"],
        &[b"ret=-1", note, "，Fret=-1 x".as_bytes()],
    ] {
        let line = parts.iter().copied().filter(|&part| part != note).collect::<Vec<_>>().concat();
        for more in [&[][..], &["--fields"], &["--color=always"], &["--pattern", "x(?<code>-9)"]] {
            let args = [&["--note", " {message}", "--lang", "zh", "--encoding", "none"], more].concat();
            let annotated = annotate(&args, &line);
            if more.is_empty() {
                assert_eq!(show(&annotated), show(&parts.concat()));
            }
            assert_eq!(show(&annotate(&args, &annotated)), show(&annotated));
            assert_eq!(show(&annotate(&[&args[..], &["--strip"]].concat(), &annotated)), show(&line));
        }
    }
}

#[test]
fn text_in_escaped_quotes_gets_no_quotes_of_its_own() {
    let plain = " (auth: user session is failure!)";
    for (before, behind) in [
        (r#"{\"m\":\"ret=-204"#, r#"\"}"#),
        (r"1.2.3.4 - {\x22m\x22:\x22ret=-204", r"\x22} 200"),
        (r"{\u0022m\u0022:\u0022ret=-204", r"\u0022}"),
        ("x {&quot;m&quot;:&quot;ret=-204", "&quot;}"),
        ("<td>{&#34;m&#34;:&#34;ret=-204", "&#34;}</td>"),
        ("b=%7B%22m%22%3A%22ret=-204", "%22%7D"),
        (r#"1,"{""m"":""{\""x\"":\""ret=-204"#, r#"\""}""}",2"#),
        (r#"1,"{""a"":""\"""",""m"":""ret=-204"#, r#"""}",2"#),
    ] {
        let annotated = annotate(&["--fields"], format!("{before}{behind}\n").as_bytes());
        assert_eq!(show(&annotated), show(format!("{before}{plain}{behind}\n").as_bytes()));
    }
    // Quotes that are closed again leave the members.
    for before in [r#"msg="a \"b\" c" ret=-204"#, r"\x22a\x22 ret=-204", r#"path="C:\\" ret=-204"#] {
        let annotated = annotate(&["--fields"], before.as_bytes());
        assert!(annotated.ends_with(b"ret_message=\"user session is failure!\""), "{}", show(&annotated));
    }
}

#[test]
fn json_four_deep_in_unicode_escapes_stays_valid() {
    let backslashes = r"\".repeat(15);
    let line = format!("{{{backslashes}u0022ret{backslashes}u0022:-204}}");
    let mut json = String::from_utf8(annotate(&["--fields"], line.as_bytes())).unwrap();
    assert!(json.contains(&format!("{backslashes}u0022ret_category{backslashes}u0022:")), "{json}");
    for _ in 0..4 {
        json = unquoted(&format!("\"{json}\""));
    }
    let value: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value["ret_category"], "auth", "{json}");
}
