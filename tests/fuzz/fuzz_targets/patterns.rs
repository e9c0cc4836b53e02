//! Patterns, compared with the regex crate.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| targets::run("patterns", input));
