//! The program's text about itself: the manual.

use super::help::{ENVIRONMENT, FILES};
use crate::program::cli::args::Args;
use clap::CommandFactory;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

/// The date of the version, which the manual page has at its bottom. The changes of the version have it, too.
const DATE: &str = "2026-11-29";
/// The largest number of bytes in a line of the page, so that `mandoc -T lint` finds nothing.
const LINE_MAX: usize = 80;

/// Returns the manual page in roff, for `man`.
pub(crate) fn manual() -> Vec<u8> {
    const INFALLIBLE: &str = "a Vec takes all that is written";
    let command = Args::command();
    let text = |help: Option<&clap::builder::StyledStr>| help.map(ToString::to_string).unwrap_or_default();
    let examples = text(command.get_before_long_help());
    let exit_status = text(command.get_after_long_help());
    // The synopsis does not name each option; the sections below do.
    let man = Man::new(command.override_usage("imsdk-annotate [OPTIONS] [FILE]..."));
    let mut page = Vec::new();
    title().to_writer(&mut page).expect(INFALLIBLE);
    man.render_name_section(&mut page).expect(INFALLIBLE);
    man.render_synopsis_section(&mut page).expect(INFALLIBLE);
    man.render_description_section(&mut page).expect(INFALLIBLE);
    man.render_options_section(&mut page).expect(INFALLIBLE);
    for text in [&exit_status, ENVIRONMENT, FILES, &examples] {
        section(text).to_writer(&mut page).expect(INFALLIBLE);
    }
    let page = String::from_utf8(page).expect("the help is UTF-8");
    laid_out(&page).into_bytes()
}

/// Returns the heading of the page: its title and section, the date, and the version.
fn title() -> Roff {
    let version = concat!("imsdk-annotate ", env!("CARGO_PKG_VERSION"));
    let mut roff = Roff::new();
    roff.control("TH", ["IMSDK-ANNOTATE", "1", DATE, version, "User Commands"]);
    roff
}

/// Returns a section of the manual for a text of the help. Its first line becomes the title; the other lines keep
/// their layout.
fn section(text: &str) -> Roff {
    let (title, body) = text.split_once('\n').unwrap_or((text, ""));
    let mut roff = Roff::new();
    roff.control("SH", [title.trim_end_matches(':').to_uppercase().as_str()]);
    roff.control("nf", []);
    for line in body.lines() {
        roff.text([roman(line)]);
    }
    roff.control("fi", []);
    roff
}

/// Returns a page with its running text in lines of [`LINE_MAX`] bytes, and without breaks beside empty lines, which mean
/// nothing. Lines that keep their layout, and the names of options, stay as they are.
fn laid_out(page: &str) -> String {
    let mut out = String::with_capacity(page.len() + page.len() / 8);
    let (mut keeps_layout, mut is_name) = (false, false);
    let mut lines = page.lines().peekable();
    let mut before = "";
    while let Some(line) = lines.next() {
        let is_empty = |line: Option<&&str>| line.is_some_and(|line| line.is_empty());
        let is_idle_break = line == ".br" && (before.is_empty() || is_empty(lines.peek()));
        if line == ".nf" || line == ".fi" {
            keeps_layout = line == ".nf";
        }
        if !is_idle_break {
            if keeps_layout || is_name || line.starts_with('.') {
                out.push_str(line);
                out.push('\n');
            } else {
                push_filled(&mut out, line);
            }
            before = line;
        }
        is_name = line == ".TP";
    }
    out
}

/// Appends a line of running text as lines of at most [`LINE_MAX`] bytes, broken at spaces. A word at the beginning of a new
/// line is no request to roff.
fn push_filled(out: &mut String, line: &str) {
    let mut length = 0;
    for word in line.split(' ') {
        if length > 0 && length + 1 + word.len() > LINE_MAX {
            out.push('\n');
            length = 0;
        } else if length > 0 {
            out.push(' ');
            length += 1;
        }
        if length == 0 && word.starts_with(['.', '\'']) {
            out.push_str("\\&");
            length += 2;
        }
        out.push_str(word);
        length += word.len();
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn running_text_is_broken_at_spaces_alone() {
        let word = "x".repeat(39);
        let text = format!(
            ".TP\n{word} {word} {word}\n{word} {word} .{word} '{word} a\n.nf\n{word} {word} {word}\n.fi\nb\n"
        );
        let expected = format!(
            ".TP\n{word} {word} {word}\n{word} {word}\n\\&.{word}\n\\&'{word} a\n.nf\n{word} {word} {word}\n.fi\nb\n"
        );
        assert_eq!(laid_out(&text), expected);
    }

    #[test]
    fn breaks_beside_empty_lines_are_dropped() {
        assert_eq!(laid_out("a\n.br\n\n.br\nb\n.br\nc\n"), "a\n\nb\n.br\nc\n");
    }
}
