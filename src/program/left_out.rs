//! The rule for parts of inputs that are done in any order: an input that ends early has nothing behind its end.
//!
//! Several threads read parts that one thread, which stops at the first error, would never have come to.

/// The consequence of an ended part for the parts behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Behind {
    /// The parts behind it follow.
    Follows,
    /// Its input ended early: the parts of that input behind it are left out.
    InputIsLeftOut,
    /// Reading was given up for a signal: all parts behind it are left out.
    AllIsLeftOut,
}

/// Tells which parts are left out, if it is asked and told of parts in their order.
#[derive(Debug, Default)]
pub(crate) struct LeftOut {
    /// The number of the input that ended early last.
    input: Option<usize>,
    all: bool,
}

impl LeftOut {
    /// Returns whether the next part is left out, which is one of the input with this number.
    pub(crate) fn has(&self, input: usize) -> bool {
        self.all || self.input == Some(input)
    }

    /// Takes what the next part, which is not left out, says of the parts behind it.
    pub(crate) fn go_on(&mut self, input: usize, behind: Behind) {
        match behind {
            Behind::Follows => {}
            Behind::InputIsLeftOut => self.input = Some(input),
            Behind::AllIsLeftOut => self.all = true,
        }
    }
}
