//! The columns of a matrix in groups of neighbouring vectors, so that each row is read once from the left to the right.

use crate::kernel::Isa;
use core::ops::Range;

/// The most rows whose sums are added up apart from the others: few enough that they stay in the fastest memory while
/// they are read a second time, and that sums of many rows lose fewer digits.
pub(super) const PIECE: usize = 64;

/// Work on the columns of one group.
pub(super) trait OnColumns {
    /// Does it on these columns, which fill `VECTORS` vectors; a single one may be partial.
    fn run<I: Isa, const VECTORS: usize>(&mut self, isa: I, columns: Range<usize>);
}

/// Does the work on all columns, group by group.
#[inline(always)]
pub(super) fn each_group<I: Isa>(isa: I, columns: usize, work: &mut impl OnColumns) {
    let mut begin = 0;
    while begin < columns {
        let vectors = match (columns - begin) / I::LANES {
            4.. if I::REGISTERS >= 32 => 4,
            2.. if I::REGISTERS >= 8 => 2,
            _ => 1,
        };
        let end = columns.min(begin + vectors * I::LANES);
        match vectors {
            1 => work.run::<I, 1>(isa, begin..end),
            2 => work.run::<I, 2>(isa, begin..end),
            // Elsewhere there are never so many: they are not compiled.
            _ if const { I::REGISTERS >= 32 } => work.run::<I, 4>(isa, begin..end),
            _ => {}
        }
        begin = end;
    }
}

/// Vector number `vector` of some columns.
#[inline(always)]
pub(super) fn part<I: Isa>(columns: &Range<usize>, vector: usize) -> Range<usize> {
    let begin = columns.start + vector * I::LANES;
    begin..columns.end.min(begin + I::LANES)
}

/// Calls a function with the number of bounds as a constant: none, a lower one, as of `relu`, or both.
macro_rules! with_bounds {
    ($isa:ident, $vectors:ident, $bounds:expr, $self:ident.$function:ident($($argument:expr),*)) => {
        match $bounds {
            None => $self.$function::<$isa, $vectors, 0>($($argument),*),
            Some([_, f32::INFINITY]) => $self.$function::<$isa, $vectors, 1>($($argument),*),
            Some(_) => $self.$function::<$isa, $vectors, 2>($($argument),*),
        }
    };
}

pub(super) use with_bounds;

/// How many floats ahead memory is asked for: by itself a processor does so within a page only, of 1,024 floats.
const AHEAD: usize = 2048;

/// Has the memory fetched that lies so far behind these values.
#[inline(always)]
pub(super) fn fetch_ahead<I: Isa, const VECTORS: usize>(isa: I, values: &[f32]) {
    for vector in 0..VECTORS {
        isa.fetch(values.as_ptr().wrapping_add(AHEAD + vector * I::LANES));
    }
}
