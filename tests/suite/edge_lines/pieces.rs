//! The parts of a line at the edges of the rules.

use super::{Manner, Random};

const NOTE: &[u8] = b" (auth: user session is failure!)";

/// Adds a backslash, mostly once, also as often as a limit allows or once more.
fn backslashes(random: &mut Random, manner: Manner, line: &mut Vec<u8>) {
    let counts = [1, 1, 1, 2, 3, 7, 8, 8, 9, 16, 17];
    let count = if manner == Manner::Usual { random.of(&counts[..4]) } else { random.of(&counts) };
    line.extend(b"\\".repeat(count));
}

/// Adds a character that is written in other characters, or nearly so.
pub(super) fn written(random: &mut Random, manner: Manner, byte: u8, line: &mut Vec<u8>) {
    let form = random.below(11);
    if form < 5 {
        backslashes(random, manner, line);
    }
    let mut text = match form {
        0 => format!("u{byte:04x}"),
        1 => format!("u{{{byte:0width$x}}}", width = random.of(&[1, 2, 4, 6, 7])),
        2 => format!("x{byte:02x}"),
        3 => format!("{byte:03o}"),
        4 => match byte {
            b'\n' => "n".into(),
            b'\t' => "t".into(),
            0x1B => "e".into(),
            b'/' => "/".into(),
            _ => char::from(random.of(b"nrtbfvae0/dsx")).into(),
        },
        5 => format!("#{byte:03o}"),
        6 => format!("#x{byte:02x}"),
        7 => format!("%{byte:02x}"),
        8 => format!("&#{byte:0width$};", width = random.of(&[1, 2, 3, 7, 8])),
        9 => format!("&#x{byte:0width$x};", width = random.of(&[1, 2, 4, 6, 7])),
        _ => match byte {
            b'"' => "&quot;".into(),
            b'\'' => "&apos;".into(),
            b'&' => "&amp;".into(),
            b'<' => "&lt;".into(),
            b'>' => "&gt;".into(),
            b' ' => "&nbsp;".into(),
            0x1B => "^[".into(),
            _ => format!("%{byte:02X}"),
        },
    };
    if random.once_in(4) && !text.starts_with('&') {
        text = text.chars().map(|char| if char == 'x' { char } else { char.to_ascii_uppercase() }).collect();
    }
    line.extend_from_slice(text.as_bytes());
}

/// Adds a byte as it is, or written.
fn maybe_written(random: &mut Random, manner: Manner, byte: u8, line: &mut Vec<u8>) {
    let is_written = if manner == Manner::Usual { random.once_in(12) } else { random.once_in(3) };
    if is_written {
        written(random, manner, byte, line);
    } else {
        line.push(byte);
    }
}

/// Adds an invisible sequence, or nearly one.
pub(super) fn sequence(random: &mut Random, manner: Manner, line: &mut Vec<u8>) {
    let start = line.len();
    maybe_written(random, manner, 0x1B, line);
    let bracket = random.of(b"[[[[[[[()");
    maybe_written(random, if manner == Manner::Long { Manner::Usual } else { manner }, bracket, line);
    if bracket != b'[' {
        line.push(if random.once_in(4) { random.byte() } else { random.of(b"B0KmU(") });
        return;
    }
    let length = match manner {
        Manner::Long => random.of(&[58, 61, 62, 63, 64, 64, 64, 64, 64, 65]),
        _ if random.once_in(12) => random.of(&[63, 64, 65]),
        _ => 0,
    };
    let parameters: &[u8] = random.of(&[&b""[..], b"31", b"0", b"01;31", b"?25", b" ", b"38;5;1", b"/0"]);
    line.extend_from_slice(parameters);
    while line.len() + 1 < start + length {
        line.push(b';');
    }
    line.push(match random.below(8) {
        0 => random.of(b"Ghlr~@\\%"),
        1 => b'K',
        2 if random.once_in(6) => random.byte(),
        _ => b'm',
    });
}

/// Adds a row of invisible sequences, mostly none.
pub(super) fn row(random: &mut Random, manner: Manner, line: &mut Vec<u8>) {
    let count = match manner {
        Manner::Usual => random.of(&[0, 0, 0, 0, 0, 0, 0, 0, 1, 2]),
        Manner::Wild => random.of(&[0, 0, 0, 0, 0, 1, 1, 3, 4, 5]),
        Manner::Long => random.of(&[0, 1, 2, 3, 4, 4, 4]),
    };
    (0..count).for_each(|_| sequence(random, manner, line));
}

/// Adds blanks with what may stand within them.
pub(super) fn blanks(random: &mut Random, manner: Manner, line: &mut Vec<u8>) {
    let counts = [0, 0, 0, 1, 1, 1, 2, 4, 5, 15, 16, 17];
    for _ in 0..random.of(&counts) {
        let blank = random.of(b"  \t");
        let manner_of_blank = if random.once_in(3) { manner } else { Manner::Usual };
        maybe_written(random, manner_of_blank, blank, line);
        if manner != Manner::Usual && random.once_in(8) {
            row(random, manner, line);
        }
    }
}

pub(super) fn quote(random: &mut Random, manner: Manner, line: &mut Vec<u8>) {
    if random.once_in(3) {
        match random.below(6) {
            0 => line.extend_from_slice(b"%5C"),
            1 => line.extend_from_slice(b"%5c%5C"),
            2 => line.extend_from_slice(&b"%5C".repeat(random.of(&[7, 8, 9]))),
            _ => backslashes(random, manner, line),
        }
    }
    match random.below(8) {
        0 => line.extend_from_slice(b"\"\""),
        1 => line.extend_from_slice(b"''"),
        _ => {
            let quote = random.of(b"\"\"'");
            maybe_written(random, manner, quote, line);
        }
    }
}

/// Adds a run of bytes that are not ASCII with a byte behind it that may be the second half of a character.
fn half(random: &mut Random, line: &mut Vec<u8>) {
    let count = random.of(&[1, 1, 1, 2, 3, 3, 5, 61, 62, 63, 64, 65, 67]);
    match random.below(5) {
        0 => line.extend("失".repeat(count / 3 + 1).bytes().take(count)),
        1 => line.extend_from_slice(
            &[b"\x81\x30\x84\x36", b"\x81\x2F\x84\x36", b"\x80\x30\x84\x36", b"\xFE\x39\xFE\x30"]
                [random.below(4)][..],
        ),
        _ => line.extend((0..count).map(|_| random.of(b"\x80\x81\xA3\xBA\xC3\xE9\xFE\xFE\xFF"))),
    }
    if random.once_in(2) {
        line.push(random.of(b"FFaz_@\\\\\\~}]09"));
    }
}

/// Adds what stands before a key.
pub(super) fn before(random: &mut Random, manner: Manner, line: &mut Vec<u8>) {
    match random.below(10) {
        0 => return half(random, line),
        1 => {
            let byte = random.of(b"$-aZ_09<{&,\n\r\t;\"\x1B/%");
            return maybe_written(random, Manner::Wild, byte, line);
        }
        2 => {
            let byte = random.of(b"nrtbfvae0/");
            backslashes(random, manner, line);
            return line.push(byte);
        }
        3..7 => {}
        _ => return,
    }
    // A token before a key that may be spelled `code`.
    let words = "abnormal close exit signal status area auth zip http response verify Error with rezip my_exit \
        exits done, (x) job-exit Domain=x Domain%3Dx domain=x Exit a\\nexit \\exit \\u000aexit %41exit e%78it EXIT";
    let words: Vec<&str> = words.split_whitespace().collect();
    let word = random.of(&words);
    match random.below(8) {
        0 => half(random, line),
        1 => sequence(random, manner, line),
        2 => line.extend(format!("Domain={}", "x".repeat(random.of(&[39, 40, 41, 42]))).bytes()),
        3 => {
            line.extend_from_slice(random.of(&[
                &b"Domain=ret=-204"[..],
                b"ret=-204",
                b"x;ret=-204",
                b"exit=ret:-204",
            ]));
            line.extend_from_slice(NOTE);
        }
        4 => line.extend(b"x".repeat(random.of(&[40, 44, 47, 48, 49]))),
        _ => {}
    }
    line.extend_from_slice(word.as_bytes());
    if random.once_in(6) {
        row(random, manner, line);
    }
    if random.once_in(3) {
        line.push(b' ');
    } else {
        blanks(random, manner, line);
    }
    if random.once_in(8) {
        quote(random, manner, line);
    }
}

pub(super) fn key(random: &mut Random, line: &mut Vec<u8>) {
    let keys = [
        "ret",
        "ret",
        "ret",
        "code",
        "code",
        "code",
        "retcode",
        "iret",
        "errcode",
        "errorcode",
        "thirdretcode",
    ];
    let key = match random.below(12) {
        0 => random.of(&["retry", "et", "ode", "r", "xret", "ret2", "encode", "rett"]),
        _ => random.of(&keys),
    };
    let mut key = key.as_bytes().to_vec();
    if random.once_in(6) {
        let at = random.below(key.len());
        key[at] = key[at].to_ascii_uppercase();
    }
    if random.once_in(10) {
        let wanted = random.of(&[key.len() + 1, key.len() + 2, 31, 32, 33]);
        let at = random.of(&[0, 1, key.len()]);
        while key.len() < wanted {
            key.insert(at, b'_');
        }
    }
    line.append(&mut key);
}

/// Adds all that stands between a key and what is before a code.
pub(super) fn separator(random: &mut Random, manner: Manner, line: &mut Vec<u8>) {
    if random.once_in(3) {
        quote(random, manner, line);
        row(random, manner, line);
    }
    if random.once_in(8) {
        maybe_written(random, manner, b']', line);
        row(random, manner, line);
    }
    if random.once_in(10) {
        maybe_written(random, manner, b'.', line);
        return blanks(random, manner, line);
    }
    if random.once_in(10) {
        let bracket = random.of(b"[(");
        return maybe_written(random, manner, bracket, line);
    }
    if random.once_in(2) {
        blanks(random, manner, line);
    }
    match random.below(10) {
        0 => {
            maybe_written(random, manner, b'=', line);
            maybe_written(random, manner, b'>', line);
        }
        1 => line.extend_from_slice(random.of(&["：", "＝", "；"]).as_bytes()),
        2 => line.extend_from_slice(random.of(&[
            &b"\xA3\xBA"[..],
            b"\xA3\xBD",
            b"\xA3\xBB",
            b"\\uff1a",
            b"\\uFF1D",
        ])),
        3 => {
            let [first, second, third] = random.of(&["：", "＝"]).as_bytes() else { unreachable!() };
            let how = random.below(3);
            for byte in [first, second, third] {
                match how {
                    0 => line.extend(format!("%{byte:02X}").bytes()),
                    1 => line.extend(format!("\\x{byte:02x}").bytes()),
                    _ => line.extend(format!("#{byte:03o}").bytes()),
                }
            }
        }
        4 => line.extend_from_slice(random.of(&[
            &b"&#65306;"[..],
            b"&#xFF1A;",
            b"&#xff1d;",
            b"==",
            b"->",
            b"",
        ])),
        5..7 => maybe_written(random, manner, b':', line),
        _ => maybe_written(random, manner, b'=', line),
    }
    if random.once_in(2) {
        blanks(random, manner, line);
    }
}

fn number(random: &mut Random, line: &mut Vec<u8>) {
    line.extend_from_slice(random.of(&[
        &b"-204"[..],
        b"-204",
        b"-204",
        b"-1",
        b"-905",
        b"1",
        b"1",
        b"5",
        b"5",
        b"-204.0",
        b"-1.0",
        b"5.0",
        b"-204.00",
        b"0",
        b"-0",
        b"--1",
        b"-232",
        b"6",
        b"-",
        b"-123456789",
        b"-1234567890",
        b"%2D204",
        b"-20%34",
    ]));
}

pub(super) fn code(random: &mut Random, manner: Manner, line: &mut Vec<u8>) {
    match random.below(6) {
        0 => {
            let start = line.len();
            quote(random, manner, line);
            let opening = line[start..].to_vec();
            row(random, manner, line);
            number(random, line);
            row(random, manner, line);
            if random.once_in(6) { quote(random, manner, line) } else { line.extend(opening) }
        }
        1 => {
            let words = "int integer long i32 i64 int32 int64 some optional number numberint numberlong Int SOME i16 float";
            let words: Vec<&str> = words.split_whitespace().collect();
            line.extend_from_slice(random.of(&words).as_bytes());
            row(random, manner, line);
            maybe_written(random, manner, b'(', line);
            row(random, manner, line);
            number(random, line);
            row(random, manner, line);
            maybe_written(random, manner, b')', line);
        }
        2 => {
            number(random, line);
            row(random, manner, line);
            let bracket = random.of(b"])");
            maybe_written(random, manner, bracket, line);
        }
        _ => number(random, line),
    }
}

/// Adds what stands behind a code.
pub(super) fn behind(random: &mut Random, manner: Manner, line: &mut Vec<u8>) {
    if random.once_in(3) {
        row(random, manner, line);
    }
    for _ in 0..random.of(&[0, 1, 1, 1, 2, 4]) {
        match random.below(6) {
            0 => line.push(random.of(b"x_%/+*^=~@$-.:,59 \r\t;|})]\"'&#\\<>!?\x1B")),
            1 => {
                let byte = random.of(b"x_%/+*^=~@$-.:,59 \n;\"'&\\<>\x1B");
                written(random, manner, byte, line);
            }
            2 => line.extend_from_slice(random.of(&[
                &b",200"[..],
                b",20",
                b",2000",
                b".5",
                b".x",
                b":5",
                b": 5",
                b",2\x1B[m00",
                b",%3200",
                b".%35",
                b",2\x1B[G00",
            ])),
            3 => line.extend_from_slice(random.of(&[
                "，".as_bytes(),
                b"\xA3\xAC",
                b"%E3%80%82",
                b"\\u3002",
                b"\xFF",
                b"&#12290;",
                b"\xC2\xA0",
                b"\\xe3",
            ])),
            4 => sequence(random, manner, line),
            _ => line.push(b' '),
        }
    }
}
