//! The message about files that have several names in the folders, of which `--output-dir` writes one.

use crate::program::input::OtherName;

/// The most names that the message lists.
const NAMED: usize = 3;

/// Returns one line that lists the names without an output file, each with the name that the file is read under;
/// `None` if there are no such names.
pub(crate) fn summary(others: &[OtherName]) -> Option<String> {
    match others {
        [] => None,
        [OtherName { name, read_as }] => {
            Some(format!("{name}: is another name of {read_as}, and is not written a second time"))
        }
        _ => {
            let pairs = others.iter().take(NAMED).map(|other| format!("{} ({})", other.name, other.read_as));
            let pairs = pairs.collect::<Vec<_>>().join(", ");
            let more = match others.len().saturating_sub(NAMED) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let count = others.len();
            Some(format!(
                "{count} names are other names of files, and are not written a second time: {pairs}{more}"
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::terminal::input_name::InputName;

    #[test]
    fn the_first_three_are_told() {
        let name = |text: &str| InputName::File(text.into());
        let others: Vec<OtherName> =
            ["b", "c", "d", "e"].map(|other| OtherName { name: name(other), read_as: name("a") }).into();
        assert_eq!(summary(&others[..0]), None);
        assert_eq!(
            summary(&others[..1]).unwrap(),
            "b: is another name of a, and is not written a second time"
        );
        let several =
            "names are other names of files, and are not written a second time: b (a), c (a), d (a)";
        assert_eq!(summary(&others[..3]).unwrap(), format!("3 {several}"));
        assert_eq!(summary(&others).unwrap(), format!("4 {several} and 1 more"));
    }
}
