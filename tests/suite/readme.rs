//! The README's console examples, run as they stand.

use crate::command::{binary, isolated, output_of};

#[test]
fn examples_print_what_the_readme_says() {
    let readme = include_str!("../../README.md");
    let examples: Vec<&str> = readme
        .split("```console\n")
        .skip(1)
        .flat_map(|block| block.split("```").next().unwrap().split("$ ").skip(1))
        .collect();
    assert!(!examples.is_empty());
    let work_folder = tempfile::tempdir().unwrap();
    for example in examples {
        let (command, expected) = example.split_once('\n').unwrap();
        let folder = std::path::Path::new(binary().get_program()).parent().unwrap().to_owned();
        let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
        let mut shell = isolated("sh");
        let output = output_of(shell.args(["-c", command]).env("PATH", path).current_dir(&work_folder), b"");
        assert_eq!(String::from_utf8(output.stdout).unwrap(), expected, "{command}");
        assert_eq!(output.status.code(), Some(0), "{command}");
    }
}

#[test]
fn the_test_command_is_what_the_gate_runs() {
    assert!(include_str!("../../README.md").contains("\ncargo test --locked\n"));
    assert!(include_str!("../../.ci/run").contains("\ncargo test --locked\n"));
}
