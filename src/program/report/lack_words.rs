//! The words for what is missing to decide a check.

use super::Report;
use super::amount::fields;
use super::tally::{KNOWN_MAX, RATE_STEPS, TimelessFields, UNKNOWN_MAX};
use super::verdict::{CheckOutcome, Lack};

impl Report<'_> {
    /// Returns the reason why a check is not decided.
    pub(super) fn why_undecided(&self, outcome: &CheckOutcome<'_>) -> String {
        match outcome.measured.lack {
            None => format!("not decided, {} so far", outcome.found()),
            Some(lack) => format!("not decided: {}", self.lack_words(lack).0),
        }
    }

    /// Returns what is missing to decide a check, in English and in Chinese.
    pub(super) fn lack_words(&self, lack: Lack) -> (String, String) {
        match lack {
            Lack::Codes => {
                let fields = self.tally.more_unknown;
                let english = format!(
                    "the reports do not tell {fields} fields with unknown codes apart; check the parts where they are annotated"
                );
                (english, format!("报告没有区分 {fields} 个含未知码的字段；请在注释各部分时检查"))
            }
            Lack::UsersOfCodes => {
                let english = format!(
                    "users are told apart for {KNOWN_MAX} codes of the catalog and {UNKNOWN_MAX} unknown ones, those nearest to zero; \
                     select these, or all"
                );
                let chinese = format!(
                    "只区分最接近零的 {KNOWN_MAX} 个目录码和 {UNKNOWN_MAX} 个未知码的用户；请选择这些码或全部"
                );
                (english, chinese)
            }
            Lack::Users => {
                let english = "the reports have no users; make them with --users KEY";
                (english.to_owned(), "报告中没有用户；请用 --users KEY 生成".to_owned())
            }
            Lack::Values => {
                let keys = self.tally.users.as_ref().map_or(String::new(), |users| users.keys.words());
                let english = format!("no line with these codes has a value of {keys}");
                (english, format!("含这些码的行中都没有 {keys} 的值"))
            }
            Lack::Times(TimelessFields { fields: count, file }) => {
                let name = self.names.get(&file).map_or("the input", String::as_str);
                let english = format!(
                    "there is no time in the lines of {name}, which a rate needs: {} without one",
                    fields(count)
                );
                (english, format!("{name} 的行中没有时间，无法判断频率；{count} 个字段没有时间"))
            }
            Lack::Late(count) => {
                let english = format!(
                    "{} came too late, behind more than {RATE_STEPS} later times; give the inputs in the order of their times",
                    fields(count)
                );
                (
                    english,
                    format!(
                        "{count} 个字段来得太晚，之前已有超过 {RATE_STEPS} 个更晚的时间；请按时间顺序给出输入"
                    ),
                )
            }
        }
    }
}
