"""The options behind `--`, which are the program's own: a table of those that a task can have, and what each means here."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Dict, List, Optional, Sequence, Tuple

from imsdk_annotate.spark.errors import UsageError
from imsdk_annotate.spark.names import OF_OPTION

FLAGS = frozenset(
    "--strict --no-default-keys --fields --strip --no-builtin --no-decompress "
    "--no-archives --text --line-number --with-filename".split()
)

VALUES = frozenset(
    "--key --pattern --lang --note --catalog --only --after-context --before-context --context --since --until --tz --year "
    "--label --users --users-salt --trace --compress --level --zstd-dictionary --encoding "
    "--include --exclude --threads".split()
)

SHORT = {
    "a": "--text",
    "n": "--line-number",
    "H": "--with-filename",
    "A": "--after-context",
    "B": "--before-context",
    "C": "--context",
    "j": "--threads",
}

FILES = frozenset(["--catalog", "--zstd-dictionary"])
"""Options that name a file of the driver: tasks get its content."""

MERGED = frozenset(["--lang", "--catalog", "--no-builtin"])
"""Options that reports have, too, and so the merge in the end."""

NEEDS_LINES_BEFORE = frozenset(
    ["--line-number", "--after-context", "--before-context", "--context", "--since", "--until", "--trace"]
)
"""Options under which a line depends on lines before it, so that files are not divided."""

REASONS = {
    "--report": "reports are those of the whole job; put it before `--`",
    "--fail-on": "checks are made of the whole job; put it before `--`",
    "--expect": "checks are made of the whole job; put it before `--`",
    "--baseline": "it is compared with the whole job; put it before `--`",
    "--accept": "it is for the whole job; put it before `--`",
    "--write-accept": "it is for the whole job; put it before `--`",
    "--top": "it is for the reports of the whole job; put it before `--`",
    "--output": "outputs go to --output URL, before `--`",
    "--output-dir": "outputs go to --output URL, before `--`",
    "--quiet": "leave out --output for a job that writes only reports",
    "--resume": "put it before `--`",
    "--name": "each task has the name of its file",
    "--input-size": "each task has the size of its file",
    "--range": "files are divided by --shard-size, before `--`",
    "--color": "files of a job have no colour",
    "--colors": "files of a job have no colour",
}
SHORT_REFUSED = {
    "o": "--output",
    "q": "--quiet",
    "F": "--follow",
    "c": "--count",
    "l": "--files-with-matches",
    "m": "--max-count",
    "0": "--null",
}


@dataclass
class Passed:
    """The options of the tasks."""

    options: List[Tuple[str, Optional[str]]] = field(default_factory=list)
    """Each option by its long name, with its value where it has one."""
    files: Dict[str, bytes] = field(default_factory=dict)
    """The contents of the files that options name, by their paths on the driver."""

    def arguments(self, folder: Optional[str] = None, without: Sequence[str] = ()) -> List[str]:
        """Returns the command line; files are those that `write_files` has put into the folder, without it the driver's."""
        return self._line([option for option in self.options if option[0] not in without], folder)

    def merge_arguments(self, folder: Optional[str] = None) -> List[str]:
        """Returns the options of a merge; files are those that `write_files` has put into the folder."""
        return self._line([option for option in self.options if option[0] in MERGED], folder)

    def write_files(self, folder: str) -> None:
        """Writes the files that options name into a folder of an executor."""
        for path, name in self._file_names():
            with open(os.path.join(folder, name), "wb") as file:
                file.write(self.files[path])

    def has(self, *names: str) -> bool:
        """Returns whether one of the options is given."""
        return any(name in names for name, _ in self.options)

    def value(self, wanted: str) -> Optional[str]:
        """Returns the last value of an option."""
        return next((value for name, value in reversed(self.options) if name == wanted), None)

    def undivided_because(self) -> Optional[str]:
        """Returns the option for which files cannot be divided into ranges, or None."""
        return next((name for name, _ in self.options if name in NEEDS_LINES_BEFORE), None)

    def _line(self, options: List[Tuple[str, Optional[str]]], folder: Optional[str]) -> List[str]:
        place = {path: os.path.join(folder, name) for path, name in self._file_names()} if folder else {}
        return [
            name if value is None else f"{name}={place.get(value, value) if name in FILES else value}"
            for name, value in options
        ]

    def _file_names(self) -> List[Tuple[str, str]]:
        # The end of a name tells the format of a catalog.
        return [(path, f"{number}-{os.path.basename(path)}") for number, path in enumerate(self.files)]


def parse_passed(arguments: Sequence[str]) -> Passed:
    """Reads the options behind `--`. Raises `UsageError` for one that makes no sense in a task, with the remedy."""
    passed = Passed()
    rest = list(arguments)
    while rest:
        argument = rest.pop(0)
        if argument.startswith("--"):
            name, mark, value = argument.partition("=")
            _add(passed, name, value if mark else None, rest)
        elif argument.startswith("-") and argument != "-":
            letters = argument[1:]
            while letters:
                letter, letters = letters[0], letters[1:]
                name = SHORT.get(letter) or SHORT_REFUSED.get(letter, f"-{letter}")
                if name in VALUES and letters:
                    _add(passed, name, letters[1:] if letters[0] == "=" else letters, rest)
                    letters = ""
                else:
                    _add(passed, name, None, rest)
        else:
            raise UsageError(f"{argument}: behind `--` are options of the program alone; put files and folders before `--`")
    compress = passed.value("--compress")
    if compress not in (None, "keep", *OF_OPTION):
        raise UsageError(f"--compress {compress}: is no packing; one of keep, {', '.join(OF_OPTION)}")
    for path in [value for name, value in passed.options if name in FILES and value]:
        try:
            with open(path, "rb") as file:
                passed.files[path] = file.read()
        except OSError as error:
            raise UsageError(f"{path}: {error.strerror}; name a file of the driver's machine") from error
    return passed


def _add(passed: Passed, name: str, value: Optional[str], rest: List[str]) -> None:
    """Adds an option, with its value from `rest` where that is not given."""
    if name in FLAGS and value is None:
        passed.options.append((name, None))
    elif name in VALUES:
        if value is None and not rest:
            raise UsageError(f"{name}: its value is missing; imsdk-annotate --help says which it has")
        passed.options.append((name, rest.pop(0) if value is None else value))
    elif name in FLAGS:
        raise UsageError(f"{name}={value} behind `--`: {name} takes no value")
    else:
        reason = REASONS.get(name, "is no option for the tasks of a job; imsdk-annotate-spark --help says which are")
        raise UsageError(f"{name} behind `--`: {reason}")
