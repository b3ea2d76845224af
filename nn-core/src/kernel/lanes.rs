//! Vectors at the end of a row, where fewer floats may be left than a vector has lanes.

use super::Isa;

/// The largest number of lanes of any instruction set.
pub(crate) const MOST_LANES: usize = 16;

/// The first floats of a slice, as many as a vector has lanes or the slice has floats, and zeros after them.
#[inline(always)]
pub(crate) fn load_some<I: Isa>(isa: I, from: &[f32]) -> I::Vector {
    // A whole load is faster than a partial one on most processors.
    if from.len() >= I::LANES { isa.load(from) } else { isa.load_partial(from) }
}

/// Writes to the first floats of a slice, as many as a vector has lanes or the slice has floats.
#[inline(always)]
pub(crate) fn store_some<I: Isa>(isa: I, vector: I::Vector, to: &mut [f32]) {
    if to.len() >= I::LANES {
        isa.store(vector, to);
    } else {
        isa.store_partial(vector, to);
    }
}

/// The lanes of a vector, followed by zeros.
#[inline(always)]
pub(crate) fn lanes<I: Isa>(isa: I, vector: I::Vector) -> [f32; MOST_LANES] {
    let mut lanes = [0.0; MOST_LANES];
    isa.store(vector, &mut lanes);
    lanes
}
