//! Catalogs in any format.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| targets::run("catalogs", input));
