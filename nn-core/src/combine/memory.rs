//! The memory of a combination, cut into that of its parts.

use crate::network::{TrainingMemory, TrainingNeeds};
use crate::plain::Plain;
use core::mem::{ManuallyDrop, take};

/// Memory for one part and then for another that needs a value of the first: as long as the longer of the first's
/// memory and both that value and the second's memory.
#[repr(C)]
pub union OneAfterTheOther<First: Plain, Value: Plain, Second: Plain> {
    first: ManuallyDrop<First>,
    second: ManuallyDrop<Behind<Value, Second>>,
}

/// Two values, one behind the other.
#[repr(C)]
pub struct Behind<Value, Rest> {
    value: Value,
    rest: Rest,
}

// SAFETY: both variants consist of floats and have no drop code, so that each byte of the union is part of a float.
unsafe impl<First: Plain, Value: Plain, Second: Plain> Plain for OneAfterTheOther<First, Value, Second> {}

// SAFETY: two values that consist of floats; `repr(C)` adds no padding between types of the alignment of a float or less.
unsafe impl<Value: Plain, Rest: Plain> Plain for Behind<Value, Rest> {}

impl<First: Plain, Value: Plain, Second: Plain> core::fmt::Debug for OneAfterTheOther<First, Value, Second> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} floats", Self::FLOATS)
    }
}

impl<Value: Plain, Rest: Plain> core::fmt::Debug for Behind<Value, Rest> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} floats", Self::FLOATS)
    }
}

/// The memory of a pass that is not yet given to a part.
pub(super) struct Supply<'a> {
    batch: usize,
    activations: &'a mut [f32],
    positions: &'a mut [u8],
    statistics: &'a mut [f32],
}

impl<'a> Supply<'a> {
    /// All that a combination was given, and the partial sums, which its parts use one after the other.
    pub(super) fn new(memory: &'a mut TrainingMemory<'_>, batch: usize) -> (Self, &'a mut [f32]) {
        let TrainingMemory { activations, positions, statistics, partial } = memory;
        (Self { batch, activations, positions, statistics }, partial)
    }

    /// Floats for each sample.
    pub(super) fn floats(&mut self, each: usize) -> &'a mut [f32] {
        split_off(&mut self.activations, each * self.batch)
    }

    /// The memory of a part, with at least this number of activations for each sample.
    pub(super) fn piece(&mut self, needs: TrainingNeeds, at_least: usize) -> Piece<'a> {
        Piece {
            needs,
            batch: self.batch,
            activations: self.floats(needs.activations.max(at_least)),
            positions: split_off(&mut self.positions, needs.positions * self.batch),
            statistics: split_off(&mut self.statistics, needs.statistics),
        }
    }
}

/// The memory of a part, but for the partial sums.
pub(super) struct Piece<'a> {
    needs: TrainingNeeds,
    batch: usize,
    pub(super) activations: &'a mut [f32],
    positions: &'a mut [u8],
    statistics: &'a mut [f32],
}

impl Piece<'_> {
    /// The memory of the part, of exactly the sizes that it needs.
    pub(super) fn memory<'b>(&'b mut self, partial: &'b mut [f32]) -> TrainingMemory<'b> {
        TrainingMemory {
            activations: &mut self.activations[..self.needs.activations * self.batch],
            positions: self.positions,
            statistics: self.statistics,
            partial: &mut partial[..self.needs.partial_floats(self.batch)],
        }
    }
}

/// The first `len` elements, which are taken out of the slice.
fn split_off<'a, T>(slice: &mut &'a mut [T], len: usize) -> &'a mut [T] {
    let (first, rest) = take(slice).split_at_mut(len);
    *slice = rest;
    first
}

/// The needs of two parts of which one works after the other.
pub(super) const fn needs_of_both(a: TrainingNeeds, b: TrainingNeeds) -> TrainingNeeds {
    TrainingNeeds {
        activations: a.activations + b.activations,
        positions: a.positions + b.positions,
        statistics: a.statistics + b.statistics,
        partial: larger(a.partial, b.partial),
    }
}

/// The larger of two numbers.
pub(super) const fn larger(a: usize, b: usize) -> usize {
    if a > b { a } else { b }
}
