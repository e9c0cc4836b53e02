//! Logs in other encodings than UTF-8: notes are in the log's own, and all else stays as it is.

use crate::command::{annotate, binary, output_of, read_until};
use crate::packed::pack;
use encoding_rs::{BIG5, Encoding, GB18030, GBK};
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Output, Stdio};
use tempfile::TempDir;

/// A log with fields in Chinese text, and lines without fields.
const LOG: &str =
    "用户 ret=-204 登录\r\n失败 retCode: -602，完毕\nno field\n{\"ret\":-1,\"用户\":\"朱镕基\"}\n\nret=-204";

/// The names of the encodings, with `utf-16` where the byte order mark stands before the text.
const ENCODINGS: [&str; 7] =
    ["utf-8", "gbk", "gb18030", "utf-16le", "utf-16be", "utf-16le-bom", "utf-16be-bom"];

/// Returns a text in an encoding of [`ENCODINGS`], or in Big5 with escapes for characters that Big5 lacks.
pub(crate) fn encoded(text: &str, encoding: &str) -> Vec<u8> {
    let table = |table: &'static Encoding| table.encode(text).0.into_owned();
    let units = |bytes: fn(u16) -> [u8; 2], mark: &[u8]| {
        [mark, &text.encode_utf16().flat_map(bytes).collect::<Vec<_>>()].concat()
    };
    match encoding {
        "utf-8" => text.as_bytes().to_vec(),
        "gbk" => table(GBK),
        "gb18030" => table(GB18030),
        "big5" => table(BIG5),
        "utf-16le" => units(u16::to_le_bytes, b""),
        "utf-16be" => units(u16::to_be_bytes, b""),
        "utf-16le-bom" => units(u16::to_le_bytes, b"\xff\xfe"),
        "utf-16be-bom" => units(u16::to_be_bytes, b"\xfe\xff"),
        other => panic!("{other}"),
    }
}

/// A folder that is made for one test.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, content: &[u8]) {
        fs::write(self.path(name), content).unwrap();
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    /// Runs the binary in the folder.
    fn run(&self, args: &[&str]) -> Output {
        output_of(binary().current_dir(self.0.path()).args(args), b"")
    }

    /// Runs the binary in the folder, which must succeed without a message, and returns its output.
    fn succeed(&self, args: &[&str]) -> Vec<u8> {
        let output = self.run(args);
        assert!(output.status.success() && output.stderr.is_empty(), "{args:?}: {output:?}");
        output.stdout
    }
}

/// Returns the name that `--encoding` takes.
fn option(encoding: &str) -> String {
    format!("--encoding={}", encoding.trim_end_matches("-bom"))
}

/// Returns the log with the notes that the binary writes for it in UTF-8.
fn in_utf8(args: &[&str], text: &str) -> String {
    String::from_utf8(annotate(args, text.as_bytes())).unwrap()
}

/// Asserts that two outputs are the same, and shows both if they are not.
fn assert_same(found: &[u8], expected: &[u8], what: &str) {
    assert!(found == expected, "{what}\n{}\n{}", found.escape_ascii(), expected.escape_ascii());
}

#[test]
fn notes_are_in_the_encoding_of_the_log() {
    for args in [
        &["--lang=zh"][..],
        &["--lang=both", "--fields"],
        &["--color=always"],
        &["--note= （{message}）", "--lang=zh"],
    ] {
        let expected = in_utf8(args, LOG);
        assert!(expected.len() > LOG.len());
        for encoding in ENCODINGS {
            let (log, option) = (encoded(LOG, encoding), option(encoding));
            let expected = encoded(&expected, encoding);
            for choice in [&option[..], "--encoding=auto"] {
                let what = format!("{args:?} {encoding} {choice}");
                let args = [args, &[choice]].concat();
                let annotated = annotate(&args, &log);
                assert_same(&annotated, &expected, &what);
                assert_same(&annotate(&args, &annotated), &annotated, &format!("twice: {what}"));
                let stripped = annotate(&[&args[..], &["--strip"]].concat(), &annotated);
                assert_same(&stripped, &log, &format!("stripped: {what}"));
            }
        }
    }
}

#[test]
fn files_threads_and_packings_make_no_difference() {
    let folder = Folder::new();
    let text = LOG.replace("ret=-204", "ret=-204 x").repeat(12_000);
    let expected = in_utf8(&["--lang=zh"], &text);
    for encoding in ENCODINGS {
        let (log, expected) = (encoded(&text, encoding), encoded(&expected, encoding));
        folder.write("a.log", &log);
        folder.write("a.log.gz", &pack("gzip", &log));
        for file in ["a.log", "a.log.gz"] {
            for threads in ["-j1", "-j2"] {
                let found = folder.succeed(&["--lang=zh", threads, file]);
                assert!(found == expected, "{encoding} {file} {threads}");
            }
        }
        folder.succeed(&["--lang=zh", "--output-dir", "out", "a.log"]);
        assert!(folder.read("out/a.log") == expected, "{encoding}");
        assert!(annotate(&["--lang=zh"], &log) == expected, "{encoding}");
    }
}

/// Returns numbered lines with a name before each number, as they are for one of several inputs.
fn named(lines: &str, name: &str) -> String {
    let named = lines.split_inclusive('\n').map(|line| {
        let mark = line.trim_start_matches(|char: char| char.is_ascii_digit()).get(..1).unwrap();
        if line == "--\n" { line.to_owned() } else { format!("{name}{mark}{line}") }
    });
    named.collect()
}

#[test]
fn inputs_of_several_encodings_keep_their_own() {
    let folder = Folder::new();
    let names = ENCODINGS.map(|encoding| format!("{encoding}.日志"));
    for (encoding, name) in ENCODINGS.iter().zip(&names) {
        folder.write(name, &encoded(LOG, encoding));
    }
    let names = names.each_ref().map(String::as_str);
    for args in [&["--lang=zh"][..], &["--lang=zh", "-n"], &["-n", "--only=auth", "-A1"]] {
        let mut expected = Vec::new();
        for (index, (encoding, name)) in ENCODINGS.iter().zip(names).enumerate() {
            if index > 0 && args.contains(&"-A1") {
                // The line between groups is in the encoding of the lines before it.
                expected.extend(encoded("--\n", ENCODINGS[index - 1].trim_end_matches("-bom")));
            }
            let text = in_utf8(args, LOG);
            let text = if args.contains(&"-n") { named(&text, name) } else { text };
            expected.extend(encoded(&text, encoding));
        }
        for threads in ["-j1", "-j2"] {
            let found = folder.succeed(&[args, &[threads], &names].concat());
            assert_same(&found, &expected, &format!("{args:?}"));
        }
    }
}

#[test]
fn each_line_comes_at_once_however_it_is_cut() {
    for encoding in ENCODINGS {
        let mark = encoded("", encoding);
        let encoded = |text: &str| encoded(text, encoding)[mark.len()..].to_vec();
        let mut command = binary();
        command.args(["--lang=zh"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let mut expected = mark.clone();
        stdin.write_all(&mark).unwrap();
        for line in ["用户 ret=-204 登录\n", "ret=-1\r\n", "朱某ret=5 \u{a0d}\u{10a}x\n"] {
            for byte in encoded(line) {
                stdin.write_all(&[byte]).unwrap();
                stdin.flush().unwrap();
            }
            expected.extend(encoded(&in_utf8(&["--lang=zh"], line)));
            let found = read_until(&mut stdout, &expected);
            assert_same(&found, &expected, encoding);
            expected.clear();
        }
        drop(stdin);
        assert!(child.wait().unwrap().success());
    }
}

#[test]
fn units_that_are_no_text_pass() {
    let parts: [&[u8]; 6] = [
        b"\xff\xfe",
        b"\x00\xd8",
        b"r\0e\0t\0=\0-\x001\0 \0",
        b"\x00\xdc\n\0",
        b"\xfe\xdb\xfe\xdf\x00\xd8",
        b"x\0y",
    ];
    let log = parts.concat();
    let mut expected = log.clone();
    expected.splice(16..16, encoded(" (general: failure)", "utf-16le"));
    for args in [&["--encoding=utf-16le"][..], &[]] {
        let annotated = annotate(args, &log);
        assert_same(&annotated, &expected, "odd");
        assert_same(&annotate(&[args, &["--strip"]].concat(), &annotated), &log, "stripped");
    }
    for mark in [&b"\xff\xfe"[..], b"\xfe\xff", b"\xff\xfe\n", b""] {
        assert_same(&annotate(&[], mark), mark, "mark");
    }
}

#[test]
fn chosen_and_numbered_lines_are_in_the_encoding() {
    for encoding in ENCODINGS {
        for args in
            [&["--only=auth", "-n", "--lang=zh"][..], &["-n"], &["--only=bind"], &["--only=auth", "-C1"]]
        {
            let mut expected = encoded(&in_utf8(args, LOG), encoding);
            if expected.len() <= 2 {
                expected.clear();
            }
            assert_same(&annotate(args, &encoded(LOG, encoding)), &expected, &format!("{args:?} {encoding}"));
        }
    }
}

/// Returns the report of a log, and what is said of it in words.
fn reports(folder: &Folder, args: &[&str]) -> (Value, String) {
    let reports = ["-q", "--report", "json=r.json", "--report", "text=r.txt"];
    folder.succeed(&[&reports, args].concat());
    let json = serde_json::from_slice(&folder.read("r.json")).unwrap();
    (json, fs::read_to_string(folder.path("r.txt")).unwrap())
}

#[test]
fn reports_are_in_utf8_and_say_the_encoding() {
    let folder = Folder::new();
    let long = format!("a{}", "登录失败".repeat(100));
    let text = format!("{}\nret=-304 {long}\n", LOG.repeat(10));
    folder.write("u", text.as_bytes());
    let (plain, _) = reports(&folder, &["u"]);
    for encoding in ENCODINGS {
        let log = encoded(&text, encoding);
        folder.write("a.log", &log);
        let (report, words) = reports(&folder, &["a.log", "u"]);
        // GB18030 is told as GBK, of which it is an extension.
        let name = if encoding == "gb18030" { "gbk" } else { encoding.trim_end_matches("-bom") };
        if encoding == "utf-8" {
            assert_eq!(report["input"]["encodings"], Value::Null);
        } else {
            assert_eq!(report["input"]["encodings"], serde_json::json!({ name: 1 }));
            assert!(words.contains(&format!(" of 2 inputs (1 in {name})\n")), "{words}");
        }
        assert_eq!(report["input"]["bytes"], log.len() + text.len());
        for (found, expected) in
            report["codes"].as_array().unwrap().iter().zip(plain["codes"].as_array().unwrap())
        {
            assert_eq!(found["count"], 2 * expected["count"].as_u64().unwrap());
            let (found, expected) =
                (found["first"]["text"].as_str().unwrap(), expected["first"]["text"].as_str().unwrap());
            // The number of bytes that are kept is the same, and holds more characters of two bytes.
            assert!(found.starts_with(expected), "{encoding}: {found}");
            assert!(text.contains(found), "{encoding}: {found}");
        }
    }
}

#[test]
fn reports_of_parts_and_blocks_count_an_encoding_once() {
    let folder = Folder::new();
    folder.write("a.log", &encoded(&LOG.repeat(30_000), "gbk"));
    folder.write("b.log", &encoded(LOG, "utf-16le"));
    let mut whole = None;
    for threads in ["-j1", "-j2"] {
        let (report, _) = reports(&folder, &[threads, "a.log", "b.log", "b.log"]);
        assert_eq!(report["input"]["encodings"], serde_json::json!({ "gbk": 1, "utf-16le": 2 }));
        assert_eq!(whole.get_or_insert_with(|| report.clone()), &report);
    }
    folder.succeed(&["-q", "--report", "json=1.json", "a.log"]);
    folder.succeed(&["-q", "--report", "json=2.json", "b.log", "b.log"]);
    folder.succeed(&["--merge-reports", "--report", "json=both.json", "1.json", "2.json"]);
    let both: Value = serde_json::from_slice(&folder.read("both.json")).unwrap();
    assert_eq!(Some(&both["input"]["encodings"]), whole.as_ref().map(|whole| &whole["input"]["encodings"]));
}

#[test]
fn look_ups_find_codes_in_each_encoding() {
    for encoding in ENCODINGS {
        let found = annotate(&["--explain", "-", "--json"], &encoded(LOG, encoding));
        assert_same(&found, &annotate(&["--explain", "-204", "-602", "-1", "--json"], b""), encoding);
    }
}

#[test]
fn catalogs_are_read_in_gbk_and_utf16() {
    let folder = Folder::new();
    let catalog = "code,message,explanation\n-3001,card declined,信用卡被拒\n";
    let expected = "ret=-3001 [信用卡被拒]".as_bytes();
    folder.write("log", "ret=-3001".as_bytes());
    let run = |catalog: &[u8]| {
        folder.write("own.csv", catalog);
        folder.run(&["--catalog", "own.csv", "--lang=zh", "--note= [{message}]", "log"])
    };
    for encoding in ["utf-8", "gbk", "gb18030", "utf-16le-bom", "utf-16be-bom"] {
        assert_same(&run(&encoded(catalog, encoding)).stdout, expected, encoding);
    }
    let refused = |catalog: &[u8], reason: &str| {
        let output = run(catalog);
        assert_eq!(output.status.code(), Some(2));
        let expected = format!("imsdk-annotate: own.csv:{reason}; save it in UTF-8\n");
        assert_eq!(String::from_utf8(output.stderr).unwrap(), expected);
    };
    refused(b"code,message\n-1,a\xffb\n", "2: byte 18 is neither UTF-8 nor GBK");
    refused(
        &[&encoded(catalog, "utf-16le-bom")[..], b"x"].concat(),
        "3: byte 105 is not UTF-16: it is half a unit",
    );
}

#[test]
fn folders_have_utf16_as_text_and_nuls_as_none() {
    let folder = Folder::new();
    fs::create_dir(folder.path("logs")).unwrap();
    folder.write("logs/a.log", &encoded("ret=-204 x\n", "utf-16le"));
    folder.write("logs/b.db", b"\x01\0\x02\0\x03\0\x04\0\x05\0\x06\0\x07\0\x01\0\x01\0ret=-204");
    let output = folder.run(&["logs"]);
    assert_same(
        &output.stdout,
        &encoded("ret=-204 (auth: user session is failure!) x\n", "utf-16le"),
        "folder",
    );
    assert!(
        String::from_utf8(output.stderr).unwrap().contains("1 file is no text and was left out: logs/b.db")
    );
    let named = folder.run(&["--encoding=none", "logs"]);
    assert!(named.stdout.is_empty());
}

#[test]
fn none_and_utf8_take_bytes_as_they_are() {
    for encoding in ["--encoding=none", "--encoding=utf-8"] {
        let gbk = encoded("用户 ret=-204", "gbk");
        let note = in_utf8(&["--lang=zh"], "ret=-204").split_off("ret=-204".len());
        assert_same(&annotate(&["--lang=zh", encoding], &gbk), &[&gbk, note.as_bytes()].concat(), encoding);
        let utf16 = encoded("ret=-204\n", "utf-16le-bom");
        assert_same(&annotate(&[encoding], &utf16), &utf16, encoding);
    }
}
