//! Threads: the same bytes for every number of threads, in bounded memory.

use crate::command::{annotate, binary, isolated, output_of, peak_kib};
use crate::in_folder::outputs;
use crate::packed::pack;
use crate::source;
use imsdk_annotate::Annotator;
use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::{Command, Stdio};

fn log(bytes: usize, seed: usize) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes + 100);
    let mut number = seed;
    while text.len() < bytes {
        number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        match (number >> 33) % 5 {
            0 => text.extend_from_slice(b"\n"),
            1 => text.extend_from_slice(b"\x1b[31mret=-204\x1b[0m code: -705\r\n"),
            2 => text.extend_from_slice(format!("{{\"ret\":-1,\"n\":{number}}}\n").as_bytes()),
            3 => text.extend_from_slice(b"exit code: 1 ret=5 ret=-204 (auth: user session is failure!)\n"),
            _ => text.resize(text.len() + (number >> 40) % 3000, b'.'),
        }
    }
    text
}

#[test]
fn each_number_of_threads_gives_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let mut expected = Vec::new();
    let annotator = Annotator::builder().color(true).build();
    // One large file and some small ones, lines that end near the end of a block, and a line of several blocks.
    let line = |length: usize| [&vec![b'x'; length - 8][..], b" ret=-1\n"].concat();
    let block = source::BLOCK_BYTES.value();
    let texts = [
        log(9 << 20, 1),
        log(10, 2),
        [line(block - 1), line(block), line(block + 1), line(20), log(1 << 20, 3)].concat(),
        [line(3 * block), line(100), line(5 * block + 1)].concat(),
        Vec::new(),
        log(3 << 20, 4),
        log(5 << 20, 5),
    ];
    let mut names = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        let packed = match index {
            5 => pack("gzip", text),
            6 => pack("zstd", text),
            _ => text.clone(),
        };
        names.push(folder.path().join(format!("{index}.log")));
        fs::write(&names[index], packed).unwrap();
        expected.extend(annotator.annotate(text));
    }
    let names: Vec<&str> = names.iter().map(|name| name.to_str().unwrap()).collect();
    for threads in ["-j1", "-j2", "-j3", "-j8", "-j64"] {
        let args = [&["--color=always", threads][..], &names].concat();
        assert!(annotate(&args, b"") == expected, "{threads}");
        let args = [&["--color=always", "--line-buffered", threads][..], &names].concat();
        assert!(annotate(&args, b"") == expected, "{threads}");
    }
}

#[test]
fn numbers_and_groups_of_lines_are_the_same_for_each_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    for seed in 1..8 {
        let (text, name) = (log(seed << 18, seed), format!("{seed}.log"));
        let text = if seed % 2 == 0 { text } else { pack("gzip", &text) };
        fs::write(folder.path().join(name), text).unwrap();
    }
    let folder = folder.path().to_str().unwrap();
    for options in
        [&["-n"][..], &["-n", "--only", "-204"], &["-C2", "--only", "-204"], &["-nB1", "--only", "-1"]]
    {
        let result = |threads: &str| annotate(&[options, &[threads, folder]].concat(), b"");
        let expected = result("-j1");
        assert!(!expected.is_empty());
        for threads in ["-j2", "-j5"] {
            assert!(result(threads) == expected, "{options:?} {threads}");
        }
    }
}

/// Blocks of one file are numbered by the lines of the blocks before them: also where a line goes through several blocks,
/// ends one byte before, at, or behind the end of a block, or where the file ends within a line.
#[test]
fn numbers_of_lines_go_on_from_block_to_block() {
    let folder = tempfile::tempdir().unwrap();
    let block = 512 * 1024;
    let line = |length: usize| [&b"ret=-204 "[..], &vec![b'.'; length - 10], b"\n"].concat();
    let texts = [
        log(3 << 20, 3),
        [line(block - 1), line(20), line(block), log(2 << 20, 4)].concat(),
        [line(block), line(3 * block + 5), line(block - 5), b"\n\nret=-1".to_vec()].concat(),
        [log(1 << 20, 5), vec![b'\n'; 1 << 20], line(70), vec![0; 1 << 20], log(1 << 20, 6)].concat(),
    ];
    for text in texts {
        let path = folder.path().join("a.log");
        fs::write(&path, &text).unwrap();
        for options in
            [&["-n"][..], &["-n", "--only", "-204"], &["-n", "--only", "error", "--encoding", "gbk"]]
        {
            let expected = annotate(options, &text);
            for threads in ["-j1", "-j2", "-j7"] {
                let args = [options, &[threads, path.to_str().unwrap()]].concat();
                assert!(annotate(&args, b"") == expected, "{options:?} {threads}");
            }
        }
    }
}

/// Blocks behind one that is never read, because nobody reads the output any more, do not wait for its lines.
#[test]
fn numbers_of_lines_wait_for_nothing_once_the_reader_has_gone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.log");
    fs::write(&path, log(24 << 20, 5)).unwrap();
    let script = "\"$0\" -n -j8 \"$1\" | head -n 1; \"$0\" -n -j8 \"$1\" > /dev/full";
    let mut command = isolated("sh");
    command.args(["-c", script]).arg(binary().get_program()).arg(&path);
    let output = output_of(&mut command, b"");
    assert!(output.stdout.starts_with(b"1:") && output.status.code() != Some(0), "{output:?}");
}

/// bzip2 and xz data of several blocks, whole, damaged, cut off, and with something behind it, is read block by block.
#[test]
fn blocks_give_the_same_bytes_and_the_same_trouble_for_each_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("a.log");
    fs::write(&text, log(5 << 20, 9)).unwrap();
    for (extension, level) in [("bz2", "1"), ("xz", "0")] {
        let whole = folder.path().join(format!("whole.{extension}"));
        annotate(&["-o", whole.to_str().unwrap(), "--level", level, text.to_str().unwrap()], b"");
        let packed = fs::read(&whole).unwrap();
        let mut damaged = packed.clone();
        damaged[packed.len() / 2] ^= 4;
        for (name, packed) in [
            ("whole", packed.clone()),
            ("damaged", damaged),
            ("cut", packed[..packed.len() - 3].to_vec()),
            ("twice", packed.repeat(2)),
            ("zeros", [&packed[..], &[0; 512]].concat()),
            ("text", [&packed[..], b"ret=-204\n"].concat()),
            ("else", [&packed[..], b"\xFF\0\xFF"].concat()),
        ] {
            let path = folder.path().join(format!("{name}.{extension}"));
            fs::write(&path, packed).unwrap();
            let result = |threads: &str| {
                let output = output_of(binary().args(["--only", "any", "-n", threads]).arg(&path), b"");
                (output.status.code(), output.stdout, String::from_utf8(output.stderr).unwrap())
            };
            let expected = result("-j1");
            let is_trouble = ["damaged", "cut", "else"].contains(&name);
            assert_eq!(expected.0, Some(if is_trouble { 3 } else { 0 }), "{name} {extension} {}", expected.2);
            for threads in ["-j2", "-j5"] {
                assert!(result(threads) == expected, "{name} {extension} {threads} {:?}", result(threads).2);
            }
        }
    }
}

#[test]
fn trouble_is_told_in_order_for_each_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let packed = pack("gzip", &log(1 << 20, 7));
    // Large enough to be decoded ahead if it is the only file.
    let large: String =
        (0..400_000_u64).map(|line| format!("{:x}\n", line.wrapping_mul(0x9E37_79B9_7F4A_7C15))).collect();
    let large = pack("gzip", large.as_bytes());
    assert!(large.len() > 4 * source::BLOCK_BYTES.value());
    fs::create_dir(folder.path().join("alone")).unwrap();
    fs::write(folder.path().join("alone/a.gz"), &large[..large.len() - 1000]).unwrap();
    for threads in ["-j1", "-j2"] {
        let output = output_of(binary().current_dir(&folder).args([threads, "alone"]), b"");
        let message = format!(
            "imsdk-annotate: alone/a.gz: gzip data ends early, at byte {}; what came before has been annotated\n",
            large.len() - 1000
        );
        assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap()), (Some(3), message));
    }
    fs::remove_dir_all(folder.path().join("alone")).unwrap();
    for index in 0..30 {
        let content = if index % 3 == 0 { &packed[..packed.len() / 2] } else { b"ret=-1\n" };
        fs::write(folder.path().join(format!("{index}.log")), content).unwrap();
    }
    let mut outputs = ["-j1", "-j2", "-j8"].map(|threads| {
        let output = output_of(binary().current_dir(&folder).args([threads, "."]), b"");
        assert_eq!(output.status.code(), Some(3));
        (output.stdout, String::from_utf8(output.stderr).unwrap())
    });
    assert_eq!(outputs[0].1.lines().count(), 10);
    assert!(outputs[0].1.starts_with("imsdk-annotate: ./0.log: gzip data ends early, at byte "));
    assert!(outputs[1] == outputs[0] && outputs[2] == outputs[0], "{:?}", outputs.each_mut().map(|it| &it.1));
}

#[test]
fn standard_input_that_is_a_file_is_read_from_where_it_is_and_left_at_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.log");
    let program = binary().get_program().to_owned();
    // The second text ends with a line of several blocks.
    for text in [log(4 << 20, 8), [log(1 << 20, 8), vec![b'.'; 3 << 20]].concat()] {
        fs::write(&path, &text).unwrap();
        for threads in [1, 4] {
            let script =
                format!("{{ dd bs=1000 count=1 2>&- > /dev/null; \"$0\" -j{threads} - -; wc -c; }} < \"$1\"");
            let mut command = isolated("sh");
            let output = output_of(command.args(["-c", &script]).arg(&program).arg(&path), b"");
            let annotated = output.stdout.strip_suffix(b"0\n").unwrap();
            assert!(annotated == Annotator::new().annotate(&text[1000..]), "{threads}");
        }
    }
}

#[test]
fn ten_thousand_small_files() {
    let folder = tempfile::tempdir().unwrap();
    let mut expected = Vec::new();
    for index in 0..10_000 {
        let text = format!("{index} ret=-1\n");
        expected.extend(Annotator::new().annotate(text.as_bytes()));
        fs::write(folder.path().join(format!("s.log.{index}")), text).unwrap();
    }
    let logs = folder.path().to_str().unwrap();
    for threads in ["-j1", "-j2"] {
        assert!(annotate(&[threads, logs], b"") == expected);
        let out = tempfile::tempdir().unwrap();
        assert!(annotate(&[threads, "--output-dir", out.path().to_str().unwrap(), logs], b"").is_empty());
        assert_eq!(outputs(out.path()).len(), 10_000);
        let one = fs::read(out.path().join("s.log.9999")).unwrap();
        assert_eq!(one, b"9999 ret=-1 (general: failure)\n");
    }
}

/// Runs the binary on the operands. Returns the number of bytes written, and the peak memory in KiB where the system
/// reports it. A pipe as the last operand keeps the process alive until the peak has been read.
fn length_and_peak(folder: &Path, args: &[&str]) -> (u64, Option<u64>) {
    let pipe = folder.join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut child =
        binary().current_dir(folder).args(args).arg("pipe").stdout(Stdio::piped()).spawn().unwrap();
    let id = child.id();
    let mut stdout = child.stdout.take().unwrap();
    let reader = std::thread::spawn(move || {
        let (mut length, mut buffer) = (0, vec![0; 1 << 20]);
        loop {
            match stdout.read(&mut buffer).unwrap() {
                0 => return length,
                count => length += count as u64,
            }
        }
    });
    // The open returns when the program has come to the pipe.
    let wtr = File::options().write(true).open(&pipe).unwrap();
    let peak = peak_kib(id);
    drop(wtr);
    assert!(child.wait().unwrap().success());
    fs::remove_file(&pipe).unwrap();
    (reader.join().unwrap(), peak)
}

#[test]
fn files_of_several_gigabytes_need_no_more_memory_than_others() {
    const FILE_BYTES: u64 = (4 << 30) + 12_345;
    let folder = tempfile::tempdir().unwrap();
    let file = File::create(folder.path().join("a.log")).unwrap();
    file.set_len(FILE_BYTES).unwrap();
    let line = b"\nret=-204\n";
    let places = [0, 1 << 20, (1 << 31) - 3, (1 << 32) - 5, FILE_BYTES - line.len() as u64];
    for place in places {
        file.write_all_at(line, place).unwrap();
    }
    let note = " (auth: user session is failure!)".len() as u64;
    let (length, peak) = length_and_peak(folder.path(), &["-j2", "a.log"]);
    assert_eq!(length, FILE_BYTES + places.len() as u64 * note);
    assert!(peak.is_none_or(|kib| kib <= 48 * 1024), "{peak:?} KiB");
}

/// Output of the files behind the first waits for its turn: in memory within bounds, then on disk. Where the disk has
/// no room, the threads wait.
#[test]
fn compressed_files_side_by_side_keep_to_their_memory() {
    let folder = tempfile::tempdir().unwrap();
    let text = log(24 << 20, 9);
    let packed = pack("gzip", &text);
    for index in 0..4 {
        fs::write(folder.path().join(format!("{index}.gz")), &packed).unwrap();
    }
    let annotated = Annotator::new().annotate(&text).len() as u64;
    let names = ["0.gz", "1.gz", "2.gz", "3.gz"];
    for (threads, mib) in [("-j1", 32), ("-j2", 48), ("-j4", 80)] {
        let (length, peak) = length_and_peak(folder.path(), &[&[threads][..], &names].concat());
        assert_eq!(length, 4 * annotated);
        assert!(peak.is_none_or(|kib| kib <= mib * 1024), "{threads}: {peak:?} KiB");
    }
    for script in ["TMPDIR=/nosuch \"$0\" -j2 *.gz", "{ ulimit -f 100; \"$0\" -j2 *.gz; }"] {
        let mut command = isolated("sh");
        command.args(["-c", &format!("{script} | wc -c")]).arg(binary().get_program());
        let output = output_of(command.current_dir(&folder), b"");
        assert!(output.status.success() && output.stderr.is_empty(), "{script}");
        assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), (4 * annotated).to_string(), "{script}");
    }
}

#[test]
fn a_reader_that_goes_away_ends_all_threads() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.log"), log(20 << 20, 10)).unwrap();
    let program = binary().get_program().to_owned();
    let script = "{ \"$0\" -j4 a.log a.log; echo $? >&2; } | head -c 10 | wc -c";
    let output = output_of(isolated("sh").args(["-c", script]).arg(program).current_dir(&folder), b"");
    assert_eq!((&output.stdout[..], &output.stderr[..]), (&b"10\n"[..], &b"0\n"[..]));
}
