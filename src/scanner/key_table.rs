//! The keys that are recognised by default, a row each. All that the scanner knows of them is derived from here.

/// The positive codes that count under a key. Negative ones always do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Positive {
    /// All.
    Always,
    /// All; where the scanner is strict, those of keys with a quote behind them.
    QuotedIfStrict,
    /// None.
    Never,
}

/// A key.
#[derive(Clone, Copy, Debug)]
pub(super) struct KeyRow {
    /// Letters and digits, in lower case and without `_`; at most [`PACKED_MAX_BYTES`].
    pub(super) name: &'static [u8],
    pub(super) positive: Positive,
}

/// The default keys. The number of a key is that of its row.
pub(super) const KEY_TABLE: [KeyRow; 7] = [
    KeyRow { name: b"ret", positive: Positive::Always },
    KeyRow { name: b"code", positive: Positive::QuotedIfStrict },
    KeyRow { name: b"iret", positive: Positive::Always },
    KeyRow { name: b"retcode", positive: Positive::QuotedIfStrict },
    KeyRow { name: b"errcode", positive: Positive::Never },
    KeyRow { name: b"errorcode", positive: Positive::Never },
    KeyRow { name: b"thirdretcode", positive: Positive::QuotedIfStrict },
];

/// The number that stands for all keys that a user adds and the table lacks.
pub(super) const ADDED: usize = KEY_TABLE.len();

/// The number of the key whose kind is asked for: `exit code` is none of ours.
pub(super) const CODE: usize = number_of(b"code");

/// The most letters of a name that [`pack`] takes.
pub(super) const PACKED_MAX_BYTES: usize = 16;

/// The names, packed.
pub(super) const PACKED: [u128; KEY_TABLE.len()] = {
    let mut packed = [0; KEY_TABLE.len()];
    let mut row = 0;
    while row < KEY_TABLE.len() {
        packed[row] = pack(KEY_TABLE[row].name);
        row += 1;
    }
    packed
};

/// Packs the letters of a name into a number, the last one in the lowest byte.
///
/// # Panics
///
/// Panics if there are more than [`PACKED_MAX_BYTES`].
pub(super) const fn pack(name: &[u8]) -> u128 {
    assert!(name.len() <= PACKED_MAX_BYTES);
    let mut letters = 0;
    let mut at = 0;
    while at < name.len() {
        letters = letters << 8 | name[at] as u128;
        at += 1;
    }
    letters
}

/// Returns the number of a default key.
const fn number_of(name: &[u8]) -> usize {
    let mut row = 0;
    while PACKED[row] != pack(name) {
        row += 1;
    }
    row
}
