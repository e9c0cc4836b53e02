//! Documents that are read as a whole, such as catalogs, in UTF-8, UTF-16 with a byte order mark, or GBK.

use super::Utf16Order;
use super::tables::Table;

/// The remedy for a document in no known encoding.
const REMEDY: &str = "save it in UTF-8";

/// Returns a document as UTF-8.
///
/// # Errors
///
/// Returns the reason, with the number of the first bad byte, counted from 1.
pub(crate) fn to_utf8(document: Vec<u8>) -> Result<Vec<u8>, String> {
    let orders = [Utf16Order::LittleEndian, Utf16Order::BigEndian];
    if let Some(order) = orders.into_iter().find(|order| document.starts_with(&order.mark())) {
        return of_utf16(&document, order);
    }
    let Err(error) = str::from_utf8(&document) else {
        return Ok(document);
    };
    let bad = error.valid_up_to() + 1;
    Table::Gb18030.decode_strictly(&document, false).map(String::into_bytes).map_err(|place| {
        match place + 1 {
            same if same == bad => format!("byte {bad} is neither UTF-8 nor GBK; {REMEDY}"),
            other => format!("byte {bad} is not UTF-8, and byte {other} is not GBK; {REMEDY}"),
        }
    })
}

/// Returns a document in UTF-16 as UTF-8, without its byte order mark.
fn of_utf16(document: &[u8], order: Utf16Order) -> Result<Vec<u8>, String> {
    let (pairs, half) = document.as_chunks();
    let units = pairs.iter().skip(1).map(|&pair| order.unit(pair));
    let mut text = String::with_capacity(document.len());
    let mut place = order.mark().len();
    for char in char::decode_utf16(units) {
        let char = char
            .map_err(|_| format!("byte {} is not UTF-16: a surrogate stands alone; {REMEDY}", place + 1))?;
        place += 2 * char.len_utf16();
        text.push(char);
    }
    match half {
        [] => Ok(text.into_bytes()),
        _ => Err(format!("byte {} is not UTF-16: it is half a unit; {REMEDY}", place + 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_read_or_their_first_bad_byte_is_told() {
        let read = |document: &[u8]| {
            to_utf8(document.to_vec())
                .map(|text| String::from_utf8(text).unwrap())
                .map_err(|error| error.strip_suffix("; save it in UTF-8").expect("a remedy").to_owned())
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
