//! The picture in the README, `docs/demo.svg`: a test draws it from the program's output, and compares the file with
//! it.
//!
//! `UPDATE_DOCS=1 cargo test --locked --test suite demo` draws the file anew.

use crate::command::{binary, isolated, output_of};
use std::fmt::Write;
use std::path::Path;
use std::{env, fs};
use unicode_width::UnicodeWidthStr;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/demo.svg");

/// The log in the picture: a field of each severity, in the forms of several services, and a line without a field.
const LOG: &str = "\
10:00:00 INFO  login  ret=1 openid=7
{\"time\":\"10:00:01\",\"call\":\"bind\",\"code\":5,\"ms\":12}
10:00:02 ERROR friend retCode[-402] 140 ms
10:00:03 ERROR login  ret=-204 openid=9
10:00:04 INFO  worker exit code: 1
";

/// The commands in the picture, which are run just as they are shown.
const COMMANDS: [&str; 2] = ["imsdk-annotate app.log", "imsdk-annotate -q --report text=- app.log | head -7"];

/// The size of a character, in pixels of the picture.
const COLUMN: f64 = 8.0;
const ROW: usize = 20;
/// The space around the text, in pixels of the picture; the bar of the window is above it, too.
const MARGIN: usize = 20;
const BAR: usize = 24;

const TEXT: &str = "#d7dae0";
const PROMPT: &str = "#7f8793";

/// A part of a line in one colour.
struct Run {
    column: usize,
    color: &'static str,
    text: String,
}

/// Returns the output of a command in colour, run in a folder with the log.
fn printed(command: &str, folder: &Path) -> String {
    let program_folder = Path::new(binary().get_program()).parent().unwrap().to_owned();
    let path = format!("{}:{}", program_folder.display(), env::var("PATH").unwrap());
    let mut shell = isolated("sh");
    shell.args(["-c", command]).env("PATH", path).env("CLICOLOR_FORCE", "1").current_dir(folder);
    let output = output_of(&mut shell, b"");
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{command}: {}",
        output.stderr.escape_ascii()
    );
    String::from_utf8(output.stdout).unwrap()
}

/// Returns the colour in the picture for the parameters of `ESC [ ... m`.
fn color(parameters: &str) -> &'static str {
    match parameters {
        "0" => TEXT,
        "31" => "#f47067",
        "32" => "#6bc46d",
        "33" => "#e3b341",
        _ => panic!("a colour that the picture does not have: {parameters}"),
    }
}

/// Splits a line at its colour sequences. Spaces at the ends of the parts are left out.
fn runs(line: &str) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut column = 0;
    for (number, piece) in line.split("\x1b[").enumerate() {
        let (color, text) = match piece.split_once('m') {
            Some((parameters, text)) if number > 0 => (color(parameters), text),
            _ => (TEXT, piece),
        };
        let indent = text.len() - text.trim_start().len();
        if !text.trim().is_empty() {
            runs.push(Run { column: column + indent, color, text: text.trim().to_owned() });
        }
        column += text.width();
    }
    runs
}

/// Returns all lines of the picture: each command with its output below.
fn lines() -> Vec<Vec<Run>> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("app.log"), LOG).unwrap();
    let mut lines = Vec::new();
    for command in COMMANDS {
        if !lines.is_empty() {
            lines.push(Vec::new());
        }
        let prompt = Run { column: 0, color: PROMPT, text: "$".to_owned() };
        lines.push(vec![prompt, Run { column: 2, color: TEXT, text: command.to_owned() }]);
        lines.extend(printed(command, folder.path()).lines().map(runs));
    }
    lines
}

/// Returns a text in the form that it has in XML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// Returns the picture. The length of each part of a line is given, so that columns are straight in any font.
fn picture() -> String {
    let lines = lines();
    let columns = lines.iter().flatten().map(|run| run.column + run.text.width()).max().unwrap();
    let width = 2 * MARGIN + (columns as f64 * COLUMN) as usize;
    let height = BAR + 2 * MARGIN + lines.len() * ROW;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         font-family=\"ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace\" font-size=\"13\">\n\
         <rect width=\"{width}\" height=\"{height}\" rx=\"8\" fill=\"#1c2128\"/>\n"
    );
    for (at, color) in ["#f47067", "#e3b341", "#6bc46d"].iter().enumerate() {
        writeln!(svg, "<circle cx=\"{}\" cy=\"18\" r=\"6\" fill=\"{color}\"/>", MARGIN + 6 + 20 * at)
            .unwrap();
    }
    for (row, line) in lines.iter().enumerate() {
        let y = BAR + MARGIN + 14 + row * ROW;
        for Run { column, color, text } in line {
            let x = MARGIN as f64 + *column as f64 * COLUMN;
            let length = text.width() as f64 * COLUMN;
            let text = escaped(text);
            let place =
                format!("x=\"{x}\" y=\"{y}\" textLength=\"{length}\" lengthAdjust=\"spacingAndGlyphs\"");
            writeln!(svg, "<text {place} fill=\"{color}\" xml:space=\"preserve\">{text}</text>").unwrap();
        }
    }
    svg + "</svg>\n"
}

#[test]
fn the_picture_shows_what_the_program_prints() {
    let picture = picture();
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(PATH, &picture).unwrap();
    }
    let drawn = fs::read_to_string(PATH).unwrap_or_default();
    let command = "UPDATE_DOCS=1 cargo test --locked --test suite demo";
    assert!(drawn == picture, "docs/demo.svg is not what the program prints; draw it anew:\n{command}");
    roxmltree::Document::parse(&drawn).unwrap();
}
