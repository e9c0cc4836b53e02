//! The names of keys: iMSDK's own, and names that a user adds.

use super::byte_class::is_identifier;
use super::default_keys::KEY_TABLE;
use super::limits::KEY_MAX_BYTES;
use std::fmt;
use std::str::FromStr;

/// The keys that a field can have: iMSDK's, others, or both.
///
/// Names with commas between are read as these keys alone, without iMSDK's.
///
/// ```
/// use imsdk_annotate::{Annotator, Keys};
///
/// let mut keys = Keys::default();
/// keys.add("sdkStatus")?;
/// let annotator = Annotator::builder().keys(keys).build();
/// assert_eq!(annotator.annotate(b"sdk_status=-1 ret=-1"), b"sdk_status=-1 (general: failure) ret=-1 (general: failure)");
///
/// let annotator = Annotator::builder().keys("sdkStatus, rc".parse()?).build();
/// assert_eq!(annotator.annotate(b"rc=-1 ret=-1"), b"rc=-1 (general: failure) ret=-1");
/// # Ok::<(), imsdk_annotate::KeyError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys {
    /// True if iMSDK's own keys are among them.
    pub(super) defaults: bool,
    /// The added keys in lower case and without `_`, each once.
    pub(super) added: Vec<Box<[u8]>>,
}

/// The reason why a text is no name of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// The name has something but letters, digits and `_`, or nothing but `_`.
    NoIdentifier {
        /// The name as it was written.
        name: String,
    },
    /// The name has more than 32 bytes.
    TooLong {
        /// The name as it was written.
        name: String,
    },
}

impl Keys {
    /// Returns no keys at all, for annotators with patterns alone.
    pub fn none() -> Self {
        Self { defaults: false, added: Vec::new() }
    }

    /// Adds a key, in any case, with or without `_`. Adding a key twice changes nothing.
    ///
    /// Positive codes count under an added key, even if it is one of iMSDK's own and the annotator is strict: a user
    /// who adds a key says that it is iMSDK's.
    ///
    /// # Errors
    ///
    /// Returns an error if no identifier of a log could be the key: the name has more than 32 bytes, a byte other than
    /// an ASCII letter, a digit or `_`, or no letter or digit.
    pub fn add(&mut self, name: &str) -> Result<(), KeyError> {
        if name.len() > KEY_MAX_BYTES {
            return Err(KeyError::TooLong { name: name.to_owned() });
        }
        let key: Box<[u8]> = normalized(name.as_bytes()).collect();
        if key.is_empty() || !name.bytes().all(is_identifier) {
            return Err(KeyError::NoIdentifier { name: name.to_owned() });
        }
        if !self.added.contains(&key) {
            self.added.push(key);
        }
        Ok(())
    }

    /// Returns the names of all keys, in lower case and without `_`.
    pub(super) fn names(&self) -> impl Iterator<Item = &[u8]> + Clone {
        let defaults = KEY_TABLE.iter().map(|row| row.name).filter(|_| self.defaults);
        defaults.chain(self.added.iter().map(|name| &name[..]))
    }
}

impl FromStr for Keys {
    type Err = KeyError;

    /// Reads the names of keys with commas between, which are then the only keys. Blanks around a name count for nothing.
    fn from_str(names: &str) -> Result<Self, KeyError> {
        let mut keys = Self::none();
        names.split(',').try_for_each(|name| keys.add(name.trim()))?;
        Ok(keys)
    }
}

impl Default for Keys {
    /// Returns the set of iMSDK's own keys.
    fn default() -> Self {
        Self { defaults: true, added: Vec::new() }
    }
}

/// Returns the bytes of an identifier in lower case and without `_`.
pub(super) fn normalized(identifier: &[u8]) -> impl Iterator<Item = u8> {
    identifier.iter().filter(|&&byte| byte != b'_').map(u8::to_ascii_lowercase)
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoIdentifier { name } => write!(f, "{name:?} is no key: a key is letters, digits and _"),
            Self::TooLong { name } => {
                write!(f, "{name:?} is no key: a key has at most {KEY_MAX_BYTES} bytes")
            }
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
        for name in ["status", "Sdk_Status", "a", "_a_", "x9", "9", &"a".repeat(32)] {
            assert_eq!(keys.add(name), Ok(()), "{name}");
        }
        let names: Vec<_> = keys.names().map(<[u8]>::to_vec).collect();
        assert_eq!(names, [&b"status"[..], b"sdkstatus", b"a", b"x9", b"9", &[b'a'; 32]]);
        for name in ["", "_", "a-b", "a b", "错误码", "a=", "a.b"] {
            assert_eq!(keys.add(name), Err(KeyError::NoIdentifier { name: name.to_owned() }), "{name}");
        }
        assert_eq!(keys.add(&"a".repeat(33)), Err(KeyError::TooLong { name: "a".repeat(33) }));
    }

    #[test]
    fn a_list_of_keys_is_read_whole_or_refused() {
        let mut expected = Keys::none();
        expected.add("status").unwrap();
        expected.add("sdk_rc").unwrap();
        assert_eq!("status, sdk_rc,STATUS".parse(), Ok(expected));
        for (names, refused) in [("", ""), ("a,,b", ""), ("a,", ""), ("a,b c,d-e", "b c")] {
            let error = names.parse::<Keys>().unwrap_err();
            assert_eq!(error, KeyError::NoIdentifier { name: refused.to_owned() }, "{names:?}");
            assert!(error.to_string().starts_with(&format!("{refused:?} is no key: ")), "{error}");
        }
    }
}
