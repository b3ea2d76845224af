//! The product with few rows on the left: the right factor is read so seldom that a copy of it would take longer than the
//! product.

use super::pack::{IS_SMALL, rows_in_place};
use super::tile::Tile;
use super::{Matrix, MatrixProduct, Start};
use crate::kernel::Isa;

/// Up to so many rows are few, if the right factor is narrow and if it is wide: the more columns, the more the streams that
/// come and go.
const FEW: [usize; 2] = [24, 12];
/// Up to so many columns are narrow.
const NARROW: usize = 256;
/// The most rows of a register tile.
const TILE: usize = 3;
/// Rows on the right that are read for all columns before the next ones, where not all columns fit into registers: so many
/// streams the processor fetches ahead.
const STREAMS: usize = 16;

/// Whether an output of so many rows is best made without a copy of the factor on the right.
pub(super) fn are_few(rows: usize, columns: usize, left: &Matrix<'_>, right: &Matrix<'_>) -> bool {
    let few = if columns <= NARROW { FEW[0] } else { FEW[1] };
    !IS_SMALL && rows <= few && left.column_stride == 1 && right.column_stride == 1
}

/// The rows and columns of the tiles into which a team cuts such an output: it depends on the sizes alone.
pub(super) fn tile_size(columns: usize) -> [usize; 2] {
    [TILE, columns.min(2 * NARROW)]
}

impl MatrixProduct<'_> {
    pub(super) fn has_few_rows(&self) -> bool {
        are_few(self.output.rows(), self.output.columns(), &self.left, &self.right)
    }

    #[inline(always)]
    pub(super) fn multiply_few_rows<I: Isa>(mut self, isa: I) {
        let mut row = 0;
        while row < self.output.rows() {
            // The columns that sums and the right factor have registers for.
            row += match (self.output.rows() - row, I::REGISTERS) {
                (TILE.., 32..) => self.rows::<I, TILE, 8>(isa, row),
                (2, 32..) => self.rows::<I, 2, 8>(isa, row),
                (1, 32..) => self.rows::<I, 1, 8>(isa, row),
                (TILE.., _) => self.rows::<I, TILE, 4>(isa, row),
                (2, _) => self.rows::<I, 2, 4>(isa, row),
                _ => self.rows::<I, 1, 4>(isa, row),
            };
        }
    }

    /// All columns of some rows. Returns how many rows they are.
    #[inline(always)]
    fn rows<I: Isa, const ROWS: usize, const MOST: usize>(&mut self, isa: I, row: usize) -> usize {
        let streams = if self.output.columns() <= MOST * I::LANES { self.depth } else { STREAMS };
        // A sum of no products is its start.
        for step in (0..self.depth.max(1)).step_by(streams.max(1)) {
            let depth = streams.min(self.depth - step);
            let mut column = 0;
            while column < self.output.columns() {
                let part = [row, step, column];
                column += match (self.output.columns() - column) / I::LANES {
                    8.. if MOST >= 8 => self.panel::<I, ROWS, 8>(isa, part, depth),
                    4.. => self.panel::<I, ROWS, 4>(isa, part, depth),
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
        let left = self.left.from(row, step);
        let right = self.right.at(step, column);
        let mut tile = Tile::<I, ROWS, VECTORS>::begin(isa, start, &mut self.output, row, column);
        let columns = self.output.columns() - column;
        tile.add_in_place(rows_in_place(&left, ROWS, depth), right, self.right.row_stride, columns);
        tile.end(&mut self.output, row, column);
        VECTORS * I::LANES
    }
}
