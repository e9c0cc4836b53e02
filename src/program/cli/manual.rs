//! The program's text about itself: the manual.

use super::help::{COLOR, DESCRIPTION, ENVIRONMENT, EXAMPLES, EXIT_STATUS, FILES};
use crate::program::cli::args::Args;
use clap::CommandFactory;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

/// The day of the release, which the manual page has at its bottom. CHANGELOG.md has it as well, once the version is released.
const DATE: &str = "2026-11-29";
/// The largest number of bytes in a line of the page, so that `mandoc -T lint` finds nothing.
const LINE_MAX: usize = 80;
/// Nothing, in roff: with it before or behind a character, the character has no meaning for the layout.
const NOTHING: &str = "\\&";

/// Returns the manual page in roff, for `man`.
pub(crate) fn manual() -> Vec<u8> {
    const INFALLIBLE: &str = "a Vec takes all that is written";
    // The synopsis does not name each option; the sections below do.
    let man = Man::new(Args::command().override_usage("imsdk-annotate [OPTIONS] [FILE]..."));
    let mut page = Vec::new();
    title().to_writer(&mut page).expect(INFALLIBLE);
    man.render_name_section(&mut page).expect(INFALLIBLE);
    man.render_synopsis_section(&mut page).expect(INFALLIBLE);
    section(DESCRIPTION).to_writer(&mut page).expect(INFALLIBLE);
    man.render_options_section(&mut page).expect(INFALLIBLE);
    for text in [EXIT_STATUS, &format!("{ENVIRONMENT}\n\n{COLOR}"), FILES, EXAMPLES] {
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
/// their layout, without the two spaces before them, because `man` indents them.
fn section(text: &str) -> Roff {
    let (title, body) = text.split_once('\n').unwrap_or((text, ""));
    let mut roff = Roff::new();
    roff.control("SH", [title.trim_end_matches(':').to_uppercase().as_str()]);
    roff.control("nf", []);
    for line in body.lines() {
        roff.text([roman(line.strip_prefix("  ").unwrap_or(line))]);
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
/// line is no request to roff, and one at the end of a line does not end a sentence, behind which roff puts two spaces.
fn push_filled(out: &mut String, line: &str) {
    let mut length = 0;
    for word in line.split(' ') {
        if length > 0 && length + 1 + word.len() + NOTHING.len() > LINE_MAX {
            if out.trim_end_matches([')', '"', '\'', ']']).ends_with(['.', '!', '?']) {
                out.push_str(NOTHING);
            }
            out.push('\n');
            length = 0;
        } else if length > 0 {
            out.push(' ');
            length += 1;
        }
        if length == 0 && word.starts_with(['.', '\'']) {
            out.push_str(NOTHING);
            length += NOTHING.len();
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
        let word = "x".repeat(38);
        let text = format!(
            ".TP\n{word} {word} {word}\n{word} {word} .{word} '{word} a\n.nf\n{word} {word} {word}\n.fi\nb\n"
        );
        let expected = format!(
            ".TP\n{word} {word} {word}\n{word} {word}\n\\&.{word}\n\\&'{word} a\n.nf\n{word} {word} {word}\n.fi\nb\n"
        );
        assert_eq!(laid_out(&text), expected);
    }

    #[test]
    fn the_end_of_a_line_ends_no_sentence() {
        let word = "x".repeat(70);
        assert_eq!(laid_out(&format!("{word} a). {word}\n")), format!("{word} a).\\&\n{word}\n"));
    }

    #[test]
    fn breaks_beside_empty_lines_are_dropped() {
        assert_eq!(laid_out("a\n.br\n\n.br\nb\n.br\nc\n"), "a\n\nb\n.br\nc\n");
    }
}
