//! Lines of an HTML page as the text that a reader sees.

use std::borrow::Cow;

/// Tags behind which a new line begins, or which end the text that they are in.
const LINE_TAGS: [&str; 10] = ["br", "/p", "/li", "/tr", "/td", "/div", "/code", "/pre", "p", "li"];

/// The named characters that escape text in HTML.
const NAMED: [(&str, char); 6] =
    [("quot", '"'), ("apos", '\''), ("amp", '&'), ("lt", '<'), ("gt", '>'), ("nbsp", ' ')];

/// The most bytes between `&` and `;`: `#x10ffff`.
const NAME_BYTES_MAX: usize = 8;

/// Returns the lines of text that a line of a page has: tags are left out or end a line, and each character that is escaped once
/// is as it is meant.
pub(super) fn lines_of(line: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut rest = line;
    while let Some(start) = rest.find('<') {
        let (text, tag) = rest.split_at(start);
        lines.last_mut().expect("there is a line").push_str(&unescaped(text));
        let Some((name, behind)) = tag_of(tag) else {
            lines.last_mut().expect("there is a line").push('<');
            rest = &tag[1..];
            continue;
        };
        if LINE_TAGS.iter().any(|tag| name.eq_ignore_ascii_case(tag)) {
            lines.push(String::new());
        }
        rest = behind;
    }
    lines.last_mut().expect("there is a line").push_str(&unescaped(rest));
    lines
}

/// Returns true if a line ends with a tag that ends a line.
pub(super) fn ends_with_tag(line: &str) -> bool {
    let tag = line.trim_end().rfind('<').and_then(|start| tag_of(&line[start..]));
    tag.is_some_and(|(name, behind)| {
        behind.trim().is_empty() && LINE_TAGS.iter().any(|tag| name.eq_ignore_ascii_case(tag))
    })
}

/// Returns the name of the tag that a text begins with, with its `/` if it is an end tag, and what stands behind the tag; `None`
/// where the text begins with no tag. A comment and a `<!DOCTYPE>` are tags without a name.
fn tag_of(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('<')?;
    if let Some(comment) = inner.strip_prefix("!--") {
        return Some(("", comment.split_once("-->")?.1));
    }
    let begins_name =
        inner.strip_prefix('/').unwrap_or(inner).starts_with(|char: char| char.is_ascii_alphabetic());
    if !begins_name && !inner.starts_with('!') {
        return None;
    }
    let (tag, behind) = inner.split_once('>')?;
    let length = tag
        .char_indices()
        .find(|&(at, char)| at > 0 && !char.is_ascii_alphanumeric())
        .map_or(tag.len(), |(at, _)| at);
    Some((&tag[..length], behind))
}

/// Returns a text with its entities as the characters that they stand for. An `&` that begins no known entity stays.
fn unescaped(text: &str) -> Cow<'_, str> {
    let mut parts = text.split('&');
    let first = parts.next().unwrap_or_default();
    if first.len() == text.len() {
        return text.into();
    }
    let mut plain = first.to_owned();
    for part in parts {
        let entity = part.split_once(';').filter(|(name, _)| name.len() <= NAME_BYTES_MAX);
        match entity.and_then(|(name, behind)| Some((char_of(name)?, behind))) {
            Some((char, behind)) => {
                plain.push(char);
                plain.push_str(behind);
            }
            None => {
                plain.push('&');
                plain.push_str(part);
            }
        }
    }
    plain.into()
}

/// Returns the character of an entity's name: `quot`, `#39`, `#x27`.
fn char_of(name: &str) -> Option<char> {
    let Some(number) = name.strip_prefix('#') else {
        return NAMED.iter().find(|(named, _)| *named == name).map(|(_, char)| *char);
    };
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => number.parse().ok()?,
    };
    char::from_u32(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_the_text_that_is_seen() {
        for (line, expected) in [
            ("-2 =&gt; &quot;a&quot;", &["-2 => \"a\""][..]),
            ("<span class=\"n\">-2</span> <b>=&#62;</b> &#x27;a&#X27;", &["-2 => 'a'"]),
            ("1 =&gt; 'a',<br>2 =&gt; 'b'<BR/>3</p>", &["1 => 'a',", "2 => 'b'", "3", ""]),
            ("a &amp;lt; b && c &nosuch; &#xffffffff; d", &["a &lt; b && c &nosuch; &#xffffffff; d"]),
            ("1 < 2 <3 </ x> &lt;b&gt;", &["1 < 2 <3 </ x> <b>"]),
            ("<!DOCTYPE html><!-- a > b -->x", &["x"]),
            ("<unclosed", &["<unclosed"]),
            ("&", &["&"]),
        ] {
            assert_eq!(lines_of(line), expected, "{line}");
        }
    }

    #[test]
    fn tags_that_end_a_line_are_known() {
        for (line, expected) in
            [("x</code></pre> ", true), ("x<br />", true), ("x</b>", false), ("x <", false), ("", false)]
        {
            assert_eq!(ends_with_tag(line), expected, "{line}");
        }
    }
}
