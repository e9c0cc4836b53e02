#!/usr/bin/env bash
# Counts the instructions of the release binary on hot paths, under valgrind, and compares them with `instructions.tsv`:
# instructions.sh [--update]. Exits with 1 if a count is more than 3 % above its row; --update writes the table anew.
#
# Counts do not depend on the load of the machine and repeat to a few instructions, so that they show a change of 3 %,
# while times vary by 10 %. Counts belong to the CPU that valgrind shows, which has AVX2 and no AVX-512 (fearless_simd
# takes its AVX2 level), to the compiler and to the C library. The table names these, and is no guard if they differ.
# gungraun (formerly iai-callgrind) is not used: it compares with runs kept in target/ or with limits in code, not with a
# table that is checked in and updated, and needs an installed runner of exactly its version.
set -euo pipefail
cd "$(dirname "$0")/.."
table=$PWD/benches/instructions.tsv
case $* in '' | --update) ;; *) echo 'usage: instructions.sh [--update]' >&2 && exit 2 ;; esac
valgrind=$(command -v valgrind) || { echo 'instructions: valgrind is needed; install it' >&2 && exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

generate=$(benches/built.sh --bench generate)
bin=$(benches/built.sh --bin imsdk-annotate)
cpu=$(uname -m)$(grep -qsw avx2 /proc/cpuinfo && echo ', AVX2')
made_with="$(rustc --version), $("$valgrind" --version), $(getconf GNU_LIBC_VERSION), $cpu"

cd "$folder"
: > empty
# shellcheck disable=SC2094 # The argument is a number, and no file.
for percent in 2 30 100; do "$generate" "$percent" 5000000 > "$percent" 2> /dev/null; done
gzip -n -c 30 > 30.gz
for percent in 2 30 100; do IMSDK_ANNOTATE_CONFIG='' "$bin" "$percent" > "$percent.annotated"; done
# The log whose codes the catalog lacks: -7777 stands before their digits, and their notes are gone.
sed -E 's/-([0-9]+)([^ ]{0,3}) \([a-z-]+: [^()]*\)/-7777\1\2/g' 100.annotated > 100.unknown
# Lines of JSON of 10 KB, each with one field in its middle.
awk 'BEGIN {
  for (member = 0; member < 100; member++) half = half sprintf("\"name%d\":\"%040d\",", member, member)
  for (line = 0; line < 500; line++) printf "{%s\"ret\":-204,%s\"end\":0}\n", half, half
}' > json
# Writes a configuration of 40 lines.
{ seq -f '--key status%g' 37 && printf '%s\n' '--color never' '--lang en' '--fail-on unknown>1000000'; } > config

# Prints the instructions of one run: count CONFIGURATION INPUT OPTION...
# The environment has one variable, because more variables take more instructions to read. Signals have their defaults,
# because a signal that is ignored, as in a job in the background, is not caught, which takes 4 % fewer at a start.
count() {
  local config=$1 input=$2
  shift 2
  local status=0
  env -i --default-signal IMSDK_ANNOTATE_CONFIG="$config" "$valgrind" --tool=callgrind --callgrind-out-file=/dev/null --log-file=log \
    "$bin" -j1 "$@" "$input" > /dev/null 2> said || status=$?
  # A check that fails has status 1.
  if [ "$status" -gt 1 ] || { [ "$status" -eq 1 ] && [[ $* != *--fail-on* ]]; }; then
    cat said >&2
    echo "instructions: imsdk-annotate failed: -j1 $* $input" >&2 && cat log >&2 && return 1
  fi
  sed -n 's/.* Collected : //p' log
}

# Prints the rows of one mode: its start on empty input, and the instructions beyond the start for each log, or for the
# annotated one where LOGS is .annotated. Status 1 is that of a check that fails.
mode() {
  local name=${*:-plain}${LOGS:+ of annotated text} start percent
  start=$(count '' empty "$@")
  printf '%s, start\t%d\n' "$name" "$start"
  for percent in 2 30 100; do beyond "$start" "$name, $percent %" "$percent${LOGS-}" "$@"; done
}

# Prints the row of a log, with the instructions beyond the start: beyond START NAME LOG OPTION...
beyond() {
  local start=$1 name=$2 input=$3 instructions
  shift 3
  instructions=$(count '' "$input" "$@")
  printf '%s\t%d\n' "$name" $((instructions - start))
}

# Prints a row of one log: the instructions beyond the start: one NAME LOG OPTION...
one() {
  local name=$1 input=$2 start
  shift 2
  start=$(count '' empty "$@")
  beyond "$start" "$name" "$input" "$@"
}

measure() {
  local instructions
  mode
  mode --quiet --report json=/dev/null
  mode --quiet --report json=/dev/null --users openid
  mode --fail-on error
  mode --only error
  mode --only error -n
  mode -n
  mode --color always
  LOGS=.annotated mode
  LOGS=.annotated mode --strip
  mode --fields
  one 'lines of JSON of 10 KB' json
  one '--fields, lines of JSON of 10 KB' json --fields
  one 'report, all negative codes unknown, 100 %' 100.unknown --quiet --report json=/dev/null
  one '--since before all lines, 30 %' 30 --since 2020-01-01
  one '--encoding gbk, 30 %' 30 --encoding gbk
  mode --key x
  mode --pattern '(?<code>-[0-9]+)' --no-default-keys
  # shellcheck disable=SC2016 # The backslash is the expression's.
  one 'pattern without a literal, 30 %' 30 --no-default-keys --pattern '(?i)\b(?:ret|code)[a-z]*["=: ]+(?<code>-?[0-9]+)'
  instructions=$(count '' 30.gz)
  printf 'gzip with its start, 30 %%\t%d\n' "$instructions"
  instructions=$(count config empty)
  printf 'configuration of 40 lines, start\t%d\n' "$instructions"
}

measure > measured
if [ "${1-}" = --update ]; then
  # shellcheck disable=SC2016 # The backticks are those of a comment in the file.
  { printf '# Written by `just instructions --update` with:\n# %s\ncase\tinstructions\n' "$made_with" && cat measured; } > "$table"
  echo "instructions: wrote $(wc -l < measured) rows to benches/instructions.tsv"
  exit
fi

# Compares the rows on both sides, then lists the rows on one side alone: a row without its counterpart is no guard.
awk -F'\t' -v made_with="$made_with" '
  NR == FNR && FNR == 2 { table_made_with = substr($0, 3) }
  NR == FNR { if (FNR > 3) expected[$1] = $2; next }
  FNR == 1 { printf "%-55s %12s %12s\n", "case", "instructions", "table" }
  !($1 in expected) { printf "%-55s %12d %12s  not in the table\n", $1, $2, "none"; worse++; next }
  {
    change = 100 * ($2 / expected[$1] - 1)
    verdict = change > 3 ? "  WORSE" : change < -3 ? "  better" : ""
    printf "%-55s %12d %12d %+7.2f %%%s\n", $1, $2, expected[$1], change, verdict
    worse += change > 3; better += change < -3
    delete expected[$1]
  }
  END {
    for (name in expected) { printf "%-55s %12s %12d  not measured\n", name, "none", expected[name]; worse++ }
    update = "`just instructions --update` writes the table anew"
    if (table_made_with != made_with) {
      print "No guard here: the table was made with " table_made_with
      print "and this is " made_with ". Without the change that is to be judged, " update " for here."
      exit 0
    }
    if (worse) { print worse " rows are worse or have no counterpart. If that is meant: " update "."; exit 1 }
    if (better) print better " rows are better by more than 3 %: " update ", so that they stay so."
  }
' "$table" measured
