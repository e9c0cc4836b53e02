//! The manual and the completions, which the program prints.

use crate::command::{annotate, isolated, output_of};
use std::process::Stdio;

/// Returns the long options that `--help` names.
fn long_options() -> Vec<String> {
    let help = String::from_utf8(annotate(&["--help"], b"")).unwrap();
    let options = help.lines().filter_map(|line| {
        let line = line.trim_start();
        let long = if line.starts_with("--") { line } else { line.strip_prefix('-')?.get(3..)? };
        let name = long.strip_prefix("--")?.split([' ', '=']).next()?;
        Some(format!("--{name}"))
    });
    let options: Vec<String> = options.collect();
    assert!(options.len() > 20 && options.contains(&"--explain".to_owned()), "{options:?}");
    options
}

#[test]
fn the_manual_has_all_options_and_the_laid_out_texts() {
    let page = String::from_utf8(annotate(&["--man"], b"")).unwrap();
    let title = format!("\" \"imsdk-annotate {}\" \"User Commands\"", env!("CARGO_PKG_VERSION"));
    let of_title = page.lines().find(|line| line.starts_with(".TH IMSDK-ANNOTATE 1 "));
    assert!(of_title.is_some_and(|line| line.ends_with(&title[2..])), "{of_title:?}");
    let shown = page.replace("\\-", "-").replace("\\fB", "").replace("\\fR", "").replace("\\fI", "");
    for option in long_options() {
        assert!(shown.contains(&option), "{option}");
    }
    for line in [
        ".SH EXAMPLES\n.nf\n",
        "\ntail -F server.log | imsdk-annotate         watch a log, in colour\n",
        ".SH \"EXIT STATUS\"\n.nf\n",
        "\n130, 143  ended by SIGINT, SIGTERM\n",
        ".SH ENVIRONMENT\n.nf\n",
        "\nTZ                     the time zone, for --since and --until\n",
        ".SH FILES\n.nf\n",
        "\n~/.config/imsdk-annotate/config\n",
    ] {
        assert!(shown.contains(line), "{line:?} is not in:\n{shown}");
    }
}

#[test]
fn mandoc_finds_nothing_in_the_manual() {
    let page = annotate(&["--man"], b"");
    if isolated("mandoc").arg("-T").arg("lint").stdin(Stdio::null()).output().is_err() {
        eprintln!("skipped: mandoc is not installed");
        return;
    }
    let output = output_of(isolated("mandoc").args(["-T", "lint"]), &page);
    assert!(output.status.success() && output.stdout.is_empty(), "{}", output.stdout.escape_ascii());
}

#[test]
fn each_shell_has_completions() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = String::from_utf8(annotate(&["--completions", shell], b"")).unwrap();
        for option in ["explain", "completions", "fail-on"] {
            assert!(script.contains(option), "{shell}: {option}");
        }
        let is_there = isolated(shell).args(["-c", ""]).status().is_ok();
        if shell == "bash" && is_there {
            let output = output_of(isolated(shell).arg("-n"), script.as_bytes());
            assert!(output.status.success() && output.stderr.is_empty(), "{}", output.stderr.escape_ascii());
        }
    }
    let output = output_of(crate::command::binary().args(["--completions", "nosuch"]), b"");
    assert_eq!(output.status.code(), Some(2));
}
