//! Measures the time of one line through a program, while the pipe stays open and idle between lines:
//! `latency PROGRAM`.
//! Prints the median and the 99th percentile of 10,000 lines, in microseconds.

use std::env;
use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const LINES: usize = 10_000;
const LINE: &[u8] = b"2026-05-16 05:24:08|1243|ERROR|login|openid=672217338169|iret=-204|cost=264\n";
/// The pause between lines: long enough for the program to be waiting when the next line comes.
const IDLE: Duration = Duration::from_micros(200);

fn main() -> Result<(), Box<dyn Error>> {
    let program = env::args().nth(1).ok_or("usage: latency PROGRAM")?;
    let mut child = Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut stdin = child.stdin.take().ok_or("no standard input")?;
    let mut stdout = BufReader::new(child.stdout.take().ok_or("no standard output")?);
    let mut delays = Vec::with_capacity(LINES);
    let mut line = Vec::new();
    for _ in 0..LINES {
        let start = Instant::now();
        stdin.write_all(LINE)?;
        line.clear();
        stdout.read_until(b'\n', &mut line)?;
        delays.push(start.elapsed());
        thread::sleep(IDLE);
    }
    drop(stdin);
    child.wait()?;
    delays.sort_unstable();
    let micros = |part: usize| delays[LINES * part / 100].as_secs_f64() * 1e6;
    println!("median {:.1}, 99th percentile {:.1}", micros(50), micros(99));
    Ok(())
}
