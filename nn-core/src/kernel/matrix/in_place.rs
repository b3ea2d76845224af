//! The product whose right factor is read where it lies: a copy of it would take longer than the product, if there are few
//! rows on the left or if it is small enough for the first cache.

use super::pack::{IS_SMALL, transpose};
use super::tile::Tile;
use super::{Matrix, MatrixProduct, Start};
use crate::kernel::Isa;

/// Up to so many rows are few, if the right factor is narrow and if it is wide: the more columns, the more the streams that
/// come and go.
const FEW: [usize; 2] = [24, 12];
/// Up to so many columns are narrow.
const NARROW: usize = 256;
/// The floats of a small factor: half a first cache.
const SMALL: usize = 4096;
/// The most rows of a register tile whose columns are many.
const TILE: usize = 3;
/// The rows of one whose columns are few.
const HIGH: usize = 6;
/// Rows on the right that are read for all columns before the next ones, where not all columns fit into registers: so many
/// streams the processor fetches ahead.
const STREAMS: usize = 16;
/// The lanes of the widest set.
const MOST_LANES: usize = 16;

/// Whether an output of so many rows is best made without a copy of the large factor on the right.
pub(super) fn has_few_rows(rows: usize, columns: usize, right: &Matrix<'_>) -> bool {
    let few = if columns <= NARROW { FEW[0] } else { FEW[1] };
    !IS_SMALL && rows <= few && right.column_stride == 1
}

/// The rows and columns of the tiles into which a team cuts an output of few rows: it depends on the sizes alone.
pub(super) fn tile_size(columns: usize) -> [usize; 2] {
    [TILE, columns.min(2 * NARROW)]
}

/// The columns of a small factor, with room for whole vectors.
fn width(columns: usize) -> usize {
    columns.next_multiple_of(MOST_LANES)
}

/// A small factor that is stored transposed, as rows of whole vectors.
#[repr(align(64))]
struct Turned([f32; SMALL]);

impl MatrixProduct<'_> {
    /// Whether [`MatrixProduct::multiply_in_place`] is the best way.
    pub(super) fn is_in_place(&self) -> bool {
        let (rows, columns) = (self.output.rows(), self.output.columns());
        let is_stored = self.right.column_stride == 1 || self.right.row_stride == 1;
        let is_small = !IS_SMALL && is_stored && self.depth * width(columns) <= SMALL;
        is_small || has_few_rows(rows, columns, &self.right)
    }

    #[inline(always)]
    pub(super) fn multiply_in_place<I: Isa>(self, isa: I) {
        let Self { depth, left, right, output, start } = self;
        let columns = output.columns();
        // Zeros are written only if it is needed.
        let mut turned;
        let right = if right.column_stride == 1 {
            right
        } else {
            turned = Turned([0.0; SMALL]);
            for first in (0..columns).step_by(I::LANES) {
                transpose(isa, right, [depth, columns], first, (&mut turned.0, width(columns)));
            }
            Matrix::new(&turned.0, width(columns))
        };
        let mut product = MatrixProduct { depth, left, right, output, start };
        let is_small = depth * width(columns) <= SMALL;
        let mut row = 0;
        while row < product.output.rows() {
            // As many rows and vectors of columns as their sums and the right factor have registers for.
            row += match (product.output.rows() - row, I::REGISTERS) {
                (HIGH.., 32..) if is_small && columns < 8 * I::LANES => product.rows::<I, HIGH, 4>(isa, row),
                (HIGH.., _) if is_small && columns < 4 * I::LANES => product.rows::<I, HIGH, 2>(isa, row),
                (TILE.., 32..) => product.rows::<I, TILE, 8>(isa, row),
                (2, 32..) => product.rows::<I, 2, 8>(isa, row),
                (1, 32..) => product.rows::<I, 1, 8>(isa, row),
                (TILE.., _) => product.rows::<I, TILE, 4>(isa, row),
                (2, _) => product.rows::<I, 2, 4>(isa, row),
                _ => product.rows::<I, 1, 4>(isa, row),
            };
        }
    }

    /// All columns of some rows. Returns how many rows they are.
    #[inline(always)]
    fn rows<I: Isa, const ROWS: usize, const MOST: usize>(&mut self, isa: I, row: usize) -> usize {
        let columns = self.output.columns();
        let is_near = columns <= MOST * I::LANES || self.depth * columns <= SMALL;
        let streams = if is_near { self.depth } else { STREAMS };
        // A sum of no products is its start.
        for step in (0..self.depth.max(1)).step_by(streams.max(1)) {
            let depth = streams.min(self.depth - step);
            let mut column = 0;
            while column < columns {
                let part = [row, step, column];
                column += match (columns - column) / I::LANES {
                    8.. if MOST >= 8 => self.panel::<I, ROWS, 8>(isa, part, depth),
                    4.. if MOST >= 4 => self.panel::<I, ROWS, 4>(isa, part, depth),
                    2.. => self.panel::<I, ROWS, 2>(isa, part, depth),
                    _ => self.panel::<I, ROWS, 1>(isa, part, depth),
                };
            }
        }
        ROWS
    }

    /// Some rows, steps of the depth, and vectors of columns. Returns how many columns the vectors have.
    #[inline(always)]
    fn panel<I: Isa, const ROWS: usize, const VECTORS: usize>(
        &mut self,
        isa: I,
        [row, step, column]: [usize; 3],
        depth: usize,
    ) -> usize {
        let start = if step == 0 { self.start } else { Start::Keep };
        let left = core::array::from_fn(|index| self.left.at(row + index, step));
        let right = self.right.at(step, column);
        let mut tile = Tile::<I, ROWS, VECTORS>::begin(isa, start, &mut self.output, row, column);
        let columns = self.output.columns() - column;
        let strides = [self.left.column_stride, self.right.row_stride];
        tile.add_in_place(left, right, strides, [depth, columns]);
        tile.end(&mut self.output, row, column);
        VECTORS * I::LANES
    }
}
