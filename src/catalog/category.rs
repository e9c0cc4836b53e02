//! Categories: the areas of codes, each a block of the vendor's numbers or a catalog's own word.

use super::{Severity, shown};
use std::fmt;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// The vendor's blocks: the codes of each, and its name in English and in Chinese.
const BLOCKS: [(RangeInclusive<i32>, &str, &str); 14] = [
    (1..=1, "success", "成功"),
    (2..=5, "action", "需后续操作"),
    (-1..=-1, "general", "通用失败"),
    (-199..=-101, "account", "账号记录"),
    (-299..=-201, "auth", "登录鉴权"),
    (-399..=-301, "bind", "绑定解绑"),
    (-499..=-401, "friend", "好友关系链"),
    (-599..=-501, "tag", "标签推送"),
    (-699..=-601, "profile", "个人信息"),
    (-799..=-700, "migrate", "关联与迁移"),
    (-899..=-801, "notice", "公告"),
    (-999..=-901, "request", "接口请求"),
    (-1099..=-1001, "token", "令牌刷新"),
    (-1199..=-1101, "server-api", "服务端接口"),
];

/// The category of codes that are in no block, in English and Chinese.
const OTHER: (&str, &str) = ("other", "其他");

/// Words that a selector reads as something other than a category.
const RESERVED: [&str; 4] = ["any", "unknown", "new", "error"];

/// The area that a code belongs to. The vendor numbers its codes in blocks, one for each area; a catalog may have areas
/// of its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Category(CategoryName);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum CategoryName {
    /// A category of the vendor or `other`, by its English name.
    Vendors(&'static str),
    /// A catalog's own category. Its name is shared, because many entries of a catalog have it.
    Own(Arc<str>),
}

impl Category {
    /// Returns the category whose block of numbers has the code; `other` where no block has it.
    ///
    /// ```
    /// use imsdk_annotate::Category;
    ///
    /// assert_eq!(Category::of_code(-299).name(), "auth");
    /// assert_eq!(Category::of_code(-300).name(), "other");
    /// ```
    pub fn of_code(code: i32) -> Self {
        let block = BLOCKS.iter().find(|(codes, ..)| codes.contains(&code));
        Self(CategoryName::Vendors(block.map_or(OTHER.0, |&(_, name, _)| name)))
    }

    /// Returns the category with this name, in English or Chinese. A name that is not the vendor's makes a category of
    /// the catalog's own.
    ///
    /// # Errors
    ///
    /// Fails where a [`Selector`](crate::Selector) would read the name as something else, so that it could not name the
    /// category.
    ///
    /// ```
    /// use imsdk_annotate::{Category, CategoryError};
    ///
    /// assert_eq!(Category::named("登录鉴权"), Category::named("auth"));
    /// assert_eq!(Category::named("payment")?.name(), "payment");
    /// assert!(matches!(Category::named("any"), Err(CategoryError::Reserved { .. })));
    /// # Ok::<(), CategoryError>(())
    /// ```
    pub fn named(name: &str) -> Result<Self, CategoryError> {
        if let Some((name, _)) = names().find(|&(english, chinese)| [english, chinese].contains(&name)) {
            return Ok(Self(CategoryName::Vendors(name)));
        }
        if name.is_empty() {
            return Err(CategoryError::Empty);
        }
        if name.contains(['!', ',', '>']) || name.contains("..") {
            return Err(CategoryError::Punctuation { name: name.to_owned() });
        }
        if RESERVED.iter().any(|word| name.eq_ignore_ascii_case(word)) || name.parse::<i64>().is_ok() {
            return Err(CategoryError::Reserved { name: name.to_owned() });
        }
        Ok(Self(CategoryName::Own(name.into())))
    }

    /// Returns the name as notes have it, in English for the vendor's categories: `auth`, `server-api`.
    pub fn name(&self) -> &str {
        match &self.0 {
            CategoryName::Vendors(name) => name,
            CategoryName::Own(name) => name,
        }
    }

    /// Returns the Chinese name. A catalog's own category has one name for both languages.
    pub fn chinese_name(&self) -> &str {
        names().find(|&(name, _)| name == self.name()).map_or(self.name(), |(_, chinese)| chinese)
    }

    /// Returns the severity of the category's codes, for each code whose severity the catalog does not state.
    pub fn severity(&self) -> Severity {
        match self.name() {
            "success" => Severity::Success,
            "action" => Severity::Action,
            _ => Severity::Error,
        }
    }
}

/// The error of a text that cannot be the name of a category.
///
/// ```
/// use imsdk_annotate::Category;
///
/// let error = Category::named("any").unwrap_err();
/// assert_eq!(error.to_string(), "the category \"any\" means something else in selectors");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CategoryError {
    /// The name is empty.
    Empty,
    /// The name has one of `!`, `,`, `>`, `..` in it, which have a meaning in selectors.
    Punctuation {
        /// The name as it was written.
        name: String,
    },
    /// The name is a word or a number that selectors read as something else, such as `any` or `-5`.
    Reserved {
        /// The name as it was written.
        name: String,
    },
}

impl fmt::Display for CategoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "the name of the category is empty"),
            Self::Punctuation { name } => {
                let name = shown(name);
                write!(f, "the category {name} has one of ! , > .. in it, which mean something in selectors")
            }
            Self::Reserved { name } => {
                write!(f, "the category {} means something else in selectors", shown(name))
            }
        }
    }
}

impl std::error::Error for CategoryError {}

/// Returns the English and the Chinese name of each category of the vendor, and of `other`.
fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
    BLOCKS.iter().map(|&(_, name, chinese)| (name, chinese)).chain([OTHER])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_end_where_the_vendor_ends_them() {
        let limits = [
            (0, "other"),
            (1, "success"),
            (2, "action"),
            (5, "action"),
            (6, "other"),
            (-1, "general"),
            (-2, "other"),
            (-100, "other"),
            (-101, "account"),
            (-199, "account"),
            (-200, "other"),
            (-201, "auth"),
            (-699, "profile"),
            (-700, "migrate"),
            (-799, "migrate"),
            (-800, "other"),
            (-801, "notice"),
            (-1000, "other"),
            (-1001, "token"),
            (-1100, "other"),
            (-1101, "server-api"),
            (-1199, "server-api"),
            (-1200, "other"),
        ];
        for (code, category) in limits {
            assert_eq!(Category::of_code(code).name(), category, "{code}");
        }
    }

    #[test]
    fn names_lead_back_to_their_category() {
        for (name, chinese) in names() {
            let category = Category::named(name).unwrap();
            assert_eq!((category.name(), category.chinese_name()), (name, chinese));
            assert_eq!(Category::named(chinese), Ok(category));
        }
        let own = Category::named("payment").unwrap();
        assert_eq!((own.name(), own.chinese_name(), own.severity()), ("payment", "payment", Severity::Error));
    }

    #[test]
    fn names_that_selectors_could_not_name_are_refused() {
        for name in ["", "a,b", "!a", "a>1", "a..b", "any", "New", "ERROR", "unknown", "-5"] {
            assert!(Category::named(name).is_err(), "{name}");
        }
        for name in ["a b", "a.b", "x!".trim_end_matches('!'), "errors", "5x"] {
            assert!(Category::named(name).is_ok(), "{name}");
        }
    }
}
