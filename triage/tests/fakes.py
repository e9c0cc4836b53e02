"""What the fakes of CI services have in common: commits, results, shells, and a server of releases and of GitLab's API."""

import contextlib
import hashlib
import io
import json
import os
import re
import subprocess
import tarfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

ROOT = Path(__file__).parents[2]
VERSION = re.findall(r'^version = "(.+)"$', (ROOT / "Cargo.toml").read_text(), re.M)[0]
PROGRAM = Path(os.environ["IMSDK_ANNOTATE_BINARY"]).resolve()
TARGETS = ("x86_64-unknown-linux-musl", "aarch64-unknown-linux-musl")


@dataclass
class Commit:
    """A commit: what its tests do, and the codes that it accepts (no file where it is None)."""

    tests: str
    accepted: str | None = None


@dataclass
class Result:
    """What a run shows: whether it has passed, its log, its summary, its report, and the status of the triage."""

    passed: bool
    log: str
    summary: str = ""
    status: int | None = None
    artifact: dict[str, bytes] = field(default_factory=dict)

    @property
    def report(self) -> Any:
        return json.loads(self.artifact["report.json"])

    @property
    def changes(self) -> dict[int, str | None]:
        """The codes of the report, each with its change against the baseline."""
        return {code["code"]: (code.get("baseline") or {}).get("change") for code in self.report["codes"]}


def files_of(folder: Path) -> dict[str, bytes]:
    """The files of a folder, by their paths in it."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def check_out(folder: Path, commit: Commit) -> None:
    """Writes the files of a commit."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "run-tests").write_text(f"#!/bin/sh\n{commit.tests}")
    (folder / "run-tests").chmod(0o755)
    if commit.accepted is not None:
        (folder / "accepted.txt").write_text(commit.accepted)


class Server:
    """A server on loopback: releases below /releases, and the artifacts of GitLab's API below /api/v4."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        # Artifacts by branch, job and path; and the status of all answers of the API, if there is trouble.
        self.artifacts: dict[tuple[str, str, str], bytes] = {}
        self.trouble: int | None = None
        self.token = ("JOB-TOKEN", "secret")
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, body = server.answer(self)
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *arguments: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        self.add_release()

    def add_release(self) -> None:
        """Adds a release whose program runs the one that is tested."""
        sums = ""
        for target in TARGETS:
            name = f"imsdk-annotate-{VERSION}-{target}"
            program = f'#!/bin/sh\nexec "{PROGRAM}" "$@"\n'.encode()
            archive = io.BytesIO()
            with tarfile.open(fileobj=archive, mode="w:gz") as tar:
                for path, content in (
                    ("bin/imsdk-annotate", program),
                    ("share/doc/imsdk-annotate/README.md", b"# imsdk-annotate\n"),
                ):
                    member = tarfile.TarInfo(f"{name}/{path}")
                    member.size, member.mode = len(content), 0o755
                    tar.addfile(member, io.BytesIO(content))
            self.files[f"/releases/v{VERSION}/{name}.tar.gz"] = archive.getvalue()
            sums += f"{hashlib.sha256(archive.getvalue()).hexdigest()}  {name}.tar.gz\n"
        for script in (ROOT / "install.sh", ROOT / "triage/triage.sh"):
            self.files[f"/releases/v{VERSION}/{script.name}"] = script.read_bytes()
            sums += f"{hashlib.sha256(script.read_bytes()).hexdigest()}  {script.name}\n"
        self.files[f"/releases/v{VERSION}/SHA256SUMS"] = sums.encode()

    @contextlib.contextmanager
    def damaged(self, end: str) -> Iterator[None]:
        """Damages the files whose names have this end, for a time."""
        whole = self.files
        self.files = {path: content + b"\n" * path.endswith(end) for path, content in whole.items()}
        assert self.files != whole, f"there is no file *{end}"
        try:
            yield
        finally:
            self.files = whole

    def answer(self, request: BaseHTTPRequestHandler) -> tuple[int, bytes]:
        url = urlsplit(request.path)
        if url.path in self.files:
            return 200, self.files[url.path]
        prefix = "/api/v4/projects/42/jobs/artifacts/"
        if not url.path.startswith(prefix):
            return 404, b"not found"
        if self.trouble is not None:
            return self.trouble, b'{"message":"trouble"}'
        if request.headers.get(self.token[0]) != self.token[1]:
            return 401, b'{"message":"401 Unauthorized"}'
        branch, path = url.path[len(prefix) :].split("/raw/")
        found = self.artifacts.get((unquote(branch), parse_qs(url.query)["job"][0], path))
        return (404, b'{"message":"404 Not Found"}') if found is None else (200, found)


def run_shell(shell: list[str], script: str, folder: Path, variables: dict[str, str]) -> tuple[int, str]:
    """Runs a script in a folder with these variables alone. Returns its status and what it has printed."""
    file = folder.parent / "script"
    file.write_text(script)
    basic = {"PATH": os.environ["PATH"], "HOME": str(folder.parent), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [*shell, str(file)],
        cwd=folder,
        env={**basic, **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout.decode()
