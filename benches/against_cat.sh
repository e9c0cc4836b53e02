#!/usr/bin/env bash
# Measures the cost of the release binary in a pipeline: its times as multiples of the times of `cat`, in one run.
# BYTES (500000000) is the size of a log, RUNS (7) the number of runs of each command, which take turns. Prints
# medians. A command that is not installed is skipped.
set -euo pipefail
cd "$(dirname "$0")/.."
bytes=${BYTES:-500000000} runs=${RUNS:-7}
export IMSDK_ANNOTATE_CONFIG=
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

generate=$(benches/built.sh --bench generate)
latency=$(benches/built.sh --bench latency)
bin=$(benches/built.sh --bin imsdk-annotate)
benches/dictionary.sh awk > "$folder/script.awk"

# Prints the median seconds of shell commands, run in turn, as wall time or user plus system time: medians wall|cpu
# COMMAND...
medians() {
  local what=$1 TIMEFORMAT='%R %U %S' at
  shift
  rm -f "$folder"/times.*
  for command in "$@"; do bash -c "$command"; done > /dev/null
  for _ in $(seq "$runs"); do
    at=0
    for command in "$@"; do
      at=$((at + 1))
      { time bash -c "$command" > /dev/null; } 2>> "$folder/times.$at"
    done
  done
  for at in $(seq $#); do
    awk -v what="$what" '{ print (what == "wall" ? $1 : $2 + $3) }' "$folder/times.$at" | sort -n |
      awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'
  done
}

# Prints a line with the second time, the first time, and their ratio: ratio NAME CAT MINE
ratio() {
  awk -v name="$1" -v reference="$2" -v mine="$3" \
    'BEGIN { printf "  %-52s %8.4f s  against %8.4f s: %6.2f times\n", name, mine, reference, mine / reference }'
}

compare() {
  local name=$1 what=$2 all
  shift 2
  mapfile -t all < <(medians "$what" "$@")
  ratio "$name" "${all[0]}" "${all[1]}"
}

for percent in 2 30 100; do
  log=$folder/$percent.log
  "$generate" "$percent" "$bytes" > "$log" 2> /dev/null
  echo "a field in $percent % of the lines:"
  compare 'user and system time, -j1, against cat' cpu "exec cat $log" "exec $bin -j1 $log"
  if command -v mawk > /dev/null; then
    compare 'the same, against mawk' cpu "exec mawk -f $folder/script.awk $log" "exec $bin -j1 $log"
  fi
  compare 'wall time in a pipeline, against cat there' wall "cat $log | cat | cat" "cat $log | $bin | cat"
  compare 'wall time, file to file, against cat' wall "cat $log > $folder/out" "$bin $log > $folder/out"
  rm -f "$folder/out"
done

echo 'start and end, a hundred times, on empty input:'
: > "$folder/empty"
compare 'wall time, against cat' wall \
  "for i in {1..100}; do cat $folder/empty; done" "for i in {1..100}; do $bin $folder/empty; done"

echo 'delay of a line in a pipe that is held open, microseconds:'
for command in cat "$bin" cat "$bin"; do
  printf '  %-20s %s\n' "$(basename "$command")" "$("$latency" "$command")"
done

if command -v /usr/bin/time > /dev/null; then
  { /usr/bin/time -f 'peak resident set, -j1: %M KiB' "$bin" -j1 "$folder/100.log" > /dev/null; } 2>&1
fi

# Prints a log of one text, over and over: repeat TEXT
repeat() { { yes "$1" || true; } 2> /dev/null | head -c $((bytes / 2)); }
echo 'lines made to hurt, user and system time for each byte, against the log with a field in each line:'
head -c $((bytes / 2)) "$folder/100.log" > "$folder/reference"
rm "$folder"/{2,30,100}.log
hurt() {
  compare "$1" cpu "exec $bin -j1 $folder/reference" "exec $bin -j1 $folder/hurtful"
}
repeat 'ret=0' > "$folder/hurtful" && hurt 'ret=0, line by line'
repeat 'code: 200' > "$folder/hurtful" && hurt 'code: 200, line by line'
repeat '05:24:08 openid=672 ret=0 cost=26' > "$folder/hurtful" && hurt 'a line with ret=0'
repeat '05:24:08 openid=672 code: 200 c=2' > "$folder/hurtful" && hurt 'a line with code: 200'
repeat 'ret=' | tr -d '\n' > "$folder/hurtful" && hurt 'ret=ret=ret=...'
repeat 'code ' | tr -d '\n' > "$folder/hurtful" && hurt 'code code code ...'
repeat '      ' | tr -d '\n' > "$folder/hurtful" && hurt 'a run of blanks'
repeat $'\e[31' | tr -d '\n' > "$folder/hurtful" && hurt 'colour sequences without end'
repeat $'\e[31m' | tr -d '\n' > "$folder/hurtful" && hurt 'colour sequences'
tr '\n' ' ' < "$folder/reference" > "$folder/hurtful" && hurt 'the log without a newline'
