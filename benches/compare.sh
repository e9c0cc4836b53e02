#!/usr/bin/env bash
# Times the release binary against `cat` and against scripts with the same dictionary, in one run:
# user plus system time, from a file to /dev/null, the median of RUNS (5). BYTES (200000000) is the size of a log, of
# which sed, which is slow, gets a part. A command that is not installed is skipped.
set -euo pipefail
cd "$(dirname "$0")/.."
bytes=${BYTES:-200000000} runs=${RUNS:-5}
export IMSDK_ANNOTATE_CONFIG=
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

generate=$(benches/built.sh --bench generate)
bin=$(benches/built.sh --bin imsdk-annotate)
for script in awk perl sed; do benches/dictionary.sh "$script" > "$folder/script.$script"; done

# Prints the median of user plus system seconds: seconds INPUT COMMAND...
seconds() {
  local input=$1 TIMEFORMAT='%U %S'
  shift
  "$@" < "$input" > /dev/null
  for _ in $(seq "$runs"); do { time "$@" < "$input" > /dev/null; } 2>&1; done |
    awk '{ print $1 + $2 }' | sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'
}

# Prints a line of the table, with the seconds that the whole log would take: row NAME INPUT COMMAND...
row() {
  local name=$1 input=$2 used share
  shift 2
  if ! command -v "$1" > /dev/null; then
    printf '  %-18s skipped: not installed\n' "$name"
    return
  fi
  used=$(seconds "$input" "$@")
  share=$(awk -v a="$(stat -c %s "$log")" -v b="$(stat -c %s "$input")" 'BEGIN { print a / b }')
  awk -v name="$name" -v used="$used" -v share="$share" -v mine="$mine" -v bytes="$(stat -c %s "$log")" 'BEGIN {
    used *= share
    if (mine == "") mine = used
    printf "  %-18s %8.3f s  %8.0f MB/s  %8.2f times imsdk-annotate\n", name, used, bytes / used / 1e6, used / mine
  }'
}

for percent in 2 30 100; do
  log=$folder/log part=$folder/part
  "$generate" "$percent" "$bytes" > "$log" 2> /dev/null
  head -c $((bytes / 100)) "$log" > "$part"
  echo "a field in $percent % of the lines:"
  mine=''
  row imsdk-annotate "$log" "$bin"
  mine=$(seconds "$log" "$bin")
  row '--quiet --report' "$log" "$bin" --quiet --report json=/dev/null
  row '--only' "$log" "$bin" --only error
  row '--only -n' "$log" "$bin" --only error -n
  row cat "$log" cat
  row mawk "$log" mawk -f "$folder/script.awk"
  row perl "$log" perl "$folder/script.perl"
  row sed "$part" sed -E -f "$folder/script.sed"
done
