//! Severities: how bad an answer is.

use colored::Color;
use std::borrow::Cow;

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
    pub fn color(self) -> Cow<'static, str> {
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
