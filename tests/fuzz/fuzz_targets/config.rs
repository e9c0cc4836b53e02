//! The configuration file.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| targets::run("config", input));
