//! The keys whose values are counted, and the hashes of these values.

use crate::KeyError;
use crate::scanner::ValueFinder;
use serde::{Deserialize, Serialize};
use siphasher::sip::SipHasher24;
use std::collections::BTreeSet;
use twox_hash::XxHash3_64;

/// The keys whose values are counted, with what tells which salt their hashes have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ValueKeys {
    /// The keys in lower case, in ascending order.
    pub(crate) keys: Vec<String>,
    /// Some bits by which hashes of another salt are told; `None` without a salt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) salt: Option<u16>,
}

/// The keys that are looked for in lines, and the way in which their values are hashed.
#[derive(Clone, Debug)]
pub(crate) struct ValueHasher {
    pub(crate) keys: ValueKeys,
    pub(crate) finder: ValueFinder,
    key: HashKey,
}

/// The way in which values are hashed, which is the same on every machine.
#[derive(Clone, Copy, Debug)]
pub(super) enum HashKey {
    /// XXH3. Who has a hash can try values.
    Plain,
    /// SipHash-2-4 with a key that is made of a salt. Without the salt nobody can tell values from hashes, even who knows the
    /// hashes of others.
    Salted(SipHasher24),
}

/// Returns some bits by which another salt is told, but not which one.
pub(crate) fn salt_tag(salt: &str) -> u16 {
    HashKey::of_salt(Some(salt)).hash(b"") as u16
}

impl HashKey {
    pub(super) fn of_salt(salt: Option<&str>) -> Self {
        let Some(salt) = salt else {
            return Self::Plain;
        };
        // Two halves of a key, by two other keys.
        let [low, high] = [0, 1].map(|half| SipHasher24::new_with_keys(half, 0).hash(salt.as_bytes()));
        Self::Salted(SipHasher24::new_with_keys(low, high))
    }

    #[inline]
    pub(super) fn hash(&self, value: &[u8]) -> u64 {
        match self {
            Self::Plain => XxHash3_64::oneshot(value),
            Self::Salted(hasher) => hasher.hash(value),
        }
    }
}

impl ValueHasher {
    /// Returns the hasher for the values of keys. The salt keeps hashes of short values from being guessed.
    ///
    /// # Errors
    ///
    /// Returns an error if a name is no key.
    pub(crate) fn new(names: &[String], salt: Option<&str>) -> Result<Self, KeyError> {
        let finder = ValueFinder::new(names.iter().map(String::as_str))?;
        let mut keys: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
        keys.sort();
        keys.dedup();
        let key = HashKey::of_salt(salt);
        Ok(Self { keys: ValueKeys { keys, salt: salt.map(salt_tag) }, finder, key })
    }

    /// Returns the hash of a value.
    #[inline]
    pub(crate) fn hash(&self, value: &[u8]) -> u64 {
        self.key.hash(value)
    }
}

impl ValueKeys {
    /// Returns true if both find the same values, and hash them in the same way.
    pub(crate) fn are_alike(&self, other: &Self) -> bool {
        let letters = |key: &String| key.replace(['_', '-', '.'], "");
        let all = |keys: &Self| keys.keys.iter().map(letters).collect::<BTreeSet<String>>();
        self.salt == other.salt && all(self) == all(other)
    }

    /// Returns the keys in words: `openid, uid`.
    pub(crate) fn words(&self) -> String {
        self.keys.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_the_same_on_every_machine() {
        // From the test vectors of XXH3.
        assert_eq!(HashKey::of_salt(None).hash(b""), 0x2D06_8005_38D3_94C2);
        let salted = ["x", "y", ""].map(|salt| HashKey::of_salt(Some(salt)).hash(b"7"));
        assert!(salted[0] != salted[1] && salted[1] != salted[2]);
        assert!(!salted.contains(&HashKey::of_salt(None).hash(b"7")));
    }
}
