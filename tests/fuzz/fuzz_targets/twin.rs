//! The annotator, compared with its naive twin, with any options.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| targets::run("twin", input));
