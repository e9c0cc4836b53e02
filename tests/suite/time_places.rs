//! The rules by which the time of a line is found, each at its limits: one below, at, one above.

use super::time_rules::{assert_none, assert_read, read};
use imsdk_annotate::TimeReader;

const TIME: &str = "2026-05-01 10:00:00";

#[test]
fn a_time_stands_at_the_beginning_behind_marks() {
    for before in [
        "",
        "[",
        "(",
        "\"",
        "[(\"",
        "\u{feff}",
        "\u{feff}[",
        " ",
        "\t  ",
        "[ ",
        "<13>",
        "<191>",
        "<34>1 ",
        "\u{1b}[2m",
        "\u{1b}[m[\u{1b}[38;5;1m",
        "\u{1b}[38:2:1:2:3m",
    ] {
        assert_read(&[(&format!("{before}{TIME} x"), "2026-05-01T10:00:00")]);
    }
    for before in
        ["x", "-", "{", "'", "<", "<>", "<1234>", "<x>", "<13", "\u{1b}[2K", "\u{1b}", "\u{1b}]m", ">"]
    {
        assert_none(&[&format!("{before}{TIME} x")]);
    }
}

#[test]
fn up_to_four_words_of_64_bytes_may_stand_before_a_time() {
    let word = |length: usize| "w".repeat(length);
    for words in 0..=6 {
        let line = format!("{}{TIME}", "INFO ".repeat(words));
        assert_eq!(read(&line).is_some(), words <= 4, "{line}");
    }
    for (length, is_read) in [(63, true), (64, true), (65, false)] {
        for line in [
            format!("{} {TIME}", word(length)),
            format!("a {}  [{TIME}", word(length)),
            format!("a b c {}\t{TIME}", word(length)),
        ] {
            assert_eq!(read(&line).is_some(), is_read, "{line}");
        }
    }
    assert_read(&[
        ("I, [2026-05-01T10:00:00.5 #126554]  INFO", "2026-05-01T10:00:00.5"),
        ("\u{1b}[32m INFO\u{1b}[0m \u{1b}[2m2026-05-01T10:00:00Z\u{1b}[0m", "2026-05-01T10:00:00Z"),
        ("(main)\t\"2026-05-01 10:00:00\"", "2026-05-01T10:00:00"),
        ("{main} 2026-05-01 10:00:00", "2026-05-01T10:00:00"),
    ]);
}

/// Lines of stack traces go with the line before them, whatever times their messages name.
#[test]
fn a_time_of_the_message_is_not_that_of_the_line() {
    assert_none(&[
        "JWT expired at 2026-05-01T09:00:00Z",
        "io.jsonwebtoken.ExpiredJwtException: 2026-05-01T09:00:00Z x",
        "Caused by: NotAfter: Thu Apr 30 23:59:59 CST 2026",
        "Caused by 2026-05-01T09:00:00Z",
        "Lease valid UNTIL 2026-06-01 00:00:00",
        "TypeError: x 2026-06-01 00:00:00",
        "a since \"2026-06-01 00:00:00",
        "a since ( 2026-06-01 00:00:00",
        "at [2026-05-01 10:00:00] x",
    ]);
    assert_read(&[
        ("Error: 2026-05-01 10:00:00 x", "2026-05-01T10:00:00"),
        ("until x 2026-05-01 10:00:00 x", "2026-05-01T10:00:00"),
        ("at time=2026-05-01T10:00:00 x", "2026-05-01T10:00:00"),
        ("cause by at INFO 2026-05-01 10:00:00 x", "2026-05-01T10:00:00"),
    ]);
}

#[test]
fn a_time_between_brackets_ends_in_the_first_256_bytes() {
    let common = "[02/Mar/2017:10:52:08 +0800]";
    for (length, is_read) in [(227, true), (228, true), (229, false)] {
        let line = format!("{}{common} x", "a".repeat(length));
        assert_eq!(read(&line).is_some(), is_read, "{length}");
    }
    assert_read(&[
        ("a b c d e [2026-05-01 10:00:00] x", "2026-05-01T10:00:00"),
        ("[ERROR][2026-05-01 10:00:00,5 main] x", "2026-05-01T10:00:00.5"),
        ("[a][b][\u{1b}[2m2026-05-01T10:00:00Z\u{1b}[0m]", "2026-05-01T10:00:00Z"),
    ]);
    assert_none(&[
        "a b c d e [2026-05-01 10:00:00",
        "a b c d e [x 2026-05-01 10:00:00]",
        "a b c d e (2026-05-01 10:00:00)",
        "a b c d e 2026-05-01 10:00:00",
        "a b c d e [1714557600]",
    ]);
}

#[test]
fn nothing_behind_byte_512_counts() {
    // A time of 20 bytes with its zone, at the end of the bytes that are looked at.
    for (before, is_read) in [(483, true), (484, true), (485, false), (600, false)] {
        let line = format!("{} time={TIME}Z {}", "a".repeat(before - 6), "b".repeat(100));
        assert_eq!(read(&line).is_some(), is_read, "{before}");
    }
    // In a shorter line, a time may stand at the end.
    let line = format!("{} time={TIME}Z", "a".repeat(485));
    assert_eq!(line.len(), 511);
    assert!(read(&line).is_some());
    assert!(read(format!("{line}b")).is_none());

    for (length, is_read) in [(511, true), (512, true), (513, false)] {
        let rest = format!("\",\"time\":\"{TIME}\"}}\n");
        let line = format!("{{\"log\":\"{}{rest}", "a".repeat(length + 2 - 8 - rest.len()));
        assert_eq!(line.len(), length + 2);
        assert_eq!(read(&line).is_some(), is_read, "{length}");
    }
    let digits = format!("{TIME}.{} x", "1".repeat(490));
    assert_eq!(read(&digits), None);
    // Nor does it behind a beginning that is known from other lines.
    let mut reader = TimeReader::new();
    for (digits, is_read) in [(1, true), (100, true), (479, true), (480, false), (490, false), (600, false)] {
        let line = format!("word {TIME}.{} {}", "1".repeat(digits), "x".repeat(100));
        assert_eq!(reader.read(line.as_bytes()).is_some(), is_read, "{digits}");
    }
}

#[test]
fn text_behind_a_newline_counts_for_nothing() {
    assert_none(&[
        "\n2026-05-01 10:00:00",
        "a\n2026-05-01 10:00:00",
        "a b\nts=2026-05-01T10:00:00",
        "{\"a\":1,\n\"ts\":1714557600}",
    ]);
    assert_read(&[
        ("2026-05-01 10:00:00\n +0800", "2026-05-01T10:00:00"),
        ("1714557600\r\n", "2024-05-01T10:00:00Z"),
    ]);
}

#[test]
fn members_of_json_have_names_for_times() {
    for name in [
        "time",
        "ts",
        "timestamp",
        "@timestamp",
        "datetime",
        "date",
        "t",
        "eventTime",
        "log_time",
        "timeMillis",
        "epochMillis",
        "__REALTIME_TIMESTAMP",
        "timestamp_ns",
    ] {
        for name in [name.to_owned(), name.to_uppercase(), name.to_lowercase()] {
            for value in [
                "\"2024-05-01T10:00:00Z\"",
                "1714557600",
                "1714557600000",
                "\"1714557600000000\"",
                "1714557600.0",
            ] {
                for (before, behind) in [
                    ("{", "}"),
                    ("{ \"a\" : \"b\" , ", ",\"time\":\"2000-01-01T00:00:00Z\"}"),
                    (
                        "{\"a\":{\"time\":\"2000-01-01T00:00:00Z\"},\"b\":[1,\"]\",{\"c\":[]}],\"d\":null,\"e\":-1.5e3,",
                        "}",
                    ),
                    ("{\"msg\":\"\\\"time\\\":\\\\\",", "}"),
                    ("{\"time\":\"soon\",\"ts\":12345,\"t\":null,\"date\":{\"t\":1700000000},", "}"),
                    ("@cee: {", "}"),
                    ("@cee:{", "}"),
                    ("[{", "}]"),
                    ("a b c d {", " , \"b\": 1 } x"),
                ] {
                    let line = format!("{before}\"{name}\": {value}{behind}");
                    assert_read(&[(&line, "2024-05-01T10:00:00Z")]);
                }
            }
        }
    }
    assert_read(&[("{\"time\":\"02/Mar/2017:10:52:08 +0800\"}", "2017-03-02T10:52:08+08:00")]);
    assert_none(&[
        "{\"msg\":\"2024-05-01T10:00:00Z\"}",
        "{\"msg\":\"x\"} 2024-05-01T10:00:00Z",
        "{\"msg\":\"x time=2024-05-01T10:00:00Z [2024-05-01T10:00:00Z]\"}",
        "{\"times\":\"2024-05-01T10:00:00Z\"}",
        "{\"time\" \"2024-05-01T10:00:00Z\"}",
        "{\"time\":\"2024-05-01T10:00:00Z",
        "{\"time\":1714557600",
        "{\"time\":-1714557600}",
        "{\"time\":1714557600e3}",
        "{\"a\":{\"time\":\"2024-05-01T10:00:00Z\"}}",
        "{\"a\":[{\"time\":\"2024-05-01T10:00:00Z\"}]}",
        "{\"a\"",
        "{\"",
    ]);
}

#[test]
fn a_bare_key_of_logfmt_has_a_time() {
    for key in ["ts", "time", "timestamp", "date"] {
        for value in [
            "2024-05-01T10:00:00Z",
            "\"2024-05-01T10:00:00Z\"",
            "1714557600",
            "1714557600.000",
            "\"1714557600000\"",
        ] {
            for before in [
                "",
                "level=error ",
                "a b c d e f ",
                "a=\"b c\" ",
                "a=\"\\\" time=\" ",
                "(",
                "a,",
                "a|",
                "\u{1b}[2m",
                "a b c d e f \u{1b}[38;5;1m",
                "\u{feff}",
                "\"",
                "ts=soon ",
            ] {
                let line = format!("{before}{key}={value} ret=-204");
                assert_read(&[(&line, "2024-05-01T10:00:00Z")]);
            }
        }
    }
    assert_none(&[
        "xts=2024-05-01T10:00:00Z",
        "a b c d e uptime=2024-05-01T10:00:00Z",
        "start_time=2024-05-01T10:00:00Z",
        "GET /a?time=2024-05-01T10:00:00Z",
        "GET /a?b&ts=1714557600",
        "TS=2024-05-01T10:00:00Z",
        "at=2024-05-01T10:00:00Z",
        "a b c d ts = 2024-05-01T10:00:00Z x",
        "msg=\"a ts=2024-05-01T10:00:00Z\"",
        "msg=\"a ts=2024-05-01T10:00:00Z",
        "ts=12ms",
    ]);
}

#[test]
fn a_number_is_a_time_as_the_first_word() {
    assert_read(&[
        ("1714557600 x", "2024-05-01T10:00:00Z"),
        ("[1714557600.5] x", "2024-05-01T10:00:00.5Z"),
        ("<13>1714557600123456789: x", "2024-05-01T10:00:00.123456789Z"),
        ("- 1131566461 2005.11.09 dn228 Nov 9 12:01:01", "2005-11-09T20:01:01Z"),
    ]);
    assert_none(&[
        "x 1714557600 y",
        "171455760 x",
        "17145576000 x",
        "0946684799 x",
        "4102444801 x",
        "1714557600x y",
        "-1714557600 y",
        "x 1131566461 2005.11.9 y",
        "[  123.456789] usb",
    ]);
}
