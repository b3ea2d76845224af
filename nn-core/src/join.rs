//! Several values into one: what blocks of branches do.

use crate::kernel::{Isa, Job, dispatch};
use crate::layer::Pass;
use crate::team::Chunks;

/// The floats of a batch that one task works on: 16 KiB, which stay in the nearest cache.
const CHUNK: usize = 4096;

/// `target[i] = operation(target[i], source[i])`
struct Combine<'a, F> {
    target: &'a mut [f32],
    source: &'a [f32],
    operation: F,
}

impl<F: Fn(f32, f32) -> f32> Job for Combine<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, _isa: I) {
        for (target, source) in self.target.iter_mut().zip(self.source) {
            *target = (self.operation)(*target, *source);
        }
    }
}

/// Adds `source` to `target`, value by value.
pub fn add(target: &mut [f32], source: &[f32]) {
    dispatch(Combine { target, source, operation: |a, b| a + b });
}

/// Multiplies `target` by `source`, value by value.
pub fn multiply(target: &mut [f32], source: &[f32]) {
    dispatch(Combine { target, source, operation: |a, b| a * b });
}

/// [`add`] for a batch, shared by the team.
pub fn add_batch(pass: Pass<'_>, target: &mut [f32], source: &[f32]) {
    in_chunks(pass, target, source, add);
}

/// [`multiply`] for a batch, shared by the team.
pub fn multiply_batch(pass: Pass<'_>, target: &mut [f32], source: &[f32]) {
    in_chunks(pass, target, source, multiply);
}

/// Copies a batch, shared by the team.
pub fn copy(pass: Pass<'_>, target: &mut [f32], source: &[f32]) {
    in_chunks(pass, target, source, |target, source| target.copy_from_slice(source));
}

fn in_chunks(pass: Pass<'_>, target: &mut [f32], source: &[f32], work: impl Fn(&mut [f32], &[f32]) + Sync) {
    pass.team.split(Chunks::new(target, CHUNK), |number, target| {
        let begin = number * CHUNK;
        work(target, &source[begin..begin + target.len()]);
    });
}

/// Writes rows of `width` values into the columns from `offset` on of rows of `columns` values.
pub fn write_columns(target: &mut [f32], columns: usize, offset: usize, source: &[f32], width: usize) {
    for (target, source) in target.chunks_exact_mut(columns.max(1)).zip(source.chunks_exact(width.max(1))) {
        target[offset..offset + width].copy_from_slice(source);
    }
}

/// Reads rows of `width` values out of the columns from `offset` on of rows of `columns` values.
pub fn read_columns(target: &mut [f32], width: usize, source: &[f32], columns: usize, offset: usize) {
    for (target, source) in target.chunks_exact_mut(width.max(1)).zip(source.chunks_exact(columns.max(1))) {
        target.copy_from_slice(&source[offset..offset + width]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::Mode;
    use crate::team::Sequential;

    #[test]
    fn values_are_joined_one_by_one() {
        let (mut sum, mut product) = ([1.0, 2.0, 3.0], [1.0, 2.0, 3.0]);
        add(&mut sum, &[10.0, 20.0, 30.0]);
        multiply(&mut product, &[2.0, 3.0, 4.0]);
        assert_eq!((sum, product), ([11.0, 22.0, 33.0], [2.0, 6.0, 12.0]));
    }

    #[test]
    fn a_batch_of_any_size_is_covered_once() {
        let pass = Pass { team: &Sequential, batch: 1, mode: Mode::Inference };
        for len in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 5] {
            let source: std::vec::Vec<f32> = (0..len).map(|index| index as f32).collect();
            let mut target = std::vec![0.0; len];
            copy(pass, &mut target, &source);
            add_batch(pass, &mut target, &source);
            assert!(target.iter().zip(&source).all(|(target, source)| *target == 2.0 * source));
        }
    }

    #[test]
    fn columns_are_written_side_by_side_and_read_again() {
        let mut joined = [0.0; 6];
        write_columns(&mut joined, 3, 0, &[1.0, 4.0], 1);
        write_columns(&mut joined, 3, 1, &[2.0, 3.0, 5.0, 6.0], 2);
        assert_eq!(joined, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let mut part = [0.0; 4];
        read_columns(&mut part, 2, &joined, 3, 1);
        assert_eq!(part, [2.0, 3.0, 5.0, 6.0]);
    }
}
