//! The inputs that arguments name: operands, the names in the file of `--files-from`, and for reports `@LIST` files.

use super::args::Args;
use crate::program::input::{LIST_OF_FILES, read_whole};
use crate::program::system::signals::Signals;
use crate::program::terminal::input_name::InputName;
use crate::program::terminal::messages::cause;
use memchr::memchr;
use std::ffi::{OsStr, OsString};
use std::io::ErrorKind;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// A file with names of inputs.
struct NameList {
    file: InputName,
    /// The list as it is typed, in messages: `--files-from names`, `@names`.
    typed: String,
    /// True if a NUL ends each name, and not a newline.
    ends_with_nul: bool,
    /// The remedy for a name with a NUL in it.
    remedy_for_nul: &'static str,
}

/// Returns the inputs: those of the command line, and behind them those that the list of `--files-from` names. With
/// `--merge-reports`, operands `@LIST` stand for the names in LIST.
///
/// # Errors
///
/// Returns the message about a list that cannot be read, the first line of it that names no input, or a `--name` or an
/// `--input-size` where standard input is not read.
pub(super) fn inputs(args: &Args, signals: &Signals) -> Result<Vec<InputName>, String> {
    let mut inputs = Vec::new();
    for operand in args.inputs() {
        match &operand {
            InputName::File(path) if args.triage.merge_reports => match list_of(path.as_os_str()) {
                Some(list) => inputs.extend(NameList::at(list).names(&args.inputs(), signals)?),
                None => inputs.push(operand),
            },
            _ => inputs.push(operand),
        }
    }
    if let Some(path) = &args.input.files_from {
        let file = InputName::from_operand(path.clone().into_os_string());
        let typed = format!("--files-from {file}");
        let remedy_for_nul = "add -0 if NULs end the names";
        let list = NameList { file, typed, ends_with_nul: args.input.null, remedy_for_nul };
        let names = list.names(&inputs, signals)?;
        inputs.extend(names);
    }
    if let Some(bytes) = args.input.input_size {
        match inputs.iter().filter(|input| input.is_stdin()).count() {
            0 => return Err(not_read("--input-size", &bytes.to_string())),
            1 => {}
            _ => {
                return Err(format!(
                    "--input-size {bytes}: standard input is named several times; name it once"
                ));
            }
        }
    }
    match &args.input.name {
        Some(name) => named(inputs, name),
        None => Ok(inputs),
    }
}

/// Returns the path of the list that an operand of `--merge-reports` names: `list` for `@list`. `None` if it names none.
pub(super) fn list_of(operand: &OsStr) -> Option<&OsStr> {
    operand.as_bytes().strip_prefix(b"@").filter(|list| !list.is_empty()).map(OsStr::from_bytes)
}

/// Gives standard input its name.
///
/// # Errors
///
/// Returns the message if standard input is none of the inputs.
fn named(mut inputs: Vec<InputName>, name: &str) -> Result<Vec<InputName>, String> {
    let mut is_read = false;
    for input in inputs.iter_mut().filter(|input| input.is_stdin()) {
        *input = InputName::Stdin(Some(name.into()));
        is_read = true;
    }
    if is_read { Ok(inputs) } else { Err(not_read("--name", name)) }
}

/// Returns the refusal of an option for standard input where that is not read.
fn not_read(option: &str, value: &str) -> String {
    format!("{option} {value}: standard input is not read; leave out {option}")
}

impl NameList {
    /// Returns the list of an operand `@LIST`.
    fn at(path: &OsStr) -> Self {
        Self {
            file: InputName::from_operand(path.to_owned()),
            typed: format!("@{}", path.to_string_lossy()),
            ends_with_nul: false,
            remedy_for_nul: "for names that NULs end, use --files-from with -0",
        }
    }

    /// Returns the inputs that the list names. `others` are the other inputs.
    ///
    /// # Errors
    ///
    /// Returns the message if the list cannot be read, or about the first line of it that names no input.
    fn names(&self, others: &[InputName], signals: &Signals) -> Result<Vec<InputName>, String> {
        let Self { file, typed, ends_with_nul, remedy_for_nul } = self;
        if file.is_stdin() && others.contains(&InputName::STDIN) {
            let typed = typed.replace("standard input", "-");
            return Err(format!("{typed}: standard input cannot be both the list and an input; name a file"));
        }
        let text = read_whole(file, LIST_OF_FILES, signals).map_err(|error| match error.kind() {
            ErrorKind::NotFound => format!("{typed}: no such file; check the name"),
            _ => format!("{typed}: {}", cause(&error)),
        })?;
        let (end, unit) = if *ends_with_nul { (0, "name") } else { (b'\n', "line") };
        // Behind the last end, there is no name.
        let names = text.split(|&byte| byte == end).enumerate().filter(|(_, name)| !name.is_empty());
        let names = names.map(|(number, name)| {
            let place = || format!("{typed}, {unit} {}", number + 1);
            if memchr(0, name).is_some() {
                return Err(format!("{}: has a NUL in it; {remedy_for_nul}", place()));
            }
            let name = InputName::from_operand(OsString::from_vec(name.to_vec()));
            if name.is_stdin() && file.is_stdin() {
                return Err(format!(
                    "{}: - is standard input, which is the list; for a file, write ./-",
                    place()
                ));
            }
            Ok(name)
        });
        names.collect()
    }
}
