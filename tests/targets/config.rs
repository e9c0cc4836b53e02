//! A configuration file is either refused, with the line of each error, or can be used.

use imsdk_annotate::program::parts::check_config;

/// Runs the target. The input is a configuration file.
pub(super) fn run(input: &[u8]) {
    let Err(wrong) = check_config("options", input) else { return };
    let lines = input.split(|&byte| byte == b'\n').count();
    assert!(!wrong.is_empty());
    for message in wrong {
        assert!(!message.contains(char::is_control), "{}", message.escape_debug());
        let number = message.strip_prefix("options:").and_then(|rest| rest.split(':').next());
        let number: usize = number.and_then(|number| number.parse().ok()).expect(&message);
        assert!((1..=lines).contains(&number), "{message}");
    }
}
