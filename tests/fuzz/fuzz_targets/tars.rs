//! Tar archives, as inputs and as outputs.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| targets::run("tars", input));
