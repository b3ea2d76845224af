//! Sums over a batch: each block of samples is added up by one owner, then the blocks are added in order.

use super::Pass;
use crate::team::{Chunks, Team, block_size};
use core::ops::Range;

/// Calls `add` once for each block of a batch, with its samples and with the `len` sums of `partial` that are its own,
/// which begin with zero.
pub(super) fn sum_blocks(
    pass: Pass<'_>,
    partial: &mut [f32],
    len: usize,
    add: impl Fn(Range<usize>, &mut [f32]) + Sync,
) {
    let size = block_size(pass.batch);
    pass.team.split(Chunks::new(partial, len), |block, sums| {
        sums.fill(0.0);
        add(block * size..pass.batch.min((block + 1) * size), sums);
    });
}

/// Writes the sum of the blocks' sums: the first floats of each part of this size, as many as `total` has. What lies behind
/// them in the last part may be missing.
pub(super) fn add_blocks(team: &dyn Team, partial: &[f32], size: usize, total: &mut [f32]) {
    const PIECE: usize = 1024;
    team.split(Chunks::new(total, PIECE), |piece, total| {
        total.fill(0.0);
        for sums in partial.chunks(size.max(1)) {
            for (total, sum) in total.iter_mut().zip(&sums[piece * PIECE..]) {
                *total += sum;
            }
        }
    });
}

/// Sample `number` of `batch` samples that lie one behind the other.
pub(super) fn sample(floats: &[f32], batch: usize, number: usize) -> &[f32] {
    let len = floats.len() / batch.max(1);
    &floats[number * len..][..len]
}

/// Some of `batch` samples that lie one behind the other.
pub(super) fn samples(floats: &[f32], batch: usize, range: Range<usize>) -> &[f32] {
    let len = floats.len() / batch.max(1);
    &floats[range.start * len..range.end * len]
}
