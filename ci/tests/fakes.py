"""Fakes of CI services: what GitHub and GitLab provide for a job, as far as the action and the component need it.

The steps of `action.yml` and the script of `templates/triage.yml` run literally, in bash as the services run it.
"""

import functools
import hashlib
import io
import json
import os
import re
import subprocess
import tarfile
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Optional
from urllib.parse import parse_qs, unquote, urlsplit

import yaml

ROOT = Path(__file__).parents[2]
VERSION = re.findall(r'^version = "(.+)"$', (ROOT / "Cargo.toml").read_text(), re.M)[0]
PROGRAM = Path(os.environ["IMSDK_ANNOTATE_BINARY"]).resolve()
TARGETS = ("x86_64-unknown-linux-musl", "aarch64-unknown-linux-musl")


@dataclass
class Commit:
    """A commit: what its tests do, and the codes that it accepts (no file where it is None)."""

    tests: str
    accepted: Optional[str] = None


@dataclass
class Result:
    """What a run shows: whether it has passed, its log, its summary, its report, and the status of the triage."""

    passed: bool
    log: str
    summary: str = ""
    status: Optional[int] = None
    artifact: dict[str, bytes] = field(default_factory=dict)

    @property
    def report(self) -> Any:
        return json.loads(self.artifact["report.json"])

    @property
    def changes(self) -> dict[int, Optional[str]]:
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
        self.trouble: Optional[int] = None
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
        self.files[f"/releases/v{VERSION}/SHA256SUMS"] = sums.encode()
        self.files[f"/releases/v{VERSION}/install.sh"] = (ROOT / "install.sh").read_bytes()

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


TOKEN = re.compile(r"\s*('(?:[^']|'')*'|&&|\|\||==|!=|!|\(\)|\(|\)|[A-Za-z_][\w.-]*)")


def evaluate(expression: str, contexts: dict[str, Any]) -> Any:
    """Evaluates an expression of GitHub: names of contexts, texts, `cancelled()`, comparisons, `&&`, `||` and `!`."""
    parts, at = [], 0
    while at < len(expression.rstrip()):
        token = TOKEN.match(expression, at)
        assert token, f"{expression}: is not known here"
        at, text = token.end(), token.group(1)
        if text.startswith("'"):
            parts.append(repr(text[1:-1].replace("''", "'")))
        elif text in ("&&", "||", "!"):
            parts.append({"&&": " and ", "||": " or ", "!": " not "}[text])
        elif text in ("(", ")", "()", "==", "!="):
            parts.append(text)
        elif text in ("cancelled", "success"):
            parts.append(text)
        else:
            # What a context does not have is empty; a context that is not known is an error.
            first, *names = text.split(".")
            value = functools.reduce(lambda value, name: value.get(name, "") if value else "", names, contexts[first])
            parts.append(repr(value))
    functions = {"cancelled": lambda: False, "success": lambda: contexts["succeeded"]}
    return eval("".join(parts).strip(), {"__builtins__": {}}, functions)


def substitute(text: str, contexts: dict[str, Any]) -> str:
    """Puts the values of all `${{ }}` into a text."""
    return re.sub(r"\$\{\{(.*?)\}\}", lambda match: str(evaluate(match.group(1), contexts)), text)


class Github:
    """GitHub: a job with its steps, the steps of the composite action, the cache and artifacts."""

    def __init__(self, folder: Path, server: Server, workflow: str, inputs: Optional[dict[str, str]] = None) -> None:
        self.folder, self.server, self.inputs = folder, server, inputs or {}
        self.workflow = yaml.safe_load(workflow)
        self.action = yaml.safe_load((ROOT / "action.yml").read_text())
        # The cache, the oldest entry first: scope, key, path, content.
        self.cache: list[tuple[str, str, str, bytes]] = []
        self.runs = 0

    @property
    def baseline(self) -> Optional[bytes]:
        """The report that the next runs compare with."""
        return self.cache[-1][3] if self.cache else None

    @baseline.setter
    def baseline(self, content: bytes) -> None:
        self.cache[-1] = (*self.cache[-1][:3], content)

    def run(self, branch: str, commit: Commit, event: Optional[str] = None) -> Result:
        """Runs the job for a push to a branch, or for another event. Pull requests have a reference of their own."""
        self.runs += 1
        self.place = self.folder / str(self.runs)
        self.work, self.commit, self.result = self.place / "work", commit, Result(True, "")
        self.work.mkdir(parents=True)
        (self.place / "temp").mkdir()
        event = event or "push"
        self.scope = reference = "refs/pull/7/merge" if event == "pull_request" else f"refs/heads/{branch}"
        self.variables = {
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_EVENT_NAME": event,
            "GITHUB_REF": reference,
            "GITHUB_WORKFLOW": "Tests, nightly",
            "GITHUB_WORKSPACE": str(self.work),
            "RUNNER_TEMP": str(self.place / "temp"),
        }
        ((job_name, job),) = self.workflow["jobs"].items()
        repository = {"repository": {"default_branch": "main"}}
        github = {"job": job_name, "event": repository, "run_id": self.runs, "run_attempt": 1}
        self.contexts: dict[str, Any] = {
            "github": github,
            "job": {"status": "success"},
            "inputs": {},
            "steps": {},
            "succeeded": True,
        }
        self.run_steps(job["steps"], self.contexts)
        self.result.passed = self.contexts["job"]["status"] == "success"
        return self.result

    def run_steps(self, steps: list[dict[str, Any]], contexts: dict[str, Any]) -> None:
        """Runs steps that are a job, or those of the action: each list has its own `steps` and its own success."""
        for step in steps:
            condition = str(step.get("if", "success()")).removeprefix("${{").removesuffix("}}")
            if not re.search(r"cancelled\(\)|success\(\)", condition):
                condition = f"success() && ({condition})"
            if not evaluate(condition, contexts):
                continue
            given = {name: substitute(str(value), contexts) for name, value in step.get("with", {}).items()}
            passed = True
            outputs: dict[str, str] = {}
            if "run" in step:
                passed, outputs = self.run_script(step, contexts)
            elif step["uses"].startswith("imsdk-annotate/imsdk-annotate@"):
                passed = self.run_action(given)
            else:
                self.use(step["uses"].split("@")[0], given)
            if "id" in step:
                contexts["steps"][step["id"]] = {"outputs": outputs}
            if not passed:
                contexts["succeeded"] = False
                if contexts is self.contexts:
                    contexts["job"]["status"] = "failure"

    def run_action(self, given: dict[str, str]) -> bool:
        given = {"base-url": f"{self.server.url}/releases", **given, **self.inputs}
        declared = self.action["inputs"]
        assert set(given) <= set(declared), f"{given}: some inputs are not declared"
        required = {name for name, declaration in declared.items() if declaration.get("required")}
        assert required <= set(given), f"{required} are required"
        defaults = {name: substitute(value.get("default", ""), self.contexts) for name, value in declared.items()}
        contexts = {**self.contexts, "inputs": {**defaults, **given}, "steps": {}, "succeeded": True}
        self.run_steps(self.action["runs"]["steps"], contexts)
        outputs = {name: substitute(output["value"], contexts) for name, output in self.action["outputs"].items()}
        self.result.status = int(outputs["status"]) if outputs["status"] else None
        return bool(contexts["succeeded"])

    def run_script(self, step: dict[str, Any], contexts: dict[str, Any]) -> tuple[bool, dict[str, str]]:
        """Runs a step in its shell, with files for its outputs and the summary."""
        files = {name: self.place / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for file in files.values():
            file.write_text("")
        given = {name: substitute(str(value), contexts) for name, value in step.get("env", {}).items()}
        variables = {**self.variables, **given, **{name: str(file) for name, file in files.items()}}
        # A step of a workflow without `shell` has no pipefail.
        shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail"] if "shell" in step else ["bash", "-e"]
        status, printed = run_shell(shell, substitute(step["run"], contexts), self.work, variables)
        self.result.log += printed
        self.result.summary += files["GITHUB_STEP_SUMMARY"].read_text()
        outputs = dict(line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text().splitlines())
        return status == 0, outputs

    def use(self, action: str, given: dict[str, str]) -> None:
        """Does what an action of GitHub does."""
        if action == "actions/checkout":
            check_out(self.work, self.commit)
        elif action == "actions/cache/restore":
            # A run reads the caches of its own reference first, then those of the default branch.
            for scope in (self.scope, "refs/heads/main"):
                for entry in reversed(self.cache):
                    starts = (given["key"], given["restore-keys"])
                    if entry[0] == scope and entry[2] == given["path"] and entry[1].startswith(starts):
                        file = self.work / given["path"]
                        file.parent.mkdir(parents=True, exist_ok=True)
                        file.write_bytes(entry[3])
                        return
        elif action == "actions/cache/save":
            assert all(entry[1] != given["key"] for entry in self.cache), f"{given['key']} is there"
            assert re.fullmatch(r"[^,]{1,512}", given["key"]), given["key"]
            self.cache.append((self.scope, given["key"], given["path"], (self.work / given["path"]).read_bytes()))
        elif action == "actions/upload-artifact":
            assert not any(part.startswith(".") for part in given["path"].split("/")), "is hidden"
            self.result.artifact = files_of(self.work / given["path"])
        else:
            raise AssertionError(f"{action}: is not known here")


class Gitlab:
    """GitLab: a pipeline of the job that writes the log and of the component, and the artifacts of those that passed."""

    def __init__(self, folder: Path, server: Server, inputs: Optional[dict[str, str]] = None) -> None:
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
    def baseline(self) -> Optional[bytes]:
        """The report that the next runs compare with."""
        return self.server.artifacts.get(self.key)

    @baseline.setter
    def baseline(self, content: bytes) -> None:
        self.server.artifacts[self.key] = content

    def run(self, branch: str, commit: Commit, event: Optional[str] = None) -> Result:
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
