//! The tests that look at the program and the library from outside.

mod catalog;
mod command;
mod fields;
