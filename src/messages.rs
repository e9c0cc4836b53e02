//! Messages on standard error: one line each, with the name of what they are about and the remedy.

use crate::input::InputName;
use std::io::{self, ErrorKind, Write};

/// Why an input that is standard output as well is refused.
pub(crate) const OWN_OUTPUT: &str = "is the output too; write to another file";

pub(crate) fn report_input(name: &InputName, error: &io::Error) {
    let remedy = match error.kind() {
        ErrorKind::NotFound => "no such file; check the name".to_owned(),
        ErrorKind::PermissionDenied => "permission denied; read access is needed".to_owned(),
        ErrorKind::IsADirectory => format!("is a directory; name the files in it: {name}/*"),
        _ => cause(error),
    };
    write_to_stderr(&format!("imsdk-annotate: {name}: {remedy}\n"));
}

pub(crate) fn report_output(error: &io::Error) {
    let remedy = match error.kind() {
        ErrorKind::StorageFull => "no space left; free some, or write elsewhere".to_owned(),
        _ => cause(error),
    };
    write_to_stderr(&format!("imsdk-annotate: standard output: {remedy}\n"));
}

/// What the system says, with what to do where that is known whatever the stream.
fn cause(error: &io::Error) -> String {
    if error.raw_os_error() == Some(rustix::io::Errno::BADF.raw_os_error()) {
        return "is closed; leave out the >&- or <&-".to_owned();
    }
    error.to_string()
}

/// Writes to standard error, if it takes anything.
pub(crate) fn write_to_stderr(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}
