//! The words for colours and styles.

use colored::Color;

/// The names of colours, each with the colour and the bright one.
pub(super) const COLORS: [(&str, Color, Color); 8] = [
    ("black", Color::Black, Color::BrightBlack),
    ("red", Color::Red, Color::BrightRed),
    ("green", Color::Green, Color::BrightGreen),
    ("yellow", Color::Yellow, Color::BrightYellow),
    ("blue", Color::Blue, Color::BrightBlue),
    ("magenta", Color::Magenta, Color::BrightMagenta),
    ("cyan", Color::Cyan, Color::BrightCyan),
    ("white", Color::White, Color::BrightWhite),
];

/// The names of styles, each with its parameter.
pub(super) const STYLES: [(&str, u8); 4] = [("bold", 1), ("dim", 2), ("italic", 3), ("underline", 4)];
