//! Register tiles of which only a part lies within the output.

use super::pack::WIDTH;
use super::{MatrixMut, Start};

/// The most rows of a register tile.
const MOST_ROWS: usize = 8;

/// A tile beside the output: the innermost loop need not ask which of its rows and columns there are.
#[repr(align(64))]
pub(super) struct Edge([f32; MOST_ROWS * WIDTH]);

impl Edge {
    pub(super) fn new() -> Self {
        Self([0.0; MOST_ROWS * WIDTH])
    }

    /// The tile, of whole rows and columns.
    pub(super) fn matrix(&mut self) -> MatrixMut<'_> {
        MatrixMut::new(&mut self.0, MOST_ROWS, WIDTH, WIDTH)
    }

    /// Sets the first rows and columns to what their sums begin with.
    pub(super) fn begin(
        &mut self,
        start: Start<'_>,
        output: &mut MatrixMut<'_>,
        [row, column]: [usize; 2],
        rows: usize,
    ) {
        for (index, to) in self.0.chunks_exact_mut(WIDTH).enumerate().take(rows) {
            match start {
                Start::Zero => to.fill(0.0),
                Start::Bias(bias) => copy(&bias[column..], to),
                Start::Keep => copy(&output.row(row + index)[column..], to),
            }
        }
    }

    /// Writes the first rows and columns to the output.
    pub(super) fn end(&self, output: &mut MatrixMut<'_>, [row, column]: [usize; 2], rows: usize) {
        for (index, from) in self.0.chunks_exact(WIDTH).enumerate().take(rows) {
            copy(from, &mut output.row(row + index)[column..]);
        }
    }
}

/// Copies as much as both have.
fn copy(from: &[f32], to: &mut [f32]) {
    let len = from.len().min(to.len());
    to[..len].copy_from_slice(&from[..len]);
}
