"""A worker process of Spark, in which the tasks run one after another."""

from __future__ import annotations

import zipimport


def keep_zip_listings() -> None:
    """Lets Python keep what it knows of the zip files on its path, in this process alone.

    Spark calls `importlib.invalidate_caches` before each task, and with `pyspark.zip` on the path Python 3.10 and later
    then reads the list of its thousands of members anew: 0.1 to 0.3 s of processor time a task, as much as 100 MB of log.
    The files do not change while a worker lives: new ones have new names.
    """
    if hasattr(zipimport.zipimporter, "invalidate_caches"):
        setattr(zipimport.zipimporter, "invalidate_caches", lambda self: None)  # noqa: B010 - a method of Python itself
