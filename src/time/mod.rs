//! Times of lines: the type of a time, its written form, and the forms that logs have.

mod bounds;
mod calendar;
mod clock;
mod digits;
mod forms;
mod number;
mod places;
mod quoted;
mod reader;
#[cfg(feature = "cli")]
mod saved;
mod seen_second;
mod stamp;
mod written;
mod year;
mod zone;
mod zone_names;

#[cfg(feature = "cli")]
pub(crate) use bounds::zone_of;
pub(crate) use bounds::{BoundsTester, SORTED_SECONDS, WindowSide};
pub use bounds::{TimeBound, TimeBounds, UnknownZone};
pub use reader::TimeReader;
pub use stamp::TimeStamp;
pub use year::YearReference;
