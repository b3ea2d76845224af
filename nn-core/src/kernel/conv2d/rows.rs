//! How many sums fit into registers, and vectors of filters.

use crate::kernel::Isa;
use crate::kernel::lanes::{load_some, store_some};

/// The largest number of rows of a tile of any instruction set.
pub(in crate::kernel) const MOST_ROWS: usize = 12;

/// How many rows of `vectors` sums stay in registers, besides the vectors of the kernel and two more.
#[inline(always)]
pub(in crate::kernel) const fn most_rows<I: Isa>(vectors: usize) -> usize {
    match I::REGISTERS.saturating_sub(vectors + 2) / vectors {
        0 => 1,
        rows if rows < I::MOST_ROWS => rows,
        _ => I::MOST_ROWS,
    }
}

/// Calls `$function` with as many rows as `$rows` says, as a constant.
macro_rules! with_rows {
    ($isa:ident, $vectors:ident, $rows:expr, $self:ident.$function:ident($($argument:expr),*)) => {
        with_rows!(@ $isa, $vectors, $rows, $self.$function($($argument),*), 1 2 3 4 5 6 7 8 9 10 11 12)
    };
    (@ $isa:ident, $vectors:ident, $rows:expr, $self:ident.$function:ident $arguments:tt, $($count:literal)*) => {
        match $rows {
            // The condition is known to the compiler: tiles that do not fit are not compiled.
            $($count if const { $count <= most_rows::<$isa>($vectors) } => with_rows!(@@ $self.$function, $isa, $count, $vectors, $arguments),)*
            _ => unreachable!("a tile has at least one row and at most as many as fit"),
        }
    };
    (@@ $self:ident.$function:ident, $isa:ident, $count:literal, $vectors:ident, ($($argument:expr),*)) => {
        $self.$function::<$isa, $count, $vectors>($($argument),*)
    };
}

pub(in crate::kernel) use with_rows;

/// How many filters so many vectors have: several are whole, and as a constant the number spares the tests of each access.
#[inline(always)]
pub(in crate::kernel) const fn width_of<I: Isa, const VECTORS: usize>(width: usize) -> usize {
    if VECTORS > 1 { VECTORS * I::LANES } else { width }
}

/// Several whole vectors, or one that may be partial.
#[inline(always)]
pub(in crate::kernel) fn load_vectors<I: Isa, const VECTORS: usize>(isa: I, from: &[f32]) -> [I::Vector; VECTORS] {
    let mut vectors = [isa.splat(0.0); VECTORS];
    for (index, vector) in vectors.iter_mut().enumerate() {
        let from = &from[index * I::LANES..];
        *vector = if VECTORS > 1 { isa.load(from) } else { load_some(isa, from) };
    }
    vectors
}

#[inline(always)]
pub(in crate::kernel) fn store_vectors<I: Isa, const VECTORS: usize>(
    isa: I,
    vectors: &[I::Vector; VECTORS],
    to: &mut [f32],
) {
    for (index, &vector) in vectors.iter().enumerate() {
        let to = &mut to[index * I::LANES..];
        if VECTORS > 1 {
            isa.store(vector, to)
        } else {
            store_some(isa, vector, to)
        };
    }
}
