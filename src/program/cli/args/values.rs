//! The arguments that say whom lines are about: users, and requests.

use clap::Args;

/// Options for counting the values of keys.
#[derive(Debug, Args)]
pub(crate) struct ValueArgs {
    /// Count the users that each code has affected: the different values of KEY in lines with the code
    ///
    /// Finds openid=7, "openid":"7", iOpenid: 7 and open_id=7 alike, as --key does; of several in a line, the first. Empty
    /// values, -, 0, null and the like are none. May be given several times: any of the keys has the user. Reports then
    /// show the users of each code, and --fail-on 'error@users>100' counts them. Exact up to 1,024 users, and
    /// within 3 % beyond.
    ///
    /// JSON reports hold hashes of the users, so that they add up; see --users-salt.
    #[arg(long, value_name = "KEY", conflicts_with_all = ["merge_reports", "files_with_matches"], help_heading = "Reports and checks")]
    pub(crate) users: Vec<String>,

    /// Make the key of the hashes of users from TEXT, so that nobody without TEXT can tell users from a JSON report
    ///
    /// TEXT is a long secret. Reports that are added up must have the same.
    #[arg(long, value_name = "TEXT", requires = "users", help_heading = "Reports and checks")]
    pub(crate) users_salt: Option<String>,

    /// Count the requests that failed first with each code: the cause before its echoes
    ///
    /// KEY has the name of a request, trace or session, and is found as that of --users. Of the lines with one value of it, the
    /// first with an error is its first failure. The last 1,000,000 requests that failed are remembered; beyond these, and
    /// in --merge-reports where a request has lines in several reports, a request may be counted twice, which is said.
    #[arg(long, value_name = "KEY", conflicts_with_all = ["merge_reports", "files_with_matches", "resume"], help_heading = "Reports and checks")]
    pub(crate) trace: Vec<String>,
}

impl ValueArgs {
    /// Returns the reason why values would be counted for nothing, if they would: metrics show users, and reports and checks
    /// show both.
    pub(crate) fn refusal(&self, reports_or_checks: bool, metrics: bool) -> Option<&'static str> {
        if !self.users.is_empty() && !reports_or_checks && !metrics {
            return Some(
                "--users counts for reports, checks and metrics; add --report, --fail-on, --expect or --metrics",
            );
        }
        (!self.trace.is_empty() && !reports_or_checks)
            .then_some("--trace counts for reports and checks; add --report, --fail-on or --expect")
    }
}
