"""`--resume`, and reports that are added up in several levels."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict

import pytest

pytestmark = pytest.mark.cluster


def written(folder: Path) -> Dict[str, int]:
    """Returns the time of modification of each output."""
    return {
        str(path.relative_to(folder)): path.stat().st_mtime_ns
        for path in folder.rglob("*.log*")
        if "_imsdk" not in path.parts
    }


def test_a_run_goes_on_where_an_earlier_one_ended(job: Any, one_machine: Any, machine: Path, tmp_path: Path) -> None:
    logs, out = tmp_path / "logs", tmp_path / "out"
    logs.mkdir()
    for number in range(6):
        (logs / f"{number}.log").write_bytes(b"ret=-204\n" * (number + 1))
    first = job("--output", str(out), str(logs))
    assert first.status == 0
    before = written(out)
    parts = sorted((out / "_imsdk/parts").iterdir())
    assert [part.name[:6] for part in parts] == [f"{number:06}" for number in range(6)]

    parts[1].unlink()  # as if its task had not ended
    (out / "2.log").unlink()  # as if somebody had removed it
    (logs / "3.log").write_bytes(b"ret=-402\n" * 4)  # of the same size, and later
    (logs / "0.log").rename(logs / "7.log")
    (logs / "30.log").write_bytes(b"ret=5\n")  # moves the numbers of those behind it
    again = job("--resume", "--output", str(out), str(logs))
    assert again.status == 0
    assert "2 of 7 tasks were done by an earlier run" in again.said
    after = written(out)
    assert {name for name, time in after.items() if before.get(name) != time} == {
        "1.log",
        "2.log",
        "3.log",
        "7.log",
        "30.log",
    }
    assert again.report == one_machine([str(logs)]).report
    outputs = {name: (out / name).read_bytes() for name in after}

    # Other options are other parts.
    other = job("--resume", "--output", str(out), str(logs), "--", "--lang", "zh")
    assert "0 of 7 tasks were done by an earlier run" in other.said
    # The outputs are theirs now: those of the first options are made again.
    first_again = job("--resume", "--output", str(out), str(logs))
    assert "0 of 7 tasks were done by an earlier run" in first_again.said
    assert {name: (out / name).read_bytes() for name in after} == outputs
    # And a run without the option begins anew.
    assert "were done" not in job("--output", str(out), str(logs), "--", "--lang", "zh").said


def test_a_damaged_input_is_done_and_keeps_its_status(job: Any, tmp_path: Path, machine: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "damaged.log.gz").write_bytes((machine / "s3:/bkt/logs/damaged.log.gz").read_bytes())
    (logs / "a.log").write_bytes(b"ret=-204\n")
    assert job("--output", str(tmp_path / "out"), str(logs)).status == 3
    again = job("--resume", "--output", str(tmp_path / "out"), str(logs))
    assert again.status == 3
    assert "2 of 2 tasks were done" in again.said
    assert json.loads(again.report)["complete"] is False


def test_reports_in_several_levels_are_the_same(
    job: Any, stored: Any, one_machine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from imsdk_annotate.spark import job as module
    from imsdk_annotate.spark import merge

    monkeypatch.setattr(merge, "FAN_IN", 3)
    monkeypatch.setattr(module, "FAN_IN", 3)
    ran = job("--parts", "s3://bkt/levels", "s3://bkt/logs", "--", "--users=openid")
    assert ran.status == 3
    assert ran.report == one_machine(["s3://bkt/logs"], "--users=openid").report
    merged = [path for path in stored.storage().find("bkt/levels/merged")]
    assert {path.rsplit("/", 1)[1][:2] for path in merged} == {"1-", "2-"}
