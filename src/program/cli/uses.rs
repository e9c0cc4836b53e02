//! The files and streams that arguments name besides the inputs.

use super::args::Args;
use super::config;
use super::files_from::list_of;
use crate::program::commands::{ReportChoice, Uses};
use crate::program::output::{StreamContent, UsedAs};
use crate::program::system::file_id::file_id;
use std::fs;
use std::path::{Path, PathBuf};

/// Returns the files and streams that a run uses besides its inputs.
pub(super) fn uses(args: &Args) -> Uses {
    let mut files = Vec::new();
    files.extend(config::place(&args.setup.no_config).map(|path| (path, UsedAs::Configuration)));
    let catalogs = args.catalog.catalog.iter().chain(&args.catalog.check_catalog);
    files.extend(catalogs.map(|path| (path.clone(), UsedAs::Catalog)));
    files.extend(args.input.zstd_dictionary.iter().map(|path| (path.clone(), UsedAs::ZstdDictionary)));
    files.extend(args.input.files_from.iter().map(|path| (path.clone(), UsedAs::ListOfFiles)));
    if args.triage.merge_reports {
        let lists = args.files.iter().filter_map(|operand| list_of(operand));
        files.extend(lists.map(|path| (path.into(), UsedAs::ListOfFiles)));
    }
    files.extend(args.triage.baseline.iter().map(|path| (path.clone(), UsedAs::Baseline)));
    // One file may be both: it is read at the beginning and replaced at the end.
    let is_replaced =
        |path: &PathBuf| args.triage.write_accept.as_ref().is_some_and(|to| is_one_file(path, to));
    let accepted = args.triage.accept.iter().filter(|path| !is_replaced(path));
    files.extend(accepted.map(|path| (path.clone(), UsedAs::AcceptList)));
    let reports = &args.triage.report;
    let has_report = reports.iter().any(|report| report.path.is_none());
    let looks_up = args.lookup.lookup().is_some() || args.catalog.check_catalog.is_some();
    let stdout = if looks_up || args.output.dry_run || reports.iter().any(ReportChoice::is_to_stdout) {
        Some(StreamContent::Results)
    } else {
        args.streams_to_stdout().then_some(StreamContent::Lines)
    };
    let reports_to_files = reports.iter().any(|report| report.path.is_some());
    Uses {
        files,
        makes_files: args.output.output.is_some()
            || args.output.output_dir.is_some()
            || args.triage.write_accept.is_some()
            || args.live.metrics.is_some()
            || reports_to_files,
        stdout,
        stderr: if has_report { StreamContent::Results } else { StreamContent::Messages },
    }
}

/// Returns true if two paths lead to one file that is there.
fn is_one_file(path: &Path, other: &Path) -> bool {
    let ids = [path, other].map(|path| fs::metadata(path).ok().map(|file| file_id(&file)));
    ids[0].is_some() && ids[0] == ids[1]
}
