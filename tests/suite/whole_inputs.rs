//! Inputs that are read whole (configurations, catalogs, reports) have a limit, so that endless ones are refused.

use crate::command::{binary, isolated, output_of};
use std::fs::{self, File};
use std::path::Path;
use std::process::Stdio;

/// A device whose bytes never end.
const ENDLESS: &str = "/dev/zero";

#[test]
fn what_never_ends_is_refused() {
    if !Path::new(ENDLESS).exists() {
        println!("skipped: there is no {ENDLESS}");
        return;
    }
    let report = "1 GiB, the limit for a report; name a JSON report that this program has written";
    let catalog = "256 MiB, the limit for a catalog; split it, and name each part with --catalog";
    for (args, name, limit) in [
        (&["--catalog", ENDLESS][..], ENDLESS, catalog),
        (&["--check-catalog", ENDLESS], ENDLESS, catalog),
        (&["--baseline", ENDLESS], "--baseline /dev/zero", report),
        (&["--merge-reports", ENDLESS, "--report=json"], ENDLESS, report),
        (&["--merge-reports", "-", "--report=json=/dev/null"], "standard input", report),
    ] {
        let stdin =
            if args.contains(&"-") { Stdio::from(File::open(ENDLESS).unwrap()) } else { Stdio::null() };
        let output = binary().args(args).stdin(stdin).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        let status = if args.contains(&"--merge-reports") { 3 } else { 2 };
        assert_eq!(output.status.code(), Some(status), "{args:?}: {said}");
        assert!(said.starts_with(&format!("imsdk-annotate: {name}: it is larger than {limit}\n")), "{said}");
    }
    let output = output_of(binary().env("IMSDK_ANNOTATE_CONFIG", ENDLESS), b"");
    let expected = "imsdk-annotate: /dev/zero: the configuration that $IMSDK_ANNOTATE_CONFIG names cannot be read: \
                    it is larger than 1 MiB, the limit for a configuration; name another, or add --no-config\n";
    assert_eq!((output.status.code(), &String::from_utf8(output.stderr).unwrap()[..]), (Some(2), expected));
}

#[test]
fn a_configuration_of_the_limit_is_read_and_a_larger_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config");
    let options = "--color always\n#";
    for (bytes, status) in [(1 << 20, 0), ((1 << 20) + 1, 2)] {
        fs::write(&config, format!("{options}{}", "x".repeat(bytes - options.len()))).unwrap();
        let output = output_of(binary().env("IMSDK_ANNOTATE_CONFIG", &config), b"ret=-1\n");
        assert_eq!(output.status.code(), Some(status), "{bytes}: {}", output.stderr.escape_ascii());
        assert_eq!(output.stdout.contains(&b'\x1b'), status == 0);
    }
}

#[test]
fn named_pipes_are_read_to_their_ends() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("codes.csv"), "code,message\n-7,seven\n").unwrap();
    fs::write(folder.path().join("config"), "--note= <{message}>\n").unwrap();
    let script = "mkfifo codes config.pipe report && printf 'ret=-1\\n' | \"$0\" -q --report json=r.json || exit 9
        cat codes.csv > codes & cat config > config.pipe & cat r.json > report &
        printf 'ret=-7 ret=-1\\n' | IMSDK_ANNOTATE_CONFIG=config.pipe \"$0\" --catalog codes --baseline report";
    let mut command = isolated("sh");
    command.args(["-c", script]).arg(binary().get_program()).current_dir(&folder);
    let output = output_of(&mut command, b"");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "ret=-7 <seven> ret=-1 <failure>\n", "{output:?}");
}
