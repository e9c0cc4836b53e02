//! Templates: the text of a note, ` ({category}: {message})`.

use super::text_forms::forms_of;
use crate::catalog::{Entry, Language};
use crate::scanner;
use std::fmt;
use std::str::FromStr;

/// The form of a note: text, with names in braces that stand for values from the catalog.
///
/// The names are `{code}`, `{category}`, `{severity}`, `{message}` and `{explanation}`; `{{` and `}}` are braces.
///
/// ```
/// use imsdk_annotate::{Annotator, Template};
///
/// let note = Template::parse(" [{severity} {code}]")?;
/// let annotator = Annotator::builder().note(note).build();
/// assert_eq!(annotator.annotate(b"ret=-204;"), b"ret=-204 [error -204];");
/// # Ok::<(), imsdk_annotate::TemplateError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(Vec<TemplatePiece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum TemplatePiece {
    Text(String),
    Placeholder(Placeholder),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Placeholder {
    Code,
    Category,
    Severity,
    Message,
    Explanation,
}

/// The reason why a text is no template.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TemplateError {
    /// A name in braces that stands for nothing.
    UnknownName(String),
    /// A brace that neither opens nor closes a name.
    LoneBrace(char),
    /// A newline, or another control character.
    Control(char),
    /// The beginning of the note would be read as more of the number before it.
    CarriesOn,
    /// The note begins with a character that closes a field: `]` or a quote.
    ClosesField(char),
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    ///
    /// Returns an error if the text has a name in braces that stands for nothing, a lone brace or a control character
    /// other than a tab.
    ///
    /// Returns an error, too, if the note would begin with more of the number before it (a letter, a digit, `-` and the
    /// like, or a name in braces), or with a character that closes the field (`]` or a quote): in `ret[-1]]` a note `]`
    /// could not be told from the field's own bracket.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        if let Some(control) = text.chars().find(|&char| char.is_control() && char != '\t') {
            return Err(TemplateError::Control(control));
        }
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(char) = rest.chars().next() {
            let doubled = rest.starts_with("{{") || rest.starts_with("}}");
            let length = match char {
                '{' if !doubled => {
                    let end = rest.find('}').ok_or(TemplateError::LoneBrace('{'))?;
                    pieces.push(TemplatePiece::Placeholder(Placeholder::parse(&rest[1..end])?));
                    end + 1
                }
                '}' if !doubled => return Err(TemplateError::LoneBrace('}')),
                _ => {
                    push_text(&mut pieces, char);
                    char.len_utf8() * if doubled { 2 } else { 1 }
                }
            };
            rest = &rest[length..];
        }
        match text.chars().next() {
            Some(first @ (']' | '"' | '\'')) => Err(TemplateError::ClosesField(first)),
            _ if carries_on(&pieces) => Err(TemplateError::CarriesOn),
            _ => Ok(Self(pieces)),
        }
    }

    /// Returns the text that every note begins with; empty where a name stands first.
    pub(super) fn beginning(&self) -> &str {
        match self.0.first() {
            Some(TemplatePiece::Text(text)) => text,
            _ => "",
        }
    }

    /// Returns the pieces of text that are in every note.
    #[cfg(feature = "cli")]
    pub(crate) fn own_texts(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            TemplatePiece::Text(text) => Some(&text[..]),
            TemplatePiece::Placeholder(_) => None,
        })
    }

    /// Appends the note of an entry to `note`, with the category in a language, and with this message and explanation.
    pub(super) fn render(
        &self,
        entry: &Entry,
        language: Language,
        message: &str,
        explanation: &str,
        note: &mut String,
    ) {
        for piece in &self.0 {
            match piece {
                TemplatePiece::Text(text) => note.push_str(text),
                TemplatePiece::Placeholder(Placeholder::Code) => note.push_str(&entry.code().to_string()),
                TemplatePiece::Placeholder(Placeholder::Category) => {
                    note.push_str(&entry.category().name_in(language))
                }
                TemplatePiece::Placeholder(Placeholder::Severity) => note.push_str(entry.severity().name()),
                TemplatePiece::Placeholder(Placeholder::Message) => note.push_str(message),
                TemplatePiece::Placeholder(Placeholder::Explanation) => note.push_str(explanation),
            }
        }
    }
}

impl FromStr for Template {
    type Err = TemplateError;

    /// Reads a template, as [`Template::parse`] does.
    fn from_str(text: &str) -> Result<Self, TemplateError> {
        Self::parse(text)
    }
}

impl Default for Template {
    /// Returns the template ` ({category}: {message})`.
    fn default() -> Self {
        let text = |text: &str| TemplatePiece::Text(text.to_owned());
        Self(vec![
            text(" ("),
            TemplatePiece::Placeholder(Placeholder::Category),
            text(": "),
            TemplatePiece::Placeholder(Placeholder::Message),
            text(")"),
        ])
    }
}

fn push_text(pieces: &mut Vec<TemplatePiece>, char: char) {
    match pieces.last_mut() {
        Some(TemplatePiece::Text(text)) => text.push(char),
        _ => pieces.push(TemplatePiece::Text(char.into())),
    }
}

/// Returns true if a number with a note behind it, in any form that the note has in a line, could be read as a longer
/// number, or as something else.
fn carries_on(pieces: &[TemplatePiece]) -> bool {
    match pieces {
        [] => false,
        [TemplatePiece::Placeholder(_), ..] => true,
        [TemplatePiece::Text(text), rest @ ..] => {
            // A name may stand for a text that begins with a digit.
            let next = if rest.is_empty() { "" } else { "0" };
            // It may also go on with an escape that the text begins: `#x` and `action` are `#xac`, and more.
            let is_begun = |text: &str| !rest.is_empty() && scanner::is_undecided(text.as_bytes());
            let carries_on = |text: &str| scanner::may_carry_on(format!("{text}{next}").as_bytes());
            forms_of(text).iter().any(|text| carries_on(text) || is_begun(text))
        }
    }
}

impl Placeholder {
    const ALL: [Self; 5] = [Self::Code, Self::Category, Self::Severity, Self::Message, Self::Explanation];

    fn parse(text: &str) -> Result<Self, TemplateError> {
        let name = Self::ALL.into_iter().find(|name| name.text() == text);
        name.ok_or_else(|| TemplateError::UnknownName(text.to_owned()))
    }

    fn text(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Category => "category",
            Self::Severity => "severity",
            Self::Message => "message",
            Self::Explanation => "explanation",
        }
    }
}

const BEGIN_WITH: &str = "begin with a blank or an opening bracket: ' {message}'";

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownName(name) => {
                let names = Placeholder::ALL.map(|name| format!("{{{}}}", name.text())).join(" ");
                write!(
                    f,
                    "there is no {{{}}}; there are {names}, and {{{{ }}}} for braces",
                    name.escape_default()
                )
            }
            Self::LoneBrace(brace) => write!(f, "a {brace} stands alone; write {brace}{brace} for a brace"),
            Self::Control(control) => {
                write!(f, "has a {} in it; a note is a part of its line", control.escape_default())
            }
            Self::CarriesOn => write!(f, "would be read as more of the number; {BEGIN_WITH}"),
            Self::ClosesField(closing) => {
                write!(f, "begins with {closing}, which closes a field; {BEGIN_WITH}")
            }
        }
    }
}

impl std::error::Error for TemplateError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Catalog;

    fn rendered(template: &str) -> Result<String, String> {
        let catalog = Catalog::builtin();
        let mut note = String::new();
        let template = Template::parse(template).map_err(|error| error.to_string())?;
        let entry = catalog.get(-204).unwrap();
        template.render(entry, Language::English, entry.message(), entry.explanation(), &mut note);
        Ok(note)
    }

    #[test]
    fn names_become_what_the_catalog_says() {
        for (template, expected) in [
            ("", ""),
            (" ({category}: {message})", " (auth: user session is failure!)"),
            (" {code} {severity}", " -204 error"),
            ("{{{code}}}", "{-204}"),
            ("<}}{{>", "<}{>"),
            (": {code}", ": -204"),
            ("\t# {code}", "\t# -204"),
            ("; 说明", "; 说明"),
            (" ]", " ]"),
            ("[{code}]", "[-204]"),
        ] {
            assert_eq!(rendered(template).as_deref(), Ok(expected), "{template}");
        }
        let explanation = Catalog::builtin().get(-204).unwrap().explanation().to_owned();
        assert_eq!(rendered(" {explanation}"), Ok(format!(" {explanation}")));
        assert_eq!(Template::parse(" ({category}: {message})"), Ok(Template::default()));
    }

    #[test]
    fn what_is_no_template_is_refused() {
        for (template, expected) in [
            (
                " {mesage}",
                "there is no {mesage}; there are {code} {category} {severity} {message} {explanation}",
            ),
            (" {}", "there is no {}"),
            (" { message }", "there is no { message }"),
            (" {message", "a { stands alone; write {{"),
            (" message}", "a } stands alone; write }}"),
            (" {message}\n", "has a \\n in it"),
            (" \x1b[1m{message}", "has a \\u{1b} in it"),
            ("{message}", "more of the number"),
            ("x", "more of the number"),
            ("-", "more of the number"),
            ("%", "more of the number"),
            ("=> {code}", "more of the number"),
            (":{code}", "more of the number"),
            (".5", "more of the number"),
            (",{code}", "more of the number"),
            ("（{message}）", "more of the number"),
            ("\\{message}", "more of the number"),
            ("]", "begins with ], which closes a field; begin with a blank"),
            ("]({message})", "begins with ]"),
            ("\" {message}", "begins with \""),
            ("' {message}", "begins with '"),
        ] {
            let error = rendered(template).expect_err(template);
            assert!(error.contains(expected), "{template}: {error}");
        }
    }
}
