//! The product with a left factor in which many values are zero, as `relu` leaves them: what is zero is not multiplied.

use super::lists::{DEPTH, HEIGHT, Lists, ROWS, count};
use super::pack::Right;
use super::tile::Tile;
use super::{Matrix, MatrixProduct, Start};
use crate::kernel::{Isa, Job};

/// Whether so many products are zeros that [`SparseProduct`] is the faster one.
///
/// A few parts of the left factor are looked at. In what order the sums are made does not depend on the answer.
#[derive(Debug)]
pub struct IsSparse<'a> {
    /// The left factor.
    pub left: Matrix<'a>,
    /// Its rows.
    pub rows: usize,
    /// Its columns.
    pub depth: usize,
}

/// How many parts are looked at.
const SAMPLES: usize = 8;
/// The rows of each.
const SAMPLE_ROWS: usize = 16;

impl Job for IsSparse<'_> {
    type Output = bool;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> bool {
        let Self { left, rows, depth } = self;
        let [down, across] = [rows.div_ceil(SAMPLE_ROWS), depth.div_ceil(DEPTH)];
        let (mut products, mut most) = (0, 0);
        let samples = SAMPLES.min(down * across);
        for sample in 0..samples {
            // Each in another eighth of the rows and of the depth; all parts, if they are no more.
            let place = if samples < SAMPLES { sample % across } else { across * (3 * sample % SAMPLES) / SAMPLES };
            let (row, step) = (down * sample / samples * SAMPLE_ROWS, place * DEPTH);
            let size = [SAMPLE_ROWS.min(rows - row), DEPTH.min(depth - step)];
            let counts = count(isa, left.from(row, step), size[0], size[1]);
            (products, most) = (products + counts[0], most + counts[1]);
        }
        // From six sevenths on the lists cost more than they save.
        7 * products < 6 * most
    }
}

/// `output = start + left * right`, without the products of zeros on the left. The sums are those of
/// [`MatrixProduct`], bit for bit, if all factors are finite: zero times infinity is left out too.
#[derive(Debug)]
pub struct SparseProduct<'a>(pub MatrixProduct<'a>);

impl Job for SparseProduct<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(mut self, isa: I) {
        let product = &mut self.0;
        let (mut lists, mut right) = (Lists::new(), Right::new());
        for row in (0..product.output.rows()).step_by(HEIGHT) {
            let rows = HEIGHT.min(product.output.rows() - row);
            // A sum of no products is its start.
            for step in (0..product.depth.max(1)).step_by(DEPTH) {
                let depth = DEPTH.min(product.depth - step);
                lists.fill(isa, product.left.from(row, step), rows, depth);
                let mut part = Part { isa, lists: &lists, right: &mut right, row, rows, step, depth };
                part.columns(product);
            }
        }
    }
}

/// Some rows of the output and a piece of the depth.
struct Part<'a, I> {
    isa: I,
    lists: &'a Lists,
    right: &'a mut Right,
    row: usize,
    rows: usize,
    step: usize,
    depth: usize,
}

impl<I: Isa> Part<'_, I> {
    /// All columns: eight sums in registers are enough that none waits for another, and the columns of four vectors stay in
    /// the first cache.
    #[inline(always)]
    fn columns(&mut self, product: &mut MatrixProduct<'_>) {
        let mut column = 0;
        while column < product.output.columns() {
            let vectors = (product.output.columns() - column).div_ceil(I::LANES);
            column += match vectors {
                4.. => self.panel::<4>(product, column),
                3 => self.panel::<3>(product, column),
                2 => self.panel::<2>(product, column),
                _ => self.panel::<1>(product, column),
            };
        }
    }

    /// One panel of columns. Returns its width.
    #[inline(always)]
    fn panel<const VECTORS: usize>(&mut self, product: &mut MatrixProduct<'_>, column: usize) -> usize {
        let width = VECTORS * I::LANES;
        let columns = width.min(product.output.columns() - column);
        let start = if self.step == 0 { product.start } else { Start::Keep };
        self.right.copy::<I, VECTORS>(self.isa, product.right.from(self.step, column), self.depth, columns);
        let right = self.right.values(self.depth, width);
        let left = product.left.from(self.row, self.step);
        for (steps, row) in self.lists.of_tiles().zip((0..self.rows).step_by(ROWS)) {
            // Nobody reads what is computed of a row beyond the last.
            let rows = [row, (row + 1).min(self.rows - 1)].map(|row| left.at(row, 0));
            let mut tile =
                Tile::<I, ROWS, VECTORS>::begin(self.isa, start, &mut product.output, self.row + row, column);
            tile.add_steps(steps, rows, left.column_stride, right);
            tile.end(&mut product.output, self.row + row, column);
        }
        width
    }
}

/// About the most tasks: each large enough to be worth its lists.
const TASKS: usize = 12;
/// Columns for which lists are worth making.
const WIDTH: usize = 4 * DEPTH;
/// Rows for which the right factor may be copied anew: a quarter of them, within these bounds.
const FEW: [usize; 2] = [16, 32];

/// The rows and columns of the tiles into which a team cuts an output: it depends on the sizes alone.
pub(super) fn tile_size(rows: usize, columns: usize) -> [usize; 2] {
    // As few cuts between columns as can be, since each side of one makes the lists anew.
    let across = columns.div_ceil(WIDTH).min(2 * TASKS);
    let few = super::even(rows, 4, ROWS).clamp(FEW[0], FEW[1]);
    let height = super::even(rows, TASKS.div_ceil(across), ROWS).clamp(few, HEIGHT);
    [height, super::even(columns, across, DEPTH)]
}
