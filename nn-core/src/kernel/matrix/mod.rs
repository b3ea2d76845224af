//! The product of two matrices.
//!
//! As in every fast product since Goto and van de Geijn's "Anatomy of High-Performance Matrix Multiplication" (2008):
//! parts of both factors are copied into the order in which the innermost loop reads them, and that loop keeps a tile
//! of the output in registers. The copies are of fixed size and lie on the stack; the right factor's is made by the first
//! tile that reads it, while the next part is fetched from farther caches. What is zero on the left, as most of what
//! `relu` leaves is, is not multiplied if there is much of it.
//!
//! Each output is one sum, from its start through the depth in order, whatever the tiles. So the result does not depend
//! on how the work is cut.

mod columns;
mod edge;
mod in_place;
mod lists;
mod next;
mod pack;
mod sparse;
mod tile;
mod view;

use super::{Isa, Job, dispatch};
use crate::team::Team;
use columns::{Copied, Copying};
use edge::Edge;
use next::Next;
use pack::{DEPTH, HEIGHT, Left, Right, Rows};
pub use sparse::{IsSparse, SparseProduct};
use tile::Tile;
pub use view::{Matrix, MatrixMut, Tiles};

/// What the sums of a product begin with.
#[derive(Clone, Copy, Debug)]
pub enum Start<'a, W = f32> {
    /// Zero.
    Zero,
    /// A value for each column.
    Bias(&'a [W]),
    /// What the output holds: the product is added to it.
    Keep,
}

impl<'a, W> Start<'a, W> {
    /// The bias of a layer, or zero if it has none.
    #[inline(always)]
    pub fn bias(bias: Option<&'a [W]>) -> Self {
        bias.map_or(Self::Zero, Self::Bias)
    }
}

impl Start<'_> {
    #[inline(always)]
    fn from(self, column: usize) -> Self {
        match self {
            Self::Bias(bias) => Self::Bias(&bias[column..]),
            other => other,
        }
    }
}

/// `output = start + left * right`, on one thread.
#[derive(Debug)]
pub struct MatrixProduct<'a> {
    /// The number of products in each sum: columns on the left, rows on the right.
    pub depth: usize,
    /// As many rows as the output.
    pub left: Matrix<'a>,
    /// As many columns as the output.
    pub right: Matrix<'a>,
    /// Where the product goes.
    pub output: MatrixMut<'a>,
    /// What the sums begin with.
    pub start: Start<'a>,
}

impl Job for MatrixProduct<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        if self.is_in_place() {
            return self.multiply_in_place(isa);
        }
        // Registers: a sum for each vector of each row, the vectors on the right, and one factor on the left.
        if const { I::REGISTERS >= 32 } {
            self.multiply::<I, 8, 3>(isa);
        } else if const { I::REGISTERS >= 16 } {
            self.multiply::<I, 6, 2>(isa);
        } else if const { I::REGISTERS >= 8 } {
            self.multiply::<I, 2, 2>(isa);
        } else {
            self.multiply::<I, 2, 1>(isa);
        }
    }
}

impl MatrixProduct<'_> {
    #[inline(always)]
    fn multiply<I: Isa, const ROWS: usize, const VECTORS: usize>(mut self, isa: I) {
        // Rows of neighbours are read as fast where they lie. A small processor has to find each of them anew: from the third
        // time on it reads a copy faster.
        let seldom = self.output.columns() <= 2 * VECTORS * I::LANES;
        let in_place = self.left.column_stride == 1 && (!pack::IS_SMALL || seldom);
        // Zeros are written only if it is needed.
        let mut copy;
        let mut left = if in_place {
            None
        } else {
            copy = Left::new(&self.left);
            Some(&mut copy)
        };
        let mut right = Right::new();
        for row in (0..self.output.rows()).step_by(HEIGHT) {
            let rows = HEIGHT.min(self.output.rows() - row);
            // A sum of no products is its start.
            for step in (0..self.depth.max(1)).step_by(DEPTH) {
                let depth = DEPTH.min(self.depth - step);
                let from = self.left.from(row, step);
                let left = match &mut left {
                    Some(copy) => {
                        copy.copy::<ROWS>(from, rows, depth);
                        Source::Copy(copy)
                    }
                    None => Source::InPlace(from),
                };
                let mut block = Block { left, right: &mut right, row, rows, step, depth };
                block.columns::<I, ROWS, VECTORS>(isa, &mut self);
            }
        }
    }
}

/// Where the left factor is read.
enum Source<'a> {
    /// Where it lies.
    InPlace(Matrix<'a>),
    Copy(&'a Left),
}

impl Source<'_> {
    /// Those of the register tile that begins at `row`, `depth` deep, where there are `rows` of them.
    #[inline(always)]
    fn rows<const ROWS: usize>(&self, row: usize, rows: usize, depth: usize) -> Rows<'_, ROWS> {
        match self {
            Self::InPlace(from) => Rows::InPlace { from: from.from(row, 0), rows: rows - row, depth },
            Self::Copy(copy) => copy.rows::<ROWS>(row, depth),
        }
    }
}

/// Some rows of the output and a piece of the depth.
struct Block<'a> {
    left: Source<'a>,
    right: &'a mut Right,
    row: usize,
    rows: usize,
    step: usize,
    depth: usize,
}

impl Block<'_> {
    /// All columns: panels of up to `VECTORS` vectors, as even as possible.
    #[inline(always)]
    fn columns<I: Isa, const ROWS: usize, const VECTORS: usize>(&mut self, isa: I, product: &mut MatrixProduct<'_>) {
        let mut column = 0;
        while column < product.output.columns() {
            let left = (product.output.columns() - column).div_ceil(I::LANES);
            let vectors = left.div_ceil(left.div_ceil(VECTORS));
            match vectors {
                // The conditions are known to the compiler: panels that no product has are not compiled.
                3 if const { VECTORS >= 3 } => self.panel::<I, ROWS, 3>(isa, product, column),
                2 if const { VECTORS >= 2 } => self.panel::<I, ROWS, 2>(isa, product, column),
                _ => self.panel::<I, ROWS, 1>(isa, product, column),
            }
            column += vectors * I::LANES;
        }
    }

    /// One panel of columns, in a function of its own, so that the innermost loop has all registers. A small processor has
    /// few anyway, and less memory for code.
    #[inline(always)]
    fn panel<I: Isa, const ROWS: usize, const VECTORS: usize>(
        &mut self,
        isa: I,
        product: &mut MatrixProduct<'_>,
        column: usize,
    ) {
        let panel = Panel::<ROWS, VECTORS> { block: self, product, column };
        if const { pack::IS_SMALL } { panel.run(isa) } else { isa.run(panel) }
    }
}

/// What is nearer than the last cache even without being fetched ahead: half of a second one, in floats.
const NEAR: usize = 1 << 17;

/// Some rows of the output, a piece of the depth, and some columns.
struct Panel<'a, 'b, 'c, const ROWS: usize, const VECTORS: usize> {
    block: &'a mut Block<'b>,
    product: &'a mut MatrixProduct<'c>,
    column: usize,
}

impl<const ROWS: usize, const VECTORS: usize> Panel<'_, '_, '_, ROWS, VECTORS> {
    /// The part of the right factor that is multiplied after this one, if it is far away.
    #[inline(always)]
    fn next(&self, width: usize) -> Option<Matrix<'_>> {
        let Self { block, product, column } = self;
        let columns = product.output.columns();
        if product.depth * columns <= NEAR {
            None
        } else if column + width < columns {
            Some(product.right.from(block.step, column + width))
        } else if block.step + block.depth < product.depth {
            Some(product.right.from(block.step + block.depth, 0))
        } else {
            None
        }
    }
}

impl<const ROWS: usize, const VECTORS: usize> Job for Panel<'_, '_, '_, ROWS, VECTORS> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let width = VECTORS * I::LANES;
        let mut next = Next::new(self.next(width), [self.block.depth, width], self.block.rows.div_ceil(ROWS));
        let Self { block, product, column } = self;
        let Block { row: first, rows, step, depth, .. } = *block;
        let columns = width.min(product.output.columns() - column);
        let start = if step == 0 { product.start } else { Start::Keep };
        let right = product.right.from(step, column);
        let is_copied_by_tile = !pack::IS_SMALL && right.column_stride == 1 && columns == width;
        if !is_copied_by_tile {
            block.right.copy::<I, VECTORS>(isa, right, depth, columns);
        }
        let mut edge = Edge::new();
        for row in (0..rows).step_by(ROWS) {
            let left = block.left.rows(row, rows, depth);
            if pack::IS_SMALL {
                // Questions cost less than to copy what is only a part.
                let mut tile = Tile::<I, ROWS, VECTORS>::begin(isa, start, &mut product.output, first + row, column);
                tile.add(left, Copied::new(block.right.values(depth, width), width));
                tile.end(&mut product.output, first + row, column);
                continue;
            }
            next.fetch(isa);
            let (place, rows_here) = ([first + row, column], ROWS.min(rows - row));
            let is_whole = rows_here == ROWS && columns == width;
            let (start, mut output, [tile_row, tile_column]) = if is_whole {
                (start, product.output.reborrow(), place)
            } else {
                edge.begin(start, &mut product.output, place, rows_here);
                (Start::Keep, edge.matrix(), [0, 0])
            };
            let mut tile = Tile::<I, ROWS, VECTORS>::begin_whole(isa, start, &mut output, tile_row, tile_column);
            if is_copied_by_tile && row == 0 {
                tile.add(left, Copying::new(right, block.right.values_mut(depth, width), width));
            } else {
                tile.add(left, Copied::new(block.right.values(depth, width), width));
            }
            tile.end_whole(&mut output, tile_row, tile_column);
            if !is_whole {
                edge.end(&mut product.output, place, rows_here);
            }
        }
    }
}

/// Below this many multiply-accumulate operations a product is one task.
const SMALL: usize = 1 << 16;
/// With fewer columns a product of a row is so short that leaving it out saves nothing.
const FEW_COLUMNS: usize = 32;
/// About the rows of a task.
const TASK_HEIGHT: usize = if pack::IS_SMALL { HEIGHT } else { HEIGHT / 2 };
/// About the most tasks: enough for any team, and each large enough to be worth its copies.
const TASKS: usize = 64;

/// The rows and columns of the tiles into which a team cuts an output: it depends on the sizes alone.
fn tile_size(rows: usize, columns: usize, depth: usize) -> [usize; 2] {
    if rows * columns * depth <= SMALL {
        return [rows, columns];
    }
    let blocks = rows.div_ceil(TASK_HEIGHT).max(1);
    let down = blocks.min(TASKS);
    let height = if blocks > TASKS { TASK_HEIGHT * blocks.div_ceil(TASKS) } else { even(rows, down, 8) };
    // The fewer the rows, the narrower the tiles, so that there are enough of them.
    let width = (32 * down).min(192).max(columns.div_ceil(TASKS / down));
    [height, even(columns, columns.div_ceil(width).max(1), 16)]
}

/// The size of each of `count` pieces, rounded up to a multiple.
fn even(size: usize, count: usize, multiple: usize) -> usize {
    size.div_ceil(count).next_multiple_of(multiple)
}

/// `output = start + left * right`, by a team, for which the output is cut into tiles. If many values on the left are zero,
/// their products are left out.
pub fn multiply(team: &dyn Team, product: MatrixProduct<'_>) {
    let MatrixProduct { depth, left, right, output, start } = product;
    let (rows, columns) = (output.rows(), output.columns());
    let has_few_rows = in_place::has_few_rows(rows, columns, &right);
    let is_sparse = !pack::IS_SMALL
        && !has_few_rows
        && columns >= FEW_COLUMNS
        && rows * columns * depth > SMALL
        && dispatch(IsSparse { left, rows, depth });
    let size = match (team.threads(), has_few_rows, is_sparse) {
        // Each side of a cut makes its copies and lists anew.
        (1, ..) => [rows, columns],
        (_, true, _) => in_place::tile_size(columns),
        (.., true) => sparse::tile_size(rows, columns),
        _ => tile_size(rows, columns, depth),
    };
    team.split(Tiles::new(output, size), |_, ([row, column], output)| {
        let (left, right, start) = (left.from(row, 0), right.from(0, column), start.from(column));
        let product = MatrixProduct { depth, left, right, output, start };
        // A microcontroller has no room for code that it never runs.
        if !pack::IS_SMALL && is_sparse { dispatch(SparseProduct(product)) } else { dispatch(product) }
    });
}

#[cfg(test)]
mod tests;
