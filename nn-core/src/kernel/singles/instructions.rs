//! The loops, as the processor's instructions: one loads up to 32 floats, and a compiler keeps no sixteen sums in
//! registers from loop to loop. `plain.rs` has the same in Rust, for other processors and for the tests of what is around
//! them.
//!
//! Products are rounded and then added. The float registers are put back, since Rust lends none of those that such
//! processors have.

mod cells;
mod finish;
mod squares;
mod windows;

pub(super) use cells::row_of_cells;
pub(super) use finish::square_root;
pub(super) use squares::row_of_squares;
pub(super) use windows::row_of_windows;

/// An instruction for each triple of registers: a sum, then two values.
macro_rules! each {
    ($operation:literal; $(($sum:literal $first:literal $second:literal))*) => {
        concat!($($operation, " s", $sum, ", s", $first, ", s", $second, "\n"),*)
    };
}

/// Adds to the first eight sums, or four of them, the products of one value with `s16` and those after it.
macro_rules! products_low {
    (4, $value:literal) => { each!("vmla.f32"; (0 $value 16) (1 $value 17) (2 $value 18) (3 $value 19)) };
    (8, $value:literal) => {
        concat!(
            products_low!(4, $value),
            each!("vmla.f32"; (4 $value 20) (5 $value 21) (6 $value 22) (7 $value 23)),
        )
    };
}

/// The same for the other eight sums.
macro_rules! products_high {
    ($value:literal) => {
        each!("vmla.f32"; (8 $value 16) (9 $value 17) (10 $value 18) (11 $value 19) (12 $value 20) (13 $value 21)
            (14 $value 22) (15 $value 23))
    };
}
use {each, products_high, products_low};
