"""A fake of GitLab CI: it runs the script of `templates/triage.yml` literally, in bash as GitLab's runner does, or in sh."""

import re
from pathlib import Path

import yaml
from fakes import ROOT, Commit, Result, Server, check_out, files_of, run_shell


class Gitlab:
    """GitLab: a pipeline of the job that writes the log and of the component, and the artifacts of those that passed."""

    def __init__(self, folder: Path, server: Server, inputs: dict[str, str] | None = None) -> None:
        self.folder, self.server = folder, server
        # GitLab's runner takes bash where an image has it, and sh elsewhere.
        self.shell = ["bash", "-eo", "pipefail"]
        self.runs = 0
        # Variables of the project.
        self.variables: dict[str, str] = {}
        self.server.artifacts.clear()
        self.server.trouble = None
        spec, text = (ROOT / "templates/triage.yml").read_text().split("\n---\n")
        declared = yaml.safe_load(spec)["spec"]["inputs"]
        given = {"log": "server.log", "base-url": f"{server.url}/releases", **(inputs or {})}
        assert set(given) <= set(declared), f"{given}: some inputs are not declared"
        defaults = {name: str(value["default"]) for name, value in declared.items() if "default" in value}
        values = {**defaults, **given}
        text = re.sub(r"\$\[\[ inputs\.([\w-]+) \]\]", lambda match: values[match.group(1)], text)
        ((self.name, self.job),) = yaml.safe_load(text).items()

    @property
    def key(self) -> tuple[str, str, str]:
        return ("main", self.name, "imsdk-triage/report.json")

    @property
    def baseline(self) -> bytes | None:
        """The report that the next runs compare with."""
        return self.server.artifacts.get(self.key)

    @baseline.setter
    def baseline(self, content: bytes) -> None:
        self.server.artifacts[self.key] = content

    def run(self, branch: str, commit: Commit, event: str | None = None) -> Result:
        """Runs the pipeline of a branch, or of a merge request."""
        self.runs += 1
        work = self.folder / str(self.runs) / "work"
        check_out(work, commit)
        variables = {
            "CI": "true",
            "GITLAB_CI": "true",
            "CI_API_V4_URL": f"{self.server.url}/api/v4",
            "CI_DEFAULT_BRANCH": "main",
            "CI_JOB_NAME": self.name,
            "CI_JOB_TOKEN": "secret",
            "CI_PROJECT_DIR": str(work),
            "CI_PROJECT_ID": "42",
            **({"CI_COMMIT_BRANCH": branch} if event is None else {"CI_MERGE_REQUEST_IID": "7"}),
            **self.variables,
            **self.job["variables"],
        }
        tests, log = run_shell(["bash", "-eo", "pipefail"], "./run-tests > server.log 2>&1", work, variables)
        assert self.job["when"] == "always"
        status, printed = run_shell(self.shell, "\n".join(self.job["script"]), work, variables)
        artifacts = self.job["artifacts"]
        assert artifacts["when"] == "always" and artifacts["paths"] == ["imsdk-triage/"]
        summary = work / artifacts["reports"]["junit"]
        passed = tests == 0 and status == 0
        result = Result(passed, log + printed, summary.read_text() if summary.exists() else "", status)
        result.artifact = files_of(work / "imsdk-triage")
        # The API gives artifacts of pipelines that have passed, alone.
        if passed and event is None:
            key = (branch, self.name, "imsdk-triage/report.json")
            self.server.artifacts[key] = result.artifact["report.json"]
        return result
