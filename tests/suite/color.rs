//! The colour of a note ends with the note, and the line's own colour is in force again behind it.

use crate::command::{annotate, binary, output_of};

#[test]
fn severities_have_their_colors() {
    let colored = |input: &[u8]| annotate(&["--color=always"], input).escape_ascii().to_string();
    assert_eq!(colored(b"ret=1 x"), r"ret=1 \x1b[32m(success: success)\x1b[0m x");
    assert_eq!(colored(b"ret=5 x"), r"ret=5 \x1b[33m(action: need google authcode)\x1b[0m x");
    assert_eq!(colored(b"ret=-1 x"), r"ret=-1 \x1b[31m(general: failure)\x1b[0m x");
}

#[test]
fn the_lines_own_color_goes_on_behind_the_note() {
    let colored = |input: &[u8]| annotate(&["--color=always"], input).escape_ascii().to_string();
    let note = r"\x1b[0m \x1b[31m(general: failure)\x1b[0m";
    assert_eq!(colored(b"\x1b[1;41mret=-1 x\x1b[0m"), format!(r"\x1b[1;41mret=-1{note}\x1b[1;41m x\x1b[0m"));
    let plain_note = r" \x1b[31m(general: failure)\x1b[0m";
    assert_eq!(colored(b"\x1b[1ma\x1b[0m ret=-1 x"), format!(r"\x1b[1ma\x1b[0m ret=-1{plain_note} x"));
    assert_eq!(colored(b"\x1b[1ma\nret=-1 x"), format!(r"\x1b[1ma\nret=-1{plain_note} x"));
}

#[test]
fn a_color_is_remembered_over_a_line_longer_than_the_buffer() {
    let input = [b"\x1b[32m", &b".".repeat(1 << 20)[..], b" ret=-1 x"].concat();
    let annotated = annotate(&["--color=always"], &input);
    assert!(annotated.ends_with(b" ret=-1\x1b[0m \x1b[31m(general: failure)\x1b[0m\x1b[32m x"));
}

#[test]
fn the_environment_counts_and_the_flag_wins() {
    let is_colored = |args: &[&str], vars: &[(&str, &str)]| {
        let output = output_of(binary().args(args).envs(vars.iter().copied()), b"ret=-1");
        output.stdout.contains(&b'\x1b')
    };
    assert!(!is_colored(&[], &[]));
    assert!(is_colored(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!is_colored(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(!is_colored(&["--color=never"], &[("CLICOLOR_FORCE", "1")]));
    assert!(is_colored(&["--color=always"], &[("NO_COLOR", "1"), ("TERM", "dumb")]));
}
