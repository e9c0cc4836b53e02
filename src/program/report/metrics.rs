//! Counts as metrics: Prometheus text 0.0.4, as node_exporter's textfile collector and GitLab's metrics report read it.
//!
//! No text and no number of a log becomes a label: labels come from the catalog alone, so that a log cannot make series.

use super::tally::Tally;
use crate::program::system::stable_hash::stable_hash;
use crate::{Catalog, Entry, Severity};
use std::collections::BTreeMap;
use std::fmt::Write;

/// The most codes that have a sample of 0 before they are met.
const ROWS_MAX: usize = 1000;
/// The name of the built-in catalog among the labels.
const BUILTIN: &str = "built-in";

/// The metrics of a run. No counter ever goes back, not even where the counts of an output that failed are dropped: a reader
/// would take that for a new start, and count all again.
#[derive(Debug)]
pub(crate) struct Metrics {
    /// The highest counts so far, by code.
    codes: BTreeMap<i32, u64>,
    /// The codes that have a sample before they are met.
    from_start: Vec<i32>,
    unknown: u64,
    lines: u64,
    bytes: u64,
    troubles: u64,
    /// The start of the run, in seconds from the beginning of 1970.
    start: f64,
    /// The name of the catalog: another catalog has another name.
    catalog: String,
}

/// The type of a family of metrics.
#[derive(Clone, Copy)]
enum FamilyKind {
    Counter,
    Gauge,
}

impl Metrics {
    /// Returns the metrics of a run that starts now, with the codes of a catalog. `start` is in seconds from the beginning of
    /// 1970.
    pub(crate) fn new(catalog: &Catalog, start: f64) -> Self {
        let needs_row = |entry: &&Entry| entry.severity() != Severity::Success;
        let mut from_start: Vec<i32> = catalog.entries().iter().filter(needs_row).map(Entry::code).collect();
        // The codes nearest to zero, as everywhere.
        from_start.sort_by_key(|code| (code.unsigned_abs(), *code));
        from_start.truncate(ROWS_MAX);
        let is_builtin = catalog.entries() == Catalog::builtin().entries();
        let entries = || catalog.entries().iter().map(|entry| format!("{entry:?}\n")).collect::<String>();
        let catalog = if is_builtin {
            BUILTIN.to_owned()
        } else {
            format!("{:016x}", stable_hash(entries().as_bytes()))
        };
        let (codes, [unknown, lines, bytes, troubles]) = (BTreeMap::new(), [0; 4]);
        Self { codes, from_start, unknown, lines, bytes, troubles, start, catalog }
    }

    /// Returns the text for the counts of a tally, and for the number of inputs that could not be read.
    pub(crate) fn text(&mut self, tally: &Tally, troubles: u64, catalog: &Catalog) -> String {
        self.take(tally, troubles);
        let mut text = String::new();
        let codes = "Fields with a code of the catalog.";
        family(&mut text, "imsdk_return_codes_total", codes, FamilyKind::Counter);
        for entry in catalog.entries() {
            let (code, category, severity) = (entry.code(), entry.category().name(), entry.severity().name());
            let row = self.codes.get(&code).copied().or_else(|| self.from_start.contains(&code).then_some(0));
            if let Some(count) = row {
                let labels =
                    labels(&[("code", &code.to_string()), ("category", category), ("severity", severity)]);
                let _ = writeln!(text, "imsdk_return_codes_total{labels} {count}");
            }
        }
        let counters = [
            ("imsdk_unknown_return_codes_total", "Fields with a code that is in no catalog.", self.unknown),
            ("imsdk_lines_total", "Lines that were read.", self.lines),
            ("imsdk_read_bytes_total", "Bytes of text that were read, unpacked.", self.bytes),
            ("imsdk_inputs_trouble_total", "Inputs that could not be read to their ends.", self.troubles),
        ];
        for (name, help, count) in counters {
            family(&mut text, name, help, FamilyKind::Counter);
            let _ = writeln!(text, "{name} {count}");
        }
        if let Some(users) = &tally.users {
            let help = "Different users in lines with the code.";
            family(&mut text, "imsdk_affected_users", help, FamilyKind::Gauge);
            for code in tally.known.keys() {
                if let Some(own) = users.of_code(*code) {
                    let labels = labels(&[("code", &code.to_string())]);
                    let _ = writeln!(text, "imsdk_affected_users{labels} {}", own.users.count());
                }
            }
        }
        let help = "Start of the run, in seconds from the beginning of 1970.";
        family(&mut text, "imsdk_annotate_start_time_seconds", help, FamilyKind::Gauge);
        let _ = writeln!(text, "imsdk_annotate_start_time_seconds {:.3}", self.start);
        family(&mut text, "imsdk_annotate_build_info", "Version and catalog of the run.", FamilyKind::Gauge);
        let info = labels(&[("version", env!("CARGO_PKG_VERSION")), ("catalog", &self.catalog)]);
        let _ = writeln!(text, "imsdk_annotate_build_info{info} 1");
        text
    }

    /// Takes the counts that are higher than those before.
    fn take(&mut self, tally: &Tally, troubles: u64) {
        for (code, counted) in &tally.known {
            let highest = self.codes.entry(*code).or_default();
            *highest = counted.fields.max(*highest);
        }
        self.unknown = self.unknown.max(tally.unknown_fields());
        self.lines = self.lines.max(tally.input.lines);
        self.bytes = self.bytes.max(tally.input.bytes);
        self.troubles = self.troubles.max(troubles);
    }
}

/// Writes the head of a family. The help must be one line without a backslash.
fn family(text: &mut String, name: &str, help: &str, kind: FamilyKind) {
    let kind = match kind {
        FamilyKind::Counter => "counter",
        FamilyKind::Gauge => "gauge",
    };
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

/// Returns labels in braces, with their values escaped: `{code="-204"}`.
fn labels(labels: &[(&str, &str)]) -> String {
    let escaped = |value: &str| value.replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n");
    let labels: Vec<_> =
        labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
    format!("{{{}}}", labels.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Category;

    #[test]
    fn values_of_labels_are_escaped() {
        assert_eq!(labels(&[("a", "b\\c\"d\ne"), ("f", "中")]), "{a=\"b\\\\c\\\"d\\ne\",f=\"中\"}");
    }

    #[test]
    fn a_large_catalog_has_the_codes_nearest_to_zero_from_the_start() {
        let entry = |code: i32| Entry::new(code, "x").with_category(Category::named("auth").unwrap());
        let entry = |code: i32| entry(code).with_severity(Severity::Error);
        let catalog = Catalog::of_entries((-1500..0).map(entry).collect());
        let text = Metrics::new(&catalog, 0.0).text(&Tally::new(), 0, &catalog);
        let rows = text.lines().filter(|line| line.starts_with("imsdk_return_codes_total{")).count();
        assert_eq!(rows, ROWS_MAX);
        assert!(text.contains("{code=\"-1000\"") && !text.contains("{code=\"-1001\""));
    }

    #[test]
    fn no_counter_goes_back() {
        let catalog = Catalog::builtin();
        let mut metrics = Metrics::new(&catalog, 0.0);
        let mut tally = Tally::new();
        tally.input.lines = 7;
        metrics.text(&tally, 1, &catalog);
        let text = metrics.text(&Tally::new(), 0, &catalog);
        assert!(text.contains("\nimsdk_lines_total 7\n") && text.contains("_trouble_total 1\n"), "{text}");
    }
}
