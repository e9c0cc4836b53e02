//! Times in reports, in which they stand as they are written.

use super::reader::TimeReader;
use super::stamp::TimeStamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

impl Serialize for TimeStamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TimeStamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let stamp = TimeReader::new().read(text.as_bytes());
        stamp.ok_or_else(|| de::Error::custom(format!("{text:?} is no time stamp")))
    }
}
