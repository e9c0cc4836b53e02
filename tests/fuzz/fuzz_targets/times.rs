//! The reader of times, compared with its naive twin.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| targets::run("times", input));
