//! The arguments that say what notes are like, and in which language codes are told.

use crate::{Language, Template};
use clap::{Args, ValueEnum};

/// Options for notes.
#[derive(Debug, Args)]
pub(crate) struct NoteArgs {
    /// Language of notes, reports and look-ups
    #[arg(long, value_name = "LANG", value_enum, default_value_t = LanguageChoice::En, help_heading = "Notes")]
    pub(crate) lang: LanguageChoice,

    /// What notes say [default: ' ({category}: {message})']
    ///
    /// Names in braces stand for what the catalog says: `{code}`, `{category}`, `{severity}`, `{message}`,
    /// `{explanation}`; `{{` and `}}` are braces. It begins with a blank, an opening bracket or the like, so that
    /// the note is not read as more of the number or as what closes the field; an empty one writes no notes.
    #[arg(long, value_name = "TEMPLATE", value_parser = Template::parse, help_heading = "Notes")]
    pub(crate) note: Option<Template>,

    /// Write notes as fields in the line's own syntax, for machines
    ///
    /// {"ret":-204} becomes {"ret":-204,"ret_category":"auth","ret_message":"user session is failure!"}, and ret=-204
    /// becomes ret=-204 ret_category=auth ret_message="user session is failure!"; in a tag of XML they are attributes.
    /// Other fields get the plain note. JSON stays valid, and so does most XML: tags are told in one line. Members that
    /// the line has itself are not added, no object or tag in one line gets one twice, and there is no colour.
    #[arg(long, help_heading = "Notes")]
    pub(crate) fields: bool,

    /// Take notes out again
    ///
    /// Those that are written with the same options, in colour or not: annotating and then stripping changes nothing.
    /// With --pattern or --fields, a line of more than 16 MiB, with its notes, keeps them: lines are looked at whole.
    #[arg(long, help_heading = "Notes")]
    pub(crate) strip: bool,
}

/// The language of categories and messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LanguageChoice {
    /// English, as the vendor's messages are
    En,
    /// Chinese: category and explanation, the message where there is none
    Zh,
    /// English and Chinese
    Both,
}

impl LanguageChoice {
    pub(crate) fn language(self) -> Language {
        match self {
            Self::En => Language::English,
            Self::Zh => Language::Chinese,
            Self::Both => Language::Both,
        }
    }
}
