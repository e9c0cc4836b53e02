"""The Spark job: one task a file (or a range of one), the unchanged program, results that faults cannot falsify.

`main` is the command `imsdk-annotate-spark`. In the order of a run: `cli` and `passed` (what was typed), `files`,
`listing` and `planning` (what is to be done), `cluster` (Spark), `task` with `feed` and `outputs` (one attempt on an
executor), `parts` (what is done), `compare` (what is there in the end), `reports`, `merge` and `final` (the sum),
`progress`, and `job`, which goes through them. docs/cluster.md says why it is so.
"""

from __future__ import annotations

from typing import Optional, Sequence

__all__ = ["main"]


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """Runs the command with these arguments (by default those of the process), and returns its exit status."""
    # Executors import this package for `task` alone: the command line stays away from them.
    from imsdk_annotate.spark.cli import run

    return run(arguments)
