"""A fake of Jenkins: it runs the shell of the pipeline in docs/ci.md, and keeps the artifacts of builds that have passed."""

import re
from pathlib import Path

from fakes import ROOT, VERSION, Commit, Result, Server, check_out, files_of, run_shell

# Jenkins runs `sh` with these options; `x` shows each command.
SHELL = ["sh", "-xe"]


class Jenkins:
    """A multibranch pipeline: its environment, the tests, and what stands in `post`."""

    def __init__(self, folder: Path, server: Server, inputs: dict[str, str] | None = None) -> None:
        self.folder, self.runs = folder, 0
        self.kept: dict[str, bytes] = {}
        text = (ROOT / "docs/ci.md").read_text().split("\n```groovy\n", 1)[1].split("\n```\n", 1)[0]
        # The last build of the main branch that has passed gives its report.
        assert re.search(
            r"copyArtifacts projectName: .*'main'.*\n.*filter: 'imsdk-triage/report.json', target: 'baseline'", text
        )
        assert "if (status != 0) {" in text
        self.before, self.tests, self.triage = re.findall(r"sh '([^']+)'|script: '''\n(.*?)'''", text, re.S)
        self.environment = dict(re.findall(r"^ +([A-Z_]+) = '(.*)'$", text, re.M))
        self.environment["RELEASE"] = f"{server.url}/releases/v{(inputs or {}).get('version', VERSION)}"
        for name, value in (inputs or {}).items():
            if name != "version":
                self.environment[f"TRIAGE_{name.replace('-', '_').upper()}"] = value

    @property
    def baseline(self) -> bytes | None:
        """The report that the next runs compare with."""
        return self.kept.get("report.json")

    @baseline.setter
    def baseline(self, content: bytes) -> None:
        self.kept["report.json"] = content

    def run(self, branch: str, commit: Commit, event: str | None = None) -> Result:
        """Runs the build of a branch, or of a change request."""
        self.runs += 1
        work = self.folder / str(self.runs) / "work"
        check_out(work, commit)
        branch = branch if event is None else "PR-7"
        variables = {
            **self.environment,
            "JENKINS_URL": "http://jenkins.test/",
            "WORKSPACE": str(work),
            "BRANCH_NAME": branch,
        }
        status, log = 0, ""
        for script in (self.before[0], self.tests[0]):
            status, printed = run_shell(SHELL, script, work, variables) if status == 0 else (status, "")
            log += printed
        if self.kept:
            (work / "baseline/imsdk-triage").mkdir(parents=True)
            (work / "baseline/imsdk-triage/report.json").write_bytes(self.kept["report.json"])
        triage, printed = run_shell(SHELL, self.triage[1], work, variables)
        summary = work / "imsdk-triage/junit.xml"
        result = Result(status == 0 and triage == 0, log + printed, summary.read_text() if summary.exists() else "", triage)
        result.artifact = files_of(work / "imsdk-triage")
        if result.passed and branch == "main":
            self.kept = result.artifact
        return result
