//! Outputs: standard output, files that appear when they are whole, and turns for the jobs that write to one output.

mod destination;
mod files_in_use;
mod folder;
mod folder_checks;
mod held;
mod holes;
mod journal;
mod left_out;
mod new_file;
mod outlet;
mod output_stamp;
mod place;
mod plan;
mod promised;
mod resolve;
mod spill;
mod sweep;
mod targets;
mod turns;

pub(crate) use destination::Destination;
pub use files_in_use::FilesInUse;
pub(crate) use files_in_use::{OutputStream, StreamContent, UsedAs};
pub use folder::Existing;
pub(crate) use folder::OutputFolder;
pub(crate) use held::AheadRoom;
pub(crate) use journal::{JOURNAL_NAME, Journal, JournalHead, PathText, RunSettings};
pub(crate) use left_out::{Behind, LeftOut};
pub(crate) use new_file::{NewFile, Origin, remove_new_files};
pub use outlet::Outlet;
pub(crate) use output_stamp::OutputStamp;
pub(crate) use plan::Plans;
pub use plan::plan;
pub(crate) use plan::{Plan, Target};
pub(crate) use promised::{Promised, promised_names};
pub(crate) use resolve::resolve;
pub(crate) use turns::{TurnWriter, Turns};
