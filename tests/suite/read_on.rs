//! Packed data with something behind it: text and data in other formats are read on, and only what is neither is damage.

use crate::command::{annotate, binary, output_of, read_until};
use crate::packed::{FORMATS, pack};
use std::io::Write;
use std::process::Stdio;

const LINE: &[u8] = b"ret=-1\n";

#[test]
fn text_behind_packed_data_is_read_on_whatever_the_reads() {
    for (format, _) in FORMATS {
        let packed = pack(format, LINE);
        for text in [
            &b"ret=-204"[..],
            b"\nret=-204\n",
            b"\xd3\xc3\xbb\xa7 ret=-204\n",
            "用户 ret=-204\n".as_bytes(),
            b"x",
        ] {
            for zeros in [0, 512] {
                let packed = [&packed[..], &vec![0; zeros], text].concat();
                assert_eq!(annotate(&[], &packed), annotate(&[], &[LINE, text].concat()), "{format}");
                // The outermost layer goes on, too.
                let twice = pack("gzip", &packed);
                assert_eq!(annotate(&[], &twice), annotate(&[], &[LINE, text].concat()), "{format}");
            }
        }
    }
}

#[test]
fn data_of_any_format_is_read_on_behind_any_other() {
    for (first, _) in FORMATS {
        for (second, _) in FORMATS {
            let packed = [pack(first, LINE), pack(second, b"code=5\n"), pack(first, LINE)].concat();
            let expected = annotate(&[], b"ret=-1\ncode=5\nret=-1\n");
            assert_eq!(annotate(&[], &packed), expected, "{first} {second}");
        }
    }
}

#[test]
fn what_is_neither_is_told_with_its_place() {
    for (format, _) in FORMATS {
        let packed = pack(format, LINE);
        for garbage in [&b"\xff\xfe\xff"[..], b"\0\0\0\x01garbage", b"\x1f"] {
            let output = output_of(&mut binary(), &[&packed[..], garbage].concat());
            let zeros = garbage.iter().take_while(|&&byte| byte == 0).count();
            assert_eq!(output.stdout, b"ret=-1 (general: failure)\n", "{format}");
            let expected = format!(
                "imsdk-annotate: standard input: {format} data is followed by bytes at byte {} that are neither \
                 packed nor text; what came before has been annotated\n",
                packed.len() + zeros
            );
            assert_eq!(String::from_utf8(output.stderr).unwrap(), expected);
        }
        let output = output_of(&mut binary(), &[&packed[..], b"7z\xbc\xaf\x27\x1c\0\x04"].concat());
        let expected = format!(
            "imsdk-annotate: standard input: {format} data at byte {} is followed by 7-Zip data, which is not read \
             here; cut that off, and unpack it with 7z x\n",
            packed.len()
        );
        assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap()), (Some(3), expected));
    }
}

/// The file is one that bgzip writes: gzip members with their lengths in a field, and an empty one at the end.
#[test]
fn blocks_of_bgzip_are_members_of_gzip() {
    let end = b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0\x42\x43\x02\0\x1b\0\x03\0\0\0\0\0\0\0\0\0";
    let block = |text: &[u8]| {
        let mut deflated = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        deflated.write_all(text).unwrap();
        let deflated = deflated.finish().unwrap();
        let mut sum = flate2::Crc::new();
        sum.update(text);
        let length = u16::try_from(18 + deflated.len() + 8 - 1).unwrap();
        let header = b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0\x42\x43\x02\0";
        [&header[..], &length.to_le_bytes(), &deflated, &sum.sum().to_le_bytes(), &sum.amount().to_le_bytes()]
            .concat()
    };
    let text: Vec<u8> = (0..9000).flat_map(|line| format!("{line} ret=-1\n").into_bytes()).collect();
    let mut packed: Vec<u8> = text.chunks(0xff00).flat_map(block).collect();
    packed.extend(end);
    assert!(annotate(&[], &packed) == annotate(&[], &text));
}

#[test]
fn a_line_behind_packed_data_comes_while_the_pipe_stays_open() {
    let mut child = binary().stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    stdin.write_all(&pack("gzip", b"")).unwrap();
    for _ in 0..3 {
        stdin.write_all(LINE).unwrap();
        assert_eq!(read_until(&mut stdout, b"\n"), b"ret=-1 (general: failure)\n");
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}
