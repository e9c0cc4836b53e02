"""Tables as text and as Markdown, and the places in documents that they are written to."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from pathlib import Path

from .command import Failed
from .rows import Result

ROOT = Path(__file__).resolve().parent.parent.parent
PERFORMANCE = ROOT / "docs" / "performance.md"
END = "<!-- end -->"


def markdown(about: str, made: Sequence[str], parts: Sequence[Result]) -> str:
    """Returns a table, or several, with a text above, how they were made, and notes on rows below."""
    pieces = [wrapped(about), wrapped(f"*{' '.join(made)}*")]
    for part in parts:
        rows = [part.headings, ["---"] * len(part.headings), *part.lines]
        pieces.append("\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows))
        if part.remarks:
            pieces.append("\n".join(f"- {note}" for note in part.notes()))
    return "\n\n".join(pieces)


def wrapped(paragraph: str) -> str:
    return textwrap.fill(paragraph, 125, break_long_words=False, break_on_hyphens=False)


def text(name: str, made: Sequence[str], parts: Sequence[Result]) -> str:
    """Returns the same for a terminal, in columns."""
    pieces = [f"{name}:", *made]
    for part in parts:
        rows = [[cell.replace("`", "") for cell in row] for row in [part.headings, *part.lines]]
        widths = [max(len(row[at]) for row in rows) for at in range(len(part.headings))]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
        pieces += ["", *lines, *(f"- {note}" for note in part.notes())]
    return "\n".join(pieces) + "\n"


def between(path: Path, marker: str, written: str) -> None:
    """Writes a text between `<!-- marker -->` and `<!-- end -->` in a document."""
    start = f"<!-- {marker} -->"
    document = path.read_text(encoding="utf-8")
    changed, count = re.subn(
        f"{re.escape(start)}.*?{re.escape(END)}", lambda _: start + written + END, document, flags=re.DOTALL
    )
    if count != 1:
        raise Failed(f"{path}: {start} with {END} behind it stands there {count} times in place of once: put it there")
    path.write_text(changed, encoding="utf-8")
