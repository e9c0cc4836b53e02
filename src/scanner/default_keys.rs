//! The keys that are recognised by default, one row each. The scanner derives all that it knows of them from this
//! table.

/// The positive codes that count under a key. Negative codes always count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Positive {
    /// All positive codes.
    Always,
    /// All positive codes. A strict scanner takes them only where the key has a quote behind it.
    QuotedIfStrict,
    /// No positive code.
    Never,
}

/// A default key.
#[derive(Clone, Copy, Debug)]
pub(super) struct KeyRow {
    /// The letters and digits of the key, in lower case and without `_`; at most [`PACKED_MAX_BYTES`].
    pub(super) name: &'static [u8],
    pub(super) positive: Positive,
    /// True if a `.` and blanks may join a negative code to the key: `thirdRetCode. -905`.
    pub(super) takes_dot: bool,
}

/// The default keys. The number of a key is the number of its row.
pub(super) const KEY_TABLE: [KeyRow; 7] = [
    KeyRow { name: b"ret", positive: Positive::Always, takes_dot: false },
    KeyRow { name: b"code", positive: Positive::QuotedIfStrict, takes_dot: false },
    KeyRow { name: b"iret", positive: Positive::Always, takes_dot: false },
    KeyRow { name: b"retcode", positive: Positive::QuotedIfStrict, takes_dot: true },
    KeyRow { name: b"errcode", positive: Positive::Never, takes_dot: false },
    KeyRow { name: b"errorcode", positive: Positive::Never, takes_dot: false },
    KeyRow { name: b"thirdretcode", positive: Positive::QuotedIfStrict, takes_dot: true },
];

/// The number of every key that a user adds and the table lacks.
pub(super) const ADDED: usize = KEY_TABLE.len();

/// The number of `code`. Words before it may make it another kind of code: `exit code` is none of iMSDK's.
pub(super) const CODE: usize = number_of(b"code");

/// The most bytes of a name that [`pack`] takes.
pub(super) const PACKED_MAX_BYTES: usize = 16;

/// The names of the default keys, packed.
pub(super) const PACKED: [u128; KEY_TABLE.len()] = {
    let mut packed = [0; KEY_TABLE.len()];
    let mut row = 0;
    while row < KEY_TABLE.len() {
        packed[row] = pack(KEY_TABLE[row].name);
        row += 1;
    }
    packed
};

/// Packs a name into a number, its last byte in the lowest byte.
///
/// # Panics
///
/// Panics if the name has more than [`PACKED_MAX_BYTES`].
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

/// Returns the number of a default key. Fails to compile if the table lacks the name.
const fn number_of(name: &[u8]) -> usize {
    let mut row = 0;
    while PACKED[row] != pack(name) {
        row += 1;
    }
    row
}
