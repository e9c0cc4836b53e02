//! Escapes texts from outside for HTML.

use crate::program::terminal::visible::visible;
use std::fmt;

/// A text, written so that HTML shows it and does not act on it, between tags and within quotes. Characters that are
/// invisible or change the direction of text become visible, as in the other reports.
pub(super) struct HtmlText<T>(pub(super) T);

impl<T: AsRef<str>> fmt::Display for HtmlText<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = visible(self.0.as_ref());
        let mut rest = text.as_str();
        while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
            let (before, special) = rest.split_at(at);
            f.write_str(before)?;
            f.write_str(match special.as_bytes()[0] {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'"' => "&#34;",
                _ => "&#39;",
            })?;
            rest = &special[1..];
        }
        f.write_str(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syntax_becomes_text() {
        assert_eq!(
            HtmlText("<a b=\"c\" d='e'>&amp;\u{202e}\0").to_string(),
            "&lt;a b=&#34;c&#34; d=&#39;e&#39;&gt;&amp;amp;\\u{202e}\\u{0}"
        );
        assert_eq!(HtmlText("用户 é").to_string(), "用户 é");
    }
}
