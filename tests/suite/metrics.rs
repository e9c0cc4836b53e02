//! --metrics: the file while the run goes on, its rights, trouble with it, and readers of it.

use crate::command::{binary, output_of};
use crate::in_folder::{make_pipe, mode, run, settle, succeed};
use crate::signals::{ANNOTATED, LINE, send, start, wait_until};
use rustix::process::Signal;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::FileTypeExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

/// Returns the samples of a file of metrics, which must be whole.
fn samples(path: &Path) -> BTreeMap<String, f64> {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.ends_with('\n') && text.contains("imsdk_annotate_build_info{"), "{text}");
    let samples = text.lines().filter(|line| !line.starts_with('#'));
    let sample = |line: &str| {
        let (name, value) = line.rsplit_once(' ').unwrap();
        (name.to_owned(), value.parse().unwrap())
    };
    let parsed: BTreeMap<_, _> = samples.clone().map(sample).collect();
    assert_eq!(parsed.len(), samples.count(), "a sample stands there twice");
    parsed
}

const AUTH: &str = "imsdk_return_codes_total{code=\"-204\",category=\"auth\",severity=\"error\"}";
const ACTION: &str = "imsdk_return_codes_total{code=\"5\",category=\"action\",severity=\"action\"}";

/// The same as `AUTH`, with the labels in the order of their names.
const BY_NAME: &str = "imsdk_return_codes_total{category=\"auth\",code=\"-204\",severity=\"error\"}";

#[test]
fn the_file_has_all_errors_at_once_and_the_counts_while_input_waits() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("imsdk.prom");
    let argument = format!("{},1s", path.display());
    let mut run = start(binary().args(["--metrics", &argument, "--users", "openid"]));
    run.feed(b"");
    wait_until(|| path.exists());
    let first = samples(&path);
    assert_eq!((first[AUTH], first[ACTION]), (0.0, 0.0));
    run.feed(&LINE.repeat(2));
    run.feed(b"ret=1 ret=-31337\nret=-20");
    wait_until(|| samples(&path)["imsdk_lines_total"] == 3.0);
    let later = samples(&path);
    assert_eq!((later[AUTH], later["imsdk_unknown_return_codes_total"]), (2.0, 1.0));
    assert_eq!(later["imsdk_read_bytes_total"], 36.0 + 17.0);
    assert_eq!(later["imsdk_affected_users{code=\"-204\"}"], 1.0);
    assert!(
        !first.keys().any(|key| key.contains("code=\"1\""))
            && later.keys().any(|key| key.contains("code=\"1\""))
    );
    // Written again without a change.
    let before = fs::metadata(&path).unwrap().modified().unwrap();
    wait_until(|| fs::metadata(&path).unwrap().modified().unwrap() > before);
    run.feed(b"4\n");
    assert!(run.ended_in_order().starts_with(ANNOTATED));
    let last = samples(&path);
    assert_eq!((last[AUTH], last["imsdk_lines_total"]), (3.0, 4.0));
    assert_eq!(last["imsdk_annotate_start_time_seconds"], first["imsdk_annotate_start_time_seconds"]);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
}

#[test]
fn a_signal_writes_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("imsdk.prom");
    let mut run = start(binary().arg("--metrics").arg(format!("{},1h", path.display())));
    run.feed(LINE);
    wait_until(|| {
        send(&run.child, Signal::USR1);
        samples(&path)[AUTH] == 1.0
    });
    send(&run.child, Signal::TERM);
    let mut child = run.child;
    child.wait().unwrap();
    assert_eq!(samples(&path)[AUTH], 1.0);
}

#[test]
fn everybody_may_read_the_file_as_far_as_the_mask_allows() {
    for (mask, expected) in [("022", 0o644), ("002", 0o644), ("027", 0o640), ("077", 0o600)] {
        let folder = tempfile::tempdir().unwrap();
        let program = env!("CARGO_BIN_EXE_imsdk-annotate");
        let script = format!("umask {mask}; exec {program} --no-config -q --metrics m.prom");
        let status =
            Command::new("sh").args(["-c", &script]).current_dir(&folder).stdin(Stdio::null()).status();
        assert!(status.unwrap().success());
        assert_eq!(mode(folder.path().join("m.prom")), expected, "{mask}");
    }
}

#[test]
fn threads_folders_and_archives_are_counted_as_in_reports() {
    let folder = tempfile::tempdir().unwrap();
    let text = "2026-05-01 10:00:00 ret=-204 x ret=5\nret=-31337\n".repeat(60_000);
    for name in ["a.log", "b.log"] {
        fs::write(folder.path().join(name), &text).unwrap();
    }
    settle(&folder);
    for args in [&["-j1", "-q"][..], &["-j3", "-q"], &["-j3", "--output-dir", "out"]] {
        succeed(folder.path(), &[args, &["--metrics", "m.prom,1s", "a.log", "b.log"]].concat());
        let counted = samples(&folder.path().join("m.prom"));
        assert_eq!((counted[AUTH], counted[ACTION]), (120_000.0, 120_000.0), "{args:?}");
        assert_eq!(counted["imsdk_unknown_return_codes_total"], 120_000.0);
        assert_eq!(counted["imsdk_lines_total"], 240_000.0);
        assert_eq!(counted["imsdk_read_bytes_total"], 2.0 * text.len() as f64);
    }
    // The metrics were counted, so that a report of the same run can go on with them.
    let args = ["--output-dir", "out", "--resume", "--metrics", "out/m.prom", "a.log", "b.log"];
    let output = run(folder.path(), &args);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("2 left out"), "{output:?}");
    assert_eq!(samples(&folder.path().join("out/m.prom"))[AUTH], 120_000.0);
}

#[test]
fn an_input_that_cannot_be_read_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.log"), LINE).unwrap();
    let output = run(folder.path(), &["-q", "--metrics", "m.prom", "a.log", "missing", "gone"]);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(samples(&folder.path().join("m.prom"))["imsdk_inputs_trouble_total"], 2.0);
}

#[test]
fn a_file_that_cannot_be_written_is_said_once_and_stops_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none").join("m.prom");
    let mut run = start(binary().arg("--metrics").arg(format!("{},1s", path.display())));
    run.feed(&LINE.repeat(2));
    thread::sleep(Duration::from_millis(1300));
    let (status, stdout, said) = run.end();
    assert_eq!((status, stdout), (Some(2), ANNOTATED.repeat(2)));
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains("there is no folder"), "{said}");
    // A folder that comes later gets the file; the status stays.
    let mut run = start(binary().arg("--metrics").arg(format!("{},1s", path.display())));
    run.feed(LINE);
    fs::create_dir(path.parent().unwrap()).unwrap();
    wait_until(|| path.exists());
    assert_eq!(run.end().0, Some(2));
    assert_eq!(samples(&path)[AUTH], 1.0);
}

#[test]
fn devices_and_pipes_are_written_and_stay() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe");
    make_pipe(&path);
    let reader = thread::spawn({
        let path = path.clone();
        move || fs::read_to_string(path).unwrap()
    });
    let output = output_of(binary().arg("--metrics").arg(&path), LINE);
    assert_eq!((output.status.code(), &output.stdout[..]), (Some(0), ANNOTATED));
    let text = reader.join().unwrap();
    assert_eq!(text.matches("\nimsdk_lines_total 0\n").count(), 1);
    assert_eq!(text.matches("\nimsdk_lines_total 1\n").count(), 1);
    assert!(fs::metadata(&path).unwrap().file_type().is_fifo());
    // A device node of its own, where the test may make one.
    let null = folder.path().join("null");
    let made = Command::new("mknod").arg(&null).args(["c", "1", "3"]).stderr(Stdio::null()).status();
    if made.is_ok_and(|status| status.success()) && File::create(&null).is_ok() {
        let output = output_of(binary().arg("--metrics").arg(&null), LINE);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert!(fs::metadata(&null).unwrap().file_type().is_char_device());
    } else {
        println!("left out: no device can be made here");
    }
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1 + usize::from(null.exists()));
}

#[test]
fn labels_of_a_catalog_are_escaped() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = "code,message,category\n-700,x,\"a\\b\"\"c\"\n";
    fs::write(folder.path().join("c.csv"), catalog).unwrap();
    fs::write(folder.path().join("a.log"), "ret=-700\n").unwrap();
    let output = run(folder.path(), &["-q", "--catalog", "c.csv", "--metrics", "m.prom", "a.log"]);
    if output.status.code() == Some(2) {
        // The catalog refuses such a category itself.
        return;
    }
    let text = fs::read_to_string(folder.path().join("m.prom")).unwrap();
    assert!(text.contains(r#"{code="-700",category="a\\b\"c",severity="error"} 1"#), "{text}");
    assert!(!text.contains("catalog=\"built-in\""));
    promtool_checks(&folder.path().join("m.prom"));
}

/// Returns true if a program is installed; prints a word where it is not.
fn is_installed(program: &str) -> bool {
    let mut command = Command::new(program);
    let is_there = command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    if !is_there {
        println!("left out: there is no {program}");
    }
    is_there
}

fn promtool_checks(path: &Path) {
    if is_installed("promtool") {
        let mut command = Command::new("promtool");
        let output = command.args(["check", "metrics"]).stdin(File::open(path).unwrap()).output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    }
}

#[test]
fn promtool_and_node_exporter_read_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("imsdk.prom");
    let mut run =
        start(binary().arg("--users").arg("openid").arg("--metrics").arg(format!("{},1s", path.display())));
    wait_until(|| path.exists());
    promtool_checks(&path);
    run.feed(LINE);
    wait_until(|| samples(&path)[AUTH] == 1.0);
    promtool_checks(&path);
    let exporter = "prometheus-node-exporter";
    if is_installed(exporter) {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = Command::new(exporter);
        command.arg(format!("--collector.textfile.directory={}", folder.path().display()));
        command.args(["--collector.disable-defaults", "--collector.textfile"]);
        command.arg(format!("--web.listen-address=127.0.0.1:{port}"));
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        wait_until(|| TcpStream::connect(("127.0.0.1", port)).is_ok());
        // Read many times, while the file is replaced.
        for _ in 0..200 {
            let page = page(port);
            assert!(page.contains("\nnode_textfile_scrape_error 0\n"), "{page}");
            assert!(page.contains(&format!("\n{BY_NAME} 1\n")), "{page}");
            assert!(page.contains("# TYPE imsdk_return_codes_total counter\n"));
            send(&run.child, Signal::USR1);
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert_eq!(run.end().0, Some(0));
}

fn page(port: u16) -> String {
    use std::io::Write;
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.write_all(b"GET /metrics HTTP/1.0\r\n\r\n").unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).unwrap();
    page
}

/// By the rules of Prometheus itself, the first field with a code is a growth by one.
#[test]
fn the_first_event_is_a_growth_by_one() {
    if !is_installed("promtool") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.prom");
    let mut run = start(binary().arg("--metrics").arg(format!("{},1s", path.display())));
    wait_until(|| path.exists());
    let before = samples(&path)[AUTH];
    run.feed(LINE);
    wait_until(|| samples(&path)[AUTH] > 0.0);
    let after = samples(&path)[AUTH];
    run.ended_in_order();
    let rules = "groups:\n- name: imsdk\n  rules:\n  - record: grown\n    expr: increase(imsdk_return_codes_total[4m])\n";
    fs::write(folder.path().join("rules.yml"), rules).unwrap();
    let test = format!(
        "rule_files: [rules.yml]\nevaluation_interval: 1m\ntests:\n- interval: 1m\n  input_series:\n  \
         - series: '{AUTH}'\n    values: '{before} {before} {after} {after} {after}'\n  promql_expr_test:\n  \
         - expr: round(increase(imsdk_return_codes_total[4m]))\n    eval_time: 4m\n    exp_samples:\n    \
         - labels: '{{code=\"-204\", category=\"auth\", severity=\"error\"}}'\n      value: 1\n"
    );
    fs::write(folder.path().join("test.yml"), test).unwrap();
    let output = Command::new("promtool").args(["test", "rules", "test.yml"]).current_dir(&folder).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{output:?}");
}
