"""A server of releases for all tests, and each CI service with nothing in it yet."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fakes import ROOT, Server
from on_github import Github
from on_gitlab import Gitlab
from on_jenkins import Jenkins


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.http.shutdown()


def workflow() -> str:
    """The workflow with the action in docs/ci.md: its first block of YAML with a job."""
    text = (ROOT / "docs/ci.md").read_text().split("`.github/workflows/triage.yml`:\n\n```yaml\n", 1)[1]
    return text.split("\n```\n", 1)[0]


Service = Github | Gitlab | Jenkins
Make = Callable[..., Service]


@pytest.fixture(params=["github", "gitlab", "jenkins"])
def make(request: pytest.FixtureRequest, tmp_path: Path, server: Server) -> Make:
    """Makes the service with inputs of the action, the component or the pipeline."""

    def make(**inputs: str) -> Service:
        given = {name.replace("_", "-"): value for name, value in inputs.items()}
        if request.param == "github":
            return Github(tmp_path, server, workflow(), given)
        return Gitlab(tmp_path, server, given) if request.param == "gitlab" else Jenkins(tmp_path, server, given)

    return make
