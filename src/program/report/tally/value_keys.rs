//! The keys whose values are counted, and the salt of the hashes of these values.

use super::distinct::hash_of;
use crate::KeyError;
use crate::scanner::ValueFinder;
use serde::{Deserialize, Serialize};

/// The keys whose values are counted, with what tells which salt their hashes have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ValueKeys {
    /// The keys in lower case, in ascending order.
    pub(crate) keys: Vec<String>,
    /// Some bits of the salt's hash, by which hashes of another salt are told; `None` without a salt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) salt: Option<u16>,
}

/// What is looked for in lines: the values of keys, as hashes.
#[derive(Clone, Debug)]
pub(crate) struct ValueHasher {
    pub(crate) keys: ValueKeys,
    pub(crate) finder: ValueFinder,
    /// The seed of the hashes.
    seed: u64,
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
        let seed = salt.map_or(0, |salt| hash_of(salt.as_bytes(), 0));
        // A hash of the seed, so that the document does not give the seed away.
        let tag = salt.map(|_| hash_of(&seed.to_le_bytes(), 0) as u16);
        Ok(Self { keys: ValueKeys { keys, salt: tag }, finder, seed })
    }

    /// Returns the hash of a value.
    #[inline]
    pub(crate) fn hash(&self, value: &[u8]) -> u64 {
        hash_of(value, self.seed)
    }
}

impl ValueKeys {
    /// Returns the keys in words: `openid, uid`.
    pub(crate) fn words(&self) -> String {
        self.keys.join(", ")
    }
}
