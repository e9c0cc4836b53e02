//! Passes once over standard input with a regular expression, as `--pattern` has to, and counts what its group `code`
//! matches: `"$(benches/built.sh --bench regex_pass)" REGEX < log`.

use regex::bytes::RegexBuilder;
use std::io::{self, Read};

/// The size of a read, the same as in the program.
const BLOCK_BYTES: usize = 128 * 1024;

fn main() -> io::Result<()> {
    let Some(pattern) = std::env::args().nth(1) else {
        eprintln!("usage: regex_pass REGEX < log");
        std::process::exit(2);
    };
    let regex =
        RegexBuilder::new(&pattern).multi_line(true).crlf(true).build().expect("a regular expression");
    let group = regex.capture_names().position(|name| name == Some("code")).expect("a group `code`");
    let mut locations = regex.capture_locations();
    let (mut buffer, mut end, mut count) = (vec![0; BLOCK_BYTES], 0, 0_u64);
    loop {
        let read = io::stdin().read(&mut buffer[end..])?;
        end += read;
        let newline = buffer[..end].iter().rposition(|&byte| byte == b'\n');
        let whole = if read == 0 { end } else { newline.map_or(0, |newline| newline + 1) };
        let mut at = 0;
        while let Some(found) = regex.captures_read_at(&mut locations, &buffer[..whole], at) {
            count += u64::from(locations.get(group).is_some());
            at = found.end() + usize::from(found.is_empty());
        }
        buffer.copy_within(whole..end, 0);
        end -= whole;
        if read == 0 {
            println!("{count}");
            return Ok(());
        }
        if end == buffer.len() {
            buffer.resize(2 * end, 0);
        }
    }
}
