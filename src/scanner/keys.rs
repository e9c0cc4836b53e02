//! The names of keys: those of iMSDK, and those that a user adds.

use super::byte_class::is_identifier;
use super::limits::KEY_MAX_BYTES;
use std::fmt;

/// Which keys a field can have.
///
/// ```
/// use imsdk_annotate::{Annotator, Keys};
///
/// let mut keys = Keys::default();
/// keys.add("sdkStatus")?;
/// let annotator = Annotator::builder().keys(keys).build();
/// assert_eq!(annotator.annotate(b"sdk_status=-1 ret=-1"), b"sdk_status=-1 (general: failure) ret=-1 (general: failure)");
/// # Ok::<(), imsdk_annotate::KeyError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys {
    /// Whether iMSDK's own are among them.
    pub(super) defaults: bool,
    /// In lower case and without `_`.
    added: Vec<Box<[u8]>>,
    /// What these end in, and the default ones if they are among them, in lower case; each once.
    pub(super) last_letters: Vec<u8>,
}

/// Why a text is no name of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyError {
    /// It is not made of letters, digits and `_`, or of `_` alone.
    NoIdentifier,
    /// It has more than 32 bytes.
    TooLong,
}

impl Keys {
    /// No keys at all.
    pub fn none() -> Self {
        Self { defaults: false, added: Vec::new(), last_letters: Vec::new() }
    }

    /// Adds a key, in any case, with or without `_`. A positive code counts under it, whatever key it is and also
    /// where the annotator is strict: who adds a key says that it is iMSDK's.
    ///
    /// # Errors
    ///
    /// Where no identifier of a log could be it.
    pub fn add(&mut self, name: &str) -> Result<(), KeyError> {
        if name.len() > KEY_MAX_BYTES {
            return Err(KeyError::TooLong);
        }
        let key: Box<[u8]> = normalized(name.as_bytes()).collect();
        let last = *key.last().ok_or(KeyError::NoIdentifier)?;
        if !name.bytes().all(is_identifier) {
            return Err(KeyError::NoIdentifier);
        }
        if !self.added.contains(&key) {
            self.added.push(key);
        }
        if !self.last_letters.contains(&last) {
            self.last_letters.push(last);
        }
        Ok(())
    }

    /// Whether there is any key.
    #[inline]
    pub(super) fn are_any(&self) -> bool {
        self.defaults || self.has_added()
    }

    /// Whether there are keys besides the default ones.
    #[inline]
    pub(super) fn has_added(&self) -> bool {
        !self.added.is_empty()
    }

    /// Whether an identifier is a key that was added.
    #[cold]
    pub(super) fn is_added(&self, identifier: &[u8]) -> bool {
        self.added.iter().any(|key| key.iter().copied().eq(normalized(identifier)))
    }
}

impl Default for Keys {
    /// The keys of iMSDK.
    fn default() -> Self {
        Self { defaults: true, added: Vec::new(), last_letters: b"te".to_vec() }
    }
}

/// An identifier in lower case and without `_`.
fn normalized(identifier: &[u8]) -> impl Iterator<Item = u8> {
    identifier.iter().filter(|&&byte| byte != b'_').map(u8::to_ascii_lowercase)
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoIdentifier => {
                write!(f, "a key is letters, digits and _; for anything else there is --pattern")
            }
            Self::TooLong => write!(f, "a key has at most {KEY_MAX_BYTES} bytes"),
        }
    }
}

impl std::error::Error for KeyError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_an_identifier() {
        let mut keys = Keys::none();
        assert!(!keys.has_added());
        for name in ["status", "Sdk_Status", "a", "_a_", "x9", "9", &"a".repeat(32)] {
            assert_eq!(keys.add(name), Ok(()), "{name}");
        }
        assert!(keys.is_added(b"sdkstatus") && keys.is_added(b"_SDK_STATUS") && keys.is_added(b"A_"));
        assert!(!keys.is_added(b"sdkstatu") && !keys.is_added(b"ret") && !keys.is_added(b"_"));
        for name in ["", "_", "a-b", "a b", "错误码", "a=", "a.b"] {
            assert_eq!(keys.add(name), Err(KeyError::NoIdentifier), "{name}");
        }
        assert_eq!(keys.add(&"a".repeat(33)), Err(KeyError::TooLong));
    }
}
