//! Fuzz targets: properties that hold for any bytes, each as a function of an input.
//!
//! `cargo test` replays the targets with the inputs in `seeds/` and `regressions/`, and with inputs that proptest makes
//! from seeds. A fuzzer runs them through the package in `tests/fuzz/`.

mod archives;
mod catalogs;
mod config;
mod decoders;
mod folders;
mod made_folder;
mod options;
mod patterns;
mod reports;
mod selectors;
mod syntax;
mod templates;
mod times;
mod twin;

#[cfg(test)]
mod replay;

/// A function of an input, which panics if a property does not hold.
type Target = fn(&[u8]);

/// The targets by name, in `tests/fuzz/` and in the folders of seeds and regressions.
const TARGETS: [(&str, Target); 13] = [
    ("catalogs", catalogs::run),
    ("config", config::run),
    ("decoders", decoders::run),
    ("folders", folders::run),
    ("patterns", patterns::run),
    ("reports", reports::run),
    ("selectors", selectors::run),
    ("syntax", syntax::run),
    ("tars", archives::run),
    ("templates", templates::run),
    ("times", times::run),
    ("twin", twin::run),
    ("zips", archives::run),
];

#[path = "../twin/mod.rs"]
#[allow(dead_code)] // The suite uses more of it.
mod naive;

/// Runs the target with this name.
///
/// # Panics
///
/// Panics if a property does not hold for the input, or if there is no such target.
pub fn run(name: &str, input: &[u8]) {
    let (_, target) = TARGETS.iter().find(|(target, _)| *target == name).expect("there is such a target");
    target(input);
}

/// Panics if two texts differ, and shows the first place where they do.
fn assert_same(found: &[u8], expected: &[u8], what: impl Fn() -> String) {
    if found == expected {
        return;
    }
    let place = found.iter().zip(expected).take_while(|(found, expected)| found == expected).count();
    let around =
        |text: &[u8]| text[place.saturating_sub(80)..text.len().min(place + 80)].escape_ascii().to_string();
    panic!("differ at {place}:\n{}\n{}\n{}", around(found), around(expected), what());
}
