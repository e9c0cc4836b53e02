#!/usr/bin/env bash
# Times the release binary on archives against `gzip -dc`, `zstd -dc` and `gzip -dc | mawk` with the same dictionary,
# in one run: wall time to /dev/null, the median of RUNS (5), with commands in turn. The log of BYTES (200000000) is
# plain, one compressed file, eight compressed files, and archives of eight. A command that is not installed is skipped.
#
# Two runs on one thread at the same time tell what a second core of the machine is worth: with two whole cores, they
# take as long as one.
set -euo pipefail
cd "$(dirname "$0")/.."
bytes=${BYTES:-200000000} runs=${RUNS:-5} percent=${PERCENT:-30}
export IMSDK_ANNOTATE_CONFIG=
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

generate=$(benches/built.sh --bench generate)
bin=$(benches/built.sh --bin imsdk-annotate)
benches/dictionary.sh awk > "$folder/script.awk"
cd "$folder"
"$generate" "$percent" "$bytes" > log 2> /dev/null
"$generate" 100 "$bytes" > dense 2> /dev/null
split -n l/8 log part.
mkdir eight-gz eight-zst eight-plain
gzip -k log
for part in part.*; do gzip -c "$part" > "eight-gz/$part.gz"; done
if command -v zstd > /dev/null; then
  zstd -q log
  for part in part.*; do zstd -qc "$part" > "eight-zst/$part.zst"; done
fi
mv part.* eight-plain/
tar czf eight.tar.gz eight-plain
if command -v zip > /dev/null; then zip -qr eight.zip eight-plain; fi
head -c "$((bytes / 4))" log > quarter
"$bin" -o quarter.bz2 quarter
"$bin" -o quarter.xz quarter
mkdir one-large
cp log one-large/a.log
for number in $(seq 100); do head -c "$((bytes / 1000))" log > "one-large/b$number.log"; done

# Prints the seconds of shell commands, and their multiple of the first command's time: compare TITLE REFERENCE
# COMMAND...
compare() {
  local title=$1 TIMEFORMAT=%R
  shift
  echo "$title:"
  for _ in $(seq "$runs"); do
    for number in $(seq $#); do
      { time bash -c "${!number}" > /dev/null 2> /dev/null; } 2> ./time && sed "s/^/$number /" ./time
    done
  done | sort -k1,1n -k2,2n | awk -v runs="$runs" '{ all[$1, ++count[$1]] = $2 }
    END { for (number = 1; number in count; number++) print all[number, int((runs + 1) / 2)] }' > medians
  for number in $(seq $#); do
    awk -v number="$number" -v name="${!number//$bin/imsdk-annotate}" '
      NR == 1 { first = $1 }
      NR == number { printf "  %-52s %7.3f s  %5.2f\n", name, $1, $1 / first }' medians
  done
}

compare "one gzip file" "gzip -dc log.gz" "gzip -dc log.gz | mawk -f script.awk" "$bin -j1 log.gz" "$bin -j2 log.gz"
if [ -e log.zst ]; then
  compare "one zstd file" "zstd -dc log.zst" "$bin -j1 log.zst" "$bin -j2 log.zst"
  compare "eight zstd files" "zstd -dc eight-zst/*" "$bin -j1 eight-zst" "$bin -j2 eight-zst"
fi
compare "eight gzip files" "gzip -dc eight-gz/*" "$bin -j1 eight-gz" "$bin -j2 eight-gz"
compare "eight gzip files to a folder" "$bin -j1 --output-dir out eight-gz" "$bin -j2 --output-dir out eight-gz"
compare "one plain file" "cat log" "$bin -j1 log" "$bin -j2 log"
compare "one plain file, each line with a field" "cat dense" "$bin -j1 dense" "$bin -j2 dense"
compare "eight plain files" "cat eight-plain/*" "$bin -j1 eight-plain" "$bin -j2 eight-plain"

compare "two runs at the same time" "$bin -j1 log.gz" "$bin -j1 log.gz & $bin -j1 log.gz; wait"
compare "eight plain files in a tar archive" "$bin -j1 log.gz" "$bin -j1 eight.tar.gz" "$bin -j2 eight.tar.gz"
if [ -e eight.zip ]; then
  compare "eight plain files in a zip archive" "$bin -j1 eight.zip" "$bin -j2 eight.zip"
fi
compare "one gzip file to a gzip file" "gzip -dc log.gz | $bin | gzip -c" "$bin -j1 -o out.gz log.gz" "$bin -j2 -o out.gz log.gz"
compare "a tar archive to a tar archive" "gzip -dc eight.tar.gz | $bin | gzip -c" \
  "$bin -j1 -o out.tar.gz eight.tar.gz" "$bin -j2 -o out.tar.gz eight.tar.gz"
compare "one plain file to a gzip file" "$bin -j1 -o out.gz log" "$bin -j2 -o out.gz log"
compare "one bzip2 file" "bzip2 -dc quarter.bz2" "$bin -j1 quarter.bz2" "$bin -j2 quarter.bz2"
compare "one xz file" "xz -dc quarter.xz" "$bin -j1 quarter.xz" "$bin -j2 quarter.xz"
compare "one large and many small files to a folder" "$bin -j1 --output-dir out one-large" "$bin -j2 --output-dir out one-large"
compare "--only error -n, eight gzip files" "$bin -j1 --only error -n eight-gz" "$bin -j2 --only error -n eight-gz"

peak() { if [ -x /usr/bin/time ]; then { /usr/bin/time -f '  %M KiB' "$@" > /dev/null; } 2>&1 || true; fi; }
echo "peak resident set with -j1, -j2, -j4, eight gzip files:"
for threads in 1 2 4; do peak "$bin" "-j$threads" eight-gz; done
