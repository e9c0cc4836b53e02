#!/usr/bin/env bash
# Writes the script that a user would write for the look-up otherwise, with the whole dictionary: dictionary.sh
# awk|perl|sed
set -euo pipefail
tsv="$(dirname "$0")/../src/catalog/builtin.tsv"

# Prints the code, the category and the message of each entry, with one category for each hundred codes.
table() {
  tail -n +2 "$tsv" | awk -F'\t' -v OFS='\t' '
    BEGIN { split("general account auth bind friend tag profile migrate notice request token server-api", name, " ") }
    { print $1, ($1 == 1 ? "success" : ($1 > 0 ? "action" : name[int(-$1 / 100) + 1])), $2 }'
}

case "$1" in
awk)
  echo 'BEGIN {'
  table | awk -F'\t' '{ gsub(/["\\]/, "\\\\&", $3); printf "note[\"%s\"] = \" (%s: %s)\"\n", $1, $2, $3 }'
  cat <<'AWK'
}
{
  rest = $0; out = ""
  while (match(rest, /([Rr]et|[Cc]ode)["']?\]?[ \t]*[=:[][ \t]*"?-?[1-9][0-9]*"?\]?/)) {
    field = substr(rest, RSTART, RLENGTH); code = field
    gsub(/[^-0-9]/, "", code)
    out = out substr(rest, 1, RSTART + RLENGTH - 1) note[code]
    rest = substr(rest, RSTART + RLENGTH)
  }
  print out rest
}
AWK
  ;;
perl)
  echo 'my %note = ('
  table | awk -F'\t' -v q="'" '{ gsub(/[\\\047]/, "\\\\&", $3); print q $1 q " => " q " (" $2 ": " $3 ")" q "," }'
  echo ');'
  cat <<'PERL'
while (<>) {
  s/((?:[Rr]et|[Cc]ode)["']?\]?[ \t]*[=:\[][ \t]*"?(-?[1-9][0-9]*)"?\]?)/$1 . ($note{$2} \/\/ "")/ge;
  print;
}
PERL
  ;;
sed)
  table | awk -F'\t' '{
    gsub(/[\/&\\]/, "\\\\&", $3)
    printf "s/([Rr]et|[Cc]ode)([\"\047]?\\]?[ \\t]*[=:[][ \\t]*\"?)%s(\"?\\]?)([^0-9]|$)/\\1\\2%s\\3 (%s: %s)\\4/g\n", $1, $1, $2, $3
  }'
  ;;
*)
  echo "usage: dictionary.sh awk|perl|sed" >&2
  exit 2
  ;;
esac
