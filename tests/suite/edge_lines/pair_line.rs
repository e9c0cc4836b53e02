//! Lines with any two bytes at one place around or between the parts of a field.

/// Lines with the place `@@` for two bytes.
const LINES: [&[u8]; 30] = [
    b"@@ret=-204 x",
    b"a@@ret=-204 x",
    b"\xD6@@ret=-204 x",
    b"\\@@ret=-204 x",
    b"\x1B@@ret=-204 x",
    b"\x1B[3@@ret=-204 x",
    b"%@@ret=-204 x",
    b"&#@@;ret=-204 x",
    b"@@code: 1 x",
    b"exit@@code=-1 x",
    b"zip @@code=5 x",
    b"@@exit code=-1 x",
    b"\xE5@@t code: 1 x",
    b"ret@@=-204 x",
    b"\"ret@@:-204 x",
    b"ret@@-204 x",
    b"ret=@@-204 x",
    b"ret=@@204 x",
    b"ret=@@-204@@ x",
    b"ret=-204@@",
    b"ret=-204@@5 x",
    b"ret=5@@ x",
    b"ret=\"-204@@ x",
    b"ret=\"-204\"@@",
    b"ret[-204@@ x",
    b"ret=int(-204)@@",
    b"ret=-204,2@@",
    b"retcode@@ -905 x",
    b"<ret>-204@@/ret>",
    b"@@ret>-204</ret>",
];

pub(crate) const SLOTS: u64 = LINES.len() as u64;

/// Returns the line of a number: a slot, and the two bytes in it.
pub(crate) fn pair_line(number: u64) -> Vec<u8> {
    let pair: [u8; 2] = u16::try_from(number % 65_536).unwrap().to_be_bytes();
    let mut line = LINES[usize::try_from(number / 65_536).unwrap()].to_vec();
    while let Some(at) = line.windows(2).position(|bytes| bytes == b"@@") {
        line[at..at + 2].copy_from_slice(&pair);
        if pair == *b"@@" {
            break;
        }
    }
    line.retain(|&byte| byte != b'\n');
    line
}
