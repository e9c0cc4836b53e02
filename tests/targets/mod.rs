//! Fuzz targets: what must hold for any bytes, each as a function of them.
//!
//! As unit tests of the program they are replayed over `seeds/` and `regressions/`, and over what proptest makes of
//! those. As the library of `tests/fuzz/`, where the program is one, they are run by a fuzzer.

mod options;
mod twin_agrees;

pub use twin_agrees::run as twin;

#[path = "../suite/twin/mod.rs"]
#[allow(dead_code)] // The suite uses more of it.
mod naive;

#[cfg(test)]
mod replay;

/// Checks that two texts are the same; where they are not, shows the first place where they differ.
fn assert_same(found: &[u8], expected: &[u8], what: impl Fn() -> String) {
    if found == expected {
        return;
    }
    let place = found.iter().zip(expected).take_while(|(found, expected)| found == expected).count();
    let around =
        |text: &[u8]| text[place.saturating_sub(80)..text.len().min(place + 80)].escape_ascii().to_string();
    panic!("differ at {place}:\n{}\n{}\n{}", around(found), around(expected), what());
}
