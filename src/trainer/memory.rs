//! The buffers of training: made for the largest batch before the first step, and used again by every step.

use crate::trainer::pages::ask_for_large;
use crate::trainer::problem::TrainingProblem;
use nn_core::network::{Trainable, TrainingMemory};
use nn_core::plain::Plain;
use nn_core::team::MOST_BLOCKS;

/// The bytes of a line of the cache, where each buffer begins: a vector then lies in one line.
const LINE: usize = 64;

/// Floats that begin at a line of the cache.
#[derive(Debug, Default)]
struct Floats {
    floats: Vec<f32>,
    begin: usize,
}

impl Floats {
    /// Makes room for `len` floats at least, all zero if there was not enough.
    fn reserve(&mut self, len: usize) -> Result<(), TrainingProblem> {
        if len <= self.floats.len() - self.begin {
            return Ok(());
        }
        *self = Self::default();
        let spare = LINE / size_of::<f32>() - 1;
        let with_spare = len.checked_add(spare).ok_or(TrainingProblem::Memory { bytes: usize::MAX })?;
        self.floats = zeros(with_spare)?;
        self.begin = self.floats.as_ptr().align_offset(LINE).min(spare);
        Ok(())
    }

    /// The first `len` floats, or as many as there are.
    fn first(&mut self, len: usize) -> &mut [f32] {
        let end = self.begin.saturating_add(len).min(self.floats.len());
        &mut self.floats[self.begin..end]
    }
}

/// The size of so many pieces.
fn times(each: usize, count: usize) -> Result<usize, TrainingProblem> {
    each.checked_mul(count).ok_or(TrainingProblem::Memory { bytes: usize::MAX })
}

/// Zeros, unless the system has not that much memory.
pub(super) fn zeros<T: Copy + Default>(len: usize) -> Result<Vec<T>, TrainingProblem> {
    let mut values: Vec<T> = Vec::new();
    let bytes = len.saturating_mul(size_of::<T>());
    values.try_reserve_exact(len).map_err(|_| TrainingProblem::Memory { bytes })?;
    ask_for_large(values.spare_capacity_mut());
    values.resize(len, T::default());
    Ok(values)
}

/// The memory of a pass over a batch.
#[derive(Debug, Default)]
pub(super) struct Memory {
    input: Floats,
    activations: Floats,
    positions: Vec<u8>,
    statistics: Floats,
    partial: Floats,
    gradients: Floats,
}

/// The pieces of [`Memory`] for a batch of a certain size.
pub(super) struct Pieces<'a> {
    /// The inputs of the batch; empty unless they were reserved.
    pub(super) input: &'a mut [f32],
    /// What the passes need.
    pub(super) training: TrainingMemory<'a>,
    /// The floats of `N::Gradients`; empty unless they were reserved.
    pub(super) gradients: &'a mut [f32],
}

impl Memory {
    /// Makes room for the inputs of up to `batch` samples, if they are not passed on where they lie.
    pub(super) fn reserve_input<N: Trainable>(&mut self, batch: usize) -> Result<(), TrainingProblem> {
        self.input.reserve(times(N::Input::FLOATS, batch)?)
    }

    /// Makes room for forward passes of up to `batch` samples.
    pub(super) fn reserve<N: Trainable>(&mut self, batch: usize) -> Result<(), TrainingProblem> {
        let needs = N::TRAINING;
        self.activations.reserve(times(needs.activations, batch)?)?;
        self.statistics.reserve(needs.statistics)?;
        // A smaller batch may fall into more blocks: 17 samples into 9, 16 into 16.
        self.partial.reserve(times(needs.partial, batch.min(MOST_BLOCKS))?)?;
        let positions = times(needs.positions, batch)?;
        if positions > self.positions.len() {
            self.positions = zeros(positions)?;
        }
        Ok(())
    }

    /// How large it is.
    pub(super) fn bytes(&self) -> usize {
        let floats = [&self.input, &self.activations, &self.statistics, &self.partial, &self.gradients];
        floats.map(|floats| size_of_val(&floats.floats[..])).iter().sum::<usize>() + self.positions.len()
    }

    /// Makes room for the derivatives.
    pub(super) fn reserve_gradients<N: Trainable>(&mut self) -> Result<(), TrainingProblem> {
        self.gradients.reserve(N::Gradients::FLOATS)
    }

    /// The pieces for a batch that is not larger than what was reserved.
    pub(super) fn pieces<N: Trainable>(&mut self, batch: usize) -> Pieces<'_> {
        let needs = N::TRAINING;
        let positions = (needs.positions * batch).min(self.positions.len());
        Pieces {
            input: self.input.first(N::Input::FLOATS * batch),
            training: TrainingMemory {
                activations: self.activations.first(needs.activations * batch),
                positions: &mut self.positions[..positions],
                statistics: self.statistics.first(needs.statistics),
                partial: self.partial.first(needs.partial_floats(batch)),
            },
            gradients: self.gradients.first(N::Gradients::FLOATS),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_begin_at_a_line_and_stay_where_they_are() {
        let mut floats = Floats::default();
        for len in [0, 1, 17, 1000, 5000] {
            floats.reserve(len).unwrap();
            let slice = floats.first(len);
            assert_eq!(slice.len(), len);
            assert!(len == 0 || slice.as_ptr().addr() % LINE == 0);
            let begin = slice.as_ptr();
            floats.reserve(len / 2).unwrap();
            assert_eq!(floats.first(len).as_ptr(), begin);
        }
    }

    #[test]
    fn too_much_memory_is_an_error() {
        assert!(Floats::default().reserve(usize::MAX).is_err());
        assert!(Floats::default().reserve(usize::MAX / 8).is_err());
    }
}
