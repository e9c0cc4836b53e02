"""The facts of README.md and README.zh-CN.md that come from the tables."""

from __future__ import annotations

from collections.abc import Iterator

from .page import ROOT, between
from .rows import PERCENTS, Figure, Result, ratio, seconds

# Sentences by name, as they stand between `<!-- measured: NAME -->` and `<!-- end -->`.
DOCUMENTS = {
    ROOT / "README.md": {
        "delay": "A line comes {later:.1f} µs later than through `cat` ({mine} against {cat} µs)",
        "memory": "one thread takes {memory:.1f} MiB of memory",
        "pipeline": "A pipeline takes {low} to {high} times as long as with one more `cat` in place of the program",
        "mawk": "{low} to {high} times",
        "gzip": "{bytes} MB of log in one gzip file take {mine}, {ratio} times as long as `gzip -dc` alone",
    },
    ROOT / "README.zh-CN.md": {
        "delay": "每行只比经过 `cat` 晚 {later:.1f} µs（{mine} µs 对 {cat} µs）",
        "memory": "单线程占用内存 {memory:.1f} MiB",
        "pipeline": "放在管道中间，用时是在同一位置再放一个 `cat` 的 {low}～{high} 倍",
        "mawk": "{low}～{high} 倍",
        "gzip": "{bytes} MB 日志压成一个 gzip 文件，双线程处理用 {mine}，是仅用 `gzip -dc` 解压的 {ratio} 倍",
    },
}


def facts(table: str, parts: list[Result], size: int) -> Iterator[tuple[str, dict[str, object]]]:
    """Yields the names of the facts that a table has figures for, with what their sentences need."""
    figures = {key: figure for part in parts for key, figure in part.figures.items()}
    if table == "pipeline":
        delay = figures["delay", "cat", "median"]
        yield "delay", {"later": delay.seconds - delay.reference, "mine": delay.seconds, "cat": delay.reference}
        if figures["memory", "cat", "-j1"].seconds:
            yield "memory", {"memory": figures["memory", "cat", "-j1"].seconds}
        yield from extent("pipeline", figures, "`cat LOG | imsdk-annotate | cat`", "`cat LOG | cat | cat`")
    elif table == "peers":
        yield from extent("mawk", figures, "mawk", "`imsdk-annotate`")
    elif table == "archives":
        figure = figures.get(("one gzip file", "`gzip -dc`", "`-j2`"))
        if figure:
            shown = {"mine": seconds(figure.seconds), "ratio": ratio(figure.ratio)}
            yield "gzip", {"bytes": f"{size / 1e6:g}", **shown}


def extent(
    name: str, figures: dict[tuple[str, str, str], Figure], row: str, against: str
) -> Iterator[tuple[str, dict[str, object]]]:
    """Yields the least and the greatest ratio of a row, if it was measured."""
    ratios = [figures[row, against, column].ratio for column in PERCENTS if (row, against, column) in figures]
    if ratios:
        yield name, {"low": ratio(min(ratios)), "high": ratio(max(ratios))}


def write(table: str, parts: list[Result], size: int) -> None:
    """Writes the facts that a table has figures for into both documents."""
    for name, values in facts(table, parts, size):
        for path, sentences in DOCUMENTS.items():
            between(path, f"measured: {name}", sentences[name].format(**values))
