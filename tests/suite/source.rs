//! Constants that the public interface does not show, read from the text of the source, so that tests at a limit move
//! with it. A limit that the documents promise cannot move unseen: the naive twin has its value as a literal.

/// A constant: the text of its file, and its name.
pub(crate) struct Constant(&'static str, &'static str);

pub(crate) const KEY_MAX_BYTES: Constant =
    Constant(include_str!("../../src/scanner/limits.rs"), "KEY_MAX_BYTES");
pub(crate) const BLANKS_MAX: Constant = Constant(include_str!("../../src/scanner/limits.rs"), "BLANKS_MAX");
pub(crate) const SEQUENCE_MAX_BYTES: Constant =
    Constant(include_str!("../../src/scanner/invisible.rs"), "SEQUENCE_MAX_BYTES");
pub(crate) const ROW_MAX: Constant = Constant(include_str!("../../src/scanner/invisible.rs"), "ROW_MAX");
pub(crate) const BACKSLASHES_MAX: Constant =
    Constant(include_str!("../../src/scanner/written.rs"), "BACKSLASHES_MAX");
pub(crate) const RUN_MAX: Constant = Constant(include_str!("../../src/scanner/second_half.rs"), "RUN_MAX");
pub(crate) const REACH_BYTES: Constant = Constant(include_str!("../../src/scanner/limits.rs"), "REACH_BYTES");
pub(crate) const DOT_BLANKS_MAX: Constant =
    Constant(include_str!("../../src/scanner/code.rs"), "DOT_BLANKS_MAX");
pub(crate) const TOKEN_MAX_BYTES: Constant =
    Constant(include_str!("../../src/scanner/limits.rs"), "TOKEN_MAX_BYTES");
pub(crate) const MEMBER_BLANKS_MAX: Constant = Constant(include_str!("../../src/note/name.rs"), "BLANKS_MAX");
pub(crate) const LINE_MAX_BYTES: Constant =
    Constant(include_str!("../../src/buffer/window.rs"), "LINE_MAX_BYTES");
pub(crate) const BLOCK_BYTES: Constant =
    Constant(include_str!("../../src/program/input/blocks.rs"), "BLOCK_BYTES");
pub(crate) const TEXT_MAX_BYTES: Constant =
    Constant(include_str!("../../src/program/report/count/slot.rs"), "TEXT_MAX_BYTES");
pub(crate) const UNKNOWN_CODES_MAX: Constant =
    Constant(include_str!("../../src/program/report/tally/mod.rs"), "UNKNOWN_CODES_MAX");
pub(crate) const SURELY_TAKEN_BYTES: Constant =
    Constant(include_str!("../../src/program/system/signals/mod.rs"), "SURELY_TAKEN_BYTES");

impl Constant {
    /// Returns the value of a constant that is written as a product of numbers, such as `16 * 1024`.
    ///
    /// # Panics
    ///
    /// Panics with the name of the constant if the file does not have it, or has it in another form.
    pub(crate) fn value(&self) -> usize {
        let Self(text, name) = self;
        let written = text
            .split_once(&format!("const {name}: "))
            .and_then(|(_, rest)| rest.split_once(" = "))
            .and_then(|(_, rest)| rest.split_once(';'))
            .map(|(written, _)| written);
        let factors = written.map(|written| written.split('*').map(|factor| factor.trim().replace('_', "")));
        factors
            .and_then(|factors| factors.map(|factor| factor.parse::<usize>().ok()).product())
            .unwrap_or_else(|| panic!("{name} is no product of numbers in its file: {written:?}"))
    }
}

#[test]
fn the_documents_say_the_limits_of_the_source() {
    let documents = [include_str!("../../docs/guide.md"), include_str!("../../docs/reports.md")].concat();
    let documents = documents.split_whitespace().collect::<Vec<_>>().join(" ");
    for said in [
        format!("the first {} bytes of their lines", TEXT_MAX_BYTES.value()),
        format!("the {} unknown codes nearest to zero", UNKNOWN_CODES_MAX.value()),
        format!("a line of more than {} MiB", LINE_MAX_BYTES.value() / 1024 / 1024),
    ] {
        assert!(documents.contains(&said), "{said}");
    }
}

#[test]
fn constants_are_products_of_numbers() {
    assert_eq!(Constant("pub(crate) const A: u64 = 2 * 1_024;\n", "A").value(), 2048);
    assert_eq!(Constant("const AB: u64 = 2;\nconst A: u64 = 3;\n", "A").value(), 3);
    for text in ["const A: u64 = B;", "const A: u64 = 1 << 3;", "const AB: u64 = 1;"] {
        assert!(std::panic::catch_unwind(|| Constant(text, "A").value()).is_err(), "{text}");
    }
}
