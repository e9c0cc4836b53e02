"""Storages in memory.

The host of one stands in the URL as that of `hdfs://` does, `hosts://one/logs/a.log`; another has no room.
"""

from __future__ import annotations

from typing import Any, Dict

from fsspec.implementations.memory import MemoryFileSystem

STORES: Dict[str, Dict[str, Any]] = {}


class Hosts(MemoryFileSystem):  # type: ignore[misc]
    """The files of one host; without a host there are none."""

    protocol = "hosts"

    def __init__(self, host: str = "", **options: Any) -> None:
        super().__init__(**options)
        self.host = host
        self.store = STORES.setdefault(host, {})
        self.pseudo_dirs = [""]

    @staticmethod
    def _get_kwargs_from_urls(url: str) -> Dict[str, Any]:
        return {"host": url.split("://", 1)[1].split("/", 1)[0]} if "://" in url else {}

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        if "://" in path:
            path = f"/{path.split('://', 1)[1].partition('/')[2]}"
        return path.rstrip("/")


class Full(MemoryFileSystem):  # type: ignore[misc]
    """A storage without room."""

    protocol = "full"

    def open(self, path: str, *arguments: Any, **options: Any) -> Any:
        raise OSError("no room")
