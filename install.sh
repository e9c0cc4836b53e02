#!/bin/sh
# Installs imsdk-annotate from the archive of a release, after its checksum has been verified. Needs no root:
#
#   sh install.sh                       the program to ~/.local/bin, its manual and completions to ~/.local/share
#   sh install.sh --prefix /usr/local   to another folder
#   sh install.sh --version 0.1.0       another release than that of this script
#
# IMSDK_ANNOTATE_VERSION stands for --version. IMSDK_ANNOTATE_BASE_URL is the address of the folder that has a folder
# `vVERSION` for each release: a copy of the releases in your own network, for example. Linux on x86_64 and aarch64.
# Needs tar and gzip; curl or wget; sha256sum, shasum or openssl. Ends with 0 if the program is installed, 1 if not, 2 for
# bad usage, and 128 plus its number where the signal HUP, INT or TERM has ended it. The program that was there stays then.
set -eu

base_url=${IMSDK_ANNOTATE_BASE_URL:-https://github.com/imsdk-annotate/imsdk-annotate/releases/download}
version=${IMSDK_ANNOTATE_VERSION:-0.1.0}
prefix=''

fail() {
    printf 'install.sh: %s\n' "$1" >&2
    exit "${2:-1}"
}

has() {
    command -v "$1" > /dev/null 2>&1
}

# Downloads an address to a file: download URL FILE
download() {
    if has curl; then
        curl --fail --silent --show-error --location --retry 3 --output "$2" "$1"
    elif has wget; then
        wget -q -O "$2" "$1"
    else
        fail 'curl or wget is needed; install one of them'
    fi
}

# Prints the SHA-256 of a file.
checksum() {
    if has sha256sum; then
        sha256sum "$1" | cut -d ' ' -f 1
    elif has shasum; then
        shasum -a 256 "$1" | cut -d ' ' -f 1
    elif has openssl; then
        openssl dgst -sha256 "$1" | sed 's/.* //'
    else
        fail 'sha256sum, shasum or openssl is needed to verify the archive; install one of them'
    fi
}

# Prints the target whose program runs on this machine.
target() {
    case $(uname -s)-$(uname -m) in
    Linux-x86_64 | Linux-amd64) echo x86_64-unknown-linux-musl ;;
    Linux-aarch64 | Linux-arm64) echo aarch64-unknown-linux-musl ;;
    *) fail "there is no archive for $(uname -s) on $(uname -m); with Rust: cargo install --locked imsdk-annotate" ;;
    esac
}

# Reads the options into `prefix` and `version`.
read_options() {
    while [ $# -gt 0 ]; do
        case $1 in
        --prefix | --version)
            [ -n "${2-}" ] || fail "$1 needs a value" 2
            if [ "$1" = --prefix ]; then prefix=$2; else version=$2; fi
            shift 2
            ;;
        -h | --help)
            echo 'usage: sh install.sh [--prefix DIR] [--version VERSION]'
            exit
            ;;
        *) fail "there is no option '$1': --prefix DIR and --version VERSION are" 2 ;;
        esac
    done
    if [ -z "$prefix" ]; then
        [ -n "${HOME-}" ] || fail 'HOME is not set; say --prefix DIR' 2
        prefix=$HOME/.local
    fi
    case $prefix in
    /*) ;;
    *) prefix=$PWD/$prefix ;;
    esac
    # The tag of a release has a `v` before its version.
    version=${version#v}
}

# Installs. It is called in the last line, so that a script that was downloaded in part does nothing.
main() {
    read_options "$@"
    target=$(target)
    name=imsdk-annotate-$version-$target
    folder=$(mktemp -d "${TMPDIR:-/tmp}/imsdk-annotate.XXXXXX")
    new=''
    trap 'rm -rf "$folder" ${new:+"$new"}' EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM

    for file in SHA256SUMS "$name.tar.gz"; do
        download "$base_url/v$version/$file" "$folder/$file" ||
            fail "$base_url/v$version/$file cannot be downloaded; is there a version $version?"
    done
    expected=$(sed -n "s/^\([0-9a-f]\{64\}\) [ *]$name\.tar\.gz\$/\1/p" "$folder/SHA256SUMS")
    [ -n "$expected" ] || fail "SHA256SUMS of version $version does not name $name.tar.gz"
    actual=$(checksum "$folder/$name.tar.gz")
    [ "$actual" = "$expected" ] ||
        fail "the checksum of $name.tar.gz is $actual, not $expected: nothing was installed"

    gzip -dc "$folder/$name.tar.gz" | (cd "$folder" && tar -xf -)
    mkdir -p "$prefix/bin" "$prefix/share" ||
        fail "$prefix cannot be written: the program was not installed; say --prefix DIR"
    [ ! -d "$prefix/bin/imsdk-annotate" ] || fail "$prefix/bin/imsdk-annotate is a folder; remove it, or say --prefix DIR"
    # A program that does not run here is not installed, and one that runs stays whole: the new one takes its name at once.
    new=$prefix/bin/.imsdk-annotate.$$
    cp "$folder/$name/bin/imsdk-annotate" "$new" ||
        fail "$prefix/bin cannot be written: the program was not installed; say --prefix DIR"
    said=$("$new" --version) ||
        fail "the program of $name.tar.gz does not run on this machine: nothing was installed"
    cp -R "$folder/$name/share/." "$prefix/share/" ||
        fail "$prefix/share cannot be written: the program was not installed; say --prefix DIR"
    mv -f "$new" "$prefix/bin/imsdk-annotate"
    printf '%s is installed: %s\n' "${said%%
*}" "$prefix/bin/imsdk-annotate"
    case :$PATH: in
    *":$prefix/bin:"*) ;;
    *) printf 'Put it on your PATH: export PATH="%s/bin:%s"\n' "$prefix" "\$PATH" ;;
    esac
}
main "$@"
