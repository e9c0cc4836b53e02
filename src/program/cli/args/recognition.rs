//! The arguments that say what is recognised.

use crate::scanner::KEY_MAX_BYTES;
use crate::{Annotator, AnnotatorBuilder, KeyError, Keys, Pattern};
use clap::Args;

/// Options for what is recognised.
#[derive(Debug, Args)]
pub(crate) struct RecognitionArgs {
    /// Count positive codes only where they are surely ours
    ///
    /// For logs that other programs write into, too: a positive code counts only under `ret` or `iret`, under a key of
    /// --key, or where its key has a quote behind it (`"code":5`).
    #[arg(long, help_heading = "What is recognised")]
    pub(crate) strict: bool,

    /// Another key; may be given several times
    ///
    /// As for iMSDK's own keys, case and `_` make no difference: with `--key sdkstatus` there is `sdk_status=-204`, too.
    /// Positive codes count under it, also with --strict.
    #[arg(long, value_name = "NAME", value_parser = key, help_heading = "What is recognised")]
    pub(crate) key: Vec<String>,

    /// Leave out iMSDK's own keys, for --key and --pattern alone
    #[arg(long, help_heading = "What is recognised")]
    pub(crate) no_default_keys: bool,

    /// A regular expression with a group `code`, for what no key describes; may be given several times
    ///
    /// 'returned (?<code>-?\d+)': the note goes behind the group. It is looked for in each line on its own, in
    /// lines of up to 16 MiB, and must not be able to match a newline: [ \t] for \s. The syntax is that of Rust's regex crate. A
    /// pattern whose matches must look at the rest of the line each time, as `[^\n]*x|(?<code>\d)`, takes time that
    /// grows with the square of a line's length.
    // The comment is the help, in which the group of a regular expression is no tag of HTML.
    #[allow(rustdoc::invalid_html_tags)]
    #[arg(long, value_name = "REGEX", value_parser = Pattern::parse, allow_hyphen_values = true, help_heading = "What is recognised")]
    pub(crate) pattern: Vec<Pattern>,
}

impl RecognitionArgs {
    /// An annotator that recognises that.
    pub(crate) fn annotator(&self) -> AnnotatorBuilder {
        let mut keys = if self.no_default_keys { Keys::none() } else { Keys::default() };
        for name in &self.key {
            keys.add(name).expect("it was added once when it was read");
        }
        Annotator::builder().strict(self.strict).keys(keys).patterns(self.pattern.clone())
    }

    /// Returns the refusal of options with which nothing could be recognised.
    pub(crate) fn refusal(&self) -> Option<&'static str> {
        let has_any = !self.no_default_keys || !self.key.is_empty() || !self.pattern.is_empty();
        (!has_any).then_some("--no-default-keys: nothing is left to recognise; add --key or --pattern")
    }
}

/// Returns the name of a key as it is; says what a key is, where the name is none, and what there is for other names.
fn key(name: &str) -> Result<String, String> {
    Keys::none().add(name).map(|()| name.to_owned()).map_err(|error| match error {
        KeyError::NoIdentifier { .. } => {
            "a key is letters, digits and _; for anything else there is --pattern".to_owned()
        }
        KeyError::TooLong { .. } => format!("a key has at most {KEY_MAX_BYTES} bytes"),
    })
}
