//! Messages about usage errors: clap's text with escaped arguments, and hints at the option that was meant.

use super::args::Args;
use crate::program::commands::codes_in;
use crate::program::terminal::visible::visible;
use clap::CommandFactory;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::ffi::OsString;

/// Returns the message for a usage error: clap's lines without colour, and a hint at the option that was meant, if
/// one is known. Arguments in the error are escaped before clap lays out the lines, so that no argument makes a line
/// of its own.
pub(super) fn message(mut error: clap::Error, typed: &[OsString]) -> String {
    let hint = hint(&error, typed);
    let texts: Vec<(ContextKind, ContextValue)> = error
        .context()
        .filter_map(|(kind, value)| match value {
            ContextValue::String(text) => Some((kind, ContextValue::String(visible(text)))),
            ContextValue::Strings(texts) => {
                Some((kind, ContextValue::Strings(texts.iter().map(|text| visible(text)).collect())))
            }
            ContextValue::StyledStrs(texts) => {
                let texts = texts.iter().map(|text| visible(&text.to_string()).into());
                Some((kind, ContextValue::StyledStrs(texts.collect())))
            }
            _ => None,
        })
        .collect();
    for (kind, value) in texts {
        error.insert(kind, value);
    }
    if let Some(hint) = hint {
        // The hint replaces clap's own: to pass the argument as the name of a file, or to use an option with a
        // similar name.
        error.remove(ContextKind::SuggestedArg);
        error.insert(ContextKind::Usage, ContextValue::StyledStr(Args::command().render_usage()));
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![hint.into()]));
    }
    error.render().to_string()
}

/// Returns a hint for an unknown option that is a code; `None` for any other error.
fn hint(error: &clap::Error, typed: &[OsString]) -> Option<String> {
    if error.kind() != ErrorKind::UnknownArgument {
        return None;
    }
    let Some(ContextValue::String(unknown)) = error.get(ContextKind::InvalidArg) else { return None };
    if !matches!(unknown.as_bytes(), [b'-', b'0'..=b'9', ..]) {
        return None;
    }
    let args = typed.iter().skip(1).take_while(|arg| *arg != "--").filter_map(|arg| arg.to_str());
    let codes: Vec<String> = args.filter(|arg| arg.starts_with('-')).filter_map(codes_in).collect();
    (!codes.is_empty()).then(|| format!("to explain codes: imsdk-annotate --explain {}", codes.join(" ")))
}
