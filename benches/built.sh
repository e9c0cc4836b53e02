#!/usr/bin/env bash
# Builds one target and prints the path of its executable: built.sh --bin|--bench NAME
# The profile is release; PROFILE names another one.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --profile "${PROFILE:-release}" --locked --quiet --message-format=json-render-diagnostics "$1" "$2" |
  sed -n "/\"name\":\"$2\"/s/.*\"executable\":\"\([^\"]*\)\".*/\1/p"
