//! Catalogs as JSON: an array of objects, or an object whose names are codes.

use super::LineCounter;
use super::row::{CatalogRow, Column, Rows};
use crate::catalog::shown;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// The members of an object in their order, with duplicates. The names and values are slices of the text, so that their
/// lines can be computed.
struct Object<'a>(Vec<(&'a RawValue, &'a RawValue)>);

/// Reads a document, and adds its objects to `rows` or refuses them.
pub(super) fn read(text: &str, rows: &mut Rows) {
    let read =
        if text.trim_start().starts_with('{') { read_object(text, rows) } else { read_array(text, rows) };
    if let Err(error) = read {
        rows.refuse(
            u64::try_from(error.line().max(1)).unwrap_or(u64::MAX),
            format!("the text is no catalog in JSON: {error}"),
        );
    }
}

/// Reads an array of objects. Fails where the text is no array in JSON.
fn read_array(text: &str, rows: &mut Rows) -> serde_json::Result<()> {
    let values: Vec<&RawValue> = serde_json::from_str(text)?;
    let mut lines = LineCounter::new(text);
    for value in values {
        let line = lines.line_of(place_of(value, text));
        match row(value) {
            Ok(row) => rows.add(line, &row),
            Err(reason) => rows.refuse(line, reason),
        }
    }
    Ok(())
}

/// Reads an object whose names are codes. Fails where the text is no object in JSON.
fn read_object(text: &str, rows: &mut Rows) -> serde_json::Result<()> {
    let Object(members) = serde_json::from_str(text)?;
    let mut lines = LineCounter::new(text);
    for (key, value) in members {
        let line = lines.line_of(place_of(key, text));
        match string(key).and_then(|code| row_with_code(code, value)) {
            Ok(row) => rows.add(line, &row),
            Err(reason) => rows.refuse(line, reason),
        }
    }
    Ok(())
}

/// Returns the byte offset in `text` at which `value` begins. The value must be a slice of the text.
fn place_of(value: &RawValue, text: &str) -> usize {
    value.get().as_ptr() as usize - text.as_ptr() as usize
}

/// Returns the row of a member of an object by code, whose value is an object or just the message. Fails with the
/// reason why the member is no row.
fn row_with_code<'a>(code: Cow<'a, str>, value: &'a RawValue) -> Result<CatalogRow<'a>, String> {
    let mut row = match value.get().as_bytes() {
        [b'"', ..] => {
            let mut row = CatalogRow::default();
            row.set(Column::Message, string(value)?);
            row
        }
        [b'{', ..] => row(value)?,
        _ => return Err(format!("{}: the value is neither an object nor a message", shown(&code))),
    };
    let own_code = row.get(Column::Code);
    if !own_code.is_empty() && own_code != code.trim() {
        return Err(format!("{}: its object has another code, {}", shown(&code), shown(own_code)));
    }
    row.set(Column::Code, code);
    Ok(row)
}

/// Returns the row of an object, without members that are `null` or name no column. Fails with the reason why the value
/// is no row.
fn row(value: &RawValue) -> Result<CatalogRow<'_>, String> {
    if !value.get().starts_with('{') {
        return Err(format!("{} is no object", shown(value.get())));
    }
    let Object(members) = serde_json::from_str(value.get()).map_err(|error| error.to_string())?;
    let mut row = CatalogRow::default();
    let mut seen = Vec::new();
    for (name, value) in members {
        let Some(column) = Column::named(&string(name)?) else {
            continue;
        };
        if seen.contains(&column) {
            return Err(format!("the object has the {} twice", column.name()));
        }
        seen.push(column);
        match value.get().as_bytes() {
            b"null" => {}
            [b'"', ..] => row.set(column, string(value)?),
            // Numbers that are no integers are refused later, with the codes of other formats.
            [b'-' | b'0'..=b'9', ..] if column == Column::Code => row.set(column, value.get()),
            _ => return Err(format!("the {} is no text: {}", column.name(), shown(value.get()))),
        }
    }
    Ok(row)
}

/// Returns the text of a JSON string, without its quotes and escapes. Fails with a message where an escape is invalid.
fn string(value: &RawValue) -> Result<Cow<'_, str>, String> {
    let quoted = value.get();
    match quoted.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        Some(text) if !text.contains('\\') => Ok(text.into()),
        _ => serde_json::from_str::<String>(quoted)
            .map(Into::into)
            .map_err(|_| format!("{} has an escape that means nothing", shown(quoted))),
    }
}

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct CodesVisitor;

        impl<'de> Visitor<'de> for CodesVisitor {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Object(members))
            }
        }

        deserializer.deserialize_map(CodesVisitor)
    }
}

#[cfg(test)]
mod tests {
    use crate::Entry;
    use crate::Severity;
    use crate::catalog::load::{BadRow, CatalogError, CatalogFormat};

    fn parse(text: &str) -> Result<Vec<Entry>, Vec<String>> {
        let bad_rows = |error: CatalogError| error.bad_rows().iter().map(BadRow::to_string).collect();
        CatalogFormat::Json.parse(text.as_bytes()).map_err(bad_rows)
    }

    #[test]
    fn arrays_and_objects_by_code_are_read() {
        let expected = vec![
            Entry::new(-1, "a\"b 好").with_severity(Severity::Action),
            Entry::new(2, "x").with_explanation("y"),
        ];
        let array = r#"[{"code": -1, "message": "a\"b \u597d", "severity": "action", "note": [1, {}], "category": null},
                        {"explanation": "y", "CODE": "2", "message": "x"}]"#;
        assert_eq!(parse(array), Ok(expected.clone()));
        let object = r#" {"-1": {"message": "a\"b 好", "severity": "action", "code": -1},
                         "\u0032": {"message": "x", "explanation": "y", "code": null}}"#;
        assert_eq!(parse(object), Ok(expected));
        assert_eq!(parse(r#"{"-1": "a"}"#), Ok(vec![Entry::new(-1, "a")]));
    }

    #[test]
    fn bad_rows_have_their_lines() {
        let text = "[\n5,\n{\"message\":\"x\"},\n{\"code\":1.5,\"message\":\"x\"},\n{\n\"code\":1,\n\"message\":2\n},\
                    {\"code\":[]},\r\n\r\n{\"code\":1,\"message\":\"x\",\"code\":2},\n{\"code\":7,\"message\":\"\\ud800\"},\n\
                    {\"code\":8,\"message\":\"\\n.\\u0007.\"},{\"code\":9,\"message\":\"x\"},\n{\"code\":9,\"message\":\"x\"}]";
        let expected = [
            "2: \"5\" is no object",
            "3: the code is missing",
            "4: \"1.5\" is no code: write 1 to 9 digits, and - before them if it is negative",
            "5: the message is no text: \"2\"",
            "8: the code is no text: \"[]\"",
            "10: the object has the code twice",
            "11: \"\\\"\\\\ud800\\\"\" has an escape that means nothing",
            "12: 8: the message has the control character \\u{7}",
            "13: 9 is there already, in line 12",
        ];
        assert_eq!(parse(text).unwrap_err(), expected);
    }

    #[test]
    fn keys_are_there_once() {
        let text = "{\"1\": \"a\",\n\"1\": \"b\",\n\"x\":\n\n\"c\",\n\"2\": 5, \"3\": {\"message\": \"y\", \"code\": 4},\n\"01\": \"d\"}";
        let expected = [
            "2: 1 is there already, in line 1",
            "3: \"x\" is no code: write 1 to 9 digits, and - before them if it is negative",
            "6: \"2\": the value is neither an object nor a message",
            "6: \"3\": its object has another code, \"4\"",
            "7: 1 is there already, in line 1",
        ];
        assert_eq!(parse(text).unwrap_err(), expected);
    }

    #[test]
    fn what_is_no_json_is_refused_with_the_line() {
        for (text, expected) in [
            ("", "1: the text is no catalog in JSON: EOF while parsing a value at line 1 column 0"),
            (
                "5",
                "1: the text is no catalog in JSON: invalid type: integer `5`, expected a sequence at line 1 column 1",
            ),
            ("[\n{\"code\":1,\n\"message\":\"x\",}]", "3: the text is no catalog in JSON: "),
            (
                "{\"1\":\"a\"}\n\nx",
                "3: the text is no catalog in JSON: trailing characters at line 3 column 1",
            ),
            ("[\n\n{", "3: the text is no catalog in JSON: EOF while parsing an object at line 3 column 1"),
        ] {
            let said = parse(text).unwrap_err();
            assert!(said.len() == 1 && said[0].starts_with(expected), "{text}: {said:?}");
        }
    }
}
