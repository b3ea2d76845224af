//! The loops, as the processor's instructions: what they need, a loop that ends within a vector and sums over a vector, is
//! not in the language. `plain.rs` has the same in Rust, for the tests of what is around them.
//!
//! Vectors share registers with floats, so that each block states which of those it changes.

mod finish;
mod squares;
mod sums;

pub(super) use finish::Finish;
pub(super) use squares::{Table, row_of_squares};
pub(super) use sums::{Sums, copy_rows, filters_at_four_places, four_sums};

/// `asm!` that changes all vectors.
macro_rules! asm_on_vectors {
    ($($body:tt)*) => {
        core::arch::asm!(
            $($body)*
            out("d0") _,
            out("d1") _,
            out("d2") _,
            out("d3") _,
            out("d4") _,
            out("d5") _,
            out("d6") _,
            out("d7") _,
            out("d8") _,
            out("d9") _,
            out("d10") _,
            out("d11") _,
            out("d12") _,
            out("d13") _,
            out("d14") _,
            out("d15") _,
            options(nostack),
        )
    };
}
use asm_on_vectors;
