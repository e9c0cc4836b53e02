//! Compressed data: told by how it begins, read and written in layers.

mod codec;
mod decoder;
mod encoder;
mod even_blocks;
mod foreign;
mod format;
mod layers;
mod peek;

pub(crate) use decoder::Damage;
pub use encoder::Encoder;
pub(crate) use encoder::Packer;
pub(crate) use foreign::Foreign;
pub use format::Format;
pub(crate) use layers::{LAYERS_MAX, Layer, Unpacked, unpack};
pub(crate) use peek::PeekReader;
