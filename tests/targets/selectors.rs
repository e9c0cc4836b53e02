//! A selector is either refused with reasons for people, or chooses the same codes as a naive reading of its terms.

use imsdk_annotate::program::parts::selects_unknown;
use imsdk_annotate::{Catalog, EarlierCodes, Selector};
use std::sync::LazyLock;

static CATALOG: LazyLock<Catalog> = LazyLock::new(Catalog::builtin);

const EARLIER_CODES: [i32; 4] = [5, -204, -9999, -20_000];

static EARLIER: LazyLock<EarlierCodes> =
    LazyLock::new(|| EarlierCodes::new(EARLIER_CODES).known_from(-50_000));

const CODES: [i32; 22] = [
    1,
    2,
    5,
    -1,
    -101,
    -200,
    -201,
    -204,
    -232,
    -299,
    -300,
    -705,
    -1101,
    -9998,
    -9999,
    -20_000,
    -49_999,
    -50_000,
    -50_001,
    -60_000,
    -999_999_998,
    -999_999_999,
];

/// Returns true if a term chooses a code; `None` if it is no term.
fn has(term: &str, code: i32, has_baseline: bool) -> Option<bool> {
    let entry = CATALOG.get(code);
    let is_category = || CATALOG.entries().iter().any(|entry| entry.category().name() == term);
    match term {
        "any" => Some(true),
        "unknown" => Some(entry.is_none()),
        "new" => has_baseline.then(|| !EARLIER_CODES.contains(&code) && code >= -50_000),
        "success" | "action" | "error" if entry.is_none_or(|entry| entry.severity().name() != term) => {
            Some(false)
        }
        "success" | "action" | "error" => Some(true),
        _ if is_category() => Some(entry.is_some_and(|entry| entry.category().name() == term)),
        _ => {
            let number = |text: &str| {
                let text = text.trim();
                let digits = text.strip_prefix('-').unwrap_or(text);
                let is_code = digits.len() <= 9 && digits.bytes().all(|byte| byte.is_ascii_digit());
                if is_code { text.parse::<i32>().ok() } else { None }
            };
            match term.split_once("..") {
                Some((first, last)) => {
                    let range = number(first)?..=number(last)?;
                    let holds = *range.start() < 0
                        || CATALOG.entries().iter().any(|entry| range.contains(&entry.code()));
                    (holds && !range.is_empty()).then(|| range.contains(&code))
                }
                None => number(term).filter(|&named| CATALOG.get(named).is_some()).map(|named| named == code),
            }
        }
    }
}

fn selects(text: &str, code: i32, has_baseline: bool) -> Option<bool> {
    let terms: Vec<String> = text.split(',').map(|term| term.trim().to_ascii_lowercase()).collect();
    let (mut is_chosen, mut is_taken_away) = (terms.iter().all(|term| term.starts_with('!')), false);
    for term in &terms {
        match term.strip_prefix('!') {
            Some(term) => is_taken_away |= has(term.trim_start(), code, has_baseline)?,
            None => is_chosen |= has(term, code, has_baseline)?,
        }
    }
    Some(is_chosen && !is_taken_away)
}

/// Runs the target. The first byte says if there is an earlier run, the rest is the selector.
pub(super) fn run(input: &[u8]) {
    let Some((&first, text)) = input.split_first() else { return };
    let text = String::from_utf8_lossy(text);
    let has_baseline = first % 2 == 1;
    let selector = match Selector::parse(&text, &CATALOG, has_baseline.then_some(&*EARLIER)) {
        Ok(selector) => selector,
        Err(error) => {
            assert_eq!(selects(&text, -204, has_baseline), None, "{text:?}: {error}");
            return;
        }
    };
    for code in CODES {
        let selected = selector.selects(code, CATALOG.get(code));
        assert_eq!(Some(selected), selects(&text, code, has_baseline), "{text:?} {code}");
        // The answer for a range must hold for each unknown code in it.
        for range in [code..=code, code - 5..=code + 5, -70_000..=-10_000] {
            let unknown = CODES.iter().filter(|&&code| range.contains(&code) && CATALOG.get(code).is_none());
            if let Some(all) = selects_unknown(&selector, &range) {
                unknown.for_each(|&code| assert_eq!(selector.selects(code, None), all, "{text:?} {range:?}"));
            }
        }
    }
}
