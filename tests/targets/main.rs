//! Fuzz targets: what must hold for any bytes, each as a function of them.
//!
//! As a test of this package they are replayed over `seeds/` and `regressions/`, and over what proptest makes of those.
//! As the library of `tests/fuzz/` they are run by a fuzzer.

// Each of the two uses a part of what is here.
#![allow(dead_code)]

mod options;
mod twin_agrees;

pub use twin_agrees::run as twin;

#[path = "../suite/twin/mod.rs"]
mod naive;

#[cfg(test)]
mod replay;

/// Text that shows as such where a target fails.
fn show(text: &[u8]) -> String {
    text.escape_ascii().to_string()
}
