//! The rule that no files of the source need each other in a circle, so that each can be read after the files that it
//! needs.
//!
//! A file needs the files that define what its `use` lines name. An imported name is followed to the file that defines
//! it: a `mod.rs` that only hands on names of its children is not needed for them. Unit tests do not count, nor do
//! paths outside `use` lines, such as those of the rows in a table of formats.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The path of a module or an item, from `crate` on.
type ItemPath = Vec<String>;

/// An imported name with the path that it stands for.
struct Import {
    path: ItemPath,
    name: String,
    /// True if the import hands the name on to other files, and the file does not need it.
    is_handed_on: bool,
}

/// The imports of each file, by the path of its module.
type Modules = BTreeMap<ItemPath, Vec<Import>>;

/// Collects the `use` lines of all files in a folder, without unit tests.
fn read_files(folder: &Path, module: &[String], texts: &mut BTreeMap<ItemPath, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let inner = [module, std::slice::from_ref(&stem)].concat();
        if path.is_dir() {
            read_files(&path, &inner, texts);
        } else if !["main", "tests"].contains(&stem.as_str()) {
            let text = fs::read_to_string(&path).unwrap();
            let text = text.split("#[cfg(test)]\nmod tests").next().unwrap().to_owned();
            let is_folder = ["mod", "lib"].contains(&stem.as_str());
            texts.insert(if is_folder { module.to_vec() } else { inner }, text);
        }
    }
}

/// Returns the paths that a tree of a `use` line stands for: `a::{b, c::{d}}` is `a::b` and `a::c::d`.
fn expand(tree: &str) -> Vec<String> {
    let Some((before, rest)) = tree.split_once('{') else {
        return vec![tree.trim().to_owned()];
    };
    let (mut depth, mut branches) = (0, vec![String::new()]);
    for char in rest[..rest.rfind('}').expect("a group ends")].chars() {
        depth += i32::from(char == '{') - i32::from(char == '}');
        match char {
            ',' if depth == 0 => branches.push(String::new()),
            _ => branches.last_mut().unwrap().push(char),
        }
    }
    let branches = branches.iter().filter(|branch| !branch.trim().is_empty());
    branches.flat_map(|branch| expand(branch)).map(|path| format!("{}{path}", before.trim())).collect()
}

/// Returns the imports of a file of this package; those of other packages are left out.
fn imports(module: &ItemPath, text: &str, texts: &BTreeMap<ItemPath, String>) -> Vec<Import> {
    let mut imports = Vec::new();
    let lines = ["\nuse ", "\npub use ", "\npub(crate) use ", "\npub(super) use "];
    for (start, is_handed_on) in lines.into_iter().zip([false, true, true, true]) {
        for part in text.split(start).skip(1) {
            for path in expand(part.split(';').next().unwrap()) {
                let (path, alias) = path.split_once(" as ").map_or((&path[..], None), |(a, b)| (a, Some(b)));
                let path = path.strip_suffix("::self").unwrap_or(path);
                let segments: ItemPath = path.split("::").map(|segment| segment.trim().to_owned()).collect();
                let supers = segments.iter().take_while(|segment| *segment == "super").count();
                let child = [&module[..], &segments[..1]].concat();
                let path = match segments[0].as_str() {
                    "crate" => segments.clone(),
                    "self" => [&module[..], &segments[1..]].concat(),
                    "super" => [&module[..module.len() - supers], &segments[supers..]].concat(),
                    _ if texts.contains_key(&child) => [&module[..], &segments].concat(),
                    _ => continue,
                };
                let name = alias.unwrap_or(segments.last().unwrap()).to_owned();
                imports.push(Import { path, name, is_handed_on });
            }
        }
    }
    imports
}

/// Returns the module whose file defines what a path names.
fn definer(path: &[String], modules: &Modules) -> ItemPath {
    let inner = |length: &usize| modules.contains_key(&path[..*length]);
    let length = (1..=path.len()).rev().find(inner).expect("`crate` is a module");
    let (module, rest) = path.split_at(length);
    let import = rest.first().and_then(|name| modules[module].iter().find(|import| import.name == *name));
    match import {
        Some(import) => definer(&[&import.path[..], &rest[1..]].concat(), modules),
        None => module.to_vec(),
    }
}

#[test]
fn no_files_need_each_other_in_a_circle() {
    let mut texts = BTreeMap::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    read_files(&root, &["crate".to_owned()], &mut texts);
    let modules: Modules =
        texts.iter().map(|(module, text)| (module.clone(), imports(module, text, &texts))).collect();
    let needs = |(module, imports): (&ItemPath, &Vec<Import>)| {
        let needed = imports.iter().filter(|import| !import.is_handed_on);
        let needed = needed.map(|import| definer(&import.path, &modules)).filter(|file| file != module);
        (module.clone(), needed.collect::<BTreeSet<_>>())
    };
    let mut left: BTreeMap<ItemPath, BTreeSet<ItemPath>> = modules.iter().map(needs).collect();
    assert!(left.len() > 100 && left.values().map(BTreeSet::len).sum::<usize>() > 300);
    // Files that need no file that is left, or that none needs, are in no circle, and are taken away.
    loop {
        let needed_by_any: BTreeSet<_> = left.values().flatten().cloned().collect();
        let is_free = |(file, needed): &(&ItemPath, &BTreeSet<ItemPath>)| {
            needed.is_empty() || !needed_by_any.contains(*file)
        };
        let free: Vec<_> = left.iter().filter(is_free).map(|(file, _)| file.clone()).collect();
        if free.is_empty() {
            break;
        }
        left.retain(|file, _| !free.contains(file));
        left.values_mut().for_each(|needed| needed.retain(|file| !free.contains(file)));
    }
    let names =
        |files: &BTreeSet<ItemPath>| files.iter().map(|file| file.join("::")).collect::<Vec<_>>().join(", ");
    let left: Vec<_> =
        left.iter().map(|(file, needed)| format!("{} needs {}", file.join("::"), names(needed))).collect();
    assert!(left.is_empty(), "files in circles, and between circles:\n{}", left.join("\n"));
}
