//! The program's text about itself: the manual.

use crate::program::cli::args::Args;
use clap::CommandFactory;
use clap::builder::StyledStr;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

/// Returns the manual page in roff, for `man`.
pub(crate) fn manual() -> Vec<u8> {
    const INFALLIBLE: &str = "a Vec takes all that is written";
    let command = Args::command();
    let laid_out = [command.get_before_long_help(), command.get_after_long_help()].map(section);
    // The synopsis does not name each option; the sections below do.
    let man = Man::new(command.override_usage("imsdk-annotate [OPTIONS] [FILE]...")).manual("imsdk-annotate");
    let mut page = Vec::new();
    man.render_title(&mut page).expect(INFALLIBLE);
    man.render_name_section(&mut page).expect(INFALLIBLE);
    man.render_synopsis_section(&mut page).expect(INFALLIBLE);
    man.render_description_section(&mut page).expect(INFALLIBLE);
    man.render_options_section(&mut page).expect(INFALLIBLE);
    for section in laid_out {
        section.to_writer(&mut page).expect(INFALLIBLE);
    }
    page
}

/// Returns a section of the manual for a text of the help. Its first line becomes the title; the other lines keep
/// their layout.
fn section(text: Option<&StyledStr>) -> Roff {
    let text = text.map(StyledStr::to_string).unwrap_or_default();
    let (title, body) = text.split_once('\n').unwrap_or((&text, ""));
    let mut roff = Roff::new();
    roff.control("SH", [title.trim_end_matches(':').to_uppercase().as_str()]);
    roff.control("nf", []);
    for line in body.lines() {
        roff.text([roman(line)]);
    }
    roff.control("fi", []);
    roff
}
