//! Depthwise convolutions under windows of three by three: sixteen channels at a time.
//!
//! The rows of the image that windows see are copied once, into a ring of three, with the cells beyond the border.

use super::instructions::{Table, copy_rows, row_of_squares};
use super::{CELL, Cell, Group, Vectors, is_usual};
use crate::kernel::Geometry;
use crate::kernel::depthwise::DepthwiseSizes;
use crate::quant::kernel::Depthwise;

/// The cells of a row, those beyond the border too, for which there is room.
const WIDTH: usize = 64;

impl Vectors for Depthwise<'_> {
    #[inline(always)]
    fn fits_vectors(&self) -> bool {
        let DepthwiseSizes { geometry, channels, multiplier } = self.sizes;
        let is_square = geometry.kernel == [3, 3] && geometry.dilation == [1, 1];
        let whole = channels.is_multiple_of(CELL) && *multiplier == 1;
        is_square && whole && row_width(geometry) <= WIDTH && is_usual(&self.rescale, *channels)
    }

    #[inline(never)]
    fn run_in_vectors(self) {
        let Self { sizes: DepthwiseSizes { geometry, channels, .. }, input, zero_point, weights, rescale, output } =
            self;
        let mut ring = [[[zero_point; CELL]; WIDTH]; 3];
        for first in (0..*channels).step_by(CELL) {
            let mut cells = [[0; CELL]; 9];
            let from = weights.get(first..).unwrap_or_default();
            copy_rows(from, *channels, cells.as_flattened_mut(), 0, [9, CELL]);
            let table = Table::new(&Group { rescale: &rescale, weights: &cells, first });
            let mut rows = Rows { geometry, channels: *channels, input, first, zero_point, next: 0 };
            for (row, output) in output.chunks_exact_mut(geometry.output[1] * channels).enumerate() {
                let seen = row * geometry.stride[0];
                rows.read(&mut ring, seen + 3);
                let bytes = output.get_mut(first..).unwrap_or_default();
                let rows = [0, 1, 2].map(|cell| &ring[(seen + cell) % 3][..row_width(geometry).min(WIDTH)]);
                row_of_squares(&table, rows, geometry.stride[1], bytes, *channels);
            }
        }
    }
}

/// The cells of a row that windows see.
#[inline(always)]
fn row_width(geometry: &Geometry) -> usize {
    geometry.output[1].saturating_sub(1) * geometry.stride[1] + 3
}

/// Sixteen channels of the rows of an image; row 0 is the first one that windows see, which may lie beyond the border.
struct Rows<'a> {
    geometry: &'a Geometry,
    channels: usize,
    input: &'a [i8],
    first: usize,
    zero_point: i8,
    /// The row that is read next.
    next: usize,
}

impl Rows<'_> {
    /// Reads rows up to `end` into the ring.
    #[inline(always)]
    fn read(&mut self, ring: &mut [[Cell; WIDTH]; 3], end: usize) {
        self.next = self.next.max(end.saturating_sub(3));
        while self.next < end {
            self.read_one(&mut ring[self.next % 3]);
            self.next += 1;
        }
    }

    #[inline(always)]
    fn read_one(&self, ring: &mut [Cell; WIDTH]) {
        let [height, width] = self.geometry.input;
        let [above, left] = self.geometry.before;
        let cells = ring.get_mut(..row_width(self.geometry)).unwrap_or_default();
        let row = self.next.checked_sub(above).filter(|row| *row < height);
        let Some(row) = row else {
            return cells.fill([self.zero_point; CELL]);
        };
        // Cells beyond the border keep the zero point unless a row beyond it, which has it everywhere, was there.
        let begin = row * width * self.channels + self.first;
        let pixels = self.input.get(begin..).unwrap_or_default();
        let inside = width.min(cells.len().saturating_sub(left));
        let cells = cells.get_mut(left..).unwrap_or_default();
        copy_rows(pixels, self.channels, cells.as_flattened_mut(), 0, [inside, CELL]);
    }
}
