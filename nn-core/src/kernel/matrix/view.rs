//! Matrices that lie in slices.

use crate::team::Parts;
use core::marker::PhantomData;

/// A matrix within a slice. Because both strides are free, a transposed matrix is the same slice.
#[derive(Clone, Copy, Debug)]
pub struct Matrix<'a> {
    /// The floats, beginning with the first of the first row.
    pub values: &'a [f32],
    /// The distance from one row to the next.
    pub row_stride: usize,
    /// The distance from one column to the next.
    pub column_stride: usize,
}

impl<'a> Matrix<'a> {
    /// A matrix of that many columns whose rows lie one behind the other.
    #[inline(always)]
    pub const fn new(values: &'a [f32], columns: usize) -> Self {
        Self { values, row_stride: columns, column_stride: 1 }
    }

    /// Rows as columns.
    #[inline(always)]
    pub const fn transposed(self) -> Self {
        Self { values: self.values, row_stride: self.column_stride, column_stride: self.row_stride }
    }

    /// The part that begins at a row and a column.
    #[inline(always)]
    pub(super) fn at(&self, row: usize, column: usize) -> &'a [f32] {
        &self.values[(row * self.row_stride + column * self.column_stride).min(self.values.len())..]
    }

    /// The matrix without its first rows and columns.
    #[inline(always)]
    pub(super) fn from(&self, row: usize, column: usize) -> Self {
        Self { values: self.at(row, column), ..*self }
    }
}

/// A matrix to write to: rows of neighbouring floats, at a stride.
#[derive(Debug)]
pub struct MatrixMut<'a> {
    start: *mut f32,
    rows: usize,
    columns: usize,
    stride: usize,
    values: PhantomData<&'a mut [f32]>,
}

impl<'a> MatrixMut<'a> {
    /// The matrix at the beginning of a slice whose rows are `stride` floats apart.
    ///
    /// Panics if the slice is too short or the rows overlap.
    #[inline(always)]
    pub fn new(values: &'a mut [f32], rows: usize, columns: usize, stride: usize) -> Self {
        if rows > 0 {
            assert!(columns <= stride || rows == 1, "rows must not overlap");
            assert!((rows - 1) * stride + columns <= values.len(), "the matrix must fit into the slice");
        }
        Self { start: values.as_mut_ptr(), rows, columns, stride, values: PhantomData }
    }

    /// The number of rows.
    #[inline(always)]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The number of columns.
    #[inline(always)]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// A row. Panics if there is no such row.
    #[inline(always)]
    pub fn row(&mut self, row: usize) -> &mut [f32] {
        assert!(row < self.rows);
        // SAFETY: the row lies within the slice that is borrowed mutably for `'a`, as `new` has checked, and no other
        // matrix has a part in it.
        unsafe { core::slice::from_raw_parts_mut(self.start.add(row * self.stride), self.columns) }
    }

    /// The same matrix, borrowed.
    #[inline(always)]
    pub fn reborrow(&mut self) -> MatrixMut<'_> {
        MatrixMut { values: PhantomData, ..*self }
    }
}

// SAFETY: the matrix is a mutable borrow of floats.
unsafe impl Send for MatrixMut<'_> {}

/// A matrix cut into tiles, row of tiles after row of tiles. Those at the end may be smaller.
#[derive(Debug)]
pub struct Tiles<'a> {
    matrix: MatrixMut<'a>,
    size: [usize; 2],
}

impl<'a> Tiles<'a> {
    /// Cuts a matrix into tiles of `size`: rows and columns, each taken as one if it is zero.
    pub fn new(matrix: MatrixMut<'a>, size: [usize; 2]) -> Self {
        Self { matrix, size: size.map(|size| size.max(1)) }
    }

    /// The first row and column of a tile.
    fn origin(&self, number: usize) -> [usize; 2] {
        let across = self.matrix.columns.div_ceil(self.size[1]).max(1);
        [number / across * self.size[0], number % across * self.size[1]]
    }
}

// SAFETY: tiles are handed out under the contract of `Parts`.
unsafe impl Sync for Tiles<'_> {}

// SAFETY: tiles of different numbers differ in their rows or in their columns.
unsafe impl<'a> Parts for Tiles<'a> {
    /// The first row and column of the tile, and the tile.
    type Part = ([usize; 2], MatrixMut<'a>);

    fn count(&self) -> usize {
        self.matrix.rows.div_ceil(self.size[0]) * self.matrix.columns.div_ceil(self.size[1])
    }

    unsafe fn part(&self, number: usize) -> Self::Part {
        let [row, column] = self.origin(number);
        assert!(row < self.matrix.rows && column < self.matrix.columns);
        let tile = MatrixMut {
            // SAFETY: the row and the column are within the matrix.
            start: unsafe { self.matrix.start.add(row * self.matrix.stride + column) },
            rows: self.size[0].min(self.matrix.rows - row),
            columns: self.size[1].min(self.matrix.columns - column),
            stride: self.matrix.stride,
            values: PhantomData,
        };
        ([row, column], tile)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::team::{Sequential, Team};

    #[test]
    fn tiles_cover_the_matrix_once_and_nothing_else() {
        for (rows, columns, stride, size) in
            [(5, 7, 9, [2, 3]), (4, 4, 4, [4, 4]), (1, 3, 1, [1, 2]), (0, 3, 3, [1, 1]), (3, 0, 2, [2, 2])]
        {
            let mut values = std::vec![0.0; rows * stride + columns];
            let team: &dyn Team = &Sequential;
            let matrix = MatrixMut::new(&mut values, rows, columns, stride);
            team.split(Tiles::new(matrix, size), |_, ([first, _], mut tile)| {
                for row in 0..tile.rows() {
                    tile.row(row).iter_mut().for_each(|value| *value += 1.0 + (first + row) as f32);
                }
            });
            for (index, &value) in values.iter().enumerate() {
                let (row, column) = (index / stride, index % stride);
                let inside = row < rows && column < columns || rows == 1 && index < columns;
                let expected = if inside { 1.0 + if rows == 1 { 0.0 } else { row as f32 } } else { 0.0 };
                assert_eq!(value, expected, "{rows}x{columns} at {index}");
            }
        }
    }
}
