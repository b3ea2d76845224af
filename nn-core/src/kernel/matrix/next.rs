//! The part of the right factor that is multiplied next: it is fetched while the one before is multiplied.

use super::Matrix;
use crate::kernel::Isa;
use crate::kernel::ahead::fetch_floats;

/// Rows that are still to be fetched, as many before each register tile.
///
/// Rows of a wide factor lie so far apart that a processor does not see by itself which ones come next.
pub(super) struct Next {
    place: *const f32,
    stride: usize,
    /// The floats of a row.
    floats: usize,
    /// The rows that are left.
    rows: usize,
    /// The rows of a piece.
    each: usize,
}

impl Next {
    /// The first `depth` rows and `columns` columns of a matrix, in so many pieces. If there is none, nothing is fetched.
    #[inline(always)]
    pub(super) fn new(matrix: Option<Matrix<'_>>, [depth, columns]: [usize; 2], pieces: usize) -> Self {
        let matrix = matrix.unwrap_or(Matrix::new(&[], 0));
        let (stride, [rows, floats]) = if matrix.row_stride == 1 {
            (matrix.column_stride, [columns, depth])
        } else {
            (matrix.row_stride, [depth, columns])
        };
        let rows = if matrix.values.is_empty() { 0 } else { rows };
        Self { place: matrix.values.as_ptr(), stride, floats, rows, each: rows.div_ceil(pieces.max(1)) }
    }

    /// Has the next piece fetched.
    #[inline(always)]
    pub(super) fn fetch<I: Isa>(&mut self, isa: I) {
        if !I::FETCHES {
            return;
        }
        for _ in 0..self.each.min(self.rows) {
            fetch_floats(isa, self.place, self.floats);
            self.place = self.place.wrapping_add(self.stride);
            self.rows -= 1;
        }
    }
}
