//! Compressed data: recognised by its beginning, read and written in layers.

mod beginning;
mod decoder;
mod encoder;
mod even_blocks;
mod foreign;
mod formats;
mod layer_encoder;
mod layers;
mod peek;
mod signature;
mod text;
mod units;

pub(crate) use beginning::begins_packed;
pub(crate) use decoder::Damage;
pub use encoder::Encoder;
pub(crate) use encoder::InputFormats;
pub use formats::{Format, Packing, ZstdDictionary};
pub(crate) use layers::{Layer, Unpacked, Unpacking, unpack};
pub(crate) use peek::PeekReader;
pub(crate) use text::is_text;
pub(crate) use units::{GoOn, ReadPlaces, UnitsRead, UnitsReader};
