//! Commands: one file for each thing that the program does.

pub(crate) mod annotate;
pub(crate) mod check_catalog;
pub(crate) mod lookup;
pub(crate) mod manual;
pub(crate) mod merge;
mod other_names;
pub(crate) mod triage;
pub(crate) mod write_to;
