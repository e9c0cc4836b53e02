//! The choice of the lines that are written, by a naive reading of the options.

use imsdk_annotate::{Context, Lines, Selector};

/// The lines that are wanted, as the twin reads them.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) only: Option<Selector>,
    /// The numbers of lines before and behind each selected line.
    pub(crate) context: Option<(usize, usize)>,
    pub(crate) numbered: bool,
    /// The most selected lines that are written.
    pub(crate) max_count: Option<u64>,
}

impl Wanted {
    /// Returns the same lines for an annotator.
    pub(crate) fn lines(&self) -> Lines {
        let context = self.context.map(|(before, after)| Context::new().before(before).after(after));
        Lines::new()
            .only(self.only.clone())
            .context(context)
            .numbered(self.numbered)
            .max_count(self.max_count)
    }
}

/// Returns the lines that are written, as `grep` would choose them. `is_selected` returns true for a line that is
/// chosen, and `annotate` returns a line with its notes.
pub(crate) fn chosen<'t>(
    text: &'t [u8],
    lines: &Wanted,
    is_selected: impl Fn(&[u8]) -> bool,
    annotate: impl Fn(&[u8]) -> Vec<u8>,
) -> Vec<u8> {
    let mut all: Vec<&[u8]> = text.split_inclusive(|&byte| byte == b'\n').collect();
    if lines.only.is_some() {
        // NULs at the beginning of a line are no part of it.
        let behind_nuls = |line: &'t [u8]| &line[line.iter().take_while(|&&byte| byte == 0).count()..];
        all = all.into_iter().map(behind_nuls).filter(|line| !line.is_empty()).collect();
    }
    let selected: Vec<bool> = all.iter().map(|line| lines.only.is_none() || is_selected(line)).collect();
    let mut left = lines.max_count.filter(|_| lines.only.is_some()).unwrap_or(u64::MAX);
    let mut take = |selected: bool| {
        let taken = selected && left > 0;
        left -= u64::from(taken);
        taken
    };
    let selected: Vec<bool> = selected.into_iter().map(&mut take).collect();
    let mut output = Vec::new();
    let mut last_written = None;
    for (index, line) in all.iter().enumerate() {
        let (before, after) = lines.context.unwrap_or_default();
        let near = index.saturating_sub(after)..all.len().min(index + before + 1);
        if !selected[near].contains(&true) {
            continue;
        }
        let follows = last_written.is_none_or(|last| last + 1 == index);
        if !follows && lines.context.is_some() {
            output.extend_from_slice(b"--\n");
        }
        last_written = Some(index);
        if lines.numbered {
            let mark = if selected[index] { ':' } else { '-' };
            output.extend_from_slice(format!("{}{mark}", index + 1).as_bytes());
        }
        output.extend(annotate(line));
    }
    if !output.is_empty() && !output.ends_with(b"\n") {
        output.push(b'\n');
    }
    output
}
