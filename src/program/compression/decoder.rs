//! A reader of the content of compressed data, member after member, which reports the place of any damage.

use super::beginning::{Beginning, begins};
use super::formats::{Decode, Format, Step, StepOutcome, ZstdDictionary};
use super::peek::PeekReader;
use super::text::{LINE_MAX_BYTES, is_line_of_text};
use std::fmt;
use std::io::{self, ErrorKind, Read};

/// The length of a skippable frame's header: the signature, then the length of the frame's content.
const SKIPPABLE_HEADER_BYTES: usize = 8;

/// A reader of the content of compressed data.
///
/// Several members (frames, streams) may follow each other, also of different formats, with zeros between and behind
/// them, and with skippable frames. Text behind the last member belongs to the content, up to the end. If the data is
/// damaged, all content that could be decoded is read first; then reading fails with a [`Damage`].
pub(crate) struct Decoder<R: Read> {
    /// The format of the first member, and that of the member that the reader is in or behind.
    first_format: Format,
    format: Format,
    /// The format of the layer around the data, if there is one.
    outer: Option<Format>,
    rdr: PeekReader<R>,
    /// The decoder of the member that the reader is in; `None` between members.
    member: Option<Box<dyn Decode>>,
    /// The error that the last step met; it is returned once the bytes of the step have been read.
    error: Option<io::Error>,
    /// True in the text behind the last member.
    in_text: bool,
    dictionary: Option<ZstdDictionary>,
}

/// The reason why compressed data could not be read to its end.
#[derive(Debug)]
pub(crate) struct Damage {
    format: Format,
    /// The format of the layer around the data, if there is one.
    outer: Option<Format>,
    /// The number of bytes of the compressed data that had been taken, counted in the content of the layer around it.
    position: u64,
    what: What,
}

#[derive(Debug)]
enum What {
    EndsEarly,
    Wrong(String),
    /// Bytes behind the last member that belong to no member, and are no text.
    FollowedBySomethingElse,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (data, place) = data_and_place(self.format, self.outer, self.position);
        match &self.what {
            What::EndsEarly => write!(f, "{data} ends early, at {place}"),
            What::Wrong(why) => write!(f, "{data} is damaged at {place}: {why}"),
            What::FollowedBySomethingElse => {
                write!(f, "{data} is followed by bytes at {place} that are neither packed nor text")
            }
        }
    }
}

impl std::error::Error for Damage {}

/// Returns the name of the data of a format, and a place in it, for messages.
fn data_and_place(format: Format, outer: Option<Format>, position: u64) -> (String, String) {
    match outer {
        None => (format!("{} data", format.name()), format!("byte {position}")),
        Some(outer) => (
            format!("{} data within {} data", format.name(), outer.name()),
            format!("byte {position} of what that holds"),
        ),
    }
}

impl Damage {
    /// Returns true if an error reports damaged data, and false if it reports data that could not be read.
    pub(crate) fn is_in(error: &io::Error) -> bool {
        error.get_ref().is_some_and(|inner| inner.is::<Self>())
    }
}

impl<R: Read> Decoder<R> {
    /// Returns a decoder of data that begins with a member of this format, or with skippable frames. The data is within
    /// a layer of the format `outer`, if there is one.
    ///
    /// # Errors
    ///
    /// Fails where the beginning of the data cannot be read, and where a skippable frame ends early.
    pub(crate) fn new(
        mut rdr: PeekReader<R>,
        format: Format,
        outer: Option<Format>,
        dictionary: Option<ZstdDictionary>,
    ) -> io::Result<Self> {
        let mut begins_with = begins(&mut rdr)?;
        // No signature tells data whose format is told by a name, so that its member begins here.
        let is_named = !matches!(begins_with, Beginning::Of(found) if found == format)
            && begins_with != Beginning::SkippableFrame;
        while begins_with == Beginning::SkippableFrame {
            skip_frame(&mut rdr, format, outer)?;
            begins_with = begins(&mut rdr)?;
        }
        // Several formats have skippable frames; only the member behind them tells the format.
        let format = match begins_with {
            Beginning::Of(format) if format.has_skippable_frames() => format,
            _ => format,
        };
        let member = if is_named { Some(format.decoder(dictionary.as_ref())?) } else { None };
        Ok(Self { first_format: format, format, outer, rdr, member, error: None, in_text: false, dictionary })
    }

    /// Returns the format of the first member.
    pub(crate) fn first_format(&self) -> Format {
        self.first_format
    }

    pub(crate) fn get_ref(&self) -> &R {
        self.rdr.get_ref()
    }

    pub(crate) fn get_mut(&mut self) -> &mut R {
        self.rdr.get_mut()
    }

    /// Returns true if a dictionary was given that frames may need.
    pub(crate) fn has_dictionary(&self) -> bool {
        self.dictionary.is_some()
    }

    /// Goes on between two members of the first format, `position` bytes behind the beginning of the data. `set` sets the inner
    /// reader to the number of bytes behind the beginning that it is given.
    ///
    /// # Errors
    ///
    /// Fails where `set` does, and where the data cannot be read.
    pub(crate) fn go_on_at(
        &mut self,
        position: u64,
        set: impl FnOnce(&mut R, u64) -> io::Result<()>,
    ) -> io::Result<()> {
        (self.member, self.error, self.in_text) = (None, None, false);
        self.format = self.first_format;
        self.rdr.go_on_at(position, set)
    }

    pub(crate) fn into_inner(self) -> R {
        self.rdr.into_inner()
    }

    /// Begins the next member, or the text behind the last one; returns false if there is neither.
    fn begin_member(&mut self) -> io::Result<bool> {
        let rdr = &mut self.rdr;
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
                Beginning::Of(Format::Plain) | Beginning::Undecided => {
                    let bytes = rdr.look_until(LINE_MAX_BYTES, |bytes| bytes.contains(&b'\n'));
                    let line = bytes.split_inclusive(|&byte| byte == b'\n').next().unwrap_or_default();
                    self.in_text = is_line_of_text(line);
                    return if self.in_text {
                        Ok(true)
                    } else {
                        Err(self.damage(What::FollowedBySomethingElse))
                    };
                }
                Beginning::Of(next) => {
                    self.format = next;
                    break;
                }
                Beginning::SkippableFrame => skip_frame(rdr, self.format, self.outer)?,
                Beginning::Foreign(foreign) => {
                    let why = format!("is followed by {} data, which is not read here", foreign.name());
                    let remedy = format!("; cut that off, and unpack it with {}", foreign.remedy());
                    return Err(self.refusal(&(why + &remedy)));
                }
            }
        }
        self.member = Some(self.format.decoder(self.dictionary.as_ref())?);
        Ok(true)
    }

    /// Reads from the member into the buffer; returns 0 if the member ends.
    fn read_member(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(member) = &mut self.member else {
            return Ok(0);
        };
        let Step { written, state, .. } = loop {
            let wanted = member.wanted();
            if self.rdr.peek()?.len() < wanted {
                self.rdr.look(wanted);
            }
            let input = self.rdr.buffer();
            let no_more = input.is_empty();
            let step = member.step(input, buffer);
            self.rdr.consume(step.read);
            match step.state {
                StepOutcome::More if step.written > 0 => break step,
                StepOutcome::More if no_more && member.may_end() => {
                    break Step { state: StepOutcome::End, ..step };
                }
                StepOutcome::More if no_more => return Err(self.damage(What::EndsEarly)),
                StepOutcome::More => {}
                _ => break step,
            }
        };
        let error = match state {
            StepOutcome::More => return Ok(written),
            StepOutcome::End => {
                self.member = None;
                return Ok(written);
            }
            StepOutcome::Damaged(why) => self.damage(What::Wrong(why)),
            StepOutcome::Refused(why) => self.refusal(&why),
        };
        if written == 0 {
            return Err(error);
        }
        self.error = Some(error);
        Ok(written)
    }

    /// Returns the error for data that may be whole and cannot be read here, for a reason that begins with a verb.
    fn refusal(&self, why: &str) -> io::Error {
        let (data, place) = data_and_place(self.format, self.outer, self.rdr.position());
        io::Error::new(ErrorKind::Unsupported, format!("{data} at {place} {why}"))
    }

    fn damage(&self, what: What) -> io::Error {
        let position = self.rdr.position();
        io::Error::new(
            ErrorKind::InvalidData,
            Damage { format: self.format, outer: self.outer, position, what },
        )
    }
}

impl<R: Read> Read for Decoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            if let Some(error) = self.error.take() {
                return Err(error);
            }
            if self.in_text {
                return self.rdr.read(buffer);
            }
            if self.member.is_none() && !self.begin_member()? {
                return Ok(0);
            }
            let count = self.read_member(buffer)?;
            if count > 0 {
                return Ok(count);
            }
        }
    }
}

/// Takes a skippable frame, and fails if it ends early.
fn skip_frame<R: Read>(rdr: &mut PeekReader<R>, format: Format, outer: Option<Format>) -> io::Result<()> {
    let early = |rdr: &PeekReader<R>| {
        let damage = Damage { format, outer, position: rdr.position(), what: What::EndsEarly };
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::compression::Encoder;
    use crate::program::system::thread_budget::ThreadBudget;
    use std::io::Write;

    /// Returns the content that is read through a buffer of that size, and the error.
    fn decode(format: Format, packed: &[u8], buffer_bytes: usize) -> (Vec<u8>, String) {
        let mut decoder = Decoder::new(PeekReader::new(packed), format, None, None).unwrap();
        let (mut text, mut buffer) = (Vec::new(), vec![0; buffer_bytes]);
        loop {
            match decoder.read(&mut buffer) {
                Ok(0) => return (text, String::new()),
                Ok(count) => text.extend_from_slice(&buffer[..count]),
                Err(error) => return (text, error.to_string()),
            }
        }
    }

    /// Holds that the content which was decoded in the damaged step is not lost.
    #[test]
    fn as_much_is_decoded_before_the_damage_in_large_steps_as_in_small_ones() {
        let text: Vec<u8> =
            (0..20_000_u32).flat_map(|line| format!("{:x}\n", line * line).into_bytes()).collect();
        for format in Format::all() {
            let mut encoder = Encoder::new(&[format], Vec::new(), &ThreadBudget::new(1)).unwrap();
            encoder.write_all(&text).unwrap();
            let packed = encoder.finish().unwrap();
            assert_eq!(decode(format, &packed, 1000), (text.clone(), String::new()));
            for place in (packed.len() / 8..packed.len()).step_by(packed.len() / 8) {
                let mut damaged = packed.clone();
                damaged[place] = !damaged[place];
                let (little, large) = (decode(format, &damaged, 7), decode(format, &damaged, 1 << 20));
                assert!(large.0.starts_with(&little.0), "{} {place}", format.name());
                assert!(!little.1.is_empty() && !large.1.is_empty(), "{} {place}", format.name());
            }
        }
    }
}
