//! Languages: the words in which the meaning of a code is given.

use super::{Category, Entry};
use std::borrow::Cow;

/// The text between English and Chinese, where a meaning has both.
const SEPARATOR: &str = "/";

/// The language of categories and messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Language {
    /// The English category, and the message.
    #[default]
    English,
    /// The Chinese category and the explanation, or the message of a code that has no explanation.
    Chinese,
    /// Both languages with a slash between them, or one text where both are the same.
    Both,
}

impl Category {
    /// Returns the name in a language.
    ///
    /// ```
    /// use imsdk_annotate::{Category, Language};
    ///
    /// assert_eq!(Category::of_code(-204).name_in(Language::Both), "auth/登录鉴权");
    /// ```
    pub fn name_in(&self, language: Language) -> Cow<'_, str> {
        let (english, chinese) = (self.name(), self.chinese_name());
        match language {
            Language::English => english.into(),
            Language::Chinese => chinese.into(),
            Language::Both if english == chinese => english.into(),
            Language::Both => format!("{english}{SEPARATOR}{chinese}").into(),
        }
    }
}

impl Entry {
    /// Returns the meaning in a language. An entry without an explanation has its message in every language.
    pub fn message_in(&self, language: Language) -> Cow<'_, str> {
        let (message, explanation) = (self.message(), self.explanation());
        let has_one = explanation.is_empty() || message == explanation;
        match language {
            Language::English => message.into(),
            _ if has_one => message.into(),
            Language::Chinese => explanation.into(),
            Language::Both => format!("{message} {SEPARATOR} {explanation}").into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Catalog;

    #[test]
    fn each_language_has_its_words() {
        let catalog = Catalog::builtin();
        let words = |code: i32, language| {
            let entry = catalog.get(code).unwrap();
            format!("{}: {}", entry.category().name_in(language), entry.message_in(language))
        };
        assert_eq!(words(-1, Language::English), "general: failure");
        assert_eq!(words(-1, Language::Chinese), "通用失败: 失败");
        assert_eq!(words(-1, Language::Both), "general/通用失败: failure / 失败");
        // The code -1101 has no explanation.
        assert_eq!(words(-1101, Language::Chinese), "服务端接口: RET_TICKET_WRONG");
        assert_eq!(words(-1101, Language::Both), "server-api/服务端接口: RET_TICKET_WRONG");
    }
}
