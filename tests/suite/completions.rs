//! The values that completions offer, in a real bash and fish where these are installed.

use crate::command::{annotate, binary, isolated, output_of};
use std::path::Path;

/// Runs a script in a shell, behind the completions for it. Returns what it prints; `None` if the shell is not installed.
fn in_shell(shell: &str, options: &[&str], script: &str) -> Option<String> {
    if isolated(shell).args(["-c", ""]).status().is_err() {
        println!("{shell} is not installed: its completions are not tried");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("completions");
    std::fs::write(&file, annotate(&["--completions", shell], b"")).unwrap();
    let program = binary().get_program().to_owned();
    let programs = Path::new(&program).parent().unwrap().display().to_string();
    let path = format!("{programs}:{}", std::env::var("PATH").unwrap());
    let script = format!("source {}\n{script}", file.display());
    let mut command = isolated(shell);
    command.args(options).args(["-c", &script]).env("PATH", path).env("HOME", folder.path());
    let output = output_of(&mut command, b"");
    assert!(output.status.success() && output.stderr.is_empty(), "{shell}: {output:?}");
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn bash_offers_values() {
    for (words, offered) in [
        ("--only er", "error"),
        ("--only = au", "auth"),
        ("--only -204", "-204"),
        ("--fail-on -1101", "-1101"),
        ("--list = -1101", "-1101"),
        ("--explain -204", "-204"),
        ("--report ju", "junit"),
        ("--report md", "md"),
        ("--report au", "auto"),
        ("--report team", "teamcity"),
        ("--lang bo", "both"),
        ("--color ne", "never"),
        ("--colors er", "error=black"),
        ("--files-w", "--files-with-matches"),
    ] {
        let script = format!(
            "COMP_WORDS=(imsdk-annotate {words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))\n\
             function=$(complete -p imsdk-annotate | sed 's/.*-F \\([^ ]*\\) .*/\\1/')\n\
             $function imsdk-annotate \"${{COMP_WORDS[COMP_CWORD]}}\" \"${{COMP_WORDS[COMP_CWORD-1]}}\"\n\
             echo \"${{COMPREPLY[0]}}\"\n"
        );
        let Some(said) = in_shell("bash", &["--norc"], &script) else { return };
        assert_eq!(said, format!("{offered}\n"), "{words}");
    }
}

#[test]
fn fish_offers_values_with_what_they_mean() {
    for (words, offered) in [
        ("--only=-20", "--only=-204\tuser session is failure!"),
        ("--only ", "-204\tuser session is failure!"),
        ("--only au", "auth\tcategory 登录鉴权"),
        ("--fail-on er", "error\tseverity"),
        ("--explain=-20", "--explain=-204\tuser session is failure!"),
        ("--report ", "junit"),
        ("--lang ", "both\tEnglish and Chinese"),
        ("--colors act", "action=bright-red\tcolour of actions"),
    ] {
        let script = format!("complete -C 'imsdk-annotate {words}'\n");
        let Some(said) = in_shell("fish", &["--no-config"], &script) else { return };
        assert!(said.lines().any(|line| line == offered), "{words}: {said}");
    }
}

/// zsh shows the texts in the script; a terminal, which completions need there, is not tried.
#[test]
fn the_script_for_zsh_has_values_with_what_they_mean() {
    let script = String::from_utf8(annotate(&["--completions", "zsh"], b"")).unwrap();
    for option in ["--only", "--fail-on", "--explain", "--list"] {
        let row = script
            .lines()
            .find(|line| line.contains(&format!("'*{option}=")) || line.contains(&format!("'{option}=")));
        let row = row.or_else(|| {
            script
                .lines()
                .find(|line| line.contains(&format!("{option}[")) || line.contains(&format!("{option}=[")))
        });
        assert!(row.is_some(), "{option}");
    }
    assert!(script.contains("-204\\:\"user session is failure!\""), "{script}");
    if isolated("zsh").args(["-c", ""]).status().is_ok() {
        let output = output_of(isolated("zsh").args(["-f", "-n"]), script.as_bytes());
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    } else {
        println!("zsh is not installed: its completions are not tried");
    }
}
