//! The forms that the text of a note has in the syntax of a line.

/// Returns all forms of a text, itself among them.
pub(super) fn forms_of(text: &str) -> [String; 4] {
    [text.to_owned(), harmless(text), xml(text), xml(&xml(text))]
}

/// Returns a text that neither ends nor breaks a JSON string.
pub(super) fn harmless(text: &str) -> String {
    text.replace('"', "'").replace('\\', "/").replace('\t', " ")
}

/// Returns a text in the form that it has in XML: in the value of an attribute in quotes of either kind, also within a
/// JSON string, and so with neither quotes nor backslashes; between tags; and in a comment, and so with no two hyphens
/// in a row.
pub(super) fn xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\\' => escaped.push_str("&#92;"),
            '-' if escaped.ends_with('-') => escaped.push_str("&#45;"),
            '\t' => escaped.push(' '),
            _ => escaped.push(char),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_with_a_meaning_are_escaped() {
        assert_eq!(xml("a<b>&\"'\\\t."), "a&lt;b&gt;&amp;&quot;&apos;&#92; .");
        assert_eq!(xml("a-b -- c---"), "a-b -&#45; c-&#45;-");
    }
}
