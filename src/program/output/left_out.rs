//! The rule for parts of inputs that threads annotate in any order: an input that ends early has no output behind its
//! end.
//!
//! Several threads read parts that a single thread, which stops at the first error, would not have reached. Their
//! output is left out, so that the result does not depend on the number of threads.

/// The consequence of a finished part for the parts behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Behind {
    /// The parts behind it are kept.
    Follows,
    /// The input ended early: the later parts of this input are left out.
    InputIsLeftOut,
    /// A signal ended reading: all later parts, of any input, are left out.
    AllIsLeftOut,
}

/// Decides which parts are left out. Both methods must be called for the parts in their order.
#[derive(Clone, Debug, Default)]
pub(crate) struct LeftOut {
    /// The number of the last input that ended early.
    input: Option<usize>,
    /// True if all further parts are left out.
    all: bool,
}

impl LeftOut {
    /// Returns true if the next part is left out. `input` is the number of the input that it belongs to.
    pub(crate) fn has(&self, input: usize) -> bool {
        self.all || self.input == Some(input)
    }

    /// Records the consequence of the next part for the parts behind it. The part must not be left out itself.
    pub(crate) fn go_on(&mut self, input: usize, behind: Behind) {
        match behind {
            Behind::Follows => {}
            Behind::InputIsLeftOut => self.input = Some(input),
            Behind::AllIsLeftOut => self.all = true,
        }
    }
}
