#!/usr/bin/env bash
# Times catalogs of 100,000 codes against the built-in one, and patterns against one pass of the regex crate, in one run:
# user plus system time, the median of RUNS (9), with commands in turn. BYTES (200000000) is the size of a log.
set -euo pipefail
cd "$(dirname "$0")/.."
bytes=${BYTES:-200000000} runs=${RUNS:-9}
export IMSDK_ANNOTATE_CONFIG=
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

generate=$(benches/built.sh --bench generate)
pass=$(benches/built.sh --bench regex_pass)
bin=$(benches/built.sh --bin imsdk-annotate)

# Prints the seconds of each command, and their multiple of the first command's time: in_turn INPUT COMMAND...
in_turn() {
  local input=$1 TIMEFORMAT='%U %S' command name
  shift
  for _ in $(seq "$runs"); do
    for command; do
      name=${command//"$bin"/imsdk-annotate} name=${name//"$pass"/regex_pass} name=${name//"$folder/"/}
      printf '%s\t%s\n' "$name" "$({ time eval "$command" < "$input" > /dev/null; } 2>&1)"
    done
  done | awk -F'\t' -v runs="$runs" '
    { split($2, used, " "); if (!($1 in count)) order[++commands] = $1; all[$1, ++count[$1]] = used[1] + used[2] }
    END {
      for (c = 1; c <= commands; c++) {
        name = order[c]
        for (i = 1; i <= runs; i++) for (k = i + 1; k <= runs; k++)
          if (all[name, k] < all[name, i]) { t = all[name, i]; all[name, i] = all[name, k]; all[name, k] = t }
        median = all[name, int((runs + 1) / 2)]
        if (c == 1) first = median > 0 ? median : 0.001
        printf "  %8.3f s  %6.2f times  %s\n", median, median / first, name
      }
    }'
}

row='{ printf "%d,%s of service %d,%s,service%d\n", code, "the request has failed", i % 97, "请求失败", i % 50 }'
awk "BEGIN { print \"code,message,explanation,category\"; for (i = 1; i <= 100000; i++) { code = -10000 - i; $row } }" > "$folder/near.csv"
awk "BEGIN { print \"code,message,explanation,category\"; for (i = 1; i <= 100000; i++) { code = -100000 - i * 7919; $row } }" > "$folder/far.csv"
"$bin" --catalog "$folder/far.csv" --list --json > "$folder/far.json"

echo 'start, on empty input:'
in_turn /dev/null "$bin" "$bin --catalog $folder/near.csv" "$bin --catalog $folder/far.csv" "$bin --catalog $folder/far.json"
for percent in 2 30 100; do
  log=$folder/log
  "$generate" "$percent" "$bytes" > "$log" 2> /dev/null
  echo "a field in $percent % of the lines:"
  in_turn "$log" "$bin -j1" "$bin -j1 --catalog $folder/near.csv" "$bin -j1 --catalog $folder/far.csv" \
    "$bin -j1 --lang both" "$bin -j1 --fields" "$bin -j1 --key status"
  for pattern in '(?<code>-[0-9]+)' '(?i)\b(?:ret|code)[a-z]*["=: ]+(?<code>-?[0-9]+)'; do
    in_turn "$log" "$pass '$pattern'" "$bin -j1 --no-default-keys --pattern '$pattern'" "$bin -j1 --pattern '$pattern'"
  done
done
# A log with the codes of the catalog: each line has one of them, in no order.
awk 'BEGIN { srand(1); for (i = 0; i < 2000000; i++) printf "2026-05-01 10:00:00 INFO gate request done ret=%d openid=7 cost=12ms trace=abcdef0123456789\n", -100000 - int(rand() * 100000 + 1) * 7919 }' > "$folder/codes.log"
sed 's/ret=[-0-9]*/ret=-204/' "$folder/codes.log" > "$folder/one.log"
echo 'a code of the catalog in each line, in no order, against a built-in one:'
in_turn "$folder/one.log" "$bin -j1 $folder/one.log" "$bin -j1 --catalog $folder/far.csv $folder/codes.log"
