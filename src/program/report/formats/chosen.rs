//! Names of formats: those behind `--report`, the ends of file names that tell a format, and the CI services that do.

use super::ReportFormat;
use std::ffi::{OsStr, OsString};
use std::path::Path;

/// The name that stands for the format that the CI service shows which runs the program.
pub(crate) const AUTO: &str = "auto";

/// Further names of formats.
const OTHER_NAMES: [(&str, ReportFormat); 1] = [("md", ReportFormat::Markdown)];

/// The ends of file names that tell a format, and the format.
const EXTENSIONS: &[(&str, ReportFormat)] = &[
    ("json", ReportFormat::Json),
    ("md", ReportFormat::Markdown),
    ("markdown", ReportFormat::Markdown),
    ("txt", ReportFormat::Text),
    ("xml", ReportFormat::Junit),
    ("html", ReportFormat::Html),
    ("htm", ReportFormat::Html),
];

/// The variables that CI services set, and the format that each shows. The first that is set decides.
const SERVICES: [(&str, ReportFormat); 6] = [
    ("GITHUB_ACTIONS", ReportFormat::Github),
    ("TEAMCITY_VERSION", ReportFormat::Teamcity),
    ("TF_BUILD", ReportFormat::Azure),
    ("JENKINS_URL", ReportFormat::Jenkins),
    ("BUILDKITE", ReportFormat::Markdown),
    ("GITLAB_CI", ReportFormat::Gitlab),
];

impl ReportFormat {
    /// Returns the format that has this name behind `--report`; `None` if there is none. [`AUTO`] is none: it depends on the
    /// environment.
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        let other = OTHER_NAMES.iter().find(|(other, _)| *other == name).map(|&(_, format)| format);
        other.or_else(|| Self::all().find(|format| format.name() == name))
    }

    /// Returns all that may stand behind `--report`.
    pub(crate) fn all_names() -> impl Iterator<Item = &'static str> {
        let others = OTHER_NAMES.iter().map(|&(name, _)| name);
        Self::all().map(Self::name).chain(others).chain([AUTO])
    }

    /// Returns the format that the end of a file name tells, in any case: `r.JSON`. `None` if it tells none.
    pub(crate) fn of_path(path: &Path) -> Option<Self> {
        let extension = path.extension()?;
        let known = EXTENSIONS.iter().find(|(known, _)| extension.eq_ignore_ascii_case(known));
        known.map(|&(_, format)| format)
    }

    /// Returns the ends of file names that tell a format.
    pub(crate) fn extensions() -> impl Iterator<Item = &'static str> {
        EXTENSIONS.iter().map(|&(extension, _)| extension)
    }

    /// Returns the format that the CI service shows which runs the program, by the environment; text if there is none. A
    /// variable that is empty counts as not set.
    pub(crate) fn of_service(var: impl Fn(&OsStr) -> Option<OsString>) -> Self {
        let is_set = |name: &str| var(OsStr::new(name)).is_some_and(|value| !value.is_empty());
        SERVICES.iter().find(|(name, _)| is_set(name)).map_or(Self::Text, |&(_, format)| format)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_name_tells_a_format() {
        let format = |path: &str| ReportFormat::of_path(Path::new(path)).map(ReportFormat::name);
        let told = ["a.json", "d.x/r.MD", "r.markdown", "r.txt", "r.b.xml"].map(format);
        assert_eq!(told.map(Option::unwrap), ["json", "markdown", "markdown", "text", "junit"]);
        assert_eq!(["json", ".json", "r.log", "r.json.gz", "r."].map(format), [None; 5]);
    }

    #[test]
    fn the_first_service_that_is_set_decides() {
        let format = |set: &[(&str, &str)]| {
            let value =
                |name: &OsStr| set.iter().find(|(known, _)| name == *known).map(|(_, value)| value.into());
            ReportFormat::of_service(value).name()
        };
        for (name, format_of_service) in SERVICES {
            assert_eq!(format(&[(name, "true")]), format_of_service.name());
        }
        assert_eq!(format(&[("GITLAB_CI", "true"), ("GITHUB_ACTIONS", "true")]), "github");
        assert_eq!(format(&[("GITLAB_CI", "true"), ("GITHUB_ACTIONS", "")]), "gitlab");
        assert_eq!(format(&[]), "text");
    }

    #[test]
    fn no_name_stands_for_two_formats() {
        let mut names: Vec<&str> = ReportFormat::all_names().collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        assert!(names.iter().all(|name| (*name == AUTO) != ReportFormat::of_name(name).is_some()));
    }
}
