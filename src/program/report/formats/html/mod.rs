//! The report as a page: one file of HTML that needs no network, no script and no style to be read.
//!
//! All facts stand in the markup, in both languages, of which one is shown. The page is well-formed XML, too, so that a
//! strict parser can check it. What the script adds is hidden without it.

mod checks;
mod codes;
mod leading;
mod lists;
mod page;
mod policy;
mod row;
mod sparkline;
mod speech;
mod timeline;
mod values;

use super::{FormatRow, ReportFormat};

pub(super) const FORMAT: FormatRow = FormatRow {
    format: ReportFormat::Html,
    name: "html",
    write: |report, _, wtr| wtr.write_all(page::page(report).as_bytes()),
};
