//! The tests that look at the program and the library from outside.
//!
//! Each `mod` line below names the subject of its module: a new test goes where its subject is named. A bug that an
//! input and its output show goes to `tests/data/golden/` as two files, without code.

// Helpers of the other modules.
mod bundled; // makes tar and zip archives
mod ci_services; // what GitHub and GitLab provide for a job, as far as the recipes need it
mod command; // runs the binary; a failure shows command, input and both outputs
mod edge_lines; // random lines at the edges of the rules of recognition
mod in_folder; // runs the binary in a folder that is made for one test
mod packed; // packs texts as gzip, zstd, xz, bzip2 and lz4 do
mod page; // reads the HTML report
mod source; // constants of the source, for tests at limits
#[path = "../twin/mod.rs"]
mod twin; // a naive twin of the annotator, written from the rules alone
mod window; // a terminal that the binary runs on, and what it shows
mod yaml; // the YAML of the recipes

// Recognition of fields, and bytes that stay as they are.
mod edges; // lines at the edges of the rules: the annotator agrees with the twin
mod fields; // the cases of `tests/data/field-cases*.jsonl`: a line, and the fields in it
mod foreign; // text of other programs, in which each note is listed with its reason
mod golden; // `tests/data/golden/NAME.in` becomes `NAME.out`
mod limits; // limits of the rules: one below, at, one above
mod properties; // for all bytes: the twin agrees, only notes are added, twice is once
mod recognition; // --key, --no-default-keys, --pattern

// Notes.
mod color; // --color, and the line's own colours
mod nested; // fields in JSON and XML that something has escaped
mod note_bytes; // notes in GBK and Big5: characters that these lack, and ends that meet the bytes behind
mod notes; // --lang, --note, --fields, --strip, with catalogs and patterns made to break them
mod syntax; // notes within JSON, XML and `key=value`

// Catalogs and look-ups.
mod catalog; // the built-in codes against the vendor's table
mod catalog_formats; // the same codes as Markdown, CSV, TSV and JSON
mod catalogs; // --catalog, --no-builtin, --check-catalog, bad rows
mod lookups; // --explain, --list, --search, --json

// Chosen lines, counts and reports.
mod accepted; // codes that somebody has accepted, growth since an earlier run, and the file of new codes
mod alarms; // --exec-on-fail: a command that runs when a check fails
mod baselines; // files that are no baseline: another version, something else, damaged
mod checks; // --fail-on, --baseline, --merge-reports, selectors, places of reports
mod count_options; // options beside -c, -l, -m, and -q with --only
mod counts; // -c, -l, -m, and -q with --only: as from `grep`
mod findings; // entries of reports for CI services: levels, fingerprints, what is left out
mod hostile; // texts of logs that would act in a report
mod hostile_ci; // the same in reports for CI services, by a parser of each format
mod html; // --report html: what stands in the page, and what must not
mod html_browser; // --report html in a browser, where one is installed
mod html_hostile; // --report html on texts that would act in a page
mod html_senses; // --report html for other senses, in the dark, on paper
mod html_size; // --report html: the size of a page
mod junit_schema; // reports in JUnit XML against the schema that readers have
mod lines; // --only, -A, -B, -C, -n
mod live; // --report-every and SIGUSR1: reports on a run that goes on
mod live_drawing; // --live: how its table is drawn in its place
mod live_table; // --live: what its table has
mod markdown_size; // reports in Markdown at the limit of their size
mod metrics; // --metrics, with promtool and node_exporter where they are installed
mod missing_years; // times of lines that are written without a year
mod names; // --label, --name
mod near; // lines with a key and a code that are no field, in reports
mod parts; // reports that --merge-reports takes: folders, @LIST files, damaged ones, many
mod ranges; // ranges of the bytes of an input, and the parts that reports are of
mod rates; // --fail-on with a rate: windows of time, lines without times, arrival
mod recipes; // the recipes for CI services in `docs/ci.md`, run through bash
mod report_names; // names of formats, ends of file names, and CI services that choose a format
mod reports; // each form of --report, counts, reports of parts
mod requests; // the requests that failed first with each code: --trace
mod services; // the recipes for systemd and rsyslog in the guide, run for real where these are installed
mod time_bounds; // --since, --until, --tz, --sorted: lines from one time to another
mod time_places; // where the time of a line may stand: at the beginning, behind words, in JSON and logfmt
mod time_rules; // fractions, zones, limits, what is no time
mod time_table; // the table of forms in the guide
mod time_twin; // random lines against the naive twin, random times in each form against jiff
mod times; // the lines of `tests/data/timestamps.jsonl`: the time of each
mod top; // --top: lists of reports that end behind the first codes
mod user_parts; // users in reports of parts and in runs that go on
mod users; // the users that each code has affected: --users
mod verdicts; // --expect, and checks that are not decided

// Inputs.
mod archives; // tar and zip archives, read member by member; --no-archives
mod changing_files; // files that grow, shrink or go while they are read
mod compressed; // gzip, zstd, xz, bzip2, lz4: members, cut off, damaged; --no-decompress
mod encodings; // --encoding: GBK, GB18030, Big5 and UTF-16, in logs, notes, reports and catalogs
mod folders; // folders as operands, and their order
mod hostile_archives; // archives that are damaged or made to harm
mod input_size; // --input-size: a feeder that dies is not the end of a log
mod no_text; // files that are no text; --text
mod odd_members; // members that are copied, sparse, of one name, or not what their names say
mod packings; // formats that are not read, and the tools named for them; inputs packed several times
mod read_errors; // reads that fail in the middle
mod read_on; // text and other formats behind packed data
mod read_packings; // compress, lzma, zlib, lz4 legacy, brotli; zstd with a dictionary
mod waiting_pipes; // named pipes without a writer, and non-blocking outputs
mod whole_inputs; // sizes of configurations, catalogs and reports that are read

// Outputs.
mod archive_outputs; // an archive becomes an archive
mod dry_run; // --dry-run
mod follow; // -F: one and several files that grow, are renamed, truncated, gone
mod follow_many; // -F: globs, folders, many files, and beside other options
mod journal; // the journal of --output-dir, and --resume by it
mod journal_checks; // the journal against inputs, outputs and runs that have changed
mod journal_trouble; // the journal and --resume where something goes wrong
mod kept_packing; // --compress keep, typed: one stream is packed as its input is
mod levels; // --compress in each format, --level
mod links; // links in and below the folder of --output-dir
mod many_files; // thousands of files: memory, collisions
mod members_beside; // members of one file, decoded side by side: the same output and messages as with one thread
mod nameless; // new files without a name before they are whole
mod outputs; // --output, --output-dir, --compress, --resume
mod replaced; // files that an output must not replace
mod rights; // permissions of outputs
mod same_bytes; // compressed outputs do not depend on threads, reads and pauses
mod sorted_times; // --sorted: the same window, of which less is read
mod sparse; // --sparse: holes in the files that are made
mod standard_error; // reports and messages on standard error
mod stream_files; // standard streams and descriptors that are files
mod unpacked; // --unpack: the members of an archive as files

// Streams, memory and threads.
mod long_lines; // time and memory for long lines
mod prompts; // incomplete lines of a stream that rests, such as prompts and progress bars
mod short_calls; // system calls that do less than was asked for: EINTR, EAGAIN
mod starved; // little memory, few files, no threads, no room, no environment
mod streaming; // each line at once; lines of any length in little memory
mod tails; // the headers of `tail`: names before numbers, in reports, and before chosen lines
mod threads; // --threads: the same bytes, in bounded memory

// Signals.
mod given_up; // messages about outputs that a signal leaves unwritten
mod gone_readers; // readers of standard output that go away during a wait for input
mod interrupted; // files after a signal or on a full disk, and --resume after it
mod signals; // output and reports after a signal, and how the program ends
mod stopped; // names of outputs after a signal, of streams and of files

// The command line.
mod choosing; // --include, --exclude, --files-from
mod completions; // values that shells offer
mod config; // the configuration file, --no-config
mod errors; // trouble and exit statuses; --help
mod first_minute; // the program alone on a terminal, --demo, --version
mod hostile_arguments; // arguments and names that would act on a terminal
mod kept_names; // --parents, --no-clobber
mod manual; // --man, --completions
mod progress; // --progress
mod usage; // hints of usage errors; examples of --help and the documents that can be pasted

// The library.
mod library; // types, errors, fields and observers as users have them; the examples

// The repository.
mod circles; // files that need each other
mod demo; // the picture in the README, drawn from the output of the program
mod documents; // console examples, links and translations of all documents
mod supply_chain; // dependencies and their reasons; the Rust that they need
mod tidy; // rules of the source files
mod versions; // the version in Cargo.toml, and in each file that names it
