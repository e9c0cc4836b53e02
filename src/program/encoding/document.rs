//! Documents that are read as a whole, such as catalogs, in UTF-8, UTF-16 with a byte order mark, or GBK.

use super::Utf16Order;
use super::tables::CharTable;
use memchr::memchr_iter;

/// The remedy for a document in no known encoding.
const REMEDY: &str = "save it in UTF-8";

/// Returns a document as UTF-8.
///
/// # Errors
///
/// Returns the number of the line with the first bad byte, and the reason with the number of this byte; both from 1.
pub(crate) fn to_utf8(document: Vec<u8>) -> Result<Vec<u8>, (usize, String)> {
    let orders = [Utf16Order::LittleEndian, Utf16Order::BigEndian];
    if let Some(order) = orders.into_iter().find(|order| document.starts_with(&order.mark())) {
        return of_utf16(&document, order);
    }
    let Err(error) = str::from_utf8(&document) else {
        return Ok(document);
    };
    let bad = error.valid_up_to();
    CharTable::Gb18030.decode_strictly(&document, false).map(String::into_bytes).map_err(|place| {
        let (bad, other) = (bad + 1, place + 1);
        let reason = if bad == other {
            format!("byte {bad} is neither UTF-8 nor GBK; {REMEDY}")
        } else {
            format!("byte {bad} is not UTF-8, and byte {other} is not GBK; {REMEDY}")
        };
        (line_behind(&document[..bad - 1]), reason)
    })
}

/// Returns a document in UTF-16 as UTF-8, without its byte order mark.
fn of_utf16(document: &[u8], order: Utf16Order) -> Result<Vec<u8>, (usize, String)> {
    let (pairs, half) = document.as_chunks();
    let units = pairs.iter().skip(1).map(|&pair| order.unit(pair));
    let mut text = String::with_capacity(document.len());
    let mut place = order.mark().len();
    let refusal = |text: &str, place: usize, why: &str| {
        (line_behind(text.as_bytes()), format!("byte {} is not UTF-16: {why}; {REMEDY}", place + 1))
    };
    for char in char::decode_utf16(units) {
        let char = char.map_err(|_| refusal(&text, place, "a surrogate stands alone"))?;
        place += 2 * char.len_utf16();
        text.push(char);
    }
    if half.is_empty() { Ok(text.into_bytes()) } else { Err(refusal(&text, place, "it is half a unit")) }
}

/// Returns the number of the line that begins in a text last, from 1.
fn line_behind(text: &[u8]) -> usize {
    memchr_iter(b'\n', text).count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_read_or_their_first_bad_byte_is_told() {
        let read = |document: &[u8]| {
            to_utf8(document.to_vec())
                .map(|text| String::from_utf8(text).unwrap())
                .map_err(|(_, error)| error.strip_suffix("; save it in UTF-8").expect("a remedy").to_owned())
        };
        assert_eq!(read(b"\xff\xfea\0\x01x").as_deref(), Ok("a码"));
        assert_eq!(read(b"\xfe\xff\0ax\x01").as_deref(), Ok("a码"));
        assert_eq!(read("a码".as_bytes()).as_deref(), Ok("a码"));
        assert_eq!(read(b"a\xc2\xeb").as_deref(), Ok("a码"));
        assert_eq!(read(b"").as_deref(), Ok(""));
        let error = |document: &[u8]| read(document).unwrap_err();
        assert_eq!(error(b"\xff\xfea\0\x00\xd8"), "byte 5 is not UTF-16: a surrogate stands alone");
        assert_eq!(error(b"\xff\xfea\0b"), "byte 5 is not UTF-16: it is half a unit");
        assert_eq!(error(b"ab\xff"), "byte 3 is neither UTF-8 nor GBK");
        assert_eq!(
            error("码".repeat(2).as_bytes().split_last().unwrap().1),
            "byte 4 is not UTF-8, and byte 5 is not GBK"
        );
    }
}
