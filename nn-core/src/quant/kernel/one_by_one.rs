//! Work on bytes that can also be done one output after another, and the choice of the way.

use super::is_small;
use crate::kernel::{ByteJob, Isa};

pub(super) trait OneByOne: ByteJob<Output = ()> + Sized {
    /// Does the work in plain Rust: for processors without vectors, and for slices and sizes that no other body takes.
    fn one_by_one(self);

    /// Does the work the way of the processor.
    #[inline(always)]
    fn run_on<I: Isa>(self, isa: I) {
        if is_small::<I>() {
            self.one_by_one();
        } else {
            isa.run_bytes(self);
        }
    }
}
