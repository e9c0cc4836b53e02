//! Categories and severities: what kind of answer a code is.

use colored::Color;
/// How bad an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Severity {
    /// It worked.
    Success,
    /// It worked, and the caller has something left to do.
    Action,
    /// It failed.
    Error,
}

impl Severity {
    /// Every severity, the best first.
    pub const ALL: [Self; 3] = [Self::Success, Self::Action, Self::Error];

    /// The severity with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.name() == name)
    }

    /// The colour that it has on terminals, as a parameter of an escape sequence: `31`.
    pub fn color(self) -> std::borrow::Cow<'static, str> {
        let color = match self {
            Self::Success => Color::Green,
            Self::Action => Color::Yellow,
            Self::Error => Color::Red,
        };
        color.to_fg_str()
    }

    /// The name in lower case: `success`, `action` or `error`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Action => "action",
            Self::Error => "error",
        }
    }
}

/// The area that a code belongs to. The vendor numbers its codes in blocks, one for each area.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Category {
    /// 1: it worked.
    Success,
    /// 2 to 5: the player or the client has something left to do.
    Action,
    /// -1: a failure of no particular kind.
    General,
    /// -101 to -199: account records.
    Account,
    /// -201 to -299: login and session.
    Auth,
    /// -301 to -399: binding and unbinding.
    Bind,
    /// -401 to -499: friends.
    Friend,
    /// -501 to -599: tags and push.
    Tag,
    /// -601 to -699: personal information.
    Profile,
    /// -700 to -799: connecting and migrating accounts.
    Migrate,
    /// -801 to -899: notices.
    Notice,
    /// -901 to -999: the request itself.
    Request,
    /// -1001 to -1099: refreshing tokens.
    Token,
    /// -1101 to -1199: the server's own interfaces.
    ServerApi,
}

impl Category {
    /// Every category, in the order of its block.
    pub const ALL: [Self; 14] = [
        Self::Success,
        Self::Action,
        Self::General,
        Self::Account,
        Self::Auth,
        Self::Bind,
        Self::Friend,
        Self::Tag,
        Self::Profile,
        Self::Migrate,
        Self::Notice,
        Self::Request,
        Self::Token,
        Self::ServerApi,
    ];

    /// The category with this English name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|category| category.name() == name)
    }

    /// The category whose block of numbers has this code.
    ///
    /// ```
    /// use imsdk_annotate::Category;
    ///
    /// assert_eq!(Category::of_code(-299), Some(Category::Auth));
    /// assert_eq!(Category::of_code(-300), None);
    /// ```
    pub fn of_code(code: i32) -> Option<Self> {
        Some(match code {
            1 => Self::Success,
            2..=5 => Self::Action,
            -1 => Self::General,
            -199..=-101 => Self::Account,
            -299..=-201 => Self::Auth,
            -399..=-301 => Self::Bind,
            -499..=-401 => Self::Friend,
            -599..=-501 => Self::Tag,
            -699..=-601 => Self::Profile,
            -799..=-700 => Self::Migrate,
            -899..=-801 => Self::Notice,
            -999..=-901 => Self::Request,
            -1099..=-1001 => Self::Token,
            -1199..=-1101 => Self::ServerApi,
            _ => return None,
        })
    }

    /// The English name, as it stands in notes: `auth`, `server-api`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Action => "action",
            Self::General => "general",
            Self::Account => "account",
            Self::Auth => "auth",
            Self::Bind => "bind",
            Self::Friend => "friend",
            Self::Tag => "tag",
            Self::Profile => "profile",
            Self::Migrate => "migrate",
            Self::Notice => "notice",
            Self::Request => "request",
            Self::Token => "token",
            Self::ServerApi => "server-api",
        }
    }

    /// The Chinese name.
    pub fn chinese_name(self) -> &'static str {
        match self {
            Self::Success => "成功",
            Self::Action => "需后续操作",
            Self::General => "通用失败",
            Self::Account => "账号记录",
            Self::Auth => "登录鉴权",
            Self::Bind => "绑定解绑",
            Self::Friend => "好友关系链",
            Self::Tag => "标签推送",
            Self::Profile => "个人信息",
            Self::Migrate => "关联与迁移",
            Self::Notice => "公告",
            Self::Request => "接口请求",
            Self::Token => "令牌刷新",
            Self::ServerApi => "服务端接口",
        }
    }

    /// The severity that all codes of this category have.
    pub fn severity(self) -> Severity {
        match self {
            Self::Success => Severity::Success,
            Self::Action => Severity::Action,
            _ => Severity::Error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_end_where_the_vendor_ends_them() {
        use Category as C;
        let limits = [
            (0, None),
            (1, Some(C::Success)),
            (2, Some(C::Action)),
            (5, Some(C::Action)),
            (6, None),
            (-1, Some(C::General)),
            (-2, None),
            (-100, None),
            (-101, Some(C::Account)),
            (-199, Some(C::Account)),
            (-200, None),
            (-201, Some(C::Auth)),
            (-699, Some(C::Profile)),
            (-700, Some(C::Migrate)),
            (-799, Some(C::Migrate)),
            (-800, None),
            (-801, Some(C::Notice)),
            (-1000, None),
            (-1001, Some(C::Token)),
            (-1100, None),
            (-1101, Some(C::ServerApi)),
            (-1199, Some(C::ServerApi)),
            (-1200, None),
        ];
        for (code, category) in limits {
            assert_eq!(Category::of_code(code), category, "{code}");
        }
    }

    #[test]
    fn names_lead_back_to_their_category() {
        for category in Category::ALL {
            assert_eq!(Category::from_name(category.name()), Some(category));
        }
        assert_eq!(Category::from_name("Auth"), None);
    }
}
