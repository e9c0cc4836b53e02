//! A reader of the YAML that the recipes of the documents are written in: mappings, lists, blocks behind `|`, quoted and plain
//! texts, which may go on in deeper lines, and lists in brackets. It panics at anything else.

use serde_json::{Map, Value};

/// The lines that are not read yet.
struct Lines {
    lines: Vec<String>,
    at: usize,
}

/// Returns the value of a document.
pub(crate) fn parse(text: &str) -> Value {
    let mut lines = Lines { lines: text.lines().map(str::to_owned).collect(), at: 0 };
    let value = lines.value(0);
    assert_eq!(lines.at, lines.lines.len(), "is not read: {:?}", lines.lines.get(lines.at));
    value
}

impl Lines {
    /// Returns the indentation of the current line, and what stands behind it; `None` at the end.
    fn current(&self) -> Option<(usize, &str)> {
        let line = self.lines.get(self.at)?;
        let content = line.trim_start();
        assert!(!content.is_empty() && !content.contains('\t'), "{line:?}");
        Some((line.len() - content.len(), content))
    }

    /// Reads a mapping or a list whose lines have this indentation.
    fn value(&mut self, indent: usize) -> Value {
        let (found, content) = self.current().expect("a value");
        assert_eq!(found, indent, "{content}");
        if content.starts_with("- ") { self.list(indent) } else { self.mapping(indent) }
    }

    fn list(&mut self, indent: usize) -> Value {
        let mut items = Vec::new();
        while let Some((found, content)) = self.current()
            && found == indent
            && let Some(item) = content.strip_prefix("- ")
        {
            let item = item.to_owned();
            if key_of(&item).is_some() {
                self.lines[self.at] = format!("{}{item}", " ".repeat(indent + 2));
                items.push(self.mapping(indent + 2));
            } else {
                items.push(self.scalar(&item, indent));
            }
        }
        Value::Array(items)
    }

    fn mapping(&mut self, indent: usize) -> Value {
        let mut members = Map::new();
        while let Some((found, content)) = self.current()
            && found == indent
            && !content.starts_with("- ")
        {
            let (key, text) = key_of(content).unwrap_or_else(|| panic!("no key: {content}"));
            let (key, text) = (key.to_owned(), text.to_owned());
            let value = if text.is_empty() {
                self.at += 1;
                let (below, _) = self.current().expect("a value below its key");
                assert!(below > indent, "{key}");
                self.value(below)
            } else {
                self.scalar(&text, indent)
            };
            assert!(members.insert(key.clone(), value).is_none(), "{key} is there twice");
        }
        Value::Object(members)
    }

    /// Reads a text that begins in the current line, and goes on in lines that are deeper.
    fn scalar(&mut self, text: &str, indent: usize) -> Value {
        self.at += 1;
        let mut deeper = Vec::new();
        while let Some(line) = self.lines.get(self.at)
            && line.len() - line.trim_start().len() > indent
        {
            deeper.push(line.clone());
            self.at += 1;
        }
        if text == "|" {
            let start = deeper[0].len() - deeper[0].trim_start().len();
            return deeper.iter().map(|line| format!("{}\n", &line[start..])).collect::<String>().into();
        }
        let text =
            [text].into_iter().chain(deeper.iter().map(|line| line.trim())).collect::<Vec<_>>().join(" ");
        if let Some(items) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
            return items.split(", ").map(Value::from).collect();
        }
        if let Some(text) = text.strip_prefix('\'') {
            return text.strip_suffix('\'').expect("a quote at the end").replace("''", "'").into();
        }
        // In a plain text these would begin something else, or a comment.
        assert!(!text.starts_with(['"', '{', '&', '*', '!', '|', '>', '%', '@', '`']), "{text}");
        assert!(!text.contains(": ") && !text.contains(" #"), "{text}");
        text.into()
    }
}

/// Returns the key at the beginning of a line, and the text behind it; `None` if there is none.
fn key_of(content: &str) -> Option<(&str, &str)> {
    let (key, text) = content.split_once(':')?;
    let is_key = key.chars().all(|char| char.is_ascii_alphanumeric() || "-_".contains(char));
    (is_key && (text.is_empty() || text.starts_with(' '))).then(|| (key, text.trim_start()))
}

#[test]
fn the_forms_of_the_recipes_are_read() {
    let text = "a:\n  - uses: x@1\n    with:\n      path: |\n        b\n          c\n  - 'it''s'\n  - d e\n    f\nlist: [g, h]\n";
    let expected = serde_json::json!({
        "a": [{ "uses": "x@1", "with": { "path": "b\n  c\n" } }, "it's", "d e f"],
        "list": ["g", "h"],
    });
    assert_eq!(parse(text), expected);
}
