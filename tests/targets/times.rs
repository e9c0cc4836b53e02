//! The reader of times, compared with its naive twin: on any line, with a reader that has read other lines or none.

use super::naive::times;
use imsdk_annotate::{TimeReader, YearReference};

const YEAR: i16 = 2025;

/// Runs the target with lines.
pub(super) fn run(input: &[u8]) {
    let new = || TimeReader::new().year_reference(YearReference::Year(YEAR));
    let mut used = new();
    for line in input.split(|&byte| byte == b'\n').take(8) {
        let time = new().read(line);
        assert_eq!(used.read(line), time, "{}", line.escape_ascii());
        let found = time.map(|time| (time.written_second(), time.nanosecond(), time.offset_minutes()));
        assert_eq!(found, times::time(line, YEAR), "{}", line.escape_ascii());
        // Text behind a newline makes no difference.
        assert_eq!(
            used.read(&[line, b"\n2001-01-01 00:00:00]\"}"].concat()),
            time,
            "{}",
            line.escape_ascii()
        );
    }
}
