//! Writes a generated log to standard output: `"$(benches/built.sh --bench generate)" PERCENT BYTES`.

#[path = "corpus/mod.rs"]
mod corpus;

use std::io::Write;

fn main() -> std::io::Result<()> {
    let numbers: Vec<u64> = std::env::args().skip(1).filter_map(|arg| arg.parse().ok()).collect();
    let &[percent, bytes] = &numbers[..] else {
        eprintln!("usage: generate PERCENT BYTES");
        std::process::exit(2);
    };
    let corpus = corpus::generate(percent, usize::try_from(bytes).expect("a size that fits in memory"));
    eprintln!("{} fields", corpus.fields);
    std::io::stdout().write_all(&corpus.text)
}
