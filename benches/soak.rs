//! Sends many lines through the program and back through `--strip`, with pauses, and checks checksums and memory.
//!
//! `soak LINES [OPTION...]`: both runs of the program take the options, for example `--fields`. The program is the
//! binary that cargo built together with this bench.

use flate2::Crc;
use std::io::{self, BufWriter, Read, Write};
use std::process::{Child, ChildStdin, Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

/// The most memory that the program may have in use.
const MEMORY_MAX_KIB: u64 = 16 * 1024;
/// The most by which the memory in use may grow after the first tenth of the lines.
const GROWTH_MAX_KIB: u64 = 1024;

const PIECES: [&[u8]; 16] = [
    b"2026-05-01 10:00:00,123 INFO ",
    b"openid=7 ",
    b"ret=-204 ",
    b"\"code\":-1,",
    b"retCode[-301]",
    b"iret: 5 ",
    b"ret=-31337 ",
    b"exit code: 1 ",
    b"\x1b[1;33mwarning\x1b[0m ",
    "登录失败 ".as_bytes(),
    b"\xff\0\x01",
    b"a plain piece of a line, with nothing in it that is a field ",
    b"GET /v2/login?session=0123456789abcdef HTTP/1.1 200 ",
    b"x",
    b"{\"a\":{\"b\":[1,2,3]}}",
    b"\r",
];

/// A generator of random numbers (xorshift), which gives the same numbers in each run.
struct Random(u64);

impl Random {
    /// Returns a number from 0 to `end` - 1.
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) % end
    }

    /// Makes the next line, with its newline. Most lines have a few pieces, a few have many, and one in a million has
    /// about a million bytes.
    fn line(&mut self, line: &mut Vec<u8>) {
        line.clear();
        let pieces = match self.below(1_000_000) {
            0 => 50_000,
            1..1000 => self.below(300),
            _ => self.below(10),
        };
        for _ in 0..pieces {
            line.extend_from_slice(PIECES[self.below(PIECES.len() as u64) as usize]);
        }
        line.push(b'\n');
    }
}

/// The number of bytes that went by, and their checksum.
#[derive(Debug, Default)]
struct Sum {
    bytes: u64,
    crc: Crc,
}

impl Sum {
    fn add(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        self.crc.update(bytes);
    }

    fn numbers(&self) -> (u64, u32) {
        (self.bytes, self.crc.sum())
    }
}

/// Sends a number of lines, and stores the number of lines sent so far in `sent`. Returns the sum of all bytes.
fn send(lines: u64, stdin: ChildStdin, sent: &AtomicU64) -> io::Result<Sum> {
    let mut wtr = BufWriter::with_capacity(64 * 1024, stdin);
    let (mut random, mut sum, mut line) = (Random(0x9E37_79B9_7F4A_7C15), Sum::default(), Vec::new());
    for number in 1..=lines {
        random.line(&mut line);
        sum.add(&line);
        wtr.write_all(&line)?;
        if random.below(200_000) == 0 {
            wtr.flush()?;
            thread::sleep(Duration::from_millis(random.below(50)));
        }
        sent.store(number, Ordering::Relaxed);
    }
    wtr.flush()?;
    Ok(sum)
}

fn receive(rdr: &mut impl Read) -> io::Result<Sum> {
    let (mut sum, mut buffer) = (Sum::default(), vec![0; 256 * 1024]);
    loop {
        match rdr.read(&mut buffer)? {
            0 => return Ok(sum),
            count => sum.add(&buffer[..count]),
        }
    }
}

/// Returns the memory that a process has in use, in KiB; `None` if the system does not report it.
fn resident_kib(id: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    resident.trim().trim_end_matches(" kB").parse().ok()
}

fn start(options: &[String], stdin: Stdio) -> io::Result<Child> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_imsdk-annotate"));
    // The user's own configuration is not read.
    command.args(options).env("IMSDK_ANNOTATE_CONFIG", "").stdin(stdin).stdout(Stdio::piped()).spawn()
}

/// Prints progress until all lines are sent. Returns the most memory, in KiB, that each process had in use until a
/// tenth of the lines was sent, and after that.
fn watch(ids: [u32; 2], lines: u64, sent: &AtomicU64, begun: Instant) -> [[u64; 2]; 2] {
    let mut most = [[0; 2]; 2];
    let mut told = 0;
    while sent.load(Ordering::Relaxed) < lines {
        thread::sleep(Duration::from_millis(20));
        let count = sent.load(Ordering::Relaxed);
        let is_late = usize::from(count > lines / 10);
        for (most, id) in most.iter_mut().zip(ids) {
            most[is_late] = most[is_late].max(resident_kib(id).unwrap_or(0));
        }
        if count * 10 / lines > told {
            told = count * 10 / lines;
            eprintln!("{count} lines, {:.0} s, {most:?} KiB", begun.elapsed().as_secs_f64());
        }
    }
    most
}

fn soak(lines: u64, options: &[String]) -> io::Result<bool> {
    let begun = Instant::now();
    let mut annotate = start(options, Stdio::piped())?;
    let stdin = annotate.stdin.take().expect("it is piped");
    let annotated = annotate.stdout.take().expect("it is piped");
    let mut strip = start(&[options, &["--strip".to_owned()]].concat(), annotated.into())?;
    let mut stdout = strip.stdout.take().expect("it is piped");
    let (ids, sent) = ([annotate.id(), strip.id()], AtomicU64::new(0));
    let (sums, most) = thread::scope(|scope| {
        let sender = scope.spawn(|| send(lines, stdin, &sent));
        let watcher = scope.spawn(|| watch(ids, lines, &sent, begun));
        let received = receive(&mut stdout);
        (sender.join().map(|sum| [sum, received]), watcher.join())
    });
    let [sent, received] = sums.expect("the sender does not panic").map(|sum| sum.map(|sum| sum.numbers()));
    let (sent, received, most) = (sent?, received?, most.expect("the watcher does not panic"));
    let ended_well = annotate.wait()?.success() & strip.wait()?.success();
    println!("{lines} lines, {} bytes, {:.1} s", sent.0, begun.elapsed().as_secs_f64());
    println!("bytes and checksum sent {sent:?}, received {received:?}");
    println!("memory in the first tenth and later, annotating {:?}, stripping {:?} KiB", most[0], most[1]);
    // A small number of lines may be sent before the first measurement: `early` is 0 then.
    let is_flat = |[early, late]: [u64; 2]| {
        (early == 0 || late <= early + GROWTH_MAX_KIB) && early.max(late) <= MEMORY_MAX_KIB
    };
    let is_flat = most.into_iter().all(is_flat);
    Ok(ended_well && sent == received && is_flat)
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let Some(Ok(lines)) = arguments.first().map(|lines| lines.parse()) else {
        eprintln!("usage: soak LINES [OPTION...]");
        return ExitCode::from(2);
    };
    match soak(lines, &arguments[1..]) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!("soak: failed");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("soak: {error}");
            ExitCode::FAILURE
        }
    }
}
