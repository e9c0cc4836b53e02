# Functions that choose the compiler for a target; scripts of this folder source it.
# shellcheck shell=bash

# Prints the folder of the standard library's source that a compiler can use, and fails where there is none: source_of RUSTC
source_of() {
    local folder
    folder=$("$1" --print sysroot)/lib/rustlib/src/rust
    [ -e "$folder/library/Cargo.lock" ] && echo "$folder"
}

# Succeeds if a compiler has the standard library for the target: has_target RUSTC TARGET
has_target() {
    compgen -G "$("$1" --print target-libdir --target "$2")/libstd-*.rlib" > /dev/null
}

# Sets `cargo`, `rustc` and `source` to the tools for a target: choose_compiler TARGET. They are those on the PATH, or those
# of Debian, which have the source of the standard library. `source` is that source's folder, and empty where the installed
# library is linked. Fails where there is neither.
choose_compiler() {
    cargo=$(command -v cargo) || return 1
    rustc=$(command -v rustc) || return 1
    source=''
    if has_target "$rustc" "$1" || source=$(source_of "$rustc"); then
        return
    fi
    cargo=/usr/bin/cargo
    rustc=/usr/bin/rustc
    [ -x $cargo ] && [ -x $rustc ] && source=$(source_of $rustc)
}
