//! The format of a catalog, recognised by the name of its file or by its content.

use super::{BYTE_ORDER_MARK, markdown, php};
use std::path::Path;

/// The format of a catalog in a file. [`CatalogFormat::parse`] reads a catalog in the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CatalogFormat {
    /// Tables in a Markdown document, such as the vendor's, or, where it has none with codes, rows as in
    /// [`CatalogFormat::Php`]. Other text and other tables in the document are ignored.
    Markdown,
    /// A header and rows, with commas between cells.
    Csv,
    /// A header and rows, with tabs between cells.
    Tsv,
    /// An array of objects, or an object whose names are codes and whose values are objects or messages.
    Json,
    /// Rows of an array in PHP: `-2 => "message", // explanation`. Other lines are ignored. The rows may stand in HTML, as a
    /// page has them: `-2 =&gt; &quot;message&quot;`.
    Php,
}

impl CatalogFormat {
    /// The extensions of file names, each with its format.
    const EXTENSIONS: [(&str, Self); 6] = [
        ("md", Self::Markdown),
        ("markdown", Self::Markdown),
        ("csv", Self::Csv),
        ("tsv", Self::Tsv),
        ("json", Self::Json),
        ("php", Self::Php),
    ];

    /// Returns the format that the extension of a file's name stands for, in any case; `None` for any other name.
    ///
    /// ```
    /// use imsdk_annotate::CatalogFormat;
    /// use std::path::Path;
    ///
    /// assert_eq!(CatalogFormat::of_name(Path::new("codes.CSV")), Some(CatalogFormat::Csv));
    /// assert_eq!(CatalogFormat::of_name(Path::new("codes.txt")), None);
    /// ```
    pub fn of_name(path: &Path) -> Option<Self> {
        let extension = path.extension()?;
        let named = Self::EXTENSIONS.into_iter().find(|(name, _)| extension.eq_ignore_ascii_case(name));
        named.map(|(_, format)| format)
    }

    /// Returns the format that the content of a catalog looks like; CSV where it looks like no other format.
    pub fn of_content(text: &[u8]) -> Self {
        let text = String::from_utf8_lossy(text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text));
        let text = text.trim_start();
        if text.lines().any(markdown::is_surely_table) {
            Self::Markdown
        } else if text.starts_with('<') || text.lines().any(php::has_row) {
            Self::Php
        } else if text.starts_with(['{', '[']) {
            Self::Json
        } else if text.lines().next().is_some_and(|line| line.contains('\t')) {
            Self::Tsv
        } else {
            Self::Csv
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_format_in_any_case() {
        for (name, expected) in [
            ("a/codes.md", Some(CatalogFormat::Markdown)),
            ("CODES.Markdown", Some(CatalogFormat::Markdown)),
            ("codes.v2.CSV", Some(CatalogFormat::Csv)),
            ("codes.tsv", Some(CatalogFormat::Tsv)),
            ("codes.json", Some(CatalogFormat::Json)),
            ("codes.PHP", Some(CatalogFormat::Php)),
            ("codes.html", None),
            ("codes.txt", None),
            ("json", None),
            ("/dev/fd/63", None),
        ] {
            assert_eq!(CatalogFormat::of_name(Path::new(name)), expected, "{name}");
        }
    }

    #[test]
    fn content_tells_the_format() {
        for (text, expected) in [
            ("\u{feff}\n {\"1\": \"a|b\"}", CatalogFormat::Json),
            ("\r\n[]", CatalogFormat::Json),
            ("[a link](x)\n\n  | code | message |", CatalogFormat::Markdown),
            ("code | message\n--- | :-:\n1 | x", CatalogFormat::Markdown),
            ("code\tmessage\n1\ta|b", CatalogFormat::Tsv),
            ("code,message\n1,\ta|b\n---", CatalogFormat::Csv),
            ("", CatalogFormat::Csv),
        ] {
            assert_eq!(CatalogFormat::of_content(text.as_bytes()), expected, "{text:?}");
        }
    }
}
