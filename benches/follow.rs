//! Measures following: `follow delay`, `follow idle FILES`, `follow soak rename|copytruncate|compress SECONDS`.
//!
//! The program is the binary that cargo built together with this bench. `delay` needs GNU tail, `soak compress` needs gzip.

use rustix::process::{Pid, Resource, Rlimit, getrlimit, kill_process, setrlimit};
use std::error::Error;
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use std::{env, io, thread};

const PROGRAM: &str = env!("CARGO_BIN_EXE_imsdk-annotate");
/// The lines of one round of `delay`; the programs take turns.
const ROUND_LINES: usize = 1_000;
const ROUNDS: usize = 7;
/// The pause between lines: long enough for the program to be waiting when the next line comes.
const IDLE: Duration = Duration::from_millis(1);
/// The time over which `idle` counts the CPU time, and the time before it in which the program finds the files.
const IDLE_COUNTED: Duration = Duration::from_secs(20);
const IDLE_BEFORE: Duration = Duration::from_secs(3);
/// The most open files of `idle` with more files than this.
const OPEN_MAX: u64 = 256;
/// The writer of `soak`: 200 lines each millisecond, and a rotation each second.
const TICK: Duration = Duration::from_millis(1);
const TICK_LINES: u64 = 200;
const ROTATION: Duration = Duration::from_secs(1);
/// The most lines that the program may be behind before the writer of `soak copytruncate` cuts the file: what is written between
/// two looks at a file is lost for everybody who follows it.
const COPY_PAUSE: Duration = Duration::from_millis(300);

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let folder = tempfile::tempdir()?;
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["delay"] => delay(folder.path()).map(|()| ExitCode::SUCCESS),
        ["idle", files] => idle(folder.path(), files.parse()?).map(|()| ExitCode::SUCCESS),
        ["soak", kind @ ("rename" | "copytruncate" | "compress"), seconds] => {
            soak(folder.path(), kind, Duration::from_secs(seconds.parse()?))
        }
        _ => Err("usage: follow delay | idle FILES | soak rename|copytruncate|compress SECONDS".into()),
    }
}

/// Prints the times from the write of a line to its arrival, in microseconds, for tail and for the program.
fn delay(folder: &Path) -> Result<(), Box<dyn Error>> {
    let mut programs = [("tail -F | cat", Vec::new()), ("imsdk-annotate -F", Vec::new())];
    for round in 0..ROUNDS {
        for (place, (_, delays)) in programs.iter_mut().enumerate() {
            let path = folder.join(format!("{round}.{place}.log"));
            let mut log = File::create(&path)?;
            let mut command = if place == 0 {
                let mut command = Command::new("sh");
                command.args(["-c", "tail -F \"$1\" | cat", "sh"]).arg(&path);
                command
            } else {
                let mut command = Command::new(PROGRAM);
                command.arg("-F").arg(&path);
                command
            };
            let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
            let mut stdout = BufReader::new(child.stdout.take().ok_or("no standard output")?);
            let mut line = Vec::new();
            for number in 0..=ROUND_LINES {
                thread::sleep(if number == 0 { Duration::from_millis(300) } else { IDLE });
                let start = Instant::now();
                log.write_all(
                    b"2026-05-16 05:24:08|1243|ERROR|login|openid=672217338169|iret=-204|cost=264\n",
                )?;
                line.clear();
                stdout.read_until(b'\n', &mut line)?;
                // The first line waits for the start of the programs.
                if number > 0 {
                    delays.push(start.elapsed());
                }
            }
            child.kill()?;
            child.wait()?;
            // The programs behind the shell end at their next write.
            drop(stdout);
            log.write_all(b"end\nend\n")?;
        }
    }
    for (name, delays) in &mut programs {
        delays.sort_unstable();
        let micros = |part: usize| delays[delays.len() * part / 100].as_secs_f64() * 1e6;
        println!("{name}: median {:.1}, 99th percentile {:.1}", micros(50), micros(99));
    }
    Ok(())
}

/// Prints the share of a CPU that following idle files takes; with at most 256 open files where there are more.
fn idle(folder: &Path, files: u64) -> Result<(), Box<dyn Error>> {
    for number in 0..files {
        fs::write(folder.join(format!("{number}.log")), "ret=-204\n".repeat(20))?;
    }
    if files > OPEN_MAX {
        let limit = Rlimit { current: Some(OPEN_MAX), ..getrlimit(Resource::Nofile) };
        setrlimit(Resource::Nofile, limit)?;
    }
    let mut child = follow(&folder.join("*.log"))?;
    drain(&mut child);
    thread::sleep(IDLE_BEFORE);
    let before = cpu_time(&child)?;
    thread::sleep(IDLE_COUNTED);
    let used = (cpu_time(&child)? - before).as_secs_f64();
    println!("{files} files: {:.2} % of a CPU", 100.0 * used / IDLE_COUNTED.as_secs_f64());
    child.kill()?;
    child.wait()?;
    Ok(())
}

/// Follows a file that is written and rotated, and checks that each line comes once and in order, and that memory stays flat.
fn soak(folder: &Path, kind: &str, time: Duration) -> Result<ExitCode, Box<dyn Error>> {
    let path = folder.join("server.log");
    File::create(&path)?;
    // By rename, the rotated files are under the glob, too.
    let wanted = if kind == "copytruncate" { path.clone() } else { folder.join("server.log*") };
    let mut child = follow(&wanted)?;
    let stdout = child.stdout.take().ok_or("no standard output")?;
    let (written, read) = (AtomicU64::new(u64::MAX), AtomicU64::new(0));
    let result = thread::scope(|scope| {
        let check = scope.spawn(|| check(BufReader::with_capacity(1 << 20, stdout), &written, &read));
        let memory = write(&path, kind, time, &child, &read);
        let (count, memory) = memory?;
        written.store(count, Ordering::Relaxed);
        let start = Instant::now();
        while read.load(Ordering::Relaxed) < count && start.elapsed() < Duration::from_secs(20) {
            thread::sleep(Duration::from_millis(10));
        }
        kill_process(Pid::from_child(&child), rustix::process::Signal::TERM)?;
        let wrong = check.join().map_err(|_| io::Error::other("the check broke"))?;
        Ok::<_, io::Error>((count, memory, wrong))
    });
    child.wait()?;
    let (count, memory, wrong) = result?;
    let arrived = read.load(Ordering::Relaxed);
    println!(
        "{kind}: {count} lines written, {arrived} came in order; memory {} to {} KiB",
        memory[0], memory[1]
    );
    if let Some(wrong) = wrong {
        println!("{kind}: {wrong}");
    }
    Ok(if arrived == count { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Writes numbered lines and rotates the file. Returns their number, and the program's memory after a tenth of the time and at
/// the end, in KiB.
fn write(
    path: &Path,
    kind: &str,
    time: Duration,
    child: &Child,
    read: &AtomicU64,
) -> io::Result<(u64, [u64; 2])> {
    let open = || OpenOptions::new().create(true).append(true).open(path);
    let mut log = open()?;
    let (start, mut rotated, mut count, mut early) = (Instant::now(), Instant::now(), 0, 0);
    let mut gzip: Option<Child> = None;
    for tick in 0.. {
        if start.elapsed() >= time {
            break;
        }
        if early == 0 && start.elapsed() >= time / 10 {
            early = memory(child)?;
        }
        let mut text = String::new();
        for number in count..count + TICK_LINES {
            text +=
                &format!("{number} 2026-05-16 05:24:08|ERROR|login|openid=672217338169|iret=-204|cost=264\n");
        }
        count += TICK_LINES;
        // Two writes, of which the first ends within a line.
        let (first, second) = text.as_bytes().split_at(text.len() / 2 + tick % 50);
        log.write_all(first)?;
        log.write_all(second)?;
        if rotated.elapsed() >= ROTATION {
            rotated = Instant::now();
            let old = PathBuf::from(format!("{}.1", path.display()));
            if kind == "copytruncate" {
                let waited = Instant::now();
                while read.load(Ordering::Relaxed) < count && waited.elapsed() < Duration::from_secs(10) {
                    thread::sleep(TICK);
                }
                fs::copy(path, &old)?;
                log.set_len(0)?;
                thread::sleep(COPY_PAUSE);
            } else {
                if let Some(mut gzip) = gzip.take() {
                    gzip.wait()?;
                }
                fs::rename(path, &old)?;
                log = open()?;
            }
            if kind == "compress" {
                gzip = Some(Command::new("gzip").args(["-f", "-1"]).arg(&old).spawn()?);
            }
        }
        let due = TICK * u32::try_from(tick).unwrap_or(u32::MAX);
        thread::sleep(due.saturating_sub(start.elapsed()));
    }
    if let Some(mut gzip) = gzip {
        gzip.wait()?;
    }
    Ok((count, [early, memory(child)?]))
}

/// Reads lines until the output ends, and counts those that come in their order. Returns the first that does not.
fn check(mut rdr: impl BufRead, written: &AtomicU64, read: &AtomicU64) -> Option<String> {
    let (mut line, mut next, mut wrong) = (Vec::new(), 0_u64, None);
    loop {
        line.clear();
        if rdr.read_until(b'\n', &mut line).unwrap_or(0) == 0 {
            return wrong;
        }
        let text = format!(
            "{next} 2026-05-16 05:24:08|ERROR|login|openid=672217338169|iret=-204 (auth: user session is failure!)|cost=264\n"
        );
        if line != text.as_bytes() || next >= written.load(Ordering::Relaxed) {
            wrong.get_or_insert_with(|| format!("{:?} in place of {next}", String::from_utf8_lossy(&line)));
            continue;
        }
        next += 1;
        read.store(next, Ordering::Relaxed);
    }
}

fn follow(wanted: &Path) -> io::Result<Child> {
    Command::new(PROGRAM).args(["--tail", "all", "-F"]).arg(wanted).stdout(Stdio::piped()).spawn()
}

/// Reads the output of a program, on a thread of its own.
fn drain(child: &mut Child) {
    if let Some(mut stdout) = child.stdout.take() {
        thread::spawn(move || io::copy(&mut stdout, &mut io::sink()));
    }
}

/// Returns the CPU time of a process, with all its threads.
fn cpu_time(child: &Child) -> Result<Duration, Box<dyn Error>> {
    let mut sum = 0;
    for thread in fs::read_dir(format!("/proc/{}/task", child.id()))? {
        let stat = fs::read_to_string(thread?.path().join("schedstat"))?;
        sum += stat.split(' ').next().unwrap_or("").parse::<u64>()?;
    }
    Ok(Duration::from_nanos(sum))
}

/// Returns the memory that a process has in use, in KiB.
fn memory(child: &Child) -> io::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id()))?;
    let row = status.lines().find_map(|row| row.strip_prefix("VmRSS:"));
    row.and_then(|row| row.trim().strip_suffix(" kB")?.parse().ok())
        .ok_or_else(|| io::Error::other("no VmRSS"))
}
