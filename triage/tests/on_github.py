"""A fake of GitHub Actions: it runs the steps of a workflow and of `action.yml` literally, in bash as GitHub runs it."""

import functools
import re
from pathlib import Path
from typing import Any

import yaml
from fakes import ROOT, Commit, Result, Server, check_out, files_of, run_shell

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

    def __init__(self, folder: Path, server: Server, workflow: str, inputs: dict[str, str] | None = None) -> None:
        self.folder, self.server, self.inputs = folder, server, inputs or {}
        self.workflow = yaml.safe_load(workflow)
        self.action = yaml.safe_load((ROOT / "action.yml").read_text())
        # The cache, the oldest entry first: scope, key, path, content.
        self.cache: list[tuple[str, str, str, bytes]] = []
        self.runs = 0
        # Variables of the runner.
        self.runner: dict[str, str] = {}

    @property
    def baseline(self) -> bytes | None:
        """The report that the next runs compare with."""
        return self.cache[-1][3] if self.cache else None

    @baseline.setter
    def baseline(self, content: bytes) -> None:
        self.cache[-1] = (*self.cache[-1][:3], content)

    def run(self, branch: str, commit: Commit, event: str | None = None) -> Result:
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
            "GITHUB_REF_NAME": reference.removeprefix("refs/heads/").removeprefix("refs/pull/"),
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_WORKFLOW": "Tests, nightly",
            "GITHUB_WORKSPACE": str(self.work),
            "RUNNER_TEMP": str(self.place / "temp"),
            **self.runner,
        }
        ((job_name, job),) = self.workflow["jobs"].items()
        # The event of a schedule has no repository.
        payload = {} if event == "schedule" else {"repository": {"default_branch": "main"}}
        github = {"job": job_name, "event": payload, "token": "secret", "run_id": self.runs, "run_attempt": 1}
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
