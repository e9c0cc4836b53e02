"""A worker process of Spark, in which the tasks run one after another."""

from __future__ import annotations

import ctypes
import gc
import zipimport

LARGE = 8 << 20
"""The bytes of an input from which on a task's buffers are worth a collection, which takes some 30 ms."""

MMAP_THRESHOLD = -3
"""The number of `M_MMAP_THRESHOLD` in glibc."""


def keep_zip_listings() -> None:
    """Lets Python keep what it knows of the zip files on its path, in this process alone.

    Spark calls `importlib.invalidate_caches` before each task, and with `pyspark.zip` on the path Python 3.10 and later
    then reads the list of its thousands of members anew: 0.1 to 0.3 s of processor time a task, as much as 100 MB of log.
    The files do not change while a worker lives: new ones have new names.
    """
    if hasattr(zipimport.zipimporter, "invalidate_caches"):
        setattr(zipimport.zipimporter, "invalidate_caches", lambda self: None)  # noqa: B010 - a method of Python itself


def free_large_buffers() -> None:
    """Lets large buffers go back to the system as soon as they are free, in this process alone.

    By itself, glibc raises the size of what it maps with each buffer of 8 or 16 MiB that is freed, and then puts such
    buffers on its heap, with holes between them. Other libraries of C go on as they are.
    """
    try:
        ctypes.CDLL(None).mallopt(MMAP_THRESHOLD, 1 << 20)
    except (AttributeError, OSError):
        pass


def collect_after(read: int) -> None:
    """Collects what a storage's client leaves of a task that has read so many bytes: requests, with parts of uploads."""
    if read >= LARGE:
        gc.collect()
