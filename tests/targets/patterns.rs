//! A pattern is either refused, or finds the same codes as the regex crate finds line by line.

use super::assert_same;
use super::naive::notes::Style;
use imsdk_annotate::{Annotator, Catalog, Entry, Keys, Pattern};
use regex::bytes::RegexBuilder;
use std::sync::LazyLock;

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    Catalog::of_entries([1, 5, 12, -1, -20, -204].map(|code| Entry::new(code, "meaning")).to_vec())
});

/// Runs the target. The first line of the input is the pattern, the rest is the text.
pub(super) fn run(input: &[u8]) {
    let Some(end) = memchr::memchr(b'\n', input) else { return };
    let (Ok(pattern), text) = (str::from_utf8(&input[..end]), &input[end + 1..]) else { return };
    let parsed = match Pattern::parse(pattern) {
        Ok(parsed) => parsed,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let builder = Annotator::builder().catalog(CATALOG.clone()).patterns(vec![parsed]);
    let annotator = builder.keys(Keys::none()).window_bytes(1).build();
    let annotated = annotator.annotate(text);
    let mut streamed = Vec::new();
    annotator.annotate_stream(text, &mut streamed).unwrap();
    assert_same(&streamed, &annotated, || format!("streamed and whole: {pattern:?}"));
    if memchr::memmem::find(text, b"meaning").is_some() {
        return;
    }
    let regex = RegexBuilder::new(pattern).multi_line(true).crlf(true).build().unwrap();
    let mut style = Style { patterns: vec![&regex], ..Style::new(CATALOG.clone()) };
    style.rules.defaults = false;
    let lines = text.split_inclusive(|&byte| byte == b'\n');
    let expected: Vec<u8> = lines.flat_map(|line| style.annotate_line(line)).collect();
    assert_same(&annotated, &expected, || format!("annotator and twin: {pattern:?}"));
    assert_same(&annotator.annotate(&annotated), &annotated, || format!("twice and once: {pattern:?}"));
}
