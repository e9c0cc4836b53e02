//! A JSON report is either refused, or written in each format without anything that acts, and read again as it was.

use crate::report::{Baseline, Report, ReportFormat, load};
use imsdk_annotate::{Catalog, Language};
use std::sync::LazyLock;

static CATALOG: LazyLock<Catalog> = LazyLock::new(Catalog::builtin);

/// Whether a character could do something to a terminal, as far as a naive reader knows.
fn acts(char: char) -> bool {
    (char.is_control() && char != '\n')
        || "\u{200b}\u{202e}\u{2028}\u{feff}\u{ad}\u{fffe}\u{ffff}".contains(char)
}

/// The target: the input is a report.
pub(super) fn run(input: &[u8]) {
    let Ok(mut report) = load(input, &CATALOG) else { return };
    let baseline = Baseline::new(&report.tally);
    for has_baseline in [false, true] {
        for format in ReportFormat::ALL {
            let written = Report {
                tally: &report.tally,
                names: &report.names,
                catalog: &CATALOG,
                checks: &[],
                baseline: has_baseline.then_some(&baseline),
                language: Language::Both,
            };
            let mut text = Vec::new();
            written.write(format, false, &mut text).unwrap();
            let text = String::from_utf8(text).unwrap();
            assert!(!text.contains(acts), "{}: {}", format.name(), text.escape_debug());
            if format == ReportFormat::Json {
                let again = load(text.as_bytes(), &CATALOG).unwrap();
                assert_eq!((&again.tally, &again.names), (&report.tally, &report.names));
            }
        }
    }
    let twice = load(input, &CATALOG).unwrap();
    report.append(twice);
}
