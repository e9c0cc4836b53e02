//! The first minute with the program: the lines for a terminal where nothing is piped in, and a sample log for `--demo`.

use crate::program::system::standard_streams::replace_stdin;
use std::io;

/// The lines that a terminal shows where no log is named or piped in. They fit into 80 columns.
pub(super) const HINT: &str = "\
imsdk-annotate writes the meaning of iMSDK return codes behind them. To begin:
  imsdk-annotate --demo                see it on a sample log; also --lang zh
  imsdk-annotate server.log            a file, packed or not, or a folder
  tail -F server.log | imsdk-annotate  a log that grows; or -F server.log
  imsdk-annotate --explain -204        one code; --help tells everything else
";

/// The name of the sample log in messages and reports.
pub(super) const DEMO_NAME: &str = "demo.log";

/// A log with fields in the forms that logs have most. It is less than 4 KiB, which every pipe takes at once.
const DEMO_LOG: &[u8] = include_bytes!("demo.log");

/// Puts the sample log in the place of standard input.
///
/// # Errors
///
/// Returns the message where the system gives no pipe.
pub(super) fn read_demo() -> Result<(), String> {
    replace_stdin(DEMO_LOG)
        .map_err(|error: io::Error| format!("--demo: the sample log cannot be piped in: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hint_is_five_lines_of_80_columns() {
        assert_eq!(HINT.lines().count(), 5);
        assert!(HINT.lines().all(|line| line.chars().count() <= 80), "{HINT}");
    }

    #[test]
    fn the_sample_log_fits_into_each_pipe() {
        assert!(DEMO_LOG.len() < 4096);
    }
}
