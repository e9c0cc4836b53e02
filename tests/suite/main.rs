//! The tests that look at the program and the library from outside.

mod catalog;
mod checks;
mod color;
mod command;
mod compressed;
mod config;
mod errors;
mod fields;
mod folders;
mod golden;
mod hostile;
mod interrupted;
mod limits;
mod lines;
mod lookups;
mod manual;
mod outputs;
mod packed;
mod progress;
mod properties;
mod readme;
mod reports;
mod streaming;
mod threads;
mod tidy;
mod twin;
