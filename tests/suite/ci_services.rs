//! Fakes of CI services that run the recipes of `docs/ci.md` through bash: what GitHub and GitLab provide for a job, as far as the
//! recipes need it.

use crate::command::{binary, isolated, output_of};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The files of the repository at a commit: what `./run-tests` does, and the accepted codes.
#[derive(Clone, Default)]
pub(crate) struct Commit {
    /// The script of `./run-tests`.
    pub(crate) tests: String,
    pub(crate) accepted: String,
}

/// The result of a job.
pub(crate) struct JobResult {
    pub(crate) passed: bool,
    /// All that the steps have printed.
    pub(crate) log: String,
    /// The summary of the job; on GitLab, the JUnit report.
    pub(crate) summary: String,
    /// The report that the job keeps.
    pub(crate) report: Option<Value>,
    /// The text of the report.
    pub(crate) report_text: String,
}

/// A service that runs the job of its recipe.
pub(crate) trait Service {
    /// Runs the job for a commit of a branch.
    fn run(&mut self, branch: &str, commit: &Commit) -> JobResult;
    /// Returns the place of the report of the main branch that the next runs compare with.
    fn baseline(&self) -> Option<PathBuf>;
}

/// The folder in which a job runs.
struct Workspace {
    folder: TempDir,
}

impl Workspace {
    /// Returns a new folder, with stubs of programs that the image of the service has.
    fn new(stubs: &[(&str, &str)]) -> Self {
        let workspace = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(workspace.path("bin")).unwrap();
        fs::create_dir(workspace.path("work")).unwrap();
        symlink(binary().get_program(), workspace.path("built")).unwrap();
        for (name, script) in [("cargo", CARGO)].iter().chain(stubs) {
            write_script(&workspace.path("bin").join(name), script);
        }
        workspace
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn work(&self, name: &str) -> PathBuf {
        self.path("work").join(name)
    }

    fn check_out(&self, commit: &Commit) {
        write_script(&self.work("run-tests"), &commit.tests);
        fs::write(self.work("accepted.txt"), &commit.accepted).unwrap();
    }

    /// Runs a script with bash as the service does. Returns whether it has passed, and what it has printed.
    fn bash(&self, options: &[&str], script: &str, variables: &[(String, String)]) -> (bool, String) {
        let path = format!("{}:{}", self.path("bin").display(), std::env::var("PATH").unwrap());
        fs::write(self.path("script"), script).unwrap();
        let mut command = isolated("bash");
        command.arg("-c").arg("exec 2>&1; bash \"$@\"").arg("bash").args(options).arg(self.path("script"));
        command.current_dir(self.path("work")).env("PATH", path).envs(variables.iter().cloned());
        command.env("BUILT", self.path("built")).env("BIN", self.path("bin"));
        let output = output_of(&mut command, b"");
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    }

    /// Returns the result of a job that has ended.
    fn result(&self, passed: bool, log: String, summary: String) -> JobResult {
        let report_text = fs::read_to_string(self.work("report.json")).unwrap_or_default();
        let report = (!report_text.is_empty()).then(|| serde_json::from_str(&report_text).unwrap());
        JobResult { passed, log, summary, report, report_text }
    }
}

/// Installs the program that the tests have, if it is asked for as the recipes ask.
const CARGO: &str = "#!/usr/bin/env bash
case \"$*\" in
'install --locked --git https://'*'/OWNER/imsdk-annotate imsdk-annotate') ln -s \"$BUILT\" \"$BIN/imsdk-annotate\" ;;
*) echo \"cargo $*: unknown\"; exit 101 ;;
esac
";

fn write_script(path: &Path, script: &str) {
    fs::write(path, script).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Returns the variables of a mapping in a recipe.
fn variables_of(mapping: &Value) -> Vec<(String, String)> {
    let members = mapping.as_object().unwrap().iter();
    members.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect()
}

/// GitHub Actions: steps with conditions, a cache that branches have of their own and of the main branch, and the summary.
pub(crate) struct Github {
    pub(crate) recipe: Value,
    /// The entries of the cache, the oldest first: branch, key, content.
    cache: Vec<(String, String, PathBuf)>,
    cache_folder: TempDir,
    runs: usize,
}

impl Github {
    pub(crate) fn new(recipe: Value) -> Self {
        Self { recipe, cache: Vec::new(), cache_folder: tempfile::tempdir().unwrap(), runs: 0 }
    }

    /// Returns true if a step is run. Without a function of the status in it, a condition needs all steps before to have
    /// passed.
    fn is_run(condition: Option<&str>, branch: &str, passed: bool) -> bool {
        match condition {
            None => passed,
            Some("success() || failure()") => true,
            Some("github.ref == 'refs/heads/main'") => passed && branch == "main",
            Some(condition) => panic!("{condition}: is not known here"),
        }
    }

    fn action(&mut self, step: &Value, branch: &str, workspace: &Workspace, commit: &Commit) {
        let with = |name: &str| {
            let text = step["with"][name].as_str().unwrap();
            let text = text.replace("${{ github.run_id }}", &self.runs.to_string());
            text.replace("${{ github.run_attempt }}", "1")
        };
        match step["uses"].as_str().unwrap() {
            "actions/checkout@v4" => workspace.check_out(commit),
            "actions/cache/restore@v4" => {
                let (key, prefix) = (with("key"), with("restore-keys"));
                let found = [branch, "main"].iter().find_map(|scope| {
                    let mut entries = self.cache.iter().rev().filter(|entry| entry.0 == **scope);
                    entries.find(|entry| entry.1 == key || entry.1.starts_with(&prefix))
                });
                if let Some((_, _, content)) = found {
                    fs::copy(content, workspace.work(&with("path"))).unwrap();
                }
            }
            "actions/cache/save@v4" => {
                let (key, path) = (with("key"), workspace.work(&with("path")));
                assert!(self.cache.iter().all(|entry| entry.1 != key), "{key} is there");
                let content = self.cache_folder.path().join(&key);
                fs::copy(path, &content).unwrap();
                self.cache.push((branch.to_owned(), key, content));
            }
            "actions/upload-artifact@v4" => {
                let paths = with("path");
                assert!(paths.lines().any(|path| path == "report.json"), "{paths}");
            }
            action => panic!("{action}: is not known here"),
        }
    }
}

impl Service for Github {
    fn run(&mut self, branch: &str, commit: &Commit) -> JobResult {
        self.runs += 1;
        let job = self.recipe["jobs"]["test"].clone();
        let workspace = Workspace::new(&[]);
        let (mut all_passed, mut log, mut summary) = (true, String::new(), String::new());
        let step_summary = workspace.path("summary");
        let mut variables = variables_of(&job["env"]);
        let reference =
            if branch == "main" { "refs/heads/main".to_owned() } else { "refs/pull/7/merge".to_owned() };
        variables.extend([
            ("GITHUB_REF".to_owned(), reference),
            ("GITHUB_STEP_SUMMARY".to_owned(), step_summary.to_str().unwrap().to_owned()),
        ]);
        for step in job["steps"].as_array().unwrap() {
            if !Self::is_run(step["if"].as_str(), branch, all_passed) {
                continue;
            }
            let Some(script) = step["run"].as_str() else {
                self.action(step, branch, &workspace, commit);
                continue;
            };
            fs::write(&step_summary, "").unwrap();
            let (passed, printed) = workspace.bash(&["-e"], script, &variables);
            all_passed &= passed;
            log += &printed;
            summary += &fs::read_to_string(&step_summary).unwrap();
        }
        workspace.result(all_passed, log, summary)
    }

    fn baseline(&self) -> Option<PathBuf> {
        assert!(self.cache.iter().all(|entry| entry.0 == "main"));
        self.cache.last().map(|(_, _, content)| content.clone())
    }
}

/// GitLab CI: one script, and the artifacts of the last pipeline of a branch that has passed.
pub(crate) struct Gitlab {
    pub(crate) recipe: Value,
    /// The artifacts, in a folder for each branch.
    artifacts: TempDir,
    /// The status of the answers of the service if it is not 200 or 404; 0 for no answer.
    pub(crate) trouble: Option<u16>,
}

/// Answers as GitLab does for the artifact of a job of a branch.
const CURL: &str = r#"#!/usr/bin/env bash
[ "$1 $2 $3 $4 $5 $6 $7 $8" = '-sSL --retry 3 -H JOB-TOKEN: secret -o baseline.json -w' ] && [ "$9" = '%{http_code}' ] || exit 2
[ "$TROUBLE" = 0 ] && { echo 'curl: (6) Could not resolve host' >&2; exit 6; }
url="${10}"
file="$ARTIFACTS/${url#https://gitlab.test/api/v4/projects/42/jobs/artifacts/}"
if [ -n "$TROUBLE" ]; then
  echo '{"message":"500 Internal Server Error"}' > baseline.json; printf '%s' "$TROUBLE"
elif [ -f "$file" ]; then
  cp "$file" baseline.json; printf 200
else
  echo '{"message":"404 Not Found"}' > baseline.json; printf 404
fi
"#;

impl Gitlab {
    pub(crate) fn new(recipe: Value) -> Self {
        Self { recipe, artifacts: tempfile::tempdir().unwrap(), trouble: None }
    }

    fn artifact(&self, branch: &str) -> PathBuf {
        self.artifacts.path().join(branch).join("raw/report.json?job=test")
    }
}

impl Service for Gitlab {
    fn run(&mut self, branch: &str, commit: &Commit) -> JobResult {
        let job = self.recipe["test"].clone();
        let workspace = Workspace::new(&[("curl", CURL)]);
        workspace.check_out(commit);
        let mut variables = variables_of(&job["variables"]);
        let trouble = self.trouble.map(|status| status.to_string()).unwrap_or_default();
        for (name, value) in [
            ("CI_API_V4_URL", "https://gitlab.test/api/v4"),
            ("CI_PROJECT_ID", "42"),
            ("CI_DEFAULT_BRANCH", "main"),
            ("CI_COMMIT_BRANCH", branch),
            ("CI_JOB_NAME", "test"),
            ("CI_JOB_TOKEN", "secret"),
            ("ARTIFACTS", self.artifacts.path().to_str().unwrap()),
            ("TROUBLE", &trouble),
        ] {
            variables.push((name.to_owned(), value.to_owned()));
        }
        let lines: Vec<&str> =
            job["script"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
        let (passed, log) = workspace.bash(&["-eo", "pipefail"], &lines.join("\n"), &variables);
        let artifacts = &job["artifacts"];
        assert_eq!(
            (artifacts["when"].as_str(), artifacts["paths"][1].as_str()),
            (Some("always"), Some("report.json"))
        );
        // Artifacts of a pipeline that has failed are not given.
        if passed {
            let to = self.artifact(branch);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(workspace.work("report.json"), to).unwrap();
        }
        let junit = workspace.work(artifacts["reports"]["junit"].as_str().unwrap());
        let summary = fs::read_to_string(junit).unwrap_or_default();
        workspace.result(passed, log, summary)
    }

    fn baseline(&self) -> Option<PathBuf> {
        Some(self.artifact("main")).filter(|path| path.exists())
    }
}
