//! The system around the program: signals, pipes, standard streams and limits.

pub(crate) mod disk_room;
pub(crate) mod file_id;
pub(crate) mod heartbeat;
pub(crate) mod limits;
mod output_reader;
pub(crate) mod pipes;
pub(crate) mod side_work;
pub(crate) mod signals;
pub(crate) mod stable_hash;
pub(crate) mod standard_error;
pub(crate) mod standard_streams;
pub(crate) mod temporary;
pub(crate) mod thread_budget;
