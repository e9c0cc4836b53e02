"""Licences of the crates in Rust's standard library, which `third-party` prints: the notices that come with the compiler
(`share/doc/rust/COPYRIGHT-library.html`), or the files that come with the library's source where it is built from that. What
both leave out has the text of the licence that its authors have chosen. RUSTC and RUST_SOURCE are those of `compiler.sh`.
"""

import html
import os
import re
import subprocess
import sys
from pathlib import Path

# Crates of Rust's own repository.
OWN = {"alloc", "compiler_builtins", "core", "panic_abort", "panic_unwind", "proc_macro", "profiler_builtins", "std"}
OWN |= {"std_detect", "rustc_std_workspace_alloc", "rustc_std_workspace_core", "rustc_std_workspace_std", "sysroot", "test", "unwind"}
# Holders of the rights in crates that the notices leave out; each can be taken under the MIT licence.
LEFT_OUT = {
    "addr2line": "2016-2018 The gimli Developers",
    "adler2": "Jonas Schievink",
    "memchr": "2015 Andrew Gallant",
    "miniz_oxide": "2013-2014 RAD Game Tools and Valve Software, 2010-2014 Rich Geldreich and Tenacious Software LLC,\n"
    "2017 Frommi, 2017-2024 oyvindln",
    "object": "2015 The Gimli Developers",
}
NOTICE = re.compile(r"<h3>[^<]*?([-\w]+)-\d[^<]*</h3>(.*?)(?=<h3>|\Z)", re.DOTALL)
TEXT = re.compile(r"<pre>(.*?)</pre>", re.DOTALL)


def standard_library(mit):
    """Returns the names of the library's crates, each with a list of its texts; `mit` is the text of the MIT licence."""
    rustc, source = os.environ.get("RUSTC", "rustc"), os.environ.get("RUST_SOURCE", "")
    notices = of_source(Path(source), mit) if source else of_compiler(Path(printed(rustc, "sysroot")))
    found = {"std": [f"Copyright (c) The Rust Project Contributors\n\n{mit}"]}
    for name in sorted(crates(rustc) - OWN):
        if name in notices:
            found[name] = notices[name]
        elif name in LEFT_OUT:
            found[name] = [f"Copyright (c) {LEFT_OUT[name]}\n\n{mit}"]
        else:
            sys.exit(f"packaging/third-party: no text of the licence of {name}, in the standard library, is known")
    return found


def printed(rustc, what):
    """Returns what a compiler says of itself, such as its `sysroot`."""
    return subprocess.run([rustc, "--print", what], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def crates(rustc):
    """Returns the names of the crates that the installed library of a compiler has, for the machine that it runs on."""
    names = {path.name[3:].rsplit("-", 1)[0] for path in Path(printed(rustc, "target-libdir")).glob("lib*-*.rlib")}
    if "std" not in names:
        sys.exit(f"packaging/third-party: {rustc} has no standard library whose crates could be listed")
    return names


def of_compiler(sysroot):
    """Returns the texts by crate in the notices that come with a compiler."""
    path = sysroot / "share" / "doc" / "rust" / "COPYRIGHT-library.html"
    if not path.is_file():
        sys.exit(f"packaging/third-party: {path} with the licences of the standard library is missing: install Rust with rustup")
    page = path.read_text(encoding="utf-8")
    notices = {}
    for name, body in NOTICE.findall(page):
        texts = [html.unescape(text) for text in TEXT.findall(body)]
        if texts:
            notices[name.replace("-", "_")] = texts
    if len(notices) < 5:
        sys.exit(f"packaging/third-party: {path} names {len(notices)} crates with texts, which cannot be all")
    return notices


def of_source(source, mit):
    """Returns the texts by crate in the folder of the library's source; Debian has taken most of the files out of it."""
    vendor = source / "library" / "vendor"
    notices = {}
    for manifest in sorted(vendor.glob("*/Cargo.toml")):
        lines = manifest.read_text(encoding="utf-8")
        name, licence = (re.search(rf'^{key} = "(.*)"$', lines, re.MULTILINE).group(1) for key in ("name", "license"))
        authors = re.search(r"^authors = \[(.*?)\]", lines, re.MULTILINE | re.DOTALL)
        holders = ", ".join(re.findall(r'"(.*?)"', authors.group(1))) if authors else f"The authors of {name}"
        files = sorted(path for path in manifest.parent.glob("LICENSE*") if path.is_file())
        texts = [path.read_text(encoding="utf-8", errors="replace") for path in files]
        if not texts and "MIT" in re.split(r" OR |/", licence):
            texts = [f"Copyright (c) {holders}\n\n{mit}"]
        if texts:
            notices[name.replace("-", "_")] = texts
    if not notices:
        sys.exit(f"packaging/third-party: {vendor} with the licences of the standard library is missing")
    return notices
