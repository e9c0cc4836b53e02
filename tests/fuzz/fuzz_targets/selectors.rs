//! Selectors, compared with a naive reading.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| targets::run("selectors", input));
