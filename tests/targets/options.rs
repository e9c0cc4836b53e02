//! Options of an annotator, read from the first bytes of an input.

use super::naive::Rules;
use super::naive::lines::Wanted;
use super::naive::notes::{COLORS, Style};
use arbitrary::{Result, Unstructured};
use imsdk_annotate::{
    Annotator, AnnotatorBuilder, Catalog, Category, Entry, Keys, Language, Pattern, Selector, Severity,
    SeverityColors, Template,
};
use std::sync::LazyLock;

/// The bytes at the beginning of an input that choose the options. The rest of the input is the text.
const HEAD_BYTES: usize = 24;

/// The most times that a text is repeated. Short texts may be repeated more often, so that they fill a window with long
/// gaps.
const TIMES_MAX: u8 = 6;
const TIMES_OF_SHORT_MAX: usize = 80;

/// The bytes between repetitions: near the lengths at which gaps are copied in another way, or not at all.
const GAPS: [usize; 10] = [0, 1, 127, 128, 129, 1024, 1025, 2048, 2049, 5000];

/// Colours other than the default ones.
const OTHER_COLORS: &str = "error=bold red,action=#ffaf00,success=none";

const TEMPLATES: [&str; 12] = [
    " ({category}: {message})",
    "",
    " {message}",
    " [{code}] {message} ret",
    "\t<{explanation}> exit",
    "<\"{severity}\"> {{{message}}}",
    " {message} \\",
    " // ret={code}",
    "(",
    " \t{code}",
    "[{category}：",
    " ret=-1",
];

/// Patterns that match next to notes, in notes, across the places of notes, in fields of keys, and nothing.
const PATTERNS: [&str; 14] = [
    r"(?<code>-?\d+)",
    r"(?<code>\d)",
    r"exit *(?<code>-?\d+)",
    r"\) ?(?<code>\d+)",
    r"(?<code>-?\d+) \w+=(-?\d+)",
    r"^(?<code>-?\d+)",
    r"(?<code>-?\d+)[^\w\n]?$",
    r"\w(?<code>-?\d{1,2})",
    r"[^\n]*=(?<code>-?\d+)",
    r"-(?<code>\d+)",
    r"(?<code>-?\d*)",
    r"\b(?i:ret|x)[ \t]?(?-s:.)(?<code>-?\d+)\b",
    r"(?<code>-204)|ret(?-u:[^\n])",
    r"(?<code>)",
];

const KEYS: [&str; 8] = ["x", "Domain", "exit", "code", "n_o", "m", "0", "err_Code"];

const SELECTORS: [&str; 8] =
    ["any", "error", "action,unknown", "unknown", "auth,-1", "!any", "!-204", "-999999999..-300"];

/// The number in [`CATALOGS`] of the catalog whose messages hold fields.
const EVIL: usize = 1;

/// The patterns in the forms of the annotator and of the twin.
static PARSED: LazyLock<[(Pattern, regex::bytes::Regex); PATTERNS.len()]> = LazyLock::new(|| {
    PATTERNS.map(|pattern| {
        let regex = regex::bytes::RegexBuilder::new(pattern).multi_line(true).crlf(true).build();
        (Pattern::parse(pattern).unwrap(), regex.unwrap())
    })
});

static CATALOGS: LazyLock<[Catalog; 5]> = LazyLock::new(|| {
    let entry = |code, message: &'static str| Entry::new(code, message).with_explanation("说明 ret=-1 \"");
    let named = |name: &str| Category::named(name).unwrap();
    // Messages that hold fields, quotes, and words that make a `code` behind them another kind of code.
    let evil = vec![
        entry(-204, "see ret=-1 and \"code\":5, \\\"ret\\\":-204"),
        entry(-1, "5\" of \\ Domain=x exit"),
        entry(5, "ret=-1").with_category(named("a b=\"c\"")),
    ];
    // The least and the greatest code, codes next to each other, and codes of various lengths.
    let edges = [-999_999_999, -204, -100_000, -65_536, -10, -9, -2, 1, 5, 9, 12, 123, 65_535, 999_999_999]
        .map(|code| Entry::new(code, "x").with_severity(Severity::Success));
    let long = "长 message ".repeat(40) + ".";
    let builtin = Catalog::builtin();
    let long = [-204, -1, 5].map(|code| Entry::new(code, &long)).to_vec();
    // A few codes, because rendering all notes takes longer than annotating a few lines.
    let few = [1, 2, 5, -1, -101, -204, -205, -301, -402, -705, -1101]
        .map(|code| builtin.get(code).unwrap().clone());
    let few = Catalog::of_entries(few.to_vec());
    [few.clone(), few.overlaid(evil), Catalog::of_entries(edges.to_vec()), Catalog::of_entries(long), builtin]
});

/// The options of an annotator, and the sizes of reads of its input.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) strict: bool,
    pub(crate) color: bool,
    /// True if colours are not the default ones.
    colors: bool,
    pub(crate) unknown: bool,
    pub(crate) as_fields: bool,
    pub(crate) strip: bool,
    defaults: bool,
    keys: Vec<&'static str>,
    template: &'static str,
    language: Language,
    catalog: usize,
    /// Numbers of patterns in [`PATTERNS`].
    pub(crate) patterns: Vec<usize>,
    pub(crate) lines: Option<Wanted>,
    pub(crate) window_bytes: usize,
    /// The most bytes that a read returns, in turn. 0 is no limit.
    pub(crate) reads: [u8; 4],
}

/// Returns a text several times, with gaps between. A fuzzer finds repetitions more cheaply than a long text.
fn repeated(text: &[u8], times: u8, gap: u8) -> Vec<u8> {
    let is_short = times == u8::MAX && text.len() < 100;
    let times = if is_short { TIMES_OF_SHORT_MAX } else { (1 + times % TIMES_MAX).into() };
    let gap = if times == 1 { 0 } else { GAPS[usize::from(gap) % GAPS.len()] };
    [text, &b".".repeat(gap)].concat().repeat(times)
}

impl Options {
    /// Reads the options and the text from an input; `None` where the input is too short.
    pub(crate) fn read(input: &[u8]) -> Option<(Self, Vec<u8>)> {
        let (head, text) = input.split_at_checked(HEAD_BYTES)?;
        let mut head = Unstructured::new(head);
        let options = Self::of_head(&mut head).ok()?;
        let [times, gap] = head.arbitrary::<[u8; 2]>().ok()?;
        Some((options, repeated(text, times, gap)))
    }

    fn of_head(head: &mut Unstructured<'_>) -> Result<Self> {
        let flags: u8 = head.arbitrary()?;
        let is_set = |bit: u8| flags >> bit & 1 == 1;
        let template = TEMPLATES[usize::from(head.arbitrary::<u8>()?) % TEMPLATES.len()];
        let languages = [Language::English, Language::Chinese, Language::Both];
        let language = languages[usize::from(head.arbitrary::<u8>()?) % languages.len()];
        let catalog = usize::from(head.arbitrary::<u8>()?) % CATALOGS.len();
        let key_bits: u8 = head.arbitrary()?;
        let keys = (0..KEYS.len()).filter(|bit| key_bits >> bit & 1 == 1).map(|bit| KEYS[bit]).collect();
        let mut patterns = Vec::new();
        for number in head.arbitrary::<[u8; 2]>()? {
            patterns.extend(usize::from(number).checked_sub(1).map(|at| at % PATTERNS.len()));
        }
        let lines = if head.arbitrary::<u8>()? & 1 == 1 {
            Some(Self::lines(head, &CATALOGS[catalog])?)
        } else {
            None
        };
        Ok(Self {
            strict: is_set(0),
            color: is_set(1),
            colors: is_set(6),
            unknown: is_set(2),
            as_fields: is_set(3),
            strip: is_set(4),
            defaults: !is_set(5),
            keys,
            template,
            language,
            catalog,
            patterns,
            lines,
            // The last value is the program's own.
            window_bytes: match head.arbitrary::<u16>()? {
                u16::MAX => 128 * 1024,
                bytes => bytes.into(),
            },
            reads: head.arbitrary()?,
        })
    }

    fn lines(head: &mut Unstructured<'_>, catalog: &Catalog) -> Result<Wanted> {
        let [selector, before, after, how] = head.arbitrary::<[u8; 4]>()?;
        let only = usize::from(selector).checked_sub(1).map(|at| SELECTORS[at % SELECTORS.len()]);
        let only = only.and_then(|text| Selector::parse(text, catalog, None).ok());
        let context = (usize::from(before % 5), usize::from(after % 5));
        let context = (only.is_some() && how & 1 == 1).then_some(context);
        // Lines are always chosen or numbered here: without either, they would not matter.
        let numbered = only.is_none() || how & 2 == 2;
        Ok(Wanted { only, context, numbered, max_count: None })
    }

    pub(crate) fn catalog(&self) -> &Catalog {
        &CATALOGS[self.catalog]
    }

    /// Returns true if notes have texts that are themselves fields.
    pub(crate) fn has_fields_in_notes(&self) -> bool {
        self.catalog == EVIL
    }

    /// Returns a builder with all options but those for lines.
    pub(crate) fn builder(&self) -> AnnotatorBuilder {
        let mut keys = if self.defaults { Keys::default() } else { Keys::none() };
        self.keys.iter().for_each(|key| keys.add(key).unwrap());
        let patterns = self.patterns.iter().map(|&at| PARSED[at].0.clone()).collect();
        Annotator::builder()
            .strict(self.strict)
            .color(self.color)
            .colors(if self.colors { OTHER_COLORS.parse().unwrap() } else { SeverityColors::default() })
            .unknown(self.unknown)
            .as_fields(self.as_fields)
            .keys(keys)
            .patterns(patterns)
            .note(Template::parse(self.template).unwrap())
            .language(self.language)
            .catalog(self.catalog().clone())
    }

    /// Returns the same options for the twin.
    pub(crate) fn style<'a>(&'a self, added: &'a [&'a str]) -> Style<'a> {
        Style {
            rules: Rules { strict: self.strict, defaults: self.defaults, added },
            catalog: self.catalog().clone(),
            unknown: self.unknown,
            patterns: self.patterns.iter().map(|&at| &PARSED[at].1).collect(),
            template: self.template,
            language: self.language,
            as_fields: self.as_fields,
            color: self.color,
            colors: if self.colors { ["1;31", "38;2;255;175;0", ""] } else { COLORS },
            strip: self.strip,
        }
    }

    /// Returns the added keys in the form that the twin takes.
    pub(crate) fn added_keys(&self) -> Vec<String> {
        self.keys.iter().map(|key| key.to_ascii_lowercase().replace('_', "")).collect()
    }
}
