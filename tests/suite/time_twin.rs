//! The reader of times against its naive twin, on random lines, and against jiff, on random times in each form.

use super::times::cases;
use crate::twin::times::{Time, time};
use imsdk_annotate::{TimeReader, YearReference};
use jiff::civil::{DateTime, date};
use jiff::tz::TimeZoneDatabase;
use proptest::prelude::*;
use std::cell::RefCell;

const YEAR: i16 = 2025;

/// The number of times in each form.
const TIMES: usize = 100_000;

/// Texts of which lines with times are made, and with what is nearly a time.
const PIECES: &str = r#"2026-05-01 10:00:00|2026-05-01T10:00:00|2024-02-29 23:59:60|2023-02-29 00:00:00|0000-01-01 00:00:00
99999-01-01 00:00:00|9999-12-31T23:59:59|0001-01-01 00:00:00|2026-136T10:00:00|2023-366T00:00:00|20260327 11:34:21
20260501T100000|20171223-22:15:29|20171223-2:5:9|17/06/09 20:10:40|68/06/09 20:10:40|69/06/09 20:10:40|2017/08/30 20:17:37
081109 203615|2026.05.28-12.14.45|2005-06-03-15.42.50|02/Mar/2017:10:52:08|03-May-2017 10:16:13|29 Aug 2023 13:47:38
9 Aug 13:47:38|Jun 14 15:16:01|Jul  9 12:16:51|Feb 29 12:16:51|Jun 14 2023 15:16:01|Sun Dec 04 04:47:44 2005|2005
Sun Dec 04 04:47:44|03-17 16:13:38|E0517 15:04:22|E20240517 15:04:22|10.30 16:49:06|1117838570 2005.06.03 |1714557600
1714557600123|1714557600123456|1714557600123456789|0946684799|946684800|4102444800|4102444801|10:00:00|25:00:00|.123|,5|:7
:606|.1234567890|.| | |  |	|Z|z|+08:00|+0800|+08| +0800| UTC|UTC|GMT| GMT+0800|UTC+8|-204| CST|PDT| Asia/Shanghai]
10.0.3.1 - - [|1.2.3.4 - - [|255.255.255.255 - - [| Europe/Berlin]|]|]|[|[|(|)|"|"|\|\"|<34>1 |<13>|<1234>|{|{"|}|}|":|":"|","|,|,"|time|ts|timestamp|@TimeStamp|date|t|=|=|="
time=|ts="|{"time":"|{"ts":|{"a":{"time":|"t":|null|-|x|INFO|a b c d|word |wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww
wwwwwwwwwwwwwwwwwwwwwwwwwwwwwww|ESC[2m|ESC[0m|ESC[38:5:1m|ESC[|ESC|LINE|BOM|0|1|9|_|;|é
at | at |UNTIL |expired	|on |Caused |XException: |Error: |NotAfter: | -1001| -08| -0330| +0515| +05:45"#;

fn pieces() -> Vec<Vec<u8>> {
    let piece = |text: &str| {
        text.replace("ESC", "\u{1b}").replace("LINE", "\n").replace("BOM", "\u{feff}").into_bytes()
    };
    let mut pieces: Vec<_> = PIECES.split(['|', '\n']).map(piece).collect();
    pieces.extend([b"|".to_vec(), b"\xFF".to_vec(), b"\xB5\xC7".to_vec(), "a".repeat(200).into_bytes()]);
    pieces
}

fn reader() -> TimeReader {
    TimeReader::new().year_reference(YearReference::Year(YEAR))
}

fn read(reader: &mut TimeReader, line: &[u8]) -> Option<Time> {
    reader.read(line).map(|time| (time.written_second(), time.nanosecond(), time.offset_minutes()))
}

thread_local! {
    /// A reader that has read all lines of the thread: what it remembers of them changes no time.
    static OLD_READER: RefCell<TimeReader> = RefCell::new(reader());
}

#[track_caller]
fn assert_agree(line: &[u8]) {
    let expected = time(line, YEAR);
    assert_eq!(read(&mut reader(), line), expected, "{}", line.escape_ascii());
    let found = OLD_READER.with_borrow_mut(|reader| read(reader, line));
    assert_eq!(found, expected, "after other lines: {}", line.escape_ascii());
}

#[test]
fn the_twin_agrees_on_known_lines_cut_anywhere_and_moved_to_the_end_of_what_is_read() {
    for case in cases() {
        let line = case.line.as_bytes();
        for end in 0..=line.len() {
            assert_agree(&line[..end]);
            assert_agree(&[&line[..end], b"\n", &line[end..]].concat());
        }
        for length in (440..=520).step_by(3).chain(495..=513) {
            let filler = "a".repeat(length);
            for before in [format!("{filler} ts="), format!("{{\"a\":\"{filler}\",\"t\":\"")] {
                assert_agree(&[before.as_bytes(), line].concat());
            }
        }
        for length in 170..=256 {
            assert_agree(&["[".repeat(length).as_bytes(), line].concat());
            assert_agree(&["x".repeat(length).as_bytes(), b"[", line, b"]"].concat());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_twin_agrees_on_random_lines(
        chosen in prop::collection::vec(any::<prop::sample::Index>(), 1..14),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..2),
    ) {
        let pieces = pieces();
        let mut line: Vec<u8> = chosen.iter().flat_map(|index| index.get(&pieces).clone()).collect();
        assert_agree(&line);
        for (place, byte) in changes {
            *place.get_mut(&mut line) = byte;
        }
        assert_agree(&line);
    }
}

/// Numbers that look random, the same in each run.
struct Random(u64);

impl Random {
    /// Returns a number below a bound.
    fn below(&mut self, bound: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).unwrap() % bound
    }

    /// Returns a time in some years, one in four on a leap day or at an end of a year or a month.
    fn time(&mut self, first: i16, last: i16) -> DateTime {
        let year = first + i16::try_from(self.below(i64::from(last - first) + 1)).unwrap();
        let day = date(year, 1, 1);
        let day = match self.below(12) {
            0 => date(year, 2, 28).tomorrow().unwrap(),
            1 => date(year, 12, 31),
            2 => date(year, 2, 1).last_of_month(),
            _ => day.with().day_of_year(1 + i16::try_from(self.below(365)).unwrap()).build().unwrap(),
        };
        let [hour, minute, second] = [24, 60, 60].map(|bound| i8::try_from(self.below(bound)).unwrap());
        day.at(hour, minute, second, 0)
    }
}

/// The forms, as jiff writes them, with the years that each has; `@` is the zone, and `~` the fraction.
const FORMS: [(&str, i16, i16); 22] = [
    ("%Y-%m-%d %H:%M:%S~@", 1, 9999),
    ("%Y-%m-%dT%H:%M:%S~@ x", 1, 9999),
    ("[%Y-%jT%H:%M:%S~@]", 1, 9999),
    ("%Y%m%d %H:%M:%S~@", 1, 9999),
    ("%Y%m%dT%H%M%S~@", 1, 9999),
    ("%Y%m%d-%H:%M:%S~@", 1, 9999),
    ("%Y/%m/%d %H:%M:%S~@", 1, 9999),
    ("%y/%m/%d %H:%M:%S~@", 1969, 2068),
    ("%y%m%d %H%M%S~@", 1969, 2068),
    ("[%Y.%m.%d-%H.%M.%S~@]", 1, 9999),
    ("- %Y-%m-%d-%H.%M.%S~@ x", 1, 9999),
    ("a b c d e f [%d/%b/%Y:%H:%M:%S~@]", 1, 9999),
    ("[%d-%b-%Y %H:%M:%S~@]", 1, 9999),
    ("%d %b %Y %H:%M:%S~@", 1, 9999),
    ("%b %e %Y %H:%M:%S~@", 1, 9999),
    ("[%a %b %d %H:%M:%S~@ %Y]", 1, 9999),
    ("E%Y%m%d %H:%M:%S~@", 1, 9999),
    ("<13>%b %e %H:%M:%S~@ x", YEAR, YEAR),
    ("%d %b %H:%M:%S~@ x", YEAR, YEAR),
    ("%m-%d %H:%M:%S~@ x", YEAR, YEAR),
    ("E%m%d %H:%M:%S~@ x", YEAR, YEAR),
    ("[%m.%d %H:%M:%S~@]", YEAR, YEAR),
];

#[test]
fn jiff_agrees_on_random_times_in_each_form() {
    let mut random = Random(1);
    let mut reader = reader();
    for (form, first, last) in FORMS {
        let (form, tail) = form.split_once('~').unwrap();
        for _ in 0..TIMES {
            let time = random.time(first, last);
            let second = time.duration_since(DateTime::from(date(1970, 1, 1))).as_secs();
            let digits = usize::try_from(random.below(10)).unwrap();
            let nanosecond = random.below(1_000_000_000);
            let fraction = format!(".{nanosecond:09}");
            let fraction = if digits == 0 { "" } else { &fraction[..=digits] };
            let step = 10_i64.pow(9 - u32::try_from(digits).unwrap());
            let zone = random.below(24 * 120 - 1) - (24 * 60 - 1);
            let (sign, minutes) = (if zone < 0 { '-' } else { '+' }, zone.abs());
            let zone_text = format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60);
            let has_zone = random.below(3) > 0;
            let tail = tail.replace('@', if has_zone { &zone_text } else { "" });
            let line = format!("{}{fraction}{}", time.strftime(form), time.strftime(&tail));
            let nanosecond = u32::try_from(nanosecond / step * step).unwrap();
            let expected = (second, nanosecond, has_zone.then(|| i16::try_from(zone).unwrap()));
            assert_eq!(read(&mut reader, line.as_bytes()), Some(expected), "{line}");
        }
    }
}

#[test]
fn jiff_agrees_on_random_times_in_named_zones() {
    let mut random = Random(2);
    let mut reader = reader();
    for name in ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"] {
        let zone = TimeZoneDatabase::bundled().get(name).unwrap();
        for _ in 0..TIMES / 4 {
            let time = random.time(1980, 2060);
            let line = time.strftime(&format!("[%d-%b-%Y %H:%M:%S {name}]")).to_string();
            let second = zone.to_ambiguous_timestamp(time).compatible().unwrap().as_second();
            assert_eq!(reader.read(line.as_bytes()).map(|time| time.second()), Some(second), "{line}");
        }
    }
}

#[test]
fn jiff_agrees_on_random_numbers() {
    let mut random = Random(3);
    let mut reader = reader();
    for (digits, scale) in [(10, 0), (13, 3), (16, 6), (19, 9)] {
        for _ in 0..TIMES {
            let second = 946_684_800 + random.below(0x7FFF_FFFF);
            let number = format!("{second:010}{:09}", random.below(1_000_000_000));
            let expected: u32 = format!("{:0<9}", &number[10..10 + scale]).parse().unwrap();
            let line = format!("{} x", &number[..digits]);
            assert_eq!(read(&mut reader, line.as_bytes()), Some((second, expected, Some(0))), "{line}");
        }
    }
}
