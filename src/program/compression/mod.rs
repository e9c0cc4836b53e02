//! Compressed data: recognised by its beginning, read and written in layers.

mod beginning;
mod decoder;
mod encoder;
mod even_blocks;
mod foreign;
mod formats;
mod layers;
mod peek;
mod signature;

pub(crate) use decoder::Damage;
pub use encoder::Encoder;
pub(crate) use foreign::Foreign;
pub use formats::Format;
pub(crate) use layers::{Layer, Unpacked, unpack};
pub(crate) use peek::PeekReader;
