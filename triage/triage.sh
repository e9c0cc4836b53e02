#!/bin/sh
# Triage of a log: it fails where an error or an unknown code is new since the last good run of the default branch.
#
# The arguments are options of imsdk-annotate, such as the reports that the CI service shows. `action.yml` runs this file,
# and `templates/triage.yml` has it word for word. The status is that of imsdk-annotate: 1 for a failed check, 2 and 3 for
# trouble. Settings are variables; those that take several words have blanks between them.
#
#   TRIAGE_LOG        files, folders and globs that are the log
#   TRIAGE_FAIL_ON    checks: `--fail-on` for each word
#   TRIAGE_EXPECT     checks: `--expect` for each word
#   TRIAGE_ACCEPT     the file of accepted codes; if it is empty, accepted.txt, where there is one
#   TRIAGE_OPTIONS    further options, each without blanks in it: --users openid
#   TRIAGE_FOLDER     the folder for report.json, report.html and errors.log
#   TRIAGE_BASELINE   the JSON report to compare with; it need not be there
#   TRIAGE_BRANCH     the branch that the baseline is of, for messages
#   TRIAGE_IS_MAIN    true in a run of that branch, which makes an unreadable baseline anew; other runs fail by it
#   TRIAGE_WARNING    what stands before a warning, so that the service shows it
set -eu

warn() {
    printf '%s%s\n' "${TRIAGE_WARNING-}" "$*"
}

compared=false
if [ -f "$TRIAGE_BASELINE" ]; then
    compared=true
    if [ "$TRIAGE_IS_MAIN" = true ]; then
        imsdk-annotate --merge-reports "$TRIAGE_BASELINE" --report text=/dev/null || compared=false
    fi
fi
if [ "$compared" = true ]; then
    set -- "$@" --baseline "$TRIAGE_BASELINE"
else
    warn "There is no report of $TRIAGE_BRANCH to compare with, so that no code counts as new."
fi
if [ -n "${TRIAGE_ACCEPT-}" ] || [ -f accepted.txt ]; then
    set -- "$@" --accept "${TRIAGE_ACCEPT:-accepted.txt}"
fi

# Words of the settings are no globs, but for the log.
set -f
for check in ${TRIAGE_FAIL_ON-}; do
    # Without a baseline, all that is not accepted would be new, and growth would be refused.
    case ",$(printf '%s' "$check" | tr '!<>:@' ',,,,,')," in
    *,new,* | *+*) [ "$compared" = true ] || continue ;;
    esac
    set -- "$@" --fail-on "$check"
done
for check in ${TRIAGE_EXPECT-}; do
    set -- "$@" --expect "$check"
done
# shellcheck disable=SC2086
set -- "$@" ${TRIAGE_OPTIONS-}
set +f

mkdir -p "$TRIAGE_FOLDER"
set -- "$@" --report "json=$TRIAGE_FOLDER/report.json" --report "html=$TRIAGE_FOLDER/report.html" --
operands=$#
# shellcheck disable=SC2086
set -- "$@" $TRIAGE_LOG
if [ $# -eq "$operands" ]; then
    echo 'The log is not named: set the input log.' >&2
    exit 2
fi
# The lines go to a file, because the service may act on what the log says.
imsdk-annotate --only error,unknown --line-number --context 2 "$@" > "$TRIAGE_FOLDER/errors.log"
