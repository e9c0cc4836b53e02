"""Names of files on any storage: local paths and fsspec URLs, and the file system behind each."""

from __future__ import annotations

import json
import os
import posixpath
from typing import Any, Dict, Optional, Tuple

from imsdk_annotate.spark.errors import UsageError

StorageOptions = Dict[str, Dict[str, Any]]
"""For each protocol the options of its file system."""

LOCAL = ("file", "local")

ALIASES = {"s3a": "s3", "gcs": "gs", "abfss": "abfs", "az": "abfs"}
"""Protocols that are another name of one: they have its options, and are one file system with it."""


def protocol_of(url: str) -> str:
    """Returns the protocol of a URL, by the first of its names; `file` for a path."""
    head, mark, _ = url.partition("://")
    protocol = head.lower() if mark and "/" not in head else "file"
    return ALIASES.get(protocol, protocol)


def is_local(url: str) -> bool:
    """Returns whether a URL or a path names a file of this machine (or of a file system that is mounted here)."""
    return protocol_of(url) in LOCAL


def open_storage(url: str, options: StorageOptions) -> Tuple[Any, str]:
    """Returns the fsspec file system of a URL, and the file's path there. Raises `UsageError` where there is none."""
    import fsspec

    protocol = protocol_of(url)
    try:
        kind = fsspec.get_filesystem_class(protocol)
        # The host of `hdfs://host/…` and the account of `abfs://container@account/…` are options that stand in the URL.
        system = kind(**{**_options_of(protocol, options), **kind._get_kwargs_from_urls(url)})
    except ImportError as error:
        raise UsageError(
            f"{url}: no storage for {protocol}://: {error}; pip install the fsspec package of this storage"
        ) from error
    except (TypeError, ValueError, OSError) as error:
        raise UsageError(f"{url}: cannot be opened: {error}; look at the URL and at --storage-options") from error
    # Lists of folders that the storage remembers would hide what executors, or an earlier job in this process, have written.
    system.invalidate_cache()
    return system, str(system._strip_protocol(url))


def _options_of(protocol: str, options: StorageOptions) -> Dict[str, Any]:
    """Returns the options of a protocol, which may be given under each of its names."""
    names = [protocol, *(alias for alias, name in ALIASES.items() if name == protocol)]
    return {key: value for name in names for key, value in options.get(name, {}).items()}


def absolute(url: str, folder: Optional[str] = None) -> str:
    """Returns a URL, in which a path of this machine is absolute: executors have other working folders.

    A relative path is below `folder`, by default the working folder.
    """
    return os.path.abspath(os.path.join(folder or "", url)) if is_local(url) and "://" not in url else url


def joined(url: str, name: str) -> str:
    """Returns the URL of a file below a folder."""
    return f"{url.rstrip('/')}/{name}"


def parent_of(path: str) -> str:
    """Returns the path of the folder that a path of a file system is in."""
    return posixpath.dirname(path)


def parse_options(text: str) -> StorageOptions:
    """Returns the value of `--storage-options`: JSON, for each protocol an object of its options, or `@FILE` of it.

    Example: `{"s3": {"anon": true}}`. Raises `UsageError` for anything else.
    """
    form = 'give JSON with the options of each protocol: {"s3": {"anon": true}}'
    named = f"--storage-options {text}" if text.startswith("@") else "--storage-options"
    try:
        if text.startswith("@"):
            with open(text[1:], encoding="utf-8") as file:
                text = file.read()
        value = json.loads(text)
    except OSError as error:
        raise UsageError(f"{named}: {error.strerror}; name a file of the driver's machine") from error
    except ValueError as error:
        raise UsageError(f"{named}: {error}; {form}") from error
    if not isinstance(value, dict) or not all(isinstance(inner, dict) for inner in value.values()):
        # The text may hold secrets, which are for no log.
        raise UsageError(f"{named}: is no object of objects; {form}")
    return value
