//! The documents: console examples are run just as they are shown, links lead somewhere, and translations have the same
//! code.

use crate::command::{binary, isolated, output_of};
use pulldown_cmark::{CodeBlockKind, CowStr, Event, Options, Parser, Tag, TagEnd};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The most lines of the README: it is read before anything else.
const README_LINES_MAX: usize = 180;

/// Returns the folder that all documents are in.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the Markdown files at the root and in `docs/`, in the order of their names.
pub(crate) fn documents() -> Vec<PathBuf> {
    let files =
        [root().to_owned(), root().join("docs")].into_iter().flat_map(|folder| fs::read_dir(folder).unwrap());
    let paths = files.map(|entry| entry.unwrap().path());
    let mut documents: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect();
    documents.sort();
    assert!(documents.len() > 8, "{documents:?}");
    documents
}

/// Returns the Markdown of a document.
fn markdown(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns the language and the text of each fenced code block.
fn code_blocks(markdown: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut is_open = false;
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => {
                is_open = true;
                blocks.push((language.to_string(), String::new()));
            }
            Event::End(TagEnd::CodeBlock) => is_open = false,
            Event::Text(text) if is_open => blocks.last_mut().unwrap().1.push_str(&text),
            _ => {}
        }
    }
    blocks
}

/// Returns the commands of the `console` blocks, each with the output that stands below it.
///
/// A command is one line that begins with `$ `.
fn examples(markdown: &str) -> Vec<(String, String)> {
    let mut examples: Vec<(String, String)> = Vec::new();
    for (_, block) in code_blocks(markdown).into_iter().filter(|(language, _)| language == "console") {
        assert!(block.starts_with("$ "), "the output of no command:\n{block}");
        for line in block.split_inclusive('\n') {
            match line.strip_prefix("$ ") {
                Some(command) => examples.push((command.to_owned(), String::new())),
                None => examples.last_mut().unwrap().1.push_str(line),
            }
        }
    }
    examples
}

/// Runs the examples of a document in their order, in one new folder. Returns the number of examples.
fn run_examples(document: &Path) -> usize {
    let work_folder = tempfile::tempdir().unwrap();
    let program_folder = Path::new(binary().get_program()).parent().unwrap().to_owned();
    let path = format!("{}:{}", program_folder.display(), std::env::var("PATH").unwrap());
    let examples = examples(&markdown(document));
    for (command, expected) in &examples {
        let mut shell = isolated("sh");
        shell.args(["-c", command]).env("PATH", &path).current_dir(&work_folder);
        let output = output_of(&mut shell, b"");
        let name = document.display();
        let stderr = output.stderr.escape_ascii();
        assert_eq!(String::from_utf8_lossy(&output.stdout), *expected, "{name}: {command}\nstderr: {stderr}");
        assert_eq!(output.status.code(), Some(0), "{name}: {command}\nstderr: {stderr}");
    }
    examples.len()
}

#[test]
fn examples_print_what_the_documents_say() {
    let count: usize = documents().iter().map(|document| run_examples(document)).sum();
    assert!(count > 40, "{count} examples");
}

/// Returns the anchor that GitHub gives to a heading, without the number that it appends for a repeated heading.
///
/// "GitHub Actions, GitLab" becomes `github-actions-gitlab`.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|char| char.is_alphanumeric() || [' ', '-', '_'].contains(char));
    kept.flat_map(char::to_lowercase).map(|char| if char == ' ' { '-' } else { char }).collect()
}

/// Returns the targets of all links and pictures, and the anchors of all headings.
fn links_and_anchors(markdown: &str) -> (Vec<String>, BTreeSet<String>) {
    let mut links = Vec::new();
    let mut anchors = BTreeSet::new();
    let mut heading: Option<String> = None;
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                links.push(dest_url.to_string())
            }
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => {
                let is_new = anchors.insert(anchor(&heading.take().unwrap()));
                assert!(is_new, "a heading stands twice, so that its anchor is not clear: {anchors:?}");
            }
            Event::Text(text) | Event::Code(text) => push_to(&mut heading, &text),
            _ => {}
        }
    }
    (links, anchors)
}

/// Appends a text to the current heading, if there is one.
fn push_to(heading: &mut Option<String>, text: &CowStr<'_>) {
    if let Some(heading) = heading {
        heading.push_str(text);
    }
}

#[test]
fn links_lead_to_files_and_headings() {
    let mut count = 0;
    for document in documents() {
        let name = document.display();
        for link in links_and_anchors(&markdown(&document)).0 {
            if link.starts_with("https://") {
                continue;
            }
            count += 1;
            let (file, wanted) = link.split_once('#').unwrap_or((&link, ""));
            let target =
                if file.is_empty() { document.clone() } else { document.parent().unwrap().join(file) };
            assert!(target.is_file(), "{name}: {link}: there is no such file");
            let is_there = || links_and_anchors(&markdown(&target)).1.contains(wanted);
            assert!(wanted.is_empty() || is_there(), "{name}: {link}: there is no such heading");
        }
    }
    assert!(count > 20, "{count} links");
}

#[test]
fn anchors_are_made_as_github_makes_them() {
    assert_eq!(anchor("GitHub Actions, and `GitLab` CI"), "github-actions-and-gitlab-ci");
    assert_eq!(anchor("--only SELECT"), "--only-select");
    assert_eq!(anchor("为什么不用它？"), "为什么不用它");
}

#[test]
fn each_document_is_linked_from_the_readme() {
    let (links, _) = links_and_anchors(&markdown(&root().join("README.md")));
    for document in documents() {
        let name = document.strip_prefix(root()).unwrap().to_str().unwrap();
        assert!(name == "README.md" || links.iter().any(|link| link == name), "{name}: is not linked");
    }
}

/// Returns the code blocks of a document without comments, which may be translated.
fn acting_code(name: &str) -> Vec<(String, String)> {
    let mut blocks = code_blocks(&markdown(&root().join(name)));
    for (_, text) in &mut blocks {
        let acting = text.lines().map(|line| {
            let comment = ["# ", "// "].iter().filter_map(|start| line.find(start)).min();
            line[..comment.unwrap_or(line.len())].trim_end()
        });
        *text = acting.collect::<Vec<_>>().join("\n");
    }
    blocks
}

#[test]
fn both_readmes_run_the_same() {
    let (english, chinese) = (acting_code("README.md"), acting_code("README.zh-CN.md"));
    assert!(english.len() > 8, "{english:?}");
    assert_eq!(english, chinese);
}

#[test]
fn the_readme_is_short() {
    let count = markdown(&root().join("README.md")).lines().count();
    assert!(
        count <= README_LINES_MAX,
        "{count} lines, and {README_LINES_MAX} are allowed: move details to docs/"
    );
}

#[test]
fn the_test_command_is_what_the_gate_runs() {
    assert!(markdown(&root().join("README.md")).contains("\n```text\ncargo test --locked\n```\n"));
    assert!(include_str!("../../.ci/run").contains("\ncargo test --locked\n"));
}

/// Returns the numbers that `benches/all` has written between each `<!-- START… -->` and `<!-- end -->` of a document.
fn measured_numbers(name: &str, start: &str) -> Vec<String> {
    let text = markdown(&root().join(name));
    let mut numbers = Vec::new();
    for rest in text.split(&format!("<!-- {start}")).skip(1) {
        let (_, behind) = rest.split_once("-->").expect("a comment that is closed");
        let (measured, _) =
            behind.split_once("<!-- end -->").unwrap_or_else(|| panic!("{name}: {start} has no end"));
        let words = measured.split(|char: char| !char.is_ascii_digit() && char != '.');
        numbers.extend(
            words.filter(|word| word.contains(|char: char| char.is_ascii_digit())).map(str::to_owned),
        );
    }
    numbers
}

/// The facts of both READMEs, each with the table of docs/performance.md that its figures come from.
const FACTS: [(&str, &str); 5] = [
    ("delay", "pipeline"),
    ("memory", "pipeline"),
    ("pipeline", "pipeline"),
    ("mawk", "peers"),
    ("gzip", "archives"),
];

#[test]
fn figures_of_the_readme_stand_in_the_tables() {
    let mut count = 0;
    for (fact, table) in FACTS {
        let written = measured_numbers("docs/performance.md", &format!("benches/all: {table} "));
        let start = format!("measured: {fact} ");
        let figures = measured_numbers("README.md", &start);
        assert!(!figures.is_empty(), "README.md: {fact} has no figures");
        assert_eq!(
            figures,
            measured_numbers("README.zh-CN.md", &start),
            "{fact}: the README in Chinese differs"
        );
        for figure in &figures {
            assert!(written.contains(figure), "README.md: {fact}: {figure} is not in the table {table}");
        }
        count += figures.len();
    }
    let all = measured_numbers("README.md", "measured: ").len();
    assert_eq!(count, all, "README.md: a measured fact is not in FACTS");
}
