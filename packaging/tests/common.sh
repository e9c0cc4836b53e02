# Functions of the tests in this folder, which is sourced by each: they run in the root of the repository.
# shellcheck shell=bash disable=SC2034
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
test_name=packaging/tests/$(basename "$0")
built=${CARGO_TARGET_DIR:-target}/packaging
mkdir -p "$built"
built=$(cd "$built" && pwd)
release=$built/release
version=$(packaging/version)
export IMSDK_ANNOTATE_CONFIG=
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

fail() {
    echo "$test_name: $*" >&2
    exit 1
}

# Says what is not tested, and why; a failure where NO_SKIPS is set.
skipped() {
    [ -z "${NO_SKIPS-}" ] || fail "skipped, and NO_SKIPS is set: $*"
    echo "$test_name: skipped: $*"
}

# Ends a test that cannot test anything, with the status by which packaging/test knows this.
skipped_all() {
    skipped "$@"
    exit 77
}

has() {
    command -v "$1" > /dev/null
}

# Fails unless two texts are the same: same NAME EXPECTED ACTUAL
same() {
    [ "$2" = "$3" ] || fail "$1: expected '$2', and it is '$3'"
}

# Fails unless a command annotates its standard input: annotates COMMAND...
annotates() {
    same "$*" 'ret=-204 (auth: user session is failure!)' "$(printf 'ret=-204\n' | "$@")"
}

# Prints what runs a target's program on this machine, which is empty for its own: runner TARGET; fails if nothing does.
runner() {
    local machine=${1%%-*}
    if [ "$machine" = "$(uname -m)" ]; then
        echo ''
    else
        command -v "qemu-$machine-static"
    fi
}

# Prints the targets whose programs are built, in the order in which they are tested.
targets_built() {
    local target
    for target in x86_64-unknown-linux-musl aarch64-unknown-linux-musl; do
        if [ -x "$built/$target/imsdk-annotate" ]; then echo "$target"; fi
    done
}

# Runs a command with a folder as its root, as root or in a namespace of its own: in_root FOLDER COMMAND...
in_root() {
    if [ "$(id -u)" = 0 ]; then
        chroot "$@"
    else
        unshare --map-root-user chroot "$@"
    fi
}

# Runs a command as `in_root` does, with an empty environment. Paths of its tools are whole, because there is no PATH.
in_empty() {
    local chroot
    chroot=$(PATH=$PATH:/usr/sbin:/sbin command -v chroot)
    if [ "$(id -u)" = 0 ]; then
        env -i "$chroot" "$@"
    else
        env -i "$(command -v unshare)" --map-root-user "$chroot" "$@"
    fi
}

# Returns success if `in_root` works on this machine.
can_change_root() {
    [ "$(id -u)" = 0 ] || unshare --map-root-user true 2> /dev/null
}

# Makes the root of a Debian, which is kept for other tests, and prints it; fails where it cannot be had: debian RELEASE
debian() {
    local root=$built/$1 log=$built/$1.log
    if ! [ -e "$root.made" ]; then
        has debootstrap && [ "$(id -u)" = 0 ] || return 1
        rm -rf "$root"
        debootstrap --variant=minbase "$1" "$root" > "$log" 2>&1 || return 1
        touch "$root.made"
    fi
    echo "$root"
}
