//! The users that each code has affected, through the binary: against a naive twin, in parts, in every format.

use crate::command::{binary, output_of};
use crate::time_bounds::Numbers;
use regex::Regex;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Output;
use tempfile::TempDir;

pub(crate) fn run(folder: &TempDir, args: &[&str]) -> Output {
    output_of(binary().current_dir(folder).args(args), b"")
}

/// Returns the exit status and the messages of a run.
pub(crate) fn said(folder: &TempDir, args: &[&str]) -> (Option<i32>, String) {
    let output = run(folder, args);
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

/// Returns the JSON report of a run, which must succeed, as text.
pub(crate) fn report(folder: &TempDir, args: &[&str]) -> String {
    let output = run(folder, &[&["-q", "--report=json=-"], args].concat());
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

pub(crate) fn parsed(report: &str) -> Value {
    serde_json::from_str(report).unwrap()
}

/// Returns a log of many users, of which some forms are none, in an order that looks random.
pub(crate) fn log(lines: u32, users: u32) -> String {
    let mut numbers = Numbers(1);
    let mut next = |below: u32| numbers.below(u64::from(below)) as u32;
    let codes = ["-204", "-402", "-705", "-31337", "5", "1"];
    let mut log = String::new();
    for line in 0..lines {
        let (code, user) = (codes[next(6) as usize], next(users));
        let other = codes[next(6) as usize];
        log += &match next(9) {
            0 => format!("2026-05-01 10:00:00 ret={code} no user\n"),
            1 => format!("{{\"openid\":\"{user}\",\"ret\":{code}}}\n"),
            2 => format!("{{\\\"ret\\\":{code},\\\"openid\\\":\\\"{user}\\\"}}\n"),
            3 => format!("iOpenid={user}&iRet={code}&retcode={other}\n"),
            4 => format!("ret={code} openid=0 open_id: {user}, ret={other}\r\n"),
            5 => format!("ret={code} openid=null\n"),
            6 => format!("openid={user} nothing else, line {line}\n"),
            7 => format!("ret={code} myopenid={user}\n"),
            _ => format!("[auth] ret={code} openid={user} openid=other\n"),
        };
    }
    log
}

/// Returns for each code the number of its lines, of those with a user, and the users.
fn naive(log: &str) -> BTreeMap<i64, (u64, u64, BTreeSet<String>)> {
    let code = Regex::new(r#"\b(?:ret|iRet|retcode)\\?"?[=:](-?\d+)"#).unwrap();
    let user = Regex::new(r#"\b(?:openid|iOpenid|open_id)\\?"?(?:=|:) ?\\?"?([\w]+)"#).unwrap();
    let mut codes: BTreeMap<i64, (u64, u64, BTreeSet<String>)> = BTreeMap::new();
    for line in log.lines() {
        let mut users = user.captures_iter(line).map(|found| found[1].to_owned());
        let user = users.find(|user| user != "0" && user != "null");
        let of_line: BTreeSet<i64> =
            code.captures_iter(line).map(|found| found[1].parse().unwrap()).collect();
        for code in of_line {
            let counted = codes.entry(code).or_default();
            counted.0 += 1;
            if let Some(user) = &user {
                counted.1 += 1;
                counted.2.insert(user.clone());
            }
        }
    }
    codes
}

#[test]
fn each_code_has_the_users_that_a_naive_twin_finds() {
    let folder = tempfile::tempdir().unwrap();
    let log = log(30_000, 900);
    fs::write(folder.path().join("a.log"), &log).unwrap();
    let report = parsed(&report(&folder, &["--users", "openid", "a.log"]));
    let expected = naive(&log);
    let codes = [&report["codes"], &report["unknown"]].map(|codes| codes.as_array().unwrap());
    let codes: Vec<&Value> = codes.into_iter().flatten().collect();
    assert_eq!(codes.len(), expected.len());
    for code in codes {
        let (lines, with_user, users) = &expected[&code["code"].as_i64().unwrap()];
        let counted = &code["users"];
        assert_eq!((&code["lines"], &counted["lines"]), (&(*lines).into(), &(*with_user).into()), "{code}");
        assert_eq!(counted["count"], users.len(), "{code}");
        assert_eq!((&counted["exact"], &counted["keys"]), (&true.into(), &serde_json::json!(["openid"])));
    }
    // The whole and the categories have the union, not the sum.
    let all: BTreeSet<&String> = expected.values().flat_map(|(_, _, users)| users).collect();
    assert_eq!(report["users"]["count"], all.len());
    assert!(expected.values().map(|(_, _, users)| users.len()).sum::<usize>() > all.len());
    let unknown = report["users"]["categories"].as_array().unwrap().last().unwrap();
    assert_eq!(unknown["category"], "unknown");
    assert_eq!(unknown["count"], expected[&-31337].2.len());
}

#[test]
fn the_same_users_are_found_however_the_input_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    for users in [40, 5000] {
        let mut log = log(40_000, users);
        // Lines that are longer than what is worked on at once, with the user far before and behind the code.
        let dots = ".".repeat(700_000);
        log += &format!("openid=far{dots} ret=-204 {dots}\nret=-705 {dots} openid=behind {dots}\n");
        log += &format!("ret=-402 {dots} end=1 openid=last");
        let path = |name: &str| folder.path().join(name);
        fs::write(path("a.log"), &log).unwrap();
        let whole = report(&folder, &["--users=openid", "-j1", "a.log"]);
        for args in [&["-j2", "a.log"][..], &["-j8", "a.log"]] {
            assert_eq!(report(&folder, &[&["--users=openid"], args].concat()), whole, "{args:?}");
        }
        let json = parsed(&whole);
        let first_of = |code: i64| {
            json["codes"].as_array().unwrap().iter().find(|row| row["code"] == code).unwrap()["users"].clone()
        };
        assert_eq!(first_of(-204)["exact"], users < 1000);
        // UTF-16 and a pipe.
        let units: Vec<u8> =
            std::iter::once(0xFEFF).chain(log.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        fs::write(path("b.log"), units).unwrap();
        let other = parsed(&report(&folder, &["--users=openid", "b.log"]));
        assert_eq!(other["users"], json["users"]);
        let piped = output_of(binary().args(["-q", "--report=json=-", "--users=openid"]), log.as_bytes());
        assert_eq!(parsed(&String::from_utf8(piped.stdout).unwrap())["users"], json["users"]);
        // Reports of parts add up to that of the whole, byte for byte.
        let half = log[..log.len() / 3].rfind('\n').unwrap() + 1;
        let [first, second] = [&log[..half], &log[half..]];
        fs::create_dir_all(path("parts")).unwrap();
        fs::write(path("parts/1.log"), first).unwrap();
        fs::write(path("parts/2.log"), second).unwrap();
        let both = report(&folder, &["--users=openid", "parts/1.log", "parts/2.log"]);
        for part in ["1", "2"] {
            let json = format!("--report=json=parts/{part}.json");
            let args = ["-q", &json, "--users=openid", &format!("parts/{part}.log")];
            assert_eq!(said(&folder, &args), (Some(0), String::new()));
        }
        assert_eq!(report(&folder, &["--merge-reports", "parts/1.json", "parts/2.json"]), both);
    }
}

#[test]
fn people_see_the_number_of_users_and_of_lines_that_have_one() {
    let folder = tempfile::tempdir().unwrap();
    let log = "ret=-204 openid=7\nret=-204 openid=8\nret=-204\nret=-402 openid=0\nret=-705 uid=7\n";
    fs::write(folder.path().join("a.log"), log).unwrap();
    let (_, text) = said(&folder, &["-q", "--users=openid", "--users=uid", "--report=text", "a.log"]);
    assert!(
        text.contains("\nUsers affected, by openid, uid: 2 users (in 3 of 5 lines with a code)\n"),
        "{text}"
    );
    assert!(text.contains("\n  -204: 2 users (in 2 of 3 lines)\n"), "{text}");
    assert!(text.contains("\n  auth: 2 users\n"), "{text}");
    // A code without any user has no zero, which would mean that nobody was affected.
    let row = text.lines().find(|line| line.starts_with("  -402")).unwrap();
    assert!(row.contains(" % ") && row.split_whitespace().any(|cell| cell == "-"), "{text}");
    // The language of people's reports does not change what machines read.
    let categories = |lang: &str| {
        let json = parsed(&report(&folder, &["--users=openid", "--users=uid", "--lang", lang, "a.log"]));
        json["users"]["categories"].clone()
    };
    assert_eq!(categories("en")[0]["category"], "auth");
    assert_eq!((categories("zh"), categories("both")), (categories("en"), categories("en")));
    let (_, text) = said(&folder, &["-q", "--users=openid", "--report=text", "--lang=zh", "a.log"]);
    assert!(text.contains("\n  登录鉴权: 2 users\n"), "{text}");
    // Many users are an estimate, and the report says so.
    let many: String = (0..20_000).map(|user| format!("ret=-204 openid=u{user}\n")).collect();
    fs::write(folder.path().join("many.log"), many).unwrap();
    let (_, text) = said(&folder, &["-q", "--users=openid", "--report=text", "many.log"]);
    let row = text.lines().find(|line| line.starts_with("  -204: ")).unwrap();
    let estimate: String =
        row.chars().take_while(|&c| c != '(').filter(char::is_ascii_digit).skip(3).collect();
    assert!(row.ends_with(" users (± 3 %) (in 20000 of 20000 lines)"), "{row}");
    assert!((19_400..=20_600).contains(&estimate.parse::<u32>().unwrap()), "{row}");
}

#[test]
fn checks_count_users() {
    let folder = tempfile::tempdir().unwrap();
    let log = "ret=-204 openid=7\nret=-402 openid=7\nret=-402 openid=8\nret=-705\nret=1 openid=9\n";
    fs::write(folder.path().join("a.log"), log).unwrap();
    let check = |option: &str, args: &[&str]| {
        said(&folder, &[&["-q", "--users=openid", option], args, &["a.log"]].concat())
    };
    for (option, status, words) in [
        ("--fail-on=error@users>1", 1, "2 users (-402: 2, -204: 1)"),
        ("--fail-on=error@users:1", 1, "2 users (-402: 2, -204: 1)"),
        ("--fail-on=error@users>2", 0, ""),
        ("--fail-on=-204@users", 1, "1 user (-204: 1)"),
        ("--fail-on=-204@users>1", 0, ""),
        ("--fail-on=-299..-201@users", 1, "1 user (-204: 1)"),
        ("--fail-on=new@users", 1, "1 user (1: 1)"),
        ("--fail-on=-9999..-9999@users", 0, ""),
        ("--expect=any@users>2", 0, ""),
        ("--expect=any@users>3", 1, "3 users (-402: 2, 1: 1, -204: 1)"),
        ("--fail-on=-705@users", 2, "not decided: no line with these codes has a value of openid"),
    ] {
        fs::write(folder.path().join("accepted"), "-999..-1").unwrap();
        let (found, said) = check(option, &["--accept=accepted"]);
        let said = said.replace("imsdk-annotate: accepted:1: ", "");
        assert_eq!(found, Some(status), "{option}: {said}");
        assert!(said.contains(words), "{option}: {said}");
    }
    for (option, words) in [
        ("--fail-on=error@users>+20%", "growth is told for fields"),
        ("--fail-on=error@user", "--fail-on error@user: "),
        ("--fail-on=@users", "--fail-on @users: "),
    ] {
        let (status, said) = check(option, &[]);
        assert_eq!(status, Some(2), "{option}: {said}");
        assert!(said.contains(words), "{option}: {said}");
    }
    let (status, words) = said(&folder, &["-q", "--fail-on=error@users", "a.log"]);
    assert_eq!(status, Some(2));
    assert!(words.contains("@users needs the key that has the user: --users openid"), "{words}");
}

#[test]
fn options_that_would_do_nothing_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.log"), "ret=-204 openid=7\n").unwrap();
    for (args, words) in [
        (&["--users=openid", "a.log"][..], "--users counts for reports, checks and metrics; add --report"),
        (&["--trace=openid", "a.log"], "--trace counts for reports and checks; add --report"),
        (
            &["--trace=openid", "--metrics=m.prom", "a.log"],
            "--trace counts for reports and checks; add --report",
        ),
        (&["--users=a b", "--report=text", "a.log"], "--users: \"a b\" is no key"),
        (&["--users-salt=x", "--report=text", "a.log"], "--users <KEY>"),
        (&["--merge-reports", "--users=openid", "--report=text", "a.json"], "cannot be used with"),
        (&["--trace=id", "--report=text", "--output-dir=out", "--resume", "a.log"], "cannot be used with"),
    ] {
        let (status, said) = said(&folder, args);
        assert_eq!(status, Some(2), "{args:?}: {said}");
        assert!(said.contains(words), "{args:?}: {said}");
    }
}

#[test]
fn each_format_has_the_number_of_users_and_json_alone_their_hashes() {
    let folder = tempfile::tempdir().unwrap();
    let log = "ret=-204 openid=7\nret=-204 openid=8\nret=-204\nret=-402 openid=0\n";
    fs::write(folder.path().join("a.log"), log).unwrap();
    let json = parsed(&report(&folder, &["--users=openid", "a.log"]));
    let hashes = json["codes"][0]["users"]["hashes"].as_str().unwrap().to_owned();
    let users_of = |format: &str| {
        let option = format!("--report={format}=-");
        let args = ["-q", "--users=openid", "--trace=openid", "--fail-on=error@users>1", &option, "a.log"];
        String::from_utf8(run(&folder, &args).stdout).unwrap()
    };
    for format in ["text", "github", "junit", "jenkins", "teamcity", "azure", "gitlab", "html"] {
        let report = users_of(format);
        assert!(report.contains("2 users (in 2 of 3 lines)"), "{format}: {report}");
        assert!(!report.contains(&hashes), "{format}");
    }
    for format in ["github", "junit", "jenkins", "teamcity", "azure", "gitlab", "html"] {
        assert!(users_of(format).contains("2 requests failed first with it"), "{format}");
    }
    let html = users_of("html");
    assert!(html.contains("<td class=\"users\">2</td><td class=\"requests\">2</td>"), "{html}");
    assert!(html.contains("<td class=\"users\">–</td><td class=\"requests\">0</td>"), "{html}");
    assert!(html.contains("2 位用户（3 行中的 2 行）"), "{html}");
    let markdown = users_of("markdown");
    assert!(markdown.contains("| fields | users | failed first | first |"), "{markdown}");
    assert!(markdown.contains("| user session is failure! | 3 | 2 (2 of 3 lines) | 2 | "), "{markdown}");
    assert!(markdown.contains("| get FriendList is failure! | 1 | - | 0 | "), "{markdown}");
    assert!(markdown.contains("\n- by openid\\: 2 users (in 2 of 4 lines with a code)\n"), "{markdown}");
    assert!(!markdown.contains(&hashes));
}

#[test]
fn a_new_code_is_told_first_with_its_time_its_users_and_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("old.log", "ret=-204\n");
    assert_eq!(said(&folder, &["-q", "--report=json=old.json", "old.log"]), (Some(0), String::new()));
    write(
        "a.log",
        "2026-05-01 10:00:00 ret=-204\n2026-05-01 10:05:00 ret=-705 openid=7\n2026-05-01 10:04:00 ret=-705\nret=1\nret=-301\n",
    );
    let args = ["-q", "--baseline=old.json", "--users=openid", "a.log", "--report"];
    let new = "new: -705 since 2026-05-01T10:04:00, 1 user, first a.log:2\nnew: -301, first a.log:5\n\n";
    let (_, text) = said(&folder, &[&args[..], &["text"]].concat());
    assert!(text.contains(new), "{text}");
    let (_, markdown) = said(&folder, &[&args[..], &["markdown"]].concat());
    assert!(
        markdown.contains("\n- new\\: -705 since 2026-05-01T10\\:04\\:00, 1 user, first a.log\\:2\n"),
        "{markdown}"
    );
    // The sixth and others are in the table alone.
    write("many.log", "ret=-301 ret=-302 ret=-303 ret=-402 ret=-705 ret=-706 ret=-9999 ret=-204\n");
    let (_, text) = said(&folder, &["-q", "--baseline=old.json", "many.log", "--report=text"]);
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("new: ")).collect();
    assert!(lines.len() == 6 && lines[5].starts_with("new: and "), "{text}");
}
