//! Reads the HTML report: as XML, which it is, too, and as HTML.

use crate::command::{binary, output_of};
use html5gum::{Token, Tokenizer};
use roxmltree::{Document, Node, ParsingOptions};
use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// Returns the HTML report of a run in a folder.
pub(crate) fn page_of(folder: &Path, args: &[&str], input: &[u8]) -> String {
    let mut command = binary();
    command.current_dir(folder).args(["-q", "--report=html=-"]).args(args);
    String::from_utf8(output_of(&mut command, input).stdout).unwrap()
}

/// Returns the page as a document.
pub(crate) fn parse(page: &str) -> Document<'_> {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    Document::parse_with_options(page, options).unwrap_or_else(|error| panic!("{error}: {page}"))
}

/// Returns the text of an element and of all in it, without style and script.
pub(crate) fn text(node: Node<'_, '_>) -> String {
    let is_program = |node: Node<'_, '_>| {
        node.ancestors().any(|node| node.has_tag_name("style") || node.has_tag_name("script"))
    };
    let texts = node.descendants().filter(|node| node.is_text() && !is_program(*node));
    texts.filter_map(|node| node.text()).collect()
}

/// Returns the text of what is shown without script: nothing that is hidden.
pub(crate) fn shown_text(node: Node<'_, '_>) -> String {
    let is_hidden = |node: Node<'_, '_>| {
        let hides =
            |node: Node<'_, '_>| ["style", "script", "title"].iter().any(|name| node.has_tag_name(*name));
        node.ancestors().any(|node| hides(node) || node.has_attribute("hidden"))
    };
    let texts = node.descendants().filter(|node| node.is_text() && !is_hidden(*node));
    texts.filter_map(|node| node.text()).collect()
}

/// Returns the elements with a name.
pub(crate) fn elements<'a, 'i>(document: &'a Document<'i>, name: &str) -> Vec<Node<'a, 'i>> {
    document.descendants().filter(|node| node.has_tag_name(name)).collect()
}

/// Returns the element that has an id.
pub(crate) fn by_id<'a, 'i>(document: &'a Document<'i>, id: &str) -> Option<Node<'a, 'i>> {
    document.descendants().find(|node| node.attribute("id") == Some(id))
}

/// Returns the style of a page.
pub(crate) fn style(page: &str) -> &str {
    page.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0
}

/// The elements and attributes of a page, as a tokenizer of HTML finds them: `td`, `td class`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Names(pub(crate) BTreeSet<String>);

/// Reads the page as HTML. Returns the names in it and the texts between tags. There must be no error and no comment.
pub(crate) fn read_as_html(page: &str) -> (Names, Vec<String>) {
    let (mut names, mut texts) = (BTreeSet::new(), Vec::new());
    let mut is_text_joined = false;
    for token in Tokenizer::new(page) {
        let Ok(token) = token;
        let goes_on = is_text_joined;
        is_text_joined = matches!(token, Token::String(_));
        match token {
            Token::StartTag(tag) => {
                let name = String::from_utf8(tag.name.0).unwrap();
                for attribute in tag.attributes.into_keys() {
                    names.insert(format!("{name} {}", str::from_utf8(&attribute).unwrap()));
                }
                names.insert(name);
            }
            Token::String(text) => {
                let text = str::from_utf8(&text.value).unwrap();
                match texts.last_mut().filter(|_| goes_on) {
                    Some(before) => String::push_str(before, text),
                    None => texts.push(text.to_owned()),
                }
            }
            Token::EndTag(_) | Token::Doctype(_) => {}
            Token::Comment(comment) => panic!("{comment:?}"),
            // Characters that stand for nothing, such as U+10FFFF, do nothing either.
            Token::Error(error) if error.value == html5gum::Error::NoncharacterInInputStream => {
                is_text_joined = goes_on;
            }
            Token::Error(error) => panic!("{error:?}: {page}"),
        }
    }
    (Names(names), texts)
}

/// Returns the hash of a text as a policy has it: `sha256-...`, by `sha256sum`. `None` where there is no such program.
pub(crate) fn hash(text: &str) -> Option<String> {
    let mut child = Command::new("sha256sum").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let digits = String::from_utf8(output.stdout).unwrap();
    let bytes: Vec<u8> =
        (0..32).map(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).unwrap()).collect();
    Some(format!("sha256-{}", base64(&bytes)))
}

fn base64(bytes: &[u8]) -> String {
    let digits: Vec<char> = ('A'..='Z').chain('a'..='z').chain('0'..='9').chain(['+', '/']).collect();
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits =
            group.iter().fold(0, |bits, &byte| bits << 8 | usize::from(byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            text.push(if place <= group.len() { digits[bits >> (18 - 6 * place) & 63] } else { '=' });
        }
    }
    text
}
