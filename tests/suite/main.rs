//! The tests that look at the program and the library from outside.

mod catalog;
mod command;
mod errors;
mod fields;
mod properties;
mod streaming;
mod twin;
