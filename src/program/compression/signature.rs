//! Signatures: the bytes that data of a packing begins with.

/// Compares bytes with a signature, in which `?` stands for a digit that is not `0`. Returns `Some(true)` if the bytes
/// begin with the signature, `Some(false)` if they are only its beginning, and `None` if they differ from it.
pub(super) fn agrees(bytes: &[u8], signature: &[u8]) -> Option<bool> {
    agrees_with(bytes, signature, |byte, expected| match expected {
        b'?' => (b'1'..=b'9').contains(&byte),
        _ => byte == expected,
    })
}

/// Compares bytes with a signature in which each byte stands for itself; returns the result as [`agrees`] does.
pub(super) fn agrees_plainly(bytes: &[u8], signature: &[u8]) -> Option<bool> {
    agrees_with(bytes, signature, |byte, expected| byte == expected)
}

/// Compares bytes with a signature by `stands_for`, which takes a byte and that of the signature and returns true if
/// they agree; returns the result as [`agrees`] does.
pub(super) fn agrees_with(bytes: &[u8], signature: &[u8], stands_for: fn(u8, u8) -> bool) -> Option<bool> {
    let same = bytes.iter().zip(signature).all(|(&byte, &expected)| stands_for(byte, expected));
    same.then_some(bytes.len() >= signature.len())
}
