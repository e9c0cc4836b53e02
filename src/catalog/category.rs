//! Categories: the areas that codes belong to, by the vendor's blocks of numbers or by a catalog's own word.

use super::Severity;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// The vendor's blocks: their codes, and what they are called in English and Chinese.
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

/// Words that selectors have for something else.
const RESERVED: [&str; 4] = ["any", "unknown", "new", "error"];

/// The area that a code belongs to. The vendor numbers its codes in blocks, one for each area; catalogs may have
/// areas of their own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Category(CategoryName);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum CategoryName {
    Vendors(&'static str),
    /// Many entries of a catalog share it.
    Own(Arc<str>),
}

impl Category {
    /// The category whose block of numbers has this code; `other` where none has.
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

    /// The category with this name, in English or Chinese; one of the catalog's own, where the vendor has none.
    ///
    /// # Errors
    ///
    /// Where a selector could not name it, because it would read the name as something else: why.
    pub fn named(name: &str) -> Result<Self, &'static str> {
        if let Some((name, _)) = names().find(|&(english, chinese)| [english, chinese].contains(&name)) {
            return Ok(Self(CategoryName::Vendors(name)));
        }
        if name.is_empty() {
            return Err("is empty");
        }
        if name.contains(['!', ',', '>']) || name.contains("..") {
            return Err("has one of ! , > .. in it, which mean something in --only and --fail-on");
        }
        if RESERVED.iter().any(|word| name.eq_ignore_ascii_case(word)) || name.parse::<i64>().is_ok() {
            return Err("means something else in --only and --fail-on");
        }
        Ok(Self(CategoryName::Own(name.into())))
    }

    /// The name as it stands in notes, in English for the vendor's: `auth`, `server-api`.
    pub fn name(&self) -> &str {
        match &self.0 {
            CategoryName::Vendors(name) => name,
            CategoryName::Own(name) => name,
        }
    }

    /// The Chinese name; for those that the vendor does not have, their only one.
    pub fn chinese_name(&self) -> &str {
        names().find(|&(name, _)| name == self.name()).map_or(self.name(), |(_, chinese)| chinese)
    }

    /// The severity of its codes, where a catalog does not say.
    pub fn severity(&self) -> Severity {
        match self.name() {
            "success" => Severity::Success,
            "action" => Severity::Action,
            _ => Severity::Error,
        }
    }
}

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
