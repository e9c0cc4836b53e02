//! The recipes for systemd and rsyslog in the guide, with the real programs where they are installed.

use crate::command::isolated;
use crate::signals::{send, wait_until};
use rustix::process::Signal;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixDatagram;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// The places in the recipes, and those that a test has instead: the name of a file in its folder, or the binary.
const PLACES: [(&str, &str); 5] = [
    ("/usr/local/bin/imsdk-annotate", ""),
    ("/usr/local/lib/imsdk-annotate-rsyslog", "annotate.sh"),
    ("/var/lib/node_exporter", "metrics"),
    ("/var/log/imsdk", "out"),
    ("/var/log/game", "game"),
];
const ANNOTATED: &str = "ret=-204 (auth: user session is failure!)";

/// A recipe of the guide in a folder of its own.
struct Recipe {
    folder: TempDir,
    /// The blocks of the recipe, with the places of the test.
    blocks: Vec<String>,
}

impl Recipe {
    /// Returns the recipe below a heading, with the blocks of that section.
    fn below(heading: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["metrics", "out", "game"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/guide.md");
        let guide = fs::read_to_string(guide).unwrap();
        let (_, section) = guide.split_once(&format!("\n### {heading}\n")).unwrap();
        let section = section.split("\n### ").next().unwrap();
        let blocks = section.split("\n```").skip(1).step_by(2);
        let in_folder = |block: &str| {
            let (_, text) = block.split_once('\n').unwrap();
            PLACES.iter().fold(format!("{text}\n"), |text, (place, name)| {
                let path = if name.is_empty() {
                    PathBuf::from(env!("CARGO_BIN_EXE_imsdk-annotate"))
                } else {
                    folder.path().join(name)
                };
                text.replace(place, path.to_str().unwrap())
            })
        };
        let blocks = blocks.map(in_folder).collect();
        Self { folder, blocks }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Returns the text of a file; an empty one if it is not there.
    fn text(&self, name: &str) -> String {
        let bytes = fs::read(self.path(name)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// Returns true if a program is installed; prints a word where it is not.
fn is_installed(program: &str, version: &str) -> bool {
    let mut command = Command::new(program);
    let is_there = command.arg(version).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    if !is_there {
        println!("left out: there is no {program}");
    }
    is_there
}

/// rsyslogd with a recipe, reading from a socket.
struct Rsyslog {
    child: Child,
    socket: UnixDatagram,
}

impl Rsyslog {
    fn start(recipe: &Recipe, actions: &str) -> Self {
        let (socket, folder) = (recipe.path("socket"), recipe.folder.path());
        let input = format!(
            "global(workDirectory=\"{0}\")\nmodule(load=\"imuxsock\" SysSock.Use=\"off\")\n\
             input(type=\"imuxsock\" Socket=\"{1}\" RateLimit.Interval=\"0\")\n",
            folder.display(),
            socket.display()
        );
        let conf = recipe.path("rsyslog.conf");
        fs::write(&conf, input + actions).unwrap();
        let mut check = Command::new("rsyslogd");
        let output = check.arg("-N1").arg("-f").arg(&conf).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && !said.contains("error"), "{said}");
        let mut command = isolated("rsyslogd");
        command.arg("-n").arg("-f").arg(&conf).arg("-i").arg(recipe.path("pid"));
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let sender = UnixDatagram::unbound().unwrap();
        wait_until(|| sender.connect(&socket).is_ok());
        Self { child, socket: sender }
    }

    fn log(&self, program: &str, text: &[u8]) {
        let message = [b"<13>Nov 29 10:00:01 ", program.as_bytes(), b": ", text].concat();
        self.socket.send(&message).unwrap();
    }

    fn end(mut self) {
        send(&self.child, Signal::TERM);
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Rsyslog {
    /// Ends rsyslogd where a test has failed.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn rsyslog_gives_errors_and_metrics_by_omprog() {
    if !is_installed("rsyslogd", "-v") {
        return;
    }
    let recipe = Recipe::below("With rsyslog");
    let rsyslog = Rsyslog::start(&recipe, &recipe.blocks[0]);
    let errors = "out/errors.log";
    rsyslog.log("game", b"login ret=-204 openid=7");
    rsyslog.log("other", b"ret=-204 of another program");
    rsyslog.log("game", b"nothing");
    rsyslog.log("game", b"two\nlines \"quoted\" \\ \xff ret=-204");
    wait_until(|| recipe.text(errors).lines().count() >= 2);
    let text = recipe.text(errors);
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].ends_with(&format!(" game: login {ANNOTATED} openid=7")), "{text}");
    // A message is a line, whatever is in it.
    assert!(lines[1].ends_with(&format!("two#012lines \"quoted\" \\ \u{fffd} {ANNOTATED}")), "{text}");
    assert_eq!(lines.len(), 2, "{text}");
    assert!(fs::read(recipe.path(errors)).unwrap().contains(&0xff));
    // As logrotate does it.
    fs::rename(recipe.path(errors), recipe.path("out/errors.log.1")).unwrap();
    send(&rsyslog.child, Signal::HUP);
    let mut sent = 0;
    wait_until(|| {
        rsyslog.log("game", b"ret=-204");
        sent += 1;
        recipe.path(errors).exists()
    });
    rsyslog.end();
    let all = recipe.text(errors) + &recipe.text("out/errors.log.1");
    assert_eq!(all.lines().count(), 2 + sent, "{all}");
    let metrics = recipe.text("metrics/imsdk.prom");
    let sample = format!("{{code=\"-204\",category=\"auth\",severity=\"error\"}} {}\n", 2 + sent);
    assert!(metrics.contains(&sample), "{metrics}");
}

#[test]
fn rsyslog_changes_messages_by_mmexternal() {
    if !is_installed("rsyslogd", "-v") || !is_installed("jq", "--version") {
        return;
    }
    let recipe = Recipe::below("With rsyslog");
    let script = recipe.path("annotate.sh");
    fs::write(&script, &recipe.blocks[1]).unwrap();
    fs::set_permissions(&script, Permissions::from_mode(0o755)).unwrap();
    let rsyslog = Rsyslog::start(&recipe, &recipe.blocks[2]);
    // Each message waits for its answer, so that none may be held back.
    for (count, (sent, expected)) in [
        (&b"login ret=-204 openid=7"[..], format!("login {ANNOTATED} openid=7")),
        (b"nothing", "nothing".to_owned()),
        (b"\"quoted\" \\ {\"msg\": 1} ret=-204", format!("\"quoted\" \\ {{\"msg\": 1}} {ANNOTATED}")),
        ("用户 ret=-204".as_bytes(), format!("用户 {ANNOTATED}")),
        (b"\xff ret=-204", format!("\u{fffd} {ANNOTATED}")),
    ]
    .into_iter()
    .enumerate()
    {
        rsyslog.log("game", sent);
        wait_until(|| recipe.text("out/game.log").lines().count() > count);
        let text = recipe.text("out/game.log");
        assert!(text.lines().last().unwrap().ends_with(&format!(" game: {expected}")), "{text}");
    }
    rsyslog.end();
    assert_eq!(recipe.text("out/rsyslog.err"), "");
}

#[test]
fn systemd_takes_the_unit() {
    if !is_installed("systemd-analyze", "--version") {
        return;
    }
    let recipe = Recipe::below("As a service");
    let unit = recipe.path("imsdk-annotate.service");
    fs::write(&unit, &recipe.blocks[0]).unwrap();
    let analyze = |args: &[&str]| {
        let output = Command::new("systemd-analyze").args(args).arg(&unit).output().unwrap();
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        (output.status.success(), said)
    };
    let (passes, said) = analyze(&["verify", "--man=no"]);
    assert!(passes && !said.contains("imsdk-annotate.service"), "{said}");
    let (passes, said) = analyze(&["security", "--offline=true", "--threshold=15"]);
    // Older ones judge services alone that are running.
    assert!(passes || said.contains("offline"), "{said}");
}

/// Runs the command of the unit, whose quotes a shell reads as systemd does.
#[test]
fn the_command_of_the_unit_follows_and_counts() {
    let recipe = Recipe::below("As a service");
    let unit = &recipe.blocks[0];
    let start = unit.lines().find_map(|line| line.strip_prefix("ExecStart=")).unwrap();
    let log = recipe.path("game/server.log");
    fs::write(&log, "ret=-204 before\n").unwrap();
    let mut command = isolated("sh");
    let output = fs::File::create(recipe.path("journal")).unwrap();
    command.arg("-c").arg(format!("exec {start}")).stdin(Stdio::null());
    let mut child = command.stdout(output.try_clone().unwrap()).stderr(output).spawn().unwrap();
    let metrics = "metrics/imsdk.prom";
    wait_until(|| recipe.path(metrics).exists());
    let mut written = 1;
    wait_until(|| {
        let mut file = fs::File::options().append(true).open(&log).unwrap();
        std::io::Write::write_all(&mut file, b"ok\nret=-204 after\n").unwrap();
        written += 2;
        !recipe.text("journal").is_empty()
    });
    let journal = recipe.text("journal");
    assert!(journal.starts_with(&format!("{}:", log.display())) && journal.contains(ANNOTATED), "{journal}");
    assert!(!journal.contains("before") && written > 1, "{journal}");
    // The command of `systemctl reload`.
    assert!(unit.contains("\nExecReload=kill -USR1 $MAINPID\n"));
    send(&child, Signal::USR1);
    wait_until(|| recipe.text("journal").contains("imsdk-annotate: most frequent codes: -204 ("));
    send(&child, Signal::TERM);
    assert_eq!(child.wait().unwrap().signal(), Some(Signal::TERM.as_raw()));
    let counted = recipe.text("journal").lines().filter(|line| line.contains(ANNOTATED)).count();
    let sample = format!("{{code=\"-204\",category=\"auth\",severity=\"error\"}} {counted}\n");
    assert!(recipe.text(metrics).contains(&sample), "{}", recipe.text(metrics));
}
