//! Words for people: messages, progress, tables, exit statuses, and texts from outside made harmless.

pub(crate) mod exit_status;
pub(crate) mod messages;
pub(crate) mod progress;
pub(crate) mod table;
pub(crate) mod visible;
