//! The drawing of the table of --live: how often, and what stays of it when the window changes and other text comes.

use crate::in_folder::folder_with;
use crate::live_table::{drawings, log_of, rows_above_cursor, start};
use crate::packed::pack;
use crate::signals::{send, wait_until};
use rustix::process::Signal;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::time::{Duration, Instant};

#[test]
fn it_is_drawn_ten_times_a_second_at_most_and_not_at_all_where_nothing_changes() {
    let mut run = start(&[], 80, 24);
    run.wait_for_drawing();
    // The clock in the first line goes on, and nothing else.
    let (start, before) = (Instant::now(), drawings(&run.terminal));
    std::thread::sleep(Duration::from_millis(2500));
    let (count, seconds) = (drawings(&run.terminal) - before, start.elapsed().as_secs_f64());
    assert!(count >= 1 && count as f64 <= seconds + 1.0, "{count} in {seconds} s");
    // Each message would draw it again.
    let (start, before) = (Instant::now(), drawings(&run.terminal));
    while start.elapsed() < Duration::from_millis(1500) {
        run.feed("ret=-204\n");
        send(&run.terminal.child, Signal::USR1);
        std::thread::sleep(Duration::from_millis(5));
    }
    let (count, seconds) = (drawings(&run.terminal) - before, start.elapsed().as_secs_f64());
    assert!(count >= 3 && count as f64 <= 10.0 * seconds + 2.0, "{count} in {seconds} s");
    let rows = run.end();
    assert_eq!(rows.iter().filter(|row| row.contains("last line")).count(), 1, "{rows:#?}");
}

#[test]
fn nothing_is_left_behind_when_the_window_changes() {
    // On a busy machine, a drawing may come while the size changes.
    assert!((0..20).any(|_| changes_the_window()));
}

/// Changes the window again and again, and looks at what stays. Returns false if something came while it changed.
fn changes_the_window() -> bool {
    let mut run = start(&[], 90, 90);
    run.feed(&log_of(12));
    run.feed(&format!("{} ret=-204 x\n", "y".repeat(200)).repeat(20));
    run.wait_for_row("-1011       1");
    for (columns, rows) in [(50, 90), (31, 60), (120, 40), (20, 90), (80, 30), (79, 24)] {
        run.wait_for_drawing();
        if !run.terminal.resize(columns, rows) {
            return false;
        }
        run.wait_for_drawing();
        let all = run.terminal.window().all_rows();
        let amounts = all.iter().filter(|row| row.starts_with("0:00:")).count();
        let titles = all.iter().filter(|row| row.starts_with("   code")).count();
        assert_eq!((amounts, titles), (1, 1), "{columns}x{rows}: {all:#?}");
        // The amounts, the titles, 13 codes, and the row of the cursor.
        assert_eq!(all.len(), 16, "{columns}x{rows}: {all:#?}");
    }
    assert_eq!(run.end().len(), 15);
    true
}

#[test]
fn messages_and_reports_go_above_it() {
    let folder = folder_with(&["a.log"]);
    let damaged = pack("gzip", b"ret=-5\n");
    fs::write(folder.path().join("b.gz"), &damaged[..damaged.len() - 4]).unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let args = ["--report-every", "1s", "--report", "json=-", "-", &path("b.gz"), "-", &path("no.log")];
    let mut run = start(&args, 100, 24);
    run.feed("ret=-204\n");
    run.wait_for_row("-204       1");
    send(&run.terminal.child, Signal::USR1);
    wait_until(|| {
        run.terminal.window().all_rows().iter().filter(|row| row.starts_with("{\"format\"")).count() >= 2
    });
    run.wait_for_row("-204       1");
    drop(run.stdin_wtr);
    let (status, window) = run.terminal.end();
    assert_eq!(status.code(), Some(3));
    let all = rows_above_cursor(&window);
    let amounts: Vec<usize> = (0..all.len()).filter(|row| all[*row].starts_with("0:00:")).collect();
    let [table] = amounts[..] else { panic!("{all:#?}") };
    assert!(all[table].contains(", trouble with 2 inputs, 2 lines (16 B)"), "{all:#?}");
    let place = |text: &str| {
        all.iter().position(|row| row.contains(text)).unwrap_or_else(|| panic!("{text}: {all:#?}"))
    };
    assert!(place("b.gz: ") < table && place("no.log: no such file") < table, "{all:#?}");
    // The report at the end is below.
    assert!(place("\"complete\": false") < table, "{all:#?}");
    assert!(all[table + 4].starts_with('{'), "{all:#?}");
}

#[test]
fn a_signal_is_answered_above_it() {
    let mut run = start(&[], 80, 24);
    run.feed("ret=-204\n");
    run.wait_for_row("-204       1");
    send(&run.terminal.child, Signal::USR1);
    run.wait_for_row("imsdk-annotate: most frequent codes: -204 (1)");
    let rows = run.end();
    assert_eq!(rows.len(), 3 + 3, "{rows:#?}");
    assert!(rows[..3].iter().all(|row| row.starts_with("imsdk-annotate: ")), "{rows:#?}");
}

#[test]
fn it_stays_when_a_signal_ends_the_program() {
    let folder = folder_with(&["a.log"]);
    let log = folder.path().join("a.log");
    for follow in [false, true] {
        let args = if follow { vec!["-F", "--tail", "all", log.to_str().unwrap()] } else { Vec::new() };
        let mut run = start(&args, 80, 24);
        if !follow {
            run.feed("ret=-1\n");
        }
        run.wait_for_row("-1       1");
        send(&run.terminal.child, Signal::INT);
        let (status, window) = run.terminal.end();
        assert_eq!(status.signal(), Some(Signal::INT.as_raw()));
        let rows = rows_above_cursor(&window);
        assert_eq!(rows.len(), 3, "{rows:#?}");
        assert!(rows[2].starts_with("    -1       1  "), "{rows:#?}");
    }
}

#[test]
fn after_a_stop_it_is_drawn_below_what_others_wrote() {
    let mut run = start(&[], 80, 24);
    run.feed("ret=-1\n");
    run.wait_for_row("-1       1");
    send(&run.terminal.child, Signal::STOP);
    send(&run.terminal.child, Signal::CONT);
    run.feed("ret=-1\n");
    run.wait_for_row("-1       2");
    let rows = run.end();
    assert!(rows[2].starts_with("    -1       1  ") && rows[5].starts_with("    -1       2  "), "{rows:#?}");
}
