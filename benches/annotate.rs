//! Throughput on generated logs: of annotating a slice, and a stream to nowhere. The stream checks its number of
//! fields.

mod corpus;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use imsdk_annotate::Annotator;
use std::hint::black_box;
use std::io::{BufWriter, sink};

const LOG_BYTES: usize = 16 * 1024 * 1024;

fn annotate(criterion: &mut Criterion) {
    let annotator = Annotator::new();
    for percent in [2, 30, 100] {
        let log = corpus::generate(percent, LOG_BYTES);
        let mut group = criterion.benchmark_group(format!("{percent} percent"));
        group.throughput(Throughput::Bytes(log.text.len() as u64)).sample_size(20);
        group.bench_function("slice", |bencher| {
            bencher.iter(|| black_box(annotator.annotate(&log.text)));
        });
        group.bench_function("stream", |bencher| {
            bencher.iter(|| {
                let wtr = BufWriter::with_capacity(64 * 1024, sink());
                let fields = annotator.annotate_stream(&log.text[..], wtr).expect("memory can be read");
                assert_eq!(fields, log.fields);
            });
        });
        group.finish();
    }
}

criterion_group!(benches, annotate);
criterion_main!(benches);
