//! Where a part of the left factor is not zero.

use super::Matrix;
use crate::kernel::{Isa, nonzero};

/// The rows of a register tile: a step of the depth is left out if all of them are zero.
pub(super) const ROWS: usize = 2;
/// The rows of a part. Those of the output that belong to it, as wide as a register tile, are as large as a first cache.
pub(super) const HEIGHT: usize = 144;
/// The steps of the depth of a part. The rows on the right, as wide as a register tile, are half as large.
pub(super) const DEPTH: usize = 64;
/// Eight steps of the depth in each.
const BYTES: usize = DEPTH / 8;

/// For each register tile of a part, the steps of the depth that are not left out.
pub(super) struct Lists {
    /// Of each row, which steps are not zero.
    rows: [[u8; BYTES]; HEIGHT],
    tiles: [nonzero::List<BYTES>; HEIGHT / ROWS],
}

impl Lists {
    #[inline(always)]
    pub(super) fn new() -> Self {
        Self { rows: [[0; BYTES]; HEIGHT], tiles: [const { nonzero::List::EMPTY }; HEIGHT / ROWS] }
    }

    /// The steps of each tile in turn.
    #[inline(always)]
    pub(super) fn of_tiles(&self) -> impl Iterator<Item = &[u8]> {
        self.tiles.iter().map(nonzero::List::numbers)
    }

    /// Looks at the first `rows` rows and `depth` columns of the left factor.
    #[inline(always)]
    pub(super) fn fill<I: Isa>(&mut self, isa: I, left: Matrix<'_>, rows: usize, depth: usize) {
        self.find(isa, left, rows, depth);
        for (list, rows) in self.tiles.iter_mut().zip(self.rows[..rows].chunks(ROWS)) {
            list.of((0..depth.div_ceil(8)).map(|byte| any(rows, byte)));
        }
    }

    #[inline(always)]
    fn find<I: Isa>(&mut self, isa: I, left: Matrix<'_>, rows: usize, depth: usize) {
        if left.column_stride == 1 {
            for (row, bits) in self.rows.iter_mut().enumerate().take(rows) {
                write(bits, nonzero::bits(isa, &left.at(row, 0)[..depth]));
            }
            return;
        }
        // What lies side by side is a column here: the bits of eight columns and eight rows are a square, which is turned.
        let mut squares = [[[0; 8]; HEIGHT / 8]; BYTES];
        for step in 0..depth {
            let left = left.from(0, step);
            let squares = squares[step / 8].iter_mut().map(|square| &mut square[step % 8]);
            if left.row_stride == 1 {
                write(squares, nonzero::bits(isa, &left.values[..rows]));
            } else {
                write(squares, (0..rows.div_ceil(8)).map(|eight| strided_bits(left, rows, 8 * eight)));
            }
        }
        for (byte, squares) in squares.iter().enumerate() {
            for (rows, square) in self.rows.as_chunks_mut::<8>().0.iter_mut().zip(squares) {
                for (row, bits) in rows.iter_mut().zip(turned(*square)) {
                    row[byte] = bits;
                }
            }
        }
    }
}

/// Of how many steps of all tiles in a part of the left factor there is a product, and of how many there would be one without
/// zeros.
#[inline(always)]
pub(super) fn count<I: Isa>(isa: I, left: Matrix<'_>, rows: usize, depth: usize) -> [usize; 2] {
    let mut products = 0;
    if left.column_stride == 1 {
        for row in (0..rows).step_by(ROWS) {
            // Without lists, and without a second row behind the last.
            let [first, second] = [row, (row + 1).min(rows - 1)].map(|row| &left.at(row, 0)[..depth]);
            let bits = nonzero::bits(isa, first).zip(nonzero::bits(isa, second));
            products += bits.map(|(first, second)| (first | second).count_ones()).sum::<u32>();
        }
    } else {
        let mut lists = Lists::new();
        lists.find(isa, left, rows, depth);
        for rows in lists.rows[..rows].chunks(ROWS) {
            products += (0..depth.div_ceil(8)).map(|byte| any(rows, byte).count_ones()).sum::<u32>();
        }
    }
    [products as usize, rows.div_ceil(ROWS) * depth]
}

/// Which of eight steps are not zero in any of the rows.
#[inline(always)]
fn any(rows: &[[u8; BYTES]], byte: usize) -> u8 {
    rows.iter().fold(0, |any, row| any | row[byte])
}

/// Which of eight rows of the first column, from `row` on, are not zero.
#[inline(always)]
fn strided_bits(left: Matrix<'_>, rows: usize, row: usize) -> u8 {
    let is_set = |bit: usize| row + bit < rows && left.values[(row + bit) * left.row_stride] != 0.0;
    (0..8).fold(0, |bits, bit| bits | u8::from(is_set(bit)) << bit)
}

#[inline(always)]
fn write<'a>(to: impl IntoIterator<Item = &'a mut u8>, bytes: impl Iterator<Item = u8>) {
    to.into_iter().zip(bytes).for_each(|(to, byte)| *to = byte);
}

/// A square of bits, a byte for each column, as rows: in each square of two by two the bits off the diagonal change places,
/// then in each of four by four the squares of two by two, then those of four by four.
fn turned(square: [u8; 8]) -> [u8; 8] {
    let mut bits = u64::from_le_bytes(square);
    for (distance, upper) in [(7, 0x00aa_00aa_00aa_00aa), (14, 0x0000_cccc_0000_cccc), (28, 0x0000_0000_f0f0_f0f0)] {
        let changed = (bits ^ (bits >> distance)) & upper;
        bits ^= changed ^ (changed << distance);
    }
    bits.to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turned_square_has_rows_for_columns() {
        let square = [0b1000_0011, 1, 0b110, 0, 0xff, 0x80, 0b101_0101, 0x70];
        for (row, bits) in turned(square).into_iter().enumerate() {
            for (column, of_column) in square.into_iter().enumerate() {
                assert_eq!(bits >> column & 1, of_column >> row & 1, "{row}, {column}");
            }
        }
    }
}
