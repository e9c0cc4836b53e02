//! Notes as fields, in JSON and XML, with any keys and patterns.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| targets::run("syntax", input));
