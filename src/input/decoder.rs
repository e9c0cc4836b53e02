//! Compressed data as a reader of what it holds: member after member, with the place of any damage.

use super::codec::{Codec, State};
use super::format::{Beginning, Format, beginning};
use super::peek::PeekReader;
use lz4_flex::frame::FrameDecoder;
use std::fmt;
use std::io::{self, ErrorKind, Read};

/// The header of a skippable frame: the signature, then the length of what follows.
const SKIPPABLE_HEADER_BYTES: usize = 8;

/// Reads what compressed data holds.
///
/// Several members (frames, streams) may follow each other, with zeros between and behind them, and
/// skippable frames where zstd and lz4 allow them. Where the data is damaged, all that could be decoded is
/// read first, then comes the error, a [`Damage`].
pub(crate) struct Decoder<R: Read> {
    format: Format,
    members: Members<R>,
    in_member: bool,
    /// What the last step found, to be told once its bytes have been read.
    damage: Option<What>,
}

/// Whoever decodes the members. lz4's library has no steps: it owns the reader.
enum Members<R: Read> {
    Stepwise(PeekReader<R>, Codec),
    Lz4(Box<FrameDecoder<PeekReader<R>>>),
}

/// Why compressed data could not be read to its end.
#[derive(Debug)]
pub(crate) struct Damage {
    format: Format,
    /// How many bytes of the compressed data had been taken.
    position: u64,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    EndsEarly,
    Wrong(String),
    /// Something else stands behind the last member.
    FollowedBySomethingElse,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (format, position) = (self.format.name(), self.position);
        match &self.what {
            What::EndsEarly => write!(f, "{format} data ends early, at byte {position}"),
            What::Wrong(why) => write!(f, "{format} data is damaged at byte {position}: {why}"),
            What::FollowedBySomethingElse => {
                write!(f, "{format} data is followed by something else at byte {position}")
            }
        }
    }
}

impl std::error::Error for Damage {}

impl<R: Read> Decoder<R> {
    /// A decoder of data that begins with a member of this format, or with skippable frames.
    pub(crate) fn new(mut rdr: PeekReader<R>, format: Format) -> io::Result<Self> {
        while begins(&mut rdr)? == Beginning::SkippableFrame {
            skip_frame(&mut rdr, format)?;
        }
        // Behind skippable frames: lz4 has them as well as zstd.
        let format = if begins(&mut rdr)? == Beginning::Of(Format::Lz4) { Format::Lz4 } else { format };
        let members = match format {
            Format::Lz4 => Members::Lz4(Box::new(FrameDecoder::new(rdr))),
            _ => Members::Stepwise(rdr, Codec::new(format)?),
        };
        let mut decoder = Self { format, members, in_member: true, damage: None };
        decoder.in_member = !decoder.rdr().peek()?.is_empty();
        Ok(decoder)
    }

    pub(crate) fn format(&self) -> Format {
        self.format
    }

    fn rdr(&mut self) -> &mut PeekReader<R> {
        match &mut self.members {
            Members::Stepwise(rdr, _) => rdr,
            Members::Lz4(decoder) => decoder.get_mut(),
        }
    }

    /// Goes to the next member; `false` where there is none.
    fn begin_member(&mut self) -> io::Result<bool> {
        let format = self.format;
        let rdr = self.rdr();
        loop {
            let zeros = rdr.peek()?.iter().take_while(|&&byte| byte == 0).count();
            rdr.consume(zeros);
            if zeros > 0 {
                continue;
            }
            if rdr.is_at_end() {
                return Ok(false);
            }
            match begins(rdr)? {
                Beginning::Of(next) if next == format => break,
                Beginning::SkippableFrame if matches!(format, Format::Zstd | Format::Lz4) => {
                    skip_frame(rdr, format)?;
                }
                _ => return Err(self.error(What::FollowedBySomethingElse)),
            }
        }
        if let Members::Stepwise(_, codec) = &mut self.members {
            *codec = Codec::new(format)?;
        }
        Ok(true)
    }

    /// Reads from the member; 0 where it ends, or `damage` has been found.
    fn read_member(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.members {
            Members::Lz4(decoder) => match decoder.read(buffer) {
                // The library takes data that ends between two blocks for a whole frame. A whole one would
                // have ended without a look behind its last byte.
                Ok(0) if decoder.get_ref().is_at_end() => Err(self.error(What::EndsEarly)),
                Ok(0) => {
                    self.in_member = false;
                    Ok(0)
                }
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => Err(self.error(What::EndsEarly)),
                Err(error) if error.raw_os_error().is_none() => {
                    Err(self.error(What::Wrong(error.to_string().to_lowercase())))
                }
                result => result,
            },
            Members::Stepwise(rdr, codec) => loop {
                let input = rdr.peek()?;
                let no_more = input.is_empty();
                let step = codec.step(input, buffer);
                rdr.consume(step.read);
                match step.state {
                    State::Damaged(why) => self.damage = Some(What::Wrong(why)),
                    State::End => self.in_member = false,
                    State::More if no_more && step.written == 0 => self.damage = Some(What::EndsEarly),
                    State::More if step.written == 0 => continue,
                    State::More => {}
                }
                return Ok(step.written);
            },
        }
    }

    fn error(&mut self, what: What) -> io::Error {
        let position = self.rdr().position();
        io::Error::new(ErrorKind::InvalidData, Damage { format: self.format, position, what })
    }
}

impl<R: Read> Read for Decoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            if let Some(what) = self.damage.clone() {
                return Err(self.error(what));
            }
            if !self.in_member {
                if !self.begin_member()? {
                    return Ok(0);
                }
                self.in_member = true;
            }
            let count = self.read_member(buffer)?;
            if count > 0 {
                return Ok(count);
            }
        }
    }
}

/// How what comes next begins.
pub(super) fn begins<R: Read>(rdr: &mut PeekReader<R>) -> io::Result<Beginning> {
    rdr.peek()?;
    loop {
        match beginning(rdr.buffer(), false) {
            Beginning::Undecided if rdr.read_more()? => {}
            Beginning::Undecided => return Ok(beginning(rdr.buffer(), true)),
            known => return Ok(known),
        }
    }
}

fn skip_frame<R: Read>(rdr: &mut PeekReader<R>, format: Format) -> io::Result<()> {
    let early = |rdr: &PeekReader<R>| {
        let damage = Damage { format, position: rdr.position(), what: What::EndsEarly };
        io::Error::new(ErrorKind::InvalidData, damage)
    };
    while rdr.buffer().len() < SKIPPABLE_HEADER_BYTES {
        if !rdr.read_more()? {
            return Err(early(rdr));
        }
    }
    let length = rdr.buffer()[4..SKIPPABLE_HEADER_BYTES].try_into().expect("four bytes");
    let mut left = SKIPPABLE_HEADER_BYTES as u64 + u64::from(u32::from_le_bytes(length));
    while left > 0 {
        let here = rdr.peek()?.len();
        if here == 0 {
            return Err(early(rdr));
        }
        let count = usize::try_from(left).unwrap_or(usize::MAX).min(here);
        rdr.consume(count);
        left -= count as u64;
    }
    Ok(())
}
