//! Copies of parts of the factors, in the order in which the innermost loop reads them.

use super::Matrix;
use crate::kernel::Isa;

/// Whether this is a microcontroller, with little stack: there 4 KiB of copies must do instead of 60.
pub(super) const IS_SMALL: bool = cfg!(all(target_arch = "arm", target_os = "none"));

/// How many products are added up before the sums go back to memory.
pub(super) const DEPTH: usize = if IS_SMALL { 64 } else { 128 };
/// The rows of the left factor that are copied at once.
pub(super) const HEIGHT: usize = if IS_SMALL { 8 } else { 144 };
/// The most columns of the right factor that are copied at once: four vectors of the widest set, or one of the portable
/// one, which has few registers.
pub(super) const WIDTH: usize = if IS_SMALL { 8 } else { 64 };

/// Steps of the depth that are copied at a time from a factor that is stored transposed.
const STEPS: usize = 8;

/// A part of the left factor, in groups of the `ROWS` rows that a register tile has.
///
/// Two orders, so that either way the copy reads neighbouring floats: row after row (`[row][depth]`), or within a group
/// column after column (`[group][depth][row]`) if the factor is stored transposed.
#[repr(align(64))]
pub(super) struct Left {
    values: [[f32; DEPTH]; HEIGHT],
    transposed: bool,
}

/// The rows of one register tile.
pub(super) enum Rows<'a, const ROWS: usize> {
    /// The first rows of a matrix, where the factor has them: of each, so many values along the depth are neighbours. Those
    /// beyond the last of its rows are the last one again; nobody reads what is computed of them.
    InPlace { from: Matrix<'a>, rows: usize, depth: usize },
    /// For each row its values along the depth.
    Straight(&'a [[f32; DEPTH]; ROWS]),
    /// For each step of the depth the values of the rows.
    Transposed(&'a [[f32; ROWS]]),
}

impl Left {
    #[inline(always)]
    pub(super) fn new(matrix: &Matrix<'_>) -> Self {
        Self { values: [[0.0; DEPTH]; HEIGHT], transposed: matrix.row_stride == 1 }
    }

    /// Copies `rows` rows and `depth` columns from the beginning of a matrix.
    #[inline(always)]
    pub(super) fn copy<const ROWS: usize>(&mut self, matrix: Matrix<'_>, rows: usize, depth: usize) {
        if self.transposed {
            self.copy_transposed::<ROWS>(matrix, rows, depth);
            return;
        }
        for (row, to) in self.values.iter_mut().enumerate().take(rows) {
            let from = matrix.at(row, 0);
            if matrix.column_stride == 1 {
                to[..depth].copy_from_slice(&from[..depth]);
            } else {
                for (step, to) in to.iter_mut().enumerate().take(depth) {
                    *to = from[step * matrix.column_stride];
                }
            }
        }
    }

    #[inline(always)]
    fn copy_transposed<const ROWS: usize>(&mut self, matrix: Matrix<'_>, rows: usize, depth: usize) {
        // A few steps of all groups at a time: one step of all would write to lines that share a set of the first cache.
        for first in (0..depth).step_by(STEPS) {
            let steps = first..depth.min(first + STEPS);
            let groups = self.values.as_flattened_mut().as_chunks_mut::<ROWS>().0.chunks_exact_mut(DEPTH);
            for (group, row) in groups.zip((0..rows).step_by(ROWS)) {
                for (step, to) in steps.clone().zip(&mut group[steps.clone()]) {
                    let from = &matrix.at(0, step)[row..rows.min(row + ROWS)];
                    match from.first_chunk() {
                        Some(from) => *to = *from,
                        None => to[..from.len()].copy_from_slice(from),
                    }
                }
            }
        }
    }

    /// The rows of the tile that begins at `row`, `depth` deep.
    #[inline(always)]
    pub(super) fn rows<const ROWS: usize>(&self, row: usize, depth: usize) -> Rows<'_, ROWS> {
        let group = &self.values.as_chunks::<ROWS>().0[row / ROWS];
        if self.transposed {
            Rows::Transposed(&group.as_flattened().as_chunks::<ROWS>().0[..depth])
        } else {
            Rows::Straight(group)
        }
    }
}

/// A part of the right factor: for each step of the depth, the values of a few vectors of columns.
#[repr(align(64))]
pub(super) struct Right {
    values: [f32; DEPTH * WIDTH],
}

impl Right {
    #[inline(always)]
    pub(super) fn new() -> Self {
        Self { values: [0.0; DEPTH * WIDTH] }
    }

    /// The part as it was copied last, `depth` deep and `width` floats wide.
    #[inline(always)]
    pub(super) fn values(&self, depth: usize, width: usize) -> &[f32] {
        &self.values[..depth * width]
    }

    /// The same to write to.
    #[inline(always)]
    pub(super) fn values_mut(&mut self, depth: usize, width: usize) -> &mut [f32] {
        &mut self.values[..depth * width]
    }

    /// Copies `depth` rows and `columns` columns, which fill `VECTORS` vectors but for the last ones.
    #[inline(always)]
    pub(super) fn copy<I: Isa, const VECTORS: usize>(
        &mut self,
        isa: I,
        matrix: Matrix<'_>,
        depth: usize,
        columns: usize,
    ) {
        let width = VECTORS * I::LANES;
        if matrix.row_stride == 1 {
            for vector in 0..VECTORS {
                transpose(isa, matrix, [depth, columns], vector * I::LANES, (&mut self.values, width));
            }
            return;
        }
        let steps = self.values.chunks_exact_mut(width).take(depth).enumerate();
        if matrix.column_stride != 1 {
            for (step, to) in steps {
                let from = matrix.at(step, 0);
                for (column, to) in to.iter_mut().enumerate() {
                    *to = if column < columns { from[column * matrix.column_stride] } else { 0.0 };
                }
            }
            return;
        }
        for (step, to) in steps {
            let from = &matrix.at(step, 0)[..columns];
            for (vector, to) in to.chunks_exact_mut(I::LANES).enumerate() {
                isa.store(isa.load_some(&from[(vector * I::LANES).min(columns)..]), to);
            }
        }
    }
}

/// Copies one vector of columns, from number `first` on, of a matrix of these rows and columns that is stored transposed,
/// into rows of the given width: squares of as many rows as a vector has lanes.
#[inline(always)]
pub(super) fn transpose<I: Isa>(
    isa: I,
    matrix: Matrix<'_>,
    [rows, columns]: [usize; 2],
    first: usize,
    (to, width): (&mut [f32], usize),
) {
    for row in (0..rows).step_by(I::LANES) {
        let some = I::LANES.min(rows - row);
        let mut square = [isa.splat(0.0); MOST_LANES];
        for (lane, values) in square.iter_mut().enumerate().take(I::LANES.min(columns.saturating_sub(first))) {
            *values = isa.load_some(&matrix.at(row, first + lane)[..some]);
        }
        let square = transposed(isa, square);
        for (index, &values) in square.iter().enumerate().take(some) {
            isa.store(values, &mut to[(row + index) * width + first..]);
        }
    }
}

/// The lanes of the widest set.
const MOST_LANES: usize = 16;

/// Rows as columns, of the first `LANES` rows.
///
/// Counted through row after row, interleaving the first half of the rows with the second moves the value of number
/// `n` to the number that has the bits of `n` rotated by one. After as many rounds as a lane's number has bits, row and
/// lane have changed places.
#[inline(always)]
fn transposed<I: Isa>(isa: I, mut square: [I::Vector; MOST_LANES]) -> [I::Vector; MOST_LANES] {
    for _ in 0..I::LANES.ilog2() {
        let before = square;
        for row in 0..I::LANES / 2 {
            (square[2 * row], square[2 * row + 1]) = isa.interleave(before[row], before[row + I::LANES / 2]);
        }
    }
    square
}
