//! Text for people: messages, progress, tables, exit statuses, and the escaping of text from outside.

pub(crate) mod coloring;
pub(crate) mod exit_status;
pub(crate) mod input_name;
pub(crate) mod messages;
mod plain_progress;
pub(crate) mod progress;
pub(crate) mod redrawn;
pub(crate) mod screen;
pub(crate) mod table;
pub(crate) mod visible;
