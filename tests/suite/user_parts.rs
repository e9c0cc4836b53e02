//! Users in reports of parts and in runs that go on, through the binary: what adds up, what is refused, and which codes are told
//! apart.

use crate::users::{log, parsed, report, said};
use std::collections::BTreeSet;
use std::fs;

#[test]
fn reports_with_other_users_are_not_added_up() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.log"), "ret=-204 openid=7\n").unwrap();
    for (name, args) in [
        ("plain", &[][..]),
        ("openid", &["--users=openid"]),
        ("same", &["--users=OpenID"]),
        ("open_id", &["--users=open_id"]),
        ("uid", &["--users=uid"]),
        ("salted", &["--users=openid", "--users-salt=x"]),
        ("salted2", &["--users=openid", "--users-salt=y"]),
    ] {
        let report = format!("--report=json={name}.json");
        assert_eq!(said(&folder, &[&["-q", &report, "a.log"], args].concat()), (Some(0), String::new()));
    }
    for (parts, words) in [
        (["openid.json", "same.json"], ""),
        (["openid.json", "open_id.json"], ""),
        (
            ["openid.json", "uid.json"],
            "uid.json: was made with --users uid, the reports before it with --users openid",
        ),
        (
            ["plain.json", "uid.json"],
            "uid.json: was made with --users uid, the reports before it with no --users",
        ),
        (["openid.json", "plain.json"], "plain.json: was made with no --users"),
        (["openid.json", "salted.json"], "salted.json: was made with another --users-salt"),
        (["salted.json", "salted2.json"], "salted2.json: was made with another --users-salt"),
    ] {
        let merge = ["-q", "--merge-reports", "--report=json=sum.json"];
        let (status, said) = said(&folder, &[&merge[..], &parts].concat());
        assert_eq!(status, Some(if words.is_empty() { 0 } else { 2 }), "{parts:?}: {said}");
        assert!(said.contains(words), "{said}");
        let sum = parsed(&fs::read_to_string(folder.path().join("sum.json")).unwrap());
        assert_eq!(sum["complete"], words.is_empty());
    }
    // Other salts give other hashes, and no salt tells them.
    let hashes: BTreeSet<String> = ["openid", "salted", "salted2"]
        .map(|name| {
            let report = parsed(&fs::read_to_string(folder.path().join(format!("{name}.json"))).unwrap());
            report["codes"][0]["users"]["hashes"].to_string()
        })
        .into_iter()
        .collect();
    assert_eq!(hashes.len(), 3);
    // A check of users cannot be decided from a report without them.
    let (status, words) = said(&folder, &["--merge-reports", "plain.json", "--fail-on=error@users"]);
    assert_eq!(status, Some(2));
    assert!(words.contains("not decided: the reports have no users; make them with --users KEY"), "{words}");
}

#[test]
fn damaged_users_of_a_report_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.log"), "ret=-204 openid=7\n").unwrap();
    let good = report(&folder, &["--users=openid", "a.log"]);
    for (from, to, words) in [
        ("\"hashes\": \"", "\"hashes\": \"A", "\"hashes\" or \"registers\" of users are damaged"),
        ("\"hashes\"", "\"hash\"", "users need either \"hashes\" or \"registers\""),
        (
            "\"lines\": 1,\n        \"count\"",
            "\"lines\": 2,\n        \"count\"",
            "-204 has users in 2 of 1 lines",
        ),
        ("\n  \"users\"", "\n  \"user\"", "-204 has users, and the report has none"),
    ] {
        let bad = good.replace(from, to);
        assert_ne!(bad, good, "{from}");
        fs::write(folder.path().join("bad.json"), bad).unwrap();
        let (status, said) = said(&folder, &["--merge-reports", "bad.json", "--report=text=out"]);
        assert_eq!(status, Some(3), "{said}");
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn users_of_the_codes_nearest_to_zero_are_told_apart_and_sums_have_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let catalog: String = (1..=1300).map(|code| format!("-{code}\tx\tmessage\n")).collect();
    fs::write(path("codes.tsv"), format!("code\tcategory\tmessage\n{catalog}")).unwrap();
    // Known codes from -1300 on, and unknown ones from -4000 on: the farthest first, so that nearer ones take their places.
    let line = |code: u32| format!("ret=-{code} openid=u{}\n", code % 700);
    let lines: Vec<String> = (2700..=4000).rev().chain((1..=1300).rev()).map(line).collect();
    fs::write(path("a.log"), lines.concat()).unwrap();
    let catalog = ["--no-builtin", "--catalog=codes.tsv", "--users=openid"];
    let whole = report(&folder, &[&catalog[..], &["-j1", "a.log"]].concat());
    let json = parsed(&whole);
    let with_users = |codes: &str| {
        let codes = json[codes].as_array().unwrap().iter().filter(|row| !row["users"].is_null());
        codes.map(|row| -row["code"].as_i64().unwrap()).collect::<BTreeSet<i64>>()
    };
    assert_eq!(with_users("codes"), (1..=1200).collect());
    assert_eq!(with_users("unknown"), (2700..3000).collect());
    assert_eq!((&json["users"]["count"], &json["users"]["lines"]), (&700.into(), &lines.len().into()));
    let unknown = json["users"]["categories"].as_array().unwrap().last().unwrap();
    assert_eq!((&unknown["category"], &unknown["count"]), (&"unknown".into(), &700.into()));
    // Checks of codes that are told apart are decided, and those of others alone are not.
    let check = |select: &str| {
        let option = format!("--fail-on={select}");
        said(&folder, &[&catalog[..], &["-q", &option, "a.log"]].concat())
    };
    for (select, status) in [
        ("any@users>699", 1),
        ("any@users>700", 0),
        ("-1200..-1@users>699", 1),
        ("-1200..-1@users>700", 0),
        ("-1200@users>1", 0),
        ("-1201@users", 2),
        ("unknown@users>699", 1),
        ("unknown@users>700", 0),
        ("-2999..-2999@users>1", 0),
        ("-3500..-3500@users>1", 2),
    ] {
        let (found, words) = check(select);
        assert_eq!(found, Some(status), "{select}: {words}");
    }
    // In parts, in any order of the codes.
    for cut in [100, 1301, 2000] {
        for (part, lines) in [("1", &lines[..cut]), ("2", &lines[cut..])] {
            fs::write(path(&format!("{part}.log")), lines.concat()).unwrap();
            let json = format!("--report=json={part}.json");
            let log = format!("{part}.log");
            assert_eq!(
                said(&folder, &[&catalog[..], &["-q", &json, &log]].concat()),
                (Some(0), String::new())
            );
        }
        let both = report(&folder, &[&catalog[..], &["1.log", "2.log"]].concat());
        let sum =
            report(&folder, &["--no-builtin", "--catalog=codes.tsv", "--merge-reports", "1.json", "2.json"]);
        assert_eq!(sum, both, "{cut}");
        assert_eq!(parsed(&both)["users"], json["users"], "{cut}");
    }
}

#[test]
fn a_run_that_goes_on_has_the_users_of_what_was_done_before() {
    let folder = tempfile::tempdir().unwrap();
    let logs = [log(30_000, 9000), log(300, 40)];
    for (name, log) in ["a.log", "b.log"].iter().zip(&logs) {
        fs::write(folder.path().join(name), log).unwrap();
    }
    let out = ["--output-dir=out", "--users=openid"];
    assert_eq!(said(&folder, &[&out[..], &["--report=json=1.json", "a.log"]].concat()).0, Some(0));
    let (status, words) =
        said(&folder, &[&out[..], &["--resume", "--report=json=2.json", "a.log", "b.log"]].concat());
    assert_eq!(status, Some(0), "{words}");
    let whole = parsed(&report(&folder, &["--users=openid", "a.log", "b.log"]));
    let resumed = parsed(&fs::read_to_string(folder.path().join("2.json")).unwrap());
    assert_eq!((&resumed["users"], &resumed["codes"]), (&whole["users"], &whole["codes"]));
    assert_eq!(whole["codes"][0]["users"]["exact"], false);
}

#[test]
fn codes_without_users_take_no_place_however_the_input_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    // The nearest of 301 unknown codes has no user; between two halves there is more than a block.
    let codes = |codes: std::ops::RangeInclusive<u32>| {
        codes.map(|code| format!("ret=-{code} openid=u{code}\n")).collect::<String>()
    };
    let filler = "nothing\n".repeat(200_000);
    let log = format!("ret=-30001\n{}{filler}{}", codes(30_002..=30_150), codes(30_151..=30_301));
    fs::write(folder.path().join("a.log"), &log).unwrap();
    let whole = report(&folder, &["--users=openid", "-j1", "a.log"]);
    let told =
        parsed(&whole)["unknown"].as_array().unwrap().iter().filter(|row| !row["users"].is_null()).count();
    assert_eq!(told, 300);
    for threads in ["-j2", "-j8"] {
        assert_eq!(report(&folder, &["--users=openid", threads, "a.log"]), whole, "{threads}");
    }
    // Unknown codes beyond the 1000 nearest to zero are told apart nowhere, whatever parts had told.
    let near: String = (10_000..11_000).map(|code| format!("ret=-{code}\n")).collect();
    let log = format!("{}{filler}{near}", codes(30_002..=30_150));
    fs::write(folder.path().join("a.log"), &log).unwrap();
    let whole = report(&folder, &["--users=openid", "-j1", "a.log"]);
    assert_eq!(parsed(&whole)["users"]["count"], 149);
    for threads in ["-j2", "-j8"] {
        assert_eq!(report(&folder, &["--users=openid", threads, "a.log"]), whole, "{threads}");
    }
}

#[test]
fn the_salt_stands_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.log"), "ret=-204 openid=7\n").unwrap();
    let args = ["--users=openid", "--output-dir=out", "--report=json=r.json", "a.log", "--users-salt"];
    assert_eq!(said(&folder, &[&args[..], &["a long secret"]].concat()).0, Some(0));
    for entry in fs::read_dir(folder.path().join("out")).unwrap() {
        let text = fs::read(entry.unwrap().path()).unwrap();
        assert!(!String::from_utf8_lossy(&text).contains("a long secret"));
    }
    // Another salt is another setting.
    let (status, words) = said(&folder, &[&args[..], &["another secret", "--resume"]].concat());
    assert_eq!(status, Some(2), "{words}");
    assert!(words.contains("--users-salt") && !words.contains("secret"), "{words}");
    assert_eq!(said(&folder, &[&args[..], &["a long secret", "--resume"]].concat()).0, Some(0));
}
