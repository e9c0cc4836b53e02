//! Outputs: standard output, files that appear when they are whole, and turns for those who write to one.

mod buffered;
mod destination;
mod encoder;
mod even_blocks;
mod files_in_use;
mod folder;
mod held;
mod new_file;
mod outliving;
mod own_line;
mod place;
mod plan;
mod promised;
mod spill;
mod standard;
mod turns;

pub(crate) use buffered::Buffered;
pub(crate) use destination::Destination;
pub(crate) use encoder::{Encoder, Packer};
pub(crate) use files_in_use::{FilesInUse, OutputStream, UsedAs, Written};
pub(crate) use folder::OutputFolder;
pub(crate) use new_file::{NewFile, Origin, remove_new_files};
pub(crate) use outliving::Outliving;
pub(crate) use own_line::OwnLine;
pub(crate) use plan::{Plan, Target, plan, resolve};
pub(crate) use promised::{Promised, promised_names};
pub(crate) use standard::Output;
pub(crate) use turns::{TurnWriter, Turns};
