//! The colour of a note ends with the note, and the line's own colour is in force again behind it.

use crate::command::{annotate, binary, output_of};
use crate::properties::text;
use imsdk_annotate::{Annotator, SeverityColors};
use proptest::prelude::*;

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

/// Returns standard output of a run that must go well, with control characters escaped.
fn colored(args: &[&str], input: &[u8]) -> String {
    let output = output_of(binary().arg("--color=always").args(args), input);
    assert!(output.status.success() && output.stderr.is_empty(), "{args:?}: {output:?}");
    output.stdout.escape_ascii().to_string()
}

#[test]
fn colors_are_chosen_for_each_severity() {
    let input = b"ret=1 ret=5 ret=-1";
    for (args, [success, action, error]) in [
        (&["--colors=error=bold red,action=#ffaf00"][..], ["[32m", "[38;2;255;175;0m", "[1;31m"]),
        (&["--colors", "Success = 34 UNDERLINE italic dim"], ["[2;3;4;38;5;34m", "[33m", "[31m"]),
        (&["--colors=error=blue,action=bright-cyan", "--colors=error=bold"], ["[32m", "[96m", "[1m"]),
    ] {
        let [success, action, error] = [success, action, error].map(|sequence| format!("\\x1b{sequence}"));
        let expected = format!(
            r"ret=1 {success}(success: success)\x1b[0m ret=5 {action}(action: need google authcode)\x1b[0m ret=-1 {error}(general: failure)\x1b[0m"
        );
        assert_eq!(colored(args, input), expected, "{args:?}");
    }
    assert_eq!(colored(&["--colors=error=none"], b"ret=-1 x"), "ret=-1 (general: failure) x");
    // The line's own colour does not tint a note without colour.
    assert_eq!(
        colored(&["--colors=error=none"], b"\x1b[1mret=-1 x"),
        r"\x1b[1mret=-1\x1b[0m (general: failure)\x1b[0m\x1b[1m x"
    );
    // The option says which colours, and --color where there are any.
    assert_eq!(annotate(&["--colors=error=bold"], b"ret=-1"), b"ret=-1 (general: failure)");
}

#[test]
fn lookups_and_reports_have_the_chosen_colors() {
    let chosen = "--colors=error=bold blue,success=none";
    let explained = colored(&[chosen, "--explain", "-204"], b"");
    assert!(explained.starts_with(r"\x1b[1;34m-204\x1b[0m  auth, error\n"), "{explained}");
    let list = colored(&[chosen, "--list"], b"");
    assert!(list.contains(r"\x1b[1;34m-204\x1b[0m") && !list.contains("[32m"), "{list}");
    let report = colored(&[chosen, "-q", "--report=text=-"], b"ret=-204\nret=1\n");
    assert!(report.contains(r"\x1b[1;34m-204\x1b[0m  \x1b[1;34muser session is failure!\x1b[0m"), "{report}");
    assert!(report.contains("     1  success "), "{report}");
}

#[test]
fn faulty_colors_are_refused_with_what_may_stand_there() {
    for (colors, reason) in [
        (
            "error=blod",
            "\"blod\" is neither a colour (black, red, green, yellow, blue, magenta, cyan, white, bright-black to \
          bright-white, 0 to 255, #rrggbb, none) nor a style (bold, dim, italic, underline)",
        ),
        ("warning=red", "the severity \"warning\" is none of success, action, error"),
        ("error", "\"error\" has no colour; write a severity, = and a colour: error=bold red"),
    ] {
        let output = output_of(binary().args(["--colors", colors]), b"ret=-1");
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), &output.stdout[..]), (Some(2), &b""[..]), "{colors}");
        assert!(said.contains("--colors") && said.contains(reason), "{said}");
    }
}

/// Returns colours, none among them.
fn colors() -> impl Strategy<Value = SeverityColors> {
    let appearance = prop::sample::select(vec![
        "red",
        "bright-white",
        "none",
        "bold",
        "208",
        "#ffaf00",
        "bold dim italic underline #ffaf00",
    ]);
    [appearance.clone(), appearance]
        .prop_map(|[error, success]| format!("error={error},success={success}").parse().unwrap())
}

proptest! {
    #[test]
    fn notes_of_other_colors_are_known(
        text in text(),
        first in colors(),
        second in colors(),
        template in prop::sample::select(vec![" ({category}: {message})", "[{message}]", " \t({code})", "<{severity}>"]),
    ) {
        let builder = || Annotator::builder().note(template.parse().unwrap());
        let once = builder().color(true).colors(first).build().annotate(&text);
        for color in [false, true] {
            let again = builder().color(color).colors(second).build().annotate(&once);
            prop_assert_eq!(again.escape_ascii().to_string(), once.escape_ascii().to_string());
        }
        let stripped = builder().strip(true).build();
        // A text that has notes already loses them, too.
        let without = stripped.annotate(&text);
        let stripped = stripped.annotate(&once);
        prop_assert_eq!(stripped.escape_ascii().to_string(), without.escape_ascii().to_string());
    }
}
