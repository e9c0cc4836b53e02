//! Generates logs: five real shapes of line, with a field in a given share of the lines. The bytes are always the same.

use std::io::Write;

/// Codes of the built-in catalog, for the lines with a field.
const CODES: [i32; 10] = [-204, -205, -402, -705, -1103, -108, 5, 2, -1, -252];

/// A log, with the number of its fields.
pub(crate) struct Corpus {
    pub(crate) text: Vec<u8>,
    pub(crate) fields: u64,
}

/// Returns a log of about `bytes` bytes in which `percent` of the lines have a field. Half of the other lines have a
/// key with a code that is in no catalog (`ret=0`).
pub(crate) fn generate(percent: u64, bytes: usize) -> Corpus {
    let mut random = Random(0x1D5D_2026);
    let mut text = Vec::with_capacity(bytes + 512);
    let mut fields = 0;
    while text.len() < bytes {
        let has_field = random.below(100) < percent;
        fields += u64::from(has_field);
        let code = if has_field {
            Some(CODES[random.below(10) as usize])
        } else {
            (random.below(2) == 0).then_some(0)
        };
        write_line(&mut text, code, &mut random);
    }
    Corpus { text, fields }
}

fn write_line(wtr: &mut Vec<u8>, code: Option<i32>, random: &mut Random) {
    let (hour, minute, second) = (random.below(24), random.below(60), random.below(60));
    let (day, millis) = (random.below(28) + 1, random.below(1000));
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    let (openid, cost) = (random.below(10_000_000_000_000), random.below(2000));
    let shape = random.below(5);
    // In brackets, only a negative code makes a field.
    let code = if shape == 2 { code.map(|code| if code > 0 { -204 } else { code }) } else { code };
    let field = |open: &str, close: &str| code.map_or(String::new(), |code| format!("{open}{code}{close}"));
    let line = match shape {
        0 => format!(
            "[2026-05-{day:02} {time}.{millis:03}][1.0.140.1][(auth.cpp:193) (IsLogin)][imsdk_swiftd][ERROR ] \
             islogin {}openid={openid} channel=3 cost={cost}",
            field("ret=", " ")
        ),
        1 => format!(
            "{{\"ts\":\"2026-05-{day:02}T{time}.{millis:03}Z\",\"level\":\"error\",\"logger\":\"imsdk.auth\",\
             \"openid\":\"{openid}\",\"channel\":3,\"body\":{{{}\"seq\":{millis}}},\"cost\":{cost}}}",
            field("\"ret\":", ",")
        ),
        2 => format!(
            "2026-05-{day:02} {time}.{millis:03} [ServantThreadPool-exec-5] INFO  com.servant.aop.ServantAop - \
             response.method[islogin], {}cost[{cost} ms]",
            field("retCode[", "], ")
        ),
        3 => format!(
            "203.205.147.224 - - [{day:02}/May/2026:{time} +0800] \"GET /cb?iOpenid={openid}{}&channel=3 \
             HTTP/1.1\" 200 {cost} \"-\" \"okhttp/3.2\"",
            field("&ret=", "")
        ),
        _ => format!(
            "2026-05-{day:02} {time}|1243|ERROR|login|openid={openid}{}|cost={cost}|area=1|plat=1",
            field("|iret=", "")
        ),
    };
    writeln!(wtr, "{line}").expect("a Vec takes all that is written");
}

/// A small generator of random numbers (SplitMix64), which keeps the logs the same for ever.
struct Random(u64);

impl Random {
    /// Returns a number from 0 to `limit` - 1.
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % limit
    }
}
