//! The files and streams that a run uses besides its inputs. No output may replace one of them.

use crate::program::output::{FilesInUse, OutputStream, StreamContent, UsedAs};
use crate::program::terminal::input_name::InputName;
use std::path::PathBuf;

/// The files that a run reads besides its inputs, and the content that it writes to standard streams.
pub(crate) struct Uses {
    pub(crate) files: Vec<(PathBuf, UsedAs)>,
    /// True if the run makes files, which have no name before they are whole.
    pub(crate) makes_files: bool,
    /// The content that goes to standard output; `None` if nothing does.
    pub(crate) stdout: Option<StreamContent>,
    /// The content that goes to standard error.
    pub(crate) stderr: StreamContent,
}

impl Uses {
    /// Returns the files in use, among them those that `add_inputs` adds. The list is empty if the run cannot write to
    /// any of them, because it makes no files and no standard stream is a file.
    ///
    /// # Errors
    ///
    /// Returns the refusal of standard output or standard error if it would write to a file that the run reads.
    pub(crate) fn files_in_use<'a>(
        &self,
        add_inputs: impl FnOnce(&mut FilesInUse<'a>),
    ) -> Result<FilesInUse<'a>, String> {
        let mut files_in_use = FilesInUse::default();
        let is_file = |stream: OutputStream| stream.regular_file().is_some();
        if !(self.makes_files || is_file(OutputStream::Stdout) || is_file(OutputStream::Stderr)) {
            return Ok(files_in_use);
        }
        for (path, used_as) in &self.files {
            files_in_use.add(&InputName::File(path.clone()), *used_as);
        }
        add_inputs(&mut files_in_use);
        if let Some(written) = self.stdout {
            files_in_use.add_stream(OutputStream::Stdout, written)?;
        }
        files_in_use.add_stream(OutputStream::Stderr, self.stderr)?;
        Ok(files_in_use)
    }
}
