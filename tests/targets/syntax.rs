//! `--fields` with any keys and patterns. JSON and XML only get members, however deeply they are nested; the log's own
//! members win; annotating twice is annotating once; and stripping gives the line back.

use super::assert_same;
use super::options::Options;
use arbitrary::{Result, Unstructured};
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::collections::BTreeSet;
use std::fmt;

/// The greatest depth of a document.
const DEPTH_MAX: usize = 6;

const NAMES: [&str; 17] = [
    "ret",
    "user ret",
    "é_ret",
    "a\"ret",
    "code",
    "iRet",
    "x",
    "err",
    "ret_category",
    "ret_message",
    "code_message",
    "x_category",
    "-204",
    "a -1 b",
    "ret=-204",
    "m:5",
    "0",
];

const NUMBERS: [&str; 10] = ["-204", "5", "-1", "0", "-1.5", "5e3", "-1E+7", "204.25", "1000000", "-9999"];

const TEXTS: [&str; 16] = [
    "",
    "ok",
    "-204",
    "failed with -1.",
    "ret=-204",
    "code: 5, x",
    "a ret=-1, [-204] b",
    "\\",
    "\"ret\":-1",
    "it's <b> & ",
    "[5]",
    "[5, -1]",
    "{'ret': -1}",
    "<a ret=\"-1\" />",
    "<a x='ret=-204' >",
    ": -1",
];

const BLANKS: [&str; 4] = ["", " ", "\t", "  "];

fn pick<'a>(head: &mut Unstructured<'_>, from: &[&'a str]) -> Result<&'a str> {
    head.choose(from).copied()
}

/// Returns a JSON document, whose strings may hold documents, too.
fn json(head: &mut Unstructured<'_>, depth: usize) -> Result<String> {
    let kind = if depth == DEPTH_MAX || head.is_empty() { 0 } else { head.arbitrary::<u8>()? % 7 };
    Ok(match kind {
        0 | 1 => pick(head, &NUMBERS)?.to_owned(),
        2 => quoted(pick(head, &TEXTS)?),
        3 => quoted(&json(head, depth + 1)?),
        4 => quoted(&xml(head)?),
        5 => {
            let mut items = Vec::new();
            for _ in 0..head.int_in_range(0..=3)? {
                items.push(json(head, depth + 1)?);
            }
            format!("[{}{}]", pick(head, &BLANKS)?, items.join(if head.arbitrary()? { "," } else { ", " }))
        }
        _ => {
            let mut members = Vec::new();
            for _ in 0..head.int_in_range(0..=4)? {
                let (name, before, behind) =
                    (pick(head, &NAMES)?, pick(head, &BLANKS)?, pick(head, &BLANKS)?);
                members.push(format!("{}{before}:{behind}{}", quoted(name), json(head, depth + 1)?));
            }
            format!("{{{}}}", members.join(if head.arbitrary()? { "," } else { " , " }))
        }
    })
}

/// Returns an XML element with attributes, text and a child.
fn xml(head: &mut Unstructured<'_>) -> Result<String> {
    let escaped = |text: &str| {
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        text.replace('"', "&quot;").replace('\'', "&apos;")
    };
    let mut tag = "<e".to_owned();
    let mut taken = BTreeSet::new();
    for _ in 0..head.int_in_range(0..=3)? {
        let name =
            pick(head, &["ret", "code", "x", "ret_message", "iRet", "code_category", "n.ret", "x-code"])?;
        let value = if head.arbitrary()? { pick(head, &NUMBERS)? } else { pick(head, &TEXTS)? };
        let (blank, quote) = (pick(head, &BLANKS)?, pick(head, &["\"", "'"])?);
        if taken.insert(name) {
            tag += &format!(" {name}{blank}={quote}{}{quote} ", escaped(value));
        }
    }
    let (text, child) = (escaped(pick(head, &TEXTS)?), if head.arbitrary()? { "<c/>" } else { "" });
    Ok(format!("{tag}>{text}{child}</e>"))
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

/// Reads the members of an object in their order, with members that occur twice.
struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<(String, Box<RawValue>)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(members)
    }
}

fn members_of(text: &str) -> Option<Vec<(String, Box<RawValue>)>> {
    serde_json::Deserializer::from_str(text).deserialize_map(Members).ok()
}

/// Checks that one document is the other with members added at any depth, none of which is in the other or occurs
/// twice, and with notes added to texts in strings.
fn assert_added(annotated: &str, original: &str) {
    if let (Some(members), Some(originals)) = (members_of(annotated), members_of(original)) {
        let mut taken: BTreeSet<&str> = originals.iter().map(|(name, _)| &name[..]).collect();
        let mut rest = originals.iter();
        let mut next = rest.next();
        for (name, value) in &members {
            match next {
                Some((original_name, original_value)) if name == original_name => {
                    assert_added(value.get(), original_value.get());
                    next = rest.next();
                }
                _ => {
                    let is_note = name.ends_with("_category") || name.ends_with("_message");
                    assert!(is_note && taken.insert(name), "{name} in {annotated}\nof {original}");
                }
            }
        }
        assert!(next.is_none(), "{annotated}\nof {original}");
        return;
    }
    let items = |text: &str| serde_json::from_str::<Vec<Box<RawValue>>>(text).ok();
    if let (Some(found), Some(originals)) = (items(annotated), items(original)) {
        assert_eq!(found.len(), originals.len(), "{annotated}\nof {original}");
        for (found, original) in found.iter().zip(&originals) {
            assert_added(found.get(), original.get());
        }
        return;
    }
    let string = |text: &str| serde_json::from_str::<String>(text).ok();
    if let (Some(found), Some(original)) = (string(annotated), string(original)) {
        let holds_more =
            original.starts_with(['{', '[']) && serde_json::from_str::<&RawValue>(&original).is_ok();
        if holds_more {
            assert!(serde_json::from_str::<&RawValue>(&found).is_ok(), "{found}\nof {original}");
            assert_added(&found, &original);
        }
        return;
    }
    assert_eq!(annotated, original);
}

/// Runs the target. The first bytes of the input choose the options and the document.
pub(super) fn run(input: &[u8]) {
    let Some((mut options, rest)) = Options::read(input) else { return };
    (options.as_fields, options.lines) = (true, None);
    let mut head = Unstructured::new(&rest);
    let is_json = head.arbitrary().unwrap_or(true);
    let Ok(text) = (if is_json { json(&mut head, 0) } else { xml(&mut head) }) else { return };
    let builder = options.builder().window_bytes(options.window_bytes);
    let annotated = builder.clone().build().annotate(text.as_bytes());
    if !options.has_fields_in_notes() {
        let annotated = std::str::from_utf8(&annotated).unwrap();
        if is_json {
            assert!(
                serde_json::from_str::<&RawValue>(annotated).is_ok(),
                "{annotated}\nof {text}\n{options:?}"
            );
            assert_added(annotated, &text);
        } else {
            let parsed = roxmltree::Document::parse(annotated);
            assert!(parsed.is_ok(), "{annotated}\nof {text}\n{parsed:?} {options:?}");
        }
    }
    let strip = builder.clone().strip(true).build();
    if options.has_fields_in_notes() || strip.annotate(text.as_bytes()) != text.as_bytes() {
        return;
    }
    let twice = builder.build().annotate(&annotated);
    assert_same(&twice, &annotated, || format!("twice and once: {text} {options:?}"));
    assert_same(&strip.annotate(&annotated), text.as_bytes(), || format!("stripped: {text} {options:?}"));
}
