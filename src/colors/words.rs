//! The words for colours and styles.

/// The names of colours, in the order of their numbers.
pub(super) const COLOR_NAMES: [&str; 8] =
    ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];

/// The names of styles, each with its parameter.
pub(super) const STYLES: [(&str, u8); 4] = [("bold", 1), ("dim", 2), ("italic", 3), ("underline", 4)];
