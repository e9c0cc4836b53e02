//! The reach of the rules of a field, in bytes. These limits make it possible to stream a line of any length.

use super::invisible::{ROW_MAX, SEQUENCE_MAX_BYTES};
use super::written::WRITTEN_MAX_BYTES;
use crate::catalog::CODE_DIGITS_MAX;

/// The most bytes of an identifier that can be a key.
pub(crate) const KEY_MAX_BYTES: usize = 32;

/// The most blanks on each side of a separator, and before a key that is spelled `code`.
pub(super) const BLANKS_MAX: usize = 16;

/// The most bytes that count of the token before a key that is spelled `code`.
pub(super) const TOKEN_MAX_BYTES: usize = 48;

/// The most digits of a code.
pub(super) const DIGITS_MAX: usize = CODE_DIGITS_MAX;

/// The distance before the first byte of a key, and behind its last byte, within which all rules look. A field that goes
/// on beyond, or whose next character lies beyond, is none.
pub(crate) const REACH_BYTES: usize = 640;

/// The most bytes between a key and the place that [`candidates`](super::candidates) shows, but for a few: a quote with
/// its backslashes, `]`, blanks, and the backslashes of a written separator, of which the last one is the place.
pub(super) const BETWEEN_MAX_BYTES: usize = 40;

/// The distance from a candidate within which all rules look back.
pub(crate) const LOOK_BEHIND_BYTES: usize = BETWEEN_MAX_BYTES + KEY_MAX_BYTES + REACH_BYTES;

/// The distance from a candidate within which all rules look ahead: the reach, the byte behind it, and behind a note
/// the invisible sequences and the `<` that close an element.
pub(crate) const LOOK_AHEAD_BYTES: usize = REACH_BYTES + 1 + ROW_MAX * SEQUENCE_MAX_BYTES + WRITTEN_MAX_BYTES;
