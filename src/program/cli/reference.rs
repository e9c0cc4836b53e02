//! Makes the option reference, `docs/options.md`, from the same `Args` as the help. A test keeps the file up to date.
//!
//! `UPDATE_DOCS=1 cargo test --locked --lib reference` writes the file anew.

use super::args::Args;
use clap::builder::StyledStr;
use clap::{Arg, CommandFactory};
use std::{env, fs};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/options.md");

const START: &str = "\
# Options

This page is made from the program's own help by `UPDATE_DOCS=1 cargo test --locked --lib reference`. The
[guide](guide.md) shows the options in use.
";

/// Returns the whole page: a section for each heading of the help, in the order of the help.
fn reference() -> String {
    let mut command = Args::command();
    command.build();
    let mut sections: Vec<(&str, String)> = Vec::new();
    for arg in command.get_arguments() {
        let default_heading = if arg.is_positional() { "Arguments" } else { "About the program" };
        let heading = arg.get_help_heading().unwrap_or(default_heading);
        match sections.iter_mut().find(|(name, _)| *name == heading) {
            Some((_, section)) => section.push_str(&option(arg)),
            None => sections.push((heading, option(arg))),
        }
    }
    let sections = sections.into_iter().map(|(heading, section)| format!("\n## {heading}\n{section}"));
    [START.to_owned()].into_iter().chain(sections).collect()
}

/// Returns the part of the page about one option: its forms as the heading, its help, its values and its default.
fn option(arg: &Arg) -> String {
    let short = arg.get_short().map(|short| format!("`-{short}`, ")).unwrap_or_default();
    let help = arg.get_long_help().or(arg.get_help()).map(StyledStr::to_string).unwrap_or_default();
    let mut text = format!("\n### {short}`{arg}`\n\n{}\n", markdown(help.trim_end()));
    if !arg.get_action().takes_values() {
        return text;
    }
    let values = arg.get_possible_values();
    if !values.is_empty() {
        text.push_str("\nPossible values:\n\n");
    }
    for value in values {
        let help =
            value.get_help().map(|help| format!(": {}", markdown(&help.to_string()))).unwrap_or_default();
        text.push_str(&format!("- `{}`{help}\n", value.get_name()));
    }
    let defaults: Vec<_> = arg.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    if !defaults.is_empty() {
        text.push_str(&format!("\nDefault: `{}`\n", defaults.join(" ")));
    }
    text
}

/// Returns a text of the help as Markdown, with a paragraph that is a command as a code block.
fn markdown(help: &str) -> String {
    let paragraphs = help.split("\n\n").map(|paragraph| {
        let is_command = ["imsdk-annotate ", "mkdir "].iter().any(|word| paragraph.starts_with(word));
        if is_command { format!("```text\n{paragraph}\n```") } else { escaped(paragraph) }
    });
    paragraphs.collect::<Vec<_>>().join("\n\n")
}

/// Returns a paragraph in which, outside backticks, characters with a meaning in Markdown are escaped.
fn escaped(help: &str) -> String {
    let mut is_code = false;
    let mut text = String::new();
    for char in help.chars() {
        is_code ^= char == '`';
        if !is_code && ['\\', '<', '*', '[', '~'].contains(&char) {
            text.push('\\');
        }
        text.push(char);
    }
    text
}

#[test]
fn the_reference_is_up_to_date() {
    let reference = reference();
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(PATH, &reference).unwrap();
    }
    let written = fs::read_to_string(PATH).unwrap_or_default();
    let command = "UPDATE_DOCS=1 cargo test --locked --lib reference";
    assert!(written == reference, "docs/options.md is not what the help says; write it anew:\n{command}");
}

#[test]
fn characters_that_would_act_in_markdown_are_escaped() {
    assert_eq!(markdown(r"'(?<code>\d)' and `(?<code>\d)`"), r"'(?\<code>\\d)' and `(?<code>\d)`");
    assert_eq!(markdown("*.log [default: 1]"), r"\*.log \[default: 1]");
    assert_eq!(
        markdown("Print ~\n\nimsdk-annotate > ~/x"),
        "Print \\~\n\n```text\nimsdk-annotate > ~/x\n```"
    );
}
