# just            what there is
# just ci         all that a change must pass
_default:
    @just --list --unsorted

# just ci: the gate, as CI runs it
ci:
    .ci/run

# just test twin: the tests whose names have that in them
test *names:
    cargo test --locked -- {{names}}

# just python -k stream: tests of the Python package, with the debug build; options are pytest's
python *options:
    cargo build --locked
    python/test package {{options}}

# just cluster: tests of the Spark job, with the debug build; needs Java
cluster *options:
    cargo build --locked
    python/test cluster {{options}}

# just triage -k gitlab: tests of the action, the component and the workflows, with the debug build; options are pytest's
triage *options:
    cargo build --locked
    triage/test {{options}}

# just bench: the library's benches
bench *names:
    cargo bench --locked -- {{names}}

# just performance --only features: the tables of docs/performance.md, with checked answers; --write writes them; see --help
performance *options:
    benches/all {{options}}

# just instructions: counts of the hot paths against benches/instructions.tsv; needs valgrind; --update writes it anew
instructions *options:
    benches/instructions.sh {{options}}

# just replay: all seeds and regressions through the fuzz targets, without a fuzzer
replay:
    cargo test --locked --test targets

# just fuzz twin 60: needs `cargo install cargo-fuzz --locked`; what breaks is kept in tests/fuzz/artifacts
fuzz name seconds="60":
    mkdir -p tests/fuzz/corpus/{{name}} tests/targets/regressions/{{name}}
    cargo fuzz run --sanitizer none --fuzz-dir tests/fuzz {{name}} \
        tests/fuzz/corpus/{{name}} tests/targets/seeds/{{name}} tests/targets/regressions/{{name}} \
        -- -dict=tests/fuzz/pieces.dict -max_len=2000 -timeout=20 -max_total_time={{seconds}}

# just fuzz-all 60: each target for so many seconds
fuzz-all seconds="60":
    for name in $(ls tests/targets/seeds); do just fuzz $name {{seconds}} || exit; done

# just soak 100000000: so many lines through the program and back; checksums, and whether memory stays flat
soak lines="1000000" *options:
    "$(benches/built.sh --bench soak)" {{lines}} {{options}}

# just follow soak rename 60: delays, idle time and rotations of followed files; see benches/follow.rs
follow *arguments:
    "$(benches/built.sh --bench follow)" {{arguments}}

# just packages: builds the static programs and tests all ways of installing them; needs what packaging/README.md names
packages:
    packaging/build x86_64-unknown-linux-musl
    packaging/build aarch64-unknown-linux-musl
    FULL=1 packaging/test scripts install static archives wheels crate formula systems same-bytes

# just supply-chain: needs `cargo install cargo-deny cargo-machete --locked`
supply-chain:
    cargo deny --locked check licenses bans sources
    cargo machete
    cargo test --locked --test suite supply_chain

# just advisories: the same tool with the advisory database, which it fetches
advisories:
    cargo deny --locked check advisories
