//! The dependencies: each has a stated reason, none needs a newer Rust than the documents promise, and the library
//! alone needs few.

use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

const ARCHITECTURE: &str = include_str!("../../ARCHITECTURE.md");

/// Returns the manifest as it is written: in a crate that was packed, `Cargo.toml` is what cargo has made of it.
fn manifest() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(root.join("Cargo.toml.orig"))
        .or_else(|_| fs::read_to_string(root.join("Cargo.toml")))
        .unwrap()
}

/// Returns the lines of a section of a manifest.
fn section<'a>(manifest: &'a str, title: &str) -> Vec<&'a str> {
    let (_, section) = manifest.split_once(&format!("\n[{title}]\n")).unwrap();
    let lines = section.lines().take_while(|line| !line.starts_with('['));
    lines.filter(|line| line.contains(" = ")).collect()
}

/// The manifest names its own addresses, and no placeholder.
#[test]
fn no_address_of_the_package_is_made_up() {
    let manifest = manifest();
    let addresses: Vec<&str> = manifest.lines().filter(|line| line.contains("://")).collect();
    let own = [
        "repository = \"https://github.com/imsdk-annotate/imsdk-annotate\"",
        "documentation = \"https://docs.rs/imsdk-annotate\"",
    ];
    assert_eq!(addresses, own);
}

#[test]
fn each_dependency_has_its_reason() {
    let (_, table) = ARCHITECTURE.split_once("\n## Dependencies\n").unwrap();
    let rows = table.lines().filter(|line| line.starts_with("| ")).skip(2);
    let cells = rows.map(|row| row.split('|').nth(1).unwrap().trim());
    let explained: BTreeSet<&str> =
        cells.flat_map(|cell| cell.split(", ")).map(|name| name.split(' ').next().unwrap()).collect();
    let manifest = manifest();
    let lines = ["dependencies", "dev-dependencies"].map(|title| section(&manifest, title)).concat();
    let needed: BTreeSet<&str> = lines.iter().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(explained, needed);
}

/// The library alone has few packages and none that builds C: its users pay for nothing of the program.
#[test]
fn the_library_alone_is_lean() {
    let args = ["tree", "--locked", "--no-default-features", "--edges", "normal,build", "--prefix", "none"];
    let mut command = Command::new(env!("CARGO"));
    let output = command.args(args).current_dir(Path::new(env!("CARGO_MANIFEST_DIR"))).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).unwrap();
    let packages: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!((5..=30).contains(&packages.len()), "{packages:?}");
    let builds_c = |name: &&&str| ["cc", "cmake", "pkg-config"].contains(*name) || name.ends_with("-sys");
    assert_eq!(packages.iter().find(builds_c), None);
}

/// Returns the major and the minor number of a version.
fn numbers(version: &str) -> (u64, u64) {
    let mut numbers = version.split('.').map(|number| number.parse().unwrap());
    (numbers.next().unwrap(), numbers.next().unwrap())
}

#[test]
fn no_package_needs_a_newer_rust_than_is_promised() {
    let args = ["metadata", "--locked", "--format-version=1", "--filter-platform=host-tuple"];
    let mut command = Command::new(env!("CARGO"));
    let output = command.args(args).current_dir(Path::new(env!("CARGO_MANIFEST_DIR"))).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let promised = numbers(env!("CARGO_PKG_RUST_VERSION"));
    assert!(packages.len() > 50);
    for package in packages {
        let needed = package["rust_version"].as_str().map(numbers);
        assert!(needed.is_none_or(|needed| needed <= promised), "{} needs {needed:?}", package["id"]);
    }
    let (major, minor) = promised;
    let readme = include_str!("../../README.md");
    assert!(readme.contains(&format!("Rust {major}.{minor} or later")));
}
