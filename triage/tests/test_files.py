"""The files that CI services read: their schemas, linters, pinned actions, least rights, and the script in the template."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from fakes import ROOT

TEMPLATE = ROOT / "templates/triage.yml"
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
# Jobs of workflows that may write, and what.
WRITERS = {
    "release.yml publish": {"attestations", "contents", "id-token"},
    "release.yml wheels": {"id-token"},
    "release.yml crate": {"id-token"},
}


def run(*command: object) -> str:
    """Runs a command. Returns what it has printed, which is shown if it has failed."""
    done = subprocess.run(
        [str(word) for word in command], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    printed = done.stdout.decode()
    assert done.returncode == 0, printed
    return printed


def steps_of(path: Path) -> list[dict[str, Any]]:
    """The steps of a workflow or of an action."""
    document = yaml.safe_load(path.read_text())
    if "runs" in document:
        return list(document["runs"]["steps"])
    return [step for job in document["jobs"].values() for step in job["steps"]]


def test_there_are_workflows() -> None:
    assert [path.name for path in WORKFLOWS] == ["ci.yml", "release.yml"]


def test_workflows_and_the_action_keep_their_schemas() -> None:
    run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *WORKFLOWS)
    run("check-jsonschema", "--builtin-schema", "vendor.github-actions", ROOT / "action.yml")


def test_the_template_keeps_the_schema_of_gitlab(tmp_path: Path) -> None:
    for name, text in zip(("spec", "jobs"), TEMPLATE.read_text().split("\n---\n"), strict=False):
        # The schema knows no place for the input of a stage, and a document needs one job.
        text = re.sub(r'"?\$\[\[ inputs\.([\w-]+) \]\]"?', r"\1", text)
        file = tmp_path / f"{name}.yml"
        file.write_text(text if name == "jobs" else f"{text}\njob:\n  script: 'true'\n")
        run("check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci", file)


def test_linters_find_nothing_in_workflows_and_the_action() -> None:
    run("actionlint", "-no-color", *WORKFLOWS)
    run("zizmor", "--offline", "--no-progress", "--pedantic", "--color", "never", ROOT / "action.yml", *WORKFLOWS)


def test_the_shell_of_steps_is_clean(tmp_path: Path) -> None:
    # actionlint looks at those of workflows, and packaging/tests/scripts at files.
    scripts = []
    for number, step in enumerate(yaml.safe_load((ROOT / "action.yml").read_text())["runs"]["steps"]):
        if "run" in step:
            scripts.append(tmp_path / f"action-{number}")
            scripts[-1].write_text(f"#!/usr/bin/env bash\n{step['run']}")
    for number, text in enumerate(yaml.safe_load(TEMPLATE.read_text().split("\n---\n")[1]).popitem()[1]["script"]):
        scripts.append(tmp_path / f"template-{number}")
        scripts[-1].write_text(f"#!/bin/sh\n{text}")
    assert len(scripts) >= 5
    run("shellcheck", *scripts)


def test_actions_are_pinned_by_a_full_hash_with_their_versions() -> None:
    pins: dict[str, set[str]] = {}
    for path in [ROOT / "action.yml", *WORKFLOWS]:
        for use in re.findall(r"uses: (.+)", path.read_text()):
            pin = re.fullmatch(r"([\w./-]+)@([0-9a-f]{40}) # (v\d+\.\d+\.\d+)", use)
            assert pin, f"{path.name}: {use}: is not pinned as OWNER/NAME@HASH # vN.N.N"
            repository = "/".join(pin.group(1).split("/")[:2])
            pins.setdefault(repository, set()).add(f"{pin.group(2)} {pin.group(3)}")
    assert len(pins) >= 3
    assert {name: hashes for name, hashes in pins.items() if len(hashes) > 1} == {}, "actions in two versions"


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_have_the_least_rights(path: Path) -> None:
    document = yaml.safe_load(path.read_text())
    assert document["permissions"] == {}, "rights are given to jobs, not to the workflow"
    for name, job in document["jobs"].items():
        assert "timeout-minutes" in job, name
        writes = {right for right, level in job["permissions"].items() if level == "write"}
        assert writes == WRITERS.get(f"{path.name} {name}", set()), name
        # Rights to publish are given where a person has agreed, if the owner has asked for it.
        assert job.get("environment") == ("release" if writes else None), name
    for step in steps_of(path):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_each_rust_of_a_workflow_is_read_from_a_file(path: Path) -> None:
    installed = re.findall(r"rustup toolchain install (\S+)", path.read_text())
    assert installed and set(installed) <= {'"$RUST"', '"$rust"'}, installed
    for step in steps_of(path):
        if '"$RUST"' in step.get("run", ""):
            assert step["run"].startswith(". packaging/release.env\n"), step
    assert re.search(r"^RUST=\d+\.\d+\.\d+$", (ROOT / "packaging/release.env").read_text(), re.M)


def test_the_tests_of_packages_that_workflows_name_are_there() -> None:
    for path in WORKFLOWS:
        for parts in re.findall(r"NO_SKIPS=1 packaging/test (.+)", path.read_text()):
            assert [part for part in parts.split() if not (ROOT / "packaging/tests" / part).is_file()] == []


def test_the_template_has_the_script_word_for_word() -> None:
    script = (ROOT / "triage/triage.sh").read_text().split("\n", 1)[1]
    lines = [f"      {line}".rstrip() for line in script.rstrip("\n").split("\n")]
    text = TEMPLATE.read_text()
    start = text.index("    - |\n      # Triage of a log") + len("    - |\n")
    end = text.index("  artifacts:\n", start)
    if os.environ.get("UPDATE_TEMPLATE"):
        TEMPLATE.write_text(f"{text[:start]}{os.linesep.join(lines)}\n{text[end:]}")
    else:
        assert text[start:end].rstrip("\n").split("\n") == lines, "put it in with UPDATE_TEMPLATE=1 triage/test"


def test_the_inputs_of_the_action_and_of_the_component_are_the_same() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text())["inputs"]
    component = yaml.safe_load(TEMPLATE.read_text().split("\n---\n")[0])["spec"]["inputs"]
    assert set(action) - {"name"} == set(component) - {"job-name", "stage", "image"}
    for name in set(action) & set(component) - {"base-url"}:
        assert action[name].get("default") == component[name].get("default"), name


def test_the_document_has_each_input_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `([a-z][a-z-]*)` \| (.*?) \|", (ROOT / "docs/ci.md").read_text(), re.M))
    inputs = yaml.safe_load((ROOT / "action.yml").read_text())["inputs"]
    assert set(inputs) == set(rows), "the table of inputs in docs/ci.md"
    for name in ("fail-on", "expect"):
        assert rows[name] == f"`{inputs[name]['default']}`"
    component = yaml.safe_load(TEMPLATE.read_text().split("\n---\n")[0])["spec"]["inputs"]
    text = (ROOT / "docs/ci.md").read_text()
    for name in set(component) - set(inputs):
        assert f"`{name}` (`{component[name]['default']}`" in " ".join(text.split()), name
