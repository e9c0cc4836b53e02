//! The tests that look at the program and the library from outside.

mod catalog;
mod color;
mod command;
mod errors;
mod fields;
mod golden;
mod limits;
mod properties;
mod readme;
mod streaming;
mod tidy;
mod twin;
