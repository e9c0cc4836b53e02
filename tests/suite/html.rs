//! --report html: what stands in the page, for readers with and without script, and what must not.

use crate::command::{binary, output_of};
use crate::page::{by_id, elements, hash, page_of, parse, read_as_html, shown_text, text};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/reports")
}

const RUN: [&str; 9] = [
    "--baseline",
    "earlier.json",
    "--fail-on",
    "error>3",
    "--fail-on",
    "new,!unknown",
    "--fail-on",
    "success",
    "server.log",
];

/// Returns the page of the run that has golden files.
pub(crate) fn golden() -> String {
    page_of(&data(), &RUN, b"")
}

/// Returns the JSON report of the same run.
fn json(folder: &Path, args: &[&str], input: &[u8]) -> Value {
    let output = output_of(binary().current_dir(folder).args(["-q", "--report=json=-"]).args(args), input);
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The golden file has neither the style nor the script, which have files of their own; the policy has their hashes.
#[test]
fn the_page_is_its_golden_file() {
    let mut page = golden();
    for (name, file) in [("style", "page.css"), ("script", "page.js")] {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/program/report/formats/html").join(file);
        let whole = format!("<{name}>{}</{name}>", fs::read_to_string(source).unwrap());
        assert!(page.contains(&whole), "{name}");
        page = page.replace(&whole, &format!("<{name}></{name}>"));
    }
    assert_eq!(page, fs::read_to_string(data().join("report.html")).unwrap());
}

#[test]
fn the_page_needs_nothing_from_elsewhere() {
    let page = golden();
    let document = parse(&page);
    for node in document.descendants() {
        for attribute in node.attributes() {
            let (name, value) = (attribute.name(), attribute.value());
            assert!(!value.contains("//") && !value.contains("http:") && !value.contains("url("), "{value}");
            assert!(!["src", "srcset", "action", "data", "formaction"].contains(&name), "{name}");
            assert!(name != "href" || value.starts_with('#'), "{value}");
        }
        assert!(!["link", "img", "iframe", "object", "base"].iter().any(|name| node.has_tag_name(*name)));
    }
    let style = text_of_program(&page, "style");
    assert!(!style.contains("url(") && !style.contains("@import"), "{style}");
    // A link leads to a row that is there.
    for link in elements(&document, "a") {
        let id = link.attribute("href").unwrap().strip_prefix('#').unwrap();
        assert!(by_id(&document, id).is_some(), "{id}");
    }
}

#[test]
fn all_facts_stand_in_the_markup() {
    let page = golden();
    let document = parse(&page);
    let all = text(document.root_element());
    let json = json(&data(), &RUN, b"");
    let mut rows = 0;
    for code in ["codes", "unknown"].iter().flat_map(|list| json[list].as_array().unwrap()) {
        let row = by_id(&document, &format!("c{}", code["code"])).unwrap();
        let row = text(row);
        let mut facts = vec![code["code"].to_string(), code["count"].to_string()];
        let share = code["count"].as_f64().unwrap() * 100.0 / 12.0;
        facts.push(format!("{share:.1} %"));
        for name in ["category", "category_zh", "severity", "message", "explanation"] {
            facts.extend(code[name].as_str().map(str::to_owned));
        }
        for place in [&code["first"], &code["last"]] {
            facts.push(format!("{}:{}", place["file"].as_str().unwrap(), place["line"]));
            facts.push(place["text"].as_str().unwrap().to_owned());
        }
        facts.extend(
            ["first_time", "last_time"].iter().filter_map(|name| code[name].as_str()).map(str::to_owned),
        );
        let before = &code["baseline"];
        facts.push(format!("{} ({})", change_in_chinese(&before["change"]), before["count"]));
        for fact in facts {
            assert!(row.contains(&fact), "{fact}: {row}");
        }
        rows += 1;
    }
    let table = by_id(&document, "table").unwrap();
    assert_eq!(table.descendants().filter(|node| node.has_tag_name("tr")).count(), rows + 1);
    for gone in json["gone"].as_array().unwrap() {
        let title = gone["code"].to_string();
        let row = elements(&document, "th").into_iter().find(|node| text(*node) == title).unwrap();
        let row = text(row.parent().unwrap());
        assert!(row.ends_with(&gone["baseline"]["count"].to_string()), "{row}");
        assert!(gone["message"].as_str().is_none_or(|message| row.contains(message)), "{row}");
    }
    for check in json["fail_on"].as_array().unwrap() {
        let option = format!("--fail-on {}", check["select"].as_str().unwrap());
        let code = elements(&document, "code").into_iter().find(|node| text(*node) == option).unwrap();
        let line = code.parent().unwrap();
        assert_eq!(line.attribute("class"), check["verdict"].as_str());
        assert!(text(line).contains(&format!("{} field", check["count"])), "{}", text(line));
    }
    for fact in
        ["9 fields with known codes", "3 with unknown codes", "9 lines", "1 input", "2026-05-01T10:00:00.123"]
    {
        assert!(all.contains(fact), "{fact}: {all}");
    }
}

fn change_in_chinese(change: &Value) -> &'static str {
    let words = [("new", "新"), ("more", "增加"), ("same", "不变"), ("fewer", "减少")];
    words.iter().find(|(word, _)| change == word).unwrap().1
}

/// A reader who sees the page alone must find which code is new, since when, how often, and where.
#[test]
fn what_is_new_is_told_first() {
    let page = golden();
    let document = parse(&page);
    let first = elements(&document, "ol")[0].first_element_child().unwrap();
    let words = shown_text(first);
    for fact in [
        "-705",
        "ConfireCode unavail",
        "failed a check",
        "new",
        "1 field (before: 0) in 1 input",
        "since 2026-05-01T11:30:00",
        "first line at server.log:7",
        "[2026-05-01 11:30:00.000] ret=-204 | code: -705",
    ] {
        assert!(words.contains(fact), "{fact}: {words}");
    }
    let all = shown_text(document.root_element());
    let place = |words: &str| all.find(words).unwrap_or_else(|| panic!("{words}: {all}"));
    assert!(place("Failed") < place("Look here first") && place("Look here first") < place("Timeline"));
    // The page says that no code is new, and shows errors if nothing tells which codes are new.
    let old = page_of(&data(), &["--baseline", "report.json", "server.log"], b"");
    assert!(shown_text(parse(&old).root_element()).contains("No code is new."));
    let plain = page_of(&data(), &["server.log"], b"");
    assert!(!plain.contains("mark new") && !plain.contains("mark failed"));
    let plain = shown_text(elements(&parse(&plain), "ol")[0]);
    assert!(plain.trim_start().starts_with("-204"), "{plain}");
}

#[test]
fn trouble_is_never_green() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.log"), "ret=5\n").unwrap();
    fs::create_dir(folder.path().join("empty")).unwrap();
    for (args, verdict, words) in [
        (&["a.log"][..], "unchecked", "Not checked"),
        (&["a.log", "--fail-on", "error"], "passed", "Passed"),
        (&["a.log", "--fail-on", "error", "--fail-on", "any"], "failed", "1 of 2 checks failed"),
        (&["a.log", "none.log"], "undecided", "not all could be read"),
        (&["a.log", "none.log", "--fail-on", "error"], "undecided", "1 of 1 check could not be decided"),
        (&["a.log", "none.log", "--fail-on", "any"], "failed", "not all could be read"),
        (&["empty", "--fail-on", "error"], "undecided", "there was no input"),
        (&["empty"], "undecided", "there was no input"),
    ] {
        let page = page_of(folder.path(), args, b"");
        let document = parse(&page);
        let header = elements(&document, "header")[0];
        let block = header
            .children()
            .find(|node| node.attribute("class").is_some_and(|class| class.starts_with("verdict")));
        let block = block.unwrap();
        assert_eq!(block.attribute("class"), Some(&*format!("verdict {verdict}")), "{args:?}");
        assert!(shown_text(block).contains(words), "{}", shown_text(block));
        let passed = document.descendants().filter(|node| node.attribute("class") == Some("passed")).count();
        let expected = usize::from(verdict == "passed") + usize::from(args.len() == 5);
        assert_eq!(passed, expected, "{args:?}");
    }
}

#[test]
fn controls_are_hidden_without_a_script() {
    let page = golden();
    let document = parse(&page);
    let controls: Vec<_> = document
        .descendants()
        .filter(|node| ["input", "select", "button"].contains(&node.tag_name().name()))
        .collect();
    assert!(controls.len() > 6, "{}", controls.len());
    for control in controls {
        assert!(
            control.ancestors().any(|node| node.has_attribute("hidden") && node.has_attribute("data-script"))
        );
    }
}

/// Returns the text between the tags of the style or the script.
fn text_of_program<'a>(page: &'a str, name: &str) -> &'a str {
    let (_, behind) = page.split_once(&format!("<{name}>")).unwrap();
    behind.split_once(&format!("</{name}>")).unwrap().0
}

#[test]
fn the_policy_allows_the_script_and_the_style_of_the_page_alone() {
    let page = golden();
    let document = parse(&page);
    let is_policy =
        |node: &roxmltree::Node<'_, '_>| node.attribute("http-equiv") == Some("Content-Security-Policy");
    let policy = document.descendants().find(is_policy).unwrap().attribute("content").unwrap();
    let rules: Vec<&str> = policy.split("; ").collect();
    assert_eq!(
        [rules[0], rules[3], rules[4]],
        ["default-src 'none'", "base-uri 'none'", "form-action 'none'"]
    );
    assert_eq!(rules.len(), 5);
    for (rule, name) in [(rules[1], "style"), (rules[2], "script")] {
        let text = text_of_program(&page, name);
        // So that the page is XML, too.
        assert!(!text.contains(['<', '&']), "{name}");
        if let Some(hash) = hash(text) {
            assert_eq!(
                rule,
                format!("{name}-src '{hash}'"),
                "write {hash} in policy.rs as the hash of the {name}"
            );
        }
    }
    for name in read_as_html(&page).0.0 {
        let attribute = name.split_once(' ').map_or("", |(_, attribute)| attribute);
        assert!(attribute != "style" && !attribute.starts_with("on"), "{name}");
    }
}

/// The numbers of the chart stand in a table, and add up to the lines that it shows.
#[test]
fn the_chart_has_its_numbers_in_a_table() {
    let page = golden();
    let document = parse(&page);
    let json = json(&data(), &RUN, b"");
    let codes = ["codes", "unknown"].iter().flat_map(|list| json[list].as_array().unwrap());
    let counts = codes.flat_map(|code| code["seconds"]["counts"].as_array().cloned().unwrap_or_default());
    let expected: u64 = counts.map(|count| count.as_u64().unwrap()).sum();
    let details = document.descendants().find(|node| node.attribute("class") == Some("numbers")).unwrap();
    let rows: Vec<Vec<String>> = details
        .descendants()
        .filter(|node| node.has_tag_name("tr"))
        .map(|row| row.children().filter(roxmltree::Node::is_element).map(shown_text).collect())
        .collect();
    let number = |text: &String| text.parse::<u64>().unwrap();
    let mut sum = 0;
    for row in &rows[1..] {
        let (all, parts) = row[1..].split_last().unwrap();
        assert_eq!(number(all), parts.iter().map(number).sum::<u64>(), "{row:?}");
        sum += number(all);
    }
    assert_eq!(sum, expected);
    // A path for each category, in the colour of its legend.
    let chart = by_id(&document, "chart").unwrap();
    let fills: Vec<_> = chart
        .children()
        .filter(|node| node.has_tag_name("path"))
        .map(|node| node.attribute("fill").unwrap())
        .collect();
    assert_eq!(fills.len(), rows[0].len() - 2);
    let titles = chart.descendants().filter(|node| node.has_tag_name("title"));
    let titles: Vec<String> = titles.map(|title| title.text().unwrap().to_owned()).collect();
    assert_eq!(titles.len(), rows.len() - 1);
    assert!(titles[0].starts_with("2026-05-01 ") && titles[0].contains("auth "), "{titles:?}");
    // Without times, the axis is the place in the input.
    let page = page_of(&data(), &["-"], b"ret=-1\n\nret=-204\n");
    let words = shown_text(parse(&page).root_element());
    assert!(words.contains("No time is understood") && words.contains("in bytes"), "{words}");
}

#[test]
fn both_languages_stand_in_the_page_and_one_is_shown() {
    let english = golden();
    for (lang, shown, hidden, attribute) in [
        (
            "en",
            &["Failed", "Codes", "user session is failure!", "error: auth"][..],
            &["未通过", "登录鉴权"][..],
            "en",
        ),
        ("zh", &["未通过", "返回码", "用户登录态过期", "错误：登录鉴权"], &["Failed", "Look here"], "zh"),
        ("both", &["Failed", "未通过", "user session is failure!", "用户登录态过期"], &[], "en"),
    ] {
        let page = page_of(&data(), &[&RUN[..], &["--lang", lang]].concat(), b"");
        let document = parse(&page);
        assert_eq!(document.root_element().attribute("lang"), Some(attribute));
        let words = shown_text(document.root_element());
        for fact in shown {
            assert!(words.contains(fact), "{fact}: {words}");
        }
        for fact in hidden {
            assert!(!words.contains(fact), "{fact}: {words}");
        }
        let both = |page: &str| {
            let document = parse(page);
            let languages = document.descendants().filter(|node| node.has_tag_name("bdi"));
            languages.map(|node| (node.attribute("lang").unwrap().to_owned(), text(node))).collect::<Vec<_>>()
        };
        assert_eq!(both(&page), both(&english));
    }
}

#[test]
fn the_page_of_parts_is_that_of_the_whole() {
    let folder = tempfile::tempdir().unwrap();
    let log = fs::read(data().join("server.log")).unwrap();
    fs::write(folder.path().join("a.log"), &log).unwrap();
    fs::write(folder.path().join("b.log"), [&b"ret=-705 2\n"[..], &log].concat()).unwrap();
    let whole = page_of(folder.path(), &["a.log", "b.log"], b"");
    assert_eq!(page_of(folder.path(), &["-j4", "a.log", "b.log"], b""), whole);
    for part in ["a", "b"] {
        let (log, report) = (format!("{part}.log"), format!("--report=json={part}.json"));
        assert!(output_of(binary().current_dir(&folder).args(["-q", &log, &report]), b"").status.success());
    }
    assert_eq!(page_of(folder.path(), &["--merge-reports", "a.json", "b.json"], b""), whole);
}
