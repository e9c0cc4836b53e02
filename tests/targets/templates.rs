//! A template is either refused or written as it says. A key is either refused or recognised.

use super::assert_same;
use super::naive::notes::Style;
use imsdk_annotate::{Annotator, Catalog, Entry, Keys, Language, Template};
use std::sync::LazyLock;

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    let entry = |code, message: &str| Entry::new(code, message).with_explanation("说明 \"x\\");
    Catalog::of_entries(vec![entry(-204, "a {code} \\ b"), entry(5, "5"), entry(-1, "失败")])
});

/// Runs the target. The first byte chooses the language and the form, the first line is the template, the second a key.
pub(super) fn run(input: &[u8]) {
    let Some((&flags, text)) = input.split_first() else { return };
    let text = String::from_utf8_lossy(text);
    let (template, key) = text.split_once('\n').unwrap_or((&text, "ret"));
    let language = [Language::English, Language::Chinese, Language::Both][usize::from(flags % 3)];
    let as_fields = flags & 64 == 64;
    let mut keys = Keys::none();
    if let Err(error) = keys.add(key) {
        assert!(!error.to_string().is_empty());
        let is_identifier = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        assert!(key.len() > 32 || !is_identifier || key.bytes().all(|byte| byte == b'_'), "{key:?}");
        return;
    }
    let parsed = match Template::parse(template) {
        Ok(parsed) => parsed,
        Err(error) => return assert!(!error.to_string().contains(char::is_control), "{template:?} {error}"),
    };
    let builder = Annotator::builder().catalog(CATALOG.clone()).keys(keys).note(parsed).language(language);
    let builder = builder.as_fields(as_fields);
    let (annotator, strip) = (builder.clone().build(), builder.clone().strip(true).build());
    let colored = builder.color(true).build();
    let style = Style { template, language, as_fields, ..Style::new(CATALOG.clone()) };
    for entry in CATALOG.entries() {
        // The bracket form is the one form of a field that never has members.
        let code = entry.code();
        let line = if code < 0 { format!("{key}[{code}]") } else { format!("{key}: {code}") };
        let annotated = annotator.annotate(line.as_bytes());
        let expected = line.clone() + &style.rendered(entry);
        let what = || format!("{template:?} {key:?}");
        assert_same(&annotated, expected.as_bytes(), what);
        for annotated in [annotated, colored.annotate(line.as_bytes())] {
            assert_same(&annotator.annotate(&annotated), &annotated, what);
            assert_same(&strip.annotate(&annotated), line.as_bytes(), what);
        }
    }
}
