//! Texts around the options in the help, and in the manual.

/// The first paragraphs of the manual's description. The first line is the title of their section.
pub(crate) const DESCRIPTION: &str = "\
Description:
  Reads logs from standard input, or from files, folders and archives, and
  writes them to standard output, with what each iMSDK return code means
  behind it. All other bytes stay as they are.

    ret=-204 openid=7
    ret=-204 (auth: user session is failure!) openid=7

  Reports count the codes; checks decide the exit status, as in a CI job.";

/// The examples. The first line is the title of their section in the manual.
pub(crate) const EXAMPLES: &str = "\
Examples:
  tail -F server.log | imsdk-annotate         watch a log, in colour
  imsdk-annotate logs/*.gz > all.log          packed or not, into one
  imsdk-annotate --output-dir annotated logs  each file of a folder
  imsdk-annotate --strict ci.log              with other programs' lines
  imsdk-annotate --only error -C2 server.log  errors, and lines around them
  imsdk-annotate -q --report text server.log  which codes, how often, where
  imsdk-annotate --fields app.log             for machines: JSON stays JSON
  imsdk-annotate --explain -204 -299..-201    what codes mean

  ret=-204 openid=7   becomes
  ret=-204 (auth: user session is failure!) openid=7";

/// The exit statuses. The first line is the title of their section in the manual.
pub(crate) const EXIT_STATUS: &str = "\
Exit status:
  0         all went well, whether or not anything was annotated; also when
            the reader of the output has gone away
  1         a check (--fail-on, --expect) has failed; a look-up (--explain,
            --list, --search) has not found all; with --count, -l, and -q
            with --only, no line is selected
  2         trouble: bad usage or configuration, output not written
  3         outputs are whole, but for damaged or unreadable inputs
  130, 143  ended by SIGINT, SIGTERM";

/// The rules for colour.
pub(crate) const COLOR: &str = "\
Colour under --color=auto, the first that applies: NO_COLOR (off),
CLICOLOR_FORCE (on), TERM=dumb (off), CLICOLOR=0 (off), a terminal as
standard output (on).";

/// The order of the parts of the help, as a template of clap.
pub(crate) const TEMPLATE: &str = "\
{about}

{before-help}{usage-heading} {usage}

{all-args}{after-help}";

/// The environment variables that the program reads, besides those of [`COLOR`]. The first line is the title of their section
/// in the manual.
pub(crate) const ENVIRONMENT: &str = "\
Environment:
  IMSDK_ANNOTATE_CONFIG  the configuration file; none, if it is empty
  XDG_CONFIG_HOME, HOME  used if IMSDK_ANNOTATE_CONFIG is not set: the file
                         is imsdk-annotate/config in $XDG_CONFIG_HOME, or
                         in ~/.config
  TZ                     the time zone, for --since and --until
  TMPDIR                 the folder for large temporary files, /var/tmp if
                         it is not set
  GITHUB_ACTIONS, TEAMCITY_VERSION, TF_BUILD, JENKINS_URL, BUILDKITE,
  GITLAB_CI              the service whose format --report auto takes";

/// The files that the program reads and writes by itself. The first line is the title of their section in the manual.
pub(crate) const FILES: &str = "\
Files:
  ~/.config/imsdk-annotate/config
      options, one a line, that count as if they stood before those of
      the command line; see ENVIRONMENT for other places
  DIR/.imsdk-annotate.jsonl
      the journal of an output folder, for --resume
  /var/tmp
      large temporary files without names, which go when the program ends";

/// The version that `--version` prints: that of the package and, so that two builds can be told apart, the edition of the
/// built-in catalog. The vendor's document has no number of its own: the edition is the beginning of the hash of `builtin.tsv`.
pub(crate) const LONG_VERSION: &str =
    concat!(env!("CARGO_PKG_VERSION"), "\nbuilt-in catalog: edition cef5afcd, 190 codes from -1108 to 5");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Catalog;
    use crate::program::system::stable_hash::stable_hash;

    #[test]
    fn the_version_names_the_catalog() {
        let table = include_bytes!("../../catalog/builtin.tsv");
        let edition = format!("{:08x}", stable_hash(table) >> 32);
        let catalog = Catalog::builtin();
        let codes: Vec<i32> = catalog.entries().iter().map(|entry| entry.code()).collect();
        let (count, least, most) = (codes.len(), codes.iter().min().unwrap(), codes.iter().max().unwrap());
        let expected = format!("edition {edition}, {count} codes from {least} to {most}");
        assert!(LONG_VERSION.ends_with(&expected), "{expected}");
    }

    /// The manual is read in terminals of 80 columns, of which `man` leaves 7 empty.
    #[test]
    fn texts_of_the_manual_fit_into_80_columns() {
        for text in [DESCRIPTION, EXAMPLES, EXIT_STATUS, COLOR, ENVIRONMENT, FILES] {
            assert!(text.lines().all(|line| line.chars().count() <= 80 - 7 + 2), "{text}");
        }
    }
}
