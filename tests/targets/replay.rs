//! Replays the targets with the inputs that are kept, and with inputs that proptest makes from them.

use super::TARGETS;
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};

/// Returns the inputs of a target in a folder beside this file, each with its path.
fn inputs(folder: &str, target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/targets").join(folder).join(target);
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

#[test]
fn seeds_and_regressions_hold() {
    for (target, run) in TARGETS {
        let seeds = inputs("seeds", target);
        assert!(!seeds.is_empty(), "{target}: has no seeds");
        for (path, input) in seeds.iter().chain(&inputs("regressions", target)) {
            println!("{}", path.display());
            run(input);
        }
    }
}

#[test]
fn regressions_have_a_target() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/targets/regressions");
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let name = entry.unwrap().file_name();
        assert!(TARGETS.iter().any(|(target, _)| name.to_str() == Some(*target)), "{name:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    /// The input is the beginning of one seed and the end of another, with some bytes changed.
    #[test]
    fn what_is_made_of_seeds_holds(
        target in 0..TARGETS.len(),
        [first, second]: [prop::sample::Index; 2],
        [cut, from]: [prop::sample::Index; 2],
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
    ) {
        let (name, run) = TARGETS[target];
        let seeds = inputs("seeds", name);
        let [first, second] = [first, second].map(|index| &index.get(&seeds).1);
        let [cut, from] = [cut.index(first.len() + 1), from.index(second.len() + 1)];
        let mut input = [&first[..cut], &second[from..]].concat();
        for (place, byte) in changes {
            if !input.is_empty() {
                *place.get_mut(&mut input) = byte;
            }
        }
        run(&input);
    }
}
