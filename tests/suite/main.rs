//! The tests that look at the program and the library from outside.

mod catalog;
mod color;
mod command;
mod compressed;
mod errors;
mod fields;
mod folders;
mod golden;
mod interrupted;
mod limits;
mod outputs;
mod packed;
mod progress;
mod properties;
mod readme;
mod streaming;
mod threads;
mod tidy;
mod twin;
