//! Tells members of one name in a zip archive apart. The crate `zip` keeps one member of a name alone, so that it is given
//! other names to read, as long as the true ones, and the true ones stand in the archive that is written.

use super::zip_bytes::{Patch, ZipBytes};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufReader, Read, Seek, SeekFrom};

/// The number of bytes in front of the name of a member in the list.
pub(super) const LIST_HEADER_BYTES: u64 = 46;
const LIST_SIGNATURE: &[u8] = b"PK\x01\x02";

/// The true names of members, by those that the crate reads.
pub(super) type TrueNames = BTreeMap<Box<[u8]>, Box<[u8]>>;

/// Returns the bytes of an archive whose list begins at `list_start`, with another name in the list for each member that has
/// the name of a member before it, and the true names. Some names stay as they are where no others are free.
///
/// # Errors
///
/// Returns an error if the list cannot be read.
pub(super) fn told_apart(mut bytes: ZipBytes, list_start: u64) -> io::Result<(ZipBytes, TrueNames)> {
    let names = listed_names(&mut bytes, list_start)?;
    let mut used: BTreeSet<Box<[u8]>> = names.iter().map(|listed| listed.bytes.clone()).collect();
    let (mut met, mut numbers) = (BTreeSet::new(), BTreeMap::<usize, u64>::new());
    let (mut patches, mut true_names) = (Vec::new(), TrueNames::new());
    for listed in &names {
        if met.insert(&listed.bytes) {
            continue;
        }
        let number = numbers.entry(listed.bytes.len()).or_default();
        while let Some(name) = other_name(&listed.bytes, *number) {
            *number += 1;
            if used.insert(name.clone()) {
                patches.push(Patch { at: listed.at, bytes: name.clone() });
                true_names.insert(name, listed.bytes.clone());
                break;
            }
        }
    }
    Ok((bytes.patched(patches), true_names))
}

/// Returns the names in the list, each with its byte offset.
fn listed_names(bytes: &mut ZipBytes, list_start: u64) -> io::Result<Vec<Patch>> {
    bytes.seek(SeekFrom::Start(list_start))?;
    let mut rdr = BufReader::new(bytes);
    let (mut names, mut at) = (Vec::new(), list_start);
    let mut header = [0; LIST_HEADER_BYTES as usize];
    while rdr.read_exact(&mut header).is_ok() && header.starts_with(LIST_SIGNATURE) {
        let length = |place: usize| u64::from(u16::from_le_bytes([header[place], header[place + 1]]));
        let (name_bytes, more) = (length(28), length(30) + length(32));
        let mut name = vec![0; name_bytes as usize];
        rdr.read_exact(&mut name)?;
        names.push(Patch { at: at + LIST_HEADER_BYTES, bytes: name.into() });
        io::copy(&mut (&mut rdr).take(more), &mut io::sink())?;
        at += LIST_HEADER_BYTES + name_bytes + more;
    }
    Ok(names)
}

/// Returns a name as long as `name`, in the same kind of encoding, and of a folder if it is one: `a.log` becomes `00007`.
/// Returns `None` if the number is too large for the length.
fn other_name(name: &[u8], number: u64) -> Option<Box<[u8]>> {
    let folder: &[u8] = if name.ends_with(b"/") { b"/" } else { b"" };
    let beginning: &[u8] = match str::from_utf8(name) {
        Ok(text) if text.is_ascii() => b"",
        Ok(_) => "\u{e9}".as_bytes(),
        Err(_) => b"\xff",
    };
    let width = name.len().checked_sub(beginning.len() + folder.len())?;
    let digits = format!("{number:0width$}");
    (digits.len() == width).then(|| [beginning, digits.as_bytes(), folder].concat().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_names_have_the_length_and_the_kind_of_the_name() {
        let other = |name: &[u8], number| other_name(name, number).map(Vec::from);
        assert_eq!(other(b"a.log", 7), Some(b"00007".to_vec()));
        assert_eq!(other(b"a/", 9), Some(b"9/".to_vec()));
        assert_eq!(other("\u{65e5}".as_bytes(), 0), Some("\u{e9}0".as_bytes().to_vec()));
        assert_eq!(other(b"\xc8\xd5", 3), Some(b"\xff3".to_vec()));
        for (name, number) in [(&b""[..], 0), (b"a", 10), (b"/", 0), ("\u{e9}".as_bytes(), 0)] {
            assert_eq!(other(name, number), None, "{name:?}");
        }
    }
}
