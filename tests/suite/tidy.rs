//! The rules of the repository for its source files, such as their length and a comment at the top that states their
//! purpose.

use std::fs;
use std::path::{Path, PathBuf};

const LINES_MAX: usize = 400;

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.ends_with("target") {
            // The folder for the build of the fuzzer's package.
            continue;
        } else if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn source_files_keep_the_rules() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["src", "tests", "benches", "examples"] {
        rust_files(&root.join(folder), &mut files);
    }
    assert!(files.len() > 20);
    let forbidden =
        [concat!("dbg", "!("), concat!("todo", "!("), concat!("unimplemented", "!("), concat!("FIX", "ME")];
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        let name = path.display();
        assert!(text.starts_with("//! "), "{name}: says not what it is for");
        assert!(text.lines().count() <= LINES_MAX, "{name}: is longer than {LINES_MAX} lines");
        for word in forbidden {
            assert!(!text.contains(word), "{name}: has {word}");
        }
        let lines: Vec<&str> = text.lines().map(str::trim_start).collect();
        let is_behind = |pair: &&[&str]| pair[0].starts_with("#[derive(") && pair[1].starts_with("///");
        assert_eq!(lines.windows(2).find(is_behind), None, "{name}: a comment stands behind its derive");
    }
}

#[test]
fn each_source_file_is_in_the_module_tree() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    rust_files(&root.join("src"), &mut files);
    let all: String = files.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    for path in files {
        let stem = path.file_stem().unwrap().to_str().unwrap();
        let module =
            if stem == "mod" { path.parent().unwrap().file_name().unwrap().to_str().unwrap() } else { stem };
        let is_root = ["main", "lib"].contains(&module);
        assert!(is_root || all.contains(&format!("mod {module};")), "{}: no module", path.display());
    }
}

/// The modules of the program, from the bottom up: a file may name modules below its own, and its own.
const ROOMS: [&str; 12] = [
    "system",
    "compression",
    "encoding",
    "container",
    "terminal",
    "input",
    "follow",
    "output",
    "report",
    "pipeline",
    "commands",
    "cli",
];

#[test]
fn the_library_does_not_name_the_program() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&root, &mut files);
    let is_library = |path: &&PathBuf| {
        let name = path.strip_prefix(&root).unwrap();
        !name.starts_with("program") && name != Path::new("main.rs") && name != Path::new("lib.rs")
    };
    let library: Vec<_> = files.iter().filter(is_library).collect();
    assert!(library.len() > 30);
    for path in library {
        let text = fs::read_to_string(path).unwrap();
        for forbidden in ["crate::program", "clap", "rustix", "std::thread", "std::os::fd"] {
            assert!(!text.contains(forbidden), "{}: names {forbidden}", path.display());
        }
    }
}

#[test]
fn rooms_of_the_program_name_only_rooms_below() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/program");
    let mut upwards = Vec::new();
    for (height, room) in ROOMS.iter().enumerate() {
        let mut files = Vec::new();
        rust_files(&root.join(room), &mut files);
        assert!(!files.is_empty(), "{room}");
        for path in files {
            let text = fs::read_to_string(&path).unwrap();
            let hides_rooms = text.contains("program::{") || text.contains("super::super");
            assert!(!hides_rooms, "{}: name a room by its whole path", path.display());
            let above =
                ROOMS[height + 1..].iter().filter(|above| text.contains(&format!("program::{above}")));
            upwards.extend(above.map(|above| format!("{}: names {above}", path.display())));
        }
    }
    assert!(upwards.is_empty(), "{}", upwards.join("\n"));
}

#[test]
fn the_list_of_test_modules_tells_their_subjects() {
    let modules = include_str!("main.rs").lines().filter(|line| line.starts_with("mod "));
    for module in modules {
        assert!(module.contains("; // "), "tests/suite/main.rs: {module}: add its subject behind it");
    }
}

#[test]
fn no_type_name_is_there_twice() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    rust_files(&root.join("src"), &mut files);
    let declared = |line: &str| {
        // Types of traits (`type Err`) are indented.
        if line.starts_with("    type ") || line.starts_with("        type ") {
            return None;
        }
        let line = line.trim_start().trim_start_matches("pub(crate) ").trim_start_matches("pub(super) ");
        let (kind, rest) = line.trim_start_matches("pub ").split_once(' ')?;
        let name: String = rest.chars().take_while(|char| char.is_alphanumeric()).collect();
        let is_type = ["struct", "enum", "trait", "union", "type"].contains(&kind)
            && name.starts_with(char::is_uppercase);
        is_type.then_some(name)
    };
    let texts: Vec<String> = files.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let mut names: Vec<String> = texts.iter().flat_map(|text| text.lines().filter_map(declared)).collect();
    assert!(names.len() > 150, "{}", names.len());
    names.sort();
    let twice: Vec<_> = names.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| &pair[0]).collect();
    assert!(twice.is_empty(), "{twice:?}");
}

#[test]
fn unsafe_code_is_forbidden() {
    for root in [include_str!("../../src/lib.rs"), include_str!("../../src/main.rs")] {
        assert!(root.contains("\n#![forbid(unsafe_code)]\n"));
    }
}
