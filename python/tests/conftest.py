"""Fixtures of all tests: the program that they run, and an environment in which nothing else has a say."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import imsdk_annotate


@pytest.fixture(scope="session")
def binary() -> Path:
    """The program that the tests run: `python/test` names it by IMSDK_ANNOTATE_BINARY."""
    return Path(imsdk_annotate.find_binary())


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps the user's configuration of the program out of the tests."""
    monkeypatch.setenv("IMSDK_ANNOTATE_CONFIG", os.devnull)
