//! The bytes of notes in encodings with tables: characters that an encoding lacks, and ends of notes that could be read
//! together with the bytes behind them.

use crate::command::{annotate, binary, output_of};
use crate::encodings::encoded;
use encoding_rs::{BIG5, GBK};
use serde_json::Value;
use std::fs;

/// Bytes over 7F that stand right behind a field: punctuation of GBK, characters in UTF-8, halves, and rows of them.
fn runs() -> Vec<Vec<u8>> {
    let few: [&[u8]; 12] = [
        b"",
        b"\xA3\xAC",
        b"\xA3\xBB",
        b"\xA1\xA3\xA3\xAC",
        b"\x80",
        b"\x81",
        b"\xE9",
        b"\xA3\xAC\xE9",
        b"\xFE\xFE\xFE",
        b"\xFF",
        "，".as_bytes(),
        "é，".as_bytes(),
    ];
    let long = [40, 61, 62, 63, 64].map(|count| b"\xE9".repeat(count));
    few.map(<[u8]>::to_vec).into_iter().chain(long).collect()
}

/// Returns lines with bytes over 7F, a letter and a key right behind a field.
fn lines() -> Vec<u8> {
    let mut lines = Vec::new();
    for field in ["ret=-204", "\"ret\":\"-204\"", "ret[-204]", "x ret=5"] {
        for run in runs() {
            for letter in ["", "i", "x", "_", "0", "\\", "}", "\x1b[31m", "x\x1b[31m", "i\x1b[0m\x1b[1G"] {
                for rest in ["Ret=-301 x\n", "code=-301 ret_message=\"x\"\n", "ret=-1"] {
                    lines
                        .extend([field.as_bytes(), &run, letter.as_bytes(), rest.as_bytes(), b"\n"].concat());
                }
            }
        }
    }
    lines
}

#[test]
fn a_note_changes_no_later_key() {
    let lines = lines();
    for encoding in ["gbk", "gb18030", "big5", "none", "utf-8"] {
        for style in [
            &["--note= {explanation}"][..],
            &["--note= {explanation}1"],
            &["--note= {message}€"],
            &["--note= {message}失"],
            &["--note= 𠮷{severity}𠮷"],
            &["--note= {explanation}", "--color=always"],
            &["--note= {explanation}", "--pattern=x (?<code>5)"],
            &["--fields"],
            &["--fields", "--note= {explanation}"],
        ] {
            let has_all = match encoding {
                "gbk" => !style[0].contains('𠮷'),
                "big5" => !style[0].contains(['€', '𠮷']),
                _ => true,
            };
            if !has_all {
                continue;
            }
            let option = format!("--encoding={encoding}");
            let args = [&["--lang=zh", &option], style].concat();
            let annotated = annotate(&args, &lines);
            assert!(annotated.len() > lines.len() + 10_000);
            let twice = annotate(&args, &annotated);
            assert_lines(&twice, &annotated, &format!("twice: {args:?}"));
            let stripped = annotate(&[&args[..], &["--strip"]].concat(), &annotated);
            assert_lines(&stripped, &lines, &format!("stripped: {args:?}"));
        }
    }
}

/// Asserts that two texts have the same lines, and shows the first that differs.
fn assert_lines(found: &[u8], expected: &[u8], what: &str) {
    for (found, expected) in found.split(|&byte| byte == b'\n').zip(expected.split(|&byte| byte == b'\n')) {
        assert!(found == expected, "{what}\n{}\n{}", found.escape_ascii(), expected.escape_ascii());
    }
    assert_eq!(found.len(), expected.len(), "{what}");
}

#[test]
fn each_field_of_a_text_in_gbk_has_its_note() {
    let note = "绑定失败";
    let text: String = ["，", "；", "。", "、", "：x，", "）", "失败，", "朱镕，"]
        .into_iter()
        .flat_map(|between| {
            ["iRet", "iret", "ret", "xret", "_ret", "code"]
                .map(|key| format!("ret=-301{between}{key}=-301 x\n"))
        })
        .collect();
    for encoding in ["gbk", "gb18030"] {
        let log = encoded(&text, encoding);
        for style in [&["--note= {explanation}"][..], &["--fields"], &["--fields", "--note= {explanation}"]] {
            let args = [&["--lang=zh", "--encoding", encoding], style].concat();
            let annotated = annotate(&args, &log);
            let (annotated, _, is_damaged) = GBK.decode(&annotated);
            let counts = annotate(&[&args[..], &["-q", "--report=json=-"]].concat(), &log);
            let counts: Value = serde_json::from_slice(&counts).unwrap();
            assert!(!is_damaged);
            assert_eq!(
                Some(annotated.matches(note).count() as u64),
                counts["fields"].as_u64(),
                "{annotated}"
            );
        }
    }
    let args = ["--lang=zh", "--encoding=gbk", "--fields"];
    let annotated = annotate(&args, &encoded("ret=-204，iRet=-301\n", "gbk"));
    assert!(GBK.decode(&annotated).0.starts_with("ret=-204 ret_category=登录鉴权 ret_message="));
}

#[test]
fn notes_that_big5_cannot_write_are_in_english() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = folder.path().join("own.csv");
    let rows = "code,message,explanation,category\n\
        -3001,card declined,信用卡被拒,auth\n-3002,卡過期,卡过期,auth\n-3003,登錄失敗 é😀,x,登录\n";
    fs::write(&catalog, rows).unwrap();
    let log = encoded("用戶 ret=-3001 失敗 ret=-204 x ret=-3002 ret=-3003", "big5");
    let text = |args: &[&str]| {
        let mut command = binary();
        command.args(["--encoding=big5", "--catalog"]).arg(&catalog).args(args);
        let output = output_of(&mut command, &log);
        assert!(output.status.success() && output.stderr.is_empty());
        let (text, _, is_damaged) = BIG5.decode(&output.stdout);
        assert!(!is_damaged && !text.contains('?'), "{args:?}: {text}");
        text.into_owned()
    };
    // The category is simplified Chinese, so that both notes are in English.
    let expected = "用戶 ret=-3001 (auth: card declined) 失敗 ret=-204 (auth: user session is failure!) x \
        ret=-3002 (auth: 卡過期) ret=-3003 (登U+5F55: 登錄失敗 U+00E9U+1F600)";
    assert_eq!(text(&["--lang=zh"]), expected);
    assert_eq!(text(&["--lang=both"]), expected);
    let explained = "用戶 ret=-3001 [信用卡被拒] 失敗 ret=-204 [user session is failure!] x \
        ret=-3002 [卡過期] ret=-3003 [x]";
    for args in [&["--note= [{explanation}]"][..], &["--note= [{explanation}]", "--lang=zh"]] {
        assert_eq!(text(args), explained);
    }
    text(&["--fields", "--lang=zh", "--note= {code} {explanation} {message} {category} {severity}"]);
}

#[test]
fn a_note_whose_own_text_cannot_be_written_is_refused() {
    for (encoding, note, missing) in [
        ("big5", " 这[{message}]", "这 (U+8FD9), which big5 lacks"),
        ("big5", " [{message}] {code}😀", "😀 (U+1F600), which big5 lacks"),
        ("gbk", " 𠮷{code}", "𠮷 (U+20BB7), which gbk lacks"),
    ] {
        let option = format!("--encoding={encoding}");
        for more in [&[][..], &["--fields"], &["--strip"], &["-q"]] {
            let mut command = binary();
            let output = output_of(command.args([&option, "--note", note]).args(more), b"ret=-204\n");
            assert_eq!((output.status.code(), &output.stdout[..]), (Some(2), &b""[..]));
            let expected = format!("imsdk-annotate: --note has {missing}; write the note without it\n");
            assert_eq!(String::from_utf8(output.stderr).unwrap(), expected);
        }
    }
    for encoding in ["gb18030", "utf-8", "none", "utf-16le"] {
        annotate(&[&format!("--encoding={encoding}"), "--note= 这😀{code}"], b"ret=-204\n");
    }
    // A told encoding is known too late to refuse: the number of the character stands in its place.
    let annotated = annotate(&["--note= 这😀{code}"], &encoded("失败 ret=-204 x", "gbk"));
    assert_eq!(GBK.decode(&annotated).0, "失败 ret=-204 这U+1F600-204 x");
}

#[test]
fn punctuation_tells_gbk() {
    for text in ["ret=-204，openid=7\n", "“ret=-204”\n", "ret：-204\n"] {
        let expected = annotate(&["--lang=zh"], text.as_bytes());
        let annotated = annotate(&["--lang=zh"], &encoded(text, "gbk"));
        assert_eq!(GBK.decode(&annotated).0.as_bytes(), expected);
    }
}
