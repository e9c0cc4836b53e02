//! The version of the package stands in `Cargo.toml`; each other file that names it names the same one.

use crate::command::annotate;
use regex::Regex;
use std::fs;
use std::path::{Path, PathBuf};

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Files that users copy from or that act by themselves, each with text that must be in it; `<>` stands for the version.
const PLACES: [(&str, &str); 6] = [
    ("CHANGELOG.md", "\n## <>"),
    ("action.yml", "\n    default: '<>'\n"),
    ("docs/ci.md", "      - uses: imsdk-annotate/imsdk-annotate@v<>\n"),
    ("docs/ci.md", "/imsdk-annotate/triage@<>\n"),
    ("install.sh", "version=${IMSDK_ANNOTATE_VERSION:-<>}\n"),
    ("templates/triage.yml", "\n      default: <>\n"),
];

/// Forms in which a file names a version of this package: `imsdk-annotate-0.1.0-x86_64`, `imsdk_annotate==0.1.0`, `triage@0.1.0`,
/// `releases/download/v0.1.0`, and `--version 0.1.0` or `ANNOTATE_VERSION=0.1.0` in commands that install.
const FORMS: &str = r"(?:imsdk[-_]annotate(?:-spark)?[-_@= ]{1,2}|triage@|releases/download/|--version |ANNOTATE_VERSION(?:=|:-))v?(\d+\.\d+\.\d+)";

/// Adds the files of a folder that people have written as texts.
fn texts(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            // Builds, packages that tools have put there, and sources, which name versions that were never released.
            let is_ours = !["target", ".git", "node_modules", "src", "tests"].contains(&name);
            if is_ours {
                texts(&path, found);
            }
        } else if name != "Cargo.lock" && path.is_file() {
            found.push(path);
        }
    }
}

#[test]
fn the_version_stands_where_users_take_it_from() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    if !root.join(".github").is_dir() {
        println!("skipped: the crate has no action, template and install.sh; the repository has");
        return;
    }
    for (file, text) in PLACES {
        let content = fs::read_to_string(root.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        let text = text.replace("<>", VERSION);
        assert!(content.contains(&text), "{file}: has not {text:?}");
    }
}

/// The manual page has the day of the release, which the changelog has as well from that day on.
#[test]
fn the_manual_has_the_day_of_the_release() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let changes = fs::read_to_string(root.join("CHANGELOG.md")).unwrap();
    let manual = String::from_utf8(annotate(&["--man"], b"")).unwrap();
    let heading = manual.lines().find(|line| line.starts_with(".TH ")).unwrap();
    let day = Regex::new(r"\d{4}-\d{2}-\d{2}").unwrap().find(heading).unwrap().as_str();
    let dated = changes.lines().find_map(|line| line.strip_prefix(&format!("## {VERSION} - ")));
    assert!(
        dated.is_none_or(|dated| dated == day),
        "src/program/cli/manual.rs has {day}, and CHANGELOG.md {dated:?}"
    );
}

#[test]
fn no_file_names_another_version() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    texts(root, &mut files);
    let forms = Regex::new(FORMS).unwrap();
    let mut count = 0;
    let mut others = Vec::new();
    for path in files {
        // Pictures and the like are no texts.
        let Ok(text) = fs::read_to_string(&path) else { continue };
        for (number, line) in text.lines().enumerate() {
            for found in forms.captures_iter(line) {
                count += 1;
                if &found[1] != VERSION {
                    others.push(format!(
                        "{}:{}: {line}",
                        path.strip_prefix(root).unwrap().display(),
                        number + 1
                    ));
                }
            }
        }
    }
    assert!(count >= 5, "{count} places");
    assert!(others.is_empty(), "the version in Cargo.toml is {VERSION}:\n{}", others.join("\n"));
}
